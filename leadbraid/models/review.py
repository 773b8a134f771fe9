"""The review: decisions, what became of them, and how a lead ends."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from leadbraid.models.base import Body, Line, Model, Sentence
from leadbraid.models.brief import Reply
from leadbraid.models.outputs import Stream
from leadbraid.models.playbook import Step, Unsigned
from leadbraid.models.spent import Spent


class State(StrEnum):
    """Where a lead is. The last six are ends; an expired lead can still be reopened for a while."""

    WORKING = "working"
    IN_REVIEW = "in_review"
    SNOOZED = "snoozed"
    CHANGES_REQUESTED = "changes_requested"
    HELD = "held"
    DELIVERING = "delivering"
    DELIVERY_UNKNOWN = "delivery_unknown"
    SENT = "sent"
    REJECTED = "rejected"
    CLOSED_WITHOUT_REPLY = "closed_without_reply"
    EXPIRED = "expired"
    ATTACHED = "attached"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")


class DecisionKind(StrEnum):
    """What a person can decide."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    ASSIGN = "assign"
    SNOOZE = "snooze"
    TAKE_BACK = "take_back"
    REOPEN = "reopen"
    NOTE = "note"
    SETTLE = "settle"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ")


class RejectReason(StrEnum):
    """Why a lead is not followed up."""

    NOT_A_FIT = "not_a_fit"
    SPAM = "spam"
    DUPLICATE = "duplicate"
    HANDLED_ELSEWHERE = "handled_elsewhere"
    WRONG_PERSON = "wrong_person"
    OTHER = "other"


class SettleOutcome(StrEnum):
    """What a person found out about a delivery whose outcome is unknown."""

    ARRIVED = "arrived"
    SEND_AGAIN = "send_again"
    DROP = "drop"


def _clean(allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        for char in value:
            if unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") and char not in allowed:
                raise ValueError(f"has the control character U+{ord(char):04X}")
        return value

    return AfterValidator(check)


OneLine = Annotated[str, StringConstraints(max_length=300), _clean("")]
Note = Annotated[str, StringConstraints(max_length=1_000), _clean("\n\t")]


class Edit(Model):
    """A reviewer's own words for the reply. The recipient cannot be edited."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=300), _clean("")]
    body: Annotated[Body, StringConstraints(min_length=1), _clean("\n\t")]

    @field_validator("subject", "body")
    @classmethod
    def _has_words(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("has no words")
        return value


class Decision(Model):
    """One decision of one person, as it comes through either door. Which fields a kind needs is checked here."""

    decision: DecisionKind
    reviewer: Annotated[OneLine, StringConstraints(min_length=1)] = Field(description="Who decides (a staff handle).")
    version: int | None = Field(default=None, ge=1, description="The brief version that was seen.")
    reply: Annotated[str, StringConstraints(pattern=r"^(sha256:[0-9a-f]{64})?$")] = Field(
        default="", description="Digest of recipient, subject and body as seen; of the edited bytes where edited."
    )
    next_step: Step | None = Field(default=None, description="Another next step than recommended; needs a note.")
    edited: Edit | None = Field(default=None, description="The reply in the reviewer's words.")
    streams: Annotated[tuple[Stream, ...], Field(max_length=4)] = Field(default=(), description="What to run again.")
    note: Note = Field(default="", description="What to change, or why.")
    reason: RejectReason | None = Field(default=None, description="Why the lead is rejected.")
    overrides: Annotated[dict[OneLine, Note], Field(max_length=60)] = Field(
        default_factory=dict, description="Conflict id -> why it may stand (10 letters or more)."
    )
    outcome: SettleOutcome | None = Field(default=None, description="What became of an unknown delivery.")
    keep_dependents: bool = Field(default=False, description="Do not rerun what waits for the named streams.")
    refresh_playbook: bool = Field(default=False, description="Go on by the playbook that new leads are worked by.")
    until: datetime | None = Field(default=None, description="When a snoozed lead comes back.")
    assignee: Annotated[str, StringConstraints(pattern=r"^([a-z0-9][a-z0-9._-]{0,59})?$")] = Field(
        default="", description="Whose the lead is from now on (a staff handle)."
    )
    decision_id: OneLine = Field(default="", description="Makes sending it again harmless.")
    role: OneLine = Field(default="", description="The role the reviewer claims.")
    at: datetime | None = Field(default=None, description="When the reviewer decided, by their own clock.")
    key: OneLine = Field(default="", description="Id of the key that signed.")
    signature: OneLine = Field(default="", description="Ed25519, base64.")

    @model_validator(mode="after")
    def _complete(self) -> Decision:
        if not self.reviewer.strip():
            raise ValueError("reviewer: name the person who decides")
        strange = [name for name, kind in _BELONGS.items() if getattr(self, name) and self.decision is not kind]
        if strange:
            raise ValueError(f"{strange[0]} belongs to {_BELONGS[strange[0]].label}, not to {self.decision.label}")
        missing = [name for name, there in self._needed() if not there]
        if missing:
            raise ValueError(f"{self.decision} needs {' and '.join(missing)}")
        if self.next_step and not self.note.strip():
            raise ValueError("another next step needs a note that says why")
        for conflict, why in self.overrides.items():
            if sum(char.isalpha() for char in why) < OVERRIDE_LETTERS:
                raise ValueError(f"the override of {conflict} needs a reason of at least {OVERRIDE_LETTERS} letters")
        return self

    def _needed(self) -> list[tuple[str, bool]]:
        match self.decision:
            case DecisionKind.APPROVE:
                return [("version", self.version is not None)]
            case DecisionKind.REQUEST_CHANGES:
                return [("streams", bool(self.streams)), ("note", bool(self.note.strip()))]
            case DecisionKind.REJECT:
                return [("reason", self.reason is not None)]
            case DecisionKind.SETTLE:
                return [("outcome", self.outcome is not None), ("note", bool(self.note.strip()))]
            case DecisionKind.ASSIGN:
                return [("assignee", bool(self.assignee))]
            case DecisionKind.SNOOZE:
                return [("until, an ISO time with its zone", bool(self.until and self.until.tzinfo))]
            case DecisionKind.NOTE:
                return [("note", bool(self.note.strip()))]
            case DecisionKind.TAKE_BACK | DecisionKind.REOPEN:
                return []


OVERRIDE_LETTERS = 10
_BELONGS = {
    "overrides": DecisionKind.APPROVE,
    "edited": DecisionKind.APPROVE,
    "next_step": DecisionKind.APPROVE,
    "streams": DecisionKind.REQUEST_CHANGES,
    "refresh_playbook": DecisionKind.REQUEST_CHANGES,
    "reason": DecisionKind.REJECT,
    "outcome": DecisionKind.SETTLE,
    "assignee": DecisionKind.ASSIGN,
    "until": DecisionKind.SNOOZE,
}


class Verdict(Model):
    """What became of a decision: the answer of the update `decide`."""

    accepted: bool
    state: State
    version: int
    reply: str = ""
    held_until: datetime | None = None
    code: Line = Field(default="", description="The rule that refused it, e.g. `stale_version`.")
    message: Sentence = ""


class SignalVerdict(Model):
    """What became of one signal of a run; ``n`` counts, from 1, those that the SDK could read."""

    n: int
    verdict: Verdict


class Refusal(Model):
    """A decision that did not count: why, when, through which door, and what it said it was."""

    at: datetime
    door: Line
    code: Line
    message: Sentence
    decision: Line = ""
    reviewer: Line = ""


class Decided(Model):
    """A decision that counted. ``claimed_by`` is who it says it is from; ``by`` only who a checked signature proves."""

    at: datetime
    door: Line
    decision: DecisionKind
    claimed_by: Line
    by: Line = ""
    key: Line = ""
    role: Line = ""
    version: int
    reply: str = ""
    next_step: Step | None = None
    streams: tuple[Stream, ...] = ()
    note: Note = ""
    reason: RejectReason | None = None
    outcome: SettleOutcome | None = None
    overrides: dict[str, str] = Field(default_factory=dict)
    assignee: Line = ""
    until: datetime | None = None
    flagged: bool = Field(default=False, description="It has no signature, and the playbook wants that to be seen.")
    playbooks: tuple[Line, ...] = Field(default=(), description="Digests before and after, where it was refreshed.")

    @property
    def who(self) -> str:
        """*ana* where a signature proves it, else *claimed by ana*."""
        return self.by or f"claimed by {self.claimed_by}"


class Approved(Model):
    """What people approve, frozen: the step, and the reply where it sends. It is never made again."""

    version: int
    step: Step
    sends: bool
    reply: Reply | None = None

    @property
    def digest(self) -> str:
        """Of the reply that is sent; empty where none is."""
        return self.reply.digest if self.sends and self.reply else ""


class Assigned(Model):
    """Whose the lead became, and why: a rule, a person, or since nobody had decided in time."""

    at: datetime
    to: Line
    why: Line


class Status(Model):
    """The small answer to *where is this lead?* ``refused_more``: refusals beyond the fifty kept in detail.

    ``out_of_date``: streams whose output does not know the person's newest words. ``others``: other open leads of the
    same person. ``earlier``: the closed lead that this one repeats.
    """

    lead_id: Line
    state: State
    version: int
    reply: str = ""
    brief: str = ""
    due: datetime | None = None
    expires: datetime | None = None
    reminded: datetime | None = None
    held_until: datetime | None = None
    snoozed_until: datetime | None = None
    reopen_until: datetime | None = None
    assignee: str = ""
    assigned: tuple[Assigned, ...] = ()
    approved_by: tuple[Line, ...] = ()
    approvals_needed: int = 1
    unsigned: Unsigned = Unsigned.COUNT
    open_conflicts: int = 0
    decided: tuple[Decided, ...] = ()
    decided_more: int = 0
    refused: tuple[Refusal, ...] = ()
    refused_more: int = 0
    out_of_date: tuple[Stream, ...] = ()
    attached: tuple[Line, ...] = ()
    others: tuple[Line, ...] = ()
    earlier: Line = ""
    delivery: Line = ""
    delivery_note: Sentence = ""
    playbook: Line = ""
    plan: Line = ""
    spent: Spent = Spent()
    run: int = Field(default=1, description="How many runs the lead's workflow has had; long reviews take several.")


class Outcome(Model):
    """How a lead ended; the workflow's result. ``decided_by`` names all who approved where several had to."""

    state: State
    reason: Sentence = ""
    version: int = 0
    reply: str = ""
    next_step: Step | None = None
    decided_by: Line = ""
    delivery_id: Line = ""
    message_id: Line = ""
    attached_to: Line = ""
