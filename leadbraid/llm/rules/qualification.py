"""Stream `qualification` by rules: each criterion is met, missed, or honestly unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from leadbraid.llm.rules.heard import Said, holding, said_by_lead, said_by_research, said_by_reviewer
from leadbraid.llm.rules.places import countries_in, country_name, country_of_place, place_in
from leadbraid.models import Answer, CriterionResult, Lead, Qualification, QualificationTask, Quote
from leadbraid.models.playbook import Bounds, Criterion, See
from leadbraid.scoring import judged
from leadbraid.sources.matching import domain_of, is_free_mail
from leadbraid.text import (
    LATIN,
    UNKNOWN_LANGUAGE,
    affirmed_at,
    affirms,
    fold,
    headcounts_in,
    language_of,
    mentions,
    script_of,
)
from leadbraid.written import own_words

_REASON = 300


@dataclass(frozen=True)
class Reading:
    """What one statement says of one criterion."""

    answer: Answer
    reason: str
    quote: Quote | None
    by_reviewer: bool = False


@dataclass(frozen=True)
class Heard:
    """All that is known: the lead, and what was said of it, the reviewer's words last."""

    lead: Lead
    said: tuple[Said, ...]

    @classmethod
    def of(cls, task: QualificationTask) -> Heard:
        """The lead's words, the company note where the plan gives it, the reviewer's note."""
        return cls(task.lead, (*said_by_lead(task.lead), *said_by_research(task), *said_by_reviewer(task.note)))


def qualification(task: QualificationTask) -> Qualification:
    """Weigh every criterion of the playbook, and decide by the weights."""
    heard = Heard.of(task)
    results = tuple(_weigh(criterion, heard) for criterion in task.rules.criteria)
    score, verdict = judged(task.rules, {one.criterion: one.answer for one in results})
    return Qualification(verdict=verdict, score=score, criteria=results)


# --- one criterion -------------------------------------------------------------------------------------------------


def _weigh(criterion: Criterion, heard: Heard) -> CriterionResult:
    """All that the criterion names must hold: one that is missed misses it, one that is unknown leaves it open."""
    found = _told(criterion, heard)
    if not found and criterion.see != See():
        found = [_settle(otherwise, readings) for otherwise, readings in _sights(criterion.see, heard)]
    if not found:
        found = [Reading(Answer.UNKNOWN, "the playbook does not say how a rule could see this", None)]
    order = (Answer.MISSED, Answer.UNKNOWN, Answer.MET)
    worst = min(found, key=lambda reading: order.index(reading.answer))
    return CriterionResult(
        criterion=criterion.id, answer=worst.answer, reason=worst.reason[:_REASON], quote=worst.quote
    )


def _told(criterion: Criterion, heard: Heard) -> list[Reading]:
    """The reviewer's plain word for a criterion: its id, then *met*, *missed* or *unknown*."""
    name = re.escape(fold(criterion.id)).replace("_", "[ _-]")
    pattern = re.compile(rf"\b{name}\s?(?::|=|is)?\s?(not met|met|missed|unknown)\b")
    answers = {"met": Answer.MET, "unknown": Answer.UNKNOWN}
    for said in heard.said:
        if said.by_reviewer and (match := pattern.search(fold(said.text))):
            return [Reading(answers.get(match[1], Answer.MISSED), "the reviewer says so", said.quote(), True)]
    return []


def _settle(otherwise: str, readings: Iterator[Reading]) -> Reading:
    """One answer of many readings. The reviewer's word wins; readings that contradict each other leave it unknown."""
    all_found = tuple(readings)
    found = tuple(reading for reading in all_found if reading.by_reviewer) or all_found
    first = {answer: next((one for one in found if one.answer is answer), None) for answer in Answer}
    met, missed = first[Answer.MET], first[Answer.MISSED]
    if met and missed:
        return Reading(Answer.UNKNOWN, f"contradictory: {met.reason}; but {missed.reason}", missed.quote)
    return met or missed or first[Answer.UNKNOWN] or Reading(Answer.UNKNOWN, otherwise, None)


def _sights(see: See, heard: Heard) -> Iterator[tuple[str, Iterator[Reading]]]:
    """What the criterion names, each with what was read of it, and the reason where nothing was."""
    if see.headcount:
        yield "nothing says how many employees there are", _headcounts(see.headcount, heard)
    if see.mentions or not _other_sight(see):
        yield "none of the words it looks for are there", _phrases(see, heard)
    elif spoiled := tuple(_spoken(see.missed_by, heard, Answer.MISSED)):
        # Beside another sight these phrases only spoil: without one, the other sight decides.
        yield "", iter(spoiled)
    if see.countries:
        yield "nothing says which country it is", _countries(see, heard)
    if see.job_titles:
        yield "nothing says what the person's role is", _job_titles(see, heard)
    if see.business_email:
        yield "", _business_email(heard.lead)


def _other_sight(see: See) -> bool:
    return bool(see.headcount or see.countries or see.job_titles or see.business_email)


# --- what each sight reads -----------------------------------------------------------------------------------------


def _headcounts(bounds: Bounds, heard: Heard) -> Iterator[Reading]:
    for said in heard.said:
        if said.source == "lead:employees":
            yield _counted(bounds, int(said.text), int(said.text), said.quote(), said.by_reviewer)
        else:
            for count in headcounts_in(said.read) if said.kind in ("", "headcount") else ():
                yield _counted(bounds, count.low, count.high, said.quote(count.text), said.by_reviewer)


def _counted(bounds: Bounds, low: int, high: int, quote: Quote, by_reviewer: bool) -> Reading:
    inside = [_within(bounds, number) for number in (low, high)]
    answer = Answer.UNKNOWN if inside[0] != inside[1] else Answer.MET if inside[0] else Answer.MISSED
    stated = f"{low} employees" if low == high else f"{low} to {high} employees"
    where = {Answer.MET: "within", Answer.MISSED: "outside", Answer.UNKNOWN: "partly within"}[answer]
    return Reading(answer, f"{stated}, {where} {_range(bounds)}", quote, by_reviewer)


def _within(bounds: Bounds, number: int) -> bool:
    return (bounds.min is None or number >= bounds.min) and (bounds.max is None or number <= bounds.max)


def _range(bounds: Bounds) -> str:
    low = "any" if bounds.min is None else str(bounds.min)
    return f"{low} or more" if bounds.max is None else f"{low} to {bounds.max}"


def _phrases(see: See, heard: Heard) -> Iterator[Reading]:
    missed = tuple(_spoken(see.missed_by, heard, Answer.MISSED))
    yield from missed
    spoiling = tuple(one.quote.text for one in missed if one.quote)
    for reading in _spoken(see.mentions, heard, Answer.MET):
        # "no warehouse" must not meet "warehouse" by the same words that miss it.
        if not (reading.quote and reading.quote.text in spoiling):
            yield reading


def _spoken(phrases: Iterable[str], heard: Heard, answer: Answer) -> Iterator[Reading]:
    verb = "meets" if answer is Answer.MET else "misses"
    held = holding(heard.said, phrases)
    for said in heard.said if held else ():
        phrase = next((one for one in held if affirms(said.read, one)), None)
        if phrase is not None:
            yield Reading(answer, f"“{phrase[:200]}” {verb} it", said.quote(phrase), said.by_reviewer)


def _countries(see: See, heard: Heard) -> Iterator[Reading]:
    for said in heard.said:
        for code in _named_countries(said):
            served = code in see.countries
            reason = f"{country_name(code)} is {'' if served else 'not '}in the list"
            yield Reading(Answer.MET if served else Answer.MISSED, reason, said.quote(), said.by_reviewer)


def _named_countries(said: Said) -> tuple[str, ...]:
    if said.source == "lead:country":
        return (said.text,)
    if said.by_reviewer or said.kind == "country":
        return countries_in(said.read)
    place = place_in(said.read)
    code = country_of_place(place) if place else ""
    return (code,) if code else ()


_MY_ROLE = re.compile(r"\b(?:i am|i'm|i work as|my role is|my job is|ich bin|ich arbeite als|je suis)\b")
_THEIR_ROLE = re.compile(r"\b(?:is|works as|he's|she's|they are|ist)\b")


def _job_titles(see: See, heard: Heard) -> Iterator[Reading]:
    """The form's field says it; else *I am …* in the message, or a reviewer who says what the person *is*."""
    for said in heard.said:
        if said.source == "lead:job_title":
            yield _titled(said, see, heard.lead)
        elif said.by_reviewer or said.source == "lead:message":
            speaks = _THEIR_ROLE if said.by_reviewer else _MY_ROLE
            title = next((one for one in see.job_titles if _follows(speaks, said.text, one)), None)
            if title is not None:
                yield Reading(Answer.MET, f"the role is “{title[:200]}”", said.quote(title), said.by_reviewer)


_ASSISTS = re.compile(
    r"\b(?:assistant|assistenz|assistentin|secretary|sekretär\w*|intern|trainee|student\w*|werkstudent\w*|praktikant\w*)\b"
)
_READ = ("en", "de", UNKNOWN_LANGUAGE)
"""Languages that a playbook's job titles are written in, as far as these rules go."""


def _titled(said: Said, see: See, lead: Lead) -> Reading:
    """What the form's job title says; one in a language that the list is not written in says nothing.

    *Assistant to the CEO* is no CEO.
    """
    named = not _ASSISTS.search(fold(said.text)) and any(mentions(said.text, one) for one in see.job_titles)
    if named:
        return Reading(Answer.MET, f"the role is “{said.text[:200]}”", said.quote())
    words = own_words(lead)
    if language_of(words) not in _READ or script_of(f"{said.text} {words}") not in (LATIN, ""):
        return Reading(
            Answer.UNKNOWN, f"the role is “{said.text[:200]}”, in a language no rule here reads", said.quote()
        )
    return Reading(Answer.MISSED, f"the role is “{said.text[:200]}”, which is none of those listed", said.quote())


def _follows(speaks: re.Pattern[str], text: str, title: str) -> bool:
    """Whether ``title`` comes within a few words after the verb, in the same clause."""
    place = affirmed_at(text, title)
    clause = re.split(r"[.,;:!?]", fold(text)[max(0, place - 60) : place])[-1] if place is not None else ""
    return speaks.search(clause) is not None


def _business_email(lead: Lead) -> Iterator[Reading]:
    domain = lead.email.rpartition("@")[2]
    free = is_free_mail(domain_of(domain))
    reason = "written from a free-mail address" if free else "written from an address of their own domain"
    yield Reading(Answer.MISSED if free else Answer.MET, reason, Quote(source="lead:email", text=domain))
