"""Lets `python -m summitry` run the command."""

from summitry.cli import main

main()
