"""The people around a lead: whose it is, and who is told that it waits."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities
    from leadbraid.models import Assigned, LeadStart, NoticeKind, NoticeTask
    from leadbraid.models.playbook import ReviewPolicy

from workflows.policies import NOTIFY

ASSIGNED_KEPT = 50


class Staff:
    """The lead's owner, who were the owners before, and the notices sent: at most one of a kind for each occasion.

    An occasion is when the lead newly needs a person: its first review, waking up, being reopened, a reply that was
    refused, new words. A reviewer's own change request is none.
    """

    def __init__(self, start: LeadStart) -> None:
        carried = start.carried
        self._lead_id = start.lead_id
        self.assignee = carried.assignee if carried else ""
        self.assigned: list[Assigned] = list(carried.assigned) if carried else []
        self._occasion = carried.occasion if carried else 0
        self._told: set[NoticeKind] = set(carried.told) if carried else set()
        self._telling: set[asyncio.Task[None]] = set()
        self.reachable = False
        """Whether the worker knows anybody to tell."""

    def carry(self) -> dict[str, Any]:
        """The part of `Carried` that is about people."""
        return {
            "assignee": self.assignee,
            "assigned": tuple(self.assigned),
            "occasion": self._occasion,
            "told": tuple(sorted(self._told)),
        }

    def assign(self, to: str, why: str) -> None:
        """The lead is ``to``'s from now on."""
        self.assignee = to
        self.assigned = [*self.assigned, Assigned(at=workflow.now(), to=to, why=why[:300])][-ASSIGNED_KEPT:]

    def next_in_line(self, policy: ReviewPolicy) -> str:
        """Whom the lead goes to when its owner has let it become due; empty where nobody is named."""
        found = policy.escalate_to.get(self.assignee) or policy.escalate_to.get("*", "")
        return "" if found == self.assignee else found

    def new_occasion(self) -> None:
        """The lead needs a person anew, so each kind of notice may be sent again."""
        self._occasion += 1
        self._told = set()

    @property
    def telling(self) -> bool:
        """Whether a notice is on its way to its own workflow."""
        return bool(self._telling)

    def tell(self, kind: NoticeKind, ask: str, due: datetime | None) -> None:
        """Tell whose the lead is, in the background: a decision never waits for a notice."""
        if not self.reachable or kind in self._told:
            return
        self._told.add(kind)
        notice = NoticeTask(
            lead_id=self._lead_id, kind=kind, n=self._occasion, assignee=self.assignee, ask=ask[:300], due=due
        )
        telling = asyncio.create_task(self._tell(notice))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _tell(self, notice: NoticeTask) -> None:
        try:
            await workflow.execute_activity_method(
                NoticeActivities.notify,
                notice,
                summary=f"Tell staff: {notice.kind.value.replace('_', ' ')}",
                **NOTIFY,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("notice_not_started", extra={"kind": notice.kind.value})
