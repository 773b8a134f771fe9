"""One approved reply on its way out, at most once."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from leadbraid.models.base import Line, Model, Sentence
from leadbraid.models.brief import Reply
from leadbraid.models.review import SettleOutcome


class Order(Model):
    """Input of the workflow `Delivery`: send this reply for this lead."""

    lead_id: Line
    delivery_id: Line
    sender: Line
    reply: Reply
    approved_by: Line
    approved_at: datetime

    @property
    def message_id(self) -> str:
        """Message-ID (RFC 5322, 3.6.4): from the delivery's id, so that the recipient's side can prove it too."""
        return f"<{self.delivery_id}@{self.sender.rpartition('@')[2]}>"


class Fate(StrEnum):
    """What is known of one attempt, or of a delivery."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    REFUSED = "refused"
    STOPPED = "stopped"
    UNKNOWN = "unknown"
    DROPPED = "dropped"


class Transmission(Model):
    """Input of `transmit`: one attempt. ``first_run_id`` lets the attempt see that `Delivery` itself was reset."""

    order: Order
    attempt: int
    first_run_id: Line


class Transmitted(Model):
    """What one attempt, or a search for its message, found out. ``place`` is where the message went."""

    fate: Fate
    note: Sentence = ""
    place: Line = ""


class Settle(Model):
    """Signal `settle` to a delivery whose outcome is unknown: a person's word."""

    outcome: SettleOutcome
    by: Line
    note: Sentence = ""


class DeliveryResult(Model):
    """How a delivery ended; the workflow's result. ``reply`` is the digest of what was to be sent.

    ``unsure``: an attempt whose outcome nobody knew came before, so that it may have arrived whatever the fate is.
    """

    delivery_id: Line
    fate: Fate
    reply: str
    message_id: Line = ""
    attempts: int = 0
    note: Sentence = ""
    place: Line = ""
    unsure: bool = False


class DeliveryNews(Model):
    """Signal `delivery` from a delivery to its lead: its outcome is unknown, a person is needed."""

    delivery_id: Line
    note: Sentence
