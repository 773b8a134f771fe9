"""Making a decision out of what a person typed: one sentence where it is not complete, never a stack trace."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

from pydantic import ValidationError

from leadbraid.cli.console import UsageError
from leadbraid.models import Decision
from leadbraid.models.visible import one_line


def checked(values: dict[str, Any]) -> Decision:
    """The decision.

    Raises:
        UsageError: It is not a complete decision; says which part and why.
    """
    try:
        return Decision.model_validate(values, extra="forbid")
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        text = f"{name}: {message}" if name else f"{message[:1].upper()}{message[1:]}"
        raise UsageError(f"{one_line(text, 400)}.") from None


_SPAN = re.compile(r"\+?(\d{1,4})\s*([dhm])")
MORNING = time(9)


def moment(text: str, now: datetime) -> datetime:
    """When ``text`` is: an ISO time or day (09:00 then), in this machine's zone unless it names one, or a span.

    Raises:
        UsageError: It is neither.
    """
    if span := _SPAN.fullmatch(text.strip().lower()):
        unit = {"d": "days", "h": "hours", "m": "minutes"}[span[2]]
        return now + timedelta(**{unit: int(span[1])})
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--until {one_line(text, 40)!r} is no time; write 2026-12-01T09:00, 3d or 4h.") from None
    if len(text) == len("2026-12-01"):
        found = datetime.combine(found.date(), MORNING, found.tzinfo)
    return found if found.tzinfo else found.astimezone()
