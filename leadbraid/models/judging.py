"""The judge's word: where a model sees that two outputs do not go together."""

from __future__ import annotations

from pydantic import Field

from leadbraid.models.base import Model, Quote, Sentence, Severity
from leadbraid.models.outputs import Gap, Made


class Disagreement(Model):
    """Two outputs that do not go together. The source of either quote is a stream's name."""

    left: Quote
    right: Quote
    severity: Severity
    why: Sentence


class Judgement(Model):
    """What the activity `judge` returns. ``dropped``: how many it named whose words stand in no output."""

    found: tuple[Disagreement, ...] = Field(default=(), max_length=5)
    dropped: int = Field(default=0, ge=0)
    made: Made


class Judged(Model):
    """What came of judging: its work, or a gap. ``version`` is the brief version it was made for.

    With a gap, ``work`` is what an earlier judgement saw: a judge that fails settles nothing.
    """

    version: int = Field(ge=1)
    work: Judgement | None = None
    gap: Gap | None = None
