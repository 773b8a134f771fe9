"""Names compared as people mean them: without case, accents, blanks and punctuation."""

from __future__ import annotations

import unicodedata

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


def plain(name: str) -> str:
    """Letters and digits alone, without case and accents: *E-Mail-Adresse* is *emailadresse*, *Größe* is *grosse*."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in folded if char.isalnum())


def spellings(name: str) -> tuple[str, str]:
    """The plain forms ``name`` may be met in: as it is, and with its umlauts spelt out (*Groesse*)."""
    return plain(name), plain(name.casefold().translate(_UMLAUTS))
