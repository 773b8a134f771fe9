"""Stream `fit_risk` by rules: the exclusions and escalations of the playbook that apply, each with what raised it."""

from __future__ import annotations

from collections.abc import Iterable

from leadbraid.llm.rules.heard import Said, holding, said_by_lead, said_by_research, said_by_reviewer
from leadbraid.llm.rules.places import countries_in, country_of_place, place_in
from leadbraid.models import FitRiskTask, Flag, Lead, Quote, RiskReport
from leadbraid.models.playbook import RiskRule, When
from leadbraid.sources.matching import domain_of, within_domain
from leadbraid.text import affirms

_SHOWN = 7


def fit_risk(task: FitRiskTask) -> RiskReport:
    """Every rule whose `when` applies, the worst first, then by id; seven are shown and the rest is counted."""
    flags = raised_flags(task)
    return RiskReport(flags=tuple(flags[:_SHOWN]), more=max(0, len(flags) - _SHOWN))


def raised_flags(task: FitRiskTask) -> list[Flag]:
    """A flag for every rule whose `when` applies, the worst first, then by id."""
    said = (*said_by_lead(task.lead), *said_by_reviewer(task.note), *said_by_research(task))
    flags = [
        *_flags(task.rules.exclusions, task.lead, said, excludes=True),
        *_flags(task.rules.escalations, task.lead, said, excludes=False),
    ]
    flags.sort(key=lambda flag: (-flag.severity.rank, flag.code, not flag.excludes))
    return flags


def _flags(rules: Iterable[RiskRule], lead: Lead, said: tuple[Said, ...], *, excludes: bool) -> list[Flag]:
    raised = ((rule, _raised(rule.when, lead, said)) for rule in rules)
    return [
        Flag(code=rule.id, severity=rule.severity, text=rule.text, quote=quote, excludes=excludes)
        for rule, quote in raised
        if quote
    ]


def _raised(when: When, lead: Lead, said: tuple[Said, ...]) -> Quote | None:
    """The words that make a rule apply: a phrase that is affirmed, a country, or the domain of the address."""
    return _mentioned(when, said) or _located(when, lead, said) or _at_domain(when, lead)


def _mentioned(when: When, said: tuple[Said, ...]) -> Quote | None:
    phrases = holding(said, when.mentions)
    found = ((one, phrase) for one in said for phrase in phrases if affirms(one.read, phrase))
    first = next(found, None)
    return first[0].quote(first[1]) if first else None


def _located(when: When, lead: Lead, said: tuple[Said, ...]) -> Quote | None:
    """The lead's country, or where a statement says that the company is. A country merely named is not enough."""
    if not when.countries:
        return None
    if lead.country in when.countries:
        return Quote(source="lead:country", text=lead.country)
    return next((one.quote() for one in said if not set(_countries(one)).isdisjoint(when.countries)), None)


def _countries(said: Said) -> tuple[str, ...]:
    if said.kind == "country":
        return countries_in(said.read)
    place = place_in(said.read)
    return (country_of_place(place),) if place else ()


def _at_domain(when: When, lead: Lead) -> Quote | None:
    found = (("lead:email", lead.email), ("lead:website", lead.website))
    for source, text in found if when.domains else ():
        domain = domain_of(text)
        if any(within_domain(domain, listed) for listed in when.domains):
            start = text.lower().rfind(domain)
            return Quote(source=source, text=text[start : start + len(domain)] if start >= 0 else text)
    return None
