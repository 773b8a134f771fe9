"""At most one e-mail, and an honest "unknown": the delivery on the real server, with transports that fail on purpose."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

import pytest
from kit import (
    WAIT,
    approval,
    brief_of,
    history_of,
    in_state,
    mails,
    outcome_of,
    start_lead,
    status_of,
    until,
    working,
)
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle, WorkflowUpdateFailedError

from leadbraid.errors import MailRefused, NotSent
from leadbraid.mail.transport import Commit, Handed
from leadbraid.models import DeliveryResult, Fate, State

pytestmark = pytest.mark.server
Handle = WorkflowHandle[Any, Any]


@dataclass
class ScriptedTransport:
    """Does as told, one word for each attempt; counts what left the house."""

    does: list[str]
    finds: Handed | Literal[False] | None = None
    sent: list[str] = field(default_factory=list)
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        what = self.does.pop(0) if self.does else "send"
        if what == "busy":
            raise NotSent("451 greylisted")
        if what == "refuse":
            raise MailRefused("550 no such user")
        await commit()
        self.committed.set()
        if what == "lose":
            raise ConnectionResetError("gone after the dot")
        if what == "hold":
            await self.go_on.wait()
        self.sent.append(delivery_id)
        return Handed(place="somewhere")

    async def look_up(self, delivery_id: str) -> Handed | Literal[False] | None:
        return self.finds


async def approved(client: Client) -> Handle:
    """A lead whose reply was approved a moment ago."""
    handle = await start_lead(client)
    status = await in_state(handle, State.IN_REVIEW)
    await handle.execute_update("decide", approval(status))
    return handle


async def begun(client: Client, handle: Handle) -> Handle:
    """The delivery of a lead that is delivering, once it runs."""
    delivery = client.get_workflow_handle((await in_state(handle, State.DELIVERING)).delivery)
    await until(delivery.describe)
    return delivery


def settle(outcome: str) -> dict[str, Any]:
    return {"decision": "settle", "reviewer": "ben", "outcome": outcome, "note": "I asked them by phone"}


async def reset(client: Client, handle: Handle, event_id: int, run_id: str = "") -> Handle:
    """Reset to the workflow task that ended with `event_id`, re-applying what came after it."""
    run_id = run_id or (await handle.describe()).run_id
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=run_id),
        reason="a test",
        workflow_task_finish_event_id=event_id,
        request_id=f"reset-{handle.id}-{event_id}",
        reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    )
    await client.workflow_service.reset_workflow_execution(request)
    return client.get_workflow_handle(handle.id)


async def resettable(handle: Handle) -> list[int]:
    """The events that a reset may go back to."""
    ended = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    return [event.event_id for event in await history_of(handle) if event.event_type == ended]


async def test_mail_that_certainly_did_not_go_is_tried_again(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["busy"])
    async with working(client, tmp_path, transport=transport):
        outcome = await outcome_of(await approved(client))
        result = DeliveryResult.model_validate(await client.get_workflow_handle(outcome.delivery_id).result())
    assert (outcome.state, result.attempts, len(transport.sent)) == (State.SENT, 2, 1)


async def test_refused_mail_brings_the_lead_back_to_a_person(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["refuse"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        status = await in_state(handle, State.IN_REVIEW, version=2)
        [conflict] = (await brief_of(handle)).blocking
        assert (conflict.code, "550 no such user" in conflict.message + conflict.left.text + conflict.right.text) == (
            "delivery_refused",
            True,
        )
        again = approval(status, overrides={conflict.id: "they fixed their mailbox now"})
        await handle.execute_update("decide", again)
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.delivery_id[-2:], len(transport.sent)) == (State.SENT, "-2", 1)


@pytest.mark.parametrize(
    ("found", "state", "sent"),
    [
        pytest.param(Handed("there"), State.SENT, 0, id="a message that is found counts as sent"),
        pytest.param(False, State.SENT, 1, id="a message that is certainly not there is sent again"),
    ],
)
async def test_lost_attempt_is_settled_by_what_the_transport_can_prove(
    client: Client, tmp_path: Path, found: Handed | Literal[False], state: State, sent: int
) -> None:
    transport = ScriptedTransport(["lose"], finds=found)
    async with working(client, tmp_path, transport=transport):
        outcome = await outcome_of(await approved(client))
    assert (outcome.state, len(transport.sent)) == (state, sent)


@pytest.mark.parametrize(
    ("word", "state", "sent"),
    [("arrived", State.SENT, 0), ("send_again", State.SENT, 1), ("drop", State.CLOSED_WITHOUT_REPLY, 0)],
)
async def test_unknown_outcome_waits_for_a_person_and_never_sends_by_itself(
    client: Client, tmp_path: Path, word: str, state: State, sent: int
) -> None:
    transport = ScriptedTransport(["lose"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        status = await in_state(handle, State.DELIVERY_UNKNOWN)
        assert status.delivery_note
        assert transport.sent == []
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update("decide", approval(status))
        await handle.execute_update("decide", settle(word))
        outcome = await outcome_of(handle)
    assert (outcome.state, len(transport.sent)) == (state, sent)


async def test_only_the_newest_attempt_may_commit_and_only_once(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["busy", "hold"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        await asyncio.wait_for(transport.committed.wait(), WAIT)
        delivery = client.get_workflow_handle((await status_of(handle)).delivery)
        for attempt in (1, 2, 3):
            with pytest.raises(WorkflowUpdateFailedError):
                await delivery.execute_update("commit", attempt)
        transport.go_on.set()
        assert (await outcome_of(handle)).state is State.SENT
    assert len(transport.sent) == 1


async def test_cancel_before_the_commit_sends_nothing(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["busy", "busy", "busy"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        await in_state(handle, State.DELIVERING)
        await handle.cancel()
        outcome = await outcome_of(handle)
    assert (outcome.state, transport.sent) == (State.CANCELLED, [])


async def test_cancel_after_the_commit_waits_for_the_outcome(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["hold"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        await asyncio.wait_for(transport.committed.wait(), WAIT)
        await handle.cancel()
        delivery = client.get_workflow_handle((await status_of(handle)).delivery)

        async def stop_came() -> bool:
            signaled = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED
            return any(event.event_type == signaled for event in await history_of(delivery))

        await until(stop_came)
        transport.go_on.set()
        outcome = await outcome_of(handle)
    assert (outcome.state, len(transport.sent)) == (State.SENT, 1)


async def test_terminated_lead_sends_nothing_more(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["busy"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        delivery = await begun(client, handle)
        await handle.terminate()
        result = DeliveryResult.model_validate(await asyncio.wait_for(delivery.result(), 60))
    assert (result.fate, transport.sent) == (Fate.REFUSED, [])


async def test_terminated_delivery_leaves_the_lead_with_a_person(client: Client, tmp_path: Path) -> None:
    transport = ScriptedTransport(["busy"])
    async with working(client, tmp_path, transport=transport):
        handle = await approved(client)
        await (await begun(client, handle)).terminate()
        await in_state(handle, State.DELIVERY_UNKNOWN)
        await handle.execute_update("decide", settle("send_again"))
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.delivery_id[-2:], len(transport.sent)) == (State.SENT, "-2", 1)


async def test_reset_before_the_brief_refuses_the_old_approval_and_never_sends_twice(
    client: Client, tmp_path: Path
) -> None:
    """The provider's text differs each time, so the approval that is re-applied was made on other bytes."""
    async with working(client, tmp_path):
        handle = await approved(client)
        first = await outcome_of(handle)
        handle = await reset(client, handle, (await resettable(handle))[0])
        status = await in_state(handle, State.IN_REVIEW)
        assert status.reply != first.reply
        assert [one.code for one in status.refused] == ["wrong_state"]
        await handle.execute_update("decide", approval(status))
        outcome = await outcome_of(handle)
    assert outcome.state is State.SENT
    assert outcome.reason == f"sent_differs: {first.reply} was sent"
    assert len(mails(tmp_path)) == 1


async def test_reset_to_any_point_of_lead_or_delivery_never_sends_twice(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await approved(client)
        outcome = await outcome_of(handle)
        delivery = client.get_workflow_handle(outcome.delivery_id)
        runs = [(one, (await one.describe()).run_id, await resettable(one)) for one in (delivery, handle)]
        for one, run_id, event_ids in runs:
            for event_id in event_ids:
                await _drive(await reset(client, one, event_id, run_id))
    assert len(mails(tmp_path)) == 1


async def _drive(handle: Handle) -> None:
    """Whatever is asked of a person is approved, until the lead has ended."""

    async def ended() -> bool:
        found = await handle.describe()
        if found.status is not None and found.status.name != "RUNNING":
            return True
        if found.workflow_type == "Delivery":
            return False
        status = await status_of(handle)
        if status.state is State.IN_REVIEW:
            await handle.execute_update("decide", approval(status))
        return False

    await until(ended, seconds=60)
