"""Stream `research` by rules: facts with their sources, the strongest first, and what could not be found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from leadbraid.llm.rules.clauses import Kind
from leadbraid.llm.rules.facts import Teller, facts_of_account, facts_of_lead, facts_of_note, facts_of_reviewer
from leadbraid.llm.rules.names import company_name, person_name
from leadbraid.models import CompanyNote, Evidence, Fact, ResearchTask
from leadbraid.sources.accounts import Column, column_value
from leadbraid.sources.documents import Passage, PassageKind
from leadbraid.text import fold

_FACTS, _PER_KIND, _SUMMARY_WORDS = 7, 2, 80
_ROUGHLY = re.compile(r"\b(?:about|etwa) (?=\d)")
_NAMED = re.compile(
    r"\b(?P<what>company|firm|person|contact)(?:'s name)?\s?(?:is called|is named|name is|is|:)\s+"
    r"(?:called\s|named\s)?[\"“„]?(?P<name>[^\"“”\n.;]{2,80})",
    re.IGNORECASE,
)


def research(task: ResearchTask, passages: tuple[Passage, ...]) -> CompanyNote:
    """The company note: the seven strongest facts, at most two of a kind, with how much they rest on."""
    accounts = tuple(passage for passage in passages if passage.kind is PassageKind.ACCOUNT)
    company = _company(task, accounts)
    teller = Teller.of(company_name(company), task.lead)
    facts = _strongest(_all_facts(task, passages, teller))
    return CompanyNote(
        company=company,
        person=_person(task, accounts),
        summary=_summary(facts, teller.who),
        facts=facts,
        evidence=_evidence(facts),
        not_found=tuple(_not_found(facts, accounts)),
    )


def _all_facts(task: ResearchTask, passages: tuple[Passage, ...], teller: Teller) -> Iterator[Fact]:
    yield from facts_of_reviewer(task.note, teller)
    for passage in passages:
        yield from (facts_of_account if passage.kind is PassageKind.ACCOUNT else facts_of_note)(passage, teller)
    yield from facts_of_lead(task.lead, teller)


def _strongest(found: Iterable[Fact]) -> tuple[Fact, ...]:
    """By strength, then by kind, then as they came. What is told twice is kept with its strongest source."""
    kinds = [kind.value for kind in Kind]
    told: set[tuple[str, str]] = set()
    count: Counter[str] = Counter()
    kept: list[Fact] = []
    for fact in sorted(found, key=lambda fact: (-fact.strength, kinds.index(fact.kind))):
        same = (fact.kind, _ROUGHLY.sub("", fold(fact.text)))
        if same not in told and count[fact.kind] < _PER_KIND:
            told.add(same)
            count[fact.kind] += 1
            kept.append(fact)
    return tuple(kept[:_FACTS])


def _evidence(facts: tuple[Fact, ...]) -> Evidence:
    """Solid: three facts, one of them not the lead's. Some: two facts, or one that is not the lead's."""
    ours = any(not fact.quote.source.startswith("lead:") for fact in facts)
    if ours and len(facts) >= 3:
        return Evidence.SOLID
    return Evidence.SOME if ours or len(facts) >= 2 else Evidence.THIN


def _summary(facts: tuple[Fact, ...], who: str) -> str:
    """The facts as one sentence, the company named once, as far as eighty words go."""
    told = ""
    for fact in facts:
        clause = fact.text.removeprefix(f"{who} ") if told.startswith(who) else fact.text
        longer = f"{told}; {clause}" if told else clause
        if len(longer.split()) <= _SUMMARY_WORDS and len(longer) < 990:
            told = longer
    return f"{told[:1].upper()}{told[1:]}." if told else "Nothing is known of the company beyond the enquiry."


def _not_found(facts: tuple[Fact, ...], accounts: tuple[Passage, ...]) -> Iterator[str]:
    kinds = {fact.kind for fact in facts}
    for kind, name in (
        (Kind.HEADCOUNT, "number of employees"),
        (Kind.SITES, "sites"),
        (Kind.INDUSTRY, "industry"),
        (Kind.COUNTRY, "country"),
    ):
        if kind.value not in kinds:
            yield name
    if not accounts:
        yield "account record"


# --- names ---------------------------------------------------------------------------------------------------------


def _company(task: ResearchTask, accounts: tuple[Passage, ...]) -> str:
    """The reviewer's word, else the account record's, else the lead's own."""
    recorded = (column_value(passage.fields, Column.COMPANY)[:300] for passage in accounts)
    told = company_name(_named(task.note, "company", "firm"))
    return told or next((name for name in recorded if name), task.lead.company)


def _person(task: ResearchTask, accounts: tuple[Passage, ...]) -> str:
    """The reviewer's word, else the contact of the account row that holds the lead's own address."""
    rows = (
        column_value(passage.fields, Column.CONTACT)[:300]
        for passage in accounts
        if column_value(passage.fields, Column.EMAIL).casefold() == task.lead.email.casefold()
    )
    return person_name(_named(task.note, "person", "contact")) or next((name for name in rows if name), "")


def _named(note: str, *what: str) -> str:
    found = (match for match in _NAMED.finditer(note) if match["what"].casefold() in what)
    return next((match["name"].strip() for match in found), "")
