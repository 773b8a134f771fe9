"""The outbox folder: each reply one ``.eml`` file that a mail program opens.

The file's name is the delivery's id and it is made by a hard link, which never overwrites; so even here, where the
outcome of an attempt is unknown, it can be proved: taking the attempt's draft file away makes a late link fail.
"""

from __future__ import annotations

import contextlib
import os
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from leadbraid.engine.once import link_once, sync_folder
from leadbraid.errors import NotSent
from leadbraid.mail.transport import Commit, Handed


class OutboxFolder:
    """Delivers into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _file(self, delivery_id: str) -> Path:
        return self._folder / f"{delivery_id}.eml"

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        """Write the draft file beside the outbox's files, then link it to its name: the step that cannot be undone."""
        draft = self._folder / f".{delivery_id}.{attempt}.draft"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write_durably(draft, message.as_bytes())
        except OSError as error:
            raise NotSent(f"the outbox folder {self._folder} cannot be written: {error.strerror}") from None
        try:
            await commit()
            return self._link(draft, self._file(delivery_id))
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)

    def _link(self, draft: Path, file: Path) -> Handed:
        try:
            # Where another attempt's commit came first, its message is there, and only one may be.
            new = link_once(draft, file)
        except OSError as error:
            raise NotSent(f"the message could not be put into {self._folder}: {error.strerror}") from None
        if new:
            sync_folder(self._folder)
        return Handed(place=str(file))

    async def look_up(self, delivery_id: str) -> Handed | Literal[False] | None:
        """The file is there, or its draft is taken away so that it can never come."""
        try:
            for draft in self._folder.glob(f".{delivery_id}.*.draft"):
                draft.unlink(missing_ok=True)
            return Handed(place=str(self._file(delivery_id))) if self._file(delivery_id).exists() else False
        except OSError:
            return None


def _write_durably(file: Path, data: bytes) -> None:
    with file.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
