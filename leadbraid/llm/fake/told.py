"""The task behind a request, as far as the request tells it: the lead, passages, earlier outputs, rules. Pure.

The rules provider needs more than a model is told: which words meet a criterion, which reply pattern fits. That comes
from the operator's playbook, where the request speaks of the same business; else only what was told counts.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from leadbraid.llm.fake.request import Asked
from leadbraid.llm.openai.apart import Section
from leadbraid.llm.rules.names import person_name
from leadbraid.models import (
    FitRiskTask,
    Gap,
    Lead,
    Made,
    Playbook,
    QualificationTask,
    ResearchTask,
    Severity,
    Stream,
    StreamResult,
    StreamWork,
)
from leadbraid.models.outputs import Output
from leadbraid.models.playbook import (
    Claim,
    Criterion,
    DraftingRules,
    FitRiskRules,
    Product,
    ProductFact,
    Promise,
    QualificationRules,
    Region,
    ReplyPattern,
    RiskRule,
    Topic,
    Voice,
    When,
)
from leadbraid.sources.matching import domain_of
from leadbraid.sources.passage import Passage, PassageKind
from leadbraid.text import language_of

NAME = "fake"
_STREAMS = {stream.value for stream in Stream}
_OUTPUT: TypeAdapter[Output] = TypeAdapter(Output)


def qualification_task(asked: Asked, playbook: Playbook) -> QualificationTask:
    """For `qualification`. A criterion that the playbook asks otherwise has nothing to be seen by."""
    known = {(one.id, one.question): one for one in playbook.ideal_customer.criteria}
    told = ((one["criterion"], one["question"]) for one in asked.playbook.get("criteria", ()))
    criteria = tuple(known.get(one) or Criterion(id=one[0], question=one[1]) for one in told)
    return QualificationTask(**shared(asked), rules=QualificationRules(criteria=criteria))


def research_task(asked: Asked) -> tuple[ResearchTask, tuple[Passage, ...]]:
    """For `research`, with the passages that came with it."""
    return ResearchTask(**shared(asked)), passages(asked.sections)


def fit_risk_task(asked: Asked, playbook: Playbook) -> FitRiskTask:
    """For `fit_risk`. Cues are told; how bad a rule is, is not."""
    rules = playbook.for_fit_risk()
    severities = {one.id: one.severity for one in (*rules.exclusions, *rules.escalations)}
    told = tuple(
        RiskRule(
            id=one["rule"],
            text=one["text"],
            severity=severities.get(one["rule"], Severity.WARN),
            when=When.model_validate(one["cues"]),
        )
        for one in asked.playbook.get("rules", ())
    )
    return FitRiskTask(**shared(asked), rules=FitRiskRules(escalations=told))


def drafting_rules(asked: Asked, playbook: Playbook) -> DraftingRules:
    """The playbook's, where the request tells the same product and facts; else what is told."""
    rules, told = playbook.for_drafting(), asked.playbook
    facts = [{"id": one.id, "text": one.text} for one in rules.product.facts]
    same = told.get("product", {}).get("name") == rules.product.name and told.get("facts") == facts
    return rules if same else _told_rules(told)


def _told_rules(told: dict[str, Any]) -> DraftingRules:
    languages = tuple(told.get("languages") or ("en",))
    voice = {name: told[name] for name in ("greetings", "greetings_unnamed", "sign_offs", "avoid") if name in told}
    facts = tuple(ProductFact.model_validate(one) for one in told.get("facts", ()))
    return DraftingRules(
        product=Product(**(told.get("product") or {"name": "", "summary": ""}), facts=facts),
        voice=Voice(languages=languages, **voice),
        topics=tuple(
            Topic(id=f"topic{n}", phrases=one["asked"], answers=one["answers"], source=one["source"])
            for n, one in enumerate(told.get("topics", ()), start=1)
        ),
        patterns=tuple(
            ReplyPattern(id=f"example{n}", language=_written_in(one["body"], languages), **one)
            for n, one in enumerate(told.get("examples", ()), start=1)
        ),
        permitted_claims=tuple(Claim.model_validate(one) for one in told.get("claims", ())),
        forbidden_promises=tuple(
            Promise(id=f"promise{n}", **one) for n, one in enumerate(told.get("forbidden", ()), start=1)
        ),
        regions=tuple(Region(id=f"region{n}", **one) for n, one in enumerate(told.get("regions", ()), start=1)),
    )


def _written_in(text: str, languages: tuple[str, ...]) -> str:
    found = language_of(text)
    return found if found in languages else languages[0]


# --- what every task has -------------------------------------------------------------------------------------------


def shared(asked: Asked) -> dict[str, Any]:
    """The fields that the tasks of all streams have."""
    return {
        "lead_id": NAME,
        "lead": lead(asked.sections),
        "note": section(asked.sections, "reviewer"),
        "before": tuple(_before(asked.sections)),
    }


def section(sections: Iterable[Section], source: str) -> str:
    """The text of one section; empty where there is none."""
    return next((one.text for one in sections if one.source == source), "")


def lead(sections: tuple[Section, ...]) -> Lead:
    """The lead. Of the address only what follows the @ is told; the one that documents have there is taken."""
    told = {one.source.removeprefix("lead:"): one.text for one in sections if one.source.startswith("lead:")}
    domain = told.pop("email", "")
    return Lead.model_validate({"message": "", **told, "email": _address(sections, domain)})


def _address(sections: Iterable[Section], domain: str) -> str:
    documents = "\n".join(one.text for one in sections if one.source.startswith("documents:"))
    known = set(re.findall(rf"[\w.+-]+@{re.escape(domain)}(?![\w.-])", documents, re.IGNORECASE)) if domain else set()
    return known.pop() if len(known) == 1 else f"unknown@{domain}"


def _before(sections: Iterable[Section]) -> Iterator[StreamResult]:
    for one in sections:
        if one.source in _STREAMS:
            yield _result(Stream(one.source), one.text)


def _result(stream: Stream, text: str) -> StreamResult:
    try:
        work = StreamWork(output=_OUTPUT.validate_json(text), made=Made(provider=NAME))
    except ValidationError:
        return StreamResult(stream=stream, version=1, gap=Gap(reason=text[:1_000]))
    return StreamResult(stream=stream, version=1, work=work)


# --- passages ------------------------------------------------------------------------------------------------------


def passages(sections: Iterable[Section]) -> tuple[Passage, ...]:
    """The passages of local documents. Those of a table are account rows."""
    return tuple(_passage(one) for one in sections if one.source.startswith("documents:"))


def _passage(one: Section) -> Passage:
    if ".csv#" not in one.source:
        return Passage(PassageKind.NOTE, one.source, one.text)
    rows = csv.reader(one.text.split("\n"), delimiter=max(",;|", key=one.text.count))
    cells = [cell.strip() for row in rows for cell in row]
    return Passage(PassageKind.ACCOUNT, one.source, one.text, tuple(_named(cells)))


def _named(cells: list[str]) -> Iterator[tuple[str, str]]:
    """The cells with the columns that they look like: a request tells neither the header nor where a tab was."""
    names = iter(("company", "industry", "status", "notes"))
    for place, cell in enumerate(cells):
        after = next((other for other in cells[place + 1 :] if other), "")
        if cell:
            yield _shape(cell, after) or next(names, "other"), cell


def _shape(cell: str, after: str) -> str:
    if "@" in cell:
        return "email"
    if domain_of(cell) == cell.lower():
        return "domain"
    if re.fullmatch(r"\d[\d.,]*", cell):
        return "employees"
    if re.fullmatch(r"[A-Z]{2}", cell):
        return "country"
    return "contact name" if "@" in after and person_name(cell) else ""
