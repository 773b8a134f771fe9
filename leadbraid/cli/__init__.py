"""The `leadbraid` command."""

from leadbraid.cli.app import main

__all__ = ["main"]
