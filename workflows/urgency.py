"""Which calls go first where more wait than a provider takes: Temporal's priority of an activity, 1 before 5."""

from __future__ import annotations

from datetime import datetime, timedelta

from temporalio.common import Priority

NEAR = timedelta(hours=1)

FIRST = Priority(priority_key=1)
WAITED_FOR = Priority(priority_key=2)
USUAL = Priority(priority_key=3)


def urgency(now: datetime, due: datetime | None, *, person_waits: bool) -> Priority:
    """First what is due within an hour or overdue, then what a person has just asked for, then the rest."""
    if due is not None and due - now <= NEAR:
        return FIRST
    return WAITED_FOR if person_waits else USUAL
