"""Lets `python -m moagraph` be the command line."""

from moagraph.cli import main

if __name__ == "__main__":
    main()
