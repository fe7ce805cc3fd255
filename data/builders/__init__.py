"""The reference graphs, one module each, and what they are made with."""
