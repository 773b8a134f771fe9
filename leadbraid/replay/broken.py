"""What a history has and the code does not do any more, in words. Pure.

The SDK tells that a history does not fit, and often at which event. What the code did there instead, and from which
line, comes from watching it (``watched.py``). Where the two can be laid side by side they are; else the SDK's own words
must do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from temporalio.api.enums.v1 import EventType
from temporalio.api.failure.v1 import Failure
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.sdk.v1 import UserMetadata
from temporalio.bridge.proto.workflow_commands import WorkflowCommand

from leadbraid.models.visible import one_line

ROOT = Path(__file__).parents[2]
OURS = tuple(f"{ROOT}/{room}/" for room in ("workflows", "activities", "leadbraid"))


@dataclass(frozen=True)
class Place:
    """A line of code. ``file`` is relative to the project where it lies in it."""

    file: str
    line: int
    function: str

    @classmethod
    def of(cls, file: str, line: int, function: str) -> Place:
        """``file`` as Python has it."""
        return cls(file.removeprefix(f"{ROOT}/"), line, function)

    def __str__(self) -> str:
        return f"{self.file}:{self.line} in {self.function}"


@dataclass(frozen=True)
class Issued:
    """A command of the code, with the lines that led to it, innermost first."""

    command: WorkflowCommand
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Broken:
    """Where one history and the code part.

    ``event`` is the event's number, 0 where nobody can tell. ``recorded``: what the history has there; ``now``: what
    the code does instead. ``places``: the lines that do it, innermost first. ``sdk``: the SDK's own words.
    """

    event: int
    recorded: str
    now: str
    places: tuple[Place, ...]
    sdk: str

    def __str__(self) -> str:
        where = f"event {self.event}" if self.event else "an event that the SDK does not name"
        if not self.recorded:
            return f"after {where} the code {self.now}"
        return f"{where} is {self.recorded}; the code now {self.now}"


@dataclass(frozen=True)
class Replayed:
    """One history that was replayed; ``broken`` is None where the code still does all of it."""

    source: str
    workflow: str
    workflow_id: str
    run_id: str
    broken: Broken | None


# --- what stands side by side --------------------------------------------------------------------------------------

_E, _MARKERS = EventType, {"core_local_activity": "a local activity", "core_patch": "a patch"}
_EVENTS = {
    _E.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: "an activity",
    _E.EVENT_TYPE_ACTIVITY_TASK_CANCEL_REQUESTED: "a cancelled activity",
    _E.EVENT_TYPE_TIMER_STARTED: "a timer",
    _E.EVENT_TYPE_TIMER_CANCELED: "a cancelled timer",
    _E.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED: "a child workflow",
    _E.EVENT_TYPE_SIGNAL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "a signal to another workflow",
    _E.EVENT_TYPE_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED: "a cancelled other workflow",
    _E.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: "a change of search attributes",
    _E.EVENT_TYPE_WORKFLOW_PROPERTIES_MODIFIED: "a change of the memo",
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED: "the end",
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED: "a failure",
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED: "the end, cancelled",
    _E.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: "a new run",
}
_COMMANDS = {
    "schedule_activity": "an activity",
    "request_cancel_activity": "a cancelled activity",
    "schedule_local_activity": "a local activity",
    "start_timer": "a timer",
    "cancel_timer": "a cancelled timer",
    "start_child_workflow_execution": "a child workflow",
    "signal_external_workflow_execution": "a signal to another workflow",
    "request_cancel_external_workflow_execution": "a cancelled other workflow",
    "upsert_workflow_search_attributes": "a change of search attributes",
    "modify_workflow_properties": "a change of the memo",
    "set_patch_marker": "a patch",
    "complete_workflow_execution": "the end",
    "fail_workflow_execution": "a failure",
    "cancel_workflow_execution": "the end, cancelled",
    "continue_as_new_workflow_execution": "a new run",
}
"""Commands that become an event, and what both are called here."""


@dataclass(frozen=True)
class _Act:
    """One thing that workflow code does. ``name`` must be the same, too, where there is one; ``note`` only helps."""

    kind: str
    name: str = ""
    note: str = ""
    event: int = 0
    places: tuple[Place, ...] = ()

    def __str__(self) -> str:
        name = f" `{one_line(self.name, 100)}`" if self.name else ""
        return f"{self.kind}{name}{f' (“{one_line(self.note, 80)}”)' if self.note else ''}"

    def is_as(self, other: _Act) -> bool:
        return (self.kind, self.name) == (other.kind, other.name)


def _recorded(event: HistoryEvent) -> _Act | None:
    note = _summary(event.user_metadata)
    if event.event_type == EventType.EVENT_TYPE_MARKER_RECORDED:
        marker = event.marker_recorded_event_attributes
        kind = _MARKERS.get(marker.marker_name, f"a marker {marker.marker_name}")
        return _Act(kind, _marked(marker.details), note, event.event_id)
    if kind_of := _EVENTS.get(event.event_type):
        activity = event.activity_task_scheduled_event_attributes
        child = event.start_child_workflow_execution_initiated_event_attributes
        name = activity.activity_type.name or child.workflow_type.name
        own = activity.activity_id if activity.activity_id.isdigit() is False else ""
        return _Act(kind_of, _with_id(name, own or child.workflow_id), note, event.event_id)
    return None


def _marked(details: object) -> str:
    """What a marker stands for: the local activity's type or the patch's id. Both are JSON, never encrypted."""
    for key, field in (("data", "activity_type"), ("patch-data", "id")):
        try:
            return str(json.loads(details[key].payloads[0].data)[field])  # type: ignore[index]
        except (KeyError, IndexError, ValueError, TypeError):
            continue
    return ""


def _done(issued: Issued) -> _Act | None:
    variant = issued.command.WhichOneof("variant") or ""
    if variant not in _COMMANDS:
        return None
    told = getattr(issued.command, variant)
    name = getattr(told, "activity_type", "") or getattr(told, "workflow_type", "") or getattr(told, "patch_id", "")
    own = getattr(told, "workflow_id", "") if variant == "start_child_workflow_execution" else ""
    if variant == "schedule_activity" and not told.activity_id.isdigit():
        own = told.activity_id
    name = "" if variant == "continue_as_new_workflow_execution" else name
    return _Act(_COMMANDS[variant], _with_id(name, own), _summary(issued.command.user_metadata), places=issued.places)


def _with_id(name: str, own: str) -> str:
    return f"{name} {own}" if own and own != name else name


def _summary(metadata: UserMetadata) -> str:
    """The sentence that the code gave the timer or activity; empty where it is none, or encrypted."""
    try:
        told = json.loads(metadata.summary.data)
    except ValueError:
        return ""
    return told if isinstance(told, str) else ""


# --- where they part -----------------------------------------------------------------------------------------------


def explain(
    events: Sequence[HistoryEvent], failure: Exception, after: int, issued: Sequence[Issued], raised: Failure | None
) -> Broken:
    """Why a history does not replay.

    Args:
        events: The history.
        failure: What the SDK says.
        after: The number of the last event that the code had seen.
        issued: What the code did since.
        raised: What failed the workflow task, where anything did.
    """
    sdk = _words(failure)
    if raised:
        return Broken(after, "", f"raises {_exception(raised)}", _places_in(raised), sdk)
    recorded = [act for event in events if event.event_id > after and (act := _recorded(event))]
    done = [act for one in issued if (act := _done(one))]
    if named := re.search(r"HistoryEvent\(id: (\d+), (\w+)\)", sdk):
        # What follows the event that the SDK names was not looked at; what came before it did fit.
        recorded = [act for act in recorded if act.event <= int(named[1])]
    for was, now in zip(recorded, done, strict=False):
        if not was.is_as(now):
            return Broken(was.event, str(was), f"has {now} there", now.places, sdk)
    if len(recorded) > len(done):
        return Broken(recorded[len(done)].event, str(recorded[len(done)]), "has nothing there", (), sdk)
    return Broken(int(named[1]) if named else after, "", f"does not fit: {sdk}", (), sdk)


def _words(failure: Exception) -> str:
    """The SDK's sentence, out of the dump of a structure that it comes in."""
    text = str(failure)
    found = re.search(r'message: "((?:[^"\\]|\\.)*)"', text)
    inner = re.sub(r"\\(.)", r"\1", found[1]) if found else text
    return one_line(re.sub(r"^\[TMPRL\d+\] (Nondeterminism error: )?", "", inner), 300)


def _exception(raised: Failure) -> str:
    """With its cause: the SDK wraps what a payload's reader raised."""
    name = raised.application_failure_info.type or "an error"
    inner = f" ({_exception(raised.cause)})" if raised.HasField("cause") else ""
    return f"{name}: {one_line(raised.message, 200)}{inner}"


def _places_in(raised: Failure) -> tuple[Place, ...]:
    found = re.findall(r'File "([^"]+)", line (\d+), in (\S+)', f"{raised.stack_trace}\n{raised.cause.stack_trace}")
    return tuple(Place.of(file, int(line), name) for file, line, name in reversed(found) if file.startswith(OURS))
