"""Making the versions of a brief: screen, streams, merge point, redraft. The result of `assemble` is the version."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.assemble import assemble
    from activities.local import LocalActivities
    from leadbraid.engine.names import MODELS_TASK_QUEUE
    from leadbraid.models import (
        AssembleTask,
        Brief,
        Carried,
        Code,
        Conflict,
        CurrentPlaybook,
        DraftingTask,
        Earlier,
        Edit,
        FitRiskTask,
        Judged,
        Lead,
        LeadStart,
        NewWords,
        NextStep,
        Plan,
        QualificationTask,
        Quote,
        ResearchTask,
        Resolver,
        Screened,
        ScreenTask,
        Severity,
        Spent,
        Step,
        Stream,
        StreamResult,
        StreamTask,
    )
    from leadbraid.models.lead import with_words
    from leadbraid.plan import dependents

from workflows.calls import Calls
from workflows.policies import ASSEMBLE, LOCAL
from workflows.streams import Results, gap_of, run_plan


class Versions:
    """The current brief of one lead, and what it was made of."""

    def __init__(self, start: LeadStart, models_queue: str = MODELS_TASK_QUEUE) -> None:
        self._lead_id = start.lead_id
        self.lead: Lead = start.lead
        """The person's words, with all that they wrote since."""
        self.playbook = start.playbook
        self.digest = start.playbook_digest
        """Of the playbook that the lead is worked by now."""
        self.made = 0
        """How many versions were assembled; the current one may be an earlier one."""
        self.brief: Brief | None = None
        self._results: Results = {}
        self._screen: Screened | None = None
        self._edit: tuple[Edit, str] | None = None
        self._new_words = ""
        self._judged: Judged | None = None
        self.calls = Calls(models_queue, start.carried.spent if start.carried else Spent())
        if carried := start.carried:
            self._go_on_from(carried)

    def _go_on_from(self, carried: Carried) -> None:
        self.made, self.brief, self._screen = carried.made, carried.brief, carried.screen
        self._results = {result.stream: result for result in carried.results}
        self._edit = (carried.edit, carried.edited_by) if carried.edit else None
        self._new_words = carried.new_words
        self._judged = carried.judged

    def carry(self) -> dict[str, Any]:
        """The part of `Carried` that the versions know."""
        edit, edited_by = self._edit or (None, "")
        return {
            "brief": self.brief,
            "made": self.made,
            "results": self._ordered(),
            "screen": self._screen,
            "edit": edit,
            "edited_by": edited_by,
            "new_words": self._new_words,
            "judged": self._judged,
            "spent": self.calls.spent,
        }

    @property
    def _plan(self) -> Plan:
        return self.playbook.stream_plan

    @property
    def out_of_date(self) -> tuple[Stream, ...]:
        """The streams whose output was made before something it depends on changed."""
        return tuple(result.stream for result in self._ordered() if result.out_of_date)

    def _ordered(self) -> tuple[StreamResult, ...]:
        return tuple(self._results[stream] for stream in Stream if stream in self._results)

    # --- what a version is made for --------------------------------------------------------------------------------

    async def first(self) -> Brief:
        """Version 1: the screen, then the whole plan, and redrafts while they help."""
        if self.lead.received_at:
            # Not in working hours, which the review's own clock counts: this only says who goes first.
            self.calls.due = self.lead.received_at + self.playbook.review.due_after
        self._screen = await self._look()
        return await self._work(() if self._screen else self._plan.streams, how="first version")

    async def again(
        self, streams: tuple[Stream, ...], note: str, *, keep_dependents: bool, by: str, due: datetime | None
    ) -> Brief:
        """Run the named streams again with a reviewer's words, and what waits for them. ``due``: the review's."""
        self.calls.due = due
        if not self._results:
            # The screen had stopped the lead and a person wants it worked all the same.
            self._screen = await self._look(lifted=True)
            streams = () if self._screen else self._plan.streams
        waiting = dependents(self._plan, streams)
        if keep_dependents:
            self._mark_out_of_date(waiting)
        else:
            streams = (*streams, *waiting)
        return await self._work(streams, note=note, how=f"changes requested by {by}")

    def refresh(self, current: CurrentPlaybook, streams: tuple[Stream, ...]) -> tuple[Stream, ...]:
        """Go on by another playbook. Returns what must run: ``streams``, and those only the new plan has."""
        self.playbook, self.digest = current.playbook, current.digest
        self._results = {stream: result for stream, result in self._results.items() if stream in self._plan.streams}
        new = tuple(stream for stream in self._plan.streams if stream not in self._results and stream not in streams)
        return (*streams, *new)

    async def hear(self, words: tuple[NewWords, ...]) -> Brief:
        """The person wrote again: a version that says so, and which outputs do not know it yet."""
        message = self.lead.message
        for one in words:
            message = with_words(message, one.at.astimezone(UTC), one.message)
        self.lead = self.lead.model_copy(update={"message": message})
        self._new_words = words[-1].message[:300]
        self._mark_out_of_date(self._results)
        found = await self._look(lifted=bool(self._results))
        if not (self._screen and self._screen.final):
            self._screen = found or self._screen
        return self._take(await self._assemble(self._results, self._judged, how="the person wrote again"))

    async def edited(self, edit: Edit, by: str) -> Brief:
        """A reviewer's own words for the reply, checked like any draft."""
        self._edit = (edit, by)
        return self._take(await self._assemble(self._results, self._judged, how=f"edited by {by}"))

    async def after_refused_delivery(self, note: str) -> Brief:
        """The reply did not go out for good; a person must look again."""
        return self._take(
            await self._assemble(self._results, self._judged, how="delivery refused", delivery_refused=note)
        )

    async def _look(self, *, lifted: bool = False) -> Screened | None:
        """What the screen says. ``lifted``: only what no person may lift counts any more.

        Without an answer no work is done: somebody on the suppression list could be written to.
        """
        try:
            found = await workflow.execute_local_activity_method(
                LocalActivities.screen,
                ScreenTask(lead=self.lead, rules=self.playbook.screen),
                summary="Is there anything to work on?",
                **LOCAL,
            )
        except FailureError as error:
            # A local activity's own failure comes as it is, not within an `ActivityError`.
            if is_cancelled_exception(error):
                raise
            why = error.message or "it gave no reason"
            return Screened(code="screen_failed", reason=f"The screen failed: {why}"[:300])
        return None if found and lifted and not found.final else found

    # --- how a version is made -------------------------------------------------------------------------------------

    async def _work(self, streams: tuple[Stream, ...], *, how: str, note: str = "") -> Brief:
        if Stream.DRAFTING in streams:
            self._edit = None

        async def run_one(stream: Stream, before: tuple[StreamResult, ...]) -> StreamResult:
            return await self._run(stream, before, note=note)

        self._results = await run_plan(self._plan, streams, self._results, run_one)
        if not self.out_of_date:
            self._new_words = ""
        self._judged = await self.calls.judge(self._lead_id, self.made + 1, self._results, self._judged)
        brief = self._take(await self._assemble(self._results, self._judged, how=how))
        return await self._redraft(brief)

    async def _redraft(self, brief: Brief) -> Brief:
        """Let drafting settle what it owns, for as long as the merge point says that it is worth it."""
        rounds = 0
        while brief.redraft:
            rounds += 1
            results = await self._redrafted_results(brief, rounds)
            judged = await self.calls.judge(self._lead_id, self.made + 1, results, self._judged)
            candidate = await self._assemble(results, judged, how=f"redraft {rounds}", redrafts=rounds)
            if candidate.error or not candidate.supersedes:
                return brief
            self._results, self._judged = results, judged
            brief = self._take(candidate)
        return brief

    async def _redrafted_results(self, brief: Brief, rounds: int) -> Results:
        async def run_one(stream: Stream, before: tuple[StreamResult, ...]) -> StreamResult:
            return await self._run(stream, before, settle=brief, why=f"redraft {rounds}")

        streams = (Stream.DRAFTING, *dependents(self._plan, (Stream.DRAFTING,)))
        return await run_plan(self._plan, streams, self._results, run_one)

    def _take(self, brief: Brief) -> Brief:
        self.brief = brief
        return brief

    def _mark_out_of_date(self, streams: Iterable[Stream]) -> None:
        for stream in streams:
            if result := self._results.get(stream):
                self._results[stream] = result.model_copy(update={"out_of_date": True})

    # --- one stream ------------------------------------------------------------------------------------------------

    async def _run(
        self,
        stream: Stream,
        before: tuple[StreamResult, ...],
        *,
        note: str = "",
        settle: Brief | None = None,
        why: str = "",
    ) -> StreamResult:
        task = self._task(stream, before, note=note, settle=settle)
        return await self.calls.stream(stream, task, fall_back=stream in self.playbook.fall_back, why=why)

    def _task(self, stream: Stream, before: tuple[StreamResult, ...], *, note: str, settle: Brief | None) -> StreamTask:
        playbook = self.playbook
        shared = {
            "lead_id": self._lead_id,
            "lead": self.lead,
            "version": self.made + 1,
            "before": before,
            "note": note,
        }
        match stream:
            case Stream.QUALIFICATION:
                return QualificationTask(rules=playbook.ideal_customer, **shared)
            case Stream.RESEARCH:
                return ResearchTask(**shared)
            case Stream.DRAFTING:
                redraft = {"settle": settle.redraft, "previous": settle.draft} if settle else {}
                return DraftingTask(rules=playbook.for_drafting(), **shared, **redraft)
            case Stream.FIT_RISK:
                return FitRiskTask(rules=playbook.for_fit_risk(), **shared)

    # --- the merge point -------------------------------------------------------------------------------------------

    async def _assemble(
        self,
        results: Results,
        judged: Judged | None,
        *,
        how: str,
        redrafts: int = 0,
        delivery_refused: str = "",
    ) -> Brief:
        self.made += 1
        edit, edited_by = self._edit or (None, "")
        task = AssembleTask(
            lead_id=self._lead_id,
            lead=self.lead,
            rules=self.playbook.for_merge(),
            version=self.made,
            screen=self._screen,
            results=tuple(results[stream] for stream in Stream if stream in results),
            judged=judged,
            edit=edit,
            edited_by=edited_by,
            earlier=Earlier.of(self.brief) if self.brief else None,
            redrafts=redrafts,
            how=how[:300],
            delivery_refused=delivery_refused,
            new_words=self._new_words,
        )
        try:
            return await workflow.execute_activity(
                assemble, task, activity_id=f"assemble-v{self.made}", summary=f"Brief, version {self.made}", **ASSEMBLE
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return self._minimal_brief(task, gap_of(error).reason)

    def _minimal_brief(self, task: AssembleTask, error: str) -> Brief:
        """The merge point itself gave up: the lead reaches a person all the same, with the error named."""
        conflict = Conflict(
            id=f"{Code.ASSEMBLE_FAILED.value}-{task.version}",
            code=Code.ASSEMBLE_FAILED,
            severity=Severity.BLOCKING,
            message="The outputs could not be brought together; request changes to try again.",
            left=Quote(source="assemble", text=error),
            right=Quote(source="assemble", text=""),
            resolver=Resolver.REVIEWER,
        )
        return Brief(
            lead_id=task.lead_id,
            version=task.version,
            screen=task.screen,
            results=task.results,
            conflicts=(conflict,),
            next_step=NextStep(step=Step.HAND_TO_SPECIALIST, sends=False, because=()),
            error=error,
        )
