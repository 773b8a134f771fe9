"""What a model is asked: the instructions, the data set apart from them, and the form of the answer.

Instructions are the stream's text in ``prompts/`` and the playbook's rules. All that somebody else wrote is data: it
stands in sections between lines that hold a boundary, which the caller makes anew for each call.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from leadbraid.models import (
    Answer,
    CommitmentKind,
    CompanyNote,
    DraftingTask,
    FitRiskTask,
    Lead,
    QualificationTask,
    Quote,
    ResearchTask,
    Stream,
    StreamResult,
    StreamTask,
    Tone,
    digest,
)
from leadbraid.models.base import canonical_json
from leadbraid.models.playbook import DraftingRules, FitRiskRules, QualificationRules
from leadbraid.sources.passage import Passage

SECTION_LIMIT = 20_000
DATA_LIMIT = 60_000
"""Characters of one section, and of all of them. A lead's message always fits; local documents are cut first."""
QUOTE_LIMIT = 1_000
EXAMPLES = 5
"""Reply patterns shown as examples of how the business writes."""

# --- the form of the answer ----------------------------------------------------------------------------------------


class Wire(BaseModel):
    """What a model is made to answer in: nothing optional and nothing beyond.

    Strict structured outputs allow no defaults and no limits on texts, so limits are checked when the answer is here.
    """

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


AnswerT = TypeVar("AnswerT", bound=Wire)

# --- text that can be seen -----------------------------------------------------------------------------------------

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and marks that show nothing: fillers, the empty Braille pattern, the grapheme joiner."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
"""Variation selectors: no reader sees them, and whole messages can be written in them."""
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_TYPOGRAPHY = str.maketrans("‘’‚“”„–—‑\u00a0", "'''\"\"\"---\u0020")
"""What models write otherwise than their source; one character for one."""


def plain(text: str) -> str:
    """``text`` without characters that nobody sees; every kind of line break is a line feed."""
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    hidden = unicodedata.category(char) in _HIDDEN and char != "\t"
    return "" if hidden or char in _BLANKS or any(ord(char) in span for span in _SELECTORS) else char


def found_in(text: str, quote: str) -> str:
    """The part of ``text`` that ``quote`` copies, to the letter; empty where it stands nowhere.

    Blanks, line breaks, typographic marks and what cannot be seen may differ: a model is shown `plain` text. What comes
    back is always the text's own characters.
    """
    (flat, places), wanted = _flat(text), _flat(quote)[0].strip()
    start = flat.find(wanted) if wanted else -1
    return text[places[start] : places[start + len(wanted) - 1] + 1] if start >= 0 else ""


def _flat(text: str) -> tuple[str, list[int]]:
    """``text`` on one line as a model sees it, and for each of its characters the place in ``text``."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        shown = _shown(char).translate(_TYPOGRAPHY)
        if shown.isspace():
            shown = "" if chars and chars[-1] == " " else " "
        if shown:
            chars.append(shown)
            places.append(place)
    return "".join(chars), places


# --- data ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """Words from one source. ``source`` is what a quote names."""

    source: str
    text: str

    @property
    def label(self) -> str:
        """The source as a model sees it: on one line, whatever a file is called."""
        return " ".join(plain(self.source).split())


def set_apart(sections: Iterable[Section], boundary: str) -> str:
    """The sections between boundary lines, without what cannot be seen, cut to the limits."""
    parts: list[str] = []
    left = DATA_LIMIT
    for section in sections:
        text = plain(section.text)[: min(SECTION_LIMIT, left)]
        left -= len(text)
        if text:
            parts.append(f"BEGIN {boundary} {section.label}\n{text}\nEND {boundary}")
    return "\n\n".join(parts)


def _of_lead(lead: Lead, *, name: bool) -> Iterator[Section]:
    """The lead's words; of the address only what stands after the @. The name goes only to streams that write it."""
    yield from (Section(source, text) for source, text in lead.words().items() if name or source != "lead:name")
    yield Section("lead:email", lead.email.rpartition("@")[2])


def _of_task(task: StreamTask) -> Iterator[Section]:
    """A reviewer's words, and what the stream waited for."""
    if task.note:
        yield Section("reviewer", task.note)
    for result in task.before:
        yield Section(result.stream.value, _told(result))


def _told(result: StreamResult) -> str:
    if result.work is None:
        return f"missing: {result.gap.reason if result.gap else 'no result'}"
    return canonical_json(result.work.output.model_dump(mode="json")).decode()


def _of_facts(task: StreamTask) -> Iterator[Section]:
    """What may be quoted of a company note that the stream waited for: its facts, and the words these rest on."""
    outputs = (result.work.output for result in task.before if result.work)
    for fact in (fact for output in outputs if isinstance(output, CompanyNote) for fact in output.facts):
        yield Section(Stream.RESEARCH.value, fact.text)
        yield Section(fact.quote.source, fact.quote.text)


# --- the questions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question(Generic[AnswerT]):
    """One call of a model. ``prompt`` is the digest of the instructions' text in the package."""

    stream: Stream
    instructions: str
    data: str
    prompt: str
    answer: type[AnswerT]
    quotable: tuple[Section, ...]

    def quoted(self, quote: WireQuote | None) -> Quote | None:
        """``quote`` as it stands in its source; None where it does not stand there."""
        named = " ".join(quote.source.split()) if quote else ""
        for section in self.quotable:
            found = found_in(section.text, quote.text) if quote and section.label == named else ""
            if found:
                return Quote(source=section.source[:300], text=found[:QUOTE_LIMIT])
        return None


def about_qualification(task: QualificationTask, boundary: str) -> Question[QualificationAnswer]:
    """Which criteria are met. Weights are not told: nobody should weigh with the score in mind."""
    sections = (*_of_lead(task.lead, name=False), *_of_task(task))
    rules = _criteria(task.rules)
    return _question(Stream.QUALIFICATION, QualificationAnswer, rules, sections, _of_facts(task), boundary)


def about_company(task: ResearchTask, passages: tuple[Passage, ...], boundary: str) -> Question[ResearchAnswer]:
    """What is known of the company."""
    documents = (Section(passage.source, passage.text) for passage in passages)
    sections = (*_of_lead(task.lead, name=True), *_of_task(task), *documents)
    return _question(Stream.RESEARCH, ResearchAnswer, {}, sections, (), boundary)


def about_reply(task: DraftingTask, boundary: str) -> Question[DraftingAnswer]:
    """What to answer."""
    sections = (*_of_lead(task.lead, name=True), *_of_task(task), *_of_redraft(task))
    ours = [Section(f"playbook:{one.id}", one.text) for one in task.rules.product.facts]
    ours += [Section(f"playbook:{one.id}", one.text) for one in task.rules.permitted_claims]
    ours.append(Section("playbook:product", task.rules.product.summary))
    also = (*_of_facts(task), *ours)
    return _question(Stream.DRAFTING, DraftingAnswer, _voice(task.rules), sections, also, boundary)


def about_risks(task: FitRiskTask, boundary: str) -> Question[FitRiskAnswer]:
    """Which rules apply."""
    sections = (*_of_lead(task.lead, name=False), *_of_task(task))
    return _question(Stream.FIT_RISK, FitRiskAnswer, _risk_rules(task.rules), sections, _of_facts(task), boundary)


def _question(
    stream: Stream,
    answer: type[AnswerT],
    rules: dict[str, Any],
    sections: tuple[Section, ...],
    also: Iterable[Section],
    boundary: str,
) -> Question[AnswerT]:
    task, data = _text(stream.value), _text("data")
    ours = f"# The playbook\n\n{json.dumps(rules, ensure_ascii=False)}\n\n" if rules else ""
    # The boundary comes last, so that all before it is the same for every lead and a server can cache it.
    return Question(
        stream=stream,
        instructions=f"{task}\n{ours}{data.replace('{boundary}', boundary)}",
        data=set_apart(sections, boundary),
        prompt=digest(f"{task}\n{data}".encode()),
        answer=answer,
        quotable=(*sections, *also),
    )


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent / "texts" / f"{name}.txt").read_text(encoding="utf-8")


def _of_redraft(task: DraftingTask) -> Iterator[Section]:
    if task.settle:
        yield Section("settle", "\n".join(f"- {one.message}" for one in task.settle))
    if task.previous:
        yield Section("previous", f"{task.previous.subject}\n\n{task.previous.body}")


def _criteria(rules: QualificationRules) -> dict[str, Any]:
    return {"criteria": [{"criterion": one.id, "question": one.question} for one in rules.criteria]}


def _risk_rules(rules: FitRiskRules) -> dict[str, Any]:
    both = (*rules.exclusions, *rules.escalations)
    return {"rules": [{"rule": one.id, "text": one.text, "cues": one.when.model_dump(mode="json")} for one in both]}


def _voice(rules: DraftingRules) -> dict[str, Any]:
    """What a reply may say, and how."""
    voice = rules.voice
    return {
        "product": {"name": rules.product.name, "summary": rules.product.summary},
        "facts": [{"id": one.id, "text": one.text} for one in rules.product.facts],
        "claims": [{"id": one.id, "kind": one.kind, "text": one.text} for one in rules.permitted_claims],
        "forbidden": [{"kind": one.kind, "phrases": one.phrases} for one in rules.forbidden_promises],
        "topics": [{"asked": one.phrases, "answers": one.answers, "source": one.source} for one in rules.topics],
        "regions": [{"countries": one.countries, "terms": one.terms} for one in rules.regions],
        "languages": voice.languages,
        "greetings": voice.greetings,
        "greetings_unnamed": voice.greetings_unnamed,
        "sign_offs": voice.sign_offs,
        "avoid": voice.avoid,
        "examples": [{"subject": one.subject, "body": one.body} for one in rules.patterns[:EXAMPLES]],
    }
