"""A labelled lead: what came in, why it is in the set, and what is right by the playbook."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints

from leadbraid.enquiry import Enquiry
from leadbraid.models import Answer, Code, Model, Step, Verdict
from leadbraid.models.base import Line, Sentence, Slug


def _listed(value: Any) -> Any:
    """A single value stands for a list of one."""
    return [value] if isinstance(value, str | int | float) else value


def _written(value: Any) -> Any:
    """Numbers may be written without quotes where text is meant."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Words = Annotated[str, BeforeValidator(_written), StringConstraints(min_length=1, max_length=300)]
WordList = Annotated[tuple[Words, ...], BeforeValidator(_listed)]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(_listed)]
Codes = Annotated[tuple[Code, ...], BeforeValidator(_listed)]


class GoldFacts(Model):
    """Of the company note. ``must``: stands in a fact or in its quote. ``must_not``: neither in note nor in reply."""

    must: WordList = ()
    must_not: WordList = ()


class GoldDraft(Model):
    """Of the reply. ``answers``: for each topic by name, words of which one must stand there."""

    language: Annotated[str, StringConstraints(pattern="^[a-z]{2}$")] = ""
    answers: dict[Slug, Annotated[WordList, Field(min_length=1)]] = Field(default_factory=dict)
    must_not: WordList = ()


class Gold(Model):
    """What is right. What a label leaves out is not graded, but for flags and conflicts: none is then expected.

    ``verdict`` and ``next_step`` hold every answer that is acceptable. ``flags`` and ``conflicts`` must be raised,
    those allowed may be. ``screened`` is the code of a lead that needs no stream; empty where it needs them.
    """

    screened: Annotated[str, StringConstraints(pattern="^(suppressed|do_not_contact|spam|not_sales|no_words)?$")] = ""
    verdict: Annotated[tuple[Verdict, ...], BeforeValidator(_listed)] = ()
    criteria: dict[Slug, Answer] = Field(default_factory=dict)
    flags: Slugs = ()
    flags_allowed: Slugs = ()
    conflicts: Codes = ()
    conflicts_allowed: Codes = ()
    next_step: Annotated[tuple[Step, ...], BeforeValidator(_listed), Field(min_length=1)]
    facts: GoldFacts = GoldFacts()
    draft: GoldDraft = GoldDraft()

    @property
    def of_streams(self) -> tuple[str, ...]:
        """The labels that only a lead with streams can have."""
        bare = Gold(next_step=self.next_step)
        fields = (name for name in Gold.model_fields if name not in ("screened", "next_step"))
        return tuple(name for name in fields if getattr(self, name) != getattr(bare, name))


class Label(Model):
    """The content of a case's file."""

    about: Sentence = Field(min_length=1)
    kind: Annotated[Slugs, Field(min_length=1)]
    lead: Enquiry
    gold: Gold


class Case(Model):
    """A labelled lead with the name of its file. ``digest`` is the label's: with another it is another case."""

    id: Line
    digest: Line
    label: Label
