"""From an answer to an output: what a model may decide, and what is ours. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from leadbraid.llm.openai import forms
from leadbraid.llm.openai.apart import found_in, plain, quoted_in
from leadbraid.llm.openai.failures import Unfit
from leadbraid.llm.openai.questions import Question
from leadbraid.models import (
    Answer,
    Commitment,
    CompanyNote,
    CriterionResult,
    Disagreement,
    Draft,
    Evidence,
    Fact,
    Flag,
    Qualification,
    Quote,
    RiskReport,
    SentenceSource,
    Severity,
    Slot,
    Stream,
)
from leadbraid.models.playbook import Criterion, FitRiskRules, QualificationRules
from leadbraid.models.visible import one_line
from leadbraid.scoring import judged
from leadbraid.sources.passage import Passage, PassageKind
from leadbraid.text import numbers, words

_LOOKED_AT = 60
"""Entries of one list in an answer; many times what is asked for. Each costs a search."""
DRAFT_WORDS, DRAFT_CHARS = 150, 3_000
SUMMARY_WORDS = 80


def qualification_of(
    answer: forms.QualificationAnswer, question: Question[Any], rules: QualificationRules
) -> Qualification:
    """Each criterion of the playbook once, and the score and verdict that follow.

    An answer without a quote that stands in its source counts as unknown, but for what the address alone can tell.
    """
    given = {one.criterion: one for one in answer.criteria}
    if len(given) < len(answer.criteria) or given.keys() - {one.id for one in rules.criteria}:
        raise Unfit("names a criterion twice, or one that the playbook does not have")
    results = tuple(_weighed(one, given.get(one.id), question) for one in rules.criteria)
    score, verdict = judged(rules, {one.criterion: one.answer for one in results})
    return Qualification(verdict=verdict, score=score, criteria=results)


def _weighed(criterion: Criterion, given: forms.WireCriterion | None, question: Question[Any]) -> CriterionResult:
    if given is None:
        return CriterionResult(criterion=criterion.id, answer=Answer.UNKNOWN, reason="The model gave no answer.")
    quote = question.quoted(given.quote)
    if given.answer is not Answer.UNKNOWN and quote is None and not criterion.see.business_email:
        reason = "The model named no words of the lead that show it."
        return CriterionResult(criterion=criterion.id, answer=Answer.UNKNOWN, reason=reason)
    return CriterionResult(criterion=criterion.id, answer=given.answer, reason=one_line(given.reason), quote=quote)


def note_of(answer: forms.ResearchAnswer, question: Question[Any], passages: tuple[Passage, ...]) -> CompanyNote:
    """The facts that stand in their sources, the strongest first; names and summary only as far as they do."""
    strengths = {one.source: 3 if one.kind is PassageKind.ACCOUNT else 2 for one in passages}
    found = [fact for one in answer.facts[:_LOOKED_AT] if (fact := _fact(one, question, strengths))]
    ranked = sorted(found, key=lambda fact: -fact.strength)[:7]
    facts = tuple(fact.model_copy(update={"id": f"fact{n}"}) for n, fact in enumerate(ranked, start=1))
    summary = " ".join(answer.summary.split()[:SUMMARY_WORDS]) if facts else "No source says anything of the company."
    return CompanyNote(
        company=_named(answer.company, question),
        person=_named(answer.person, question),
        summary=one_line(plain(summary), 1_000),
        facts=facts,
        evidence=evidence_of(facts),
        not_found=tuple(one_line(plain(one)) for one in answer.not_found[:10] if one.strip()),
    )


def _fact(wire: forms.WireFact, question: Question[Any], strengths: Mapping[str, int]) -> Fact | None:
    """The fact; None where its quote stands nowhere, or holds another number."""
    quote, text = question.quoted(wire.quote), " ".join(plain(wire.text).split())
    if quote is None or not text or len(text) > 300 or not _counts(text) <= _counts(quote.text):
        return None
    kind = re.sub(r"\W+", "_", wire.kind.casefold()).strip("_")[:60] or "other"
    return Fact(id="", kind=kind, text=text, quote=quote, strength=strengths.get(quote.source, 1))


_MANY = frozenset(
    "dozen dozens hundred hundreds thousand thousands million millions billion billions dutzend hundert tausend"
    " millionen milliarde milliarden cent mille milliard cento mila mil cien ciento millon millones".split()
)
"""Number words that no clause has by the way, in the languages that replies are mostly written in."""


def _counts(text: str) -> frozenset[str]:
    """The numbers of a text, in figures and in words that stand for many."""
    return frozenset(numbers(text)) | (_MANY & frozenset(words(text)))


def _named(name: str, question: Question[Any]) -> str:
    found = (found_in(section.text, name) for section in question.quotable)
    return one_line(next((one for one in found if one), ""))


def evidence_of(facts: Iterable[Fact]) -> Evidence:
    """*Solid*: our account record, or two facts of our notes. *Some*: one fact of ours, or two of the lead's."""
    strengths = [fact.strength for fact in facts]
    if 3 in strengths or strengths.count(2) >= 2:
        return Evidence.SOLID
    return Evidence.SOME if 2 in strengths or len(strengths) >= 2 else Evidence.THIN


def draft_of(answer: forms.DraftingAnswer, question: Question[Any], note: str) -> Draft:
    """The draft, with what it declares of itself only as far as that stands in it."""
    subject, body = " ".join(plain(answer.subject).split()), plain(answer.body).strip()
    _check_length(subject, body)
    _check_discretion(f"{subject}\n{body}", question)
    return Draft(
        subject=subject,
        body=body,
        language=answer.language if re.fullmatch(r"[a-z]{2}", answer.language) else "unknown",
        tone=answer.tone,
        slots=_slots(answer.slots, body),
        commitments=tuple(
            Commitment(kind=one.kind, text=text)
            for one in answer.commitments[:_LOOKED_AT]
            if (text := found_in(body, one.text)[:1_000])
        )[:20],
        sources=tuple(
            SentenceSource(sentence=sentence, source=quote)
            for one in answer.sources[:_LOOKED_AT]
            if (sentence := found_in(body, one.sentence)[:1_000]) and (quote := question.quoted(one.quote))
        )[:30],
        not_followed=tuple(found for one in answer.not_followed[:_LOOKED_AT] if (found := found_in(note, one)[:1_000]))[
            :5
        ],
    )


def _check_length(subject: str, body: str) -> None:
    if not subject or not body or len(subject) > 300:
        raise Unfit("is no draft: subject or body is empty, or the subject too long")
    if (count := len(words(body))) > DRAFT_WORDS or len(body) > DRAFT_CHARS:
        raise Unfit(f"is too long: {count} words, {len(body)} characters; at most {DRAFT_WORDS} and {DRAFT_CHARS}")


_RUN = 7
"""Words in a row that a letter and our instructions do not share by chance."""


def _check_discretion(letter: str, question: Question[Any]) -> None:
    """Our instructions are no answer to anybody. What the playbook says may be repeated: it is there for that."""
    told = set(_runs(question.task))
    if any(run in told for run in _runs(letter)):
        raise Unfit("repeats its instructions")


def _runs(text: str) -> list[tuple[str, ...]]:
    said = words(text)
    return [said[n : n + _RUN] for n in range(len(said) - _RUN + 1)]


def _slots(given: list[forms.WireSlot], body: str) -> tuple[Slot, ...]:
    """The slots, if each marker of the body has one, each once, in a sentence of the body."""
    markers = sorted(re.findall(r"\{\{.*?\}\}", body))
    sentences = [plain(one.sentence).strip() for one in given]
    placed = all(one.marker in text and text in body for one, text in zip(given, sentences, strict=True))
    if markers != sorted(one.marker for one in given) or len(set(markers)) < len(markers) or not placed:
        raise Unfit("has slots that do not match its body")
    pairs = zip(given, sentences, strict=True)
    return tuple(Slot(marker=one.marker, sentence=text, wants=_wants(one)) for one, text in pairs)


def _wants(slot: forms.WireSlot) -> tuple[str, ...]:
    return tuple(one_line(kind.casefold(), 60) for kind in slot.wants[:10])


def report_of(
    answer: forms.FitRiskAnswer, question: Question[Any], rules: FitRiskRules, certain: Iterable[Flag]
) -> RiskReport:
    """The flags whose words stand in their source, each rule once, the worst first. All but the quote is the rule's.

    ``certain`` are those that the offline rules raise: a model may add to them and quote better, but whatever a lead's
    text talks it into, it cannot drop one.
    """
    by_id = {rule.id: rule for rule in (*rules.exclusions, *rules.escalations)}
    if any(one.rule not in by_id for one in answer.flags):
        raise Unfit("names a rule that the playbook does not have")
    quotes = {flag.code: flag.quote for flag in certain}
    quotes |= {one.rule: quote for one in reversed(answer.flags[:_LOOKED_AT]) if (quote := question.quoted(one.quote))}
    excluding = {rule.id for rule in rules.exclusions}
    flags = sorted(
        (
            Flag(
                code=rule.id,
                severity=rule.severity,
                text=rule.text,
                quote=quotes[rule.id],
                excludes=rule.id in excluding,
            )
            for rule in by_id.values()
            if rule.id in quotes
        ),
        key=lambda flag: (-flag.severity.rank, not flag.excludes),
    )
    return RiskReport(flags=tuple(flags[:7]), more=max(0, len(flags) - 7), orders=_orders(answer.orders, question))


def _orders(given: list[forms.WireQuote], question: Question[Any]) -> tuple[Quote, ...]:
    """What strangers wrote and a model reads as an order, each once. A colleague's words may be orders."""
    found = (question.quoted(one) for one in given[:_LOOKED_AT])
    return tuple(dict.fromkeys(one for one in found if one and one.source.startswith(("lead:", "documents:"))))[:5]


MOST_DISAGREEMENTS = 5
_SEVERITY = {forms.Kind.CONTRADICTION: Severity.BLOCKING, forms.Kind.TENSION: Severity.WARN}


def judged_of(answer: forms.JudgeAnswer, sides: Mapping[Stream, str]) -> tuple[tuple[Disagreement, ...], int]:
    """The disagreements whose words stand in the two outputs they name, each once, and how many did not."""
    looked_at = answer.disagreements[:_LOOKED_AT]
    found = [_disagreement(one, sides) for one in looked_at]
    kept = tuple(dict.fromkeys(one for one in found if one))
    return kept[:MOST_DISAGREEMENTS], found.count(None) + len(answer.disagreements) - len(looked_at)


def _disagreement(wire: forms.WireDisagreement, sides: Mapping[Stream, str]) -> Disagreement | None:
    left = quoted_in(sides.get(wire.left, ""), wire.left_quote)
    right = quoted_in(sides.get(wire.right, ""), wire.right_quote)
    if wire.left is wire.right or not left or not right:
        return None
    return Disagreement(
        left=Quote(source=wire.left.value, text=left[:1_000]),
        right=Quote(source=wire.right.value, text=right[:1_000]),
        severity=_SEVERITY[wire.kind],
        why=one_line(plain(wire.why), 500) or "These do not go together.",
    )
