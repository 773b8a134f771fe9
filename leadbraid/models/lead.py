"""A lead: one inbound enquiry. All of its text is a stranger's."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from leadbraid.models.base import Line, Model, canonical_json

MESSAGE_LIMIT = 20_000
"""Characters of a lead's message. Far above any real enquiry, far below Temporal's 2 MB for one payload."""


class Lead(Model):
    """One inbound enquiry: who wrote, from where, what they said.

    Read from a history, it is taken as it is: what a lead must be to come in is `leadbraid/enquiry.py`'s, so that a
    stricter rule or a newer library never makes a running lead unreadable.
    """

    email: Line = Field(description="Address of the person; the only address a reply can go to.")
    message: Annotated[str, StringConstraints(max_length=MESSAGE_LIMIT)] = Field(description="What the person wrote.")
    name: Line = Field(default="", description="The person's name.")
    company: Line = Field(default="", description="The person's company, as they wrote it.")
    job_title: Line = Field(default="", description="The person's role.")
    phone: Line = Field(default="", description="Telephone number.")
    website: Line = Field(default="", description="The company's website.")
    country: Line = Field(default="", description="Country as two letters (ISO 3166-1 alpha-2).")
    employees: int | None = Field(default=None, ge=0, le=10_000_000, description="Number of employees, as stated.")
    product: Line = Field(default="", description="The product asked about, where the form has such a field.")
    source: Line = Field(default="form", description="Where the lead came in, e.g. form, fair, import.")
    event_id: Line = Field(default="", description="The source's own id of the event; makes a retry harmless.")
    received_at: datetime | None = Field(default=None, description="When the source received it (ISO 8601).")

    def words(self) -> dict[str, str]:
        """The lead's own words by source name, ``lead:<field>``: all a quote may be taken from."""
        fields = ("message", "company", "job_title", "name", "website", "country", "product")
        found = {f"lead:{field}": getattr(self, field) for field in fields if getattr(self, field)}
        return found | ({"lead:employees": str(self.employees)} if self.employees is not None else {})


_WROTE_AGAIN = re.compile(r"\n\n\[\d{4}-\d\d-\d\d \d\d:\d\d UTC\]\n")
STAMP = len("\n\n[2026-01-31 09:00 UTC]\n")
"""Characters that each later message adds to its own."""


def with_words(message: str, at: datetime, more: str) -> str:
    """``message``, and below it what the same person wrote ``at`` a later time (UTC)."""
    return f"{message}\n\n[{at:%Y-%m-%d %H:%M} UTC]\n{more}"


def messages_of(message: str) -> tuple[str, ...]:
    """The messages that ``message`` was put together of, the first one first."""
    return tuple(_WROTE_AGAIN.split(message))


def lead_key(lead: Lead) -> bytes:
    """What makes two enquiries the same: the source's event id, else who wrote what where.

    Canonical JSON, so that no choice of values can make two different leads look alike.
    """
    if lead.event_id:
        return canonical_json(["event", lead.source, lead.event_id])
    return canonical_json(["words", lead.email.casefold(), lead.source, lead.message])


def lead_id(lead: Lead, n: int = 0) -> str:
    """The workflow id: ``lead-`` and the first 16 hex digits of SHA-256 over ``key|n``. Tells nothing of the person."""
    return "lead-" + hashlib.sha256(lead_key(lead) + f"|{n}".encode()).hexdigest()[:16]


class Screened(Model):
    """Why a lead needs no stream. ``final`` ones can never be written to, whoever asks."""

    code: Line
    reason: Line
    final: bool = False
