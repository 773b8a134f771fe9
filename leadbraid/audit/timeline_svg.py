"""A timeline as a picture (SVG): no script, nothing loaded, in light and dark, on paper, with a text alternative.

Nothing is told by colour alone: people's time is dotted, waiting is hatched, the critical path is thick and outlined,
what failed has a cross, and every sign is named in the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from markupsafe import Markup

from leadbraid.audit.marks import Sort, took
from leadbraid.audit.schema import CallEnd
from leadbraid.audit.stretches import Scale, Whose
from leadbraid.audit.timeline import Bar, Lane, Timeline
from leadbraid.audit.timeline_layout import LINE, Box, Label, Row, fitted, room_after, rows_of, text_width, ticks
from leadbraid.audit.timeline_text import as_words, heading
from leadbraid.models.visible import visible

WIDE, NARROW = 1100, 380
LANE, CAPTION, GAP = 24, 48, 26
MARGIN = 10
SMALL = 0.92
"""Size of captions against that of labels."""

STYLE = """
.lt{--ink:#1b1f24;--dim:#59636e;--line:#d1d9e0;--paper:#fff;--run:#8fb8ee;--path:#0b57b0;--people:#8a5a00;--soft:#fbf3df;--bad:#b3261e;
color:var(--ink);background:var(--paper);font:12px system-ui,sans-serif;display:block}
@media (prefers-color-scheme:dark){.lt{--ink:#e6edf3;--dim:#9198a1;--line:#3d444d;--paper:#0d1117;--run:#2f5a94;--path:#79b8ff;--people:#e3b341;--soft:#221c0c;--bad:#ff7b72}}
@media print{.lt{--ink:#000;--dim:#333;--line:#aaa;--paper:#fff;--run:#bbb;--path:#333;--people:#555;--soft:#fff;--bad:#000}}
.lt text{fill:currentColor;white-space:pre}.lt .dim{fill:var(--dim);font-size:11px}.lt .b{font-weight:700}.lt .bad{fill:var(--bad);font-weight:700}
.lt .halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}.lt .mid{text-anchor:middle}.lt .end{text-anchor:end}
.lt .line{stroke:var(--line);fill:none}.lt .edge{stroke:var(--dim);fill:none}.lt .brk{stroke:var(--dim);fill:none;stroke-dasharray:2 3}
.lt .run{fill:var(--run);stroke:var(--path)}.lt .path{fill:var(--path);stroke:currentColor;stroke-width:2}.lt .lost{fill:var(--paper);stroke:var(--bad);stroke-width:1.5}
.lt .step{stroke:var(--path);stroke-width:2}.lt .link{stroke:currentColor;stroke-width:2.5;fill:none}.lt .cross{stroke:var(--bad);stroke-width:2;fill:none}
.lt .people{stroke:var(--people)}.lt .col{fill:var(--soft)}.lt .dot{fill:var(--people)}.lt .hatch{stroke:var(--path)}
.lt .sign{fill:currentColor;stroke:currentColor;stroke-width:1.5}.lt .open{fill:var(--paper);stroke:var(--bad);stroke-width:1.8;stroke-dasharray:2 1.5}
.lt .alarm{fill:var(--people);stroke:var(--people)}
"""


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
        self._left = 112.0 if width > 2 * NARROW else 88.0
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
            '<title id="{n}t">Timeline of {lead}</title><desc id="{n}d">{words}</desc><style>{style}</style>{defs}{body}</svg>'
        ).format(
            n=self._name,
            w=self._width,
            h=self._y + MARGIN,
            lead=self._timeline.lead_id,
            words=as_words(self._timeline),
            style=Markup(STYLE),
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
        self._y += 8

    def _key(self) -> None:
        """What each sign means, wrapped to the width."""
        x, y = float(MARGIN), self._y + 8
        for draw, words in (
            (lambda x, y: _rect(x, y - 8, 22, 8, "run"), "ran"),
            (lambda x, y: _rect(x, y - 10, 22, 12, "path"), "ran, on the critical path"),
            (lambda x, y: _rect(x, y - 7, 22, 6, "", self._fill("h")), "waited, or earlier tries"),
            (lambda x, y: Markup().join((_rect(x, y - 8, 16, 8, "lost"), _cross(x + 16, y - 4))), "failed"),
            (lambda x, y: _rect(x, y - 11, 22, 14, "people", self._fill("p")), "people's time"),
            (lambda x, y: _line("brk", (x, y - 4), (x + 22, y - 4)), "not to scale"),
            (lambda x, y: _line("step", (x + 8, y - 10), (x + 8, y + 2)), "a step of no length"),
            (lambda x, y: _sign(Sort.DECISION, x + 8, y - 4), "decision"),
            (lambda x, y: _sign(Sort.REFUSED, x + 8, y - 4), "not counted"),
            (lambda x, y: _sign(Sort.ALARM, x + 8, y - 4), "alarm"),
            (lambda x, y: _sign(Sort.TEMPORAL, x + 8, y - 4), "Temporal"),
        ):
            needs = 30 + text_width(words)
            if x + needs > self._right:
                x, y = float(MARGIN), y + 20
            self._add(draw(x, y), _text(x + 28, y, words, "dim"))
            x += needs + 10
        self._y = y + 4

    # --- a row -------------------------------------------------------------------------------------------------------

    def _row(self, row: Row) -> None:
        top = self._y
        lanes = [one for one in Lane if any(bar.lane is one for box in row.boxes for bar in box.part.bars)]
        bottom = top + CAPTION + LANE * (len(lanes) + 1) + sum(_depth(labels) for labels in row.labels.values())
        for box in row.boxes:
            self._column(box, top, bottom)
        self._y = top + CAPTION
        middles: dict[Lane, float] = {}
        for lane in lanes:
            middles[lane] = self._lane(lane, row)
        self._review(row)
        self._links(row, middles)
        for name, labels in row.labels.items():
            self._marks(name, labels)
        self._y = bottom + GAP

    def _column(self, box: Box, top: float, bottom: float) -> None:
        """A piece's caption and scale."""
        piece = box.part.piece
        if piece.whose is Whose.PEOPLE:
            self._add(_rect(box.x, top + CAPTION - 4, box.width, bottom - top - CAPTION + 4, "col"))
        self._add(_line("line", (box.x, top), (box.x, bottom)), _line("line", (box.right, top), (box.right, bottom)))
        side = "" if piece.whose in (Whose.BOTH, Whose.NOBODY) else f"{piece.whose.value} · "
        room = box.width - 8
        self._add(
            _text(box.x + 5, top + 11, fitted(f"{side}{took(piece.lasted)}", room), "b"),
            _text(box.x + 5, top + 25, fitted(_clock(piece.start), room), "dim"),
        )
        y = top + CAPTION - 4
        if piece.scale is not Scale.LINEAR:
            self._add(_line("brk", (box.x, y), (box.right, y)), _slashes(box.x + box.width / 2, y))
            return
        self._add(_line("edge", (box.x, y), (box.right, y)))
        for x, words in ticks(box):
            self._add(_line("edge", (x, y), (x, y - 4)))
            if x + text_width(words) * SMALL < box.right + 4:
                self._add(_text(x + 2, y - 3, words, "dim"))

    def _label(self, name: str, y: float) -> None:
        self._add(_text(self._left - 8, y, name, "end"))

    def _lane(self, lane: Lane, row: Row) -> float:
        middle = self._y + LANE / 2
        self._label(lane.value, middle + 4)
        self._add(_line("line", (self._left, self._y + LANE), (row.boxes[-1].right, self._y + LANE)))
        drawn = [(bar, box) for box in row.boxes for bar in box.part.bars if bar.lane is lane]
        for bar, box in drawn:
            self._add(_titled(_told(bar), self._bar(bar, box, middle)))
        for bar, box in drawn:
            if lane is not Lane.STEPS and box.part.piece.scale is Scale.LINEAR and bar.end <= box.part.piece.end:
                self._result(bar, box, [one for one, _ in drawn], row.boxes[-1].right, middle)
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
        if bar.run:
            yield _rect(ran, y - half, max(b - ran, 3), 2 * half, kind)
        if bar.critical and kind == "lost":
            yield _rect(ran - 2, y - half - 2, max(b - ran, 3) + 4, 2 * half + 4, "link")
        if bar.how is CallEnd.OPEN:
            yield _line("link", (b, y - 6), (b + 5, y), (b, y + 6))
        elif kind == "lost":
            yield _cross(max(b, ran + 3), y)

    def _result(self, bar: Bar, box: Box, others: Sequence[Bar], right: float, y: float) -> None:
        """What came of it and how long it took, beside it where there is room."""
        bad = bar.how is not CallEnd.COMPLETED
        room = room_after(bar, box, others, right) - 12
        length = took(bar.end - bar.start)
        both = f"{bar.short} · {length}" if bar.short else length
        words = next((one for one in (both, bar.short, length) if one and text_width(one) <= room), "")
        if words:
            self._add(_text(max(box.at(bar.end), box.at(bar.start) + 3) + 8, y + 4, words, "bad halo" if bad else "halo"))

    def _review(self, row: Row) -> None:
        """People's states, and what is not drawn to scale, as blocks with their names."""
        self._label("Review", self._y + LANE / 2 + 4)
        for box in row.boxes:
            piece = box.part.piece
            if piece.scale is Scale.LINEAR:
                continue
            words = fitted(piece.label, box.width - 16)
            wide, middle = text_width(words) + 8, box.x + box.width / 2
            if piece.whose is Whose.PEOPLE:
                self._add(_rect(box.x + 2, self._y + 3, box.width - 4, LANE - 6, "people", self._fill("p")))
                self._add(_rect(middle - wide / 2, self._y + 4, wide, LANE - 8, "col"))
            self._add(_text(middle, self._y + LANE / 2 + 4, words, "mid"))
        self._y += LANE

    # --- the critical path, the marks ----------------------------------------------------------------------------------

    def _links(self, row: Row, middles: dict[Lane, float]) -> None:
        """From the end of each call on the path to the beginning of the one that waited for it."""
        for path in self._timeline.paths:
            for before, after in zip(path.steps, path.steps[1:], strict=False):
                ends = [_x(before.end, row), _x(after.start, row)]
                if None in ends or before.lane not in middles or after.lane not in middles:
                    continue
                a, b = (x for x in ends if x is not None)
                y, z = middles[before.lane], middles[after.lane]
                self._add(_line("link", (a, y), ((a + b) / 2, y), ((a + b) / 2, z), (b, z)))

    def _marks(self, name: str, labels: Sequence[Label]) -> None:
        y = self._y + 12
        self._label(name, y + 4)
        for one in labels:
            self._add(_line("line", (one.x, y), (one.x, y + LINE * (one.level + 1) - 2)))
        for one in labels:
            below = y + LINE * (one.level + 1) + 3
            sign = [_sign(one.marks[0].sort, one.x, y), _text(one.text_x, below, one.text, "halo")]
            if len(one.marks) > 1:
                sign.append(_text(one.x + 8, y + 4, f"×{len(one.marks)}", "dim halo"))
            several = "; ".join(f"{_clock(mark.at)} {mark.text}" for mark in one.marks[:8])
            self._add(_titled(several + (f"; and {len(one.marks) - 8} more" if one.marks[8:] else ""), sign))
        self._y += _depth(labels)


def _depth(labels: Sequence[Label]) -> float:
    return 22 + LINE * (max(one.level for one in labels) + 1)


def _x(at: datetime, row: Row) -> float | None:
    return next((box.at(at) for box in row.boxes if box.part.piece.start <= at <= box.part.piece.end), None)


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


