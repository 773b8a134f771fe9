"""What changes under waiting leads: workflow code that is rolled out, well or badly, and the shape of data."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faults import changed
from faults.checker import Accepted, replayer_of
from faults.drive import Found, Handle, accept, approve, door_of, in_state, named, outcome_of, start_of
from faults.ground import PATIENCE, TESTS, Ground, Tick, gather_limited, no_tick
from kit import until
from pydantic import BaseModel
from temporalio import activity
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from activities.archive import ArchiveActivities
from activities.assemble import assemble
from activities.delivery import DeliveryActivities
from activities.notices import NoticeActivities
from activities.playbook import PlaybookActivities
from activities.signing import SigningActivities
from activities.streams import StreamActivities
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.models import DeliveryResult, LeadStart, NoticeTask, Order, State
from leadbraid.replay.live import Live
from leadbraid.replay.run import replay
from leadbraid.replay.sources import Unreadable
from workflows.lead_followup import LeadFollowUp

HISTORIES = TESTS / "replay" / "histories"
FAILED = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED


RETAKE = "or today's code parts from tests/replay/earlier without one: patch it, or retake that copy (tests/replay/retake.py)"


# --- F09: rolling deploy -------------------------------------------------------------------------------------------


async def rolled_out(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """An earlier copy of the code, both, then the code that was changed as it should be: no waiting lead's task fails."""
    found = Found()
    async with ground.worker(code="earlier") as earlier:
        waiting = await _waiting(ground, found, leads)
        refused = await _would_break(ground, leads, "patched")
        found.expect(not refused, f"`replay` refuses a correct patch ({RETAKE}): {refused}")
        async with ground.worker(code="patched"):
            third = leads // 3
            await _finished(ground, found, waiting[:third], tick)
            earlier.kill()
            await _finished(ground, found, waiting[third:], tick)
            fresh = await _waiting(ground, found, max(1, leads // 10), "fresh")
            await _finished(ground, found, fresh, tick)
    failed = [handle.id for handle in waiting if await _failures(handle)]
    found.expect(not failed, f"{len(failed)} of {leads} waiting leads had a failed workflow task")
    return found


async def rolled_back(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """A change that no waiting lead can follow is refused by `replay`. Deployed all the same, they stay, and go on once it
    is taken back: half of them, and the others once it comes again as it should be.
    """
    found = Found()
    async with ground.worker(code="earlier"):
        waiting = await _waiting(ground, found, leads)
    refused = await _would_break(ground, leads, "broken")
    found.expect(refused == {handle.id for handle in waiting}, f"`replay` refuses {len(refused)} of {leads} leads")
    async with ground.worker(code="broken"):
        for handle in waiting:
            await handle.signal("review", {"decision": "reject", "reviewer": "ben", "reason": "spam", "version": 99})
        for handle in waiting:
            await until(lambda handle=handle: _failures(handle), seconds=PATIENCE)
        running = [handle for handle in waiting if (await handle.describe()).status.name == "RUNNING"]  # type: ignore[union-attr]
        found.expect(len(running) == leads, f"{leads - len(running)} of {leads} leads ended under the bad code")
    async with ground.worker(code="earlier"):
        await _finished(ground, found, waiting[: leads // 2], tick)
    async with ground.worker(code="patched"):
        await _finished(ground, found, waiting[leads // 2 :], tick)
    return found


async def _would_break(ground: Ground, leads: int, code: str) -> set[str]:
    """The running leads that the command `replay --live` would name, if this were the code."""
    live = Live(ground.client, ["LeadFollowUp"])

    async def all_listed() -> bool:
        return await live.count() == leads

    await until(all_listed, seconds=PATIENCE)
    results = [result async for result in replay(live.histories(), 1, changed.workflows(code))]
    return {result.source for result in results if isinstance(result, Unreadable) or result.broken}


async def _waiting(ground: Ground, found: Found, leads: int, name: str = "deploy") -> list[Handle]:
    leads_named = [named(ground, f"{name}-{one}") for one in range(leads)]
    handles: list[Handle] = await gather_limited(8, [lambda one=one: accept(ground, found, one) for one in leads_named])
    for handle in handles:
        await in_state(handle, State.IN_REVIEW)
    return handles


async def _finished(ground: Ground, found: Found, handles: list[Handle], tick: Tick) -> None:
    doors = [door_of(ground.rng) for _ in handles]

    async def one(handle: Handle, door: str) -> None:
        await approve(handle, door)
        outcome = await outcome_of(handle)
        found.n += 1
        found.expect(outcome.state is State.SENT, f"{handle.id} ended {outcome.state.value}")
        tick()

    await gather_limited(8, [lambda pair=pair: one(*pair) for pair in zip(handles, doors, strict=True)])


async def _failures(handle: Handle) -> int:
    return sum(event.event_type == FAILED for event in (await handle.fetch_history()).events)


# --- F10: data of another age --------------------------------------------------------------------------------------


STARTS = {"LeadFollowUp": LeadStart, "Delivery": Order, "Notice": NoticeTask}


def oldest(value: BaseModel) -> dict[str, Any]:
    """How code would have written it that knew none of the fields that have a default today."""
    dumped = value.model_dump(mode="json", exclude_defaults=True)
    _each_model(value, dumped, _keep_tag)
    return dumped


def newest(value: BaseModel) -> dict[str, Any]:
    """How code of tomorrow may write it: every model has gained a field."""
    dumped = value.model_dump(mode="json")
    _each_model(value, dumped, lambda _, fields: fields.update(of_tomorrow={"a": [1]}))
    return dumped


def _keep_tag(value: BaseModel, fields: dict[str, Any]) -> None:
    """The tag of a union was there from the first day."""
    if "stream" in type(value).model_fields:
        fields["stream"] = value.stream.value  # type: ignore[attr-defined]


def _each_model(value: Any, dumped: Any, change: Callable[[BaseModel, dict[str, Any]], None]) -> None:
    if isinstance(value, BaseModel) and isinstance(dumped, dict):
        for name in type(value).model_fields:
            _each_model(getattr(value, name), dumped.get(name), change)
        change(value, dumped)
    elif isinstance(value, tuple) and isinstance(dumped, list):
        for one, other in zip(value, dumped, strict=True):
            _each_model(one, other, change)


def _results() -> dict[str, type[BaseModel]]:
    """What each activity returns, by its registered name."""
    owners = (
        *(StreamActivities, DeliveryActivities, NoticeActivities),
        *(PlaybookActivities, SigningActivities, ArchiveActivities),
    )
    methods = [method for owner in owners for _, method in inspect.getmembers(owner, inspect.isfunction)]
    definitions = [activity._Definition.from_callable(one) for one in (*methods, assemble)]
    return {str(one.name): one.ret_type for one in definitions if one and one.ret_type}


def reshaped(history: WorkflowHistory, write: Callable[[BaseModel], dict[str, Any]]) -> tuple[WorkflowHistory, int]:
    """The history as code of another age would have written it, and how many payloads that touched."""
    events, touched, activities, results = [], 0, {}, _results()
    for event in history.events:
        own = type(event)()
        own.CopyFrom(event)
        events.append(own)
        if scheduled := own.activity_task_scheduled_event_attributes.activity_id:
            assert scheduled
            activities[own.event_id] = own.activity_task_scheduled_event_attributes.activity_type.name
        for payload, model in _payloads(own, activities, results):
            payload.data = _rewritten(payload, model, write)
            touched += 1
    return WorkflowHistory(history.workflow_id, events), touched


def _payloads(event: Any, activities: dict[int, str], results: dict[str, type[BaseModel]]) -> list[Any]:
    started = event.workflow_execution_started_event_attributes
    completed = event.activity_task_completed_event_attributes
    child = event.child_workflow_execution_completed_event_attributes
    if event.HasField("workflow_execution_started_event_attributes"):
        model: Any = STARTS.get(started.workflow_type.name)  # `ArchiveClosed` is started without input
        return [(payload, model) for payload in started.input.payloads]
    if event.HasField("activity_task_completed_event_attributes"):
        model = results.get(activities[completed.scheduled_event_id])
        return [(payload, model) for payload in completed.result.payloads if model]
    return [(payload, DeliveryResult) for payload in child.result.payloads]


def _rewritten(payload: Payload, model: type[BaseModel], write: Callable[[BaseModel], dict[str, Any]]) -> bytes:
    [other] = pydantic_data_converter.payload_converter.to_payloads([write(model.model_validate_json(payload.data))])
    return other.data


async def replayed_from_another_age(folder: Path = HISTORIES) -> Found:
    """Every golden history, as code of yesterday and of tomorrow would have written it, replays against today's."""
    found, touched = Found(), 0
    replayer = replayer_of(LeadFollowUp)
    for file in sorted(folder.glob("*.json")):
        history = WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))
        for write in (oldest, newest):
            other, changed = reshaped(history, write)
            result = await replayer.replay_workflow(other, raise_on_replay_failure=False)
            found.n += 1
            touched += changed
            found.expect(result.replay_failure is None, f"{file.stem}, {write.__name__} shape: {result.replay_failure}")
    found.notes.append(f"{touched} payloads written anew in the shape of another age")
    return found


async def started_in_another_age(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """Leads and decisions in yesterday's and tomorrow's shape, live: the first as plain JSON with nothing optional."""
    found = Found()
    async with ground.worker():
        for number in range(leads):
            write = (oldest, newest)[number % 2]
            handle = await _started(ground, found, number, write)
            await approve(handle, "signal")
            outcome = await outcome_of(handle)
            found.n += 1
            found.expect(
                outcome.state is State.SENT, f"{handle.id}, {write.__name__} shape, ended {outcome.state.value}"
            )
            tick()
    return found


async def _started(ground: Ground, found: Found, number: int, write: Callable[[BaseModel], dict[str, Any]]) -> Handle:
    start = start_of(named(ground, f"age-{number}"))
    handle = await ground.client.start_workflow("LeadFollowUp", write(start), id=start.lead_id, task_queue=TASK_QUEUE)
    found.accepted.append(Accepted(handle.id))
    return handle
