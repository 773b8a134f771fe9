"""A decision's signature, and what checking it found."""

from __future__ import annotations

from typing import Any

from leadbraid.models.base import Line, Model, Sentence


class VerifyTask(Model):
    """Input of the activity `verify_decision`: the decision exactly as it was sent."""

    lead_id: Line
    decision: dict[str, Any]


class Checked(Model):
    """Whose key signed, and whether the signature holds today."""

    valid: bool
    reviewer: Line = ""
    key: Line = ""
    roles: tuple[Line, ...] = ()
    reason: Sentence = ""
