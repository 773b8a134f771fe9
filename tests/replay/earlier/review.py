"""The review's state: one queue for both doors, which decisions count, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from leadbraid.models import (
        Brief,
        Carried,
        Checked,
        Decided,
        Decision,
        DecisionKind,
        DecisionVerdict,
        Known,
        Lead,
        Plan,
        Refusal,
        Reply,
        State,
        Step,
    )
    from leadbraid.models.base import model_digest
    from leadbraid.models.visible import one_line

from workflows.policies import DECISIONS_KEPT, DECISIONS_LETTERS, KNOWN_KEPT, REFUSALS_KEPT
from workflows.refused import Refused
from workflows.verdicts import Verdicts

Door = Literal["signal review", "update decide"]
ALWAYS = frozenset((DecisionKind.ASSIGN, DecisionKind.NOTE))
OTHERWISE = frozenset((DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT, DecisionKind.SNOOZE))
OPEN: dict[State, frozenset[DecisionKind]] = {
    State.IN_REVIEW: ALWAYS | OTHERWISE | {DecisionKind.APPROVE},
    State.SNOOZED: ALWAYS | OTHERWISE | {DecisionKind.APPROVE},
    State.HELD: ALWAYS | OTHERWISE | {DecisionKind.TAKE_BACK},
    State.EXPIRED: ALWAYS | {DecisionKind.REOPEN},
    State.DELIVERY_UNKNOWN: ALWAYS | {DecisionKind.SETTLE},
}
"""Which decisions a lead takes in which state; in every other state it takes none."""


@dataclass
class Entry:
    """One decision in the queue. ``raw`` is what came, which a signature is over; ``signed``: what a check of it found.

    ``signal`` is the number of the signal that brought it, 0 for an update. ``verdict`` is set once the decision has
    been taken or refused.
    """

    decision: Decision
    door: Door
    raw: Mapping[str, Any]
    signal: int = 0
    signed: Checked | None = None
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
    _check_size(args[0])
    try:
        decision = Decision.model_validate(args[0], extra="forbid")
    except ValidationError as error:
        raise Refused("malformed", _first_error(error)) from None
    _check_filled_in(decision)
    return decision


FIELDS_AT_MOST, ENTRIES_AT_MOST = 40, 100


def _check_size(raw: dict[Any, Any]) -> None:
    """A look at each of a million entries would take longer than a workflow may be busy."""
    inner = [value for value in raw.values() if isinstance(value, dict | list)]
    if len(raw) > FIELDS_AT_MOST or any(len(value) > ENTRIES_AT_MOST for value in inner):
        raise Refused("malformed", f"A decision has at most {FIELDS_AT_MOST} fields of {ENTRIES_AT_MOST} entries.")


PLACEHOLDERS = frozenset(("YOUR-NAME", "WHAT TO CHANGE", "HOW YOU KNOW", "REASON"))
"""What the command on the lead's page has where a person must write."""


def _check_filled_in(decision: Decision) -> None:
    left = PLACEHOLDERS.intersection((decision.reviewer, decision.note, *decision.overrides.values()))
    if left:
        raise Refused("malformed", f"Replace {sorted(left)[0]} by your own words.")


def _first_error(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    what = first["msg"].removeprefix("Value error, ")
    return one_line(f"{where}: {what}" if where else what, 400)


def _digest(decision: Decision) -> str:
    """Of what was decided: sent again, to a later run say, it has another time and another signature."""
    return model_digest(decision.model_copy(update={"signature": "", "at": None}))


PASSING = frozenset(("unsigned", "bad_signature", "not_verified", "playbook_unreadable", "new_words", "cancelled"))
"""Refusals that say nothing of the decision itself: the same one may count when it is sent again."""


def _letters(decided: Decided) -> int:
    return len(decided.note) + sum(len(name) + len(why) for name, why in decided.overrides.items())


class Review:
    """What has been decided and refused so far, and what still waits in the queue."""

    def __init__(self, carried: Carried | None = None) -> None:
        self._queue: list[Entry] = []
        self._known: dict[str, Entry] = {}
        self._earlier = {one.decision_id: one for one in carried.known} if carried else {}
        self.signals = Verdicts()
        self.decided: list[Decided] = list(carried.decided) if carried else []
        self.decided_more = carried.decided_more if carried else 0
        self.refused: list[Refusal] = list(carried.refused) if carried else []
        self.refused_more = carried.refused_more if carried else 0

    def carry(self) -> dict[str, Any]:
        """The part of `Carried` that the review knows. The queue is empty then."""
        here = [
            Known(decision_id=name, digest=_digest(entry.decision), verdict=entry.verdict)
            for name, entry in self._known.items()
            if entry.verdict
        ]
        return {
            "decided": tuple(self.decided),
            "decided_more": self.decided_more,
            "refused": tuple(self.refused),
            "refused_more": self.refused_more,
            "known": tuple([*self._earlier.values(), *here][-KNOWN_KEPT:]),
        }

    def receive(
        self, args: Sequence[Any], door: Door, *, state: State, made: int, over: bool, signal: int = 0
    ) -> Entry:
        """Put a decision into the queue; a repeated ``decision_id`` gives the entry it had before.

        Raises:
            Refused: It is no decision, the lead takes no such decision now, or the id stands for another decision.
        """
        decision = read_decision(args)
        try:
            if known := self._entry_of(decision, door):
                return known
            if over:
                raise Refused("wrong_state", f"Too late to {decision.decision.label}: the lead has ended.")
            self.check_open(decision, state, made)
        except Refused as why:
            why.decision = decision
            raise
        entry = Entry(decision, door, args[0], signal)
        self._queue.append(entry)
        if decision.decision_id:
            self._known[decision.decision_id] = entry
        return entry

    def _entry_of(self, decision: Decision, door: Door) -> Entry | None:
        """The entry that this ``decision_id`` had before, in this run or an earlier one."""
        name = decision.decision_id
        known, earlier = self._known.get(name), self._earlier.get(name)
        if known is None and earlier is None:
            return None
        if _digest(decision) != (_digest(known.decision) if known else earlier.digest if earlier else ""):
            raise Refused("decision_id_reused", f"The decision_id {name} was another decision.")
        return known or Entry(decision, door, {}, verdict=earlier.verdict if earlier else None)

    def check_open(self, decision: Decision, state: State, made: int) -> None:
        """Whether a lead in ``state`` takes such a decision.

        Raises:
            Refused: It does not; says what came before, or what to do first.
        """
        if decision.decision not in OPEN.get(state, frozenset()):
            raise Refused("wrong_state", self._why_not(decision, state, made))

    def _why_not(self, decision: Decision, state: State, made: int) -> str:
        kind = decision.decision.value.replace("_", " ")
        match state:
            case State.WORKING | State.CHANGES_REQUESTED:
                return f"Too early to {kind}: version {made + 1} of the brief is still being made."
            case State.IN_REVIEW | State.SNOOZED:
                return f"There is nothing to {kind}: the lead is {state.label}."
            case State.HELD:
                return f"Too late to {kind}: {self.last_word(state)} It can still be taken back."
            case State.EXPIRED:
                return f"Too late to {kind}: nobody decided in time. Reopen the lead first."
            case State.DELIVERY_UNKNOWN:
                return f"Too late to {kind}: the reply may be out already. Settle the delivery instead."
            case _:
                return f"Too late to {kind}: {self.last_word(state)}"

    def last_word(self, state: State) -> str:
        """Who closed the matter, for those who come later."""
        last = next((one for one in reversed(self.decided) if one.decision not in ALWAYS), None)
        if last is None:
            return f"the lead is {state.label}."
        what = f"{last.decision.label} version {last.version}"
        return f"{last.claimed_by} decided to {what} at {last.at:%Y-%m-%d %H:%M} UTC."

    @property
    def waiting(self) -> bool:
        """Whether a decision waits to be taken."""
        return bool(self._queue)

    def take(self) -> Entry:
        """The decision that came first."""
        return self._queue.pop(0)

    def refuse_those_too_late(self, state: State, made: int, now: datetime, *, over: bool) -> None:
        """Answer the decisions in the queue that ``state`` does not take; a lead that is over takes none."""
        waiting, self._queue = self._queue, []
        for entry in waiting:
            if not over and entry.decision.decision in OPEN.get(state, frozenset()):
                self._queue.append(entry)
            else:
                why = Refused("wrong_state", self._why_not(entry.decision, state, made))
                self.refuse(entry, why, state=state, version=made, now=now)

    def accept(
        self,
        entry: Entry,
        verdict: DecisionVerdict,
        now: datetime,
        *,
        flagged: bool = False,
        playbooks: tuple[str, ...] = (),
    ) -> None:
        """The decision counts: keep it, and tell whoever waits."""
        decision, signed = entry.decision, entry.signed
        self.decided.append(
            Decided(
                at=now,
                door=entry.door,
                decision=decision.decision,
                claimed_by=decision.reviewer,
                by=signed.reviewer if signed else "",
                key=signed.key if signed else "",
                role=decision.role,
                version=verdict.version,
                reply=verdict.reply,
                next_step=decision.next_step,
                streams=decision.streams,
                note=decision.note,
                reason=decision.reason,
                outcome=decision.outcome,
                overrides=decision.overrides,
                assignee=decision.assignee,
                until=decision.until,
                flagged=flagged,
                playbooks=playbooks,
            )
        )
        while len(self.decided) > DECISIONS_KEPT or sum(map(_letters, self.decided)) > DECISIONS_LETTERS:
            del self.decided[0]
            self.decided_more += 1
        self._answer(entry, verdict)

    def refuse(self, entry: Entry, why: Refused, *, state: State, version: int, now: datetime) -> None:
        """The decision does not count: keep why, and tell whoever waits."""
        why.decision = entry.decision
        self.note_refusal(why, entry.door, now)
        if why.code in PASSING:
            self._known.pop(entry.decision.decision_id, None)
        self._answer(entry, refusal(why, state, version))

    def _answer(self, entry: Entry, verdict: DecisionVerdict) -> None:
        entry.verdict = verdict
        if entry.signal:
            self.signals.tell(entry.signal, verdict)

    def note_refusal(self, why: Refused, door: str, now: datetime) -> None:
        """Keep a refusal where `status` shows it; the newest fifty, the others are counted."""
        decision = why.decision
        if len(self.refused) >= REFUSALS_KEPT:
            del self.refused[0]
            self.refused_more += 1
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


def refusal(why: Refused, state: State, version: int) -> DecisionVerdict:
    """The answer to a decision that does not count."""
    return DecisionVerdict(accepted=False, state=state, version=version, code=why.code, message=str(why)[:900])


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


def check_snooze(decision: Decision, now: datetime, longest: timedelta) -> None:
    """Whether a lead can sleep until then.

    Raises:
        Refused: The time has passed, or is further away than the playbook lets a lead sleep.
    """
    assert decision.until is not None
    if decision.until <= now:
        raise Refused("bad_time", f"{decision.until:%Y-%m-%d %H:%M %Z} has passed; name a time to come.")
    if decision.until > now + longest:
        raise Refused("bad_time", f"A lead may be snoozed for at most {longest.days} days.")


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
        raise Refused("no_reply", "There is no reply to send: write one (`edited`), or have drafting run again.")
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
