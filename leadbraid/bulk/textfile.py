"""Opening a table of unknown origin as text: its encoding is found out, what is no text is refused."""

from __future__ import annotations

import codecs
import io
import shutil
import tempfile
from pathlib import Path
from typing import IO, BinaryIO, TextIO, cast

from leadbraid.errors import InputError

_HEAD = 64 * 1024
_SPOOL = 8 * 1024 * 1024
_CHUNK = 1024 * 1024
_MAGIC = {
    b"PK\x03\x04": "an Excel or LibreOffice workbook (or another zip file)",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a gzip file",
}
_ODD = 8
"""Control characters that even a small text may have: they cost their rows, not the file."""
_TEXT = frozenset(b"\t\n\v\f\r\x1b") | frozenset(range(0x20, 0x100))


def open_file(file: str) -> BinaryIO:
    """A named file, for reading from any place.

    Raises:
        InputError: It cannot be read.
    """
    path = Path(file)
    if path.is_dir():
        raise InputError(f"{file} is a folder; give a CSV file or a file of JSON lines.")
    try:
        return _seekable(path.open("rb"))
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None


def _seekable(stream: BinaryIO) -> BinaryIO:
    return stream if stream.seekable() else spooled(stream)


def spooled(stream: IO[bytes]) -> BinaryIO:
    """What a pipe gives, kept aside (on disk where it is much): the encoding is only known when all has been seen."""
    kept = tempfile.SpooledTemporaryFile(max_size=_SPOOL)  # noqa: SIM115 - the caller closes it
    shutil.copyfileobj(stream, kept)
    kept.seek(0)
    return cast(BinaryIO, kept)


def open_text(file: BinaryIO, where: str) -> TextIO:
    """The file as text, from its beginning, line ends as they are. Closing it closes the file.

    Bytes that do not fit into a file that is UTF-8 otherwise come as lone surrogates, for `undecoded` to find.

    Raises:
        InputError: It is empty, or no text.
    """
    head = file.read(_HEAD)
    if not head.strip():
        raise InputError(f"{where} is empty.")
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise InputError(f"{where} is {what}, not text; save the table as CSV (UTF-8) and import that.")
    encoding = _by_mark(head) or _guessed(file, head, where)
    if encoding == "utf-16":
        _check_utf_16(file, where)
    file.seek(0)
    return io.TextIOWrapper(file, encoding, errors="surrogateescape" if encoding == "utf-8-sig" else None, newline="")


def _by_mark(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not head.startswith(codecs.BOM_UTF32_LE):
        return "utf-16"
    return ""


def _guessed(file: BinaryIO, head: bytes, where: str) -> str:
    odd = sum(byte not in _TEXT for byte in head)
    if odd > len(head) // 100 + _ODD:
        raise InputError(f"{where} is not a text file; save the table as CSV (UTF-8) and import that.")
    return "utf-8-sig" if _is_utf_8(file) else "cp1252" if _fits_cp1252(file) else "latin-1"


def _is_utf_8(file: BinaryIO) -> bool:
    """Whether the file is UTF-8, or at least more of its lines are than are not.

    One broken row must not turn the umlauts of all the others into *Ã¼*.
    """
    right = wrong = 0
    file.seek(0)
    for line in iter(lambda: file.readline(_CHUNK), b""):
        if not line.isascii():
            fits = _decodes(line, "utf-8")
            right, wrong = right + fits, wrong + (not fits)
    return right >= wrong


def _fits_cp1252(file: BinaryIO) -> bool:
    file.seek(0)
    return all(_decodes(chunk, "cp1252") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _check_utf_16(file: BinaryIO, where: str) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for chunk in iter(lambda: file.read(_CHUNK), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise InputError(f"{where} begins as UTF-16 and is broken further on ({error.reason}); save it anew.") from None


def undecoded(text: str) -> bool:
    """Whether ``text`` holds bytes that were no UTF-8."""
    return not text.isascii() and any("\udc80" <= char <= "\udcff" for char in text)
