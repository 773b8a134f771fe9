"""A timeline as text: in lines for a terminal, and in sentences for whoever cannot see the picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from textwrap import wrap

from rich.cells import cell_len, set_cell_size

from leadbraid.audit.marks import Mark, Sort, took
from leadbraid.audit.schema import CallEnd
from leadbraid.audit.stretches import Piece, Scale, Whose
from leadbraid.audit.timeline import Bar, Lane, Part, Path, Timeline
from leadbraid.models.visible import one_line

LABEL, RESULT, LEAST = 15, 30, 60
"""Columns of a lane's name and of what came of it; and the least width that both leave room for a bar in."""
MOST_LINES = 14
"""Lines of marks in one piece; what is left over is counted."""
SIGNS = {Sort.DECISION: "●", Sort.REFUSED: "○", Sort.ALARM: "▲", Sort.TEMPORAL: "■"}
KEY = (
    "█ ran, on the critical path   ▒ ran   · waited, or earlier tries",
    "╎ a step of no length   × failed   > not over when the history ended",
)


def as_lines(timeline: Timeline, width: int = 100) -> list[str]:
    """Plain text, no line wider than ``width`` cells (but at least 60)."""
    width = max(width, LEAST)
    lines = [*(line for text in heading(timeline) for line in wrap(text, width)), ""]
    for number, part in enumerate(timeline.parts, 1):
        lines += [_title(number, part.piece, width), *_lanes(part, width), *_marks(part), ""]
    lines += [*(_path(path) for path in timeline.paths[:MOST_LINES]), *([""] if timeline.paths else [])]
    lines += [*KEY, "   ".join(f"{sign} {sort.value}" for sort, sign in SIGNS.items())]
    return [_cut(line, width) for line in lines]


def as_words(timeline: Timeline) -> str:
    """The same in sentences, bounded: the text alternative of the picture."""
    sentences = [*heading(timeline)]
    for part in timeline.parts[:40]:
        sentences.append(_sentence(part))
    if len(timeline.parts) > 40:
        sentences.append(f"{len(timeline.parts) - 40} more pieces follow.")
    sentences += [_path(path) + "." for path in timeline.paths[:MOST_LINES]]
    return " ".join(sentences)


def heading(timeline: Timeline) -> list[str]:
    """Which lead, how long, whose time."""
    total = f"{took(timeline.end - timeline.start)} {'so far' if timeline.is_open else 'in all'}"
    spent = [(whose, timeline.spent(whose)) for whose in (Whose.PEOPLE, Whose.MACHINE, Whose.NOBODY)]
    shares = ", ".join(
        f"{_side(whose)} {took(length)}" for whose, length in spent if length or whose is not Whose.NOBODY
    )
    return [
        f"{timeline.lead_id}: {timeline.state}.",
        f"{total} ({shares}), from {moment(timeline.start)} to {moment(timeline.end)}.",
    ]


def _side(whose: Whose) -> str:
    return "closed" if whose is Whose.NOBODY else whose.value


def moment(at: datetime) -> str:
    """To the second, with its zone."""
    return f"{at.day} {at:%b %Y %H:%M:%S} UTC"


# --- lines ---------------------------------------------------------------------------------------------------------


def _title(number: int, piece: Piece, width: int) -> str:
    side = {Whose.PEOPLE: "people: ", Whose.MACHINE: "machine: "}.get(piece.whose, "")
    rule = "═" if piece.whose is Whose.MACHINE else "─"
    title = f"{rule * 2} {number}  {side}{piece.label}, {took(piece.lasted)}, from {moment(piece.start)} "
    return title + rule * (width - cell_len(title))


def _lanes(part: Part, width: int) -> Iterable[str]:
    """One line for each call that ran in a piece drawn to scale; elsewhere calls are only counted."""
    if part.piece.scale is not Scale.LINEAR:
        if part.bars:
            yield f"   {'meanwhile':{LABEL}}{_counted(part.bars)}"
        return
    columns = width - 3 - LABEL - RESULT
    for lane in Lane:
        bars = [one for one in part.bars if one.lane is lane]
        if lane is Lane.STEPS and bars:
            yield f"   {lane.value:{LABEL}}{_ticks(bars, part.piece, columns)} {_counted(bars)}"
            continue
        for bar in bars:
            after = ", ".join(text for text in (took(bar.end - bar.start), bar.short) if text)
            yield f"   {lane.value:{LABEL}}{_drawn(bar, part.piece, columns)} {after}"


def _drawn(bar: Bar, piece: Piece, columns: int) -> str:
    begun, ran, over = (_column(at, piece, columns) for at in (bar.start, bar.run or bar.end, bar.end))
    over = max(over, ran + 1) if ran < columns else columns
    ran = min(ran, over - 1) if bar.run else over
    cells = [" "] * begun + ["·"] * (ran - begun) + ["█" if bar.critical else "▒"] * (over - ran)
    if bar.how is not CallEnd.COMPLETED and cells:
        cells[-1] = ">" if bar.how is CallEnd.OPEN else "×"
    return "".join(cells).ljust(columns)


def _ticks(bars: Sequence[Bar], piece: Piece, columns: int) -> str:
    cells = [" "] * columns
    for bar in bars:
        a, b = (min(_column(at, piece, columns), columns - 1) for at in (bar.start, bar.end))
        cells[a : b + 1] = ["╎" if bar.local else "▒"] * (b + 1 - a)
    return "".join(cells)


def _column(at: datetime, piece: Piece, columns: int) -> int:
    share = (at - piece.start) / piece.lasted if piece.lasted else 0.0
    return round(min(max(share, 0.0), 1.0) * columns)


def _counted(bars: Sequence[Bar]) -> str:
    """``2 calls``, or the one call's name."""
    return bars[0].name if len(bars) == 1 else f"{len(bars)} calls"


def _marks(part: Part) -> Iterable[str]:
    """Neighbours of one kind are told as one from the third on."""
    groups = [list(found) for _, found in groupby(part.marks, key=lambda one: (one.sort, one.kind))]
    told = [few for group in groups for few in ([group] if len(group) > 2 else [[one] for one in group])]
    for group in told[:MOST_LINES]:
        yield f"   {moment(group[0].at)}  {_mark(group)}"
    if left := sum(len(group) for group in told[MOST_LINES:]):
        yield f"   and {left} more marks"


def _mark(group: Sequence[Mark]) -> str:
    first = group[0]
    if len(group) == 1:
        number = f"#{first.number} " if first.number else ""
        return f"{SIGNS[first.sort]} {number}{first.text}"
    return f"{SIGNS[first.sort]} {len(group)} × {first.kind}, until {moment(group[-1].at)}"


def _path(path: Path) -> str:
    steps = list(path.steps)
    shown = [f"{one.lane.value} {took(one.end - one.start)}" for one in steps[:8]]
    more = [f"{len(steps) - 8} more"] if len(steps) > 8 else []
    return f"Critical path to version {path.version}, {took(path.end - path.start)}: {' → '.join([*shown, *more])}"


def _cut(line: str, width: int) -> str:
    return line.rstrip() if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


# --- sentences -----------------------------------------------------------------------------------------------------


def _sentence(part: Part) -> str:
    piece = part.piece
    told = f"{_side(piece.whose).capitalize()}, {piece.label}: {took(piece.lasted)} from {moment(piece.start)}"
    bars = [one for one in part.bars if not one.local] if piece.scale is Scale.LINEAR else []
    runs = [f"{one.lane.value} {took(one.end - one.start)}{f' ({one.short})' if one.short else ''}" for one in bars[:8]]
    if len(bars) > 8:
        runs.append(f"{len(bars) - 8} more calls")
    marks = [_mark(list(found)).split(" ", 1)[1] for _, found in groupby(part.marks, key=lambda one: one.kind)]
    happened = [one_line(one, 120) for one in marks[:6]] + ([f"{len(marks) - 6} more"] if len(marks) > 6 else [])
    return ". ".join(text for text in (told, "; ".join(runs), "; ".join(happened)) if text) + "."
