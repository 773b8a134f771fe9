"""What can be said of a text by documented rules: its sentences, language, tone, commitments, numbers.

Pure. Both the offline provider and the merge point use these; the merge point never believes what a stream says about
its own text. The rules are deliberately small: where they cannot tell, they say *unknown*.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from leadbraid.models.base import Tone
from leadbraid.models.outputs import Commitment, CommitmentKind

# --- sentences and phrases -----------------------------------------------------------------------------------------

_NEVER_END = frozenset("e.g. i.e. approx. ca. mr. mrs. ms. dr. prof. vs. z.b. d.h. inkl. bzw. nr.".split())
_MAY_END = frozenset("etc. usw. no. inc. ltd. co. corp.".split())
_END = re.compile(r"(?<=[.!?…。！？])[\"')\]”’»]{0,3}\s+|\n+|(?<=[。！？])")
_WORD = re.compile(r"\w+(?:['\u2019-]\w+)*")
_ORDINAL = re.compile(r"\d{1,2}\.")
_MONTH = (
    r"(?:jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|okt(?:ober)?|nov(?:ember)?|dec(?:ember)?|dez(?:ember)?)"
)
_MONTH_NEXT = re.compile(rf"{_MONTH}\b", re.IGNORECASE)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of ``text``, each a substring of it.

    Rule: ``.``, ``!``, ``?`` or ``…`` before a blank ends one, a line break always does. A known abbreviation, and the
    day of a date (*1. März*), does not; *etc.*, *Inc.* and the like do where a capital letter follows.
    """
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if not _goes_on(text, start, end):
            found.append(text[start : end.end()].strip())
            start = end.end()
    return tuple(piece for piece in (*found, text[start:].strip()) if piece)


def _goes_on(text: str, start: int, end: re.Match[str]) -> bool:
    if "\n" in end.group():
        return False
    last = text[max(start, end.start() - 12) : end.start()].split()[-1:] or [""]
    word, rest = last[0].lstrip("(\"'“„").casefold(), text[end.end() : end.end() + 12]
    if word in _NEVER_END:
        return True
    if word in _MAY_END:
        return rest[:1].islower() or rest[:1].isdigit()
    return _ORDINAL.fullmatch(word) is not None and (rest[:1].islower() or _MONTH_NEXT.match(rest) is not None)


def words(text: str) -> tuple[str, ...]:
    """The words of ``text``, case-folded."""
    return tuple(match.group().casefold() for match in _WORD.finditer(text))


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """``text`` for comparing: compatibility forms unified, case folded, invisible characters gone, blanks single."""
    shown = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    return " ".join(shown.casefold().replace("\u2019", "'").split())


_NEGATIONS = frozenset(
    "no not never without neither nor none cannot can't couldn't don't doesn't didn't haven't hasn't isn't aren't wasn't"
    " weren't won't wouldn't non kein keine keinen keinem keiner keinerlei nicht nie niemals ohne weder ni sans pas jamais"
    " aucun aucune sin nunca senza".split()
)
_NO_NEGATION = re.compile(r"\b(?:not (?:only|just|sure)|no (?:doubt|problem)|why not|nicht nur|pas seulement)\b")
_CLAUSE_END = re.compile(r"[.,;:!?]")


def mentions(text: str, phrase: str) -> bool:
    """Whether ``text`` holds ``phrase`` as whole words, in any case."""
    return next(_places(text, phrase), None) is not None


def affirms(text: str, phrase: str) -> bool:
    """Whether ``text`` holds ``phrase`` without denying it.

    Rule: it is denied where, in the same clause, a negation stands among the three words before it (*not only* and the
    like are none), or where the clause ends with *nicht*.
    """
    return affirmed_at(text, phrase) is not None


def affirmed_at(text: str, phrase: str) -> int | None:
    """Where ``fold(text)`` first holds ``phrase`` without denying it; None where it does not."""
    folded = fold(text)
    for place in _places(text, phrase):
        before = _CLAUSE_END.split(_NO_NEGATION.sub(" ", folded[max(0, place.start() - 80) : place.start()]))[-1]
        after = _CLAUSE_END.split(folded[place.end() : place.end() + 80])[0]
        if not _NEGATIONS.intersection(words(before)[-3:]) and words(after)[-1:] != ("nicht",):
            return place.start()
    return None


def _places(text: str, phrase: str) -> Iterator[re.Match[str]]:
    needle, folded = fold(phrase), fold(text)
    return _phrase(needle).finditer(folded) if needle and needle in folded else iter(())


@lru_cache(maxsize=4096)
def _phrase(folded: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)")


def sentence_with(text: str, phrases: Iterable[str], *, negated: bool = False) -> str:
    """The first sentence of ``text`` that affirms any of ``phrases`` (``negated``: merely holds it); empty if none."""
    holds = mentions if negated else affirms
    listed = tuple(phrase for phrase in phrases if mentions(text, phrase))
    pieces = sentences(text) if listed else ()
    return next((one for one in pieces if any(holds(one, phrase) for phrase in listed)), "")


# --- language ------------------------------------------------------------------------------------------------------

UNKNOWN_LANGUAGE = "unknown"
_STOPWORDS = {
    "en": "the and you your we our for with is are this that have would like from not can please how what to of in it be"
    " hi hello thanks much do does i us price pricing quote",
    "de": "der die das und wir sie ihr ihre unser für mit ist sind nicht ein eine auf können bitte wie auch haben zu von"
    " ich um es den dem im am zur zum bei gibt kostet guten tag hallo danke preis preise angebot",
    "fr": "le la les et vous nous votre notre pour avec est sont une des que dans pas sur bonjour merci plus de au ce"
    " je quel quelle combien prix",
    "es": "el los las y usted nosotros su nuestro para con es son una que en por no más hola gracias del se al como",
    "it": "il lo gli e voi noi vostro nostro per con è sono una che di non più buongiorno grazie della del come siamo",
    "nl": "de het een en wij jullie uw ons voor met is zijn niet van op kunnen graag hoe ook hebben naar bij dat",
    "sv": "och att det som är vi ni er vår för med inte på har kan till av från också tack hej om vill våra",
    "da": "og at det som er vi jer vores til med ikke på har kan af fra også tak hej om vil en den de",
    "pl": "i w na do z się jest są nie że dla jak czy oraz nasz nasza mamy proszę dziękuję przez po od",
    "pt": "o os as e você nós seu nosso para com é são uma que em por não mais olá obrigado do da como estamos",
}
_STOPWORD_SETS = {language: frozenset(listed.split()) for language, listed in _STOPWORDS.items()}


def language_of(text: str) -> str:
    """The language of ``text`` as two letters, or ``unknown``.

    Rule: the language with the most function words wins, if it has at least three of them and more than one and a
    half times as many as the next. Of a text of at most six words a quarter will do, if no other language has any.
    Texts in another script, or too short to tell, are ``unknown``.
    """
    found = words(text)
    counts = sorted(
        ((sum(word in listed for word in found), language) for language, listed in _STOPWORD_SETS.items()), reverse=True
    )
    (best, language), (second, _) = counts[0], counts[1]
    plain = best >= 3 and best > 1.5 * second
    brief = len(found) <= 6 and best > 0 and not second and 4 * best >= len(found)
    return language if plain or brief else UNKNOWN_LANGUAGE


LATIN = "Latin"
_SCRIPTS = {
    "Japanese": ("HIRAGANA", "KATAKANA"),
    "Chinese": ("CJK",),
    **{name.capitalize(): (name,) for name in "HANGUL CYRILLIC ARABIC HEBREW GREEK THAI DEVANAGARI".split()},
}
SCRIPT_LANGUAGES = {
    "Japanese": "ja",
    "Chinese": "zh ja",
    "Hangul": "ko",
    "Cyrillic": "ru uk bg sr mk be kk",
    "Arabic": "ar fa ur",
    "Hebrew": "he",
    "Greek": "el",
    "Thai": "th",
    "Devanagari": "hi mr ne",
}
"""The languages that a script may be, of those that people write to us in."""


@lru_cache(maxsize=256)
def script_of(text: str) -> str:
    """The script that ``text`` is written in: *Latin*, *Cyrillic*, *Japanese*, …; empty where it is none of them.

    Rule: a script other than Latin that has more than half of the letters; kana make a text Japanese, however few.
    """
    names = [unicodedata.name(char, "").partition(" ")[0] for char in text[:5_000] if char.isalpha()]
    counts = {script: sum(name in listed for name in names) for script, listed in _SCRIPTS.items()}
    if counts["Japanese"]:
        counts["Japanese"] += counts["Chinese"]
    script = max(counts, key=lambda one: counts[one])
    if 2 * counts[script] > len(names):
        return script
    return LATIN if 2 * names.count("LATIN") > len(names) else ""


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


_MAY = re.compile(
    r"\b(?:in|by|of|on|until|before|from|since|early|late|mid|next|\d{1,2}(?:st|nd|rd|th)?) may\b|\bmay (?=\d)"
)


def tone_of(text: str) -> Tone:
    """How sure ``text`` sounds.

    Rule: a confident phrase, or an exclamation mark, counts one up; a careful phrase counts one down. One up or more
    is confident, one down or more is careful, else measured. The phrases are English and German; the month of May is
    no careful word.
    """
    text = _MAY.sub(" ", fold(text))
    up = sum(mentions(text, phrase) for phrase in _CONFIDENT_PHRASES) + ("!" in text)
    down = sum(mentions(text, phrase) for phrase in _CAREFUL_PHRASES)
    if up > down:
        return Tone.CONFIDENT
    return Tone.CAREFUL if down > up else Tone.MEASURED


# --- commitments ---------------------------------------------------------------------------------------------------

_MONEY = r"(?:[$€£]\s?\d|(?<![\d.,])\d[\d.,]{0,20}\s?(?:€|eur|euro|euros|usd|dollars?|gbp|pounds?|chf)\b)"
_DAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|tonight"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|morgen|the end of the (?:week|month|quarter|year)|end of (?:week|month))"
)
_SPAN = r"(?:\d+|one|two|three|four|five|six|a few|ein|zwei|drei|vier)\s(?:hours?|days?|weeks?|months?|tage?n?|wochen?|monate?n?)"
_PERIOD = (
    r"(?:(?:this|next|the coming) (?:week|month|quarter|year|spring|summer|autumn|fall|winter)"
    r"|(?:diese[mnrs]?|nächste[mnrs]?|kommende[mnrs]?) (?:woche|monat|quartal|jahr|frühjahr|sommer|herbst|winter)"
    r"|(?:end|beginning|start|middle|close) of (?:the )?(?:week|month|quarter|year)|q[1-4])"
)
_IN_MONTH = (
    r"(?:by|before|until|in|from|around|during|of|this|next|early|late|mid|bis|ab|im|zum|vor|anfang|mitte|ende)[ -]"
)
_NAMED_MONTH = (
    r"(?-i:January|February|March|April|June|July|August|September|October|November|December"
    r"|Januar|Februar|März|Juni|Juli|Oktober|Dezember)"
)
"""Months that are nothing else where they have a capital; *May* and *Mai* need a word before or a year after them."""
_COMMITMENTS: tuple[tuple[CommitmentKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (
            CommitmentKind.DISCOUNT,
            r"\bdiscount|\brabatt|\brebate|\d{1,3}\s?(?:%|per\s?cent\b|prozent\b)\s?(?:off|reduction|less|cheaper|nachlass"
            r"|günstiger|weniger)\b|\bpreisnachlass|\bfree of (?:any )?charge|\bkostenlos|\bkostenfrei|\bgratis\b|\bunentgeltlich"
            r"|\bon the house|\bauf (?:unsere kosten|kosten des hauses)|\bhalf (?:the |of the )?(?:usual |list )?price"
            r"|\bhalf off\b|\b(?:zum )?halben? preis|\bat no (?:extra |additional )?(?:cost|charge)\b|\bfor free\b|\bwaive\b"
            r"|\bfree (?:trial|pilot|licen[cs]e|month|set-?up)\b",
        ),
        (CommitmentKind.PRICE, _MONEY),
        (
            CommitmentKind.GUARANTEE,
            r"\bguarante|\bgaranti(?:e|er)|\bwe promise|\bwir versprechen|\bmoney.back|\brisk.free",
        ),
        (
            CommitmentKind.DATE,
            rf"\b(?:by|on|before|until|bis|am|zum)\s+(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+\d{{1,2}}|{_DAY})\b"
            rf"|\b(?:within|in|innerhalb von)\s+(?:the next )?{_SPAN}\b|\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b{_PERIOD}\b"
            rf"|\b{_IN_MONTH}(?:the )?{_MONTH}\b|\b(?:{_NAMED_MONTH}|{_MONTH} 20\d\d)\b",
        ),
        (
            CommitmentKind.FEATURE,
            r"\bwe (?:will|can|shall) (?:build|add|develop|integrate|support|customi[sz]e|deliver)\b"
            r"|\bwir (?:werden|können) [^.]{0,60}(?:entwickeln|integrieren|bauen|liefern)\b",
        ),
    )
)
_SINCE = re.compile(
    rf"\b(?:since|seit|founded|established|gegründet)\s(?:(?:in|im|the|early|late|mid|end|start|of|anfang|mitte|ende)[ -])*"
    rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)?\s)?(?:{_MONTH}|q[1-4])\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“„»«][^\"”“»«]{1,400}[\"”“»«]")


def commitments_in(text: str) -> tuple[Commitment, ...]:
    """What ``text`` binds us to, sentence by sentence: price, date, discount, feature, guarantee.

    Rule: a money amount is a price; *by*, *on*, *within* with a day or a span, a month and *next quarter* are a date,
    but not after *since* or *founded in*; *discount*, *% off*, *free of charge* a discount; *guarantee*, *we promise* a guarantee; *we
    will build / can integrate …* a feature. Questions and words in quotation marks bind nobody.
    """
    return tuple(
        Commitment(kind=kind, text=sentence[:1_000])
        for sentence in sentences(text)
        if not sentence.endswith("?")
        for kind, pattern in _COMMITMENTS
        if pattern.search(_SINCE.sub(" ", _QUOTED.sub(" ", sentence)))
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


# --- number of employees -------------------------------------------------------------------------------------------

_NUMBER_WORDS = {
    word: number
    for number, listed in {
        2: "two zwei", 3: "three drei", 4: "four vier", 5: "five fünf", 6: "six sechs", 7: "seven sieben", 8: "eight acht",
        9: "nine neun", 10: "ten zehn", 11: "eleven elf", 12: "twelve zwölf", 15: "fifteen fünfzehn", 20: "twenty zwanzig",
        30: "thirty dreißig", 40: "forty vierzig", 50: "fifty fünfzig", 60: "sixty sechzig", 70: "seventy siebzig",
        80: "eighty achtzig", 90: "ninety neunzig",
    }.items()
    for word in listed.split()
}  # fmt: skip
_COUNT = rf"(?:\d{{1,3}}(?:[.,'’ ]\d{{3}}){{1,2}}|\d{{1,8}}(?:[.,]\d)?\s?k|\d{{1,8}}|{'|'.join(_NUMBER_WORDS)})"
_COUNTS = rf"(?P<low>{_COUNT})(?:\s?(?:-|–|to|bis|and|und|or|oder)\s?(?P<high>{_COUNT}))?"
_ROUGHLY = r"(?:(?:about|around|roughly|approximately|approx\.|circa|ca\.|some|over|more than|nearly|almost|just under|fewer than|less than|up to|at least|between|etwa|rund|ungefähr|über|mehr als|knapp|fast|bis zu|zwischen|environ)\s)?"
_STAFF = r"(?:employees|staff|ftes?|permanent staff|mitarbeit\w{0,12}|beschäftigte\w?|angestellte\w?|employés|salariés|empleados|dipendenti|medewerkers)"
_PEOPLE = (
    r"(?:people|colleagues|workers|team members|of us|leute|kolleg\w{0,6}|personen|personnes|personas|persone|mensen)"
)
_OF_OURS = r"(?:we're|we are|we have|we employ|company of|company with|firm of|team of|wir sind|wir haben|nous sommes|there are|they are|they have)"
_HEADCOUNTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w.,]){_ROUGHLY}{_COUNTS}\s?\+?[\s-]{{1,3}}(?:(?:full.time|permanent|office|fest\w{{0,12}})\s)?{_STAFF}\b",
        rf"\b{_OF_OURS}\s(?:a (?:team|company|firm) of\s|currently\s)?{_ROUGHLY}{_COUNTS}\s?\+?\s{{1,3}}{_PEOPLE}\b",
        rf"\b(?:employs?|employing|headcount(?: of| is|:)?|workforce of|staff of|team of|beschäftigen|beschäftigt)\s{_ROUGHLY}{_COUNTS}\b",
        rf"(?<![\w.,]){_COUNTS}-(?:person|people|strong|man)\b",
        rf"(?<![\w.,]){_ROUGHLY}{_COUNTS}\s{{1,3}}{_PEOPLE}\s(?:work|are employed|arbeiten|travaillent)\b",
    )
)
_NOT_THEIRS = re.compile(
    r"\b(?:your|ihre?n?|hire|hiring|hired|recruit\w*|train\w*|suppliers?|customers?|clients?|competitors?|another|additional"
    r"|invite|per|kunden?|lieferant\w*|einstellen)\b(?![^,;]*\b(?:we|wir)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Headcount:
    """A stated number of employees, or a range. ``text`` is how it was stated: a substring of the text it stood in."""

    low: int
    high: int
    text: str


def headcounts_in(text: str) -> tuple[Headcount, ...]:
    """The numbers of employees stated in ``text``, in its order.

    Rule: a number before *employees*, *staff*, *Mitarbeiter* and the like, after *employs* or *team of*, or, with *we
    are* or the like before it, a number of *people*. Not: in a question without *we*, and not where the same clause
    speaks of hiring, or of a customer's, supplier's or competitor's people.
    """
    found = [hit for sentence in sentences(text) if _states(sentence) for hit in _headcounts(sentence)]
    return tuple(found)


def _states(sentence: str) -> bool:
    return any(char.isalpha() for char in sentence) and (not sentence.endswith("?") or bool(_OURS.search(sentence)))


_OURS = re.compile(r"\b(?:we|our|wir|unsere?\w?|nous)\b", re.IGNORECASE)


def _headcounts(sentence: str) -> list[Headcount]:
    matches = [match for pattern in _HEADCOUNTS for match in pattern.finditer(sentence)]
    found: list[Headcount] = []
    reached = -1
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        before = re.split(r"[,;]\s", sentence[max(0, match.start() - 60) : match.start()])[-1]
        if match.start() >= reached and not _NOT_THEIRS.search(before):
            low = _count(match["low"])
            found.append(Headcount(low, max(low, _count(match["high"] or match["low"])), match.group()))
            reached = match.end()
    return found


def _count(stated: str) -> int:
    stated = stated.casefold()
    if stated in _NUMBER_WORDS:
        return _NUMBER_WORDS[stated]
    if stated.endswith("k"):
        return int(float(stated.rstrip("k ").replace(",", ".")) * 1000)
    return int(re.sub(r"\D", "", stated))


def headcount_in(text: str) -> int | None:
    """The first number of employees stated in ``text``; None where there is none, or only a range."""
    return next((one.low for one in headcounts_in(text) if one.low == one.high), None)
