"""Summitry: a knowledge graph of actors and policies, with its sources and its two clocks."""

__version__ = "0.1.0"
