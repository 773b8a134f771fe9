"""A notice to staff: a lead needs a person. Ids and our own words only, never a lead's."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from leadbraid.models.base import Line, Model, Sentence

LeadId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,79}$")]
"""A workflow id of ours. It becomes a file's name and a part of a Message-ID, so nothing else may be in it."""


class NoticeKind(StrEnum):
    """Why a person is told."""

    WAITING = "waiting"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    DELIVERY_UNKNOWN = "delivery_unknown"

    @property
    def label(self) -> str:
        """As a title."""
        return _LABELS[self]


_LABELS = {
    NoticeKind.WAITING: "A lead waits for a decision",
    NoticeKind.DUE_SOON: "A decision is due soon",
    NoticeKind.OVERDUE: "A decision is overdue",
    NoticeKind.DELIVERY_UNKNOWN: "Nobody knows whether a reply left",
}


class NoticeTask(Model):
    """Input of the activity `notify` and of the workflow `Notice`.

    Attributes:
        lead_id: The lead that needs a person.
        kind: Why.
        n: Counts the notices of one kind: each number is told at most once.
        assignee: A staff handle; empty where nobody is assigned.
        ask: What to do, in one sentence of ours.
        due: When it must be done.
    """

    lead_id: LeadId
    kind: NoticeKind
    n: int = Field(ge=0)
    assignee: Line = ""
    ask: Line
    due: datetime | None = None

    @property
    def notice_id(self) -> str:
        """The id of the workflow, of the webhook's message and of the e-mail: the same for each try."""
        return f"notice-{self.lead_id.removeprefix('lead-')}-{self.kind.value}-{self.n}"


class NoticeChannel(StrEnum):
    """A way to tell a person."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class NoticeFate(StrEnum):
    """What became of a notice on one channel. ``off``: nobody to tell there."""

    SENT = "sent"
    OFF = "off"
    FAILED = "failed"


class Told(Model):
    """What one channel did. ``note`` is where it went, or why it gave up; never an address or a secret."""

    channel: NoticeChannel
    fate: NoticeFate
    note: Sentence = ""
    attempts: int = 0


class NoticeResult(Model):
    """What happened on each channel; the workflow's result."""

    told: tuple[Told, ...] = ()

    @property
    def gave_up(self) -> tuple[Told, ...]:
        """The channels that failed for good."""
        return tuple(one for one in self.told if one.fate is NoticeFate.FAILED)
