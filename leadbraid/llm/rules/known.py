"""What a lead has told already: a reply that asks for it again was not written by somebody who read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from leadbraid.llm.rules.clauses import Kind, first_person
from leadbraid.models import Lead
from leadbraid.text import headcounts_in, sentences
from leadbraid.written import asked_words

_N = (
    r"(?<![\w-])(?:\d[\d.,]{0,8}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|ein|eine[mnr]?|zwei|drei"
    r"|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf)\s(?:(?!(?:for|on|in|of|with|and|für|in|mit|und)\s)[\w-]+\s){0,2}?"
)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_SITES = _pattern(
    rf"{_N}(?:warehouses?|sites?|plants?|locations?|depots?|stores?|yards?|hubs?"
    r"|(?:distribution|fulfil?lment) cent(?:re|er)s?"
    r"|lager|lagern|lager(?:standort|haus|häus)\w*|zentrallager|standorte?n?|logistikzentr\w*|werke?n?|niederlassung\w*)\b"
)
_DOORS = _pattern(
    rf"{_N}(?:dock doors?|docks?|doors?|(?:loading )?bays?|(?:verlade|lade)?tore?n?|rampen?|verladerampen?|quais?)\b"
)
_SYSTEMS = _pattern(
    r"\b(?:SAP|EWM|Oracle|Manhattan|Blue Yonder|Körber|Infor|NetSuite|Dynamics|Navision|Odoo|proLogistik|Mecalux)\b"
)


@dataclass(frozen=True)
class Thing:
    """Something replies ask for: how a question names it, and whether a lead has told it."""

    asked: re.Pattern[str]
    told: Callable[[Lead, str], bool]


THINGS = (
    Thing(
        _pattern(
            r"\bhow many (?:people|employees|staff)\b|\bwie viele (?:menschen|personen|mitarbeit\w*|beschäftigte)\b"
        ),
        lambda lead, words: lead.employees is not None or bool(headcounts_in(words)),
    ),
    Thing(
        _pattern(r"\bhow many (?:sites|warehouses|locations|plants)\b|\bwie viele (?:standorte|lager|werke)\b"),
        lambda _, words: bool(_SITES.search(words)),
    ),
    Thing(
        _pattern(r"\bhow many (?:dock doors|docks|doors)\b|\bwie viele (?:verladetore|tore|rampen)\b"),
        lambda _, words: bool(_DOORS.search(words)),
    ),
    Thing(
        _pattern(r"\bwhich (?:[\w-]+ ){0,2}systems?\b|\bwelche\w* (?:[\w-]+ ){0,2}[\w-]*system\w*"),
        lambda _, words: bool(_SYSTEMS.search(words)) or _tells_tool(words),
    ),
    Thing(
        _pattern(r"\b(?:which|what) country\b|\bwelche[mns]? land\b"),
        lambda lead, _: bool(lead.country),
    ),
)


def told_already(question: str, lead: Lead) -> bool:
    """Whether ``question`` asks for nothing but what the lead has told. What no rule knows was not told."""
    asked = [thing for thing in THINGS if thing.asked.search(question)]
    words = asked_words(lead)
    return question.endswith("?") and bool(asked) and all(thing.told(lead, words) for thing in asked)


def _tells_tool(words: str) -> bool:
    return any(clause.kind is Kind.TOOL for sentence in sentences(words) for clause in first_person(sentence))
