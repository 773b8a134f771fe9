"""Rules on what the reply states as a fact, and on what the draft said of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadbraid.conflicts.case import MARKER, Case, Statement, conflict, quote
from leadbraid.conflicts.judgments import derived_tone
from leadbraid.conflicts.promises import binding_part, names_of
from leadbraid.conflicts.words import amounts, content, proper_names
from leadbraid.models import Code, CommitmentKind, Conflict, Resolver, SentenceSource, Severity, Stream
from leadbraid.text import UNKNOWN_LANGUAGE, commitments_in, fold, is_factual, language_of, sentences, words

PLACEHOLDER = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}|\{[a-z_]{2,30}\}"
    r"|\[(?:your |the |insert |first |last |full )?(?:company|name|date|product|first name|last name|title|link|number"
    r"|price|amount|sender|signature|phone|email|firma|datum|vorname|nachname|xxx?|todo|tbd)\b[^\]\n]{0,40}\]"
    r"|<(?:company|name|first.?name|last.?name|date|product|insert[^<>\n]{0,40})>",
    re.IGNORECASE,
)


def unsourced_claim(case: Case) -> Iterator[Conflict]:
    """The reply states a fact that no source carries. Warn; blocking where a placeholder was left in the text.

    Sources: product facts, permitted claims, playbook answers that rest on one, the lead's words, the note. What is
    said about us is never sourced by the lead's words. A source that the draft declares counts only if its words
    really stand there. A sentence that binds us is `unpermitted_promise`'s.
    """
    yield from _placeholders(case)
    signature, sources = _signature(case.body), sources_of(case)
    for statement in case.statements:
        said = statement.ours
        stated = re.sub(r"\d", "", said) if statement.shown in signature else said
        if is_factual(stated) and not _bound(said, case) and not supported(said, case, sources):
            yield _unsourced(
                case, statement, Severity.WARN, "has no source in the playbook, the note or the lead's words"
            )


def _placeholders(case: Case) -> Iterator[Conflict]:
    for one in (*sentences(case.subject), *sentences(case.body)):
        if PLACEHOLDER.search(one):
            yield _unsourced(
                case, Statement(one, one), Severity.BLOCKING, "holds a placeholder that was left in the text"
            )


def _unsourced(case: Case, statement: Statement, severity: Severity, why: str) -> Conflict:
    return conflict(
        Code.UNSOURCED_CLAIM,
        severity,
        Resolver.DRAFTING,
        f"“{statement.shown[:300]}” {why}.",
        left=quote(case.author, statement.shown),
        right=quote("playbook:product", case.rules.product.name),
    )


_SIGN_OFF = re.compile(
    r"^\s*(?:kind regards|best regards|warm regards|regards|sincerely|yours|best wishes|best|cheers|many thanks"
    r"|mit (?:freundlichen|besten) grüßen|(?:viele|beste|freundliche) grüße|cordialement|bien à vous|saludos"
    r"|atentamente|cordiali saluti|met vriendelijke groet|atenciosamente)\b[^.!?\n]{0,40}$",
    re.IGNORECASE,
)


def _signature(body: str) -> frozenset[str]:
    """The sentences after the sign-off: their digits are telephone numbers and postcodes, not claims."""
    lines = body.splitlines()
    start = next((n for n, line in enumerate(lines) if _SIGN_OFF.match(line)), len(lines))
    return frozenset(sentences("\n".join(lines[start:])))


def _bound(sentence: str, case: Case) -> bool:
    return bool(commitments_in(binding_part(sentence, case)))


# --- support -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Source:
    """A sentence that can carry another. ``about_us``: the business wrote it."""

    text: str
    about_us: bool


def sources_of(case: Case) -> tuple[Source, ...]:
    """All that can carry a statement of the reply."""
    rules, note = case.rules, case.note
    known = {name for name, _ in case.approved}
    ours = [text for _, text in case.approved]
    ours += [answer for topic in rules.topics if topic.source in known for answer in topic.answers.values()]
    theirs = [one for text in case.lead.words().values() for one in sentences(text)]
    theirs += [text for fact in (note.facts if note else ()) for text in (fact.text, fact.quote.text)]
    return (*(Source(text, True) for text in (*ours, rules.product.summary)), *(Source(text, False) for text in theirs))


_FIRST_PERSON = re.compile(
    r"\b(?:we|our|ours|wir|unser\w*|nous|notre|nos|nosotros|nuestr\w*|noi|nostr\w*)\b", re.IGNORECASE
)
_HEARSAY = re.compile(
    r"\b(?:we|i|wir|ich) (?:understand|see|saw|read|note|noted|know|gather|hear|heard|learned|verstehen|sehen|lesen"
    r"|wissen|haben gelesen|haben gesehen)\b",
    re.IGNORECASE,
)


def _about_us(sentence: str, case: Case) -> bool:
    """It speaks in the first person, or of the product; *we understand that you …* speaks of them."""
    rest = _HEARSAY.sub(" ", sentence)
    return bool(_FIRST_PERSON.search(rest)) or fold(case.rules.product.name) in fold(rest)


def supported(sentence: str, case: Case, sources: tuple[Source, ...]) -> bool:
    """Whether a source carries ``sentence``.

    Rule: sources that share a content word with it (two, where it speaks of us or holds no number) must together hold
    all its amounts and names. Where it speaks of us, one of them must be the business's own.
    """
    names, about_us = names_of(case), _about_us(sentence, case)
    said = content(sentence, names)
    need = max(1, min(len(said), 2 if about_us or not amounts(sentence) else 1))
    near = [one for one in sources if len(said & content(one.text, names)) >= need]
    if about_us and not any(one.about_us for one in near):
        near = []
    carried = bool(near) and _marks(sentence, case) <= _held(tuple(near))
    return carried or any(
        _declared(one, sentence, case, about_us) for one in (case.draft.sources if case.draft else ())
    )


def _marks(sentence: str, case: Case) -> frozenset[str]:
    """What a source must hold to the letter: amounts and names."""
    german = language_of(case.body) == "de"
    return amounts(sentence) | (proper_names(sentence, nouns_are_capital=german) - names_of(case))


def _held(near: tuple[Source, ...]) -> frozenset[str]:
    return frozenset(mark for one in near for mark in (*amounts(one.text), *words(one.text)))


def _declared(declared: SentenceSource, sentence: str, case: Case, about_us: bool) -> bool:
    """Whether the draft's own word for ``sentence`` holds: the quote stands in its source and carries the amounts."""
    given = declared.source
    if fold(declared.sentence) != fold(sentence) or not given.text.strip():
        return False
    if about_us and not given.source.startswith("playbook:"):
        return False
    if not any(fold(given.text) in fold(text) for text in _texts(given.source, case)):
        return False
    shared = content(sentence, names_of(case)) & content(given.text, names_of(case))
    return amounts(sentence) <= amounts(given.text) and bool(shared or _translated(given.text, sentence, case))


def _translated(source: str, sentence: str, case: Case) -> bool:
    """Whether source and reply are in two languages, so that amounts are all they can share."""
    return bool(amounts(sentence)) and language_of(source) not in (UNKNOWN_LANGUAGE, language_of(case.body))


def _texts(source: str, case: Case) -> tuple[str, ...]:
    """The texts that ``source`` names, as far as the merge point can see them."""
    rules, facts = case.rules, case.note.facts if case.note else ()
    if source.startswith("playbook:"):
        texts = tuple(text for name, text in case.approved if source == f"playbook:{name}")
        return texts or ((rules.product.summary,) if source == "playbook:product" else ())
    if source == Stream.RESEARCH:
        return tuple(fact.text for fact in facts)
    lead = case.lead.words().get(source)
    return (lead,) if lead else tuple(fact.quote.text for fact in facts if fact.quote.source == source)


# --- what the draft said of itself ---------------------------------------------------------------------------------


def misdeclared(case: Case) -> Iterator[Conflict]:
    """The draft's declared tone, language or commitments are not those of its text. Info: no rule believes them.

    Only for the stream's own words: the draft before its slots were filled, never a reviewer's edit. The right
    side is the derived value, to the letter. A language that cannot be derived is not held against the draft.
    """
    draft = case.draft
    if draft is None or case.edited:
        return
    own = MARKER.sub(" ", f"{draft.subject}\n{draft.body}")
    language = language_of(draft.body)
    yield from _differs("tone", draft.tone, derived_tone(case, own))
    yield from _differs("language", draft.language, draft.language if language == UNKNOWN_LANGUAGE else language)
    binding = (commitments_in(binding_part(one, case)) for one in sentences(own))
    kinds = ({one.kind for one in draft.commitments}, {one.kind for found in binding for one in found})
    yield from _differs("commitments", *(_kinds(found) for found in kinds))


def _kinds(found: set[CommitmentKind]) -> str:
    return ", ".join(kind for kind in CommitmentKind if kind in found) or "none"


def _differs(what: str, declared: str, derived: str) -> Iterator[Conflict]:
    if declared != derived:
        yield conflict(
            Code.MISDECLARED,
            Severity.INFO,
            Resolver.DRAFTING,
            f"The draft declares its {what} as {declared}, its text says {derived}.",
            left=quote(Stream.DRAFTING, declared),
            right=quote(Stream.DRAFTING, derived),
        )
