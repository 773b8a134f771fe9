"""A review goes on in new runs with nothing lost; and whatever is done to a lead in Temporal, never a second mail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kit import (
    a_lead,
    a_playbook,
    approval,
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
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from leadbraid import leads
from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.archiving import Archiver
from leadbraid.audit.recall import recall
from leadbraid.compare.finished import last_finished
from leadbraid.engine import attributes
from leadbraid.models import Decision, State
from leadbraid.models.playbook import Approvals, OwnerRule, ReviewPolicy
from leadbraid.signing import SigningKey

pytestmark = pytest.mark.server
KEY = b"a key for tests"


@pytest.fixture(scope="module")
async def short_runs(temporal_binary: str) -> AsyncIterator[Client]:
    """A server that suggests a new run after 70 events."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary,
        data_converter=pydantic_data_converter,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=["--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=70"],
    )
    async with environment:
        yield environment.client


async def test_sixty_decisions_over_many_runs_lose_nothing(short_runs: Client, tmp_path: Path) -> None:
    """Refused ones, approvals, attached words, deadlines, decision ids: all of it goes along."""
    policy = ReviewPolicy(owners=(OwnerRule(assign=("ana",)),), approvals=Approvals(needed=2))
    async with working(short_runs, tmp_path):
        lead = a_lead(email="long@example.com")
        handle = await start_lead(short_runs, lead, a_playbook(review=policy), contact_key=KEY)
        opened = await in_state(handle, State.IN_REVIEW)
        other = await start_lead(short_runs, a_lead("More.", email="long@example.com"), contact_key=KEY)
        await outcome_of(other)
        status = await in_state(handle, State.IN_REVIEW, version=2)
        again = {"decision": "request_changes", "reviewer": "ana", "streams": status.out_of_date, "note": "new words"}
        await decide(handle, again)
        status = await in_state(handle, State.IN_REVIEW, version=3)
        first = approval(status, decision_id="first-approval")
        verdict = await decide(handle, first)
        assert await refusal(handle, approval(status, version=1)) == "stale_version"
        for number in range(60):
            note = {"decision": "note", "reviewer": "ana", "note": f"note {number}", "decision_id": f"note-{number}"}
            if number % 3:
                await decide(handle, note)
            else:
                await handle.signal("review", note)

        async def all_there() -> Any:
            found = await status_of(handle)
            return found if sum(one.decision == "note" for one in found.decided) == 60 else None

        found = await until(all_there)
        assert found.run >= 5, found.run
        assert (found.version, found.assignee, found.attached) == (3, "ana", (other.id,))
        assert (found.due, found.approved_by, found.plan) == (status.due, ("ana",), opened.plan)
        assert [one.code for one in found.refused] == ["stale_version"]
        assert await decide(handle, first) == verdict, "the same id gets the same answer in every run"
        assert await decide(handle, {"decision": "note", "reviewer": "ana", "note": "note 0", "decision_id": "note-0"})
        assert len((await status_of(handle)).decided) == len(found.decided)
        assert await refusal(handle, approval(status)) == "already_approved"
        described = await handle.describe()
        assert described.typed_search_attributes.get(attributes.LEAD_STATE) == "in_review"
        assert described.typed_search_attributes.get(attributes.LEAD_ASSIGNEE) == "ana"
        assert (await described.memo())["company"] == "example.com"
        await decide(handle, approval(status, reviewer="ben"))
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.decided_by, outcome.reply) == (State.SENT, "ana, ben", status.reply)
    assert len(mails(tmp_path)) == 1
    archive, key = ArchiveFolder(tmp_path / "archive"), SigningKey.new()
    assert await Archiver(short_runs, archive, lambda: key).archive(handle.id, datetime.now(UTC))
    kept = recall(archive, handle.id, [key.public])
    assert kept
    assert (kept.signed, len(kept.record.runs), kept.record.notes) == (True, found.run + 1, ()), "and the delivery"


async def test_flood_that_counts_nothing_is_bounded_too(short_runs: Client, tmp_path: Path) -> None:
    """Refused in the handler, these never reach the main loop; their events count all the same."""
    async with working(short_runs, tmp_path):
        handle = await start_lead(short_runs)
        await in_state(handle, State.IN_REVIEW)
        for _ in range(150):
            await handle.signal("review", {"decision": "aprove"})

        async def counted() -> Any:
            found = await status_of(handle)
            return found if len(found.refused) + found.refused_more == 150 else None

        found = await until(counted)
        assert found.run > 1
        await decide(handle, approval(found))
        assert (await outcome_of(handle)).state is State.SENT

    async def read_for_advice() -> Any:
        return [one for one in await last_finished(short_runs, 5, lambda: None) if one.worked.lead_id == handle.id]

    [finished] = await until(read_for_advice)
    assert len(finished.worked.first_calls) == 4, "the streams ran in the first run, and the list has the last one"


async def test_snoozed_lead_goes_on_in_a_new_run_and_wakes(short_runs: Client, tmp_path: Path) -> None:
    async with working(short_runs, tmp_path):
        handle = await start_lead(short_runs)
        await in_state(handle, State.IN_REVIEW)
        wakes = datetime.now(UTC) + timedelta(seconds=8)
        await decide(handle, {"decision": "snooze", "reviewer": "ana", "until": wakes.isoformat()})
        for number in range(12):
            await decide(handle, {"decision": "note", "reviewer": "ana", "note": f"note {number}"})
        snoozed = await status_of(handle)
        assert snoozed.run > 1
        assert (snoozed.state, snoozed.snoozed_until) == (State.SNOOZED, wakes)
        woken = await in_state(handle, State.IN_REVIEW)
        await decide(handle, approval(woken))
        assert (await outcome_of(handle)).state is State.SENT


async def test_decisions_while_a_run_ends_are_answered(
    short_runs: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the product's own way to decide, five at a time, across the ends of runs."""

    async def there(_: Client) -> None:
        """Workers that ended before, in this same process, have the same name as the one that runs."""

    monkeypatch.setattr(leads, "require_worker", there)
    async with working(short_runs, tmp_path):
        handle = await start_lead(short_runs)
        await in_state(handle, State.IN_REVIEW)

        async def note(number: int) -> None:
            decision = Decision(decision="note", reviewer="ana", note=f"note {number}", decision_id=f"n-{number}")
            assert (await leads.LeadHandle(short_runs, handle.id).decide(decision)).accepted

        for start in range(0, 40, 5):
            await asyncio.gather(*(note(number) for number in range(start, start + 5)))
        found = await status_of(handle)
        assert sorted(one.note for one in found.decided) == sorted(f"note {number}" for number in range(40))
        assert found.run > 1
        await handle.terminate()


async def test_escalation_that_came_due_while_no_worker_ran_is_made_in_the_next_run(
    short_runs: Client, tmp_path: Path
) -> None:
    """Alarms and a flood wait together for the worker, and the run ends in that moment."""
    second = timedelta(seconds=1)
    policy = ReviewPolicy(
        owners=(OwnerRule(assign=("ana",)),),
        escalate_to={"ana": "lena"},
        remind_after=second,
        due_after=3 * second,
        expire_after=timedelta(days=2),
    )
    async with working(short_runs, tmp_path):
        handle = await start_lead(short_runs, playbook=a_playbook(review=policy))
        opened = await in_state(handle, State.IN_REVIEW)

        async def reminded() -> Any:
            return (await status_of(handle)).reminded

        await until(reminded)
    assert opened.due is not None
    for _ in range(40):
        await handle.signal("review", {"decision": "aprove"})
    await asyncio.sleep(max(0.0, (opened.due + second - datetime.now(UTC)).total_seconds()))
    async with working(short_runs, tmp_path):

        async def escalated() -> Any:
            found = await status_of(handle)
            return found if found.assignee == "lena" else None

        found = await until(escalated)
        assert found.run > 1
        await handle.terminate()
