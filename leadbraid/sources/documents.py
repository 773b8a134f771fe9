"""Local documents for research: an account list (``accounts.csv``) and notes (``*.md``), from one folder only.

A passage is what the documents hold on one company: the account rows and the note paragraphs that name its e-mail
domain or its name. Nothing outside the folder is ever read: links are not followed, and only plain files count.
"""

from __future__ import annotations

from pathlib import Path

import structlog

from leadbraid.errors import SourceError
from leadbraid.models import Lead
from leadbraid.sources.accounts import ACCOUNTS, account_passages
from leadbraid.sources.folder import Folder, NotReadable, as_text, opened_folder
from leadbraid.sources.matching import Sought
from leadbraid.sources.notes import note_passages
from leadbraid.sources.passage import Passage, PassageKind

__all__ = ["Documents", "Passage", "PassageKind"]

PASSAGES = 20
ACCOUNTS_LIMIT = 64_000_000
NOTE_LIMIT = 2_000_000
NOTES_LIMIT = 64_000_000
"""Bytes of all notes together that one search reads; what comes later in the alphabet is left out, and logged."""

log = structlog.get_logger()


class Documents:
    """The local documents, read anew for each lead. Without a folder there are none."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def passages(self, lead: Lead) -> tuple[Passage, ...]:
        """What the documents hold on the lead's company, account rows first; at most 20.

        A note that is no plain text file of at most 2 MB does not count, and is logged.

        Raises:
            SourceError: The folder is set and cannot be read, or its account list is unusable.
        """
        if self._folder is None:
            return ()
        sought = Sought.of(lead)
        with opened_folder(self._folder) as folder:
            found = [*_accounts(folder, sought), *_notes(folder, sought)]
        return tuple(found[:PASSAGES])


def _accounts(folder: Folder, sought: Sought) -> tuple[Passage, ...]:
    name = next((name for name in folder.names() if name.casefold() == ACCOUNTS), None)
    if name is None:
        return ()
    try:
        with folder.opened(name, ACCOUNTS_LIMIT) as file, as_text(file, newline="") as text:
            return account_passages(text, sought, name)
    except NotReadable as why:
        raise SourceError(f"The account list {name} {why}.") from None
    except OSError as error:
        raise SourceError(f"The account list {name} cannot be read ({error.strerror}).") from None


def _notes(folder: Folder, sought: Sought) -> list[Passage]:
    found: list[Passage] = []
    left = NOTES_LIMIT
    for name in folder.names():
        if name.casefold().endswith(".md") and len(found) < PASSAGES:
            text = _note(folder, name, min(NOTE_LIMIT, left))
            left -= len(text.encode())
            found.extend(note_passages(text, sought, name))
    return found


def _note(folder: Folder, name: str, limit: int) -> str:
    try:
        with folder.opened(name, limit) as file, as_text(file) as text:
            return text.read()
    except (NotReadable, OSError) as why:
        log.warning("note_not_read", file=name, why=str(why))
        return ""
