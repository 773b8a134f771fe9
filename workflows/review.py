"""The review's state: one queue for both doors, which decisions count, and why the others do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from leadbraid.models import (
        Brief,
        Decided,
        Decision,
        DecisionKind,
        DecisionVerdict,
        Lead,
        Plan,
        Refusal,
        Reply,
        State,
        Step,
    )
    from leadbraid.models.visible import one_line

from workflows.policies import REFUSALS_KEPT

Door = Literal["signal review", "update decide"]
OPEN: dict[State, frozenset[DecisionKind]] = {
    State.IN_REVIEW: frozenset((DecisionKind.APPROVE, DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT)),
    State.DELIVERY_UNKNOWN: frozenset((DecisionKind.SETTLE,)),
}
"""Which decisions a lead takes in which state; in every other state it takes none."""


class Refused(Exception):  # noqa: N818 - an answer, not a bug
    """A decision that does not count. ``code`` names the rule."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Entry:
    """One decision in the queue; ``verdict`` is set once it has been taken or refused."""

    decision: Decision
    door: Door
    verdict: DecisionVerdict | None = None


def read_decision(args: Sequence[Any]) -> Decision:
    """Read what came through a door.

    Raises:
        Refused: It is not one well-formed decision; says what is wrong.
    """
    if len(args) != 1:
        raise Refused("malformed", f"A decision is one JSON object; {len(args)} inputs came.")
    if not isinstance(args[0], dict):
        raise Refused("malformed", f"A decision is a JSON object, not {type(args[0]).__name__}.")
    try:
        return Decision.model_validate(args[0], extra="forbid")
    except ValidationError as error:
        raise Refused("malformed", _first_error(error)) from None


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    return one_line(f"{where}: {what}" if where else what, 400)


class Review:
    """What has been decided and refused so far, and what still waits in the queue."""

    def __init__(self) -> None:
        self._queue: list[Entry] = []
        self._known: dict[str, Entry] = {}
        self.decided: list[Decided] = []
        self.refused: list[Refusal] = []
        self.refused_more = 0

    def receive(self, decision: Decision, door: Door, *, state: State, made: int) -> Entry:
        """Put a decision into the queue; a repeated ``decision_id`` gives the entry it had before.

        Raises:
            Refused: The lead takes no such decision in this state, or the id stands for another decision.
        """
        if known := self._known.get(decision.decision_id):
            if known.decision != decision:
                raise Refused("decision_id_reused", f"The decision_id {decision.decision_id} was another decision.")
            return known
        if decision.decision not in OPEN.get(state, frozenset()):
            raise Refused("wrong_state", self._why_not(decision, state, made))
        entry = Entry(decision, door)
        self._queue.append(entry)
        if decision.decision_id:
            self._known[decision.decision_id] = entry
        return entry

    def _why_not(self, decision: Decision, state: State, made: int) -> str:
        kind = decision.decision.value.replace("_", " ")
        match state:
            case State.WORKING | State.CHANGES_REQUESTED:
                return f"Too early to {kind}: version {made + 1} of the brief is still being made."
            case State.IN_REVIEW:
                return f"There is nothing to {kind}: the lead is in review, and no delivery is unknown."
            case State.DELIVERY_UNKNOWN:
                return f"Too late to {kind}: the reply may be out already. Settle the delivery instead."
            case _:
                return f"Too late to {kind}: {self.last_word(state)}"

    def last_word(self, state: State) -> str:
        """Who closed the matter, for those who come later."""
        if not self.decided:
            return f"the lead is {state.value.replace('_', ' ')}."
        last = self.decided[-1]
        what = last.decision.value.replace("_", " ")
        return f"{last.claimed_by} decided {what} on version {last.version} at {last.at:%Y-%m-%d %H:%M} UTC."

    @property
    def waiting(self) -> bool:
        """Whether a decision waits to be taken."""
        return bool(self._queue)

    def take(self) -> Entry:
        """The decision that came first."""
        return self._queue.pop(0)

    def refuse_those_too_late(self, state: State, made: int, now: datetime) -> None:
        """Answer the decisions that wait in the queue and that ``state`` does not take."""
        waiting, self._queue = self._queue, []
        for entry in waiting:
            if entry.decision.decision in OPEN.get(state, frozenset()):
                self._queue.append(entry)
            else:
                why = Refused("wrong_state", self._why_not(entry.decision, state, made))
                self.refuse(entry, why, state=state, version=made, now=now)

    def accept(self, entry: Entry, brief: Brief, *, state: State, reply: str, now: datetime) -> None:
        """The decision counts: keep it, and tell whoever waits."""
        decision = entry.decision
        self.decided.append(
            Decided(
                at=now,
                door=entry.door,
                decision=decision.decision,
                claimed_by=decision.reviewer,
                version=brief.version,
                reply=reply,
                note=decision.note,
                overrides=decision.overrides,
            )
        )
        entry.verdict = DecisionVerdict(accepted=True, state=state, version=brief.version, reply=reply)

    def refuse(self, entry: Entry, why: Refused, *, state: State, version: int, now: datetime) -> None:
        """The decision does not count: keep why, and tell whoever waits."""
        self.note_refusal(why, entry.door, now, entry.decision)
        entry.verdict = DecisionVerdict(
            accepted=False, state=state, version=version, code=why.code, message=str(why)[:900]
        )

    def note_refusal(self, why: Refused, door: str, now: datetime, decision: Decision | None = None) -> None:
        """Keep a refusal where `status` shows it; beyond the first fifty only count it."""
        if len(self.refused) >= REFUSALS_KEPT:
            self.refused_more += 1
            return
        self.refused.append(
            Refusal(
                at=now,
                door=one_line(door, 100),
                code=why.code,
                message=str(why)[:900],
                decision=decision.decision.value if decision else "",
                reviewer=decision.reviewer if decision else "",
            )
        )


# --- which approvals count -----------------------------------------------------------------------------------------


def approved_step(decision: Decision, brief: Brief) -> Step:
    """The next step that an approval approves."""
    return decision.next_step or brief.next_step.step


def approved_reply(decision: Decision, brief: Brief, lead: Lead) -> Reply | None:
    """The reply that an approval approves: as it stands, or in the reviewer's words. The recipient is the lead's."""
    if decision.edited:
        return Reply(recipient=lead.email, subject=decision.edited.subject, body=decision.edited.body)
    return brief.reply


def check_version(decision: Decision, brief: Brief) -> None:
    """A decision is bound to what was seen.

    Raises:
        Refused: It names another version than the current one.
    """
    if decision.version is not None and decision.version != brief.version:
        raise Refused(
            "stale_version", f"It was made on version {decision.version}; version {brief.version} is current."
        )


def check_rerun(decision: Decision, brief: Brief, plan: Plan) -> None:
    """Whether the named streams can run again.

    Raises:
        Refused: The plan leaves one out, or the lead must never be written to.
    """
    if brief.screen and brief.screen.final:
        raise Refused("never_contact", f"No work is done on this lead: {brief.screen.reason}")
    left_out = [stream.value for stream in decision.streams if stream not in plan.streams]
    if left_out:
        raise Refused("not_planned", f"The plan {plan.name} leaves {', '.join(left_out)} out.")


def check_approval(decision: Decision, brief: Brief, lead: Lead) -> None:
    """Whether an approval counts on this brief, before any edit is looked at.

    Raises:
        Refused: With the rule that it breaks.
    """
    check_version(decision, brief)
    if brief.error:
        raise Refused("brief_incomplete", f"The brief could not be made ({brief.error}). Request changes to try again.")
    if brief.screen and brief.screen.final and approved_step(decision, brief) is not Step.DO_NOT_CONTACT:
        raise Refused("never_contact", f"Nothing may be sent to this person: {brief.screen.reason}")
    if approved_step(decision, brief) in brief.steps_that_send:
        _check_reply(decision, brief, lead)
    else:
        _check_nothing_to_send(decision, brief)
    _check_overrides(decision, brief)
    if not decision.edited:
        check_blocking(decision, brief)


def _check_reply(decision: Decision, brief: Brief, lead: Lead) -> None:
    reply = approved_reply(decision, brief, lead)
    if reply is None:
        raise Refused("no_reply", "There is no reply to send: give an edited one, or have drafting run again.")
    if not decision.reply:
        raise Refused("reply_missing", "An approval that sends must carry `reply`, the digest of what was seen.")
    if decision.reply != reply.digest:
        raise Refused("stale_reply", f"The digest is not that of the reply ({reply.digest}); look at it again.")


def _check_nothing_to_send(decision: Decision, brief: Brief) -> None:
    """A step that sends nothing needs no digest; but one that is given must be of what was shown."""
    if decision.edited:
        raise Refused("nothing_to_send", "This next step sends no reply; leave the edit out or choose another step.")
    if decision.reply and decision.reply != (brief.reply.digest if brief.reply else ""):
        raise Refused("stale_reply", "The digest is not that of the reply in this version; look at it again.")


def _check_overrides(decision: Decision, brief: Brief) -> None:
    known = {conflict.id for conflict in brief.open_conflicts}
    for one in sorted(decision.overrides):
        if one not in known:
            raise Refused("unknown_conflict", f"Version {brief.version} has no open conflict {one} to override.")


def check_blocking(decision: Decision, brief: Brief) -> None:
    """Whether every blocking conflict is resolved or overridden.

    Raises:
        Refused: Names those that are not.
    """
    left = [conflict for conflict in brief.blocking if conflict.id not in decision.overrides]
    if left:
        named = "; ".join(f"{conflict.id}: {conflict.message}" for conflict in left)
        first = f"Version {brief.version} has blocking conflicts to resolve or override with a reason"
        raise Refused("open_conflicts", one_line(f"{first}: {named}", 900))
