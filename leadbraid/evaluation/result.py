"""What an evaluation leaves: every graded item of every case, and how it was made. JSON, to compare with later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from leadbraid.models import Made, Model, Stream
from leadbraid.models.base import Line, Sentence


class Measure(StrEnum):
    """What is graded. The order is that of every table."""

    SCREEN = "screen"
    VERDICT = "verdict"
    CRITERIA = "criteria"
    FACTS = "facts"
    NOT_INVENTED = "not_invented"
    LANGUAGE = "language"
    ANSWERS = "answers"
    NOT_SAID = "not_said"
    FLAGS_FOUND = "flags_found"
    FLAGS_RIGHT = "flags_right"
    CONFLICTS_FOUND = "conflicts_found"
    CONFLICTS_RIGHT = "conflicts_right"
    NEXT_STEP = "next_step"

    @property
    def where(self) -> str:
        """Who answers for it: a stream, the screen or the merge point."""
        return _MEASURES[self][0]

    @property
    def label(self) -> str:
        """As people read it."""
        return _MEASURES[self][1]

    @property
    def meaning(self) -> str:
        """What one item of it is, and when it is right."""
        return _MEASURES[self][2]

    @property
    def counts_false_alarms(self) -> bool:
        """Whether its items are what was raised, and not what the label asks: other items in every run."""
        return self in (Measure.FLAGS_RIGHT, Measure.CONFLICTS_RIGHT)


_STREAM = {stream: stream.label for stream in Stream}
_QUALIFICATION, _RESEARCH, _DRAFTING, _FIT_RISK = (_STREAM[stream] for stream in Stream)
_MEASURES: dict[Measure, tuple[str, str, str]] = {
    Measure.SCREEN: ("Screen", "screened", "each lead: stopped by the right code, or let through"),
    Measure.VERDICT: (_QUALIFICATION, "verdict", "each verdict: one of those the label accepts"),
    Measure.CRITERIA: (_QUALIFICATION, "criteria", "each labelled criterion: met, missed or unknown as labelled"),
    Measure.FACTS: (
        _RESEARCH,
        "facts found",
        "each fact that must be known: it stands in the note, or in a quote of it",
    ),
    Measure.NOT_INVENTED: (_RESEARCH, "not invented", "each thing that is not so: the note does not say it"),
    Measure.LANGUAGE: (_DRAFTING, "language", "each reply: in the labelled language"),
    Measure.ANSWERS: (_DRAFTING, "answers", "each question: the reply has words that answer it"),
    Measure.NOT_SAID: (_DRAFTING, "not said", "each thing that must not be said: the reply does not say it"),
    Measure.FLAGS_FOUND: (_FIT_RISK, "flag recall", "each flag that must be raised: it was"),
    Measure.FLAGS_RIGHT: (_FIT_RISK, "flag precision", "each flag that was raised: the label expects it"),
    Measure.CONFLICTS_FOUND: (
        "Merge point",
        "conflict recall",
        "each conflict that must be raised: it was, whether or not a redraft settled it",
    ),
    Measure.CONFLICTS_RIGHT: (
        "Merge point",
        "conflict precision",
        "each conflict left open for the reviewer: the label expects it",
    ),
    Measure.NEXT_STEP: ("Merge point", "next step", "each next step: one of those the label accepts"),
}


class Item(Model):
    """One thing that was graded. ``got`` and ``quote`` tell, where it is wrong, what was said and by which words."""

    measure: Measure
    name: Line
    right: bool
    expected: Sentence = ""
    got: Sentence = ""
    quote: Sentence = ""


class Spent(Model):
    """What the calls for one job took. None is unknown, or that there was nothing to know; never 0 for either.

    ``answers`` were given; ``failed``: tries that gave nothing. ``calls`` of a model, and what they used, are of both.
    """

    answers: int = 0
    failed: int = 0
    calls: int = 0
    seconds: float = 0.0
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_cached: int | None = None
    cost: Decimal | None = None
    currency: Line = ""

    @classmethod
    def of(cls, answers: Sequence[Made], lost: Sequence[Made] = (), failed: int = 0) -> Spent:
        """The sum of what came and of what was lost. What one call of a model does not tell is not known of the sum."""
        listed = (*answers, *lost)
        asked = [one for one in listed if one.calls]
        money = {one.currency for one in asked}
        return cls(
            answers=len(answers),
            failed=failed,
            calls=sum(one.calls for one in asked),
            seconds=sum(one.seconds for one in listed),
            tokens_in=_known([None if one.uncounted else one.tokens_in for one in asked]),
            tokens_out=_known([None if one.uncounted else one.tokens_out for one in asked]),
            tokens_cached=_known([one.tokens_cached for one in asked]),
            cost=_known_cost([None if one.unpriced else one.cost for one in asked]) if len(money) == 1 else None,
            currency=money.pop() if len(money) == 1 else "",
        )


def _known(values: list[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None


def _known_cost(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal()) if known and len(known) == len(values) else None


class Run(Model):
    """A case, worked once. ``seconds``: until the brief that would come to review; None where it was not kept.

    ``gaps``: why a planned stream has no output in that brief.
    """

    items: tuple[Item, ...]
    seconds: float | None = None
    gaps: dict[Stream, Sentence] = Field(default_factory=dict)
    spent: dict[Line, Spent] = Field(default_factory=dict, description="By job: a stream, or to judge.")

    def items_of(self, measure: Measure) -> tuple[Item, ...]:
        """The items of one measure."""
        return tuple(item for item in self.items if item.measure is measure)

    @property
    def wrong(self) -> tuple[Item, ...]:
        """What is wrong."""
        return tuple(item for item in self.items if not item.right)


class CaseResult(Model):
    """A case, worked as often as was asked. ``digest`` is the label's: results of another label are not compared."""

    id: Line
    digest: Line
    kinds: tuple[Line, ...]
    about: Sentence = ""
    runs: tuple[Run, ...] = Field(min_length=1)


class Named(Model):
    """Something with a digest."""

    name: Line
    digest: Line


class Result(Model):
    """All of it, with what is needed to know what was measured."""

    schema_version: Literal[1] = Field(default=1, alias="schema")
    leadbraid: Line
    made_at: datetime | None = None
    provider: Line
    models: tuple[Line, ...] = ()
    prompts: dict[Line, tuple[Line, ...]] = Field(default_factory=dict)
    playbook: Named
    plan: Line
    dataset: Named
    only: tuple[Line, ...] = ()
    repeat: int = Field(ge=1)
    cases: tuple[CaseResult, ...] = Field(min_length=1)

    @property
    def title(self) -> str:
        """Provider, models and plan, in a few words."""
        models = f" ({', '.join(self.models)})" if self.models else ""
        return f"{self.provider}{models}, plan {self.plan}"
