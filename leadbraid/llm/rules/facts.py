"""Facts about a company: from the lead's words, a reviewer's note, our notes and our account records."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadbraid.llm.rules.clauses import Clause, Kind, first_person, of_them, third_person
from leadbraid.llm.rules.names import person_name, plain_clause
from leadbraid.llm.rules.places import country_code, in_country, place_in
from leadbraid.models import Fact, Lead, Quote
from leadbraid.sources.accounts import Column, column_value
from leadbraid.sources.documents import Passage
from leadbraid.text import Headcount, headcounts_in, language_of, sentences
from leadbraid.written import own_words

_TEXT, _CELL = 300, 140
_SAYS_SO, _NOTES, _RECORDS = 1, 2, 3
_FOUNDED = re.compile(
    r"\b(?:founded|established|set up|started|gegründet)\s(?:in\s)?(?P<year>(?:18|19|20)\d\d)\b"
    r"|\b(?P<year_de>(?:18|19|20)\d\d)\sgegründet\b",
    re.IGNORECASE,
)
_ROUGH = re.compile(
    r"^(?:we (?:are|have|employ) )?(about|around|roughly|approx\w*\.?|circa|ca\.|some|over|more than|nearly|almost"
    r"|up to|at least|etwa|rund|ungefähr|über|mehr als|knapp|fast)\b|~",
    re.IGNORECASE,
)
_OF_US = re.compile(r"\b(?:we|our|us|wir|unser\w*|nous|as an?)\b", re.IGNORECASE)
_OF_OTHERS = re.compile(r"\b(?:you|your|competitors?|suppliers?|customers?|clients?|ihr\w*|kunden)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Teller:
    """Who is spoken of, and whether the lead writes German, as the letter then will be."""

    who: str
    german: bool = False

    @classmethod
    def of(cls, name: str, lead: Lead) -> Teller:
        """``name`` as the subject of clauses, or *the company* where it does not look like a name."""
        german = language_of(own_words(lead)) == "de"
        return cls(name or ("das Unternehmen" if german else "the company"), german)

    def fact(self, kind: Kind, predicate: str, source: str, quoted: str, strength: int) -> Fact:
        """A fact whose clause begins with whom it is about."""
        return make_fact(kind, f"{self.who} {predicate}", source, quoted, strength)

    def headcount(self, count: Headcount, source: str, quoted: str, strength: int) -> Fact:
        """*has about 240 employees*; ranges stay ranges."""
        rough = _ROUGH.search(count.text)
        number = str(count.low) if count.low == count.high else f"{count.low}–{count.high}"
        about = f"{'etwa' if self.german else 'about'} " if rough or strength == _RECORDS else ""
        has, staff = ("hat", "Mitarbeiter") if self.german else ("has", "employees")
        return self.fact(Kind.HEADCOUNT, f"{has} {about}{number} {staff}", source, quoted, strength)


def make_fact(kind: Kind, text: str, source: str, quoted: str, strength: int) -> Fact:
    """A fact with an id that stays the same as long as its words do."""
    mark = hashlib.sha256(f"{kind}|{text}|{source}".encode()).hexdigest()[:8]
    quote = Quote(source=source[:300], text=quoted[:1_000])
    return Fact(id=f"{kind}-{mark}", kind=kind.value, text=text[:_TEXT], quote=quote, strength=strength)


# --- the lead's words, and a reviewer's ----------------------------------------------------------------------------


def facts_of_lead(lead: Lead, teller: Teller) -> Iterator[Fact]:
    """What the lead says of their own company: the form's fields, and every statement of the message."""
    if lead.employees:
        count = Headcount(lead.employees, lead.employees, "")
        yield teller.headcount(count, "lead:employees", str(lead.employees), _SAYS_SO)
    if lead.country:
        yield teller.fact(Kind.COUNTRY, f"is in {in_country(lead.country)}", "lead:country", lead.country, _SAYS_SO)
    for sentence in sentences(own_words(lead)):
        if not sentence.endswith("?"):
            yield from _stated(sentence, "lead:message", teller, tuple(first_person(sentence)), _SAYS_SO)


def facts_of_reviewer(note: str, teller: Teller) -> Iterator[Fact]:
    """What a reviewer says of the company. It counts as much as our records: a person looked."""
    for sentence in sentences(note):
        yield from _stated(sentence, "reviewer", teller, tuple(of_them(sentence)), _RECORDS)


def _stated(sentence: str, source: str, teller: Teller, clauses: tuple[Clause, ...], strength: int) -> Iterator[Fact]:
    for count in headcounts_in(sentence):
        yield teller.headcount(count, source, count.text, strength)
    for clause in clauses:
        yield teller.fact(clause.kind, clause.predicate, source, clause.text, strength)
    if source != "lead:message" or (_OF_US.search(sentence) and not _OF_OTHERS.search(sentence)):
        yield from _origins(sentence, source, teller, strength)


def _origins(sentence: str, source: str, teller: Teller, strength: int) -> Iterator[Fact]:
    place = place_in(sentence)
    if place and plain_clause(place):
        based = "hat den Sitz in" if teller.german else "is based in"
        yield teller.fact(Kind.LOCATION, f"{based} {place}", source, place, strength)
    if founded := _FOUNDED.search(sentence):
        year = founded["year"] or founded["year_de"]
        predicate = f"wurde {year} gegründet" if teller.german else f"was founded in {year}"
        yield teller.fact(Kind.FOUNDED, predicate, source, founded.group(), strength)


# --- our documents -------------------------------------------------------------------------------------------------


def facts_of_note(passage: Passage, teller: Teller) -> Iterator[Fact]:
    """What a paragraph of our notes says; a sentence that no rule can read stays a sentence, told as our note."""
    for sentence in sentences(passage.text):
        found = tuple(_stated(sentence, passage.source, teller, tuple(third_person(sentence)), _NOTES))
        yield from found
        if not found and any(char.isalpha() for char in sentence):
            said = _short(sentence.lstrip("-*+#|> ").rstrip(". "))
            yield make_fact(Kind.NOTE, f"our notes say “{said}”", passage.source, sentence, _NOTES)


def facts_of_account(passage: Passage, teller: Teller) -> Iterator[Fact]:
    """What an account row says, cell by cell."""
    row = {column: column_value(passage.fields, column) for column in Column}

    def told(kind: Kind, text: str, cell: str) -> Fact:
        quoted = cell if cell in passage.text else passage.text
        return make_fact(kind, text, passage.source, quoted, _RECORDS)

    for count in headcounts_in(f"{row[Column.EMPLOYEES][:60]} employees")[:1]:
        text = teller.headcount(count, passage.source, "-", _RECORDS).text
        yield told(Kind.HEADCOUNT, text, row[Column.EMPLOYEES])
    for column, kind, template in _TEMPLATES:
        cell = row[column]
        if cell and (kind in _IN_HOUSE or plain_clause(cell)):
            yield told(kind, template.format(who=teller.who, cell=_short(_shown(column, cell))), cell)
    if person_name(row[Column.CONTACT]):
        text = f"{row[Column.CONTACT]} is our contact at {teller.who}"
        yield told(Kind.CONTACT, text, row[Column.CONTACT])


_IN_HOUSE = (Kind.STATUS, Kind.NOTE)
_TEMPLATES = (
    (Column.INDUSTRY, Kind.INDUSTRY, "{who} works in {cell}"),
    (Column.CITY, Kind.LOCATION, "{who} is based in {cell}"),
    (Column.COUNTRY, Kind.COUNTRY, "{who} is in {cell}"),
    (Column.STATUS, Kind.STATUS, "our records give the status of {who} as “{cell}”"),
    (Column.NOTES, Kind.NOTE, "our records say “{cell}”"),
)


def _shown(column: Column, cell: str) -> str:
    code = country_code(cell) if column is Column.COUNTRY else ""
    return in_country(code) if code else cell


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CELL else flat[: _CELL - 1].rsplit(" ", 1)[0] + "…"
