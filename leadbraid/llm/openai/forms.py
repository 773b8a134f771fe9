"""The forms of the answers: what a model is made to answer in. Nothing optional and nothing beyond.

Strict structured outputs allow no defaults and no limits on texts, so limits are checked when the answer is here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from leadbraid.models import Answer, CommitmentKind, Stream, Tone


class Wire(BaseModel):
    """One answer, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WireQuote(Wire):
    """Words copied from one section."""

    source: str
    text: str


class WireCriterion(Wire):
    """One criterion, weighed."""

    criterion: str
    answer: Answer
    reason: str
    quote: WireQuote | None


class QualificationAnswer(Wire):
    """Answer of `qualification`. Score and verdict are not the model's."""

    criteria: list[WireCriterion]


class WireFact(Wire):
    """One clause, and what carries it."""

    kind: str
    text: str
    quote: WireQuote


class ResearchAnswer(Wire):
    """Answer of `research`. Strength and evidence are not the model's."""

    company: str
    person: str
    summary: str
    facts: list[WireFact]
    not_found: list[str]


class WireSlot(Wire):
    """A place for a company fact."""

    marker: Literal["{{fact1}}", "{{fact2}}"]
    sentence: str
    wants: list[str]


class WireCommitment(Wire):
    """A sentence that binds us."""

    kind: CommitmentKind
    text: str


class WireSource(Wire):
    """A factual sentence, and what carries it."""

    sentence: str
    quote: WireQuote


class DraftingAnswer(Wire):
    """Answer of `drafting`. The recipient is not the model's."""

    subject: str
    body: str
    language: str
    tone: Tone
    slots: list[WireSlot]
    commitments: list[WireCommitment]
    sources: list[WireSource]
    not_followed: list[str]


class WireFlag(Wire):
    """A rule of the playbook, and what gives cause for it."""

    rule: str
    quote: WireQuote


class FitRiskAnswer(Wire):
    """Answer of `fit_risk`. Severity, text and whether it excludes are the playbook's."""

    flags: list[WireFlag]
    orders: list[WireQuote]


class Kind(StrEnum):
    """How two outputs disagree."""

    CONTRADICTION = "contradiction"
    TENSION = "tension"


class WireDisagreement(Wire):
    """Two outputs that do not go together. How much that stops us is not the model's."""

    kind: Kind
    left: Stream
    left_quote: str
    right: Stream
    right_quote: str
    why: str


class JudgeAnswer(Wire):
    """Answer of `judge`."""

    disagreements: list[WireDisagreement]


AnswerT = TypeVar("AnswerT", bound=Wire)
