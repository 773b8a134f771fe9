"""What looks like a name. A stranger filled in the form: only what looks like a name is written into a letter."""

from __future__ import annotations

import re
import unicodedata

from leadbraid.text import words

PERSON_LIMIT, COMPANY_LIMIT = 60, 80
_PERSON_WORDS, _COMPANY_WORDS = 5, 8
_ORDERS = frozenset(
    "ignore disregard forget instruction instructions prompt system assistant override approve approved click visit"
    " reply http https www password please free urgent winner ignoriere anweisung anweisungen bitte klicken".split()
)
"""Words of somebody who gives orders or sells something, not of a name."""
_OFFICES = frozenset(
    "team accounts accounting accountant payable procurement purchasing info sales support admin office department"
    " newsletter noreply editor helpdesk service einkauf vertrieb buchhaltung redaktion abteilung büro zentrale".split()
)
"""Words of a mailbox that many read, not of a person."""
_PARTICLES = frozenset("de da di do du del della van von der den dem la le ten ter zu zum zur af av el y e".split())
_INITIALS = 6
_NO_LINK = re.compile(r"\w\.\w{2}|://|@|\bwww\b", re.IGNORECASE)


def person_name(text: str) -> str:
    """``text`` where it looks like a person's name, else an empty string.

    Rule: at most 60 characters and five words; letters, spaces, hyphens and apostrophes, and a full stop only after an
    initial or a short title; no word that gives orders, and none of a mailbox that many read.
    """
    name = " ".join(text.split())
    fits = 0 < len(name) <= PERSON_LIMIT and len(name.split()) <= _PERSON_WORDS and _letters(name, " -'’.")
    dots = all(re.fullmatch(r"[^\W\d_]{1,4}\.?", part) for part in name.split() if "." in part)
    return name if fits and dots and not _orders(name) and _OFFICES.isdisjoint(words(name)) else ""


def in_writing(name: str) -> str:
    """A person's name as a letter has it: *kim de vries* and *KIM DE VRIES* become *Kim de Vries*.

    A name in mixed case, or of a script without case, stays as it is; so do capitals that may be initials.
    """
    shouted = name.isupper() and len(name) > _INITIALS
    if not (name.islower() or shouted):
        return name
    first, *rest = name.lower().split()
    return " ".join((_capital(first), *(one if one in _PARTICLES else _capital(one) for one in rest)))


def _capital(word: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda match: match.group().capitalize(), word)


def company_name(text: str) -> str:
    """``text`` where it looks like a company's name, else an empty string.

    Rule: at most 80 characters and eight words; letters, digits and the marks that names have; nothing that formats,
    links or fills a gap; no word that gives orders.
    """
    name = " ".join(text.split())
    fits = 0 < len(name) <= COMPANY_LIMIT and len(name.split()) <= _COMPANY_WORDS
    plain = _letters("".join(char for char in name if not char.isdecimal()), " -'’.,&+/()!|°")
    return name if fits and plain and not _NO_LINK.search(name) and not _orders(name) else ""


def plain_clause(text: str) -> bool:
    """Whether ``text`` may stand in a letter: nothing in it links, formats, fills a gap or is invisible."""
    hidden = any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") for char in text)
    return not hidden and not _NO_LINK.search(text) and not re.search(r"[<>\[\]{}`*_#|\\~^=]", text)


def _letters(name: str, marks: str) -> bool:
    kinds = [unicodedata.category(char)[0] for char in name if char not in marks]
    return "L" in kinds and set(kinds) <= {"L", "M"}


def _orders(name: str) -> bool:
    return not _ORDERS.isdisjoint(words(name))
