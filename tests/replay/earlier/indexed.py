"""What a lead shows to Temporal's list: state, due time, risk, score, conflicts. Never anything personal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeUpdate

from leadbraid.engine.attributes import LEAD_ASSIGNEE, LEAD_CONFLICTS, LEAD_DUE, LEAD_RISK, LEAD_SCORE, LEAD_STATE
from leadbraid.models import Brief, State

Updates = list[SearchAttributeUpdate[Any]]


def of_state(state: State) -> Updates:
    """The state alone; the rest stays as it was."""
    return [LEAD_STATE.value_set(state.value)]


def of_assignee(assignee: str) -> Updates:
    """Whose the lead is, as a staff handle."""
    return [LEAD_ASSIGNEE.value_set(assignee)]


def of_snooze(until: datetime) -> Updates:
    """A snoozed lead is due when it wakes."""
    return [*of_state(State.SNOOZED), LEAD_DUE.value_set(until)]


def of_review(brief: Brief, due: datetime, assignee: str) -> Updates:
    """All that a queue filters and sorts by."""
    flags = brief.risks.flags if brief.risks else ()
    worst = max((flag.severity for flag in flags), key=lambda severity: severity.rank, default=None)
    score = brief.qualification.score if brief.qualification else None
    return [
        *of_state(State.IN_REVIEW),
        LEAD_DUE.value_set(due),
        LEAD_RISK.value_set(worst.value if worst else "none"),
        LEAD_SCORE.value_set(score) if score is not None else LEAD_SCORE.value_unset(),
        LEAD_CONFLICTS.value_set(len(brief.open_conflicts)),
        *(of_assignee(assignee) if assignee else []),
    ]
