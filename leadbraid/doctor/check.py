"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leadbraid.errors import LeadbraidError
from leadbraid.models.visible import one_line


class Health(StrEnum):
    """``wrong``: leads suffer now, or will. ``warning``: worth a look; nothing has to be done."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Check:
    """What was looked at, how it is, and what to do; one line each."""

    what: str
    health: Health
    text: str
    remedy: str = ""


def ok(what: str, text: str) -> Check:
    """Nothing to do."""
    return Check(what, Health.OK, _flat(text))


def warning(what: str, text: str, remedy: str) -> Check:
    """Worth a look."""
    return Check(what, Health.WARNING, _flat(text), _flat(remedy))


def wrong(what: str, text: str, remedy: str) -> Check:
    """Must be put right."""
    return Check(what, Health.WRONG, _flat(text), _flat(remedy))


def from_error(what: str, error: LeadbraidError) -> Check:
    """An error of ours: its sentence says what to do already."""
    return Check(what, Health.WRONG, _flat(str(error)))


def _flat(text: str) -> str:
    return one_line(text, 500)
