"""Faults on the real server, in short: a few of each, struck at once. The long form is `make faults`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from faults import changed, crashes, deploys, people
from faults.checker import Accepted, check
from faults.drive import Found, accept, approve, named, outcome_of, tell
from faults.drive import in_state as seen_in
from faults.ground import Ground, ground
from kit import a_playbook, approval, brief_of, in_state, mails, start_lead, working
from kit import outcome_of as ended
from temporalio.client import Client

from leadbraid import conflicts
from leadbraid.models import Code, Conflict, Quote, Resolver, Severity, State, Step
from leadbraid.models.playbook import StepRule

pytestmark = [pytest.mark.server, pytest.mark.faults]
SEED = 7


@pytest.fixture
async def own(temporal_binary: str, tmp_path: Path) -> AsyncIterator[Ground]:
    """A server that this test may kill."""
    async with ground(temporal_binary, tmp_path, SEED) as here:
        yield here


async def held(here: Ground, found: Found, code: type = changed.CODE["today"]) -> None:
    """The trial found what it should, and so does the checker."""
    verdict = await check(here.client, found.accepted, here.outbox, code)
    assert [*found.problems, *verdict.problems] == []
    assert found.n
    assert verdict.leads == len(found.accepted)
    assert verdict.replayed >= verdict.leads


# --- what dies -----------------------------------------------------------------------------------------------------


async def test_worker_killed_while_leads_are_at_different_events(own: Ground) -> None:
    await held(own, await crashes.killed_while_many(own, leads=6))


async def test_worker_killed_inside_handing_over_sends_once_in_the_end(own: Ground) -> None:
    await held(own, await crashes.killed_while_handing_over(own, times=1))


async def test_killed_server_loses_nothing_that_was_accepted(own: Ground) -> None:
    await held(own, await crashes.killed_server(own, kills=2, leads=8, down=(0.5, 1.0)))


async def test_worker_that_comes_back_from_the_dead_does_not_send(own: Ground) -> None:
    await held(own, await crashes.thawed_worker(own, times=1))


# --- what changes --------------------------------------------------------------------------------------------------


async def test_patched_code_rolls_out_under_waiting_leads(own: Ground) -> None:
    await held(own, await deploys.rolled_out(own, leads=6), changed.Patched)


async def test_leads_survive_a_bad_deploy_and_go_on_after_its_roll_back(own: Ground) -> None:
    await held(own, await deploys.rolled_back(own, leads=50))


async def test_payloads_of_another_age_replay() -> None:
    found = await deploys.replayed_from_another_age()
    assert found.problems == []
    assert found.n == 2 * len(list(deploys.HISTORIES.glob("*.json")))


async def test_leads_and_decisions_of_another_age_are_worked(own: Ground) -> None:
    await held(own, await deploys.started_in_another_age(own, leads=2))


async def test_new_rules_do_not_touch_leads_that_wait(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten leads wait while the conflict rules are replaced by one that blocks everything, and the policy changes."""
    async with working(client, tmp_path):
        handles = [await start_lead(client) for _ in range(10)]
        seen = [await in_state(handle, State.IN_REVIEW) for handle in handles]
    monkeypatch.setattr(conflicts, "RULES", (lambda case: [_always(case)],))
    async with working(client, tmp_path):
        other_policy = a_playbook(next_step_policy=(StepRule(then=Step.DECLINE),))
        fresh = await start_lead(client, playbook=other_policy)
        await in_state(fresh, State.IN_REVIEW)
        assert [conflict.id for conflict in (await brief_of(fresh)).blocking] == ["new-rule"]
        for handle, status in zip(handles, seen, strict=True):
            await handle.execute_update("decide", approval(status))
        outcomes = [await ended(handle) for handle in handles]
        await fresh.terminate()
    assert [(one.state, one.version, one.reply) for one in outcomes] == [
        (State.SENT, status.version, status.reply) for status in seen
    ]
    assert len(mails(tmp_path)) == 10


def _always(case: object) -> Conflict:
    quote = Quote(source="lead:message", text="We")
    return Conflict(
        id="new-rule",
        code=Code.OVERLAP,
        severity=Severity.BLOCKING,
        message=f"a new rule looked at {type(case).__name__}",
        left=quote,
        right=quote,
        resolver=Resolver.REVIEWER,
    )


# --- what people do ------------------------------------------------------------------------------------------------


async def test_people_at_their_worst(own: Ground) -> None:
    """One server for all: each part leaves its leads to the checker."""
    found = Found()
    found.add(await people.submitted_again(own, leads=1))
    found.add(await people.approved_twice(own, leads=2))
    found.add(await people.two_reviewers(own, leads=6))
    found.add(await people.decided_too_early(own, leads=2))
    found.add(await people.decided_too_late(own, leads=1))
    found.add(await people.flooded(own, signals=100))
    found.add(await people.approved_at_the_deadline(own, leads=4))
    found.add(await people.changed_again_and_again(own, rounds=3))
    await held(own, found)


async def test_malformed_decisions_never_count_and_never_stick(own: Ground) -> None:
    await held(own, await people.malformed(own))


async def test_lead_ended_by_hand_in_any_state_never_sends_twice(own: Ground) -> None:
    await held(own, await people.ended_by_hand(own, rounds=1))


async def test_poison_lead_goes_to_a_person(own: Ground) -> None:
    await held(own, await people.poisoned(own, leads=2))


async def test_signal_refused_by_state_is_shown_with_who_sent_it(own: Ground) -> None:
    async with people.at_work(own) as (provider, _):
        handle = await accept(own, Found(), named(own, "who", "working.who"))
        await seen_in(handle, State.WORKING)
        await handle.signal("review", {"decision": "reject", "reviewer": "ana", "reason": "spam"})
        provider.held_back.set()
        status = await seen_in(handle, State.IN_REVIEW)
        await handle.terminate()
    assert [(one.decision, one.reviewer) for one in status.refused] == [("reject", "ana")]


# --- the checker can fail ------------------------------------------------------------------------------------------


async def test_checker_finds_what_is_wrong(own: Ground) -> None:
    """A lost lead, a stranger, a second mail, another text, a mail after a rejection, no replay, no progress."""
    found = Found()
    async with own.worker():
        sent, twice, changed_text, rejected = [await accept(own, found, named(own, f"c-{one}")) for one in range(4)]
        for handle in (sent, twice, changed_text):
            await approve(handle, "update")
            await outcome_of(handle)
        await seen_in(rejected, State.IN_REVIEW)
        await tell(rejected, {"decision": "reject", "reviewer": "b", "reason": "spam", "decision_id": "r"}, "update")
        await outcome_of(rejected)
        stranger = await accept(own, Found(), named(own, "stranger"))
        await seen_in(stranger, State.IN_REVIEW)
    first = _mail(own, twice.id)
    first.with_name(first.name.replace("-1.eml", "-2.eml")).write_bytes(first.read_bytes())
    _mail(own, rejected.id).write_bytes(first.read_bytes())
    other = _mail(own, changed_text.id)
    other.write_bytes(other.read_bytes().replace(b"thank you", b"thank me"))
    verdict = await check(own.client, [*found.accepted, Accepted("lead-0000000000000000")], own.outbox, changed.Broken)
    words = " | ".join(verdict.problems)
    for lead_id, what in (
        ("lead-0000000000000000", "is lost"),
        (stranger.id, "nobody was told"),
        (twice.id, "has 2 mails"),
        (changed_text.id, "nobody approved"),
        (rejected.id, "ended rejected, but a mail is there"),
        (sent.id, "does not replay"),
        ("", "no progress: 3 of 5"),
    ):
        assert any(one.startswith(lead_id) and what in one for one in verdict.problems), f"{what}: {words}"
    assert len([one for one in verdict.problems if one.startswith(sent.id)]) == 1


def _mail(own: Ground, lead_id: str) -> Path:
    return own.outbox / f"delivery-{lead_id.removeprefix('lead-')}-1.eml"
