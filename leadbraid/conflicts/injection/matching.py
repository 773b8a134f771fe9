"""Where a clause says what, by the vocabularies: each word is looked up once, for all languages together."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from leadbraid.conflicts.injection.concepts import Concept
from leadbraid.conflicts.injection.vocabulary import ANY, SPACED, SPACELESS

_TOKEN = re.compile(r"[^\W_]+|[\u0900-\u0963\u0966-\u097f]+")
_DEVANAGARI = re.compile(r"[\u0900-\u0963\u0966-\u097f\u200d]+")
_LINK = re.compile(r"\b(?:https?|hxxps?|ftp)://|\bwww\.|\b[\w.+-]{1,64}@[\w-]{1,63}\.")
_SPACELESS_SCRIPT = {
    "zh": re.compile(r"[\u4e00-\u9fff]"),
    "ja": re.compile(r"[\u3040-\u30ff]"),
    "ko": re.compile(r"[\uac00-\ud7af]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
}
SHORTEST_STEM = 2


def bare(text: str) -> str:
    """``text`` for looking up: compatibility forms unified, case, accents and invisible characters gone."""
    taken = unicodedata.normalize("NFKD", text).casefold()
    kept = (
        char for char in unicodedata.normalize("NFKD", taken) if unicodedata.category(char) not in ("Mn", "Me", "Cf")
    )
    return unicodedata.normalize("NFC", "".join(kept))


@dataclass(frozen=True)
class Token:
    """A word of a clause and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Hit:
    """A concept that a clause names. ``token`` is the number of its first word; -1 where there are no words."""

    concept: Concept
    start: int
    end: int
    token: int = -1


def tokens(text: str) -> tuple[Token, ...]:
    """The words of ``text``, which is bare already."""
    pattern = _WITH_DEVANAGARI if _DEVANAGARI.search(text) else _TOKEN
    return tuple(Token(match.group(), match.start(), match.end()) for match in pattern.finditer(text))


_WITH_DEVANAGARI = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u097f])+")


@dataclass(frozen=True)
class _Phrase:
    """A phrase of a vocabulary after its first word. A word that ends in ``*`` stands for any that begins so."""

    language: str
    concept: Concept
    rest: tuple[str, ...]


def _holds(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted


class _Lexicon:
    """All phrases of the languages that put blanks between words, by their first word."""

    def __init__(self) -> None:
        self.whole: dict[str, list[_Phrase]] = defaultdict(list)
        self.stems: dict[str, list[_Phrase]] = defaultdict(list)
        for language, vocabulary in SPACED.items():
            for concept, listed in vocabulary.items():
                for phrase in listed.split("|"):
                    self._add(language, concept, phrase)

    def _add(self, language: str, concept: Concept, phrase: str) -> None:
        marked = [found.text + "*" * (bare(phrase)[found.end : found.end + 1] == "*") for found in tokens(bare(phrase))]
        if not marked:
            return
        first, *rest = marked
        entry = _Phrase(language, concept, tuple(rest))
        (self.stems[first[:-1]] if first.endswith("*") else self.whole[first]).append(entry)

    def starting(self, word: str) -> tuple[_Phrase, ...]:
        """The phrases whose first word is ``word``."""
        found = list(self.whole.get(word, ()))
        for length in range(SHORTEST_STEM, min(len(word), 24) + 1):
            found += self.stems.get(word[:length], ())
        return tuple(found)


_LEXICON = _Lexicon()


@lru_cache(maxsize=8192)
def _starting(word: str) -> tuple[_Phrase, ...]:
    return _LEXICON.starting(word)


def _alternatives(listed: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(bare(one)) for one in sorted(listed.split("|"), key=len, reverse=True) if one))


_ANYWHERE = {
    language: tuple((concept, _alternatives(listed)) for concept, listed in vocabulary.items())
    for language, vocabulary in SPACELESS.items()
}


class Clause:
    """A stretch of bare text, and what it says in each language."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)

    @cached_property
    def hits(self) -> Mapping[str, Mapping[Concept, tuple[Hit, ...]]]:
        """By language, with the borrowed words in each; without what stands in a harmless phrase of it."""
        found: dict[str, list[Hit]] = defaultdict(list)
        for language, hit in (*self._spaced(), *self._spaceless()):
            found[language].append(hit)
        borrowed = found.pop(ANY, [])
        if borrowed and not found:
            found["en"] = []
        return {language: _by_concept([*listed, *borrowed]) for language, listed in found.items()}

    def _spaced(self) -> Iterator[tuple[str, Hit]]:
        for match in _LINK.finditer(self.text):
            yield ANY, Hit(Concept.LINK, match.start(), match.end())
        for number, token in enumerate(self.tokens):
            for phrase in _starting(token.text):
                end = self._end(number, phrase.rest)
                if end >= 0:
                    yield phrase.language, Hit(phrase.concept, token.start, self.tokens[end].end, number)

    def _end(self, number: int, rest: tuple[str, ...]) -> int:
        """The number of a phrase's last word; -1 where the phrase does not go on so."""
        end = number + len(rest)
        if end >= len(self.tokens):
            return -1
        following = self.tokens[number + 1 : end + 1]
        return end if all(_holds(one.text, wanted) for one, wanted in zip(following, rest, strict=True)) else -1

    def _spaceless(self) -> Iterator[tuple[str, Hit]]:
        for language, patterns in _ANYWHERE.items():
            if _SPACELESS_SCRIPT[language].search(self.text):
                for concept, pattern in patterns:
                    for match in pattern.finditer(self.text):
                        yield language, Hit(concept, match.start(), match.end())


def _by_concept(hits: list[Hit]) -> Mapping[Concept, tuple[Hit, ...]]:
    harmless = [hit for hit in hits if hit.concept is Concept.HARMLESS]
    found: dict[Concept, list[Hit]] = defaultdict(list)
    for hit in sorted(hits, key=lambda one: (one.start, -one.end)):
        if not any(hit.start < other.end and other.start < hit.end for other in harmless):
            found[hit.concept].append(hit)
    return {concept: tuple(dict.fromkeys(listed)) for concept, listed in found.items()}
