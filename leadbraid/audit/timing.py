"""When each piece of work on a lead began and ended, from its history alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent

from leadbraid.models import Stream

_ENDS = {
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: ("activity_task_completed_event_attributes", True),
    EventType.EVENT_TYPE_ACTIVITY_TASK_FAILED: ("activity_task_failed_event_attributes", False),
    EventType.EVENT_TYPE_ACTIVITY_TASK_TIMED_OUT: ("activity_task_timed_out_event_attributes", False),
}
STREAMS = frozenset(stream.value for stream in Stream)


@dataclass
class Work:
    """One run of an activity, retries included. Times are the server's.

    ``began`` is when its last try began: before it lie the wait for a free worker and earlier tries. ``failure`` is the
    kind of the last failed try, of which history keeps no other; empty where none failed. ``result`` is as recorded.
    """

    name: str
    scheduled: datetime
    began: datetime | None = None
    ended: datetime | None = None
    ok: bool = False
    tries: int = 0
    failure: str = ""
    result: list[Payload] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """From when it could start to its end; 0 while it runs."""
        return (self.ended - self.scheduled).total_seconds() if self.ended else 0.0

    @property
    def is_stream(self) -> bool:
        """Whether it is a call of a stream."""
        return self.name in STREAMS


@dataclass
class Timing:
    """The pieces of one lead's work."""

    started: datetime
    works: list[Work] = field(default_factory=list)

    def latest(self, name: str) -> Work | None:
        """The newest run of an activity."""
        return next((work for work in reversed(self.works) if work.name == name), None)

    @property
    def seconds_to_review(self) -> float | None:
        """From the lead's start to the brief that first came to review (after redrafts); None before that."""
        ends = [work.ended for work in self.before_review if work.name == "assemble" and work.ended]
        return (ends[-1] - self.started).total_seconds() if ends else None

    @property
    def seconds_of_streams(self) -> float:
        """What the same stream calls would take one after another, up to the first review."""
        return sum(work.seconds for work in self.before_review if work.is_stream)

    @property
    def before_review(self) -> list[Work]:
        """What was done until the review first opened."""
        return self.works[: self.first_review] if self.first_review else self.works

    first_review: int = 0
    """How many works there were when the review first opened; 0 before that."""


def timing(events: Iterable[HistoryEvent]) -> Timing:
    """Read a history. It must begin with its first event."""
    listed = list(events)
    found = Timing(started=_time(listed[0]))
    by_event: dict[int, Work] = {}
    for event in listed[1:]:
        _read(event, found, by_event)
    return found


def _read(event: HistoryEvent, found: Timing, by_event: dict[int, Work]) -> None:
    if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
        name = event.activity_task_scheduled_event_attributes.activity_type.name
        by_event[event.event_id] = work = Work(name, _time(event))
        found.works.append(work)
    elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED:
        started = event.activity_task_started_event_attributes
        work = by_event[started.scheduled_event_id]
        work.began, work.tries, work.failure = _time(event), started.attempt, _kind(started.last_failure)
    elif event.event_type in _ENDS:
        _read_end(event, by_event)
    elif event.event_type == EventType.EVENT_TYPE_TIMER_STARTED and not found.first_review:
        # A review's first act is to start its clock.
        found.first_review = len(found.works)


def _read_end(event: HistoryEvent, by_event: dict[int, Work]) -> None:
    name, ok = _ENDS[event.event_type]
    attributes = getattr(event, name)
    work = by_event[attributes.scheduled_event_id]
    work.ended, work.ok = _time(event), ok
    if ok:
        work.result = list(attributes.result.payloads)
    else:
        work.failure = _kind(attributes.failure)


def _kind(failure: Failure) -> str:
    """The code that our activities give their failures; ``timeout`` for a try that took too long or lost its worker."""
    if failure.HasField("timeout_failure_info"):
        return "timeout"
    return failure.application_failure_info.type


def _time(event: HistoryEvent) -> datetime:
    return event.event_time.ToDatetime()
