"""The audit record: the account of one lead, in one document. ``docs/auditing.md`` describes every part.

A reader may rely on names and meanings within one ``schema``; new fields may be added to it. Times are the server's.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from leadbraid.models import Assigned, Checked, Conflict, Lead, NewWords, Outcome, Reply, State, Stream
from leadbraid.models.base import Model, canonical_json

SCHEMA = "leadbraid-audit-record/1"


class Place(Model):
    """Where in the histories a fact is recorded: an event of one run."""

    run_id: str
    event_id: int
    at: datetime


class RunRecord(Model):
    """One run of the lead or of one of its deliveries. ``head`` is the last link of the chain over its ``events``.

    ``closed`` is *completed*, *terminated*, *cancelled*, *failed*, *timed out*, *continued as new*, or *open*.
    """

    workflow_id: str
    run_id: str
    type: str
    started: datetime
    ended: datetime | None = None
    closed: str
    reason: str = ""
    continued_from: str = ""
    reset_from: str = ""
    reset_at: int = Field(default=0, description="So many first events were copied from the run it was reset from.")
    head: str
    events: tuple[str, ...] = Field(description="SHA-256 of each event's canonical JSON, in order.")


class Worker(Model):
    """A program that worked on the lead. ``build`` is its build id, ``deployment`` empty where none is used."""

    identity: str
    build: str = ""
    deployment: str = ""
    sdk: str = ""
    first: datetime
    last: datetime


class Failure(Model):
    """Why an attempt failed, as recorded."""

    type: str = ""
    message: str


class CallEnd(StrEnum):
    """How an activity ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    OPEN = "open"


class Call(Model):
    """One activity, its retries included. Temporal keeps the number of attempts and the last failures, not each one.

    ``started`` is that of the last attempt. ``version`` is the brief version it was made for, 0 where it is for none.
    """

    place: Place
    name: str
    activity_id: str
    summary: str = ""
    local: bool = False
    stream: Stream | None = None
    version: int = 0
    scheduled: datetime
    started: datetime | None = None
    ended: datetime | None = None
    end: CallEnd
    attempts: int
    failures: tuple[Failure, ...] = ()
    worker: str = ""
    input: str = Field(default="", description="SHA-256 of the input's bytes.")
    output: str = Field(default="", description="SHA-256 of the result's bytes.")
    provider: str = ""
    model: str = ""
    prompt: str = Field(default="", description="Digest of the prompt, where there is one.")
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    calls: int = Field(default=0, description="Calls of a model, those of earlier attempts too.")
    cost: str | None = Field(default=None, description="By the operator's price table; None where unknown.")
    currency: str = ""
    uncounted: int = Field(default=0, description="Calls whose tokens are not known.")
    unpriced: int = Field(default=0, description="Calls whose cost is not known.")
    instead_of: str = Field(default="", description="Why the fall-back answered, where it did.")


class VersionRecord(Model):
    """One version of the brief, exactly as `assemble` returned it. ``taken``: it became the current one."""

    place: Place
    version: int
    how: str
    taken: bool
    digest: str = Field(description="SHA-256 over the brief's canonical JSON, as `status` shows it.")
    reply: str = Field(default="", description="Digest of its reply, where it has one.")
    brief: dict[str, Any]


class Override(Model):
    """An open conflict that an approval overrode."""

    conflict: str
    reason: str
    was: Conflict | None = None


class DecisionRecord(Model):
    """One decision, counted or not. ``by`` is who a checked signature proves; ``claimed_by`` who it says it is from.

    ``accepted`` is None where nothing was recorded: the lead ended before it was looked at, it was sent again, or more
    than fifty were refused. ``seen`` is the brief version it names, else the one that was current.
    """

    place: Place
    door: str
    identity: str = Field(default="", description="The Temporal client that sent it, as it names itself.")
    update_id: str = ""
    kind: str
    by: str = ""
    claimed_by: str = ""
    role: str = ""
    key: str = ""
    checked: Checked | None = None
    sent: Any = Field(default=None, description="What came, as it came.")
    seen: int = 0
    seen_digest: str = ""
    current: int = Field(default=0, description="The version that was current.")
    accepted: bool | None = None
    counted_on: int = Field(default=0, description="The version that it counted on; after an edit the edited one.")
    code: str = ""
    message: str = ""
    state: State | None = None
    approved: Reply | None = Field(default=None, description="The exact reply that it approves.")
    approved_digest: str = ""
    held_until: datetime | None = None
    overrides: tuple[Override, ...] = ()
    again: bool = Field(default=False, description="The same decision id came before; it counts once.")
    reapplied: bool = Field(default=False, description="Temporal repeated it after a reset; nobody sent it anew.")


class Review(Model):
    """A review that was opened, with the times and the people that were recorded then."""

    place: Place
    remind_at: datetime
    due_at: datetime
    expire_at: datetime
    assignee: str = ""
    approvals_needed: int = 1
    others: tuple[str, ...] = ()


class StateRecord(Model):
    """The lead came into a state."""

    place: Place
    state: State


class Occurrence(Model):
    """Something that time or Temporal did: an alarm that rang, a cancellation asked for."""

    place: Place
    what: str


class PlaybookRecord(Model):
    """The playbook that the lead was worked by from a time on."""

    place: Place
    digest: str
    name: str
    plan: str


class WordsRecord(Model):
    """What the same person wrote while the lead was open, and whether the lead took it in."""

    place: Place
    words: NewWords
    taken: bool | None = None
    sender: str = Field(
        default="", description="The workflow that sent it, else the Temporal client, as it names itself."
    )
    genuine: bool = Field(default=True, description="It came from the workflow of the enquiry that it names.")


class Attempt(Model):
    """One attempt to send. ``committed``: when the delivery allowed it to hand the message over, if it did."""

    number: int
    scheduled: datetime
    started: datetime | None = None
    ended: datetime | None = None
    end: CallEnd
    worker: str = ""
    committed: datetime | None = None
    fate: str = ""
    note: str = ""
    place: str = Field(default="", description="Where the message went, as the transport tells.")
    uncertain: bool = Field(
        default=False, description="It may have handed the message over; nothing certain came of it."
    )


class Settled(Model):
    """What a person said of an unknown outcome."""

    place: Place
    outcome: str
    by: str
    note: str = ""
    identity: str = Field(default="", description="The Temporal client that sent it, as it names itself.")
    counted: bool = Field(default=True, description="The delivery was waiting for it; anything else it ignores.")


class DeliveryRecord(Model):
    """One delivery: one approved reply, at most once. ``attempts`` need the delivery's own history."""

    delivery_id: str
    place: Place
    reply: Reply
    digest: str
    message_id: str
    sender: str
    approved_by: str
    approved_at: datetime
    attempts: tuple[Attempt, ...] = ()
    looked: tuple[str, ...] = Field(default=(), description="What a search for the message found.")
    settled: tuple[Settled, ...] = ()
    stop_asked: bool = False
    fate: str = ""
    note: str = ""
    sent_at: datetime | None = None
    went_to: str = Field(default="", description="Where the message went, as the transport tells.")
    may_have_left: bool = Field(
        default=False, description="An attempt may have handed the message over, and nothing certain is recorded of it."
    )
    is_open: bool = False
    approvals: tuple[int, ...] = Field(
        default=(), description="Numbers (from 1) of the decisions that stood approved when it began."
    )
    was_approved: bool | None = Field(
        default=None,
        description="A counted approval names this very digest; None where no approval is in the histories.",
    )


class AuditRecord(Model):
    """The account of one lead.

    ``state`` is its state; ``ended`` how its workflow ended in Temporal. ``notes`` say what the account lacks.
    """

    format: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    made_by: str
    lead_id: str
    state: State
    ended: str
    reason: str = ""
    outcome: Outcome | None = None
    started: datetime
    closed: datetime | None = None
    lead: Lead
    mail_from: str
    earlier: str = ""
    playbooks: tuple[PlaybookRecord, ...]
    words: tuple[WordsRecord, ...] = ()
    versions: tuple[VersionRecord, ...] = ()
    reviews: tuple[Review, ...] = ()
    decisions: tuple[DecisionRecord, ...] = ()
    untold: int = Field(default=0, description="Decisions of which no verdict is recorded.")
    approvals: tuple[int, ...] = Field(
        default=(), description="Numbers (from 1) of the decisions that stand approved at the end."
    )
    assigned: tuple[Assigned, ...] = ()
    deliveries: tuple[DeliveryRecord, ...] = ()
    states: tuple[StateRecord, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    calls: tuple[Call, ...] = ()
    workers: tuple[Worker, ...] = ()
    runs: tuple[RunRecord, ...]
    notes: tuple[str, ...] = ()

    def to_json(self) -> bytes:
        """The canonical record: sorted keys, no spaces, UTF-8, one line feed at the end."""
        return canonical_json(self.model_dump(mode="json", by_alias=True)) + b"\n"
