"""Rules on whom the reply speaks to: language and region."""

from __future__ import annotations

from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.models import Code, Conflict, Quote, Resolver, Severity
from leadbraid.models.playbook import Region
from leadbraid.text import SCRIPT_LANGUAGES, UNKNOWN_LANGUAGE, language_of, mentions, script_of, sentences
from leadbraid.written import own_words

_NAMES = {
    "en": "English",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "nl": "Dutch",
    "pt": "Portuguese",
    "sv": "Swedish",
    "da": "Danish",
    "pl": "Polish",
}


def language_mismatch(case: Case) -> Iterator[Conflict]:
    """The reply's language is not the lead's, or the lead's is none that we write. Warn.

    Both languages are derived from the texts. Where the lead's is unknown its script may still be none that we write;
    else nothing is said. A language we do not write is the reviewer's to settle, since no redraft can.
    """
    words = own_words(case.lead)
    theirs, ours = language_of(words), language_of(case.body)
    left, right = quote(case.author, _first(case.body)), quote("lead:message", _first(words))
    if theirs == UNKNOWN_LANGUAGE:
        yield from _foreign_script(case, script_of(words), right)
        return
    if theirs not in case.rules.languages:
        message = f"The lead writes {_name(theirs)}, which the playbook's voice does not. Have someone answer who can."
        left = quote("playbook:voice.languages", ", ".join(case.rules.languages))
        yield conflict(Code.LANGUAGE_MISMATCH, Severity.WARN, Resolver.REVIEWER, message, left=left, right=right)
    elif ours not in (theirs, UNKNOWN_LANGUAGE):
        message = f"The reply is {_name(ours)}, the lead writes {_name(theirs)}. Answer in {_name(theirs)}."
        yield conflict(Code.LANGUAGE_MISMATCH, Severity.WARN, Resolver.DRAFTING, message, left=left, right=right)


def _foreign_script(case: Case, script: str, right: Quote) -> Iterator[Conflict]:
    if SCRIPT_LANGUAGES.get(script) and not set(SCRIPT_LANGUAGES[script].split()).intersection(case.rules.languages):
        message = (
            f"The lead writes in {script} script, which the playbook's voice does not. Have someone answer who can."
        )
        left = quote("playbook:voice.languages", ", ".join(case.rules.languages))
        yield conflict(Code.LANGUAGE_MISMATCH, Severity.WARN, Resolver.REVIEWER, message, left=left, right=right)


def _name(language: str) -> str:
    return _NAMES.get(language, language)


def _first(text: str) -> str:
    return next(iter(sentences(text)), text)


def region_mismatch(case: Case) -> Iterator[Conflict]:
    """The reply holds a term of a region that is not the lead's, or the lead's country is in no region. Warn.

    A term that the lead used first is theirs, not ours. A country in no region is the reviewer's to settle.
    """
    if not case.lead.country or not case.rules.regions:
        return
    home = [region for region in case.rules.regions if case.lead.country in region.countries]
    yield from _foreign_terms(case, home) if home else _no_region(case)


def _no_region(case: Case) -> Iterator[Conflict]:
    yield conflict(
        Code.REGION_MISMATCH,
        Severity.WARN,
        Resolver.REVIEWER,
        f"The lead is in {case.lead.country}, which is in none of the playbook's regions. Check that we serve it.",
        left=quote("playbook:regions", ", ".join(region.id for region in case.rules.regions)),
        right=quote("lead:country", case.lead.country),
    )


def _foreign_terms(case: Case, home: list[Region]) -> Iterator[Conflict]:
    known = {term.casefold() for region in home for term in region.terms}
    words = "\n".join(case.lead.words().values())
    for region in case.rules.regions:
        for term in () if region in home else region.terms:
            if term.casefold() in known or not mentions(case.shown, term) or mentions(words, term):
                continue
            yield conflict(
                Code.REGION_MISMATCH,
                Severity.WARN,
                Resolver.DRAFTING,
                f"“{term}” belongs to the region {region.id}, the lead is in {case.lead.country}. Leave it out.",
                left=quote(case.author, next((s for s in sentences(case.shown) if mentions(s, term)), term)),
                right=quote("lead:country", case.lead.country),
            )
