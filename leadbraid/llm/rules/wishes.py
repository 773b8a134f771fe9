"""What a reviewer asks of the draft, as far as rules can follow; the rest is said to be not followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from leadbraid.text import affirms


class Wish(Enum):
    """What a note can ask for in so many words."""

    SHORTER = "shorter"
    MEETING = "meeting"
    CALMER = "calmer"


_PHRASES: dict[Wish, tuple[str, ...]] = {
    Wish.SHORTER: tuple("shorter|shorten|more concise|more briefly|too long|kürzer|kürzen|knapper|zu lang".split("|")),
    Wish.CALMER: tuple(
        "more careful|more carefully|less confident|more cautious|more cautiously|calmer|tone it down|tone down"
        "|too confident|less certain|more reserved|vorsichtiger|zurückhaltender|weniger sicher|zu selbstsicher".split(
            "|"
        )
    ),
}
_MEETING = re.compile(
    r"\b(?:ask|offer|propose|suggest|invite)\b.{0,30}\b(?:meeting|call|demo|appointment)\b"
    r"|\b(?:termin|gespräch|treffen|telefonat)\b.{0,30}\b(?:anbieten|vorschlagen|bitten|an|vor|fragen)\b"
    r"|\b(?:um|nach|biete|schlage)\b.{0,30}\b(?:termin|gespräch|treffen|telefonat)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    r"\b(?P<verb>remove|drop|delete|cut|leave out|omit|streiche|entferne|lösche|add|say|include|write"
    r"|ergänze|schreibe)\b(?P<between>[^.;\n\"“”„]{0,40})[\"“„«](?P<text>[^\"”“„»\n]{1,900})[\"”“»]",
    re.IGNORECASE,
)
_DROPS = frozenset("remove|drop|delete|cut|leave out|omit|streiche|entferne|lösche".split("|"))
_PARTS = re.compile(r"[.;,\n]+|\s(?:and|but|then|und|aber|dann)\s", re.IGNORECASE)
_FILLER = frozenset(
    "please thanks thank you make it the reply draft letter text and also ok bitte danke mach die den und".split()
)


@dataclass(frozen=True)
class Wishes:
    """A note, understood. ``left`` is what was not."""

    asked: frozenset[Wish] = frozenset()
    drop: tuple[str, ...] = ()
    add: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def wishes_in(note: str) -> Wishes:
    """Read a note, part by part.

    Rule: *shorter*, *more careful*, *offer a meeting* and the like, in English or German, if they are not denied;
    *remove "…"* and *add "…"* with the words in quotation marks. Everything else is left over, word for word.
    """
    commands = [match for match in _QUOTED.finditer(note) if not _denied(note, match.start())]
    drop = tuple(match["text"].strip() for match in commands if match["verb"].casefold() in _DROPS)
    add = tuple(match["text"].strip() for match in commands if match["verb"].casefold() not in _DROPS)
    rest = note
    for match in commands:
        rest = rest.replace(match.group(), "\n", 1)
    parts = [part.strip() for part in _PARTS.split(rest) if part.strip()]
    read = [(part, _wish(part)) for part in parts]
    left = tuple(part for part, wish in read if wish is None and not _empty(part))
    return Wishes(frozenset(wish for _, wish in read if wish), drop, add, left)


def _denied(note: str, start: int) -> bool:
    return re.search(r"\b(?:not|don't|never|nicht)\s(?:\w+\s)?$", note[:start], re.IGNORECASE) is not None


def _wish(part: str) -> Wish | None:
    for wish, phrases in _PHRASES.items():
        if any(affirms(part, phrase) for phrase in phrases):
            return wish
    denied = re.search(r"\b(?:no|not|don't|never|kein\w*|nicht)\b", part, re.IGNORECASE)
    return Wish.MEETING if _MEETING.search(part) and not denied else None


def _empty(part: str) -> bool:
    said = [word for word in re.findall(r"\w+", part.casefold()) if word not in _FILLER]
    return not said
