"""Advisory file locks that a child process can go on holding."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from leadbraid.errors import EngineError


class FileLock:
    """An exclusive ``flock`` on one file.

    The lock belongs to the open file, not to the process: a child that inherits ``fd`` holds it until it ends, however
    its parent ended. The file is never removed, since removing it would let two processes lock two files of one name.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd: int | None = None

    @property
    def fd(self) -> int:
        """The locked file descriptor, for ``pass_fds``."""
        assert self._fd is not None, "the lock is not held"
        return self._fd

    @property
    def held(self) -> bool:
        """Whether this object holds the lock (not whether a child does)."""
        return self._fd is not None

    def acquire(self) -> bool:
        """Try to take the lock without waiting; true when it is ours now.

        Raises:
            EngineError: The file cannot be opened; names its folder.
        """
        if self._fd is None:
            self._fd = _locked(self.path, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX)
        return self._fd is not None

    def close(self) -> None:
        """Close our file: frees the lock, unless a child inherited it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def is_held(path: Path) -> bool:
    """Whether any process holds the lock. A missing file is a free lock."""
    if not path.exists():
        return False
    fd = _locked(path, os.O_RDONLY, fcntl.LOCK_SH)
    if fd is not None:
        os.close(fd)
    return fd is None


def _locked(path: Path, flags: int, kind: int) -> int | None:
    try:
        fd = os.open(path, flags, 0o600)
    except OSError as error:
        raise EngineError(f"{path} cannot be used ({error.strerror}): give LEADBRAID_HOME a folder of yours.") from None
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    except OSError as error:
        os.close(fd)
        raise EngineError(
            f"{path} cannot be locked ({error.strerror}): set LEADBRAID_HOME to a folder on a local disk."
        ) from None
    return fd
