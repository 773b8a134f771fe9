"""The `leadbraid` command."""

from leadbraid.cli.app import entry, main

__all__ = ["entry", "main"]
