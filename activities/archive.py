"""The archive's pass over the closed leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from temporalio import activity

from leadbraid.models import ArchiveReport, ArchiveTask

BUDGET = timedelta(minutes=4)
"""A pass ends by itself then, and the next goes on; well before its start-to-close time is up."""


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
        return await self._archiver.archive_closed(task, _now, stop_at=_now() + BUDGET, beat=activity.heartbeat)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the edge
