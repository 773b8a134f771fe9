"""A lead: one inbound enquiry. All of its text is a stranger's."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field, StringConstraints

from leadbraid.models.base import Line, Model, canonical_json

MESSAGE_LIMIT = 20_000
"""Characters of a lead's message. Far above any real enquiry, far below Temporal's 2 MB for one payload."""


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"not an e-mail address we can answer: {error}") from None


def _one_line(value: str) -> str:
    value = value.strip()
    for position, char in enumerate(value):
        if unicodedata.category(char) in ("Cc", "Zl", "Zp"):
            raise ValueError(f"has the control character U+{ord(char):04X} at position {position}; send one plain line")
    return value


def _many_lines(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    for position, char in enumerate(value):
        if unicodedata.category(char) == "Cc" and char not in "\n\t":
            raise ValueError(f"has the control character U+{ord(char):04X} at position {position}; send plain text")
    if not value:
        raise ValueError("is empty; a lead needs the words the person wrote")
    return value


Plain = Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
Message = Annotated[str, StringConstraints(max_length=MESSAGE_LIMIT), AfterValidator(_many_lines)]


class Lead(Model):
    """One inbound enquiry: who wrote, from where, what they said."""

    email: Email = Field(description="Address of the person; the only address a reply can go to.")
    message: Message = Field(description="What the person wrote.")
    name: Plain = Field(default="", description="The person's name.")
    company: Plain = Field(default="", description="The person's company, as they wrote it.")
    job_title: Plain = Field(default="", description="The person's role.")
    phone: Plain = Field(default="", description="Telephone number.")
    website: Plain = Field(default="", description="The company's website.")
    country: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2})?$", to_upper=True)] = Field(
        default="", description="Country as two letters (ISO 3166-1 alpha-2)."
    )
    employees: int | None = Field(default=None, ge=0, le=10_000_000, description="Number of employees, as stated.")
    product: Plain = Field(default="", description="The product asked about, where the form has such a field.")
    source: Plain = Field(default="form", description="Where the lead came in, e.g. form, fair, import.")
    event_id: Plain = Field(default="", description="The source's own id of the event; makes a retry harmless.")
    received_at: datetime | None = Field(default=None, description="When the source received it (ISO 8601).")

    def words(self) -> dict[str, str]:
        """The lead's own words by source name, ``lead:<field>``: all a quote may be taken from."""
        fields = ("message", "company", "job_title", "name", "website", "country", "product")
        found = {f"lead:{field}": getattr(self, field) for field in fields if getattr(self, field)}
        return found | ({"lead:employees": str(self.employees)} if self.employees is not None else {})


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
