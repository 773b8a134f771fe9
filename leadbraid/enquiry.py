"""What an enquiry must be to become a lead: checked here, at the edge, once."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints

from leadbraid.models.lead import MESSAGE_LIMIT, Lead
from leadbraid.written import plain_text


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise ValueError(f"is not an e-mail address we can answer: {error}".rstrip(".")) from None


def _one_line(value: str) -> str:
    value = value.strip()
    for position, char in enumerate(value):
        if unicodedata.category(char) in ("Cc", "Zl", "Zp"):
            raise ValueError(f"has the control character U+{ord(char):04X} at position {position}; send one plain line")
    return value


def _many_lines(value: str) -> str:
    value = plain_text(value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for position, char in enumerate(value):
        if unicodedata.category(char) == "Cc" and char not in "\n\t":
            raise ValueError(f"has the control character U+{ord(char):04X} at position {position}; send plain text")
    if not value:
        raise ValueError("is empty; a lead needs the words the person wrote")
    return value


Plain = Annotated[str, StringConstraints(max_length=300), AfterValidator(_one_line)]


class Enquiry(Lead):
    """A lead as it may come in: every field checked, blanks at the ends, line ends and HTML made plain."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_email)]
    message: Annotated[str, StringConstraints(max_length=MESSAGE_LIMIT), AfterValidator(_many_lines)]
    name: Plain = ""
    company: Plain = ""
    job_title: Plain = ""
    phone: Plain = ""
    website: Plain = ""
    country: Annotated[str, StringConstraints(pattern=r"^([A-Za-z]{2})?$", to_upper=True)] = ""
    product: Plain = ""
    source: Plain = "form"
    event_id: Plain = ""

    def lead(self) -> Lead:
        """The lead it becomes."""
        return Lead.model_validate(self.model_dump())
