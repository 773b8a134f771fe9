"""Short looks at the world that the workflow makes inline: the screen, the person's other leads, a review's opening."""

from __future__ import annotations

from pathlib import Path

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from leadbraid.engine.related import open_leads_of
from leadbraid.hours import after
from leadbraid.models import Opened, RelatedTask, ReviewTask, Screened, ScreenTask
from leadbraid.owners import approvals_needed, owner
from leadbraid.screen import screen
from leadbraid.sources.suppression import read_suppressed


class LocalActivities:
    """Given the Temporal client, the file of suppressed addresses, and whether anybody can be told of a lead."""

    def __init__(self, client: Client, suppression: Path | None = None, *, notices: bool = False) -> None:
        self._client = client
        self._suppression = suppression
        self._notices = notices

    @activity.defn(name="screen")
    def screen(self, task: ScreenTask) -> Screened | None:
        """Whether the lead needs no stream; reads the suppression list anew each time."""
        return screen(task.lead, task.rules, read_suppressed(self._suppression))

    @activity.defn(name="related")
    async def related(self, task: RelatedTask) -> str:
        """The open lead of the same person that came first, if it came before this one; else nothing."""
        found = await open_leads_of(self._client, task.contact)
        mine = task.started_at, task.lead_id
        older = sorted(
            (one.start_time, one.id) for one in found if (one.start_time, one.id) < mine and one.id != task.lead_id
        )
        return older[0][1] if older else ""

    @activity.defn(name="open_review")
    async def open_review(self, task: ReviewTask) -> Opened:
        """When the review is due, whose the lead is, how many must approve, and what else the person has open."""
        policy, opened = task.policy, task.opened_at
        return Opened(
            remind_at=after(opened, policy.remind_after, policy.working_hours),
            due_at=after(opened, policy.due_after, policy.working_hours),
            expire_at=after(opened, policy.expire_after, policy.working_hours),
            assignee=task.assignee or owner(policy.owners, task.lead_id, task.lead, task.brief),
            approvals_needed=approvals_needed(policy.approvals, task.lead, task.brief),
            others=await self._others(task),
            notices=self._notices,
        )

    async def _others(self, task: ReviewTask) -> tuple[str, ...]:
        if not task.contact:
            return ()
        try:
            found = await open_leads_of(self._client, task.contact)
        except RPCError:
            return ()  # deadlines and owners must not wait for the list
        return tuple(sorted(one.id for one in found if one.id != task.lead_id))[:10]
