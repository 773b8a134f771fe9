"""The four streams' outputs: one question, one owner, one typed answer each. No field has two owners."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import Field, StringConstraints

from leadbraid.models.base import Body, Line, Model, Quote, Sentence, Severity, Tone


class Stream(StrEnum):
    """A narrow piece of work with one owner. The order is that of the sequential plan."""

    QUALIFICATION = "qualification"
    RESEARCH = "research"
    DRAFTING = "drafting"
    FIT_RISK = "fit_risk"

    @property
    def label(self) -> str:
        """As people read it."""
        return "Fit & risk" if self is Stream.FIT_RISK else self.value.capitalize()


# --- qualification -----------------------------------------------------------------------------------------------


class Verdict(StrEnum):
    """The qualification judgment. ``unclear``: what is unknown could still turn it."""

    QUALIFIED = "qualified"
    UNCLEAR = "unclear"
    NOT_QUALIFIED = "not_qualified"


class Answer(StrEnum):
    """What can be said of one ideal-customer criterion."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


class CriterionResult(Model):
    """One ideal-customer criterion, weighed."""

    criterion: Line
    answer: Answer
    reason: Line
    quote: Quote | None = None


class Qualification(Model):
    """Stream `qualification`: the ideal-customer criteria, one by one, and the score they give.

    ``score`` is 0 to 100: the weight of the criteria met, of all weight.
    """

    stream: Literal[Stream.QUALIFICATION] = Stream.QUALIFICATION
    verdict: Verdict
    score: int = Field(ge=0, le=100)
    criteria: tuple[CriterionResult, ...] = Field(max_length=30)


# --- research ----------------------------------------------------------------------------------------------------


class Evidence(StrEnum):
    """How much a company note rests on. ``solid`` needs something that the lead did not write."""

    THIN = "thin"
    SOME = "some"
    SOLID = "solid"

    @property
    def rank(self) -> int:
        """0, 1 or 2; higher carries more."""
        return list(Evidence).index(self)


class Fact(Model):
    """One clause about the company or the person, with the words it was taken from. ``kind`` says what it is about."""

    id: Line
    kind: Line
    text: Line
    quote: Quote
    strength: int = Field(default=1, ge=1, le=3, description="1 the lead says so, 2 our notes, 3 our account record.")


INTERNAL_KINDS = frozenset(("status", "contact", "note"))
"""Kinds of fact that are for us: they may decide, but no letter tells them."""


class CompanyNote(Model):
    """Stream `research`: what is known about the company, and where each fact comes from."""

    stream: Literal[Stream.RESEARCH] = Stream.RESEARCH
    company: Line = Field(default="", description="The company's name as the best source has it; empty if unknown.")
    person: Line = Field(default="", description="The person's name as the best source has it; empty if unknown.")
    summary: Sentence = Field(description="At most 80 words.")
    facts: tuple[Fact, ...] = Field(max_length=7)
    evidence: Evidence
    not_found: tuple[Line, ...] = Field(default=(), max_length=10)


# --- drafting ----------------------------------------------------------------------------------------------------


class CommitmentKind(StrEnum):
    """What a sentence can bind us to."""

    PRICE = "price"
    DATE = "date"
    DISCOUNT = "discount"
    FEATURE = "feature"
    GUARANTEE = "guarantee"


class Commitment(Model):
    """A sentence of the draft that binds us."""

    kind: CommitmentKind
    text: Sentence


class SentenceSource(Model):
    """Where a factual sentence of the draft comes from."""

    sentence: Sentence
    source: Quote


class Slot(Model):
    """A place in the draft for a company fact that the draft did not wait for.

    ``marker`` stands in ``sentence``, and ``sentence`` stands in the draft's body; the merge point puts the strongest
    fact of the first kind in ``wants`` there (of any kind where ``wants`` is empty), or drops the sentence.
    """

    marker: Annotated[str, StringConstraints(pattern=r"^\{\{fact[1-2]\}\}$")]
    sentence: Sentence
    wants: tuple[Line, ...] = Field(default=(), max_length=10)


class Draft(Model):
    """Stream `drafting`: a first reply of at most 150 words, from the lead's words and the playbook."""

    stream: Literal[Stream.DRAFTING] = Stream.DRAFTING
    subject: Line
    body: Body
    language: Line = Field(description="Two letters (ISO 639-1), or `unknown`.")
    tone: Tone
    slots: tuple[Slot, ...] = Field(default=(), max_length=2)
    commitments: tuple[Commitment, ...] = Field(default=(), max_length=20)
    sources: tuple[SentenceSource, ...] = Field(default=(), max_length=30)
    not_followed: tuple[Sentence, ...] = Field(
        default=(), max_length=5, description="Words of a reviewer that this provider could not act on."
    )


# --- fit & risk --------------------------------------------------------------------------------------------------


class Flag(Model):
    """Something that should stop or slow us. ``excludes``: the playbook forbids selling here."""

    code: Line
    severity: Severity
    text: Line
    quote: Quote
    excludes: bool = False


class RiskReport(Model):
    """Stream `fit_risk`: exclusions, escalations and risk flags, the worst first."""

    stream: Literal[Stream.FIT_RISK] = Stream.FIT_RISK
    flags: tuple[Flag, ...] = Field(max_length=7)
    more: int = Field(default=0, ge=0, description="Flags found beyond the seven shown.")
    orders: tuple[Quote, ...] = Field(
        default=(), max_length=5, description="Words of strangers that a model reads as orders to their reader."
    )


# --- what came of a stream ---------------------------------------------------------------------------------------

Output = Annotated[Qualification | CompanyNote | Draft | RiskReport, Field(discriminator="stream")]


Number = TypeVar("Number", int, Decimal)


def _sum(one: Number | None, other: Number | None) -> Number | None:
    """Both together; one of them where the other is not known."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


class Made(Model):
    """How an output was made.

    Calls, tokens and cost are those of all attempts together, as far as they are known: ``uncounted`` calls are those
    whose tokens the server did not tell, ``unpriced`` ones those whose cost the operator's price table does not give.
    ``tokens_cached`` are part of ``tokens_in``; ``cost`` is in ``currency``.
    """

    provider: Line
    model: Line = Field(default="", description="As the server reported it; empty where no model was asked.")
    prompt: Line = Field(default="", description="Digest of the prompt, where there is one.")
    attempt: int = Field(default=1, ge=1)
    calls: int = Field(default=0, ge=0, description="Calls of a model.")
    seconds: float = Field(default=0.0, ge=0)
    tokens_in: int | None = Field(default=None, ge=0)
    tokens_out: int | None = Field(default=None, ge=0)
    tokens_cached: int | None = Field(default=None, ge=0)
    uncounted: int = Field(default=0, ge=0)
    cost: Decimal | None = Field(default=None, ge=0)
    currency: Line = ""
    unpriced: int = Field(default=0, ge=0)
    instead_of: Sentence = Field(default="", description="Why the fall-back answered, where it did.")

    def plus(self, later: Made) -> Made:
        """``later``, with what this earlier attempt used. A cost in another currency than the first is not known."""
        foreign = later.cost is not None and self.cost is not None and self.currency != later.currency
        return later.model_copy(
            update={
                "calls": self.calls + later.calls,
                "tokens_in": _sum(self.tokens_in, later.tokens_in),
                "tokens_out": _sum(self.tokens_out, later.tokens_out),
                "tokens_cached": _sum(self.tokens_cached, later.tokens_cached),
                "uncounted": self.uncounted + later.uncounted,
                "cost": self.cost if foreign else _sum(self.cost, later.cost),
                "currency": self.currency or later.currency,
                "unpriced": self.unpriced + later.unpriced + (later.calls if foreign else 0),
            }
        )


class StreamWork(Model):
    """What a stream's activity returns."""

    output: Output
    made: Made


class Gap(Model):
    """Why an output is missing."""

    reason: Sentence
    tries: int = Field(default=0, ge=0, description="0 where it is not known.")


class StreamResult(Model):
    """What came of a planned stream: its work, or a gap. A stream left out of the plan has no result at all.

    ``version`` is the brief version it was made for. ``out_of_date``: something it waits for was made anew since.
    """

    stream: Stream
    version: int = Field(ge=1)
    work: StreamWork | None = None
    gap: Gap | None = None
    out_of_date: bool = False
