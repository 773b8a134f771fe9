"""Where bundles are kept. A folder today; anything that keeps a file once and gives it back can take its place."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Protocol

from leadbraid.errors import AuditError

_PART = ".part-"
_THROUGH = "through.txt"
_STALE_SECONDS = 86_400


class Archive(Protocol):
    """Keeps a bundle under a lead's id and the run that it ended with, once."""

    def has(self, lead_id: str, run_id: str) -> bool:
        """Whether there is a bundle of exactly that."""
        ...

    def keep(self, lead_id: str, run_id: str, bundle: bytes) -> bool:
        """Keep a bundle; false where there was one already, which stays as it is.

        Raises:
            AuditError: It cannot be kept.
        """
        ...

    def of(self, lead_id: str) -> list[tuple[str, bytes]]:
        """Every bundle of a lead with its name; more than one where it was reset in Temporal after its end.

        Raises:
            AuditError: They cannot be read.
        """
        ...


class ArchiveFolder:
    """One file for each bundle, for its owner only, written whole or not at all and never overwritten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _place(self, lead_id: str) -> Path:
        """A hundred thousand files in one folder are slow to look at for people."""
        return self.folder / lead_id.removeprefix("lead-")[:2]

    def path(self, lead_id: str, run_id: str) -> Path:
        """Where that bundle is or would be."""
        return self._place(lead_id) / f"{lead_id}.{run_id}.zip"

    def has(self, lead_id: str, run_id: str) -> bool:
        """See `Archive.has`."""
        return self.path(lead_id, run_id).exists()

    def keep(self, lead_id: str, run_id: str, bundle: bytes) -> bool:
        """See `Archive.keep`. A link never overwrites, and shows the whole file or none."""
        path = self.path(lead_id, run_id)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_PART) as part:
                part.write(bundle)
                part.flush()
                os.fsync(part.fileno())
                if not _linked(part.name, path):
                    return False
            _sync(path.parent)
        except OSError as error:
            raise AuditError(f"{path} cannot be written: {error.strerror}; set LEADBRAID_ARCHIVE.") from None
        return True

    def of(self, lead_id: str) -> list[tuple[str, bytes]]:
        """See `Archive.of`."""
        if not lead_id.removeprefix("lead-").isalnum():
            return []
        try:
            return [(str(path), path.read_bytes()) for path in sorted(self._place(lead_id).glob(f"{lead_id}.*.zip"))]
        except OSError as error:
            raise AuditError(f"{error.filename} cannot be read: {error.strerror}.") from None

    def through(self) -> datetime | None:
        """Up to when this folder has all; None where it does not say, or cannot be understood.

        It lies beside the bundles, so that a folder that was emptied, or brought back from a backup, tells so itself.
        """
        try:
            found = datetime.fromisoformat((self.folder / _THROUGH).read_text("ascii").strip())
        except (OSError, ValueError):
            return None
        return found if found.tzinfo else None

    def note_through(self, at: datetime) -> None:
        """Say so.

        Raises:
            AuditError: It cannot be written.
        """
        path = self.folder / _THROUGH
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix=_PART, delete=False) as part:
                part.write(f"{at.isoformat()}\n")
            Path(part.name).replace(path)
        except OSError as error:
            raise AuditError(f"{path} cannot be written: {error.strerror}; set LEADBRAID_ARCHIVE.") from None

    def tidy(self) -> None:
        """Remove what a killed process left half written. Young ones may be somebody's at this moment."""
        for part in self._parts():
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > _STALE_SECONDS:  # noqa: TID251 - the age of a file
                    part.unlink()

    def _parts(self) -> Iterator[Path]:
        return chain(self.folder.glob(f"{_PART}*"), self.folder.glob(f"*/{_PART}*"))


def _linked(name: str, path: Path) -> bool:
    """False where a file of that name is there; no other trouble may pass for that."""
    try:
        os.link(name, path)
    except FileExistsError:
        return False
    return True


def _sync(folder: Path) -> None:
    """A name that was given is lost in a power cut until its folder is on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
