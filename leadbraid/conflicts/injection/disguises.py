"""How a text may be read once the usual disguises are off: what hides an order from a person, not from a model."""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Iterator

from leadbraid.conflicts.injection.matching import bare
from leadbraid.text import sentences

_LOOKALIKES = str.maketrans("аеорсхуіјѕԁɡһкνορτυαιєԛԝьмтвнιγκմոսօց", "aeopcxyijsdghkvoptuaieqwbmtbhiykunuog")
_FOREIGN = re.compile(r"[\u0370-\u052f\u0530-\u058f\u0250-\u02af]")
_LATIN = re.compile(r"[a-z]")


def readings(text: str) -> Iterator[str]:
    """Bare readings of all of ``text``, a sentence a line: as it stands, and with each disguise that it may wear off.

    A text of several lines comes twice, once with its line breaks taken out, since an order may run over them.
    """
    whole = _by_sentence(text)
    yield whole
    for undisguised in (_lookalikes, _joined, _unmarked, _untagged, _leet, _mirrored, _rotated, _unscrambled):
        found = undisguised(whole if undisguised is not _joined else text)
        if found is not None and found != whole:
            yield found


def _by_sentence(text: str) -> str:
    flat = " ".join(text.split())
    pieces = (*sentences(text), *(sentences(flat) if "\n" in text.strip() else ()))
    return "\n".join(bare(piece) for piece in pieces)


def _lookalikes(text: str) -> str | None:
    """Letters of other alphabets that look Latin, where both kinds stand side by side."""
    return text.translate(_LOOKALIKES) if _FOREIGN.search(text) and _LATIN.search(text) else None


# --- letters that stand apart --------------------------------------------------------------------------------------

_BETWEEN = r"(?:[ \t]{1,2}|[._*·|~/+=,-]|\n|[^\w\s]{1,3})"
_APART = re.compile(rf"(?<![^\W_])[^\W_](?:{_BETWEEN}[^\W_](?![^\W_])){{3,}}")
_WORD_END = re.compile(r"[ \t]{2,}|\n{2,}|[^\w\s]{1,3}\s[^\w\s]{1,3}| *[/|] *")


def _joined(text: str) -> str | None:
    """Words whose letters stand apart, joined. Where two blanks part the words, they stay parted."""
    unified = unicodedata.normalize("NFKC", text)
    if not _APART.search(unified):
        return None
    return _by_sentence(_APART.sub(_squeezed, unified))


def _squeezed(match: re.Match[str]) -> str:
    """The letters of a run, word by word."""
    return " ".join(re.sub(r"[\W_]", "", word) for word in _WORD_END.split(match.group()))


def apart(text: str) -> tuple[str, str]:
    """The words of ``text`` whose letters stand apart: joined word by word, and without any blank."""
    runs = list(_APART.finditer(unicodedata.normalize("NFKC", text)))
    return " ".join(map(_squeezed, runs)), " ".join(re.sub(r"[\W_]", "", run.group()).casefold() for run in runs)


# --- marks and tags inside words -----------------------------------------------------------------------------------

_MARKS = re.compile(r"(?<=\w)[*_~`^\u00b7\u2022]{1,3}(?=\w)|\*\*|__|~~|(?<=[a-z])-\s?(?=[a-z])")
_TAG = re.compile(r"</?[a-z!][^<>]{0,500}>")


def _unmarked(text: str) -> str | None:
    return _MARKS.sub("", text) if _MARKS.search(text) else None


def _untagged(text: str) -> str | None:
    return html.unescape(_TAG.sub("", text)) if _TAG.search(text) else None


# --- letters that were changed -------------------------------------------------------------------------------------

_LEET = re.compile(
    r"(?<![\w@$!])(?=[\w@$!|]{0,30}[0-9@$!|])(?=[\w@$!|]{0,30}[a-z])[\w@$!|]{2,30}(?![\w@$!])|\b[0-9]{2,4}\b"
)
_DIGITS = tuple(str.maketrans("0134578@$!|", f"o{one}eastbasi{one}") for one in "il")
_BACKWARDS = re.compile(r"\b(?:eht|dna|ruoy|siht|lla|snoitcurtsni|tpmorp|selur|hcihw|htiw|daeL|dael|erocs)\b")
_ROTATED = re.compile(r"\b(?:gur|naq|lbh|lbhe|guvf|nyy|vafgehpgvbaf|cebzcg|ehyrf|yrnq)\b")


def _leet(text: str) -> str | None:
    """Digits read as letters, in words that hold both. ``1`` may be an *i* or an *l*: both readings."""
    if len(_LEET.findall(text)) < 2:
        return None
    return "\n".join(_LEET.sub(_read_as(table), text) for table in _DIGITS)


def _read_as(table: dict[int, int]) -> Callable[[re.Match[str]], str]:
    return lambda match: match.group().translate(table)


def _mirrored(text: str) -> str | None:
    return "\n".join(line[::-1] for line in text.split("\n")) if _BACKWARDS.search(text) else None


def _rotated(text: str) -> str | None:
    return codecs.encode(text, "rot13") if _ROTATED.search(text) else None


_KEY_WORDS = (
    "ignore disregard forget override previous prior earlier above instruction instructions rules guidelines prompt"
    " system approve approved qualified verdict score lead enquiry reveal print assistant model review without"
    " highest maximum mention report risks recipient verbatim reply answer recommend company your everything perfect"
)


def _inside(word: str) -> tuple[str, str]:
    """What a reader still recognises of a scrambled word: its first letter, and which letters follow."""
    return word[:1], "".join(sorted(word[1:]))


_SCRAMBLED = {_inside(word): word for word in _KEY_WORDS.split()}
_DROPPED = {
    word[:place] + word[place + 1 :]: word
    for word in _KEY_WORDS.split()
    if len(word) > 6
    for place in range(1, len(word))
}
_LONG = re.compile(r"\b[a-z]{4,14}\b")
_UNSCRAMBLED = frozenset(_KEY_WORDS.split())


def _unscrambled(text: str) -> str | None:
    """Words with letters swapped or dropped, put right, where at least two of the words that matter are."""
    changed = [word for word in _LONG.findall(text) if _righted(word) != word]
    return _LONG.sub(lambda match: _righted(match.group()), text) if len(changed) >= 2 else None


def _righted(word: str) -> str:
    if word in _UNSCRAMBLED:
        return word
    return _SCRAMBLED.get(_inside(word)) or _DROPPED.get(word) or word


# --- codes ---------------------------------------------------------------------------------------------------------

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}(?:\s?\n[A-Za-z0-9+/_-]{16,})*(?:\n[A-Za-z0-9+/_-]{1,15})?={0,2}")
_HEX = re.compile(r"(?:0x)?(?:[0-9a-fA-F]{2}){8,}|(?:[0-9a-fA-F]{2}[ :,-]){7,}[0-9a-fA-F]{2}")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\}){4,}")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})")
_BITS = re.compile(r"(?:[01]{8}[ ,]?){6,}")
_NUMBERS = re.compile(r"(?:\b(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6])\b[ ,;]{1,2}){8,}\d{2,3}")
_ENTITIES = re.compile(r"(?:&(?:#\d{2,6}|#x[0-9a-fA-F]{2,5}|[a-zA-Z]{2,8});)")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})")
_TAG_CHARACTERS = range(0xE0020, 0xE007F)
_DEPTH = 3


def decoded(text: str, depth: int = _DEPTH) -> Iterator[str]:
    """Texts that stand in ``text`` in a code that no person reads at sight; codes within codes up to ``depth``."""
    for code, read in _CODES:
        for match in code.finditer(text):
            found = read(match.group())
            if found and _is_text(found):
                yield found
                if depth > 1:
                    yield from decoded(found, depth - 1)
    if hidden := "".join(chr(ord(char) - 0xE0000) for char in text if ord(char) in _TAG_CHARACTERS):
        yield hidden


def unescaped(text: str) -> Iterator[str]:
    """All of ``text`` with its HTML entities or its percent signs resolved, where it has some."""
    if _ENTITIES.search(text):
        yield html.unescape(text)
    if _PERCENT.search(text):
        yield urllib.parse.unquote_plus(text)


def _is_text(found: str) -> bool:
    """Mostly letters and blanks, with some of both: an id or a picture that happens to decode is neither."""
    letters = sum(char.isalpha() or char.isspace() for char in found)
    return (len(found) >= 6 and letters >= 0.7 * len(found) and found.isprintable()) or _wrapped(found)


def _wrapped(found: str) -> bool:
    return len(found) >= 16 and all(char.isprintable() or char in "\n\r\t" for char in found)


def _utf8(raw: bytes) -> str:
    return raw.decode("utf-8", "ignore") if raw.decode("utf-8", "ignore").encode() == raw else ""


def _from_base64(code: str) -> str:
    joined = re.sub(r"[\s=]", "", code).translate(str.maketrans("-_", "+/"))
    try:
        return _utf8(
            base64.b64decode(joined[: len(joined) - (len(joined) % 4 == 1)] + "=" * (-len(joined) % 4), validate=True)
        )
    except binascii.Error:
        return ""


def _from_hex(code: str) -> str:
    return _utf8(bytes.fromhex(re.sub(r"[ :,-]", "", code.removeprefix("0x"))))


def _from_escapes(code: str) -> str:
    points = (int(next(filter(None, groups)), 16) for groups in _ESCAPE.findall(code))
    return "".join(chr(point) for point in points if point < 0x110000 and not 0xD800 <= point < 0xE000)


def _from_bits(code: str) -> str:
    return _utf8(bytes(int(bits, 2) for bits in re.findall(r"[01]{8}", code)))


def _from_numbers(code: str) -> str:
    return "".join(chr(int(number)) for number in re.findall(r"\d+", code) if 32 <= int(number) < 127)


_CODES: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (_BASE64, _from_base64),
    (_HEX, _from_hex),
    (_ESCAPES, _from_escapes),
    (_BITS, _from_bits),
    (_NUMBERS, _from_numbers),
)
