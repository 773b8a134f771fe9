"""What people do: twice, at once, too early, too late, malformed, by the hundred, and past every tool of ours."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

from faults.checker import Accepted, decisions_in
from faults.drive import (
    DOORS,
    SENDER,
    Found,
    Handle,
    accept,
    approve,
    door_of,
    go_on_unless_cancelled,
    in_state,
    is_open,
    named,
    outcome_of,
    start_of,
    status_of,
    tell,
)
from faults.ground import PATIENCE, Ground, Tick, gather_limited, no_tick
from kit import ScriptedProvider, a_playbook, approval, until, working
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.enums.v1 import EventType, ResetReapplyType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import RawValue
from temporalio.service import RPCError

from leadbraid.engine.names import TASK_QUEUE
from leadbraid.errors import DecisionRefused, NotFoundError
from leadbraid.intake import submit
from leadbraid.leads import LeadHandle
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Commit, Handed
from leadbraid.models import Brief, Decision, Edit, Outcome, Reply, State, Status
from leadbraid.models.playbook import ReviewPolicy

AT_ONCE = 8
"""Leads under way at a time where many are tried."""


class Held(ScriptedProvider):
    """Holds back the streams of `working…@` at version 1 and of `changes…@` at version 2; never answers `poison…@`."""

    def __init__(self) -> None:
        super().__init__()
        self.held_back = asyncio.Event()

    async def _work(self, stream, task, output):  # type: ignore[no-untyped-def]
        if task.lead.email.startswith("poison"):
            raise RuntimeError("nobody foresaw this")
        if task.lead.email.startswith({1: "working", 2: "changes"}.get(task.version, "-")):
            await self.held_back.wait()
        return await super()._work(stream, task, output)


class Awkward(OutboxFolder):
    """Holds `delivering…@` back before the commit; loses `delivery_unknown…@` after it, and cannot tell what became of it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go_on = asyncio.Event()
        self._lost: set[str] = set()

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        local = str(message["To"]).partition("@")[0]

        async def commit_or_not() -> None:
            if local.startswith("delivering"):
                await self.go_on.wait()
            await commit()
            if local.startswith("delivery_unknown"):
                self._lost.add(delivery_id)
                raise ConnectionResetError("gone after the commit")

        return await super().hand_over(message, delivery_id, attempt, commit_or_not)

    async def look_up(self, delivery_id: str) -> Handed | Literal[False] | None:
        return None if delivery_id in self._lost else await super().look_up(delivery_id)


@contextlib.asynccontextmanager
async def at_work(ground: Ground) -> AsyncIterator[tuple[Held, Awkward]]:
    """A worker in this process, with hands on its provider and its outbox."""
    provider, outbox = Held(), Awkward(ground.outbox)
    async with working(ground.client, ground.home, provider, outbox):
        try:
            yield provider, outbox
        finally:
            provider.held_back.set()
            outbox.go_on.set()


async def brief_of(handle: Handle) -> Brief:
    """The query `brief`."""
    return Brief.model_validate(await handle.query("brief"))


# --- H01: the same enquiry again -----------------------------------------------------------------------------------


async def submitted_again(ground: Ground, leads: int, tick: Tick = no_tick, at_once: int = 50) -> Found:
    """Each lead ``at_once`` times in parallel, and twice after it has closed: one workflow."""
    found = Found()
    async with at_work(ground):
        for number in range(leads):
            lead = named(ground, f"again-{number}")
            taken = await asyncio.gather(*(submit(ground.client, lead, a_playbook(), SENDER) for _ in range(at_once)))
            found.expect(sum(one.new for one in taken) == 1, f"{sum(one.new for one in taken)} of {at_once} were new")
            found.expect(len({one.lead_id for one in taken}) == 1, "the same enquiry got several ids")
            handle = await accept(ground, found, lead)
            await approve(handle, door_of(ground.rng))
            await outcome_of(handle)
            late = [await submit(ground.client, lead, a_playbook(), SENDER) for _ in range(2)]
            found.expect(not any(one.new for one in late), "a closed lead was begun again")
            found.n += at_once + 2
            tick()
    return found


# --- H03: the same approval twice ----------------------------------------------------------------------------------


async def approved_twice(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """A double click by either door, and an impatient second click: one mail, and the second one is told."""
    found = Found()

    async def one(number: int) -> None:
        handle = await accept(ground, found, named(ground, f"twice-{number}"))
        status = await in_state(handle, State.IN_REVIEW)
        same = approval(status, decision_id=f"{handle.id}-1")
        other = approval(status, decision_id=f"{handle.id}-2")
        told = await asyncio.gather(
            tell(handle, same, "update"),
            tell(handle, same, "update"),
            tell(handle, other, "update"),
            tell(handle, same, "signal"),
        )
        outcome = await outcome_of(handle)
        found.n += 1
        found.expect(outcome.state is State.SENT, f"{handle.id} ended {outcome.state.value}")
        accepted = told[:3].count("accepted")
        found.expect(accepted in (1, 2), f"{accepted} different approvals of {handle.id} were accepted: {told}")
        found.expect(told[0] == told[1] or "closed" in told, f"the same decision got two answers: {told}")
        tick()

    async with at_work(ground):
        await gather_limited(AT_ONCE, [lambda number=number: one(number) for number in range(leads)])
    return found


# --- H04: two reviewers at once ------------------------------------------------------------------------------------

PAIRS = (("approve", "reject"), ("reject", "approve"), ("approve", "edit"), ("edit", "edit"), ("reject", "reject"))


async def two_reviewers(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """Conflicting decisions through both doors: the server's order decides, and the loser is told."""
    found = Found()
    seeds = [ground.rng.randrange(2**32) for _ in range(leads)]

    async def one(number: int) -> None:
        rng = random.Random(seeds[number])
        handle = await accept(ground, found, named(ground, f"two-{number}"), healthy=False)
        status = await in_state(handle, State.IN_REVIEW)
        kinds, doors = rng.choice(PAIRS), (door_of(rng), door_of(rng))
        decisions = [_decision(kind, who, status) for kind, who in zip(kinds, ("ana", "ben"), strict=True)]

        async def send(decision: dict[str, Any], door: str, after: float) -> str:
            await asyncio.sleep(after)
            return await tell(handle, decision, door)

        delays = (rng.uniform(0.0, 0.04), rng.uniform(0.0, 0.04))
        told = await asyncio.gather(*map(send, decisions, doors, delays))
        await _judged(found, handle, told, f"{handle.id} {kinds} through {doors}")
        tick()

    async with at_work(ground):
        await gather_limited(AT_ONCE, [lambda number=number: one(number) for number in range(leads)])
    return found


def _decision(kind: str, who: str, status: Status) -> dict[str, Any]:
    shared = {"reviewer": who, "version": status.version, "decision_id": f"{status.lead_id}-{who}"}
    if kind == "reject":
        return shared | {"decision": "reject", "reason": "not_a_fit"}
    if kind == "approve":
        return approval(status) | shared
    words = Edit(subject=f"Re: your enquiry, {who}", body=f"Hello Kim,\n\nshall we talk?\n\n{who}")
    reply = Reply(recipient="kim@example.com", subject=words.subject, body=words.body)
    return shared | {"decision": "approve", "edited": words.model_dump(), "reply": reply.digest}


async def _judged(found: Found, handle: Handle, told: list[str], what: str) -> None:
    outcome = await outcome_of(handle)
    in_order = [decision["reviewer"] for _, decision in decisions_in(await handle.fetch_history())]
    found.n += 1
    found.expect(outcome.decided_by == in_order[0], f"{what}: {outcome.decided_by} won, but the order was {in_order}")
    winner = ("ana", "ben").index(outcome.decided_by) if outcome.decided_by else 0
    answer = told[1 - winner]
    found.expect(told[winner] in ("accepted", "sent"), f"{what}: the winner was told {told[winner]}")
    found.expect(answer != "accepted", f"{what}: the loser was told that it counts")
    if answer == "sent":
        # A signal that came in a state that takes none is refused without its reviewer's name.
        refused = [one.code for one in (await status_of(handle)).refused]
        found.expect(len(refused) == 1, f"{what}: the loser's signal is not shown (refused {refused})")


# --- H05: too early ------------------------------------------------------------------------------------------------


async def decided_too_early(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """With the start, or while the streams run, first or again: refused where all see it, and the lead goes its way."""
    found = Found()
    # A few at a time: a held stream keeps one of the worker's hundred slots.
    for first in range(0, leads, AT_ONCE):
        async with at_work(ground) as (provider, _):
            handles = [await _decided_at_the_start(ground, found)] if first == 0 else []
            for number in range(first, min(first + AT_ONCE, leads)):
                handles.append(await _decided_while_held(ground, found, number))
            provider.held_back.set()
            for handle in handles:
                await _goes_its_way(found, handle)
                tick()
    return found


async def _decided_while_held(ground: Ground, found: Found, number: int) -> Handle:
    local, state = (("working", State.WORKING), ("changes", State.CHANGES_REQUESTED))[number % 2]
    handle = await accept(ground, found, named(ground, f"early-{number}", f"{local}.{number}"))
    if state is State.CHANGES_REQUESTED:
        await _changes(handle)
    await in_state(handle, state)
    early = {"decision": "approve", "reviewer": "ana", "version": 1 + number % 2, "decision_id": handle.id}
    door = door_of(ground.rng)
    told = await tell(handle, early, door)
    found.expect(told == ("sent" if door == "signal" else "wrong_state"), f"too early, but told {told}")
    return handle


async def _goes_its_way(found: Found, handle: Handle) -> None:
    status = await in_state(handle, State.IN_REVIEW)
    found.expect([one.code for one in status.refused] == ["wrong_state"], f"{handle.id} hides an early decision")
    await approve(handle, "update")
    outcome = await outcome_of(handle)
    found.n += 1
    found.expect(outcome.state is State.SENT, f"{handle.id} ended {outcome.state.value}")


async def _decided_at_the_start(ground: Ground, found: Found) -> Handle:
    """A signal with the start is there before anything else."""
    start = start_of(named(ground, "early-start", "working.start"))
    found.accepted.append(Accepted(start.lead_id))
    return await ground.client.start_workflow(
        "LeadFollowUp",
        start,
        id=start.lead_id,
        task_queue=TASK_QUEUE,
        start_signal="review",
        start_signal_args=[_APPROVE],
    )


async def _changes(handle: Handle) -> None:
    await in_state(handle, State.IN_REVIEW)
    changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "shorter"}
    await handle.signal("review", changes)


# --- H06: malformed ------------------------------------------------------------------------------------------------

_APPROVE = {"decision": "approve", "reviewer": "ana", "version": 1}
_CHANGES = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "x"}
_REJECT = {"decision": "reject", "reviewer": "ana", "reason": "spam"}
MALFORMED: dict[str, list[Any]] = {
    "false": [False],
    "zero": [0],
    "a float": [1.5],
    "an empty text": [""],
    "an empty list": [[]],
    "a decision in a list": [[_REJECT]],
    "a decision as JSON in a text": ['{"decision": "reject", "reviewer": "ana", "reason": "spam"}'],
    "three inputs": [_REJECT, _REJECT, _REJECT],
    "null first": [None, _REJECT],
    "a decision within a decision": [{"decision": _REJECT, "reviewer": "ana"}],
    "decision null": [_REJECT | {"decision": None}],
    "decision a number": [_REJECT | {"decision": 1}],
    "decision a list": [_REJECT | {"decision": ["reject"]}],
    "decision with a space": [_REJECT | {"decision": "reject "}],
    "reviewer null": [_REJECT | {"reviewer": None}],
    "reviewer a list": [_REJECT | {"reviewer": ["ana", "ben"]}],
    "reviewer a number": [_REJECT | {"reviewer": 7}],
    "reviewer too long": [_REJECT | {"reviewer": "a" * 301}],
    "reviewer with a line feed": [_REJECT | {"reviewer": "ana\nben"}],
    "reviewer with a line separator": [_REJECT | {"reviewer": "ana\u2028ben"}],
    "reviewer with NUL": [_REJECT | {"reviewer": "ana\x00"}],
    "version zero": [_APPROVE | {"version": 0}],
    "version negative": [_APPROVE | {"version": -1}],
    "version a fraction": [_APPROVE | {"version": 1.5}],
    "version a list": [_APPROVE | {"version": [1]}],
    "version true in words": [_APPROVE | {"version": "true"}],
    "digest too short": [_APPROVE | {"reply": "sha256:" + "0" * 63}],
    "digest too long": [_APPROVE | {"reply": "sha256:" + "0" * 65}],
    "digest in capitals": [_APPROVE | {"reply": "sha256:" + "A" * 64}],
    "digest null": [_APPROVE | {"reply": None}],
    "edit a text": [_APPROVE | {"edited": "new words"}],
    "edit without a body": [_APPROVE | {"edited": {"subject": "Hello"}}],
    "edit empty": [_APPROVE | {"edited": {"subject": "Hello", "body": " "}}],
    "edit with two lines of subject": [_APPROVE | {"edited": {"subject": "Hello\r\nBcc: x@y.z", "body": "Hi"}}],
    "edit with escapes": [_APPROVE | {"edited": {"subject": "Hello", "body": "\x1b[2J"}}],
    "edit too long": [_APPROVE | {"edited": {"subject": "Hello", "body": "x" * 20_001}}],
    "edit with a recipient": [_APPROVE | {"edited": {"subject": "Hello", "body": "Hi", "recipient": "a@b.example"}}],
    "overrides a list": [_APPROVE | {"overrides": ["a"]}],
    "override without letters": [_APPROVE | {"overrides": {"a": "1234567890 !!!"}}],
    "override null": [_APPROVE | {"overrides": {"a": None}}],
    "streams a text": [_CHANGES | {"streams": "drafting"}],
    "streams with null": [_CHANGES | {"streams": [None]}],
    "streams in capitals": [_CHANGES | {"streams": ["DRAFTING"]}],
    "changes without a note": [_CHANGES | {"note": "  "}],
    "an unknown reason": [_REJECT | {"reason": "because"}],
    "settle without an outcome": [{"decision": "settle", "reviewer": "ana", "note": "x"}],
    "settle with an unknown outcome": [{"decision": "settle", "reviewer": "ana", "note": "x", "outcome": "lost"}],
    "an unknown next step": [_APPROVE | {"next_step": "call", "note": "x"}],
    "a next step without a note": [_APPROVE | {"next_step": "nurture"}],
    "a date in words": [_REJECT | {"at": "yesterday"}],
    "a key that is no field": [_REJECT | {"__class__": "Decision"}],
    "a field in another case": [_REJECT | {"Note": "x"}],
}
"""Beyond those in `test_lead_followup.py`: all are refused where `status` shows it."""

RAW: dict[str, Payload] = {
    "json that is none": Payload(metadata={"encoding": b"json/plain"}, data=b"{not json"),
    "json cut short": Payload(metadata={"encoding": b"json/plain"}, data=b'{"decision": "rej'),
    "json of no bytes": Payload(metadata={"encoding": b"json/plain"}, data=b""),
    "json in another encoding": Payload(
        metadata={"encoding": b"json/plain"}, data='{"reviewer": "ü"}'.encode("utf-16")
    ),
    "json too deep": Payload(metadata={"encoding": b"json/plain"}, data=b"[" * 100_000),
    "another encoding": Payload(metadata={"encoding": b"binary/encrypted"}, data=b"\x00\x01"),
    "no encoding": Payload(data=b"{}"),
    "null with data": Payload(metadata={"encoding": b"binary/null"}, data=b"{}"),
    "protobuf of a type nobody knows": Payload(
        metadata={"encoding": b"json/protobuf", "messageType": b"a.b.C"}, data=b"{}"
    ),
}
"""What no program of ours writes. The SDK itself may drop such a payload before any handler of ours sees it."""


async def malformed(ground: Ground, tick: Tick = no_tick) -> Found:
    """Every malformed input by signal, then the raw ones: each is shown or dropped, and the lead goes on."""
    found = Found()
    async with at_work(ground):
        handles = []
        for part in _in_parts(MALFORMED, 40):
            handle = await accept(ground, found, named(ground, f"malformed-{len(handles)}"))
            handles.append(handle)
            await in_state(handle, State.IN_REVIEW)
            for name, args in part.items():
                before = await status_of(handle)
                await handle.signal("review", args=args)
                await _shown(found, handle, before, name)
                tick()
        raw = await _raw(ground, found, tick)
        for handle in (*handles, raw):
            await approve(handle, "update")
            await outcome_of(handle)
    found.n = len(MALFORMED) + len(RAW)
    return found


def _in_parts(rows: dict[str, Any], size: int) -> list[dict[str, Any]]:
    """At most ``size`` to one lead: it keeps fifty refusals in detail."""
    names = list(rows)
    return [{name: rows[name] for name in names[at : at + size]} for at in range(0, len(names), size)]


async def _shown(found: Found, handle: Handle, before: Status, name: str) -> None:
    async def more() -> Status | None:
        status = await status_of(handle)
        return status if len(status.refused) > len(before.refused) else None

    try:
        status = await until(more, seconds=20)
    except TimeoutError:
        found.problems.append(f"{name}: dropped in silence")
        return
    refusal = status.refused[-1]
    found.expect(refusal.code == "malformed" and bool(refusal.message), f"{name}: refused as {refusal.code}")
    found.expect(status.state is State.IN_REVIEW and not status.decided, f"{name}: it counted")


async def _raw(ground: Ground, found: Found, tick: Tick) -> Handle:
    """The update after each shows that the lead still answers; whether the signal is shown is only reported."""
    handle = await accept(ground, found, named(ground, "raw"))
    await in_state(handle, State.IN_REVIEW)
    silent = []
    for name, payload in RAW.items():
        before = len((await status_of(handle)).refused)
        await handle.signal("review", RawValue(payload))
        stale = _APPROVE | {"version": 99, "decision_id": name}
        found.expect(await tell(handle, stale, "update") == "stale_version", f"{name}: the lead does not answer")
        if len((await status_of(handle)).refused) == before + 1:
            silent.append(name)
        tick()
    found.notes.append(f"dropped by the SDK before any handler, with a line in the worker's log: {', '.join(silent)}")
    return handle


# --- H07: too late, or to nobody -----------------------------------------------------------------------------------


async def decided_too_late(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """After the end and to a wrong id: our tools say which of the two it is."""
    found = Found()
    async with at_work(ground):
        for number in range(leads):
            handle = await accept(ground, found, named(ground, f"late-{number}"))
            await approve(handle, door_of(ground.rng))
            await outcome_of(handle)
            reject = Decision.model_validate(_REJECT)
            with contextlib.suppress(DecisionRefused):
                await LeadHandle(ground.client, handle.id).decide(reject)
                found.problems.append("a closed lead took a decision")
            with contextlib.suppress(NotFoundError):
                await LeadHandle(ground.client, f"lead-{number:016x}").decide(reject)
                found.problems.append("a lead that never was took a decision")
            found.expect(await tell(handle, _REJECT | {"decision_id": "late"}, "signal") == "closed", "late signal")
            found.n += 3
            tick()
    return found


# --- H08: a flood --------------------------------------------------------------------------------------------------


async def flooded(ground: Ground, signals: int, tick: Tick = no_tick) -> Found:
    """Hundreds of signals to one lead at once: all counted, and the approval among them is the one that counts."""
    found = Found(n=signals)
    async with at_work(ground):
        handle = await accept(ground, found, named(ground, "flood"))
        status = await in_state(handle, State.IN_REVIEW)
        began = time.monotonic()
        await asyncio.gather(*(handle.signal("review", {"number": number}) for number in range(signals)))
        took = time.monotonic() - began

        async def counted() -> bool:
            now = await status_of(handle)
            return len(now.refused) + now.refused_more == signals

        try:
            await until(counted, seconds=PATIENCE)
        except TimeoutError:
            found.problems.append(f"not all of {signals} signals were counted")
        await tell(handle, approval(status, decision_id="flood"), "update")
        found.expect((await outcome_of(handle)).state is State.SENT, "the lead was not sent after the flood")
        length = len((await handle.fetch_history()).events)
        found.notes.append(f"{signals} signals in {took:.1f} s, {length} events")
        tick()
    return found


# --- H09: past every tool of ours ----------------------------------------------------------------------------------

ACTS = ("terminate", "cancel", "reset")
HELD_STATES = (State.WORKING, State.IN_REVIEW, State.CHANGES_REQUESTED, State.DELIVERING, State.DELIVERY_UNKNOWN)
_LOCALS = {State.CHANGES_REQUESTED: "changes"}


async def ended_by_hand(ground: Ground, rounds: int, tick: Tick = no_tick) -> Found:
    """Terminated, cancelled and reset in each state: no mail after an end, and never a second one."""
    found = Found()
    for number in range(rounds):
        async with at_work(ground) as (provider, outbox):
            cases = [
                (act, state, await _held_in(ground, state, f"{act}-{state}-{number}"))
                for state in HELD_STATES
                for act in ACTS
            ]
            for act, _, handle in cases:
                found.accepted.append(Accepted(handle.id, healthy=False, by_hand=True))
                await _act(ground, handle, act)
            provider.held_back.set()
            outbox.go_on.set()
            for act, state, handle in cases:
                await _end_of(ground, found, act, state, handle)
                tick()
    return found


async def _held_in(ground: Ground, state: State, name: str) -> Handle:
    """A lead that stays in ``state``."""
    local = _LOCALS.get(state, state.value)
    handle = await accept(ground, Found(), named(ground, name, f"{local}.{name}"))
    if state is State.CHANGES_REQUESTED:
        await _changes(handle)
    elif state in (State.DELIVERING, State.DELIVERY_UNKNOWN):
        await approve(handle, "update")
    await in_state(handle, state)
    return handle


async def _act(ground: Ground, handle: Handle, act: str) -> None:
    if act == "reset":
        await _reset(ground, handle)
    else:
        await getattr(handle, act)()


async def _reset(ground: Ground, handle: Handle) -> None:
    """To a workflow task that the seed chooses; what came after it is applied again."""
    ended = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    events = [event.event_id for event in (await handle.fetch_history()).events if event.event_type == ended]
    request = ResetWorkflowExecutionRequest(
        namespace=ground.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=(await handle.describe()).run_id),
        reason="a fault test",
        workflow_task_finish_event_id=ground.rng.choice(events),
        request_id=f"reset-{handle.id}",
        reset_reapply_type=ResetReapplyType.RESET_REAPPLY_TYPE_ALL_ELIGIBLE,
    )
    await ground.client.workflow_service.reset_workflow_execution(request)


async def _end_of(ground: Ground, found: Found, act: str, state: State, handle: Handle) -> None:
    """A person approves or settles whatever comes, until it has ended; then it must be the end that the act allows."""
    what = f"{handle.id} ({act} while {state.value})"

    async def ended() -> bool:
        if not await is_open(handle):
            return True
        status = await status_of(handle)
        if status.state is State.IN_REVIEW:
            blocking = (await brief_of(handle)).blocking
            await _try(handle, approval(status, overrides={one.id: "looked at it again" for one in blocking}))
        elif status.state is State.DELIVERY_UNKNOWN:
            await _try(handle, {"decision": "settle", "reviewer": "ben", "outcome": "drop", "note": "gave it up"})
        return False

    try:
        await until(ended, seconds=PATIENCE)
    except TimeoutError:
        found.problems.append(f"{what} never ends")
        return
    status = (await handle.describe()).status
    mails = len(list(ground.outbox.glob(f"delivery-{handle.id.removeprefix('lead-')}-*.eml")))
    found.n += 1
    found.expect(mails <= 1, f"{what} has {mails} mails")
    if act == "terminate":
        found.expect(status is not None and status.name == "TERMINATED", f"{what} is {status}")
        found.expect(mails == 0, f"{what} sent all the same")
        return
    outcome = Outcome.model_validate(await handle.result())
    allowed = {State.CANCELLED} if act == "cancel" else {State.SENT}
    if state is State.DELIVERY_UNKNOWN:
        allowed |= {State.CLOSED_WITHOUT_REPLY}
    found.expect(outcome.state in allowed, f"{what} ended {outcome.state.value}")


async def _try(handle: Handle, decision: dict[str, Any]) -> None:
    try:
        await handle.execute_update("decide", decision, rpc_timeout=timedelta(seconds=5))
    except (WorkflowUpdateFailedError, RPCError):
        return
    except WorkflowUpdateRPCTimeoutOrCancelledError:
        go_on_unless_cancelled()


# --- H11: deadline and approval in the same second -----------------------------------------------------------------


async def approved_at_the_deadline(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """Within a few hundredths of a second of the deadline: sent or expired, never both, and never unsaid."""
    found = Found()
    second = timedelta(seconds=1)
    short = a_playbook(review=ReviewPolicy(remind_after=second, due_after=second, expire_after=2 * second))
    seeds = [ground.rng.randrange(2**32) for _ in range(leads)]
    ends: dict[State, int] = {}

    async def one(number: int) -> None:
        rng = random.Random(seeds[number])
        handle = await accept(ground, found, named(ground, f"deadline-{number}"), playbook=short, healthy=False)
        status = await in_state(handle, State.IN_REVIEW)
        assert status.expires is not None
        left = (status.expires - datetime.now(UTC)).total_seconds()
        await asyncio.sleep(max(0.0, left + rng.uniform(-0.1, 0.4)))
        door = door_of(rng)
        told = await tell(handle, approval(status, decision_id=handle.id), door)
        end = await _settled(handle)
        found.n += 1
        ends[end] = ends.get(end, 0) + 1
        found.expect(end in (State.SENT, State.EXPIRED), f"{handle.id} ended {end.value}")
        if door == "update":
            found.expect((told == "accepted") == (end is State.SENT), f"{handle.id} was told {told} and is {end.value}")
        tick()

    async with at_work(ground):
        await gather_limited(AT_ONCE, [lambda number=number: one(number) for number in range(leads)])
    found.notes.append(", ".join(f"{count} {state.value}" for state, count in sorted(ends.items())))
    return found


async def _settled(handle: Handle) -> State:
    """The end of a lead; one that expired may stay open for a while."""

    async def there() -> State | None:
        if not await is_open(handle):
            return Outcome.model_validate(await handle.result()).state
        status = await status_of(handle)
        return status.state if status.state is State.EXPIRED else None

    found = await until(there, seconds=PATIENCE)
    assert isinstance(found, State)
    return found


# --- H13: again and again ------------------------------------------------------------------------------------------


async def changed_again_and_again(ground: Ground, rounds: int, tick: Tick = no_tick) -> Found:
    """Changes are asked for as often as the playbook allows: a version each, a small history, and once more is refused."""
    found = Found()
    bounded = a_playbook(review=ReviewPolicy(max_changes=rounds))
    async with at_work(ground):
        handle = await accept(ground, found, named(ground, "rounds"), playbook=bounded)
        for number in range(1, rounds + 1):
            await in_state(handle, State.IN_REVIEW, version=number)
            changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "shorter"}
            await tell(handle, changes | {"decision_id": f"round-{number}"}, DOORS[number % 2])
            found.n += 1
            tick()
        await in_state(handle, State.IN_REVIEW, version=rounds + 1)
        why = await tell(handle, changes | {"decision_id": "one-too-many"}, "update")
        found.expect(why == "too_many_changes", f"one round more was {why}")
        await approve(handle, "update")
        outcome = await outcome_of(handle)
        found.expect((outcome.state, outcome.version) == (State.SENT, rounds + 1), f"it ended {outcome}")
        info = (await handle.describe()).raw_description.workflow_execution_info
        found.expect(info.history_length <= 2000, f"{info.history_length} events")
        found.notes.append(f"{info.history_length} events, {info.history_size_bytes // 1000} kB after {rounds} rounds")
    return found


# --- H14: poison ---------------------------------------------------------------------------------------------------


async def poisoned(ground: Ground, leads: int, tick: Tick = no_tick) -> Found:
    """A lead that breaks its provider each time goes to a person; the time of the others is only reported."""
    found = Found()
    async with at_work(ground):
        clean = await _batch(ground, found, leads, "clean", tick)
        bad = await accept(ground, found, named(ground, "bad", "poison"), healthy=False)
        dirty = await _batch(ground, found, leads, "dirty", tick)
        status = await in_state(bad, State.IN_REVIEW)
        brief = await brief_of(bad)
        attempts = [result.gap.tries for result in brief.results if result.gap]
        found.expect(len(attempts) == len(brief.results), "the poison lead lacks a gap")
        found.expect(max(attempts, default=0) <= 5, f"the poison lead was tried {attempts} times")
        await tell(bad, _REJECT | {"version": status.version, "decision_id": "bad"}, "update")
        found.expect((await outcome_of(bad)).state is State.REJECTED, "the poison lead did not end rejected")
    found.n += 1
    found.notes.append(
        f"{leads} leads took {clean:.1f} s without, {dirty:.1f} s beside the poison ({dirty / clean - 1:+.0%})"
    )
    return found


async def _batch(ground: Ground, found: Found, leads: int, name: str, tick: Tick) -> float:
    began = time.monotonic()

    async def one(number: int) -> None:
        handle = await accept(ground, found, named(ground, f"{name}-{number}"))
        await approve(handle, "signal")
        await outcome_of(handle)
        found.n += 1
        tick()

    await gather_limited(AT_ONCE, [lambda number=number: one(number) for number in range(leads)])
    return time.monotonic() - began
