"""How each language says what an order to a reader is about. Data only; ``matching.py`` looks for it."""

from __future__ import annotations

from collections.abc import Mapping

from leadbraid.conflicts.injection.concepts import Words
from leadbraid.conflicts.injection.vocabulary.arabic import ARABIC
from leadbraid.conflicts.injection.vocabulary.borrowed import BORROWED
from leadbraid.conflicts.injection.vocabulary.chinese import CHINESE
from leadbraid.conflicts.injection.vocabulary.czech import CZECH
from leadbraid.conflicts.injection.vocabulary.danish import DANISH
from leadbraid.conflicts.injection.vocabulary.dutch import DUTCH
from leadbraid.conflicts.injection.vocabulary.english import ENGLISH
from leadbraid.conflicts.injection.vocabulary.french import FRENCH
from leadbraid.conflicts.injection.vocabulary.german import GERMAN
from leadbraid.conflicts.injection.vocabulary.hindi import HINDI
from leadbraid.conflicts.injection.vocabulary.italian import ITALIAN
from leadbraid.conflicts.injection.vocabulary.japanese import JAPANESE
from leadbraid.conflicts.injection.vocabulary.korean import KOREAN
from leadbraid.conflicts.injection.vocabulary.polish import POLISH
from leadbraid.conflicts.injection.vocabulary.portuguese import PORTUGUESE
from leadbraid.conflicts.injection.vocabulary.russian import RUSSIAN
from leadbraid.conflicts.injection.vocabulary.spanish import SPANISH
from leadbraid.conflicts.injection.vocabulary.swedish import SWEDISH
from leadbraid.conflicts.injection.vocabulary.turkish import TURKISH
from leadbraid.conflicts.injection.vocabulary.ukrainian import UKRAINIAN

ANY = "any"
"""The language of words that are borrowed everywhere."""
SPACED: Mapping[str, Words] = {
    ANY: BORROWED,
    "en": ENGLISH,
    "de": GERMAN,
    "nl": DUTCH,
    "sv": SWEDISH,
    "da": DANISH,
    "fr": FRENCH,
    "es": SPANISH,
    "it": ITALIAN,
    "pt": PORTUGUESE,
    "pl": POLISH,
    "cs": CZECH,
    "ru": RUSSIAN,
    "uk": UKRAINIAN,
    "tr": TURKISH,
    "hi": HINDI,
}
"""Languages that put blanks between words."""
SPACELESS: Mapping[str, Words] = {
    "zh": CHINESE,
    "ja": JAPANESE,
    "ko": KOREAN,
    "ar": ARABIC,
}
"""Languages whose phrases are looked for anywhere: their words have no fixed borders."""
