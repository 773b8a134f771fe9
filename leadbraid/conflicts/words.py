"""Comparing texts by what they say: content words, amounts, names. Small rules, stated at each function."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from leadbraid.text import numbers, words

_EMPTY = frozenset(
    "about above after again against already also although and any are because been before being between both but can"
    " could did does doing during each even every for from get had has have having here how into its just like made"
    " make many may might more most much must new not now off once one only other our out over own per please same"
    " shall she should since some such than that the their them then there these they this those through too under"
    " until upon use used very via was well were what when where which while who whom why will with within without"
    " would yes yet you your yours"
    " aber alle als also auch auf aus bei bis das dass dem den der des die doch durch ein eine einem einen einer eines"
    " für haben hat ihr ihre ihrem ihren ihrer ihres ist kann kein keine können mehr mit nach nicht noch nur oder sehr"
    " sein sich sie sind über und uns unser unsere unserem unseren unserer vom von vor war was wenn wer werden wie wir"
    " wird zu zum zur"
    " les des une pour avec est sont que dans pas sur plus vous nous votre notre"
    " los las una para con son que por más del como su nuestro".split()
)
_STEM = 6


@lru_cache(maxsize=4096)
def content(text: str, names: frozenset[str] = frozenset()) -> frozenset[str]:
    """The content words of ``text``, each cut to six letters so that *integrates* meets *integration*.

    Rule: words of three letters or more that hold a letter, without function words and without ``names`` (words that
    stand everywhere, such as the product's name, and so prove nothing).
    """
    parts = (part for word in words(text) for part in re.split(r"[-'\u2019]", word))
    return frozenset(
        part[:_STEM]
        for part in parts
        if len(part) > 2 and any(char.isalpha() for char in part) and part not in _EMPTY and part not in names
    )


_NUMBER_WORDS = {
    word: str(number)
    for number, listed in enumerate(
        "two zwei deux dos due|three drei trois tres tre|four vier quatre cuatro quattro|five fünf cinq cinco cinque"
        "|six sechs seis sei|seven sieben sept siete sette|eight acht huit ocho otto|nine neun neuf nueve nove"
        "|ten zehn dix diez dieci|eleven elf onze once undici|twelve zwölf douze doce dodici".split("|"),
        start=2,
    )
    for word in listed.split()
}
_UNITS = {
    "hour": r"hours?|stunden?", "day": r"days?|tage?n?", "week": r"weeks?|wochen?", "month": r"months?|monate?n?",
    "quarter": r"quarters?|quartale?n?", "year": r"years?|jahre?n?", "eur": r"€|eur|euros?", "usd": r"\$|usd|dollars?",
    "gbp": r"£|gbp|pounds?", "chf": r"chf|franken", "%": r"%|per ?cent|prozent",
    "mon": "monday|montag", "tue": "tuesday|dienstag", "wed": "wednesday|mittwoch", "thu": "thursday|donnerstag",
    "fri": "friday|freitag", "sat": "saturday|samstag", "sun": "sunday|sonntag", "tomorrow": "tomorrow",
    "jan": r"jan(?:uary|uar)?", "feb": r"feb(?:ruary|ruar)?",
    "mar": r"(?:(?<=\d )|(?<=\d\. ))march|march(?= \d)|(?-i:March)|märz",
    "apr": r"apr(?:il)?", "jun": "june|juni",
    "may": r"(?:(?<=\d )|(?<=\d\. )|(?<=im )|(?<=bis )|(?<=ende ))mai"
    r"|(?:(?<=\d )|(?<=in )|(?<=by )|(?<=of )|(?<=next ))may|(?:may|mai)(?= \d)",
    "jul": "july|juli", "aug": r"aug(?:ust)?", "sep": r"sept?(?:ember)?", "oct": r"o[ck]t(?:ober)?",
    "nov": r"nov(?:ember)?", "dec": r"de[cz](?:ember)?",
    "half": r"half (?:the )?price|halbe[mnr]? preis", "q1": "q1", "q2": "q2", "q3": "q3", "q4": "q4",
    "this": r"(?:this|diese[mnrs]?)(?= (?:week|month|quarter|year|woche|monat|quartal|jahr))",
    "next": r"(?:next|nächste[mnrs]?)(?= (?:week|month|quarter|year|woche|monat|quartal|jahr))",
}  # fmt: skip
_UNIT_PATTERNS = tuple(
    (unit, re.compile(rf"(?<![^\W\d_])(?:{pattern})(?!\w)", re.IGNORECASE)) for unit, pattern in _UNITS.items()
)


@lru_cache(maxsize=4096)
def amounts(text: str) -> frozenset[str]:
    """What in ``text`` must be matched exactly: numbers, number words, spans of time, days, months, currencies, %."""
    found = {_NUMBER_WORDS[word] for word in words(text) if word in _NUMBER_WORDS}
    found |= {unit for unit, pattern in _UNIT_PATTERNS if pattern.search(text)}
    return numbers(text) | found


_PROPER = re.compile(r"(?<=[^\W_] )[A-Z][\w.&/+-]*\w|(?<=[,:;(/] )[A-Z][\w.&/+-]*\w|\b[A-Z][A-Z0-9&/+]+\b")
_NEVER_NAMES = frozenset("i i'm i'd i'll i've vat ok faq ceo cto cfo it sie ihr ihre ihnen ihrem ihren ihrer".split())


def proper_names(sentence: str, *, nouns_are_capital: bool) -> frozenset[str]:
    """The words in ``sentence`` that look like names, case-folded: a capital within the sentence, or all capitals.

    In German every noun has a capital, so there only words all in capitals count.
    """
    found = (match.group() for match in _PROPER.finditer(sentence))
    kept = (one for one in found if not nouns_are_capital or one.isupper())
    return frozenset(part for one in kept for part in words(one) if part not in _NEVER_NAMES)


_LEGAL = frozenset(
    "gmbh ag kg kgaa ohg gbr ug mbh se co company corp corporation inc incorporated ltd limited llc llp lp plc pte pty"
    " sa sas sarl srl spa sl slu bv nv oy ab as aps kk group gruppe groupe holding holdings the".split()
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(text: str) -> str:
    """``text`` case-folded, with accents taken off."""
    taken = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in taken if not unicodedata.combining(char))


def _name_words(name: str) -> tuple[str, ...]:
    joined = re.sub(r"(?<=\b\w)\.(?=\w\b)", "", name).replace("&", " ")
    return tuple(word for word in re.findall(r"\w+", joined.casefold()) if word not in _LEGAL)


def same_company(one: str, other: str) -> bool:
    """Whether two names can mean one company.

    Rule: they are equal, or one's words are all in the other, once case, accents, punctuation and legal forms are
    off; or one is made of the other's initials. A name of legal forms alone can mean anyone.
    """
    left, right = _name_words(one), _name_words(other)
    if not left or not right:
        return True
    forms = ((plain, plain), (lambda word: plain(word.translate(_UMLAUTS)),) * 2)
    subset = any(_contained({f(word) for word in left}, {g(word) for word in right}) for f, g in forms)
    joined = plain("".join(left)) == plain("".join(right))
    return subset or joined or _initials(left) == "".join(right) or _initials(right) == "".join(left)


def _contained(one: set[str], other: set[str]) -> bool:
    return one <= other or other <= one


def _initials(name: tuple[str, ...]) -> str:
    return "".join(word[0] for word in name) if len(name) > 1 else ""


def same_person(greeted: str, name: str) -> bool:
    """Whether ``greeted`` can be ``name``: they share a word, or a word of one begins a word of the other."""
    left, right = (_person_words(one) for one in (greeted, name))
    if not left or not right:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in left for b in right)


_TITLES = frozenset(
    "mr mrs ms miss mx dr prof professor sir madam herr herrn frau monsieur madame m mme señor señora sr sra signor"
    " signora sig ing dipl mag de van von der den la le".split()
)


def _person_words(name: str) -> frozenset[str]:
    listed = re.findall(r"[^\W\d_]+", name.casefold())
    return frozenset(plain(word.translate(_UMLAUTS)) for word in listed if word not in _TITLES)


_QUANTITY_UNITS = {
    "employees": r"employees|people|staff|colleagues|team members|workers|mitarbeit\w*|beschäftigte\w*|angestellte\w*"
    r"|employés|salariés|empleados|dipendenti|medewerkers",
    "sites": r"sites?|locations?|standorte?n?|niederlassung(?:en)?",
    "offices": r"offices?|büros?",
    "warehouses": r"warehouses?|lager(?:häuser\w*|hallen?)?|entrepôts?|almacenes|magazzini",
    "stores": r"stores?|shops?|filialen?|märkte?n?",
    "plants": r"plants?|factories|factory|werke?n?|fabriken?",
    "users": r"users?|seats?|licen[cs]es|nutzer\w*|anwender\w*|lizenzen|utilisateurs|usuarios|utenti",
    "vehicles": r"vehicles?|trucks?|vans?|fahrzeuge?n?|lkw",
    "countries": r"countries|ländern?",
    "customers": r"customers|clients|kunden",
}  # fmt: skip
_DIGITS = r"\d{1,3}(?:[.,' ]\d{3})+|\d+"
_COUNT = rf"{_DIGITS}|{'|'.join(_NUMBER_WORDS)}"
_QUANTITIES = tuple(
    (
        unit,
        re.compile(
            rf"(?:(?P<how>more than|over|at least|above|über|mehr als|mindestens|plus de|up to|at most|under|fewer than"
            rf"|less than|below|bis zu|höchstens|unter|weniger als|about|around|roughly|some|approx\.?"
            rf"|approximately|rund|etwa|ca\.?|circa|environ)\s+)?(?:(?P<low>{_DIGITS})\s*(?:-|–|to|bis)\s*)?(?<![\w.,])(?P<count>{_COUNT})"
            rf"\s*(?P<plus>\+)?\s+(?:[^\W\d]+[ -]){{0,2}}?(?:{names})(?!\w)",
            re.IGNORECASE,
        ),
    )
    for unit, names in _QUANTITY_UNITS.items()
)
_AT_LEAST = ("more", "over", "at least", "above", "über", "mehr", "mind", "plus")
_AT_MOST = ("up to", "at most", "under", "fewer", "less", "below", "bis", "höch", "unter", "wenig")
_ABOUT = 0.15


def quantities(text: str) -> tuple[tuple[str, float, float], ...]:
    """The counted things in ``text``: unit, and the range that the count can mean.

    Rule: *about 100* is 85 to 115, *over 100* is 100 or more, *up to 100* is 100 or less, *50 to 100* is that range.
    """
    return tuple(
        (unit, *_range(match)) for unit, pattern in _QUANTITIES for match in pattern.finditer(" ".join(text.split()))
    )


def _range(match: re.Match[str]) -> tuple[float, float]:
    count, low, how = _count(match["count"]), match["low"], (match["how"] or "").casefold()
    if low:
        return _count(low), count
    if how.startswith(_AT_LEAST) or match["plus"]:
        return count, float("inf")
    if how.startswith(_AT_MOST):
        return 0.0, count
    return (count * (1 - _ABOUT), count * (1 + _ABOUT)) if how else (count, count)


def _count(text: str) -> float:
    return float(_NUMBER_WORDS.get(text.casefold()) or re.sub(r"\D", "", text))
