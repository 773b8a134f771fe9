"""The zip file that a bundle is: packed so that the same files give the same bytes, unpacked with nothing trusted.

It is written out here, and not by a library, so that the bytes around the files are known to the last one: they do not
depend on a version of Python, and whatever was changed, hidden or put before, between or behind the files is found.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from leadbraid.errors import AuditError
from leadbraid.models.visible import one_line

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of one file, unpacked. Far above any history that Temporal allows (50 MB)."""
TOTAL_LIMIT = 256 * 1024 * 1024
"""Bytes of all files, unpacked; and of the zip file."""
MEMBERS_LIMIT = 2000
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*|histories/[A-Za-z0-9_-][A-Za-z0-9._-]*\.json")
"""What a file in a bundle may be called."""
_DIRECTORY_ENTRY = b"PK\x01\x02"
_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True)
class _Member:
    """One file as it stands in a zip file: ``packed`` is its deflated content."""

    name: bytes
    crc: int
    size: int
    packed: bytes


def pack(files: Mapping[str, bytes]) -> bytes:
    """The zip file of these files, in the order of their names.

    Raises:
        AuditError: A name would lead out of the folder that it is unpacked to.
    """
    for name in files:
        if not NAME.fullmatch(name):
            raise AuditError(f"A file of a bundle cannot be called {one_line(name, 100)!r}.")
    return _container(
        _Member(name.encode(), zlib.crc32(data), len(data), _deflated(data)) for name, data in sorted(files.items())
    )


def _deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _container(members: Iterable[_Member]) -> bytes:
    """The format of PKWARE's APPNOTE 6.3, with nothing that is optional: no times, comments or extra fields."""
    made, directory, count = io.BytesIO(), io.BytesIO(), 0
    for one in members:
        count += 1
        # Version 2.0, no flags, deflated, midnight of 1 January 1980 (the real times are in the record).
        about = struct.pack("<5H3I2H", 20, 0, 8, 0, 33, one.crc, len(one.packed), one.size, len(one.name), 0)
        # Made on Unix; an ordinary file that its owner alone may read.
        rights = struct.pack("<3H2I", 0, 0, 0, 0o100600 << 16, made.tell())
        directory.write(_DIRECTORY_ENTRY + struct.pack("<H", 3 << 8 | 20) + about + rights + one.name)
        made.write(b"PK\x03\x04" + about + one.name + one.packed)
    start, length = made.tell(), directory.tell()
    ends = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, count, count, length, start, 0)
    return made.getvalue() + directory.getvalue() + ends


def unpack(name: str, data: bytes) -> tuple[dict[str, bytes], bool]:
    """The files in a zip file that may be anybody's, and whether every byte around them is as ``pack`` writes it.

    ``name`` is what a person calls it. Time and memory are bounded by the limits above.

    Raises:
        AuditError: It is no zip file, or one that no bundle is.
    """
    if data.count(_DIRECTORY_ENTRY) > MEMBERS_LIMIT:
        raise AuditError(f"{name} holds more than {MEMBERS_LIMIT} files: it is no bundle of ours.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _read(name, archive)
            members = list(_members(data, archive))
            return files, all(map(_nothing_hidden, members)) and _container(members) == data
    except _TROUBLE as error:
        raise AuditError(f"{name} is no bundle that can be unpacked ({one_line(str(error), 150)}).") from None


def _read(name: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = TOTAL_LIMIT
    for one in archive.infolist():
        if not NAME.fullmatch(one.filename):
            raise AuditError(f"{name} holds a file that no bundle has: {one_line(one.filename, 100)!r}.")
        if one.filename in files:
            raise AuditError(f"{name} holds {one.filename} twice.")
        # Other methods unpack as much as they like at one go.
        if one.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
            raise AuditError(f"{name} packs {one.filename} in a way that no bundle does.")
        with archive.open(one) as member:
            content = member.read(min(FILE_LIMIT, left) + 1)
        left -= len(content)
        if len(content) > FILE_LIMIT or left < 0:
            raise AuditError(f"{name} unpacks to more than a bundle can hold (at {one.filename}).")
        files[one.filename] = content
    return files


def _members(data: bytes, archive: zipfile.ZipFile) -> Iterator[_Member]:
    left = len(data)
    for one in archive.infolist():
        begins = one.header_offset + 30 + len(one.filename)
        packed = data[begins : begins + one.compress_size]
        left -= len(packed)
        if left < 0:  # files that share their bytes
            return
        yield _Member(one.filename.encode(), one.CRC, one.file_size, packed)


def _nothing_hidden(member: _Member) -> bool:
    """What is behind the end of a deflated content is read by nobody."""
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        unpacker.decompress(member.packed, member.size + 1)
    except zlib.error:
        return False
    return unpacker.eof and not unpacker.unused_data
