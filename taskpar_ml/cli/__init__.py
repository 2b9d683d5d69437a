"""Thin commands: parse, one call, print. Heavy imports wait until a command needs them."""

from __future__ import annotations


def main() -> None:
    """Run the command line; the entry point of the ``taskpar`` script."""
    from taskpar_ml.cli.app import run

    run()
