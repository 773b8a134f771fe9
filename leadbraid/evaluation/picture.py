"""Shares and differences as points with their intervals, one row each. Only geometry: the template draws. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leadbraid.evaluation.comparing import Comparison, Unit
from leadbraid.evaluation.figures import Figure, Kind
from leadbraid.evaluation.statistics import Interval, Share
from leadbraid.evaluation.words import percent, points

WIDTH, LEFT, RIGHT, ROW, TOP, AXIS = 440, 14, 56, 34, 6, 22
"""Units of the drawing: all of it, room at either side, a row (its name above its line), room above and below."""
TICKS = 5


@dataclass(frozen=True)
class Point:
    """A value with its interval: where it stands, and the ends."""

    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Row:
    """One line of the drawing. ``before`` is the baseline's value; ``tone`` chooses the colour."""

    y: float
    label: str
    value: str
    words: str
    now: Point
    before: float | None = None
    tone: str = ""


@dataclass(frozen=True)
class Tick:
    """A mark on the axis."""

    x: float
    text: str


@dataclass(frozen=True)
class Picture:
    """The drawing, and the same in words. ``zero`` is where no change is, in a drawing of differences."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    height: float
    words: str
    zero: float | None = None
    width: float = WIDTH


def draw_figures(figures: Sequence[Figure], beside: Comparison | None) -> Picture | None:
    """The shares of a result, with those of the baseline where it is compared."""
    before = {one.key: one.before for one in beside.differences if one.unit is Unit.SHARE} if beside else {}
    rows = ((f"{one.where}: {one.label}", one.share, before.get(one.key)) for one in figures)
    return _draw(rows)


def draw_kinds(kinds: Sequence[Kind]) -> Picture | None:
    """The share of leads of each kind with nothing wrong."""
    return _draw((f"{one.name} ({one.cases})", one.whole, None) for one in kinds)


def _draw(shares: Iterable[tuple[str, Share, float | None]]) -> Picture | None:
    rows = tuple(_share_row(label, share, before, number) for number, (label, share, before) in enumerate(shares))
    ticks = tuple(Tick(_x(n / TICKS), f"{n * 100 // TICKS} %") for n in range(TICKS + 1))
    return _picture(rows, ticks) if rows else None


def _share_row(label: str, share: Share, before: float | None, number: int) -> Row:
    value, around = share.value or 0.0, share.interval or Interval(0.0, 1.0)
    words = f"{label} {percent(share.value)} ({percent(around.low)} to {percent(around.high)})"
    words += f", before {percent(before)}" if before is not None else ""
    return Row(
        y=TOP + number * ROW,
        label=label,
        value=percent(share.value),
        words=words,
        now=Point(_x(value), _x(around.low), _x(around.high)),
        before=None if before is None else _x(before),
    )


def draw_differences(beside: Comparison) -> Picture | None:
    """How much each share changed, with the interval; right of the line is better."""
    shares = [one for one in beside.differences if one.unit is Unit.SHARE]
    reach = max((abs(end) for one in shares for end in (one.interval.low, one.interval.high, one.change)), default=0)
    reach = next((step for step in (0.1, 0.2, 0.5, 1.0) if reach <= step), 1.0)

    def place(change: float) -> float:
        return _x((change / reach + 1) / 2)

    rows = tuple(
        Row(
            y=TOP + number * ROW,
            label=f"{one.where}: {one.label}",
            value=points(one.change),
            words=f"{one.label} {points(one.change)} points, {one.judgment}",
            now=Point(place(one.change), place(one.interval.low), place(one.interval.high)),
            tone=one.judgment.split()[0],
        )
        for number, one in enumerate(shares)
    )
    ticks = tuple(Tick(place(reach * part), points(reach * part)) for part in (-1, -0.5, 0, 0.5, 1))
    return _picture(rows, ticks, zero=place(0)) if rows else None


def _picture(rows: tuple[Row, ...], ticks: tuple[Tick, ...], zero: float | None = None) -> Picture:
    words = "; ".join(row.words for row in rows)
    return Picture(rows, ticks, TOP + len(rows) * ROW + AXIS, words, zero)


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)
