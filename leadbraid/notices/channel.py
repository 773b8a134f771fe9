"""The seam to whatever tells a person."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from leadbraid.models import NoticeTask


class Channel(Protocol):
    """Carries notices, each at least once: a repeat has the same id, so that the receiver can know it."""

    def reaches(self, task: NoticeTask) -> bool:
        """Whether there is anybody to tell here. True also where that cannot be found out now."""

    async def tell(self, task: NoticeTask, *, since: datetime, attempt: int) -> str:
        """Tell it.

        Args:
            task: The notice.
            since: When it was to be told first; the same for each attempt, so that each carries the same bytes.
            attempt: Counts from 1.

        Returns:
            Where it went, in words; empty where there is nobody to tell.

        Raises:
            NoticeError: It did not get through; says whether another try can help.
        """
