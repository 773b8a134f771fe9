"""What can be said of a text by documented rules: its sentences, language, tone, commitments, numbers.

Pure. Both the offline provider and the merge point use these; the merge point never believes what a stream says about
its own text. The rules are deliberately small: where they cannot tell, they say *unknown*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from leadbraid.models.base import Tone
from leadbraid.models.outputs import Commitment, CommitmentKind

# --- sentences and phrases -----------------------------------------------------------------------------------------

_ABBREVIATIONS = ("e.g.", "i.e.", "etc.", "approx.", "ca.", "mr.", "mrs.", "ms.", "dr.", "no.", "z.b.", "d.h.", "inkl.")
_END = re.compile(r"(?<=[.!?…。！？])[\"')\]]*\s+|\n+")
_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of ``text``, each a substring of it. A line break ends one; a known abbreviation does not."""
    found: list[str] = []
    start = 0
    for end in [*_END.finditer(text), None]:
        stop = end.start() if end else len(text)
        piece = text[start : end.end() if end else stop]
        if end and "\n" not in end.group() and piece.rstrip().lower().endswith(_ABBREVIATIONS):
            continue
        if piece.strip():
            found.append(piece.strip())
        start = end.end() if end else stop
    return tuple(found)


def words(text: str) -> tuple[str, ...]:
    """The words of ``text``, case-folded."""
    return tuple(match.group().casefold() for match in _WORD.finditer(text))


def fold(text: str) -> str:
    """``text`` for comparing: compatibility forms unified, case folded, invisible characters gone, blanks single."""
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return " ".join(shown.casefold().split())


_NEGATIONS = frozenset(
    "no not never without neither nor don't doesn't isn't aren't won't kein keine keinen keiner nicht ohne ni sans pas".split()
)


def mentions(text: str, phrase: str) -> bool:
    """Whether ``text`` holds ``phrase`` as whole words, in any case."""
    return _phrase(phrase).search(fold(text)) is not None


def affirms(text: str, phrase: str) -> bool:
    """Whether ``text`` holds ``phrase`` without a negation among the three words before it."""
    folded = fold(text)
    return any(
        not _NEGATIONS.intersection(_last_words(folded[: match.start()], 3))
        for match in _phrase(phrase).finditer(folded)
    )


def _last_words(text: str, count: int) -> tuple[str, ...]:
    clause = re.split(r"[.,;:!?]", text)[-1]
    return tuple(word.replace("\u2019", "'") for word in words(clause)[-count:])


def _phrase(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(fold(phrase))}(?!\w)")


def sentence_with(text: str, phrases: Iterable[str], *, negated: bool = False) -> str:
    """The first sentence of ``text`` that affirms any of ``phrases`` (``negated``: merely holds it); empty if none."""
    holds = mentions if negated else affirms
    listed = tuple(phrases)
    return next((one for one in sentences(text) if any(holds(one, phrase) for phrase in listed)), "")


# --- language ------------------------------------------------------------------------------------------------------

UNKNOWN_LANGUAGE = "unknown"
_STOPWORDS = {
    "en": "the and you your we our for with is are this that have would like from not can please how what to of in it be",
    "de": "der die das und wir sie ihr ihre unser für mit ist sind nicht ein eine auf können bitte wie auch haben zu von",
    "fr": "le la les et vous nous votre notre pour avec est sont une des que dans pas sur bonjour merci plus de au ce",
    "es": "el los las y usted nosotros su nuestro para con es son una que en por no más hola gracias del se al como",
    "it": "il lo gli e voi noi vostro nostro per con è sono una che di non più buongiorno grazie della del come siamo",
    "nl": "de het een en wij jullie uw ons voor met is zijn niet van op kunnen graag hoe ook hebben naar bij dat",
    "pt": "o os as e você nós seu nosso para com é são uma que em por não mais olá obrigado do da como estamos",
}
_STOPWORD_SETS = {language: frozenset(listed.split()) for language, listed in _STOPWORDS.items()}


def language_of(text: str) -> str:
    """The language of ``text`` as two letters, or ``unknown``.

    Rule: the language with the most function words wins, if it has at least three of them and more than one and a
    half times as many as the next. Texts in another script, or too short to tell, are ``unknown``.
    """
    found = words(text)
    counts = sorted(
        ((sum(word in listed for word in found), language) for language, listed in _STOPWORD_SETS.items()), reverse=True
    )
    (best, language), (second, _) = counts[0], counts[1]
    return language if best >= 3 and best > 1.5 * second else UNKNOWN_LANGUAGE


# --- tone ----------------------------------------------------------------------------------------------------------

_CONFIDENT = (
    "certainly definitely absolutely guaranteed|without doubt|no doubt|of course|perfect fit|ideal fit|exactly what"
    "|delighted|thrilled|excited|can't wait|you will love|the best|we are confident|we are sure|without question"
    "|auf jeden fall|selbstverständlich|garantiert|zweifellos|perfekt|begeistert|sicherlich|ganz sicher"
)
_CAREFUL = (
    "may might could possibly perhaps|not yet|before we can|first need|need to check|need to understand|cannot say"
    "|cannot promise|not sure|depends on|subject to|would need|it is too early|unable to"
    "|eventuell|möglicherweise|vielleicht|zunächst|vorab|müssen wir prüfen|können wir noch nicht|hängt davon ab"
)


def _listed(line: str) -> tuple[str, ...]:
    first, *rest = line.split("|")
    return (*first.split(), *rest)


_CONFIDENT_PHRASES = _listed(_CONFIDENT)
_CAREFUL_PHRASES = _listed(_CAREFUL)


def tone_of(text: str) -> Tone:
    """How sure ``text`` sounds.

    Rule: a confident phrase, or an exclamation mark, counts one up; a careful phrase counts one down. One up or more
    is confident, one down or more is careful, else measured. The phrases are English and German.
    """
    up = sum(mentions(text, phrase) for phrase in _CONFIDENT_PHRASES) + ("!" in text)
    down = sum(mentions(text, phrase) for phrase in _CAREFUL_PHRASES)
    if up > down:
        return Tone.CONFIDENT
    return Tone.CAREFUL if down > up else Tone.MEASURED


# --- commitments ---------------------------------------------------------------------------------------------------

_MONEY = r"(?:[$€£]\s?\d[\d.,]*|\d[\d.,]*\s?(?:€|eur|euro|euros|usd|dollars?|gbp|pounds?|chf)\b)"
_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?)"
)
_DAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|morgen|the end of the (?:week|month|quarter|year)|end of (?:week|month))"
)
_SPAN = r"(?:\d+|one|two|three|four|five|six|a few|ein|zwei|drei|vier)\s(?:hours?|days?|weeks?|months?|tage?n?|wochen?|monate?n?)"
_COMMITMENTS: tuple[tuple[CommitmentKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            CommitmentKind.DISCOUNT,
            r"\bdiscount|\brabatt|\brebate|\d+\s?%\s?(?:off|reduction|nachlass)|\bfree of charge|\bkostenlos",
        ),
        (CommitmentKind.PRICE, _MONEY),
        (
            CommitmentKind.GUARANTEE,
            r"\bguarante|\bgaranti(?:e|er)|\bwe promise|\bwir versprechen|\bmoney.back|\brisk.free",
        ),
        (
            CommitmentKind.DATE,
            rf"\b(?:by|on|before|until|bis|am)\s+(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+\d{{1,2}}|{_DAY})\b"
            rf"|\b(?:within|in|innerhalb von)\s+{_SPAN}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b",
        ),
        (
            CommitmentKind.FEATURE,
            r"\bwe (?:will|can|shall) (?:build|add|develop|integrate|support|customi[sz]e|deliver)\b"
            r"|\bwir (?:werden|können) [^.]{0,60}(?:entwickeln|integrieren|bauen|liefern)\b",
        ),
    )
)
_QUOTED = re.compile(r"[\"“„»«][^\"”“»«]{1,400}[\"”“»«]")


def commitments_in(text: str) -> tuple[Commitment, ...]:
    """What ``text`` binds us to, sentence by sentence: price, date, discount, feature, guarantee.

    Rule: a money amount is a price; *by*, *on*, *within* with a day or a span is a date; *discount*, *% off*, *free of
    charge* a discount; *guarantee*, *we promise* a guarantee; *we will build / can integrate …* a feature. Questions
    and words in quotation marks bind nobody.
    """
    return tuple(
        Commitment(kind=kind, text=sentence[:1_000])
        for sentence in sentences(text)
        if not sentence.endswith("?")
        for kind, pattern in _COMMITMENTS
        if pattern.search(_QUOTED.sub(" ", sentence))
    )


# --- claims --------------------------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers(text: str) -> frozenset[str]:
    """The numbers in ``text``, thousands separators removed."""
    return frozenset(re.sub(r"[.,](?=\d{3}\b)", "", match.group()) for match in _NUMBER.finditer(text))


_FACTUAL = re.compile(
    r"\d|\b(?:customers?|clients?|kunden|certified|zertifiziert|compliant|leading|market leader|award|largest|fastest"
    r"|founded|trusted by|used by|runs? in|integrates? with|integriert|supports? [A-Z])\b",
    re.IGNORECASE,
)


def is_factual(sentence: str) -> bool:
    """Whether a sentence states something that can be checked: a number, a customer, a certificate, a rank.

    A question states nothing.
    """
    return not sentence.rstrip().endswith("?") and _FACTUAL.search(sentence) is not None


_HEADCOUNT = re.compile(
    r"\b(\d{1,3}(?:[.,' ]\d{3})+|\d+)\s*\+?\s+(?:(?:full.time|permanent|office|fest\w*)\s+)?"
    r"(?:employees|people|staff|colleagues|team members|workers|mitarbeit\w*|beschäftigte\w*|angestellte\w*|employés"
    r"|salariés|empleados|dipendenti|medewerkers)\b",
    re.IGNORECASE,
)


def headcount_in(text: str) -> int | None:
    """The first number of employees stated in ``text``; None where there is none."""
    match = _HEADCOUNT.search(text)
    return int(re.sub(r"\D", "", match.group(1))) if match else None
