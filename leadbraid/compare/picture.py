"""Plans drawn on one time axis: a lane for each, a bar for each call, and where the review opens.

Values in, values out. Only geometry is decided here; the page's template draws it, so that colours follow the reader's
light or dark.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadbraid.compare.worked import Call, Worked
from leadbraid.models import Stream

WIDTH, LEFT, RIGHT, ROW, GAP = 900, 110, 90, 20, 34
"""Units of the drawing: all of it, the names' column, room behind the last second, a row, and between two lanes."""
TICKS = 8


@dataclass(frozen=True)
class Bar:
    """One call. ``wait`` is the width of the part before its last try began; ``label`` is read out and shown."""

    x: float
    y: float
    width: float
    wait: float
    stream: Stream
    redraft: bool
    ok: bool
    label: str


@dataclass(frozen=True)
class Lane:
    """One plan: its bars, and the line at which the review opens."""

    plan: str
    y: float
    bottom: float
    bars: tuple[Bar, ...]
    review: float
    seconds: float


@dataclass(frozen=True)
class Tick:
    """A mark on the time axis."""

    x: float
    text: str


@dataclass(frozen=True)
class Picture:
    """The drawing, and the same in words."""

    lead_id: str
    height: float
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    words: str
    width: float = WIDTH
    left: float = LEFT


def typical_lead(runs: Mapping[str, Sequence[Worked]], plan: str) -> str:
    """The lead whose time by ``plan`` is nearest to the median: what the drawing shows is then no exception."""
    worked = runs[plan]
    middle = statistics.median(one.seconds for one in worked)
    return min(worked, key=lambda one: (abs(one.seconds - middle), one.lead_id)).lead_id


def draw(runs: Sequence[Worked]) -> Picture:
    """Runs of the same lead by different plans, one lane each, from the top down."""
    longest = max(one.seconds for one in runs) or 1.0
    scale = (WIDTH - LEFT - RIGHT) / longest
    lanes: list[Lane] = []
    y = float(GAP)
    for one in runs:
        lane = _lane(one, y, scale)
        lanes.append(lane)
        y = lane.bottom + GAP
    return Picture(
        lead_id=runs[0].lead_id,
        height=y + ROW,
        lanes=tuple(lanes),
        ticks=_ticks(longest, scale),
        words=" ".join(_in_words(one) for one in runs),
    )


def _lane(worked: Worked, y: float, scale: float) -> Lane:
    streams = [stream for stream in Stream if any(call.stream is stream for call in worked.calls)]
    bars = tuple(_bar(call, y + streams.index(call.stream) * ROW, scale) for call in worked.calls)
    bottom = y + len(streams) * ROW
    return Lane(worked.plan, y, bottom, bars, _x(worked.seconds, scale), worked.seconds)


def _bar(call: Call, y: float, scale: float) -> Bar:
    return Bar(
        x=_x(call.scheduled, scale),
        y=y,
        width=round(max(call.seconds * scale, 1.5), 1),
        wait=round(call.waited * scale, 1),
        stream=call.stream,
        redraft=call.redraft,
        ok=call.ok,
        label=_label(call),
    )


def _label(call: Call) -> str:
    what = f"{call.stream.label}{' (redraft)' if call.redraft else ''}{'' if call.ok else ' (failed)'}"
    return f"{what} {call.scheduled:.2f} to {call.ended:.2f} s"


def _x(seconds: float, scale: float) -> float:
    return round(LEFT + seconds * scale, 1)


def _ticks(longest: float, scale: float) -> tuple[Tick, ...]:
    """At round numbers of seconds, about eight of them."""
    rough = longest / TICKS
    unit = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * by for by in (1, 2, 5, 10) if unit * by >= rough)
    return tuple(Tick(_x(n * step, scale), f"{n * step:g} s") for n in range(int(longest / step) + 1))


def _in_words(worked: Worked) -> str:
    return f"{worked.plan}: {', '.join(map(_label, worked.calls))}; the review opens after {worked.seconds:.2f} s."
