"""The clock of a lead that waits: one list of alarms at a time, each a durable timer. Whoever waits takes what rang."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from temporalio import workflow


class Rings(StrEnum):
    """What an alarm is for."""

    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"
    WAKE = "wake"
    RELEASE = "release"
    CLOSE = "close"


@dataclass(frozen=True)
class Alarm:
    """When, what for, and the sentence that Temporal's timeline shows."""

    at: datetime
    rings: Rings
    summary: str


class Clock:
    """Rings one alarm after the other; setting it anew forgets those of before, rung or not."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None
        self._rung: list[Rings] = []

    def set(self, alarms: Iterable[Alarm] = ()) -> None:
        """From now on these alarms, in order of time."""
        if self._task:
            self._task.cancel()
        self._rung = []
        ordered = sorted(alarms, key=lambda alarm: alarm.at)
        self._task = asyncio.create_task(self._run(ordered)) if ordered else None

    async def _run(self, alarms: list[Alarm]) -> None:
        for alarm in alarms:
            # A timer of no length would be none: what is due already rings in a task of its own all the same.
            wait = max(alarm.at - workflow.now(), timedelta(milliseconds=1))
            await workflow.sleep(wait, summary=alarm.summary)
            self._rung.append(alarm.rings)

    @property
    def rung(self) -> bool:
        """Whether an alarm waits to be taken."""
        return bool(self._rung)

    def take(self) -> Rings:
        """The alarm that rang first."""
        return self._rung.pop(0)
