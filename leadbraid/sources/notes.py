"""Notes in Markdown: the paragraphs that concern one company."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadbraid.sources.matching import Sought
from leadbraid.sources.passage import PASSAGE_LIMIT, Passage, PassageKind

_HEADING = re.compile(r"(#{1,6})\s+\S")
_ITEM = re.compile(r"\s{0,12}(?:[-*+|]|\d{1,3}[.)])\s*\S")
_RULE = re.compile(r"[\s*_=|:-]+")


@dataclass(frozen=True)
class _Block:
    """A heading, a list item, a table row or a paragraph; ``level`` is the heading's, 0 for the others."""

    line: int
    text: str
    level: int


def note_passages(text: str, sought: Sought, source: str) -> tuple[Passage, ...]:
    """The paragraphs that name ``sought``, and those under a heading that does, up to the next one of its level."""
    found: list[Passage] = []
    under = 0
    for block in _blocks(text):
        if block.level:
            if under and block.level <= under:
                under = 0
            if not under and sought.names(block.text):
                under = block.level
        elif under or sought.names(block.text):
            place = f"documents:{source}#{block.line}"
            found.append(Passage(PassageKind.NOTE, place, block.text[:PASSAGE_LIMIT].rstrip()))
    return tuple(found)


def _blocks(text: str) -> Iterator[_Block]:
    gathered: list[str] = []
    start = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        heading = _HEADING.match(line)
        if gathered and (not line.strip() or heading or _ITEM.match(line)):
            yield _Block(start, "\n".join(gathered).strip(), 0)
            gathered = []
        if heading:
            yield _Block(number, line, len(heading[1]))
        elif line.strip() and not _RULE.fullmatch(line):
            start = start if gathered else number
            gathered.append(line.rstrip())
