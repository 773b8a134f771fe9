"""``python -m leadbraid``: the same as the command."""

from leadbraid.cli import entry

if __name__ == "__main__":
    entry()
