"""Opening files of one folder and of nothing else: no links, no pipes, no devices, no way out."""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from leadbraid.errors import SourceError

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 65_536


class NotReadable(Exception):  # noqa: N818 - tells why a file does not count; callers decide whether that is an error
    """Why a file does not count, as the end of a sentence that begins with its name."""


class Folder:
    """An open folder. Its files are opened relative to it, so a path can never lead elsewhere."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def names(self) -> tuple[str, ...]:
        """What lies in the folder, in order, but for names that cannot be shown."""
        found = os.listdir(self._handle)  # noqa: PTH208 - of the open folder, not of a path
        return tuple(sorted(name for name in found if name.isprintable()))

    @contextmanager
    def opened(self, name: str, limit: int) -> Iterator[BinaryIO]:
        """The file ``name``, if it is a plain file of at most ``limit`` bytes.

        Raises:
            NotReadable: It is not, or the system refuses.
        """
        try:
            # Asked before opening too: opening a device can have effects of its own.
            if not stat.S_ISREG(os.stat(name, dir_fd=self._handle, follow_symlinks=False).st_mode):
                raise NotReadable("is not a plain file (links, pipes and devices are not read)")
            file = os.fdopen(os.open(name, _FLAGS, dir_fd=self._handle), "rb")
        except (OSError, ValueError) as error:
            raise NotReadable(f"cannot be opened ({_why(error)})") from None
        with file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise NotReadable("is not a plain file (links, pipes and devices are not read)")
            if status.st_size > limit:
                raise NotReadable(f"is larger than {limit // 1_000_000} MB")
            yield file


@contextmanager
def opened_folder(path: Path) -> Iterator[Folder]:
    """Open ``path`` as the one folder that is read.

    Raises:
        SourceError: There is no such folder, or it cannot be read.
    """
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError) as error:
        raise SourceError(f"The documents folder {path} cannot be read ({_why(error)}); set another.") from None
    try:
        yield Folder(handle)
    finally:
        os.close(handle)


def encoding_of(file: BinaryIO) -> str:
    """How ``file`` is written: UTF-8 (with or without its mark), else cp1252. Leaves the file at its start.

    Raises:
        NotReadable: It holds zero bytes, or bytes that neither has.
    """
    for encoding in ("utf-8-sig", "cp1252"):
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while chunk := file.read(_CHUNK):
                if b"\0" in chunk:
                    raise NotReadable("is not plain text; save it as UTF-8")
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        file.seek(0)
        return encoding
    raise NotReadable("is neither UTF-8 nor Windows-1252; save it as UTF-8")


def as_text(file: BinaryIO, newline: str | None = None) -> io.TextIOWrapper:
    """``file`` as text, in the encoding it is written in.

    Raises:
        NotReadable: It is not plain text.
    """
    return io.TextIOWrapper(file, encoding=encoding_of(file), newline=newline)


def _why(error: OSError | ValueError) -> str:
    return (error.strerror or "refused").lower() if isinstance(error, OSError) else "not a usable path"
