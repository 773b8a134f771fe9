"""Whose time it was, from a lead's first moment to its last; and the pieces of an axis on which all of it can be seen.

People's time is where a person has to act: in review, snoozed, held, expired, an unknown delivery. Everything else is
the machine's, and so is the time in which the machine makes a new version while the review is open. After a run has
ended, until an operator resets it, it is nobody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from leadbraid.audit.schema import AuditRecord, RunRecord
from leadbraid.models import State

PEOPLE = frozenset((State.IN_REVIEW, State.SNOOZED, State.HELD, State.EXPIRED, State.DELIVERY_UNKNOWN))
BETWEEN_STEPS = timedelta(seconds=1)
"""A shorter stretch in which nobody did anything is the program on its way from one step to the next."""
PAUSE = timedelta(seconds=1)
"""A shorter time without work is drawn to scale."""
PAUSE_FACTOR = 3
"""A time without work that is so many times all the work beside it would leave no room for the work."""
MOST_PIECES = 80
"""Of a longer story the middle is folded into one piece, so that the picture stays one that can be opened."""
LEAD = "LeadFollowUp"

Interval = tuple[datetime, datetime]


class Whose(StrEnum):
    """Who had to act."""

    MACHINE = "machine"
    PEOPLE = "people"
    NOBODY = "nobody"
    BOTH = "both"
    """Only of a piece that stands for many."""


@dataclass(frozen=True)
class Stretch:
    """A time in which it was one side's turn. ``label`` names the state."""

    start: datetime
    end: datetime
    whose: Whose
    label: str


class Scale(StrEnum):
    """How a piece of the axis is drawn."""

    LINEAR = "linear"
    BREAK = "break"
    FOLDED = "folded"


@dataclass(frozen=True)
class Piece:
    """A piece of the axis: one side's time, on one scale."""

    start: datetime
    end: datetime
    whose: Whose
    label: str
    scale: Scale = Scale.LINEAR

    @property
    def lasted(self) -> timedelta:
        """Its true length, however it is drawn."""
        return self.end - self.start


# --- stretches -----------------------------------------------------------------------------------------------------


def stretches_of(record: AuditRecord, work: Sequence[Interval], end: datetime) -> list[Stretch]:
    """One after another from the lead's start to ``end``, without a gap. ``work``: when activities were under way."""
    states = _states(record)
    asleep = _between_runs(record, end)
    cuts = {record.started, end, *(at for at, _ in states)}
    cuts |= {at for one in (*work, *asleep) for at in one}
    ordered = sorted(at for at in cuts if record.started <= at <= end)
    parts = [_stretch(a, b, _state_at(states, a), work, asleep) for a, b in pairwise(ordered)]
    acted = [one.place.at for one in record.decisions]
    acted += [one.place.at for one in record.occurrences]
    acted += [one.place.at for one in record.words]
    return _joined(_without_slivers(_joined(parts), acted))


def _states(record: AuditRecord) -> list[tuple[datetime, State]]:
    """When the lead came into which state; a reset run goes on in the state of the event that it was reset to."""
    found = [(record.started, State.WORKING), *((one.place.at, one.state) for one in record.states)]
    found += [(run.started, _state_of_reset(run, record)) for run in record.runs if run.type == LEAD and run.reset_from]
    return sorted(found, key=lambda one: one[0])


def _state_of_reset(run: RunRecord, record: AuditRecord) -> State:
    before = [
        one.state for one in record.states if one.place.run_id == run.reset_from and one.place.event_id < run.reset_at
    ]
    base = next((one for one in record.runs if one.run_id == run.reset_from), None)
    if before or base is None or not base.reset_from:
        return before[-1] if before else State.WORKING
    return _state_of_reset(base.model_copy(update={"reset_at": min(base.reset_at, run.reset_at)}), record)


def _between_runs(record: AuditRecord, end: datetime) -> list[Interval]:
    """When the lead's workflow was closed: until a reset, and after its end."""
    runs = [run for run in record.runs if run.type == LEAD]
    found = [
        (one.ended, after.started)
        for one, after in pairwise(runs)
        if one.ended and one.ended < after.started and after.continued_from != one.run_id
    ]
    last = runs[-1].ended if runs else None
    return [*found, (last, end)] if last and last < end else found


def _state_at(states: Sequence[tuple[datetime, State]], at: datetime) -> State:
    return next(state for since, state in reversed(states) if since <= at)


def _stretch(
    start: datetime, end: datetime, state: State, work: Sequence[Interval], asleep: Sequence[Interval]
) -> Stretch:
    if any(a <= start < b for a, b in asleep):
        return Stretch(start, end, Whose.NOBODY, "closed")
    if state not in PEOPLE:
        return Stretch(start, end, Whose.MACHINE, state.label)
    busy = any(a <= start < b for a, b in work)
    return Stretch(start, end, Whose.MACHINE, "working") if busy else Stretch(start, end, Whose.PEOPLE, state.label)


def _joined(parts: Sequence[Stretch]) -> list[Stretch]:
    """Neighbours of one side as one; people's only where the state is the same too."""
    found: list[Stretch] = []
    for one in parts:
        last = found[-1] if found else None
        same = last and last.whose is one.whose and (one.whose is not Whose.PEOPLE or last.label == one.label)
        if last and same:
            found[-1] = replace(last, end=one.end)
        else:
            found.append(one)
    return found


def _without_slivers(parts: Sequence[Stretch], acted: Sequence[datetime]) -> list[Stretch]:
    """People's time after machine time, too short and with nobody acting in it, is the machine's."""
    found: list[Stretch] = []
    for n, one in enumerate(parts):
        after = parts[n + 1 : n + 2]
        between = found and found[-1].whose is Whose.MACHINE and after and after[0].whose is Whose.MACHINE
        short = one.whose is Whose.PEOPLE and one.end - one.start < BETWEEN_STEPS
        if between and short and not any(one.start <= at <= one.end for at in acted):
            found.append(replace(one, whose=Whose.MACHINE, label="working"))
        else:
            found.append(one)
    return found


# --- pieces --------------------------------------------------------------------------------------------------------


def pieces_of(stretches: Sequence[Stretch], running: Sequence[Interval]) -> list[Piece]:
    """The axis. Machine time in which nothing ran for long is broken out; people's time is a block of its own."""
    found: list[Piece] = []
    for one in stretches:
        if one.whose is Whose.MACHINE:
            found += _machine_pieces(one, running)
        else:
            found.append(Piece(one.start, one.end, one.whose, one.label, Scale.BREAK))
    return _folded(found)


def _machine_pieces(one: Stretch, running: Sequence[Interval]) -> list[Piece]:
    inside = [(max(a, one.start), min(b, one.end)) for a, b in running if a < one.end and b > one.start]
    busy = _union(inside)
    worked = sum((b - a for a, b in busy), timedelta(0))
    edges = [one.start, *(at for interval in busy for at in interval), one.end]
    pauses = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > max(PAUSE, PAUSE_FACTOR * worked)]
    cuts = [one.start, *(at for pause in pauses for at in pause), one.end]
    return [
        Piece(a, b, one.whose, "nothing ran", Scale.BREAK) if (a, b) in pauses else Piece(a, b, one.whose, one.label)
        for a, b in pairwise(cuts)
        if a < b
    ]


def _union(intervals: Sequence[Interval]) -> list[Interval]:
    found: list[Interval] = []
    for a, b in sorted(intervals):
        if found and a <= found[-1][1]:
            found[-1] = (found[-1][0], max(b, found[-1][1]))
        else:
            found.append((a, b))
    return found


def _folded(pieces: list[Piece]) -> list[Piece]:
    """The first and the last of a long story as they are; what lies between as one piece."""
    if len(pieces) <= MOST_PIECES:
        return pieces
    half = MOST_PIECES // 2
    middle = pieces[half:-half]
    label = f"{len(middle)} pieces not drawn"
    fold = Piece(middle[0].start, middle[-1].end, Whose.BOTH, label, Scale.FOLDED)
    return [*pieces[:half], fold, *pieces[-half:]]
