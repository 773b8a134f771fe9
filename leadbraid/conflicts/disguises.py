"""How a text may be read once the usual disguises are off: what hides an order from a person, not from a model.

Wide and accented letters, look-alikes from other alphabets, invisible characters, spaced-out words, base64, and
Unicode's tag characters.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

from leadbraid.conflicts.words import plain
from leadbraid.text import fold

_LOOKALIKES = str.maketrans("аеорсхуіјѕԁɡһκνορτυ", "aeopcxyijsdghkvoptu")
_APART = re.compile(r"(?<!\w)\w(?:[ \t.\-_*·|]\w(?!\w)){3,}")
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{20,8000}={0,2}")
_TAGS = range(0xE0020, 0xE007F)


def readings(text: str) -> Iterator[str]:
    """``text`` as it may be read: plain, with spaced-out words joined, decoded, and its hidden tag characters.

    Each reading holds the text line by line, since roles are written at a line's start, and once more on one line.
    """
    yield _bare(text)
    if _APART.search(text):
        yield _bare(_APART.sub(lambda match: re.sub(r"[\W_]", "", match.group()), text))
    yield from (_bare(one) for one in _decoded(text))
    if hidden := "".join(chr(ord(char) - 0xE0000) for char in text if ord(char) in _TAGS):
        yield _bare(hidden)


def spaced_out(text: str) -> str:
    """The words of ``text`` whose letters stand apart, without the blanks, even those between words."""
    unified = unicodedata.normalize("NFKC", text)
    return " ".join(re.sub(r"[\W_]", "", match.group()).casefold() for match in _APART.finditer(unified))


def _bare(text: str) -> str:
    return "\n".join(plain(fold(part)).translate(_LOOKALIKES) for part in (*text.splitlines(), text))


def _decoded(text: str) -> Iterator[str]:
    for match in _ENCODED.finditer(text):
        code = match.group().rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            found = base64.b64decode(code + "=" * (-len(code) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        yield found
