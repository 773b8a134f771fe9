"""The calls for one lead: where each stream and the judge run, how soon, who stands in, and what they use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.streams import StreamActivities
    from leadbraid.models import (
        Gap,
        Judged,
        JudgeTask,
        Spent,
        Stream,
        StreamResult,
        StreamTask,
        StreamWork,
    )

from workflows.policies import FALL_BACK, JUDGE, STREAM
from workflows.streams import Results, gap_of, made_of
from workflows.urgency import urgency

_ACTIVITIES: dict[Stream, Callable[[StreamActivities, Any], Awaitable[StreamWork]]] = {
    Stream.QUALIFICATION: StreamActivities.qualification,
    Stream.RESEARCH: StreamActivities.research,
    Stream.DRAFTING: StreamActivities.drafting,
    Stream.FIT_RISK: StreamActivities.fit_risk,
}


class Calls:
    """The calls for one lead, on the queue that models are asked from."""

    def __init__(self, queue: str, spent: Spent) -> None:
        self._queue = queue
        self.spent = spent
        """What the models' work for this lead has used."""
        self.due: datetime | None = None
        """When somebody should have decided: calls for a lead near it go first."""

    async def stream(self, stream: Stream, task: StreamTask, *, fall_back: bool, why: str = "") -> StreamResult:
        """One stream's work: the provider's, else the fall-back's where there is one, else a gap."""
        summary = f"{stream.label}{f' ({why})' if why else ''}"
        try:
            work = await workflow.execute_activity_method(
                _ACTIVITIES[stream],
                task.model_copy(update={"spent": self.spent.tokens}),
                task_queue=self._queue,
                activity_id=f"{stream.value}-v{task.version}",
                summary=summary,
                priority=self._priority(person_waits=bool(task.note)),
                **STREAM,
            )
        except ActivityError as error:
            gap = self._gap(error)
            if fall_back:
                return await self._fall_back(stream, task.model_copy(update={"instead_of": gap.reason}), summary)
            return StreamResult(stream=stream, version=task.version, gap=gap)
        self.spent = self.spent.plus(work.made)
        return StreamResult(stream=stream, version=task.version, work=work)

    async def _fall_back(self, stream: Stream, task: StreamTask, summary: str) -> StreamResult:
        """The same work by rules, on the lead's own queue: no model holds that up."""
        try:
            work = await workflow.execute_activity_method(
                _ACTIVITIES[stream],
                task,
                activity_id=f"{stream.value}-v{task.version}-rules",
                summary=f"{summary}, by rules since the provider gave up",
                **FALL_BACK,
            )
        except ActivityError as error:
            return StreamResult(stream=stream, version=task.version, gap=self._gap(error))
        return StreamResult(stream=stream, version=task.version, work=work)

    async def judge(self, lead_id: str, version: int, results: Results, earlier: Judged | None) -> Judged | None:
        """What a model sees between the outputs, where a model made any of them.

        A judge that fails is a gap, and what was seen ``earlier`` goes on: it counts while its words stand.
        """
        works = [result.work for result in results.values() if result.work]
        if len(works) < 2 or not any(work.made.model for work in works):
            return None
        # Asked last, so that a lead worked by rules has no marker in its history.
        if not workflow.patched("judge"):
            return None
        ordered = tuple(results[stream] for stream in Stream if stream in results)
        try:
            found = await workflow.execute_activity_method(
                StreamActivities.judge,
                JudgeTask(lead_id=lead_id, version=version, results=ordered, spent=self.spent.tokens),
                task_queue=self._queue,
                activity_id=f"judge-v{version}",
                summary="Do the outputs go together?",
                priority=self._priority(),
                **JUDGE,
            )
        except ActivityError as error:
            return Judged(version=version, work=earlier.work if earlier else None, gap=self._gap(error))
        self.spent = self.spent.plus(found.made)
        return Judged(version=version, work=found)

    def _gap(self, error: ActivityError) -> Gap:
        """Why there is no output; what its calls used counts all the same."""
        if is_cancelled_exception(error):
            raise error
        if made := made_of(error):
            self.spent = self.spent.plus(made)
        return gap_of(error)

    def _priority(self, *, person_waits: bool = False) -> Priority:
        return urgency(workflow.now(), self.due, person_waits=person_waits)
