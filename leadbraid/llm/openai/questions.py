"""What a model is asked: the instructions, the data set apart from them, and the form of the answer. Pure.

Instructions are a prompt file's text and the playbook's rules, in that order, and last how to read the data: all before
the boundary is the same for every lead, so that a server can keep it in its cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from leadbraid.llm.openai.apart import Apart, Section, quoted_in, set_apart
from leadbraid.llm.openai.forms import (
    AnswerT,
    DraftingAnswer,
    FitRiskAnswer,
    JudgeAnswer,
    QualificationAnswer,
    ResearchAnswer,
    WireQuote,
)
from leadbraid.llm.openai.prompts import Prompts
from leadbraid.models import (
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
)
from leadbraid.models.base import canonical_json
from leadbraid.models.playbook import DraftingRules, FitRiskRules, QualificationRules
from leadbraid.per_job import JUDGE
from leadbraid.sources.passage import Passage

QUOTE_LIMIT = 1_000
EXAMPLES = 5
"""Reply patterns shown as examples of how the business writes."""


@dataclass(frozen=True)
class Question(Generic[AnswerT]):
    """One call of a model.

    ``job`` is a stream or `judge`; ``task`` our prompts without the playbook, ``prompt`` their digest.
    """

    job: str
    task: str
    instructions: str
    data: Apart
    prompt: str
    answer: type[AnswerT]
    quotable: tuple[Section, ...]

    def quoted(self, quote: WireQuote | None) -> Quote | None:
        """``quote`` as it stands in its source; None where it does not stand there."""
        named = " ".join(quote.source.split()) if quote else ""
        for section in self.quotable:
            found = quoted_in(section.text, quote.text) if quote and section.label == named else ""
            if found:
                return Quote(source=section.source[:300], text=found[:QUOTE_LIMIT])
        return None


class Questions:
    """Asks by the prompts it is given."""

    def __init__(self, prompts: Prompts) -> None:
        self._prompts = prompts

    def about_qualification(self, task: QualificationTask, boundary: str) -> Question[QualificationAnswer]:
        """Which criteria are met. Weights are not told: nobody should weigh with the score in mind."""
        sections = (*_of_lead(task.lead, name=False), *_of_task(task))
        return self._ask(
            QualificationAnswer, Stream.QUALIFICATION, boundary, _criteria(task.rules), sections, _of_facts(task)
        )

    def about_company(
        self, task: ResearchTask, passages: tuple[Passage, ...], boundary: str
    ) -> Question[ResearchAnswer]:
        """What is known of the company."""
        documents = (Section(passage.source, passage.text) for passage in passages)
        sections = (*_of_lead(task.lead, name=True), *_of_task(task), *documents)
        return self._ask(ResearchAnswer, Stream.RESEARCH, boundary, {}, sections)

    def about_reply(self, task: DraftingTask, boundary: str) -> Question[DraftingAnswer]:
        """What to answer."""
        sections = (*_of_lead(task.lead, name=True), *_of_task(task), *_of_redraft(task))
        also = (*_of_facts(task), *_of_product(task.rules))
        return self._ask(DraftingAnswer, Stream.DRAFTING, boundary, _voice(task.rules), sections, also)

    def about_risks(self, task: FitRiskTask, boundary: str) -> Question[FitRiskAnswer]:
        """Which rules apply."""
        sections = (*_of_lead(task.lead, name=False), *_of_task(task))
        return self._ask(FitRiskAnswer, Stream.FIT_RISK, boundary, _risk_rules(task.rules), sections, _of_facts(task))

    def about_disagreements(self, sides: Mapping[Stream, str], boundary: str) -> Question[JudgeAnswer]:
        """Where two outputs do not go together."""
        sections = tuple(Section(stream.value, text) for stream, text in sides.items())
        return self._ask(JudgeAnswer, JUDGE, boundary, {}, sections)

    def _ask(
        self,
        answer: type[AnswerT],
        job: str,
        boundary: str,
        rules: dict[str, Any],
        sections: tuple[Section, ...],
        also: Iterable[Section] = (),
    ) -> Question[AnswerT]:
        data = set_apart(sections, boundary)
        ours = f"# The playbook\n\n{json.dumps(rules, ensure_ascii=False)}\n\n" if rules else ""
        asked, reading = self._prompts.text(job), self._prompts.about_data(data.boundary, data.mark)
        return Question(
            job=str(job),
            task=f"{asked}\n{reading}",
            instructions=f"{asked}\n{ours}{reading}",
            data=data,
            prompt=self._prompts.digest(job),
            answer=answer,
            quotable=(*sections, *also),
        )


# --- data ----------------------------------------------------------------------------------------------------------


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


def _of_redraft(task: DraftingTask) -> Iterator[Section]:
    if task.settle:
        yield Section("settle", "\n".join(f"- {one.message}" for one in task.settle))
    if task.previous:
        yield Section("previous", f"{task.previous.subject}\n\n{task.previous.body}")


def _of_product(rules: DraftingRules) -> Iterator[Section]:
    """What may be quoted of the playbook."""
    yield from (Section(f"playbook:{one.id}", one.text) for one in rules.product.facts)
    yield from (Section(f"playbook:{one.id}", one.text) for one in rules.permitted_claims)
    yield Section("playbook:product", rules.product.summary)


# --- the playbook's part -------------------------------------------------------------------------------------------


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
        "links": rules.links,
        "languages": voice.languages,
        "greetings": voice.greetings,
        "greetings_unnamed": voice.greetings_unnamed,
        "sign_offs": voice.sign_offs,
        "avoid": voice.avoid,
        "examples": [{"subject": one.subject, "body": one.body} for one in rules.patterns[:EXAMPLES]],
    }
