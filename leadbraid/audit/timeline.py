"""A lead's way as a picture needs it: whose time it was, what ran, what decided when the brief came. Pure.

Machine work takes seconds and people take days, so the axis is made of pieces, each with a scale of its own. Together
they are the whole time, without a gap. All times are the server's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from leadbraid.audit.marks import Mark, marks_of
from leadbraid.audit.schema import AuditRecord, Call, CallEnd, DecisionRecord, Occurrence, StateRecord, WordsRecord
from leadbraid.audit.stretches import Piece, Stretch, Whose, pieces_of, stretches_of
from leadbraid.models import Stream
from leadbraid.models.visible import one_line

ZERO = timedelta(0)
REDRAFT = re.compile(r"\(redraft \d+\)$")
"""How the workflow summarises a stream that runs again to settle conflicts."""


class Lane(StrEnum):
    """What a bar belongs to, in the order in which they are drawn."""

    QUALIFICATION = "Qualification"
    RESEARCH = "Research"
    DRAFTING = "Drafting"
    FIT_RISK = "Fit & risk"
    JUDGE = "Judge"
    MERGE = "Merge point"
    REDRAFT = "Redraft"
    STEPS = "Other steps"
    DELIVERY = "Delivery"


@dataclass(frozen=True)
class Bar:
    """One call. It waited from ``start`` to ``run`` (earlier attempts included) and ran from ``run`` to ``end``.

    ``run`` is None where the last attempt never started. A local call is told when it is over: its three times are one.
    """

    lane: Lane
    name: str
    start: datetime
    run: datetime | None
    end: datetime
    how: CallEnd
    attempts: int = 1
    version: int = 0
    result: str = ""
    local: bool = False
    critical: bool = False

    @property
    def short(self) -> str:
        """What is written on or beside it."""
        ended = {CallEnd.COMPLETED: "", CallEnd.OPEN: "not over"}.get(self.how, self.how.value.replace("_", " "))
        tries = f"{self.attempts} tries" if self.attempts > 1 else ""
        return ", ".join(part for part in (self.result, ended, tries) if part)


@dataclass(frozen=True)
class Path:
    """The critical path to one review: each call could only begin when the one before it had ended."""

    version: int
    start: datetime
    end: datetime
    steps: tuple[Bar, ...]


@dataclass(frozen=True)
class Part:
    """A piece of the axis with what belongs to it: the bars that reach into it, the marks that fall into it."""

    piece: Piece
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Timeline:
    """Everything that is drawn. ``stretches`` and ``pieces`` each cover the time from ``start`` to ``end``."""

    lead_id: str
    state: str
    start: datetime
    end: datetime
    is_open: bool
    stretches: tuple[Stretch, ...]
    pieces: tuple[Piece, ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    paths: tuple[Path, ...]
    streams: tuple[Lane, ...]

    @property
    def parts(self) -> list[Part]:
        """Each piece with what belongs to it."""
        last = self.pieces[-1] if self.pieces else None
        return [
            Part(
                piece,
                tuple(one for one in self.bars if _within(one.start, one.end, piece, ends=piece is last)),
                tuple(one for one in self.marks if _within(one.at, one.at, piece, ends=piece is last)),
            )
            for piece in self.pieces
        ]

    def spent(self, whose: Whose) -> timedelta:
        """How much of the whole was whose."""
        return sum((one.end - one.start for one in self.stretches if one.whose is whose), ZERO)


def timeline_of(record: AuditRecord) -> Timeline:
    """The timeline of an audit record. An open lead's ends with the last thing that is known of it."""
    end = _end(record)
    bars = [_bar(call, record, end) for call in record.calls]
    stretches = stretches_of(record, [(one.start, one.end) for one in bars if not one.local], end)
    paths = tuple(_paths(record, bars, stretches))
    decisive = {id(step) for path in paths for step in path.steps}
    bars = [replace(one, critical=id(one) in decisive) for one in bars]
    return Timeline(
        lead_id=one_line(record.lead_id, 80),
        state=_state(record),
        start=record.started,
        end=end,
        is_open=record.ended == "open",
        stretches=tuple(stretches),
        pieces=tuple(pieces_of(stretches, [(one.run or one.end, one.end) for one in bars if not one.local])),
        bars=tuple(bars),
        marks=tuple(replace(one, at=min(max(one.at, record.started), end)) for one in marks_of(record)),
        paths=paths,
        streams=tuple(Lane(stream.label) for stream in Stream if any(one.stream is stream for one in record.calls)),
    )


def _state(record: AuditRecord) -> str:
    """Its state, and how Temporal ended it where the lead did not end by itself."""
    by_itself = record.ended in ("open", "completed") or record.ended == record.state.label
    return record.state.label if by_itself else f"{record.state.label}; {record.ended} in Temporal"


def _within(start: datetime, end: datetime, piece: Piece, *, ends: bool) -> bool:
    """A moment on the border of two pieces is the later one's."""
    if start == end:
        return piece.start <= start < piece.end or (ends and start == piece.end)
    return start < piece.end and end > piece.start


def _end(record: AuditRecord) -> datetime:
    """The last moment that anything is known of."""
    told: list[Sequence[StateRecord | DecisionRecord | Occurrence | Call | WordsRecord]] = [
        record.states,
        record.decisions,
        record.occurrences,
        record.calls,
        record.words,
    ]
    ends = [*(one.ended for one in record.runs), *(one.ended for one in record.calls if not one.local)]
    return max([record.started, *(one.place.at for some in told for one in some), *(at for at in ends if at)])


# --- bars ----------------------------------------------------------------------------------------------------------


def _bar(call: Call, record: AuditRecord, last: datetime) -> Bar:
    first = record.started
    end = call.place.at if call.local else call.ended or _run_end(call, record) or last
    end = min(max(end, first), last)
    start = end if call.local else min(max(call.scheduled, first), end)
    run = end if call.local else call.started and min(max(call.started, start), end)
    return Bar(
        lane=_lane(call),
        name=one_line(call.summary or call.name, 80),
        start=start,
        run=run,
        end=end,
        how=call.end,
        attempts=call.attempts,
        version=call.version,
        result=_result(call, record),
        local=call.local,
    )


def _run_end(call: Call, record: AuditRecord) -> datetime | None:
    """A call that has no end was given up with its run."""
    return next((run.ended for run in record.runs if run.run_id == call.place.run_id), None)


def _lane(call: Call) -> Lane:
    if call.stream:
        return Lane.REDRAFT if REDRAFT.search(call.summary) else Lane(call.stream.label)
    named = {"judge": Lane.JUDGE, "assemble": Lane.MERGE, "transmit": Lane.DELIVERY, "look_up": Lane.DELIVERY}
    return named.get(call.name, Lane.STEPS)


def _result(call: Call, record: AuditRecord) -> str:
    if call.name == "assemble":
        made = [one for one in record.versions if one.place == call.place]
        return f"v{call.version}" + (", not taken" if made and not made[0].taken else "")
    if call.name == "transmit":
        tried = (one for delivery in record.deliveries for one in delivery.attempts)
        fates = [one.fate for one in tried if (one.scheduled, one.ended) == (call.scheduled, call.ended)]
        return one_line(fates[0].replace("_", " "), 30) if fates else ""
    return ""


# --- the critical path ---------------------------------------------------------------------------------------------


def _paths(record: AuditRecord, bars: Sequence[Bar], stretches: Sequence[Stretch]) -> Iterable[Path]:
    """To each review that a newly made version came to."""
    how = {one.version: one.how for one in record.versions}
    work = [one for one in bars if not one.local]
    before = record.started
    for review in record.reviews:
        made = [one for one in work if one.lane is Lane.MERGE and before <= one.end <= review.place.at]
        if made:
            last = max(made, key=lambda one: one.end)
            began = max(one.start for one in stretches if one.start <= last.start)
            refused = how.get(last.version) == "delivery refused"  # then the review waited for the delivery, too
            able = [one for one in work if one.start >= began and (refused or one.lane is not Lane.DELIVERY)]
            steps = _chain(last, able)
            yield Path(last.version, began, review.place.at, steps)
        before = review.place.at


def _chain(last: Bar, work: Sequence[Bar]) -> tuple[Bar, ...]:
    """Backwards: of what had ended when a call was scheduled, the one that ended last is what it waited for."""
    steps = [last]
    while ready := [one for one in work if one.end <= steps[0].start and one not in steps]:
        steps.insert(0, max(ready, key=lambda one: one.end))
    return tuple(steps)
