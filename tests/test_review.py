"""A review that lasts for weeks: owners, deadlines, several approvals, holds, new words, and many runs."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kit import (
    ScriptedProvider,
    a_lead,
    a_playbook,
    approval,
    brief_of,
    decide,
    in_state,
    mails,
    outcome_of,
    refusal,
    refused,
    start_lead,
    status_of,
    until,
    working,
)
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from leadbraid.intake import submit
from leadbraid.models import Code, Edit, Playbook, Reply, Severity, State, Step, Stream
from leadbraid.models.playbook import (
    Approvals,
    Bounds,
    OwnerRule,
    ReviewPolicy,
    ReviewWhen,
    Unsigned,
    WorkingHours,
)

pytestmark = pytest.mark.server
Handle = WorkflowHandle[Any, Any]
KEY = b"a key for tests"
WORDS = Edit(subject="Re: your enquiry", body="Hello Kim,\n\nshall we talk?\n\nAna")


def reviewed(**policy: Any) -> Playbook:
    """A playbook with this review policy."""
    return a_playbook(review=ReviewPolicy(**policy))


def edit(status: Any, **fields: Any) -> dict[str, Any]:
    """An approval of `WORDS` in place of the draft."""
    reply = Reply(recipient="kim@example.com", subject=WORDS.subject, body=WORDS.body)
    return approval(status, edited=WORDS.model_dump(), reply=reply.digest) | fields


async def waiting(client: Client, **policy: Any) -> Handle:
    """A lead in review."""
    handle = await start_lead(client, playbook=reviewed(**policy))
    await in_state(handle, State.IN_REVIEW)
    return handle


# --- owners, deadlines ---------------------------------------------------------------------------------------------


async def test_first_owner_rule_that_applies_decides_and_several_take_turns(client: Client, tmp_path: Path) -> None:
    owners = (
        OwnerRule(when=ReviewWhen(countries=("DE",)), assign=("dora",)),
        OwnerRule(when=ReviewWhen(employees=Bounds(min=1000)), assign=("lena",)),
        OwnerRule(when=ReviewWhen(employees=Bounds(min=10)), assign=("ana", "ben")),
    )
    playbook = reviewed(owners=owners)
    async with working(client, tmp_path):
        german = await start_lead(client, a_lead(country="DE"), playbook)
        large = await start_lead(client, a_lead(employees=2000), playbook)
        small = [await start_lead(client, a_lead(), playbook) for _ in range(12)]
        unknown = await start_lead(client, a_lead("Could we talk about your product?"), playbook)
        handles = (german, large, unknown, *small)
        found = [(await in_state(handle, State.IN_REVIEW)).assignee for handle in handles]
        assert found[:3] == ["dora", "lena", ""]
        assert found[3:] == [("ana", "ben")[int(handle.id[5:], 16) % 2] for handle in small]
        assert {"ana", "ben"} == set(found[3:])
        assert (await german.describe()).typed_search_attributes.get(_assignee()) == "dora"
        for handle in handles:
            await handle.terminate()


def _assignee() -> Any:
    from leadbraid.engine.attributes import LEAD_ASSIGNEE

    return LEAD_ASSIGNEE


async def test_review_reminds_escalates_and_expires_by_durable_timers(
    skipping: WorkflowEnvironment, tmp_path: Path
) -> None:
    policy = {
        "owners": (OwnerRule(assign=("ana",)),),
        "escalate_to": {"ana": "lena", "*": "boss"},
        "reopen_days": 5,
    }
    async with working(skipping.client, tmp_path):
        with skipping.with_time_skipping_disabled():
            handle = await waiting(skipping.client, **policy)
            opened = await status_of(handle)
        assert (opened.reminded, opened.assignee) == (None, "ana")
        await skipping.fast_forward(handle, timedelta(hours=5))
        assert (await status_of(handle)).reminded is not None
        assert "reminded" in await (await handle.describe()).memo()
        await skipping.fast_forward(handle, timedelta(days=1))
        escalated = await status_of(handle)
        assert escalated.assignee == "lena"
        assert [one.to for one in escalated.assigned] == ["ana", "lena"]
        assert "ana" in escalated.assigned[-1].why
        await skipping.fast_forward(handle, timedelta(days=14))
        assert (await status_of(handle)).state is State.EXPIRED
        with skipping.with_time_skipping_disabled():
            assert await refusal(handle, approval(opened)) == "wrong_state"
        await skipping.fast_forward(handle, timedelta(days=6))
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.decided_by) == (State.EXPIRED, "")
    assert mails(tmp_path) == []


async def test_nobodys_lead_escalates_when_others_are_only_reminded(
    skipping: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with working(skipping.client, tmp_path):
        with skipping.with_time_skipping_disabled():
            handle = await waiting(skipping.client, escalate_to={"*": "lena", "lena": "boss"})
        await skipping.fast_forward(handle, timedelta(hours=5))
        assert (await status_of(handle)).assignee == "lena"
        await skipping.fast_forward(handle, timedelta(hours=20))
        assert (await status_of(handle)).assignee == "boss"
        await handle.terminate()


async def test_deadlines_count_working_time(client: Client, tmp_path: Path) -> None:
    """A team that works on one day of the week only: nothing is due before."""
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    hours = WorkingHours(time_zone="UTC", days={day: "09:00-17:00"})
    async with working(client, tmp_path):
        handle = await waiting(
            client, working_hours=hours, remind_after=timedelta(hours=2), due_after=timedelta(days=1)
        )
        status = await status_of(handle)
        assert status.due is not None
        assert status.due.strftime("%a %H").lower() == f"{day} 09"
        assert status.due - datetime.now(UTC) > timedelta(days=8)
        await handle.terminate()


async def test_expired_lead_is_reopened_and_approved(skipping: WorkflowEnvironment, tmp_path: Path) -> None:
    async with working(skipping.client, tmp_path):
        with skipping.with_time_skipping_disabled():
            handle = await waiting(skipping.client)
        await skipping.fast_forward(handle, timedelta(days=15))
        with skipping.with_time_skipping_disabled():
            await in_state(handle, State.EXPIRED)
            assert await refusal(handle, {"decision": "take_back", "reviewer": "ana"}) == "wrong_state"
            assert (await decide(handle, {"decision": "reopen", "reviewer": "ana"}))["state"] == "in_review"
            reopened = await in_state(handle, State.IN_REVIEW)
            assert reopened.reminded is None
            assert "reminded" not in await (await handle.describe()).memo()
            await decide(handle, approval(reopened))
            outcome = await outcome_of(handle)
    assert outcome.state is State.SENT
    assert len(mails(tmp_path)) == 1


async def test_lead_that_cannot_be_reopened_ends_when_it_expires(client: Client, tmp_path: Path) -> None:
    second = timedelta(seconds=1)
    async with working(client, tmp_path):
        handle = await start_lead(
            client,
            playbook=reviewed(remind_after=second / 4, due_after=second / 2, expire_after=second, reopen_days=0),
        )
        assert (await outcome_of(handle)).state is State.EXPIRED


# --- assign, snooze, notes -----------------------------------------------------------------------------------------


async def test_assign_and_note_are_recorded_and_decide_nothing(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        await decide(handle, {"decision": "assign", "reviewer": "ana", "assignee": "ben", "note": "knows them"})
        await handle.signal("review", {"decision": "note", "reviewer": "ben", "note": "called them"})

        async def both() -> Any:
            status = await status_of(handle)
            return status if len(status.decided) == 2 else None

        status = await until(both)
        assert (status.state, status.assignee) == (State.IN_REVIEW, "ben")
        assert [one.note for one in status.decided] == ["knows them", "called them"]
        assert (await handle.describe()).typed_search_attributes.get(_assignee()) == "ben"
        assert await refusal(handle, {"decision": "assign", "reviewer": "ana"}) == "malformed"
        await decide(handle, approval(status))
        assert (await outcome_of(handle)).decided_by == "ana"


async def test_snoozed_lead_wakes_by_timer_and_can_be_decided_before(
    skipping: WorkflowEnvironment, tmp_path: Path
) -> None:
    async with working(skipping.client, tmp_path):
        with skipping.with_time_skipping_disabled():
            handle, other = await waiting(skipping.client), await waiting(skipping.client)
            until_ = datetime.now(UTC) + timedelta(days=3)
            for one in (handle, other):
                snooze = {"decision": "snooze", "reviewer": "ana", "until": until_.isoformat()}
                assert (await decide(one, snooze))["state"] == "snoozed"
            snoozed = await status_of(handle)
            assert snoozed.snoozed_until == until_
            await decide(other, approval(await status_of(other)))
            assert (await outcome_of(other)).state is State.SENT
        await skipping.fast_forward(handle, timedelta(days=2))
        assert (await status_of(handle)).state is State.SNOOZED
        await skipping.fast_forward(handle, timedelta(days=1, hours=1))
        woken = await in_state(handle, State.IN_REVIEW)
        assert woken.due is not None
        assert woken.due > until_
        await handle.terminate()


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2020-01-01T09:00:00Z", "bad_time"),
        ("2999-01-01T09:00:00Z", "bad_time"),
        ("2027-01-01T09:00:00", "malformed"),
        ("tomorrow", "malformed"),
    ],
)
async def test_snooze_to_no_usable_time_is_refused(client: Client, tmp_path: Path, moment: str, code: str) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        assert await refusal(handle, {"decision": "snooze", "reviewer": "ana", "until": moment}) == code
        assert (await status_of(handle)).state is State.IN_REVIEW
        await handle.terminate()


# --- several approvals ---------------------------------------------------------------------------------------------

TWO = Approvals(needed=2)


async def test_two_people_must_approve_exactly_the_same(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client, approvals=TWO)
        status = await status_of(handle)
        verdict = await decide(handle, approval(status))
        assert (verdict["state"], verdict["accepted"]) == ("in_review", True)
        assert "1 of 2" in verdict["message"]
        assert await refusal(handle, approval(status, reviewer=" ANA ")) == "already_approved"
        assert (await status_of(handle)).approved_by == ("ana",)
        await decide(handle, approval(status, reviewer="ben"))
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.decided_by) == (State.SENT, "ana, ben")
    assert len(mails(tmp_path)) == 1


async def test_other_words_or_another_step_begin_anew(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client, approvals=TWO)
        status = await status_of(handle)
        await decide(handle, approval(status))
        edited = await decide(handle, edit(status, reviewer="ben"))
        assert "1 of 2" in edited["message"]
        after = await status_of(handle)
        assert (after.version, after.approved_by) == (2, ("ben",))
        assert await refusal(handle, approval(status, reviewer="cleo")) == "stale_version"
        other = approval(after, reviewer="ana", next_step="propose_meeting", note="they asked for one")
        assert "1 of 2" in (await decide(handle, other))["message"]
        assert (await status_of(handle)).approved_by == ("ana",)
        await decide(handle, other | {"reviewer": "ben"})
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.next_step) == (State.SENT, Step.PROPOSE_MEETING)
    assert WORDS.body.encode() in mails(tmp_path)[0].read_bytes().replace(b"\r\n", b"\n")


async def test_who_wrote_the_words_is_not_one_of_those_who_approve_them(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client, approvals=Approvals(needed=1, not_last_editor=True))
        verdict = await decide(handle, edit(await status_of(handle)))
        assert "0 of 1" in verdict["message"]
        status = await status_of(handle)
        assert await refusal(handle, approval(status)) == "own_words"
        await decide(handle, approval(status, reviewer="ben"))
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.decided_by, outcome.reply) == (State.SENT, "ben", status.reply)


async def test_several_approvals_only_where_the_policy_asks(client: Client, tmp_path: Path) -> None:
    policy = Approvals(needed=2, when=ReviewWhen(severity=(Severity.WARN, Severity.BLOCKING)))
    async with working(client, tmp_path):
        plain = await waiting(client, approvals=policy)
        await decide(plain, approval(await status_of(plain)))
        assert (await outcome_of(plain)).state is State.SENT
    async with working(client, tmp_path, ScriptedProvider(flag=Severity.WARN)):
        risky = await waiting(client, approvals=policy)
        assert "1 of 2" in (await decide(risky, approval(await status_of(risky))))["message"]
        await risky.terminate()


# --- hold ----------------------------------------------------------------------------------------------------------


async def test_approval_can_be_taken_back_until_the_hold_ends(skipping: WorkflowEnvironment, tmp_path: Path) -> None:
    async with working(skipping.client, tmp_path):
        with skipping.with_time_skipping_disabled():
            handle = await waiting(skipping.client, hold=timedelta(minutes=10))
            status = await status_of(handle)
            verdict = await decide(handle, approval(status))
            assert verdict["state"] == "held"
            held = await status_of(handle)
            assert held.held_until == datetime.fromisoformat(verdict["held_until"])
            assert await refusal(handle, approval(status, reviewer="ben")) == "wrong_state"
            assert (await decide(handle, {"decision": "take_back", "reviewer": "ben"}))["state"] == "in_review"
            back = await in_state(handle, State.IN_REVIEW)
            assert (back.version, back.reply, back.approved_by) == (status.version, status.reply, ())
            await decide(handle, approval(back))
            assert mails(tmp_path) == []
        await skipping.fast_forward(handle, timedelta(minutes=11))
        outcome = await outcome_of(handle)
    assert outcome.state is State.SENT
    assert len(mails(tmp_path)) == 1


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        ({"decision": "reject", "reason": "spam"}, State.REJECTED),
        ({"decision": "request_changes", "streams": ["drafting"], "note": "shorter"}, State.IN_REVIEW),
        ({"decision": "snooze", "until": "2027-01-01T09:00:00Z"}, State.SNOOZED),
    ],
    ids=lambda value: value["decision"] if isinstance(value, dict) else "",
)
async def test_other_decisions_take_a_held_approval_back(
    client: Client, tmp_path: Path, decision: dict[str, Any], state: State
) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client, hold=timedelta(hours=1))
        await decide(handle, approval(await status_of(handle)))
        await decide(handle, decision | {"reviewer": "ben"})
        assert (await in_state(handle, state)).approved_by == ()
        if state is not State.REJECTED:
            await handle.cancel()
        await outcome_of(handle)
    assert mails(tmp_path) == []


# --- change rounds, playbook ---------------------------------------------------------------------------------------


async def test_rounds_of_changes_are_bounded(client: Client, tmp_path: Path) -> None:
    changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "shorter"}
    async with working(client, tmp_path):
        handle = await waiting(client, max_changes=2)
        for version in (2, 3):
            await decide(handle, changes)
            await in_state(handle, State.IN_REVIEW, version=version)
        assert await refusal(handle, changes) == "too_many_changes"
        await decide(handle, approval(await status_of(handle)))
        assert (await outcome_of(handle)).version == 3


async def test_changes_can_take_the_playbook_of_today(client: Client, tmp_path: Path) -> None:
    source = Path(__file__).parents[1] / "playbooks" / "dockline.yaml"
    file = tmp_path / "playbook.yaml"
    changes = {
        "decision": "request_changes",
        "reviewer": "ana",
        "streams": ["drafting"],
        "note": "by the new rules",
        "refresh_playbook": True,
    }
    async with working(client, tmp_path, playbook=file):
        handle = await waiting(client)
        before = await status_of(handle)
        file.write_text("name: [", "utf-8")
        assert await refusal(handle, changes) == "playbook_unreadable"
        file.write_text(source.read_text("utf-8").replace("stream_plan: parallel", "stream_plan: partial"), "utf-8")
        await decide(handle, changes)
        after = await in_state(handle, State.IN_REVIEW, version=2)
        assert (before.plan, after.plan) == ("parallel", "partial")
        assert after.decided[-1].playbooks == (before.playbook, after.playbook)
        assert before.playbook != after.playbook
        await handle.terminate()


# --- new words from the same person --------------------------------------------------------------------------------


async def test_new_words_attach_to_the_open_lead_and_one_decision_takes_them_in(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path) as provider:
        first = await start_lead(client, a_lead(email="Pat@example.com"), contact_key=KEY)
        seen = await in_state(first, State.IN_REVIEW)
        calls = len(provider.calls)
        second = await start_lead(client, a_lead("We are 300 now!", email="pat@example.com"), contact_key=KEY)
        outcome = await outcome_of(second)
        assert (outcome.state, outcome.attached_to) == (State.ATTACHED, first.id)
        status = await in_state(first, State.IN_REVIEW, version=2)
        assert len(provider.calls) == calls
        assert status.attached == (second.id,)
        assert status.out_of_date == tuple(Stream)
        assert Code.NEW_WORDS in {one.code for one in (await brief_of(first)).blocking}
        assert await refusal(first, approval(seen)) == "stale_version"
        assert await refusal(first, approval(status)) == "open_conflicts"
        again = {"decision": "request_changes", "reviewer": "ana", "streams": status.out_of_date, "note": "they wrote"}
        await decide(first, again)
        fresh = await in_state(first, State.IN_REVIEW, version=3)
        assert (fresh.out_of_date, (await brief_of(first)).blocking) == ((), ())
        assert all("We are 300 now!" in task.lead.message for _, task in provider.calls[-4:])
        await decide(first, approval(fresh))
        assert (await outcome_of(first)).state is State.SENT
    assert len(mails(tmp_path)) == 1


async def test_new_words_take_a_held_approval_back(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        first = await start_lead(
            client, a_lead(email="held@example.com"), reviewed(hold=timedelta(hours=1)), contact_key=KEY
        )
        await decide(first, approval(await in_state(first, State.IN_REVIEW)))
        second = await start_lead(client, a_lead("Please wait.", email="held@example.com"), contact_key=KEY)
        assert (await outcome_of(second)).state is State.ATTACHED
        assert (await in_state(first, State.IN_REVIEW, version=2)).approved_by == ()
        await first.cancel()
        await outcome_of(first)
    assert mails(tmp_path) == []


async def test_person_who_wants_to_be_left_alone_is_heard_while_a_lead_is_open(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        first = await start_lead(client, a_lead(email="stop@example.com"), contact_key=KEY)
        await in_state(first, State.IN_REVIEW)
        await start_lead(client, a_lead("Please do not contact me.", email="stop@example.com"), contact_key=KEY)
        status = await in_state(first, State.IN_REVIEW, version=2)
        brief = await brief_of(first)
        assert (brief.next_step.step, brief.next_step.sends, brief.reply) == (Step.DO_NOT_CONTACT, False, None)
        overrides = {one.id: "we send it all the same" for one in brief.blocking}
        decision = approval(status, next_step="reply_now", note="no", overrides=overrides)
        assert await refusal(first, decision) == "never_contact"
        await first.terminate()


async def test_two_at_once_lose_nothing(client: Client, tmp_path: Path) -> None:
    """Whether or not the list knows the first already: each ends as a lead or attached to one that has its words."""
    async with working(client, tmp_path):
        for number in range(5):
            email = f"twice-{number}@example.com"
            texts = ("We need a dock.", "We need a crane.")
            both = await asyncio.gather(
                *(start_lead(client, a_lead(text, email=email), contact_key=KEY) for text in texts)
            )
            states = [(await in_state(handle, State.IN_REVIEW, State.ATTACHED)) for handle in both]
            attached = [one for one in states if one.state is State.ATTACHED]
            assert len(attached) <= 1
            for handle in both:
                if not attached:
                    other = next(one.id for one in both if one.id != handle.id)
                    assert (await status_of(handle)).others in ((other,), ())
                await handle.terminate() if (await status_of(handle)).state is State.IN_REVIEW else None


async def test_words_for_a_lead_that_delivers_become_a_lead_of_their_own(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        first = await start_lead(client, a_lead(email="late@example.com"), contact_key=KEY)
        await decide(first, approval(await in_state(first, State.IN_REVIEW)))
        await outcome_of(first)
        second = await start_lead(client, a_lead("And a crane?", email="late@example.com"), contact_key=KEY)
        await in_state(second, State.IN_REVIEW)
        await second.terminate()


async def test_repeated_enquiry_is_a_new_lead_only_after_a_while(client: Client, tmp_path: Path) -> None:
    lead = a_lead(email="again@example.com")
    async with working(client, tmp_path):
        handle = await start_lead(client, lead)
        again = await submit(client, lead, a_playbook(), "sales@example.com")
        assert (again.lead_id, again.new) == (handle.id, False)
        await decide(handle, {"decision": "reject", "reviewer": "ana", "reason": "spam"} | {}) if (
            await in_state(handle, State.IN_REVIEW)
        ) else None
        await outcome_of(handle)
        soon = await submit(client, lead, a_playbook(), "sales@example.com")
        assert (soon.lead_id, soon.new) == (handle.id, False)
        at_once = reviewed(repeat_after_days=0)
        later = await submit(client, lead, at_once, "sales@example.com")
        assert later.new
        assert later.lead_id != handle.id
        repeated = client.get_workflow_handle(later.lead_id)
        assert (await in_state(repeated, State.IN_REVIEW)).earlier == handle.id
        await repeated.terminate()


@pytest.mark.parametrize("garbage", [[], [None], ["words"], [{"lead_id": "x"}], [{}, {}], [{"taken": True}]])
async def test_garbage_between_leads_is_shown_and_never_sticks(
    client: Client, tmp_path: Path, garbage: list[Any]
) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        await handle.signal("enquiry", args=garbage)
        await handle.signal("enquiry_taken", args=garbage)
        await refused(handle, 2)
        assert (await status_of(handle)).version == 1
        await handle.terminate()


# --- who decided ---------------------------------------------------------------------------------------------------


async def test_unsigned_decisions_are_refused_where_the_playbook_says_so(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client, unsigned=Unsigned.REFUSE)
        status = await status_of(handle)
        await handle.signal("review", approval(status))
        assert (await refused(handle)).refused[0].code == "unsigned"
        assert await refusal(handle, approval(status)) == "unsigned"
        assert await refusal(handle, approval(status, key="k-1", signature="AAAA")) == "bad_signature"
        await handle.cancel()
        await outcome_of(handle)
    assert mails(tmp_path) == []


async def test_unsigned_decisions_are_claimed_and_flagged_where_the_playbook_says_so(
    client: Client, tmp_path: Path
) -> None:
    async with working(client, tmp_path):
        for unsigned in (Unsigned.COUNT, Unsigned.FLAG):
            handle = await waiting(client, unsigned=unsigned)
            await decide(handle, {"decision": "note", "reviewer": "ana", "note": "hello"})
            [decided] = (await status_of(handle)).decided
            assert (decided.claimed_by, decided.by) == ("ana", "")
            assert decided.flagged is (unsigned is Unsigned.FLAG)
            await handle.terminate()


# --- staff is told -------------------------------------------------------------------------------------------------


async def test_staff_is_told_once_for_each_kind_and_occasion(skipping: WorkflowEnvironment, tmp_path: Path) -> None:
    """Waiting, due soon, overdue; again when the lead newly needs a person, not when a reviewer asks for changes."""
    policy = {"owners": (OwnerRule(assign=("ana",)),), "escalate_to": {"*": "lena"}}
    folder = tmp_path / "outbox" / "notices"

    def told() -> list[str]:
        return sorted(file.stem.removeprefix(f"notice-{handle.id[5:]}-") for file in folder.glob("*.eml"))

    async def are(*kinds: str) -> None:
        async def come() -> bool:
            return told() == sorted(kinds)

        await until(come)

    async with working(skipping.client, tmp_path, notices_to="team@example.com"):
        with skipping.with_time_skipping_disabled():
            handle = await waiting(skipping.client, **policy)
            await are("waiting-1")
            changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "shorter"}
            await decide(handle, changes)
            await in_state(handle, State.IN_REVIEW, version=2)
        await skipping.fast_forward(handle, timedelta(hours=5))
        with skipping.with_time_skipping_disabled():
            await are("waiting-1", "due_soon-1")
        await skipping.fast_forward(handle, timedelta(days=1))
        with skipping.with_time_skipping_disabled():
            await are("waiting-1", "due_soon-1", "overdue-1")
        await skipping.fast_forward(handle, timedelta(days=14))
        with skipping.with_time_skipping_disabled():
            await decide(handle, {"decision": "reopen", "reviewer": "ana"})
            await are("waiting-1", "due_soon-1", "overdue-1", "waiting-2")
            await handle.terminate()
    text = "".join(file.read_text("utf-8") for file in folder.glob("*.eml"))
    assert handle.id in text
    assert "120 employees" not in text
    assert "kim@example.com" not in text


async def test_lead_costs_no_event_for_notices_where_nobody_can_be_told(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        names = [
            event.activity_task_scheduled_event_attributes.activity_type.name
            async for event in handle.fetch_history_events()
        ]
        assert "notify" not in names
        await handle.terminate()


# --- what a hostile reviewer tried ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "decision",
    [
        {"decision": "request_changes", "reviewer": "r" * 300, "streams": ["drafting"], "note": "n" * 1000},
        {"decision": "assign", "reviewer": "r" * 300, "assignee": "ben", "note": "n" * 1000},
    ],
    ids=lambda decision: str(decision["decision"]),
)
async def test_longest_decision_is_taken_and_never_sticks(
    client: Client, tmp_path: Path, decision: dict[str, Any]
) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        await decide(handle, decision)
        status = await in_state(handle, State.IN_REVIEW)
        await decide(handle, edit(status, reviewer="r" * 300) | {"version": (await status_of(handle)).version})
        assert (await outcome_of(handle)).state is State.SENT


@pytest.mark.parametrize(
    "decision",
    [
        {"decision": "approve", "reviewer": "ana", "version": 1, "streams": ["x"] * 400_000},
        {"decision": "approve", "reviewer": "ana", "version": 1, "overrides": {str(n): "why" for n in range(50_000)}},
        {"decision": "note", "reviewer": "ana", "note": "x"} | {str(n): n for n in range(50_000)},
        {"decision": "note", "reviewer": "ana", "note": "x", "overrides": {"a-1": "a reason that is long"}},
        {"decision": "reject", "reviewer": "ana", "reason": "spam", "until": "2027-01-01T09:00:00Z"},
    ],
    ids=["many streams", "many overrides", "many fields", "overrides of a note", "until of a rejection"],
)
async def test_decision_of_odd_size_or_shape_is_refused_at_once(
    client: Client, tmp_path: Path, decision: dict[str, Any]
) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        await handle.signal("review", decision)
        assert (await refused(handle)).refused[0].code == "malformed"
        await handle.terminate()


WORDS_OF_NOBODY = {"lead_id": "lead-00000000000000ff", "at": "2026-01-01T00:00:00Z", "message": "More."}


@pytest.mark.parametrize(
    "forged",
    [
        {"at": "0001-01-01T00:00:00+14:00"},
        {"at": "9999-12-31T23:59:59-14:00"},
        {"at": "2026-01-01T00:00:00"},
        {"lead_id": ""},
        {"lead_id": "delivery-00000000000000ff-1"},
        {"message": ""},
        {"message": "x" * 20_001},
    ],
    ids=str,
)
async def test_forged_enquiry_is_refused_and_never_sticks(
    client: Client, tmp_path: Path, forged: dict[str, Any]
) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client)
        await handle.signal("enquiry", WORDS_OF_NOBODY | forged)
        assert (await refused(handle)).refused[0].door == "signal enquiry"
        await decide(handle, approval(await status_of(handle)))
        assert (await outcome_of(handle)).state is State.SENT


async def test_answer_of_a_stranger_attaches_nothing(client: Client, tmp_path: Path) -> None:
    """The open lead has no room for more words; a forged yes came first."""
    async with working(client, tmp_path):
        text = "We need a dock. " * 1249
        first = await start_lead(client, a_lead(text, email="full@example.com"), contact_key=KEY)
        await in_state(first, State.IN_REVIEW)
    second = await start_lead(
        client, a_lead("And a crane for the other site.", email="full@example.com"), contact_key=KEY
    )
    await second.signal("enquiry_taken", {"lead_id": "lead-00000000000000ff", "taken": True})
    async with working(client, tmp_path):
        await in_state(second, State.IN_REVIEW)
        assert (await status_of(first)).attached == ()
        for handle in (first, second):
            await handle.terminate()


async def test_screen_that_fails_never_lifts_what_it_said(client: Client, tmp_path: Path) -> None:
    list_ = tmp_path / "suppressed.txt"
    list_.write_text("nobody@example.org", "utf-8")
    async with working(client, tmp_path, suppression=list_):
        handle = await waiting(client)
        await handle.signal("enquiry", WORDS_OF_NOBODY | {"message": "Please do not contact me."})
        await in_state(handle, State.IN_REVIEW, version=2)
        list_.unlink()
        again = {"lead_id": "lead-00000000000000fe", "message": "I mean it."}
        await handle.signal("enquiry", WORDS_OF_NOBODY | again)
        status = await in_state(handle, State.IN_REVIEW, version=3)
        brief = await brief_of(handle)
        assert brief.screen is not None
        assert brief.screen.final
        overrides = {one.id: "we send it all the same" for one in brief.blocking}
        decision = approval(status, next_step="reply_now", note="no", overrides=overrides)
        assert await refusal(handle, decision) == "never_contact"
        await handle.terminate()


async def test_address_suppressed_while_the_lead_waits_gets_no_mail(client: Client, tmp_path: Path) -> None:
    list_ = tmp_path / "suppressed.txt"
    list_.write_text("nobody@example.org", "utf-8")
    async with working(client, tmp_path, suppression=list_):
        handle = await waiting(client)
        list_.write_text("example.com", "utf-8")
        await decide(handle, approval(await status_of(handle)))
        await in_state(handle, State.IN_REVIEW, version=2)
        assert Code.DELIVERY_REFUSED in {one.code for one in (await brief_of(handle)).blocking}
        await handle.terminate()
    assert mails(tmp_path) == []


async def test_same_decision_counts_once_its_obstacle_is_gone(client: Client, tmp_path: Path) -> None:
    keyring = tmp_path / "keyring.json"
    keyring.write_text("{", "utf-8")
    async with working(client, tmp_path, keyring=keyring):
        handle = await waiting(client)
        note = {"decision": "note", "reviewer": "ana", "note": "x", "decision_id": "n1"}
        await handle.signal("review", note | {"key": "k-0123456789abcdef", "signature": "AAAA"})
        assert (await refused(handle)).refused[0].code in ("not_verified", "bad_signature")
        assert (await decide(handle, note))["accepted"]
        await handle.terminate()


async def test_approvals_outlive_a_snooze(skipping: WorkflowEnvironment, tmp_path: Path) -> None:
    async with working(skipping.client, tmp_path):
        with skipping.with_time_skipping_disabled():
            handle = await waiting(skipping.client, approvals=TWO)
            wakes = (datetime.now(UTC) + timedelta(days=1)).isoformat()
            await decide(handle, {"decision": "snooze", "reviewer": "ana", "until": wakes})
            status = await status_of(handle)
            await decide(handle, approval(status))
        await skipping.fast_forward(handle, timedelta(days=1, hours=1))
        assert (await status_of(handle)).approved_by == ("ana",)
        with skipping.with_time_skipping_disabled():
            await decide(handle, approval(status, reviewer="ben"))
            assert (await outcome_of(handle)).decided_by == "ana, ben"


async def test_other_step_may_be_approved_by_the_same_person(client: Client, tmp_path: Path) -> None:
    async with working(client, tmp_path):
        handle = await waiting(client, approvals=TWO)
        status = await status_of(handle)
        await decide(handle, approval(status))
        assert await refusal(handle, approval(status, reviewer="a\u200bna")) == "already_approved"
        await decide(handle, approval(status, next_step="propose_meeting", note="they asked for one"))
        assert (await status_of(handle)).approved_by == ("ana",)
        await handle.terminate()
