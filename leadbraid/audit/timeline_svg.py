"""A timeline as a picture (SVG): no script, nothing loaded, in light and dark, on paper, with a text alternative.

Nothing is told by colour alone: people's time is dotted, waiting is hatched, the critical path is thick and outlined,
what failed has a cross, and every sign is named in the key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from importlib.resources import files

from markupsafe import Markup

from leadbraid.audit.marks import Sort, took
from leadbraid.audit.schema import CallEnd
from leadbraid.audit.stretches import Scale, Whose
from leadbraid.audit.timeline import Bar, Lane, Timeline
from leadbraid.audit.timeline_layout import (
    BOLD,
    LINE,
    Box,
    Label,
    Row,
    captions,
    fitted,
    free_beside,
    rows_of,
    text_width,
    ticks,
)
from leadbraid.audit.timeline_text import as_words, heading
from leadbraid.models.visible import visible

WIDE, NARROW = 1100, 380
LANE, CAPTION, GAP = 24, 48, 26
MARGIN = 10
SMALL = 0.92
"""Size of captions against that of labels."""

STYLE = Markup((files("leadbraid.audit") / "templates" / "timeline.css").read_text("utf-8"))  # noqa: S704 - ours


def as_svg(timeline: Timeline, width: int = WIDE) -> str:
    """The picture, so many units wide. Its names are the width's own, so that two widths can share a page."""
    return str(_Picture(timeline, width).drawn())


def _text(x: float, y: float, words: str, kind: str = "") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>').format(x, y, kind, visible(words, keep=""))


def _rect(x: float, y: float, width: float, height: float, kind: str, more: Markup = Markup()) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}"{}/>').format(
        x, y, width, height, kind, more
    )


def _line(kind: str, *points: tuple[float, float]) -> Markup:
    at = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<polyline points="{}" class="{}"/>').format(at, kind)


def _titled(title: str, inside: Iterable[Markup]) -> Markup:
    return Markup("<g><title>{}</title>{}</g>").format(visible(title, keep=""), Markup().join(inside))


def _clock(at: datetime) -> str:
    return f"{at.day} {at:%b %H:%M:%S}"


class _Picture:
    """Drawing goes from top to bottom; ``_y`` is how far it has come."""

    def __init__(self, timeline: Timeline, width: int) -> None:
        self._timeline, self._width = timeline, width
        self._left = 112.0 if width > 2 * NARROW else 96.0
        self._right = float(width - MARGIN)
        self._name = f"lt{width}"
        self._y = 0.0
        self._out: list[Markup] = []

    def drawn(self) -> Markup:
        """The whole."""
        self._heading()
        for row in rows_of(self._timeline, self._left, self._right):
            self._row(row)
        self._key()
        return Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" class="lt" role="img" aria-labelledby="{n}t {n}d" '
            'viewBox="0 0 {w} {h:.0f}" width="{w}" height="{h:.0f}">'
            '<title id="{n}t">Timeline of {lead}</title><desc id="{n}d">{words}</desc>'
            "<style>{style}</style>{defs}{body}</svg>"
        ).format(
            n=self._name,
            w=self._width,
            h=self._y + MARGIN,
            lead=self._timeline.lead_id,
            words=as_words(self._timeline),
            style=STYLE,
            defs=self._defs(),
            body=Markup("\n").join(self._out),
        )

    def _defs(self) -> Markup:
        return Markup(
            '<defs><pattern id="{n}p" width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="1.5" cy="1.5" '
            'r="1" class="dot"/><circle cx="4.5" cy="4.5" r="1" class="dot"/></pattern><pattern id="{n}h" width="5" '
            'height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V5" class="hatch"/>'
            "</pattern></defs>"
        ).format(n=self._name)

    def _fill(self, pattern: str) -> Markup:
        return Markup(' fill="url(#{}{})"').format(self._name, pattern)

    def _add(self, *parts: Markup) -> None:
        self._out += parts

    # --- top and bottom ----------------------------------------------------------------------------------------------

    def _heading(self) -> None:
        for n, line in enumerate(heading(self._timeline)):
            for words in _wrapped(line, self._width - 2 * MARGIN):
                self._y += 18
                self._add(_text(MARGIN, self._y, words, "dim" if n else "b"))
        self._y += 16

    def _key(self) -> None:
        """What each sign means, wrapped to the width."""
        x, y = float(MARGIN), self._y + 8
        for draw, words in self._samples():
            needs = 30 + text_width(words)
            if x + needs > self._right:
                x, y = float(MARGIN), y + 20
            self._add(draw(x, y - 4), _text(x + 28, y, words, "dim"))
            x += needs + 10
        self._y = y + 4

    def _samples(self) -> list[tuple[Callable[[float, float], Markup], str]]:
        """How each sign is drawn around a point of its left side, and what it means."""
        hatch, dots = self._fill("h"), self._fill("p")
        return [
            (lambda x, y: _rect(x, y - 4, 22, 8, "run"), "ran"),
            (lambda x, y: _rect(x, y - 6, 22, 12, "path"), "ran, on the critical path"),
            (lambda x, y: _rect(x, y - 3, 22, 6, "", hatch), "waited, or earlier tries"),
            (lambda x, y: _rect(x, y - 4, 16, 8, "lost") + _cross(x + 16, y), "failed"),
            (lambda x, y: _rect(x, y - 7, 22, 14, "people", dots), "people's time"),
            (lambda x, y: _line("brk", (x, y), (x + 22, y)), "not to scale"),
            (lambda x, y: _line("step", (x + 8, y - 6), (x + 8, y + 6)), "a step of no length"),
            (lambda x, y: _sign(Sort.DECISION, x + 8, y), "decision"),
            (lambda x, y: _sign(Sort.REFUSED, x + 8, y), "decision that did not count"),
            (lambda x, y: _sign(Sort.ALARM, x + 8, y), "alarm"),
            (lambda x, y: _sign(Sort.TEMPORAL, x + 8, y), "Temporal"),
        ]

    # --- a row -------------------------------------------------------------------------------------------------------

    def _row(self, row: Row) -> None:
        top = self._y
        lanes = [lane for lane in Lane if _of_lane(lane, row)]
        states = any(box.part.piece.whose is not Whose.MACHINE for box in row.boxes)
        bottom = top + CAPTION + LANE * (len(lanes) + states) + sum(_depth(labels) for labels in row.labels.values())
        for box in row.boxes:
            self._column(box, top, bottom)
        self._y = top + CAPTION
        middles: dict[Lane, float] = {}
        for lane in lanes:
            if lane is not Lane.DELIVERY:
                middles[lane] = self._lane(lane, row)
        if states:
            self._review(row)
        if Lane.DELIVERY in lanes:
            middles[Lane.DELIVERY] = self._lane(Lane.DELIVERY, row)
        self._links(row, middles)
        for lane, middle in middles.items():
            self._results(lane, row, middle)
        for name, labels in row.labels.items():
            self._marks(name, labels)
        self._y = bottom + GAP

    def _column(self, box: Box, top: float, bottom: float) -> None:
        """A piece's caption and scale."""
        piece = box.part.piece
        if piece.whose is Whose.PEOPLE:
            self._add(_rect(box.x, top + CAPTION - 4, box.width, bottom - top - CAPTION + 4, "col"))
        self._add(_line("line", (box.x, top), (box.x, bottom)), _line("line", (box.right, top), (box.right, bottom)))
        room = box.width - 8
        words = next((one for one in captions(piece) if text_width(one) * BOLD <= room), took(piece.lasted))
        self._add(
            _text(box.x + 5, top + 11, words, "b"),
            _text(box.x + 5, top + 25, fitted(_clock(piece.start), room), "dim"),
        )
        y = top + CAPTION - 4
        if piece.scale is not Scale.LINEAR:
            self._add(_line("brk", (box.x, y), (box.right, y)), _slashes(box.x + box.width / 2, y))
            return
        self._add(_line("edge", (box.x, y), (box.right, y)))
        for x, words in ticks(box):
            self._add(_line("edge", (x, y), (x, y - 4)))
            if x + text_width(words) * SMALL < box.right - 2:
                self._add(_text(x + 2, y - 3, words, "dim"))

    def _label(self, name: str, y: float) -> None:
        self._add(_text(self._left - 8, y, name, "end"))

    def _lane(self, lane: Lane, row: Row) -> float:
        middle = self._y + LANE / 2
        self._label(lane.value, middle + 4)
        self._add(_line("line", (self._left, self._y + LANE), (row.boxes[-1].right, self._y + LANE)))
        for bar, box in _of_lane(lane, row):
            self._add(_titled(_told(bar), self._bar(bar, box, middle)))
        self._y += LANE
        return middle

    def _bar(self, bar: Bar, box: Box, y: float) -> Iterable[Markup]:
        a, b = box.at(bar.start), box.at(bar.end)
        if bar.local:
            yield _line("step", (b, y - 6), (b, y + 6))
            return
        ran = box.at(bar.run) if bar.run else b
        if ran - a >= 1:
            yield _rect(a, y - 3, ran - a, 6, "", self._fill("h"))
        half = 7 if bar.critical else 4.5
        kind = "lost" if bar.how not in (CallEnd.COMPLETED, CallEnd.OPEN) else "path" if bar.critical else "run"
        if bar.run and bar.run < box.part.piece.end:
            yield _rect(ran, y - half, max(b - ran, 3), 2 * half, kind)
        if bar.critical and kind == "lost" and bar.run:
            yield _rect(ran - 2, y - half - 2, max(b - ran, 3) + 4, 2 * half + 4, "link")
        if bar.how is CallEnd.OPEN:
            yield _line("link", (b, y - 6), (b + 5, y), (b, y + 6))
        elif kind == "lost":
            yield _cross(max(b, ran + 3), y)

    def _results(self, lane: Lane, row: Row, y: float) -> None:
        """What came of each call and how long it took: after it, else before it, where there is room."""
        if lane is Lane.STEPS:
            return
        drawn = _of_lane(lane, row)
        written = self._left
        for bar, box in drawn:
            if box.part.piece.scale is Scale.LINEAR and bar.end <= box.part.piece.end:
                after, before = free_beside(bar, box, [one for one, _ in drawn], written, self._right)
                written = max(written, self._result(bar, box, y, after, before))

    def _result(self, bar: Bar, box: Box, y: float, after: float, before: float) -> float:
        """Where its words end."""
        kind = "halo" if bar.how is CallEnd.COMPLETED else "bad halo"
        start, end = box.at(bar.start), max(box.at(bar.end), box.at(bar.start) + 3)
        length = took(bar.end - bar.start)
        for words in (f"{bar.short} · {length}", bar.short, bar.short.split(",")[0]) if bar.short else (length,):
            wide = text_width(words) + 12
            if wide <= after:
                self._add(_text(end + 8, y + 4, words, kind))
                return end + wide
            if wide <= before:
                self._add(_text(start - 8, y + 4, words, f"{kind} end"))
                break
        return end

    def _review(self, row: Row) -> None:
        """People's states, and what is not drawn at all, as blocks with their names."""
        self._label("Review", self._y + LANE / 2 + 4)
        for box in row.boxes:
            piece = box.part.piece
            if piece.whose is Whose.MACHINE:
                continue
            calls = f", {len(box.part.bars)} calls" if piece.scale is Scale.FOLDED else ""
            words = fitted(f"{piece.label}{calls}", box.width - 16)
            wide, middle = text_width(words) + 8, box.x + box.width / 2
            if piece.whose is Whose.PEOPLE:
                self._add(_rect(box.x + 2, self._y + 3, box.width - 4, LANE - 6, "people", self._fill("p")))
                self._add(_rect(middle - wide / 2, self._y + 4, wide, LANE - 8, "col"))
            self._add(_text(middle, self._y + LANE / 2 + 4, words, "mid"))
        self._y += LANE

    # --- the critical path, the marks ---------------------------------------------------------------------------------

    def _links(self, row: Row, middles: dict[Lane, float]) -> None:
        """From the end of each call on the path to the beginning of the one that waited for it."""
        for path in self._timeline.paths:
            for before, after in zip(path.steps, path.steps[1:], strict=False):
                ends = [_x(before.end, row), _x(after.start, row)]
                if None in ends or before.lane not in middles or after.lane not in middles:
                    continue
                a, b = (x for x in ends if x is not None)
                y, z = middles[before.lane], middles[after.lane]
                self._add(_line("link", (a, y), (a, z), (b, z)))

    def _marks(self, name: str, labels: Sequence[Label]) -> None:
        y = self._y + 12
        self._label(name, y + 4)
        for one in labels:
            self._add(_line("edge", (one.x, y), (one.x, y + LINE * (one.level + 1) - 2)))
        for one in labels:
            below = y + LINE * (one.level + 1) + 3
            sort = min((mark.sort for mark in one.marks), key=list(Sort).index)
            sign = [_sign(sort, one.x, y), _text(one.text_x, below, one.text, "halo")]
            several = "; ".join(f"{_clock(mark.at)} {mark.text}" for mark in one.marks[:8])
            self._add(_titled(several + (f"; and {len(one.marks) - 8} more" if one.marks[8:] else ""), sign))
        self._y += _depth(labels)


def _of_lane(lane: Lane, row: Row) -> list[tuple[Bar, Box]]:
    drawn = [box for box in row.boxes if box.part.piece.scale is not Scale.FOLDED]
    return [(bar, box) for box in drawn for bar in box.part.bars if bar.lane is lane]


def _depth(labels: Sequence[Label]) -> float:
    return 22 + LINE * (max(one.level for one in labels) + 1)


def _x(at: datetime, row: Row) -> float | None:
    drawn = [box for box in row.boxes if box.part.piece.scale is not Scale.FOLDED]
    return next((box.at(at) for box in drawn if box.part.piece.start <= at <= box.part.piece.end), None)


def _told(bar: Bar) -> str:
    waited = f", waited {took(bar.run - bar.start)}" if bar.run and not bar.local else ""
    result = f", {bar.short}" if bar.short else ""
    path = ", on the critical path" if bar.critical else ""
    return f"{bar.name}: {took(bar.end - bar.start)} from {_clock(bar.start)}{waited}{result}{path}"


def _cross(x: float, y: float) -> Markup:
    return _line("cross", (x - 4, y - 4), (x + 4, y + 4)) + _line("cross", (x - 4, y + 4), (x + 4, y - 4))


def _slashes(x: float, y: float) -> Markup:
    return _line("edge", (x - 4, y + 5), (x, y - 5)) + _line("edge", (x + 1, y + 5), (x + 5, y - 5))


def _sign(sort: Sort, x: float, y: float) -> Markup:
    match sort:
        case Sort.DECISION:
            return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4.5" class="sign"/>').format(x, y)
        case Sort.REFUSED:
            return Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4.5" class="open"/>').format(x, y)
        case Sort.ALARM:
            at = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y + 4:.1f} {x - 5:.1f},{y + 4:.1f}"
            return Markup('<polygon points="{}" class="alarm"/>').format(at)
        case Sort.TEMPORAL:
            return _rect(x - 4, y - 4, 8, 8, "sign")


def _wrapped(text: str, width: float) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and text_width(f"{lines[-1]} {word}") > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
