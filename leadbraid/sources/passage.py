"""A passage: words from a local document that concern one company."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

PASSAGE_LIMIT = 1_000
"""Characters of one passage: what one quote can hold."""


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
