"""Turning what somebody wrote of a company (*we run 12 warehouses*) into a clause about it (*runs 12 warehouses*)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from leadbraid.llm.rules.names import plain_clause
from leadbraid.text import headcounts_in, words


class Kind(StrEnum):
    """What a fact is about, the most telling first. A playbook's `fact_kinds` name these."""

    SITES = "sites"
    HEADCOUNT = "headcount"
    INDUSTRY = "industry"
    ACTIVITY = "activity"
    TOOL = "tool"
    PROBLEM = "problem"
    LOCATION = "location"
    FOUNDED = "founded"
    COUNTRY = "country"
    STATUS = "status"
    CONTACT = "contact"
    NOTE = "note"


TELLABLE = (
    Kind.HEADCOUNT,
    Kind.SITES,
    Kind.INDUSTRY,
    Kind.ACTIVITY,
    Kind.TOOL,
    Kind.LOCATION,
    Kind.FOUNDED,
    Kind.PROBLEM,
)
"""Kinds that may stand in a letter to the company; those that records hold come first, being the stronger source.

What our notes say of a company, its status and its contacts stay in the house; which country they are in is no news to
them."""


@dataclass(frozen=True)
class Clause:
    """A clause without its subject (*runs 12 warehouses*), and the part of the sentence it was made of."""

    kind: Kind
    predicate: str
    text: str


_VERBS: dict[str, tuple[str, Kind | None]] = {
    first: (third, Kind(kind) if kind != "sites" else None)
    for kind, listed in {
        "sites": "run:runs operate:operates own:owns manage:manages have:has betreiben:betreibt haben:hat"
        " verwalten:verwaltet",
        "tool": "use:uses rely_on:relies_on work_with:works_with nutzen:nutzt verwenden:verwendet",
        "problem": "struggle_with:struggles_with lose:loses waste:wastes suffer_from:suffers_from miss:misses"
        " verlieren:verliert kämpfen_mit:kämpft_mit",
        "activity": "ship:ships process:processes handle:handles produce:produces manufacture:manufactures"
        " distribute:distributes supply:supplies store:stores deliver:delivers move:moves import:imports"
        " export:exports serve:serves sell:sells make:makes produzieren:produziert liefern:liefert"
        " verkaufen:verkauft lagern:lagert bewegen:bewegt",
        "industry": "are:is sind:ist",
    }.items()
    for first, third in (pair.replace("_", " ").split(":") for pair in listed.split())
}
"""First person: third person, and the kind of fact it makes; no kind where the object must name sites."""
_THIRD = {third: (third, kind) for third, kind in _VERBS.values() if kind is not Kind.INDUSTRY}
_OURS = r"(?:we|our company|wir)"
_THEIRS = r"(?:they|the company)"
_ADVERB = r"(?:(?:currently|now|still|also|already|mainly|derzeit|heute|aktuell|noch|auch)\s)?"
_OBJECT = r"(?P<object>(?:[^.,;:!?()\n\"“”„]|(?<=\d)[.,](?=\d)){2,140})"
_SPOKEN, _TOLD = (
    re.compile(
        rf"\b(?:{subject}\s{_ADVERB}(?P<verb>{'|'.join(_VERBS)})|(?P<inverted>\w+en)\swir)\s{_OBJECT}", re.IGNORECASE
    )
    for subject in (_OURS, _THEIRS)
)
_THIRD_PERSON = re.compile(rf"\b(?P<verb>{'|'.join(_THIRD)})\s{_OBJECT}")
_HYPOTHETICAL = frozenset(
    "if when once whether can could should would do does did that than unless wenn falls ob sobald si".split()
)
_OTHERS = frozenset(
    "competitor competitors supplier suppliers customer customers who which parent wettbewerber".split()
)
_CUT = re.compile(
    r"\s(?:[-–—]\s|(?:and|but|so|because|which|that|while|where|who|if|since|as|when|und|aber|weil|die|der|das|wo|et)\s"
    rf"(?:{_OURS}|{_THEIRS}|it|our|this|there|i|would|are|is|need|want|plan|move|moves|can|could|will|unser\w*|möchten|wollen|suchen"
    rf"|brauchen|{'|'.join((*_VERBS, *_THIRD))})\b)",
    re.IGNORECASE,
)
_OF_A_FIRM = re.compile(r"\s(?:based|located|with|near|mit|in)\s")
_PLANNED = frozenset(
    "want plan planning would will hope looking might open opening möchten wollen planen suchen".split()
)
_FEW = frozenset("one a an ein eine".split())
_WE = re.compile(r"\b(?:we|our|wir|unser\w*)\b", re.IGNORECASE)
_OUR = {"our": "its", "us": "it", "ourselves": "itself"}
_YOU = re.compile(
    r"\b(?:you|your|yours|i|me|my|mine|ihr|ihre|ihnen|unser\w*|uns|notre|nos|question|questions|problem)\b", re.I
)
_SITES = re.compile(
    r"(?<![\w-])(?P<count>\d[\d.,]{0,8}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|several|one"
    r"|an?(?!\s(?:\d|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn))|zwei|drei|vier"
    r"|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|mehrere|ein|eine|deux|trois|quatre|cinq|six|sept|huit|neuf|dix)\s"
    r"(?:(?!(?:and|or|of|with|for|a|an|the|in|on|at|per|to|is|are|sq|sqm|square|ft|und|oder|mit|für|pro|je|in|et|pour)\b)[\w-]+\s){0,3}?(?:warehouses?|sites?|plants?|locations?|stores?|shops?|depots?"
    r"|factor(?:y|ies)|branch(?:es)?|hubs?|distribution cent(?:re|er)s?|fulfil?lment cent(?:re|er)s?|facilit(?:y|ies)"
    r"|offices?|yards?|terminals?"
    r"|dock doors?|docks?|lager\w*|standorte?\w*|werke?|filialen?|niederlassung\w*|betriebe|logistikzentr\w*|entrepôts?"
    r"|quais?)\b",
    re.IGNORECASE,
)
_ORGANISATION = re.compile(
    r"^(?:an?|the|one of|eine?|une?)\s(?:[^\s,]+\s){0,5}?[\w-]*(?:company|manufacturer|maker|provider|distributor"
    r"|retailer|wholesaler|carrier|operator|supplier|agency|firm|producer|brand|forwarder|haulier|hospital|bank|brewery|bakery"
    r"|startup|start-up|integrator|consultancy|importer|exporter|business|cooperative|hersteller|händler|unternehmen|dienstleister|betrieb"
    r"|spedition|anbieter|brauerei|bäckerei|agentur|entreprise)\b",
    re.IGNORECASE,
)  # fmt: skip


def first_person(sentence: str) -> Iterator[Clause]:
    """What ``sentence`` says of *us*, turned into the third person; sites that only stand in it become *has …*."""
    found = list(_clauses(_SPOKEN, sentence))
    yield from found
    german = "wir" in words(sentence)
    if (
        _WE.search(sentence)
        and _PLANNED.isdisjoint(words(sentence))
        and not any(one.kind is Kind.SITES for one in found)
    ):
        for match in _SITES.finditer(sentence):
            if match["count"].casefold() not in _FEW and _tells(match.group()):
                told = _nominative(match.group()) if german else match.group()
                yield Clause(Kind.SITES, f"{'hat' if german else 'has'} {_theirs(told)}", match.group())


_DATIVE = re.compile(r"\w*(?:standorten|lagern|werken|betrieben|häusern|toren)", re.IGNORECASE)


def _nominative(told: str) -> str:
    """*zwei großen Lagerstandorten*, taken out of *mit …*, becomes *zwei große Lagerstandorte*."""
    count, *between, noun = told.split()
    if not _DATIVE.fullmatch(noun):
        return told
    adjectives = (word.removesuffix("n") if word.endswith("en") else word for word in between)
    return " ".join((count, *adjectives, noun.removesuffix("n")))


def of_them(sentence: str) -> Iterator[Clause]:
    """What ``sentence`` says of *them* or *the company*, or in the third person (*runs two warehouses*)."""
    yield from _clauses(_TOLD, sentence)
    yield from third_person(sentence)


def _clauses(pattern: re.Pattern[str], sentence: str) -> Iterator[Clause]:
    for match in _matches(pattern, sentence):
        verb = (match["verb"] or match["inverted"]).casefold()
        third, kind = _VERBS.get(verb, ("", None))
        if third and not _doubtful(match):
            yield from _clause(match, third, kind)


def third_person(sentence: str) -> Iterator[Clause]:
    """What a note says of the company in the third person (*runs two warehouses*)."""
    for match in _matches(_THIRD_PERSON, sentence):
        third, kind = _THIRD[match["verb"]]
        if not _doubtful(match) and _OTHERS.isdisjoint(_words_before(match)[-3:]):
            yield from _clause(match, third, kind)


def _matches(pattern: re.Pattern[str], sentence: str) -> Iterator[re.Match[str]]:
    """All matches, also those that begin within the object of the one before (*runs … and uses …*)."""
    match = pattern.search(sentence)
    while match:
        yield match
        match = pattern.search(sentence, match.start("object"))


def _doubtful(match: re.Match[str]) -> bool:
    return not _HYPOTHETICAL.isdisjoint(_words_before(match)[-2:])


def _words_before(match: re.Match[str]) -> tuple[str, ...]:
    return words(match.string[max(0, match.start() - 80) : match.start()])


def _clause(match: re.Match[str], third: str, kind: Kind | None) -> Iterator[Clause]:
    """The clause of one verb and its object, cut where the next clause begins; none where it does not tell enough."""
    told = _CUT.split(f" {match['object']}", maxsplit=1)[0].strip()
    cut_short = len(match["object"]) >= 140 or match.string.startswith("://", match.end())
    sites = _SITES.search(told)
    kind = (Kind.SITES if sites else None) if kind is None else kind
    if kind is Kind.INDUSTRY:
        told = _OF_A_FIRM.split(told)[0] if _ORGANISATION.match(told) else ""
    if kind is None or not told or cut_short or not _tells(told):
        return
    end = match.start("object") + match["object"].find(told) + len(told)
    yield Clause(kind, f"{third} {_theirs(_without_headcount(told))}", match.string[match.start() : end])


def _without_headcount(told: str) -> str:
    """A number of employees is a fact of its own; what else stands beside it reads better without."""
    for count in headcounts_in(told):
        stated = re.escape(count.text)
        shorter = re.sub(rf"{stated}\s(?:and|und)\s|\s(?:with|and|mit|und)\s{stated}$", "", told, flags=re.IGNORECASE)
        told = shorter if shorter.strip() else told
    return told


def _tells(told: str) -> bool:
    negated = words(told)[:1] in (("no",), ("not",), ("never",), ("kein",), ("keine",), ("nicht",), ("into",), ("out",))
    return plain_clause(told) and not negated and not _YOU.search(told) and len(told.split()) <= 20


def _theirs(told: str) -> str:
    calm = told.lower() if told.isupper() and len(told.split()) > 1 else told
    return " ".join(word if word == "US" else _OUR.get(word.casefold(), word) for word in calm.split())
