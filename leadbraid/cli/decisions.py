"""Making a decision out of what a person typed: one sentence where it is not complete, never a stack trace."""

from __future__ import annotations

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
