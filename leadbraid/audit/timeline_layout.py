"""Where everything of a timeline's picture goes: pieces in rows, moments on the axis, labels where there is room. Pure.

Lengths are in the picture's own units, one to a CSS pixel at full size.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise

from leadbraid.audit.marks import Mark, Sort, told, took
from leadbraid.audit.stretches import Piece, Scale, Whose
from leadbraid.audit.timeline import Bar, Part, Timeline

PAD = 7
"""Between a piece's border and its first and last moment."""
BESIDE = 66
"""After the last moment of work, for the words beside what ended last."""
GROW = 1.6
"""The last row is stretched no further than this, so that a short story does not look like a long one."""
SQUEEZE = 1.1
"""Pieces may be so much narrower than they would like, so that one is not left alone in a row."""
DOT = 13
"""Marks closer than this are one."""
LEVELS = 5
"""Lines for the labels of marks."""
LINE = 14
BOLD = 1.12
LETTER = 6.4
"""Width of a letter at 12 units; of a wide one (Chinese, emoji) twice as much."""


@dataclass(frozen=True)
class Box:
    """A piece where it is drawn."""

    part: Part
    x: float
    width: float

    @property
    def right(self) -> float:
        """Its right border."""
        return self.x + self.width

    def at(self, moment: datetime) -> float:
        """Where a moment is; before and after the piece at its ends. A folded piece has one place for all."""
        piece = self.part.piece
        if piece.scale is Scale.FOLDED:
            return self.x + self.width / 2
        share = (moment - piece.start) / piece.lasted if piece.lasted else 0.0
        return self.x + PAD + min(max(share, 0.0), 1.0) * self.room

    @property
    def room(self) -> float:
        """From its first to its last moment."""
        beside = BESIDE if self.part.piece.scale is Scale.LINEAR else PAD
        return self.width - PAD - beside


@dataclass(frozen=True)
class Label:
    """Marks drawn as one, with their label: ``x`` of the sign, ``text_x`` and ``level`` of the words."""

    marks: tuple[Mark, ...]
    x: float
    text: str
    text_x: float = 0.0
    level: int = 0


@dataclass(frozen=True)
class Row:
    """What is drawn side by side."""

    boxes: tuple[Box, ...]
    labels: dict[str, tuple[Label, ...]]


def text_width(text: str) -> float:
    """A careful guess; there is no font here to ask."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text) * LETTER


def fitted(text: str, width: float) -> str:
    """``text`` cut to a width, with an ellipsis; empty where not even four letters fit."""
    if text_width(text) <= width:
        return text
    kept = ""
    for char in text:
        if text_width(kept + char) + LETTER > width:
            break
        kept += char
    return f"{kept}…" if len(kept) > 3 else ""


def rows_of(timeline: Timeline, left: float, right: float) -> list[Row]:
    """All pieces, in as many rows as they need between ``left`` and ``right``."""
    room = right - left
    rows: list[list[tuple[Part, float]]] = [[]]
    for part in timeline.parts:
        width = min(_natural(part), room)
        if rows[-1] and sum(one for _, one in rows[-1]) + width > room * SQUEEZE:
            rows.append([])
        rows[-1].append((part, width))
    return [_row(row, left, right, last=row is rows[-1]) for row in rows if row]


def _natural(part: Part) -> float:
    """What a piece needs for what is in it."""
    piece = part.piece
    needed = captions(piece)[-1 if piece.scale is Scale.LINEAR else 0]
    caption = max(text_width(needed) * BOLD, text_width("24 Nov 14:39:08")) + 2 * PAD
    marks = min(len(part.marks), 7) * 46
    if piece.scale is Scale.LINEAR:
        calls = sum(not one.local for one in part.bars)
        return max(caption, min(150 + 30 * calls, 420), 100 + marks)
    label = text_width(piece.label) + (4 * PAD if piece.scale is Scale.BREAK else 100)
    return max(caption, label, 60 + marks)


def captions(piece: Piece) -> list[str]:
    """Whose time, in which state, how long: the longest first."""
    length = took(piece.lasted)
    if piece.whose in (Whose.BOTH, Whose.NOBODY):
        return [length]
    side = piece.whose.value
    if piece.whose is Whose.PEOPLE:
        return [f"{side} · {length}"]
    short = f"{side} · {length}" if piece.scale is Scale.LINEAR else f"{piece.label} · {length}"
    return [f"{side} · {piece.label} · {length}", short]


def _row(row: Sequence[tuple[Part, float]], left: float, right: float, *, last: bool) -> Row:
    factor = (right - left) / sum(width for _, width in row)
    factor = min(factor, GROW) if last else factor
    boxes: list[Box] = []
    x = left
    for part, width in row:
        boxes.append(Box(part, x, width * factor))
        x += width * factor
    sorts = {"Decisions": (Sort.DECISION, Sort.REFUSED), "Alarms, news": (Sort.ALARM,), "Temporal": (Sort.TEMPORAL,)}
    found = {name: tuple(_labels(boxes, few, left, right)) for name, few in sorts.items()}
    return Row(tuple(boxes), {name: labels for name, labels in found.items() if labels})


# --- the scale of a piece --------------------------------------------------------------------------------------------


def ticks(box: Box) -> list[tuple[float, str]]:
    """Round lengths since a piece's start, as many as there is room for."""
    seconds = box.part.piece.lasted / timedelta(seconds=1)
    if seconds <= 0:
        return []
    step = _round(seconds / max(box.room / 74, 1))
    start = box.part.piece.start
    times = [timedelta(seconds=n * step) for n in range(int(seconds / step) + 1)]
    return [(box.at(start + one), took(one) if one else "0") for one in times]


def _round(seconds: float) -> float:
    """The next length that people count in."""
    if seconds < 1:
        power = 10.0 ** math.floor(math.log10(seconds))
        return next((n * power for n in (1, 2, 5) if n * power >= seconds), 10 * power)
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200)
    return next((n for n in steps if n >= seconds), 86_400 * math.ceil(seconds / 86_400))


# --- marks and their labels ------------------------------------------------------------------------------------------


def _labels(boxes: Sequence[Box], sorts: Sequence[Sort], left: float, right: float) -> list[Label]:
    """Signs in their places; where labels would not fit, the closest neighbours become one, until all do."""
    placed = [(box.at(mark.at), mark) for box in boxes for mark in box.part.marks if mark.sort in sorts]
    groups = _close(sorted(placed, key=lambda one: one[0]))
    while (found := _levelled(groups, left, right)) is None:
        gaps = [b[0][0] - a[-1][0] for a, b in pairwise(groups)]
        n = gaps.index(min(gaps))
        groups[n : n + 2] = [groups[n] + groups[n + 1]]
    return found


Group = list[tuple[float, Mark]]


def _close(placed: Iterable[tuple[float, Mark]]) -> list[Group]:
    groups: list[Group] = []
    for one in placed:
        if groups and one[0] - groups[-1][-1][0] < DOT:
            groups[-1].append(one)
        else:
            groups.append([one])
    return groups


def _levelled(groups: Sequence[Group], left: float, right: float) -> list[Label] | None:
    """From right to left, each on the first line where it touches no other; None where one finds no line."""
    ends = [right] * LEVELS
    found: list[Label] = []
    for group in reversed(groups):
        marks = tuple(mark for _, mark in group)
        x = (group[0][0] + group[-1][0]) / 2
        text = fitted(_words(marks), right - left - LETTER)
        width = text_width(text) + LETTER
        label = Label(marks, x, text)
        level = next((n for n, end in enumerate(ends) if x + width <= end), None)
        if level is None:
            # At the right border words begin before their sign.
            level = next((n for n, end in enumerate(ends) if end - width >= left and end > x), None)
        if level is None:
            if len(groups) > 1:
                return None
            level = 0
        text_x = max(min(x, ends[level] - width), left)
        ends[level] = text_x
        found.append(replace(label, text_x=text_x, level=level))
    return found[::-1]


def _words(marks: Sequence[Mark]) -> str:
    numbers = [one.number for one in marks if one.number]
    if len(numbers) > 1:
        return f"#{numbers[0]}–{numbers[-1]}: {told(marks)}"
    return f"#{numbers[0]} {told(marks)}" if numbers else told(marks)


def free_beside(bar: Bar, box: Box, others: Iterable[Bar], left: float, right: float) -> tuple[float, float]:
    """How much is free after a bar, up to ``right`` or the next of its lane; and before it, from ``left``."""
    start, end = box.at(bar.start), box.at(bar.end)
    rest = [one for one in others if one is not bar]
    after = [box.at(one.start) for one in rest if one.start >= bar.end and one.start < box.part.piece.end]
    before = [box.at(one.end) for one in rest if one.end <= bar.start]
    return min([right, *after]) - end, start - max([box.x, left, *before])
