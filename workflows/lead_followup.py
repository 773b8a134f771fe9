"""LeadFollowUp: what happens to one lead, from the first look to its end.

screen -> streams -> assemble -> redraft -> review -> delivery -> closed
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.local import LocalActivities
    from leadbraid.models import (
        Brief,
        DecisionKind,
        DecisionVerdict,
        DeliveryNews,
        DeliveryResult,
        DueTask,
        DueTimes,
        Fate,
        LeadStart,
        Outcome,
        Reply,
        Settle,
        SettleOutcome,
        State,
        Status,
        Step,
    )

from workflows import indexed
from workflows.details import details
from workflows.dispatch import Dispatch
from workflows.policies import LOCAL
from workflows.review import (
    Door,
    Entry,
    Refused,
    Review,
    approved_reply,
    approved_step,
    check_approval,
    check_blocking,
    check_rerun,
    check_version,
    read_decision,
)
from workflows.versions import Versions


@workflow.defn(name="LeadFollowUp")
class LeadFollowUp:
    """One lead. Nothing leaves the house before a person has approved exactly that."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        self._start = start
        self._state = State.WORKING
        self._versions = Versions(start)
        self._review = Review()
        self._dispatch = Dispatch(start)
        self._due: DueTimes | None = None
        self._reminded: datetime | None = None
        self._expired = False
        self._cancelled = False
        self._step: Step | None = None

    # --- the story -------------------------------------------------------------------------------------------------

    @workflow.run
    async def run(self, start: LeadStart) -> Outcome:  # noqa: ARG002 - `__init__` has it
        """Work the lead, wait for a person, do what was decided."""
        try:
            await self._versions.first()
            outcome = await self._until_closed()
        except (asyncio.CancelledError, FailureError) as error:
            if not is_cancelled_exception(error):
                raise
            outcome = self._outcome(State.CANCELLED, "cancelled in Temporal")
        self._enter(outcome.state)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return outcome

    async def _until_closed(self) -> Outcome:
        """One review after another, until a decision or a deadline closes the lead."""
        while True:
            clock = await self._open_review()
            try:
                outcome = await self._one_review()
            finally:
                clock.cancel()
            if outcome:
                return outcome

    async def _open_review(self) -> asyncio.Task[None]:
        """The due times are recorded, so that a changed rule never moves a running deadline."""
        self._due = await workflow.execute_local_activity_method(
            LocalActivities.due_times,
            DueTask(opened_at=workflow.now(), policy=self._start.playbook.review),
            summary="When this is due",
            **LOCAL,
        )
        self._reminded, self._expired = None, False
        self._enter(State.IN_REVIEW)
        return asyncio.create_task(self._watch_the_clock(self._due))

    async def _watch_the_clock(self, due: DueTimes) -> None:
        await self._sleep_until(due.remind_at, f"remind the reviewer (due {due.due_at:%d %b %H:%M} UTC)")
        self._reminded = workflow.now()
        workflow.upsert_memo({"reminded": self._reminded.isoformat()})
        self._show()
        await self._sleep_until(due.expire_at, "expire: nobody decided")
        self._expired = True

    async def _sleep_until(self, at: datetime, summary: str) -> None:
        await workflow.sleep(max(at - workflow.now(), timedelta(milliseconds=1)), summary=summary)

    async def _one_review(self) -> Outcome | None:
        """Take one decision at a time, until one closes the lead or asks for a new version (then: None)."""
        while True:
            await workflow.wait_condition(lambda: self._review.waiting or self._expired)
            if not self._review.waiting:
                return self._outcome(State.EXPIRED, "nobody decided in time")
            entry = self._review.take()
            try:
                return await self._act_on(entry)
            except Refused as why:
                self._refuse(entry, why)

    async def _act_on(self, entry: Entry) -> Outcome | None:
        match entry.decision.decision:
            case DecisionKind.APPROVE:
                return await self._approve(entry)
            case DecisionKind.REQUEST_CHANGES:
                await self._request_changes(entry)
                return None
            case DecisionKind.REJECT:
                return self._reject(entry)
            case DecisionKind.SETTLE:
                raise Refused("wrong_state", "There is no unknown delivery to settle.")

    # --- decisions -------------------------------------------------------------------------------------------------

    def _reject(self, entry: Entry) -> Outcome:
        decision = entry.decision
        check_version(decision, self._brief)
        assert decision.reason is not None
        self._accept(entry, State.REJECTED)
        note = f": {decision.note}" if decision.note else ""
        return self._outcome(State.REJECTED, f"{decision.reason.value}{note}")

    async def _request_changes(self, entry: Entry) -> None:
        decision = entry.decision
        check_version(decision, self._brief)
        check_rerun(decision, self._brief, self._start.playbook.stream_plan)
        self._accept(entry, State.CHANGES_REQUESTED)
        self._enter(State.CHANGES_REQUESTED)
        await self._versions.again(
            decision.streams, decision.note, keep_dependents=decision.keep_dependents, by=decision.reviewer
        )

    async def _approve(self, entry: Entry) -> Outcome | None:
        """What was seen is what counts: the step and the reply are frozen here, and never made again."""
        decision, seen, lead = entry.decision, self._brief, self._start.lead
        check_approval(decision, seen, lead)
        step, reply = approved_step(decision, seen), approved_reply(decision, seen, lead)
        if decision.edited:
            check_blocking(decision, await self._versions.edited(decision.edited, decision.reviewer))
        self._step = step
        sends = step in seen.steps_that_send
        self._accept(entry, State.DELIVERING if sends else State.CLOSED_WITHOUT_REPLY)
        if not sends:
            return self._outcome(State.CLOSED_WITHOUT_REPLY, step.label)
        assert reply is not None
        return await self._deliver(reply, decision.reviewer)

    # --- delivery --------------------------------------------------------------------------------------------------

    async def _deliver(self, reply: Reply, approved_by: str) -> Outcome | None:
        """Until the outcome is certain; a cancelled lead too waits for it. None: back to the review."""
        self._enter(State.DELIVERING)
        await self._dispatch.begin(reply, approved_by)
        result = await self._until_delivered(reply, approved_by)
        match result.fate:
            case Fate.SENT:
                return self._sent(result, reply)
            case Fate.DROPPED:
                return self._outcome(State.CLOSED_WITHOUT_REPLY, result.note)
            case Fate.STOPPED | Fate.NOT_SENT | Fate.REFUSED | Fate.UNKNOWN if self._cancelled:
                return self._outcome(State.CANCELLED, "cancelled in Temporal; nothing was sent")
            case _:
                await self._versions.after_refused_delivery(result.note or "it was not accepted")
                return None

    def _sent(self, result: DeliveryResult, reply: Reply) -> Outcome:
        """An earlier run of this lead may have sent another text than the one approved now: say so."""
        reason = result.note if result.reply in ("", reply.digest) else f"sent_differs: {result.reply} was sent"
        return self._outcome(State.SENT, reason, result=result)

    async def _until_delivered(self, reply: Reply, approved_by: str) -> DeliveryResult:
        while True:
            try:
                await workflow.wait_condition(lambda: self._dispatch.ended or self._review.waiting)
                if self._review.waiting:
                    settled = await self._settle(self._review.take(), reply, approved_by)
                    if settled:
                        return settled
                elif self._dispatch.result().fate is not Fate.UNKNOWN:
                    return self._dispatch.result()
                else:
                    self._unknown(self._dispatch.result().note)
                    await workflow.wait_condition(lambda: self._review.waiting)
            except asyncio.CancelledError:
                self._cancelled = True
                await self._dispatch.stop()

    def _unknown(self, note: str) -> None:
        if self._state is not State.DELIVERY_UNKNOWN:
            self._dispatch.unknown = note or "no answer came"
            self._enter(State.DELIVERY_UNKNOWN)

    async def _settle(self, entry: Entry, reply: Reply, approved_by: str) -> DeliveryResult | None:
        """A person's word on an unknown outcome goes to the delivery; where that is gone, it is acted on here."""
        decision = entry.decision
        assert decision.outcome is not None
        self._accept(entry, State.DELIVERING)
        self._enter(State.DELIVERING)
        settle = Settle(outcome=decision.outcome, by=decision.reviewer, note=decision.note)
        if await self._dispatch.settle(settle):
            return None
        if decision.outcome is SettleOutcome.SEND_AGAIN:
            await self._dispatch.begin(reply, approved_by)
            return None
        fate = Fate.SENT if decision.outcome is SettleOutcome.ARRIVED else Fate.DROPPED
        note = f"settled by {decision.reviewer}: {decision.note}"
        return DeliveryResult(delivery_id=self._dispatch.delivery_id, fate=fate, reply="", note=note[:900])

    # --- messages --------------------------------------------------------------------------------------------------

    @workflow.signal(name="review", description='One decision: {"decision": "approve", "reviewer": "...", ...}')
    def review(self, *args: Any) -> None:
        """Takes whatever a terminal sends and never raises: what does not count is kept, and `status` shows it."""
        try:
            self._receive(args, "signal review")
        except Refused as why:
            self._note_refusal(why, "signal review")

    @workflow.signal(dynamic=True)
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:  # noqa: ARG002 - only its name counts
        """A misspelt signal would otherwise be kept by the server and never be seen."""
        why = Refused("unknown_signal", f"There is no signal {name!r}; decisions go to `review`.")
        self._note_refusal(why, f"signal {name}")

    @workflow.signal(name="delivery", description="From a delivery: its outcome is unknown")
    def delivery_news(self, *args: Any) -> None:
        """Only news of the delivery that is on its way count."""
        try:
            news = DeliveryNews.model_validate(args[0])
        except (IndexError, ValueError):
            self._note_refusal(Refused("malformed", "Not the news of a delivery."), "signal delivery")
            return
        if news.delivery_id == self._dispatch.delivery_id and self._state is State.DELIVERING:
            self._unknown(news.note)

    @workflow.update(name="decide", description='One decision: {"decision": "approve", "reviewer": "...", ...}')
    async def decide(self, *args: Any) -> DecisionVerdict:
        """The same as signal `review`, but it tells the verdict. Never waits for a delivery.

        Raises:
            ApplicationError: The decision was refused; its type is the rule.
        """
        door: Door = "update decide"
        try:
            entry = self._receive(args, door)
        except Refused as why:
            self._note_refusal(why, door)
            raise ApplicationError(str(why), type=why.code) from None
        await workflow.wait_condition(lambda: entry.verdict is not None)
        assert entry.verdict is not None
        if not entry.verdict.accepted:
            raise ApplicationError(entry.verdict.message, type=entry.verdict.code)
        return entry.verdict

    @decide.validator
    def _well_formed(self, *args: Any) -> None:
        """Refuses only what is malformed: a refusal here leaves no event."""
        try:
            read_decision(args)
        except Refused as why:
            raise ApplicationError(str(why), type=why.code) from None

    @workflow.query(name="brief", description="The whole current brief")
    def brief(self) -> Brief | None:
        """None until version 1 is made."""
        return self._versions.brief

    @workflow.query(name="status", description="Where the lead is, and which decisions counted or were refused")
    def status(self) -> Status:
        """The small answer."""
        brief = self._versions.brief
        return Status(
            lead_id=self._start.lead_id,
            state=self._state,
            version=brief.version if brief else 0,
            reply=brief.reply.digest if brief and brief.reply else "",
            brief=brief.digest if brief else "",
            due=self._due.due_at if self._due else None,
            expires=self._due.expire_at if self._due else None,
            reminded=self._reminded,
            open_conflicts=len(brief.open_conflicts) if brief else 0,
            decided=tuple(self._review.decided),
            refused=tuple(self._review.refused),
            refused_more=self._review.refused_more,
            delivery=self._dispatch.delivery_id,
            delivery_note=self._dispatch.unknown,
            playbook=self._start.playbook_digest,
            plan=self._start.playbook.stream_plan.name,
        )

    # --- small things ----------------------------------------------------------------------------------------------

    @property
    def _brief(self) -> Brief:
        assert self._versions.brief is not None
        return self._versions.brief

    def _receive(self, args: Sequence[Any], door: Door) -> Entry:
        return self._review.receive(read_decision(args), door, state=self._state, made=self._versions.made)

    def _accept(self, entry: Entry, state: State) -> None:
        reply = approved_reply(entry.decision, self._brief, self._start.lead)
        digest = reply.digest if reply and entry.decision.decision is DecisionKind.APPROVE else ""
        self._review.accept(entry, self._brief, state=state, reply=digest, now=workflow.now())

    def _refuse(self, entry: Entry, why: Refused) -> None:
        self._review.refuse(entry, why, state=self._state, version=self._brief.version, now=workflow.now())
        self._show()

    def _note_refusal(self, why: Refused, door: str) -> None:
        self._review.note_refusal(why, door, workflow.now())
        self._show()

    def _enter(self, state: State) -> None:
        """Be in ``state`` from now on; decisions that came for another one are answered."""
        self._state = state
        self._review.refuse_those_too_late(state, self._versions.made, workflow.now())
        reviewing = state is State.IN_REVIEW and self._due
        workflow.upsert_search_attributes(
            indexed.of_review(self._brief, reviewing.due_at) if reviewing else indexed.of_state(state)
        )
        self._show()

    def _show(self) -> None:
        workflow.set_current_details(details(self.status(), self._versions.brief, self._start.lead))

    def _outcome(self, state: State, reason: str, result: DeliveryResult | None = None) -> Outcome:
        brief, decided = self._versions.brief, self._review.decided
        closing = decided[-1] if decided and state is not State.EXPIRED else None
        return Outcome(
            state=state,
            reason=reason[:900],
            version=brief.version if brief else 0,
            reply=closing.reply if closing else "",
            next_step=self._step or (brief.next_step.step if brief else None),
            decided_by=closing.claimed_by if closing else "",
            delivery_id=result.delivery_id if result else "",
            message_id=result.message_id if result else "",
        )
