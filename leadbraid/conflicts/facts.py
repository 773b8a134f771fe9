"""Rules between the reply and the company note: what it contradicts, what it leaves unused."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadbraid.conflicts.case import Case, Statement, conflict, quote
from leadbraid.conflicts.words import amounts, content, quantities, same_company, same_person
from leadbraid.models import Code, Conflict, Fact, Resolver, Severity, Stream
from leadbraid.models.outputs import INTERNAL_KINDS
from leadbraid.text import mentions, numbers, sentences, words


def contradicts_note(case: Case) -> Iterator[Conflict]:
    """The reply names another company or person than the note, or a number that a stronger fact denies. Blocking."""
    if case.note and case.shown:
        yield from _other_company(case, case.note.company)
        yield from _other_person(case, case.note.person)
        yield from _other_number(case)


def _against(case: Case, message: str, left: str, right: str) -> Conflict:
    return conflict(
        Code.CONTRADICTS_NOTE,
        Severity.BLOCKING,
        Resolver.DRAFTING,
        message,
        left=quote(case.author, left),
        right=quote(Stream.RESEARCH, right),
    )


def _other_company(case: Case, company: str) -> Iterator[Conflict]:
    """The reply speaks to the company that the lead named, and the note knows it under quite another name."""
    named = case.lead.company
    if not company or not named or same_company(named, company):
        return
    sentence = next((one for one in sentences(case.shown) if mentions(one, named) and not mentions(one, company)), "")
    if sentence:
        yield _against(case, f"The reply says “{named}”, the company note says “{company}”.", sentence, company)


_GREETING = re.compile(
    r"^\s*(?:hello|hi|hey|dear|good (?:morning|afternoon|day)|guten (?:tag|morgen)|hallo|sehr geehrte[rs]?|liebe[rs]?"
    r"|bonjour|cher|chère|hola|estimad[oa]|buongiorno|gentile|car[oa]|beste|geachte|olá|prezad[oa])\s+"
    r"([^,!:;\n]{1,80}?)\s*(?:[,!:;\n]|$)",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    "there all team everyone everybody both sir madam sirs ladies gentlemen folks customer colleagues"
    " damen herren zusammen alle à tous toutes equipo todos tutti allemaal".split()
)


def greeted(body: str) -> str:
    """Whom the first line of ``body`` greets by name; empty where it greets nobody in particular."""
    match = _GREETING.match(body)
    return "" if not match or _NOBODY.intersection(words(match.group(1))) else match.group(1)


def _other_person(case: Case, person: str) -> Iterator[Conflict]:
    """The reply greets somebody else, unless the lead and the note share a name and it greets the lead."""
    name, lead = greeted(case.body), case.lead
    if not person or not name or same_person(name, person) or (lead.company and same_company(name, lead.company)):
        return
    if lead.name and same_person(name, lead.name) and same_person(lead.name, person):
        return
    line = next(iter(sentences(case.body)), name)
    yield _against(case, f"The reply greets “{name}”, the company note knows “{person}”.", line, person)


def _other_number(case: Case) -> Iterator[Conflict]:
    """A count of employees, sites, users, … that no fact as strong as the one denying it carries.

    What is said of ourselves, or stands so in a product fact or a permitted claim, is not a count of theirs.
    """
    ours = {quantity for _, text in case.approved for quantity in quantities(text)}
    for statement in case.statements:
        for quantity in () if _of_us(statement) else quantities(statement.ours):
            fact = None if quantity in ours else _denied_by(case, quantity)
            if fact:
                message = f"The reply says “{statement.shown}”, the company note says “{fact.text}”."
                yield _against(case, message, statement.shown, fact.text)


_OURS = re.compile(
    r"\b(?:our|we have|we employ|we are|unser\w*|wir haben|wir sind|notre|nos|nuestr\w*)\b", re.IGNORECASE
)
_OUR_COUNT = re.compile(r"\b(?:our|unser\w*|nos|nuestr\w*)\s+(?:[^\W\d]+\s+){0,2}\d", re.IGNORECASE)
_YOURS = re.compile(r"\b(?:you|your|sie|ihr\w*|vous|votre|vos|usted\w*|su|sus)\b", re.IGNORECASE)


def _of_us(statement: Statement) -> bool:
    """It speaks of us alone, or of *our 40 …*."""
    alone = _OURS.search(statement.ours) and not _YOURS.search(statement.ours)
    return bool(alone or _OUR_COUNT.search(statement.ours))


def _denied_by(case: Case, said: tuple[str, float, float]) -> Fact | None:
    """The strongest fact with another count of the same unit, if no fact as strong agrees with what was said."""
    agree: list[int] = [0]
    deny: list[Fact] = []
    for fact in case.facts:
        counts = [(low, high) for unit, low, high in quantities(fact.text) if unit == said[0]]
        if any(low <= said[2] and said[1] <= high for low, high in counts):
            agree.append(fact.strength)
        elif counts:
            deny.append(fact)
    return deny[0] if deny and deny[0].strength > max(agree) else None


def ignores_fact(case: Case) -> Iterator[Conflict]:
    """The note's strongest fact is used nowhere in the reply. Info: nothing is wrong, something is left unused.

    Our own notes, a status or a contact are for us alone: no letter should tell them; nor which country they are in.
    """
    facts = [fact for fact in case.facts if fact.kind not in (*INTERNAL_KINDS, "country")]
    if not facts or not case.shown:
        return
    strongest = [fact for fact in facts if fact.strength == facts[0].strength]
    if not any(_used(fact, case) for fact in strongest):
        yield conflict(
            Code.IGNORES_FACT,
            Severity.INFO,
            Resolver.DRAFTING,
            f"The reply does not use the strongest fact of the company note: {strongest[0].text}.",
            left=quote(case.author, case.subject or next(iter(sentences(case.body)), case.body)),
            right=quote(Stream.RESEARCH, strongest[0].text),
        )


def _used(fact: Fact, case: Case) -> bool:
    """Filled in, or said: a sentence with all its numbers and at least half of its content words, the names aside."""
    if any(fact in filled.facts for filled in case.filled):
        return True
    names = frozenset(words(f"{case.lead.company} {case.lead.name} {case.note.company if case.note else ''}"))
    wanted = content(fact.text, names)
    return any(
        numbers(fact.text) <= amounts(one) and 2 * len(wanted & content(one, names)) >= max(1, len(wanted))
        for one in sentences(case.shown)
    )
