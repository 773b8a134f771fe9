"""Whatever is done to a lead in Temporal: reset to each event, terminated or cancelled in each state, never a second mail."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from kit import (
    WAIT,
    ScriptedProvider,
    Silent,
    a_lead,
    a_playbook,
    approval,
    brief_of,
    decide,
    in_state,
    mails,
    outcome_of,
    refusal,
    start_lead,
    status_of,
    until,
    working,
)
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError

import worker
from leadbraid.audit.fetching import fetch_runs
from leadbraid.audit.pages import as_html
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Commit, Handed
from leadbraid.models import Checked, Edit, Reply, State, VerifyTask
from leadbraid.models.playbook import ReviewPolicy

pytestmark = pytest.mark.server
Handle = WorkflowHandle[Any, Any]
WORDS = Edit(subject="Re: your enquiry", body="Hello Kim,\n\nshall we talk?\n\nAna")


async def plainly(handle: Handle) -> None:
    await handle.signal("review", approval(await in_state(handle, State.IN_REVIEW)))


async def in_other_words(handle: Handle) -> None:
    reply = Reply(recipient="kim@example.com", subject=WORDS.subject, body=WORDS.body)
    status = await in_state(handle, State.IN_REVIEW)
    await decide(handle, approval(status, edited=WORDS.model_dump(), reply=reply.digest))


async def after_changes(handle: Handle) -> None:
    await in_state(handle, State.IN_REVIEW)
    changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["research"], "note": "look again"}
    await decide(handle, changes)
    await decide(handle, approval(await in_state(handle, State.IN_REVIEW, version=2)))


GOLDEN = [plainly, in_other_words, after_changes]


async def account_of(client: Client, handle: Handle) -> AuditRecord:
    """What the histories tell; the page can be made of it."""
    record = make_record(await fetch_runs(client, handle.id))
    assert as_html(record)
    return record


async def resettable(handle: Handle) -> list[int]:
    """The events that Temporal can reset to: ends of workflow tasks."""
    ends = (EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,)
    return [event.event_id async for event in handle.fetch_history_events() if event.event_type in ends]


async def reset(client: Client, workflow_id: str, run_id: str, event: int) -> str:
    """Reset; returns the new run's id."""
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=workflow_id, run_id=run_id),
        reason="test",
        workflow_task_finish_event_id=event,
        request_id=f"{workflow_id}-{event}",
    )
    return (await client.workflow_service.reset_workflow_execution(request)).run_id


async def driven_to_its_end(handle: Handle) -> Any:
    """A person who approves whatever waits, for as long as the lead is open."""

    async def ended() -> bool:
        described = await handle.describe()
        if described.status is not WorkflowExecutionStatus.RUNNING:
            return True
        status = await status_of(handle)
        if status.state is State.IN_REVIEW:
            await handle.signal("review", approval(status))
        elif status.state is State.DELIVERY_UNKNOWN:
            settle = {"decision": "settle", "reviewer": "ana", "outcome": "arrived", "note": "seen in the mailbox"}
            await handle.signal("review", settle)
        return False

    await until(ended)
    return await outcome_of(handle)


@pytest.mark.parametrize("way", GOLDEN, ids=lambda way: way.__name__)
async def test_lead_reset_to_each_event_sends_no_second_mail(
    client: Client, tmp_path: Path, way: Callable[[Handle], Awaitable[None]]
) -> None:
    async with working(client, tmp_path):
        handle = await start_lead(client)
        await way(handle)
        first = await outcome_of(handle)
        [mail] = mails(tmp_path)
        described = await handle.describe()
        assert described.run_id
        events = await resettable(client.get_workflow_handle(handle.id, run_id=described.run_id))
        assert len(events) > 5
        for event in events:
            await reset(client, handle.id, described.run_id, event)
            outcome = await driven_to_its_end(handle)
            assert outcome.state is State.SENT, event
            assert mails(tmp_path) == [mail], event
            assert outcome.delivery_id == first.delivery_id
            if outcome.reply != first.reply:
                assert outcome.reason == f"sent_differs: {first.reply} was sent", event
        record = await account_of(client, handle)
        assert sum(bool(one.reset_from) for one in record.runs) == len(events)
        [delivery] = record.deliveries
        assert (delivery.fate, delivery.was_approved, delivery.digest) == ("sent", True, first.reply)
        assert record.notes == ()


async def test_delivery_reset_to_each_event_sends_no_second_mail(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await start_lead(client)
        await plainly(handle)
        outcome = await outcome_of(handle)
        delivery = client.get_workflow_handle(outcome.delivery_id)
        described = await delivery.describe()
        events = await resettable(delivery)
        assert events
        for event in events:
            run_id = await reset(client, outcome.delivery_id, str(described.run_id), event)
            run = client.get_workflow_handle(outcome.delivery_id, run_id=run_id)
            await until(lambda run=run: _at_rest(run))
            assert len(mails(tmp_path)) == 1, event
            if (await run.describe()).status is WorkflowExecutionStatus.RUNNING:
                await run.terminate()


async def _at_rest(delivery: Handle) -> bool:
    """Closed, or waiting for a person."""
    if (await delivery.describe()).status is not WorkflowExecutionStatus.RUNNING:
        return True
    return bool(await delivery.query("unknown"))


# --- terminated and cancelled in each state ------------------------------------------------------------------------


class Gate(OutboxFolder):
    """An outbox that waits before it asks whether it may send."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        self.reached.set()
        await self.open.wait()
        return await super().hand_over(message, delivery_id, attempt, commit)


STATES = (State.WORKING, State.IN_REVIEW, State.SNOOZED, State.CHANGES_REQUESTED, State.HELD, State.EXPIRED)
SNOOZE = {"decision": "snooze", "reviewer": "ana", "until": "2027-01-01T09:00:00Z"}
CHANGES = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "shorter"}


async def brought_to(state: State, client: Client, gate: asyncio.Event) -> Handle:
    """A lead in ``state``; ``gate`` holds the streams back once it is cleared."""
    second = timedelta(seconds=1)
    quick = {"remind_after": second / 4, "due_after": second / 2, "expire_after": second}
    policy = ReviewPolicy(hold=timedelta(hours=1), **(quick if state is State.EXPIRED else {}))
    if state is State.WORKING:
        gate.clear()
    handle = await start_lead(client, playbook=a_playbook(review=policy))
    if state in (State.WORKING, State.EXPIRED):
        await in_state(handle, state)
        return handle
    status = await in_state(handle, State.IN_REVIEW)
    match state:
        case State.SNOOZED:
            await decide(handle, SNOOZE)
        case State.CHANGES_REQUESTED:
            gate.clear()
            await decide(handle, CHANGES)
        case State.HELD:
            await decide(handle, approval(status))
    await in_state(handle, state)
    return handle


@pytest.mark.parametrize("state", STATES)
async def test_ended_from_outside_in_each_state_sends_nothing(client: Client, tmp_path: Path, state: State) -> None:
    gate = asyncio.Event()
    gate.set()
    async with working(client, tmp_path, ScriptedProvider(gate=gate)):
        cancelled = await brought_to(state, client, gate)
        await cancelled.cancel()
        assert (await outcome_of(cancelled)).state is State.CANCELLED
        gate.set()
        assert (await account_of(client, cancelled)).ended == "completed"
        terminated = await brought_to(state, client, gate)
        await terminated.terminate()
        record = await account_of(client, terminated)
        assert (record.ended, record.state, record.outcome) == ("terminated", state, None)
        gate.set()
        with pytest.raises(RPCError):
            await terminated.signal("review", {"decision": "approve", "reviewer": "ana", "version": 1})
    assert mails(tmp_path) == []


@pytest.mark.parametrize("act", ["cancel", "terminate"])
async def test_no_mail_leaves_after_the_lead_is_gone(client: Client, tmp_path: Path, act: str) -> None:
    """The delivery is on its way when the lead ends: it asks before it sends, and the lead is not there any more."""
    gate = Gate(tmp_path / "outbox")
    async with working(client, tmp_path, transport=gate):
        handle = await start_lead(client)
        await plainly(handle)
        await asyncio.wait_for(gate.reached.wait(), WAIT)
        delivery = client.get_workflow_handle((await status_of(handle)).delivery)
        await getattr(handle, act)()
        if act == "cancel":
            await until(lambda: _asked_to_stop(delivery))
        gate.open.set()
        assert str((await delivery.result())["fate"]) in ("refused", "stopped")
        if act == "cancel":
            assert (await outcome_of(handle)).state is State.CANCELLED
    assert mails(tmp_path) == []


async def _asked_to_stop(delivery: Handle) -> bool:
    signals = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
    return any([event.event_type == signals async for event in delivery.fetch_history_events()])


async def test_terminated_while_the_outcome_is_unknown_sends_no_second_mail(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path, transport=Silent(tmp_path / "outbox")):
        handle = await start_lead(client, a_lead())
        await plainly(handle)
        await in_state(handle, State.DELIVERY_UNKNOWN)
        assert await brief_of(handle)
        delivery = client.get_workflow_handle((await status_of(handle)).delivery)
        await handle.terminate()
        assert await _at_rest(delivery)
        await delivery.terminate()
        record = await account_of(client, handle)
        assert (record.ended, record.deliveries[0].fate) == ("terminated", "unknown"), "it may have arrived"
    assert len(mails(tmp_path)) == 1


async def test_settled_at_length_is_settled(client: Client, tmp_path: Path) -> None:
    """The longest note that a person may write must fit wherever it goes."""
    async with working(client, tmp_path, transport=Silent(tmp_path / "outbox")):
        handle = await start_lead(client)
        await plainly(handle)
        await in_state(handle, State.DELIVERY_UNKNOWN)
        await decide(handle, {"decision": "settle", "reviewer": "r" * 300, "outcome": "arrived", "note": "n" * 1000})
        assert (await outcome_of(handle)).state is State.SENT


class Slow:
    """Takes its time to look at a signature."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    @activity.defn(name="verify_decision")
    async def verify_decision(self, task: VerifyTask) -> Checked:
        self.reached.set()
        await self.open.wait()
        return Checked(valid=False, reason=f"too late for {task.lead_id}")


@contextlib.asynccontextmanager
async def verifying_slowly(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch, **more: Any
) -> AsyncIterator[Slow]:
    slow = Slow()
    monkeypatch.setattr(worker, "SigningActivities", lambda _: slow)
    async with working(client, folder, **more):
        yield slow
        slow.open.set()


async def test_cancelled_while_a_signature_is_checked_answers_and_ends(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with verifying_slowly(client, tmp_path, monkeypatch) as slow:
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        signed = approval(status, key="k-0123456789abcdef", signature="AAAA")
        waits = asyncio.create_task(refusal(handle, signed))
        await asyncio.wait_for(slow.reached.wait(), WAIT)
        await handle.cancel()
        assert await waits == "cancelled"
        assert (await outcome_of(handle)).state is State.CANCELLED
    assert mails(tmp_path) == []


async def test_cancelled_while_a_settlement_is_checked_still_says_what_was_sent(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Silent(tmp_path / "outbox")
    async with verifying_slowly(client, tmp_path, monkeypatch, transport=outbox) as slow:
        handle = await start_lead(client)
        await plainly(handle)
        await in_state(handle, State.DELIVERY_UNKNOWN)
        settle = {"decision": "settle", "reviewer": "ana", "outcome": "arrived", "note": "seen"}
        waits = asyncio.create_task(refusal(handle, settle | {"key": "k-0123456789abcdef", "signature": "AAAA"}))
        await asyncio.wait_for(slow.reached.wait(), WAIT)
        await handle.cancel()
        assert await waits == "cancelled"
        await decide(handle, settle)
        outcome = await outcome_of(handle)
    assert (outcome.state, bool(outcome.delivery_id)) == (State.SENT, True)
    assert len(mails(tmp_path)) == 1
