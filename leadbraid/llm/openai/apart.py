"""Untrusted text on its way to a model, in one place: set apart by a boundary, marked, cleaned, cut. Pure.

Whatever somebody else wrote reaches a model as data: in sections between lines with a boundary made anew for each call,
with a mark between all its words (datamarking: text that has no ordinary blank cannot pass for instructions, which have
them), without characters that nobody sees, and cut to limits. The way is called *spotlighting* (arXiv 2403.14720).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

SECTION_LIMIT = 20_000
DATA_LIMIT = 60_000
"""Characters of one section, and of all of them. A lead's message always fits; local documents are cut first."""
MARKS = "ˆ¦‖※⁑⸱"
"""One of these stands between words: the first that no section holds."""

# --- text that can be seen -----------------------------------------------------------------------------------------

_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Letters and marks that show nothing: fillers, the empty Braille pattern, the grapheme joiner."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x1810))
"""Variation selectors: no reader sees them, and whole messages can be written in them."""
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_TYPOGRAPHY = str.maketrans("‘’‚“”„–—‑\u00a0", "'''\"\"\"---\u0020")
"""What models write otherwise than their source; one character for one."""


def plain(text: str) -> str:
    """``text`` without characters that nobody sees; every kind of line break is a line feed."""
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in _BREAKS:
        return "\n"
    hidden = unicodedata.category(char) in _HIDDEN and char != "\t"
    return "" if hidden or char in _BLANKS or any(ord(char) in span for span in _SELECTORS) else char


def found_in(text: str, quote: str) -> str:
    """The part of ``text`` that ``quote`` copies, to the letter; empty where it stands nowhere.

    Blanks, line breaks, typographic marks and what cannot be seen may differ: a model is shown `plain` text. What comes
    back is always the text's own characters.
    """
    (flat, places), wanted = _flat(text), _flat(quote)[0].strip()
    start = flat.find(wanted) if wanted else -1
    return text[places[start] : places[start + len(wanted) - 1] + 1] if start >= 0 else ""


def quoted_in(text: str, quote: str) -> str:
    """As `found_in`, but only what can prove something: whole words with a number, or with three letters together.

    All of a short text, such as a country, is a quote, too.
    """
    (flat, _), wanted = _flat(text), _flat(quote)[0].strip()
    if wanted == flat.strip():
        return found_in(text, quote)
    starts = (match.start() for match in re.finditer(re.escape(wanted), flat)) if _TELLS.search(wanted) else iter(())
    whole = any(not _within_word(flat, at) and not _within_word(flat, at + len(wanted)) for at in starts)
    return found_in(text, quote) if whole else ""


_TELLS = re.compile(r"\d|[^\W\d_]{3}|[\u2e80-\U0003ffff]{2}")
"""A number, three letters, or two signs of a script that writes words so."""


def _within_word(text: str, at: int) -> bool:
    """Whether a word of letters and digits goes on over this place. Scripts without blanks have no such place."""
    around = text[max(0, at - 1) : at + 1]
    return len(around) == 2 and around.isalnum() and max(around) < "\u2e80"


@lru_cache(maxsize=64)
def _flat(text: str) -> tuple[str, list[int]]:
    """``text`` on one line as a model sees it, and for each of its characters the place in ``text``."""
    chars: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        shown = _shown(char).translate(_TYPOGRAPHY)
        if shown.isspace():
            shown = "" if chars and chars[-1] == " " else " "
        if shown:
            chars.append(shown)
            places.append(place)
    return "".join(chars), places


# --- sections ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """Words from one source. ``source`` is what a quote names."""

    source: str
    text: str

    @property
    def label(self) -> str:
        """The source as a model sees it: on one line, whatever a file is called."""
        return " ".join(plain(self.source).split())


@dataclass(frozen=True)
class Apart:
    """Sections as a model is shown them. ``boundary``: 128 random bits as 32 hex digits; ``mark``: between words."""

    text: str
    boundary: str
    mark: str

    def unmarked(self, value: Any) -> Any:
        """A model's answer, or any part of its JSON, with blanks where it copied the mark."""
        if isinstance(value, str):
            return value.replace(self.mark, " ")
        if isinstance(value, list):
            return [self.unmarked(one) for one in value]
        if isinstance(value, dict):
            return {self.unmarked(key): self.unmarked(one) for key, one in value.items()}
        return value


def set_apart(sections: Iterable[Section], boundary: str) -> Apart:
    """The sections between boundary lines, each word marked off, without what cannot be seen, cut to the limits."""
    shown: list[tuple[str, str]] = []
    left = DATA_LIMIT
    for section in sections:
        text = plain(section.text)[: min(SECTION_LIMIT, left)]
        left -= len(text)
        if text:
            shown.append((section.label, text))
    mark = _mark(shown)
    parts = (f"BEGIN {boundary} {label}\n{_marked(text, mark)}\nEND {boundary}" for label, text in shown)
    return Apart(text="\n\n".join(parts), boundary=boundary, mark=mark)


def _mark(shown: list[tuple[str, str]]) -> str:
    """A mark that no text holds; where a text holds them all, it loses the first."""
    used = set(chain.from_iterable(text for _, text in shown))
    return next((mark for mark in MARKS if mark not in used), MARKS[0])


def _marked(text: str, mark: str) -> str:
    # A tab stays beside its mark: it parts the columns of a table.
    return re.sub(r"[^\S\n\t]+|(?=\t)", mark, text.replace(mark, ""))


_SECTION = re.compile(
    r"^BEGIN (?P<boundary>[0-9a-f]{32}) (?P<label>[^\n]*)\n(?P<text>.*?)\nEND (?P=boundary)$", re.M | re.S
)


def sections_of(data: str) -> tuple[Section, ...]:
    """The sections that `set_apart` made, with blanks for marks; for whoever plays the model."""
    found = [(one["label"], one["text"]) for one in _SECTION.finditer(data)]
    mark = max(MARKS, key=lambda one: sum(text.count(one) for _, text in found))
    return tuple(Section(label, text.replace(f"{mark}\t", "\t").replace(mark, " ")) for label, text in found)
