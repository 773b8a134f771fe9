"""Signatures of decisions: what the activity `verify_decision` is given, and what it answers."""

from __future__ import annotations

from typing import Any

from leadbraid.models.base import Line, Model, Sentence


class VerifyTask(Model):
    """For `verify_decision`: the decision exactly as it was sent, before any model read it.

    The run is not in it: the activity takes its own workflow's, so that nobody can name another.
    """

    lead_id: Line
    decision: dict[str, Any]


class Checked(Model):
    """What a signature proves. Only a valid one names anybody: ``reviewer`` and ``roles`` are empty otherwise.

    ``key`` is the key's id as the decision names it; ``reason`` says in one sentence why it is not valid.
    """

    valid: bool
    reviewer: Line = ""
    key: Line = ""
    roles: tuple[Line, ...] = ()
    reason: Sentence = ""
