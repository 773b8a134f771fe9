"""Short looks at the world that the workflow makes inline: the screen, and when a review is due."""

from __future__ import annotations

from pathlib import Path

from temporalio import activity

from leadbraid.models import DueTask, DueTimes, Screened, ScreenTask
from leadbraid.screen import screen
from leadbraid.sources.suppression import read_suppressed


class LocalActivities:
    """Given the file of suppressed addresses and domains, where there is one."""

    def __init__(self, suppression: Path | None = None) -> None:
        self._suppression = suppression

    @activity.defn(name="screen")
    def screen(self, task: ScreenTask) -> Screened | None:
        """Whether the lead needs no stream; reads the suppression list anew each time."""
        return screen(task.lead, task.rules, read_suppressed(self._suppression))

    @activity.defn(name="due_times")
    def due_times(self, task: DueTask) -> DueTimes:
        """When the review reminds, is due and expires."""
        policy, opened = task.policy, task.opened_at
        return DueTimes(
            remind_at=opened + policy.remind_after,
            due_at=opened + policy.due_after,
            expire_at=opened + policy.expire_after,
        )
