"""Notices by e-mail: to the assignee, else to the address for leads that nobody has."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from leadbraid.errors import MailRefused, NoticeError, NotSent, SettingsError
from leadbraid.mail.message import Letter, build_letter
from leadbraid.mail.transport import Transport
from leadbraid.models import NoticeTask
from leadbraid.notices import wording
from leadbraid.notices.staff import read_staff


class MailChannel:
    """Writes to staff.

    The staff file is read anew for each notice, so that a correction counts at once.
    """

    def __init__(self, transport: Transport, *, sender: str, staff: Path | None, fallback: str, link: str) -> None:
        self._transport = transport
        self._sender = sender
        self._staff = staff
        self._fallback = fallback
        self._link = link

    def reaches(self, task: NoticeTask) -> bool:
        """A staff file that cannot be read counts as yes: the notice then tries until it is mended."""
        try:
            return bool(self._address(task))
        except SettingsError:
            return True

    def _address(self, task: NoticeTask) -> str:
        """A handle that is not in the file gets the fallback too: better somebody than nobody."""
        return read_staff(self._staff).get(task.assignee.casefold(), self._fallback)

    async def tell(self, task: NoticeTask, *, since: datetime, attempt: int) -> str:
        """Hand the message over; a repeat has the same Message-ID, and in the outbox folder it is one file."""
        try:
            address = self._address(task)
            if not address:
                return ""
            message = build_letter(self._letter(task, address, since))
            handed = await self._transport.hand_over(message, task.notice_id, attempt, _nothing_to_ask)
        except (NotSent, SettingsError) as error:
            raise NoticeError(str(error), code=error.code, retryable=True) from None
        except MailRefused as error:
            raise NoticeError(str(error), code=error.code, retryable=False) from None
        return handed.place

    def _letter(self, task: NoticeTask, address: str, since: datetime) -> Letter:
        return Letter(
            sender=self._sender,
            recipient=address,
            subject=wording.subject(task),
            body=wording.letter(task, wording.link_of(task, self._link)),
            date=since,
            message_id=f"<{task.notice_id}@{self._sender.rpartition('@')[2]}>",
            mark=("X-Leadbraid-Notice", task.notice_id),
        )


async def _nothing_to_ask() -> None:
    """A notice needs no permission: telling twice is better than not at all."""
