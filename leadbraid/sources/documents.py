"""Local documents for research: an account list (``accounts.csv``) and notes (``*.md``), from one folder only.

A passage is what the documents hold on one company: the account rows and the note paragraphs that name its e-mail
domain or its name. Nothing outside the folder is ever read: links are not followed, and only plain files count.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PassageKind(StrEnum):
    """What a passage was found in."""

    ACCOUNT = "account"
    NOTE = "note"


@dataclass(frozen=True)
class Passage:
    """Words from a local document that concern one company.

    ``source`` is ``documents:<file>#<row or line>`` (counted from 1, the header is row 1). ``text`` is the paragraph,
    or the account row as it stands in the file. ``fields`` is the account row by lower-case column name.
    """

    kind: PassageKind
    source: str
    text: str
    fields: tuple[tuple[str, str], ...] = ()
