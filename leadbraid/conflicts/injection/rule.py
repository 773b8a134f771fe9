"""The rule on a stranger's text that speaks to the machine instead of to us.

What is looked at: the lead's words, field by field and its short fields together, and what the company note was taken
from. How: as it stands, with each disguise taken off, decoded, and in the places that people do not see. Where a model
works, what it reads as an order counts too: it can add to the rule and take nothing away.
"""

from __future__ import annotations

from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.conflicts.injection.disguises import apart, decoded, readings, unescaped
from leadbraid.conflicts.injection.forms import SQUEEZED, has_form
from leadbraid.conflicts.injection.hidden import hidden_places
from leadbraid.conflicts.injection.orders import HIDDEN, ORDERS, Order, clauses, orders
from leadbraid.models import Code, CompanyNote, Conflict, Lead, Resolver, RiskReport, Severity
from leadbraid.text import sentences

_MESSAGE = "lead:message"


def injection_suspected(case: Case) -> Iterator[Conflict]:
    """Text that reaches a model gives orders to its reader. Blocking: a person must look before anything goes.

    Both sides are the text's own: it is at odds with nothing but being an enquiry, or a document.
    """
    by_rule = (*_in_lead(case.lead), *_in_note(case.note))
    for source, found in dict.fromkeys((*by_rule, *_seen_by_model(case.risks, by_rule))):
        yield conflict(
            Code.INJECTION_SUSPECTED,
            Severity.BLOCKING,
            Resolver.REVIEWER,
            f"{_whose(source)} gives orders to its reader: “{found[:300]}”. Read the outputs with care.",
            left=quote(source, found),
            right=quote(source, found),
        )


def _whose(source: str) -> str:
    return "The lead's text" if source.startswith("lead:") else f"The source {source[:80]} of the company note"


Found = tuple[str, str]
"""A source and the words of it that instruct."""


def _in_lead(lead: Lead) -> list[Found]:
    """What instructs in the lead's fields; where none does by itself, what does in several read as one."""
    alone = [(source, part) for source, text in lead.words().items() for part in _parts(text)]
    return alone or [("lead:fields", text) for text in _over_fields(lead) if instructs(text)][:1]


def _in_note(note: CompanyNote | None) -> Iterator[Found]:
    """What instructs in the documents and pages that the note's facts were taken from."""
    for fact in note.facts if note else ():
        if not fact.quote.source.startswith("lead:"):
            yield from ((fact.quote.source, part) for part in _parts(fact.quote.text))


def _seen_by_model(risks: RiskReport | None, known: tuple[Found, ...]) -> Iterator[Found]:
    """What a model reads as an order and the rule does not see: wording that nobody thought of."""
    for one in risks.orders if risks else ():
        if not any(one.source == source and (one.text in text or text in one.text) for source, text in known):
            yield one.source, one.text


def _over_fields(lead: Lead) -> Iterator[str]:
    """The short fields in one line, alone and with the message's beginning: an order may run over several of them."""
    short = " ".join(part for part in (lead.name, lead.company, lead.job_title, lead.product) if part)
    if short:
        yield short
        yield f"{short} {next(iter(sentences(lead.message)), '')}"


def _parts(text: str) -> list[str]:
    """The parts of ``text`` that instruct: sentences, or two or three where the order runs over line breaks."""
    if not instructs(text):
        return []
    found = [one for one in dict.fromkeys(sentences(text)) if instructs(one)]
    return found or _runs(text, 2) or _runs(text, 3) or [text]


def _runs(text: str, length: int) -> list[str]:
    """The runs of ``length`` neighbouring sentences that instruct together, as they stand in ``text``."""
    spans: list[tuple[int, int]] = []
    for piece in sentences(text):
        start = text.index(piece, spans[-1][1] if spans else 0)
        spans.append((start, start + len(piece)))
    runs = dict.fromkeys(text[first[0] : last[1]] for first, last in zip(spans, spans[length - 1 :], strict=False))
    return [run for run in runs if instructs(run)]


def instructs(text: str) -> bool:
    """Whether ``text`` gives orders to whoever or whatever reads it."""
    words, letters = apart(text)
    unseen = dict.fromkeys((*decoded(text), *hidden_places(text), *([words] if words else ())))
    return (
        any(_instructs(reading, ORDERS) for reading in readings(text))
        or any(_instructs(reading, ORDERS) for one in unescaped(text) for reading in readings(one))
        or any(_instructs(reading, HIDDEN) for one in unseen for reading in readings(one))
        or bool(SQUEEZED.search(letters))
    )


def _instructs(reading: str, rules: tuple[Order, ...]) -> bool:
    return has_form(reading) or any(orders(clause, rules) for clause in clauses(reading.split("\n")))
