"""What was heard of a lead, statement by statement, each with the source it stands in to the letter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from leadbraid.models import CompanyNote, Lead, Quote
from leadbraid.models.tasks import StreamTask
from leadbraid.text import mentions, sentences
from leadbraid.written import own_words

REVIEWER = "reviewer"
_QUOTE_LIMIT = 1_000


@dataclass(frozen=True)
class Said:
    """One statement. ``text`` stands in ``source``; ``meaning`` is what to read where that is not enough."""

    source: str
    text: str
    meaning: str = ""
    kind: str = ""

    @property
    def read(self) -> str:
        """The words to read."""
        return self.meaning or self.text

    @property
    def by_reviewer(self) -> bool:
        """Whether a person on our side said so."""
        return self.source == REVIEWER

    def quote(self, around: str = "") -> Quote:
        """The statement as a quote, cut around a phrase where it is too long."""
        return Quote(source=self.source, text=cut_around(self.text, around, _QUOTE_LIMIT))


def cut_around(text: str, phrase: str, limit: int) -> str:
    """A part of ``text`` of at most ``limit`` characters that holds ``phrase`` where it can."""
    if len(text) <= limit:
        return text
    place = re.search(re.escape(phrase), text, re.IGNORECASE) if phrase else None
    start = max(0, place.start() - limit // 3) if place else 0
    return text[start : start + limit].strip()


def said_by_lead(lead: Lead) -> tuple[Said, ...]:
    """The lead's own words: the message sentence by sentence, every other field as a whole."""
    message = (Said("lead:message", sentence) for sentence in sentences(own_words(lead)))
    fields = (Said(source, text) for source, text in lead.words().items() if source != "lead:message")
    return (*message, *fields)


def said_by_reviewer(note: str) -> tuple[Said, ...]:
    """The reviewer's words, sentence by sentence."""
    return tuple(Said(REVIEWER, sentence) for sentence in sentences(note))


def said_by_research(task: StreamTask) -> tuple[Said, ...]:
    """What the company note adds to the lead's words, where the plan gives it."""
    note = note_before(task)
    facts = note.facts if note else ()
    return tuple(
        Said(fact.quote.source, fact.quote.text, fact.text, fact.kind)
        for fact in facts
        if not fact.quote.source.startswith("lead:")
    )


def note_before(task: StreamTask) -> CompanyNote | None:
    """The company note, where drafting or another stream waited for it and it did not fail."""
    outputs = (result.work.output for result in task.before if result.work)
    return next((output for output in outputs if isinstance(output, CompanyNote)), None)


def holding(said: Iterable[Said], phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases that stand anywhere in ``said``. Looked at once, as a whole, since most stand nowhere."""
    whole = "\n".join(one.read for one in said)
    return tuple(phrase for phrase in phrases if mentions(whole, phrase))
