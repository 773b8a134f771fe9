"""Reading one run event by event. Facts are taken from events as they are; no rule is asked anything.

A reset run begins with a copy of another run's events: they are read for what they say of the moment after them, but
only the run that they happened in tells them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent

from leadbraid.audit.events import digest_of, failure_of, first_of, place_of, summary_of, time_of
from leadbraid.audit.history import Run
from leadbraid.audit.schema import Call, CallEnd, Occurrence, Place, Worker
from leadbraid.models import Stream

_STREAMS = {stream.value: stream for stream in Stream}
CLOSES = {
    "workflow_execution_completed": "completed",
    "workflow_execution_failed": "failed",
    "workflow_execution_timed_out": "timed out",
    "workflow_execution_canceled": "cancelled",
    "workflow_execution_terminated": "terminated",
    "workflow_execution_continued_as_new": "continued as new",
}


@dataclass
class Draft:
    """A call that is still being read."""

    call: Call
    task: Any
    result: Any = None


def kind_of(event: HistoryEvent) -> str:
    """The event's type, e.g. ``activity_task_scheduled``; ``unknown`` for one that this SDK does not know."""
    try:
        return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_").lower()
    except ValueError:
        return "unknown"


def attributes_of(event: HistoryEvent) -> Any:
    """The event's own attributes."""
    found = event.WhichOneof("attributes")
    return getattr(event, found) if found else None


def closed(run: Run) -> tuple[str, str, datetime | None]:
    """How a run ended in Temporal, why, and when; *open* where it has not."""
    last = run.events[-1]
    how = CLOSES.get(kind_of(last))
    if how is None:
        return "open", "", None
    attributes = attributes_of(last)
    reason = str(getattr(attributes, "reason", ""))
    if how == "failed":
        reason = failure_of(attributes.failure).message
    return how, reason, time_of(last.event_time)


class Reader:
    """What every workflow's history tells: activities, timers, workers. A subclass adds what its own workflow does.

    A method ``on_<event type>`` is called for each event of that type.
    """

    def __init__(self, run: Run, copied: int) -> None:
        """``copied``: so many first events are told by the run that this one was reset from; 0 where it is not here."""
        self.run = run
        self.copied = copied
        self.calls: list[Call] = []
        self.occurrences: list[Occurrence] = []
        self.workers: dict[tuple[str, str], Worker] = {}
        self._drafts: dict[int, Draft] = {}
        self._timers: dict[int, str] = {}
        self._sdk = ""
        self.own = True
        """Whether the event that is read happened in this run, and is no copy."""

    def read(self) -> None:
        """Every event, in order."""
        for n, event in enumerate(self.run.events, 1):
            self.own = n >= self.copied
            if handler := getattr(self, f"on_{kind_of(event)}", None):
                handler(event, attributes_of(event))
        self.own = True
        for draft in list(self._drafts.values()):
            self._done(draft)

    def place(self, event: HistoryEvent) -> Place:
        """Where in the histories it stands."""
        return place_of(self.run.run_id, event)

    def happened(self, event: HistoryEvent, what: str) -> None:
        """Time or Temporal did something."""
        if self.own:
            self.occurrences.append(Occurrence(place=self.place(event), what=what))

    def call_ended(self, draft: Draft) -> None:
        """An activity has ended. For subclasses."""

    # --- activities ------------------------------------------------------------------------------------------------

    def on_activity_task_scheduled(self, event: HistoryEvent, attributes: Any) -> None:
        name, task = attributes.activity_type.name, first_of(attributes.input)
        version = task.get("version", 0) if isinstance(task, dict) else 0
        call = Call(
            place=self.place(event),
            name=name,
            activity_id=attributes.activity_id,
            summary=summary_of(event),
            stream=_STREAMS.get(name),
            version=version if isinstance(version, int) else 0,
            scheduled=time_of(event.event_time),
            end=CallEnd.OPEN,
            attempts=0,
            input=digest_of(attributes.input),
        )
        self._drafts[event.event_id] = Draft(call, task)

    def on_activity_task_started(self, event: HistoryEvent, attributes: Any) -> None:
        draft = self._drafts[attributes.scheduled_event_id]
        failures = (failure_of(attributes.last_failure),) if attributes.HasField("last_failure") else ()
        self._met(attributes.identity, attributes.worker_version, event)
        draft.call = draft.call.model_copy(
            update={
                "started": time_of(event.event_time),
                "attempts": attributes.attempt,
                "failures": failures,
                "worker": attributes.identity,
            }
        )

    def on_activity_task_completed(self, event: HistoryEvent, attributes: Any) -> None:
        self._ended(event, attributes, CallEnd.COMPLETED)

    def on_activity_task_failed(self, event: HistoryEvent, attributes: Any) -> None:
        self._ended(event, attributes, CallEnd.FAILED)

    def on_activity_task_timed_out(self, event: HistoryEvent, attributes: Any) -> None:
        self._ended(event, attributes, CallEnd.TIMED_OUT)

    def on_activity_task_canceled(self, event: HistoryEvent, attributes: Any) -> None:
        self._ended(event, attributes, CallEnd.CANCELLED)

    def _ended(self, event: HistoryEvent, attributes: Any, end: CallEnd) -> None:
        draft = self._drafts.pop(attributes.scheduled_event_id)
        more: dict[str, Any] = {"end": end, "ended": time_of(event.event_time)}
        if end is CallEnd.COMPLETED:
            draft.result = first_of(attributes.result)
            more |= {"output": digest_of(attributes.result)} | _made(draft.result)
        elif end in (CallEnd.FAILED, CallEnd.TIMED_OUT):
            more["failures"] = (*draft.call.failures, failure_of(attributes.failure))
        draft.call = draft.call.model_copy(update=more)
        self._done(draft)

    def _done(self, draft: Draft) -> None:
        if self.own:
            self.calls.append(draft.call)
        self.call_ended(draft)

    def on_marker_recorded(self, event: HistoryEvent, attributes: Any) -> None:
        """A local activity: its marker tells of it when it is over."""
        if attributes.marker_name != "core_local_activity":
            return
        data = first_of(attributes.details["data"]) or {}
        failed = attributes.HasField("failure")
        found = attributes.details.get("result")
        call = Call(
            place=self.place(event),
            name=str(data.get("activity_type", "")),
            activity_id=str(data.get("activity_id", "")),
            summary=summary_of(event),
            local=True,
            scheduled=_stamp(data.get("original_schedule_time")) or time_of(event.event_time),
            ended=_stamp(data.get("complete_time")) or time_of(event.event_time),
            end=CallEnd.FAILED if failed else CallEnd.COMPLETED,
            attempts=int(data.get("attempt", 1)),
            failures=(failure_of(attributes.failure),) if failed else (),
            output=digest_of(found) if found else "",
        )
        self._done(Draft(call, None, first_of(found) if found else None))

    # --- time, workers, Temporal -----------------------------------------------------------------------------------

    def on_timer_started(self, event: HistoryEvent, attributes: Any) -> None:
        self._timers[event.event_id] = summary_of(event) or f"timer {attributes.timer_id}"

    def on_timer_fired(self, event: HistoryEvent, attributes: Any) -> None:
        self.happened(event, self._timers.get(attributes.started_event_id, "a timer"))

    def on_workflow_task_completed(self, event: HistoryEvent, attributes: Any) -> None:
        if attributes.sdk_metadata.sdk_name:
            self._sdk = f"{attributes.sdk_metadata.sdk_name} {attributes.sdk_metadata.sdk_version}"
        self._met(attributes.identity, attributes.worker_version, event, attributes.deployment_version)

    def on_workflow_task_failed(self, event: HistoryEvent, attributes: Any) -> None:
        cause = WorkflowTaskFailedCause.Name(attributes.cause).removeprefix("WORKFLOW_TASK_FAILED_CAUSE_").lower()
        why = failure_of(attributes.failure).message
        if cause == "reset_workflow":
            self.happened(event, f"reset by an operator of Temporal, from run {attributes.base_run_id}: {why}")
        elif cause not in ("unhandled_command", "force_close_command"):
            self.happened(event, f"the workflow's code failed ({cause.replace('_', ' ')}): {why}")

    def on_workflow_task_timed_out(self, event: HistoryEvent, _: Any) -> None:
        self.happened(event, "a workflow task timed out: the worker that had it was lost or slow")

    def on_workflow_execution_cancel_requested(self, event: HistoryEvent, attributes: Any) -> None:
        why = f": {attributes.cause}" if attributes.cause else ""
        self.happened(event, f"cancellation asked for by {attributes.identity or 'somebody'}{why}")

    def on_workflow_execution_terminated(self, event: HistoryEvent, attributes: Any) -> None:
        why = f": {attributes.reason}" if attributes.reason else ""
        self.happened(event, f"terminated in Temporal by {attributes.identity or 'somebody'}{why}")

    def _met(self, identity: str, version: Any, event: HistoryEvent, deployment: Any = None) -> None:
        if not self.own:
            return
        build = version.build_id or (deployment.build_id if deployment else "")
        at, key = time_of(event.event_time), (identity, build)
        named = deployment.deployment_name if deployment else ""
        before = self.workers.get(key) or Worker(identity=identity, build=build, first=at, last=at)
        self.workers[key] = before.model_copy(
            update={"last": at, "sdk": before.sdk or self._sdk, "deployment": before.deployment or named}
        )


def _stamp(value: Any) -> datetime | None:
    if not isinstance(value, dict) or "seconds" not in value:
        return None
    return datetime.fromtimestamp(value["seconds"] + value.get("nanos", 0) // 1000 / 1e6, UTC)


def _made(result: Any) -> dict[str, Any]:
    made = result.get("made") if isinstance(result, dict) else None
    if not isinstance(made, dict):
        return {}
    return {name: made[name] for name in _MADE if name in made}


_MADE = (
    *("provider", "model", "prompt", "calls", "tokens_in", "tokens_out", "tokens_cached", "cost", "currency"),
    *("uncounted", "unpriced", "instead_of"),
)
