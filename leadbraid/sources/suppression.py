"""The suppression list: addresses and domains that must never be written to, one a line; ``#`` begins a comment."""

from __future__ import annotations

from pathlib import Path

from leadbraid.errors import SourceError
from leadbraid.text import fold


def read_suppressed(file: Path | None) -> frozenset[str]:
    """The entries, folded for comparing; none where there is no list.

    Raises:
        SourceError: The list is set but cannot be read. Going on without it could write to somebody on it.
    """
    if file is None:
        return frozenset()
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        raise SourceError(f"The suppression list {file} cannot be read: {error}.") from None
    entries = (fold(line.partition("#")[0]).lstrip("@") for line in lines)
    return frozenset(entry for entry in entries if entry)
