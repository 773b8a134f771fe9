"""The zip file that a bundle is: the same files give the same bytes, and nothing else in it is trusted.

Nothing is compressed. So no version of a library changes a byte, any byte that was changed, hidden or put around the
files is found, and no bundle unpacks to more than it is.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping

from leadbraid.errors import AuditError
from leadbraid.models.visible import one_line

FILE_LIMIT = 64 * 1024 * 1024
"""Bytes of one file. Far above any history that Temporal allows (50 MB)."""
SMALL_LIMIT = 1024 * 1024
"""Bytes of a file that is neither a history nor the record: lists of digests, the key, a text for people."""
TOTAL_LIMIT = 256 * 1024 * 1024
"""Bytes of all files; and of the zip file."""
MEMBERS_LIMIT = 2000
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*|histories/[A-Za-z0-9_-][A-Za-z0-9._-]*\.json")
"""What a file in a bundle may be called."""
_LARGE = ("histories/", "record.")
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can tell; the real times are in the record."""
_DIRECTORY_ENTRY = b"PK\x01\x02"
_TROUBLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OSError, NotImplementedError, RuntimeError, ValueError),
)


def pack(files: Mapping[str, bytes]) -> bytes:
    """The zip file of these files, in the order of their names, for their owner only.

    Raises:
        AuditError: A name would lead out of the folder that it is unpacked to.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            if not NAME.fullmatch(name):
                raise AuditError(f"A file of a bundle cannot be called {one_line(name, 100)!r}.")
            about = zipfile.ZipInfo(name, _MOMENT)
            about.create_system, about.external_attr = 3, 0o100600 << 16
            archive.writestr(about, files[name])
    return made.getvalue()


def unpack(name: str, data: bytes) -> tuple[dict[str, bytes], bool]:
    """The files in a zip file that may be anybody's, and whether it is, to the byte, the one that they give.

    ``name`` is what a person calls it. Time and memory are bounded by the limits above.

    Raises:
        AuditError: It is no zip file, or one that no bundle is.
    """
    if data.count(_DIRECTORY_ENTRY) > MEMBERS_LIMIT:
        raise AuditError(f"{name} holds more than {MEMBERS_LIMIT} files: it is no bundle of ours.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files = _read(name, data, archive)
    except _TROUBLE as error:
        raise AuditError(f"{name} is no bundle that can be unpacked ({one_line(str(error), 150)}).") from None
    return files, pack(files) == data


def _read(name: str, data: bytes, archive: zipfile.ZipFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = TOTAL_LIMIT
    for one in archive.infolist():
        if not NAME.fullmatch(one.filename):
            raise AuditError(f"{name} holds a file that no bundle has: {one_line(one.filename, 100)!r}.")
        if one.filename in files:
            raise AuditError(f"{name} holds {one.filename} twice.")
        # People pack anew what they unpacked; methods other than theirs unpack as much as they like at one go.
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise AuditError(f"{name} packs {one.filename} in a way that no bundle does.")
        limit = min(left, FILE_LIMIT if one.filename.startswith(_LARGE) else SMALL_LIMIT)
        content = _content(data, archive, one, limit + 1)
        left -= len(content)
        if len(content) > limit:
            raise AuditError(f"{name} unpacks to more than a bundle can hold (at {one.filename}).")
        files[one.filename] = content
    return files


def _content(data: bytes, archive: zipfile.ZipFile, one: zipfile.ZipInfo, limit: int) -> bytes:
    """What is stored is taken as it stands, so that a change in it is found by name and not by the zip's checksum."""
    if one.compress_type == zipfile.ZIP_STORED:
        name, extra = struct.unpack_from("<2H", data, one.header_offset + 26)
        begins = one.header_offset + 30 + name + extra
        return data[begins : begins + min(one.file_size, limit)]
    with archive.open(one) as member:
        return member.read(limit)
