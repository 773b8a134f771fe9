"""Where bundles are kept. A folder today; anything that keeps a file once and gives it back can take its place."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from pathlib import Path
from typing import Protocol

from leadbraid.engine.once import link_once, sync_folder
from leadbraid.errors import AuditError
from leadbraid.models.visible import one_line

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PART = ".part-"
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

    def tidy(self) -> None:
        """Remove what was begun and never finished."""


class ArchiveFolder:
    """One file for each bundle, for its owner only, written whole or not at all and never overwritten."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _place(self, lead_id: str) -> Path:
        """A hundred thousand files in one folder are slow to look at for people."""
        return self.folder / lead_id.removeprefix("lead-")[:2]

    def path(self, lead_id: str, run_id: str) -> Path:
        """Where that bundle is or would be.

        Raises:
            AuditError: The ids are none of ours: whoever reaches Temporal can start workflows under any name.
        """
        if not (_ID.fullmatch(lead_id) and _ID.fullmatch(run_id)):
            raise AuditError(f"{one_line(lead_id, 60)!r} is no lead of ours; terminate and delete it in Temporal.")
        return self._place(lead_id) / f"{lead_id}.{run_id}.zip"

    def has(self, lead_id: str, run_id: str) -> bool:
        """See `Archive.has`."""
        return bool(_ID.fullmatch(lead_id)) and self.path(lead_id, run_id).exists()

    def keep(self, lead_id: str, run_id: str, bundle: bytes) -> bool:
        """See `Archive.keep`. A link never overwrites, and shows the whole file or none."""
        path = self.path(lead_id, run_id)
        try:
            for folder in (self.folder, path.parent):  # `parents=True` would open those above to everybody
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=_PART) as part:
                part.write(bundle)
                part.flush()
                os.fsync(part.fileno())
                new = link_once(Path(part.name), path)
            sync_folder(path.parent)
        except OSError as error:
            raise AuditError(f"{path} cannot be written: {error.strerror}; set LEADBRAID_ARCHIVE.") from None
        return new

    def of(self, lead_id: str) -> list[tuple[str, bytes]]:
        """See `Archive.of`."""
        if not _ID.fullmatch(lead_id):
            return []
        try:
            return [(str(path), path.read_bytes()) for path in sorted(self._place(lead_id).glob(f"{lead_id}.*.zip"))]
        except OSError as error:
            raise AuditError(f"{error.filename} cannot be read: {error.strerror}.") from None

    def tidy(self) -> None:
        """See `Archive.tidy`. What is younger than a day may be somebody's at this moment."""
        for part in self.folder.glob(f"*/{_PART}*"):
            with contextlib.suppress(OSError):
                if time.time() - part.stat().st_mtime > _STALE_SECONDS:  # noqa: TID251 - the age of a file
                    part.unlink()
