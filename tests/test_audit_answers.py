"""What the account answers is never false: each of these was once told wrongly."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from kit import (
    Silent,
    a_lead,
    a_playbook,
    approval,
    brief_of,
    decide,
    in_state,
    outcome_of,
    start_lead,
    status_of,
    until,
    working,
)
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle

from leadbraid.audit.account import Account
from leadbraid.audit.fetching import fetch_runs
from leadbraid.audit.pages import as_html, as_markdown
from leadbraid.audit.record import make_record
from leadbraid.errors import MailRefused
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Commit, Handed
from leadbraid.models import Edit, Reply, State
from leadbraid.models.playbook import Approvals, ReviewPolicy

pytestmark = pytest.mark.server
Handle = WorkflowHandle[Any, Any]
TWO = a_playbook(review=ReviewPolicy(approvals=Approvals(needed=2)))


async def account_of(client: Client, handle: Handle) -> tuple[Account, str]:
    """The account, and what its answer says."""
    record = make_record(await fetch_runs(client, handle.id))
    assert as_html(record)
    return Account(record), as_markdown(record).split("## ")[1]


def who(account: Account) -> list[str]:
    return [one.claimed_by for one in account.approvals]


async def approved(handle: Handle, reviewer: str, **more: Any) -> dict[str, Any]:
    status = await in_state(handle, State.IN_REVIEW)
    return await decide(handle, approval(status, reviewer=reviewer, **more))


def settlement(outcome: str, **more: str) -> dict[str, str]:
    return {"decision": "settle", "reviewer": "ana", "outcome": outcome, "note": "asked the mail server", **more}


async def test_what_may_have_left_is_never_told_as_unsent(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path, transport=Silent(tmp_path / "outbox")):
        dropped = await start_lead(client, a_lead(email="dropped@example.com"))
        await approved(dropped, "ana")
        delivery = client.get_workflow_handle((await in_state(dropped, State.DELIVERY_UNKNOWN)).delivery)
        await decide(dropped, settlement("drop"))
        await outcome_of(dropped)

        again = await start_lead(client, a_lead(email="again@example.com"))
        await approved(again, "ana")
        await in_state(again, State.DELIVERY_UNKNOWN)
        await decide(again, settlement("send_again"))
        await until(lambda: _attempts(client, again, 2))
        await again.cancel()
        await until(lambda: _ends(again))
        outcome = await outcome_of(again)
        assert (outcome.state, outcome.reason) == (
            State.CANCELLED,
            "cancelled in Temporal; whether the reply arrived is not known",
        )
    assert await delivery.result()
    for handle in (dropped, again):
        account, answer = await account_of(client, handle)
        assert account.unknown
        assert "left the house is not known" in answer
        assert "Nothing was sent" not in answer
        assert "Settled, claimed by `ana`" in answer


async def _ends(handle: Handle) -> bool:
    """Settle until it ends: a settlement may be looked at before the cancellation that came just before it."""
    if (await status_of(handle)).state is State.DELIVERY_UNKNOWN:
        await decide(handle, settlement("send_again"))
    return (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING


async def _attempts(client: Client, handle: Handle, count: int) -> bool:
    record = make_record(await fetch_runs(client, handle.id))
    waits = (await status_of(handle)).state is State.DELIVERY_UNKNOWN
    return waits and bool(record.deliveries) and len(record.deliveries[0].attempts) >= count


async def test_word_that_a_delivery_ignores_is_not_told_as_a_settlement(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path, transport=Silent(tmp_path / "outbox")):
        handle = await start_lead(client, a_lead(email="ignored@example.com"))
        await approved(handle, "ana")
        delivery = client.get_workflow_handle((await in_state(handle, State.DELIVERY_UNKNOWN)).delivery)
        await delivery.signal("settle", {"outcome": "nonsense"})
        await decide(handle, settlement("arrived"))
        await outcome_of(handle)
    account, answer = await account_of(client, handle)
    [told] = account.record.deliveries
    assert [(one.outcome, one.counted) for one in told.settled] == [("unreadable", False), ("arrived", True)]
    assert account.sent
    assert "Settled, claimed by `ana`" in answer


async def test_only_those_who_approved_what_was_sent_are_named(client: Client, tmp_path: Path) -> None:
    words = Edit(subject="Re: your enquiry", body="Hello Kim,\n\nshall we talk?\n\nAna")
    reply = Reply(recipient="three@example.com", subject=words.subject, body=words.body)
    async with working(client, tmp_path):
        handle = await start_lead(client, a_lead(email="three@example.com"), TWO)
        await approved(handle, "ana", decision_id="once")
        await handle.signal("review", approval(await status_of(handle), reviewer="ana", decision_id="once"))
        account, answer = await account_of(client, handle)
        assert who(account) == ["ana"]
        assert "1 of 2 approvals, claimed by `ana`" in answer
        await approved(handle, "ben", edited=words.model_dump(), reply=reply.digest)
        await approved(handle, "carl", reply=reply.digest)
        await outcome_of(handle)
    account, answer = await account_of(client, handle)
    assert who(account) == ["ben", "carl"]
    assert account.record.deliveries[0].approved_by == "ben, carl"
    assert account.record.deliveries[0].was_approved
    assert "`ana`" not in answer


class RefusesOnce(OutboxFolder):
    """The first message is refused for good."""

    refused = False

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        if not self.refused:
            self.refused = True
            raise MailRefused("550 no such user")
        return await super().hand_over(message, delivery_id, attempt, commit)


async def test_approval_of_a_refused_delivery_does_not_stand(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path, transport=RefusesOnce(tmp_path / "outbox")):
        handle = await start_lead(client, a_lead(email="refused@example.com"))
        await approved(handle, "ana")
        status = await in_state(handle, State.IN_REVIEW, version=2)
        account, answer = await account_of(client, handle)
        assert (who(account), "Nothing was sent so far" in answer) == ([], True)
        overrides = dict.fromkeys(await _blocking(handle), "the address is right now")
        await decide(handle, approval(status, reviewer="ben", overrides=overrides))
        await outcome_of(handle)
    account, _ = await account_of(client, handle)
    assert (account.sent, who(account)) == (True, ["ben"])


async def _blocking(handle: Handle) -> list[str]:
    return [one.id for one in (await brief_of(handle)).blocking]


async def test_reset_without_the_approval_has_none_and_a_copy_alone_still_tells_all(
    client: Client, tmp_path: Path
) -> None:
    async with working(client, tmp_path):
        handle = await start_lead(client, a_lead(email="reset@example.com"))
        status = await in_state(handle, State.IN_REVIEW)
        note = {"decision": "note", "reviewer": "ana", "note": "seen", "version": None}
        await decide(handle, {name: value for name, value in note.items() if value})
        await decide(handle, approval(status, reviewer="ana"))
        await outcome_of(handle)
        ends = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        events = list((await handle.fetch_history()).events)
        noted = max(e.event_id for e in events if e.event_type == ends and e.event_id < _approval_at(events))
        request = ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            reason="test",
            workflow_task_finish_event_id=noted,
            request_id=handle.id,
            reset_reapply_exclude_types=[
                ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
                ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
            ],
        )
        await client.workflow_service.reset_workflow_execution(request)
        await in_state(handle, State.IN_REVIEW)
        account, _ = await account_of(client, handle)
        assert account.record.approvals == ()
        assert who(account) == ["ana"], "for what was sent she did"
        await approved(handle, "ben")
        await outcome_of(handle)
    newest = [run for run in await fetch_runs(client, handle.id) if run.reset_from or run.workflow_type == "Delivery"]
    copy = make_record(newest)
    assert [one.version for one in copy.versions] == [1]
    assert [one.kind for one in copy.decisions] == ["note", "approve"]
    assert copy.deliveries[0].was_approved


def _approval_at(events: list[Any]) -> int:
    accepted = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return max(event.event_id for event in events if event.event_type == accepted)


async def test_words_that_no_enquiry_sent_are_told_as_that(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await start_lead(client, a_lead(email="words@example.com"))
        await in_state(handle, State.IN_REVIEW)
        forged = {"lead_id": "lead-0123456789abcdef", "at": "2026-01-01T00:00:00Z", "message": "Send it to eve."}
        await handle.signal("enquiry", forged)
        await in_state(handle, State.IN_REVIEW, version=2)
        await handle.signal("review", {"decision": "reject", "reviewer": "ana", "reason": "spam", "version": "1"})
        await until(lambda: _refusals(handle))
        await handle.terminate(reason="done")
    account, _ = await account_of(client, handle)
    [words] = account.record.words
    assert not words.genuine
    assert "by the word of" in as_markdown(account.record)
    assert "`lead-0123456789abcdef` that it names" in as_markdown(account.record)
    assert (account.record.decisions[-1].seen, account.record.decisions[-1].current) == (1, 2)


async def _refusals(handle: Handle) -> bool:
    return bool((await status_of(handle)).refused)
