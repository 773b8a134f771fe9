"""The archive's pass over the closed leads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity

from leadbraid.models import ArchiveReport, ArchiveTask

BUDGET = timedelta(minutes=4)
"""A pass ends by itself then, and the next goes on; well before its start-to-close time is up."""

BEAT = timedelta(seconds=10)


class Archiver(Protocol):
    """Gives each closed lead its bundle."""

    async def archive_closed(
        self, task: ArchiveTask, now: Callable[[], datetime], *, stop_at: datetime, beat: Callable[[str], None]
    ) -> ArchiveReport:
        """One pass."""
        ...


class ArchiveActivities:
    """Given what archives."""

    def __init__(self, archiver: Archiver) -> None:
        self._archiver = archiver

    @activity.defn(name="archive_closed")
    async def archive_closed(self, task: ArchiveTask) -> ArchiveReport:
        """One pass over the closed leads. Doing it again is harmless: a bundle is kept once."""
        beating = asyncio.create_task(_beat())
        try:
            return await self._archiver.archive_closed(task, _now, stop_at=_now() + BUDGET, beat=_silent)
        finally:
            beating.cancel()


async def _beat() -> None:
    """By the clock: a long list or one large lead would be taken for a worker that was killed."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(BEAT.total_seconds())


def _silent(_: str) -> None:
    pass


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the edge
