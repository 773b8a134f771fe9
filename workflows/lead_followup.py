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
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.local import LocalActivities
    from activities.playbook import PlaybookActivities
    from activities.signing import SigningActivities
    from leadbraid.models import (
        Approved,
        Brief,
        Carried,
        DecisionKind,
        DecisionVerdict,
        DeliveryNews,
        DeliveryResult,
        Fate,
        Lead,
        LeadStart,
        NoticeKind,
        Opened,
        Outcome,
        ReviewTask,
        Settle,
        SettleOutcome,
        State,
        Status,
        Stream,
        VerifyTask,
    )
    from leadbraid.models.playbook import ReviewPolicy, Unsigned

from workflows import indexed
from workflows.approvals import Approvals
from workflows.clock import Alarm, Clock, Rings
from workflows.details import details
from workflows.dispatch import Dispatch
from workflows.policies import LOCAL, PLAYBOOK, VERIFY
from workflows.refused import Refused
from workflows.review import (
    Door,
    Entry,
    Review,
    approved_reply,
    approved_step,
    check_approval,
    check_blocking,
    check_rerun,
    check_snooze,
    check_version,
    read_decision,
    refusal,
)
from workflows.staff import Staff
from workflows.versions import Versions
from workflows.words import Words

MAY_GO_ON_LATER = (State.IN_REVIEW, State.SNOOZED, State.HELD, State.EXPIRED)
"""States in which nothing is under way, so that a new run can take over."""


@workflow.defn(name="LeadFollowUp")
class LeadFollowUp:
    """One lead. Nothing leaves the house before a person has approved exactly that."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        carried = start.carried
        self._start = start
        # Messages are handled before `run` begins, so the state must be the right one from the start.
        self._state = carried.state if carried else State.WORKING
        self._versions = Versions(start)
        self._review = Review(carried)
        self._approvals = Approvals(carried.approved, carried.approved_by) if carried else Approvals()
        self._staff = Staff(start)
        self._words = Words(start)
        self._dispatch = Dispatch(start)
        self._clock = Clock()
        self._opened: Opened | None = carried.opened if carried else None
        self._reminded: datetime | None = carried.reminded if carried else None
        self._until: datetime | None = carried.until if carried else None
        self._escalated = carried.escalated if carried else False
        self._changes = carried.changes if carried else 0
        self._over = False
        self._cancelled = False
        self._stale = True

    # --- the story -------------------------------------------------------------------------------------------------

    @workflow.run
    async def run(self, start: LeadStart) -> Outcome:
        """Work the lead, wait for a person, do what was decided."""
        drawing = asyncio.create_task(self._draw_what_changed())
        try:
            outcome = await self._follow_up(start.carried)
        except (asyncio.CancelledError, FailureError) as error:
            if not is_cancelled_exception(error):
                raise
            outcome = self._outcome(State.CANCELLED, "cancelled in Temporal")
        self._over = True
        self._enter(outcome.state)
        await workflow.wait_condition(workflow.all_handlers_finished)
        drawing.cancel()
        self._draw()
        return outcome

    async def _follow_up(self, carried: Carried | None) -> Outcome:
        if carried:
            self._go_on()
        elif older := await self._words.hand_over():
            return self._outcome(State.ATTACHED, f"attached to {older}", attached_to=older)
        else:
            await self._versions.first()
            self._staff.new_occasion()
            await self._open_review()
        return await self._until_closed()

    async def _until_closed(self) -> Outcome:
        """Take what comes, one at a time: what the person wrote, a decision, or the clock."""
        while True:
            await workflow.wait_condition(lambda: self._something_came or self._may_go_on_in_a_new_run)
            outcome = None
            if self._words.new:
                await self._hear()
            elif self._review.waiting:
                outcome = await self._decide(self._review.take())
            elif self._clock.rung:
                outcome = await self._ring(self._clock.take())
            else:
                self._go_on_in_a_new_run()
            if outcome:
                return outcome

    # --- the wait --------------------------------------------------------------------------------------------------

    async def _open_review(self) -> None:
        """Due times and owner are recorded, so that a changed rule never moves a running deadline."""
        self._opened = await self._look_at_calendar_and_owners()
        self._staff.reachable = self._opened.notices
        if self._opened.assignee and not self._staff.assignee:
            self._staff.assign(self._opened.assignee, "by the playbook's owners")
        if self._reminded:
            workflow.upsert_memo({"reminded": None})
        self._reminded = self._until = None
        self._escalated = False
        self._enter(State.IN_REVIEW)
        self._set_clock()
        self._staff.tell(NoticeKind.WAITING, self._ask(), self._opened.due_at)

    async def _look_at_calendar_and_owners(self) -> Opened:
        policy, now = self._policy, workflow.now()
        task = ReviewTask(
            lead_id=self._start.lead_id,
            opened_at=now,
            policy=policy,
            lead=self._versions.lead,
            brief=self._brief,
            contact=self._words.contact,
            assignee=self._staff.assignee,
        )
        try:
            return await workflow.execute_local_activity_method(
                LocalActivities.open_review, task, summary="When this is due, and whose it is", **LOCAL
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            # The lead reaches a person all the same: all time counts, and as many must approve as ever may have to.
            workflow.logger.warning("review_opened_without_rules", extra={"reason": error.message})
            return Opened(
                remind_at=now + policy.remind_after,
                due_at=now + policy.due_after,
                expire_at=now + policy.expire_after,
                approvals_needed=policy.approvals.needed,
            )

    def _set_clock(self) -> None:
        """The alarms of the state the lead is in, without those that have rung."""
        opened, until = self._opened, self._until
        match self._state:
            case State.IN_REVIEW if opened:
                due = f"{opened.due_at:%d %b %H:%M} UTC"
                remind = Alarm(opened.remind_at, Rings.REMIND, f"remind the reviewer (due {due})")
                escalate = Alarm(opened.due_at, Rings.ESCALATE, "escalate: due, and nobody has decided")
                expire = Alarm(opened.expire_at, Rings.EXPIRE, "expire: nobody decided")
                first = ([] if self._reminded else [remind]) + ([] if self._escalated else [escalate])
                self._clock.set([*first, expire])
            case State.SNOOZED if until:
                self._clock.set([Alarm(until, Rings.WAKE, "wake the snoozed lead")])
            case State.HELD if until:
                self._clock.set([Alarm(until, Rings.RELEASE, "hold: the approval can be taken back")])
            case State.EXPIRED if until:
                self._clock.set([Alarm(until, Rings.CLOSE, "close: nobody reopened the expired lead")])
            case _:
                self._clock.set()

    async def _ring(self, rings: Rings) -> Outcome | None:
        match rings:
            case Rings.REMIND:
                self._remind()
            case Rings.ESCALATE:
                self._escalated = True
                self._escalate()
            case Rings.EXPIRE:
                return self._expire()
            case Rings.WAKE:
                self._staff.new_occasion()
                await self._open_review()
            case Rings.RELEASE:
                return await self._carry_out()
            case Rings.CLOSE:
                return self._outcome(State.EXPIRED, "nobody decided in time")
        return None

    def _remind(self) -> None:
        assert self._opened is not None
        self._reminded = workflow.now()
        workflow.upsert_memo({"reminded": self._reminded.isoformat()})
        self._show()
        if self._staff.assignee:
            self._staff.tell(NoticeKind.DUE_SOON, self._ask(), self._opened.due_at)
        else:
            # Nobody's lead would wait for nobody: it goes up at once.
            self._escalate()

    def _escalate(self) -> None:
        assert self._opened is not None
        if to := self._staff.next_in_line(self._policy):
            what = f"due since {self._opened.due_at:%Y-%m-%d %H:%M} UTC" if self._overdue else "nobody's lead"
            before = f", before that {self._staff.assignee}" if self._staff.assignee else ""
            self._assign(to, f"escalated: {what}{before}")
        self._staff.tell(NoticeKind.OVERDUE, self._ask(), self._opened.due_at)

    def _expire(self) -> Outcome | None:
        """Nothing is sent, and nothing was refused: for a while the lead can be reopened."""
        if not self._policy.reopen_days:
            return self._outcome(State.EXPIRED, "nobody decided in time")
        self._until = workflow.now() + timedelta(days=self._policy.reopen_days)
        self._enter(State.EXPIRED)
        self._set_clock()
        return None

    async def _hear(self) -> None:
        """The person wrote again: what was approved meanwhile is taken back, and a person looks anew."""
        self._clock.set()
        self._approvals.clear()
        words = self._words.take()
        await self._versions.hear(words)
        self._staff.new_occasion()
        await self._open_review()

    # --- a long wait goes on in a new run --------------------------------------------------------------------------

    @property
    def _something_came(self) -> bool:
        return self._words.new or self._review.waiting or self._clock.rung

    @property
    def _may_go_on_in_a_new_run(self) -> bool:
        """Temporal bounds a run's history. Nothing may be under way, and nobody may wait for an answer."""
        suggested = workflow.info().is_continue_as_new_suggested() and self._state in MAY_GO_ON_LATER
        return suggested and not self._staff.telling and workflow.all_handlers_finished()

    def _go_on_in_a_new_run(self) -> None:
        start = self._start.model_copy(
            update={
                "lead": self._versions.lead,
                "playbook": self._versions.playbook,
                "playbook_digest": self._versions.digest,
                "carried": self._carry(),
            }
        )
        self._draw()
        workflow.continue_as_new(start)

    def _carry(self) -> Carried:
        return Carried(
            run=self._run + 1,
            state=self._state,
            approved=self._approvals.approved,
            approved_by=self._approvals.by,
            opened=self._opened,
            reminded=self._reminded,
            escalated=self._escalated,
            until=self._until,
            changes=self._changes,
            deliveries=self._dispatch.begun,
            words=tuple(self._words.heard),
            **self._versions.carry(),
            **self._review.carry(),
            **self._staff.carry(),
        )

    def _go_on(self) -> None:
        """Search attributes and memo came along; the page in the UI and the timers are made again."""
        self._staff.reachable = bool(self._opened and self._opened.notices)
        self._set_clock()
        self._show()

    # --- decisions -------------------------------------------------------------------------------------------------

    async def _decide(self, entry: Entry) -> Outcome | None:
        try:
            await self._identify(entry)
            self._check_still_open(entry)
            return await self._act_on(entry)
        except Refused as why:
            self._refuse(entry, why)
            return None
        except (asyncio.CancelledError, FailureError):
            self._answer_cancelled(entry)
            raise

    def _answer_cancelled(self, entry: Entry) -> None:
        """Nobody may wait for a verdict that never comes: the lead could not even end."""
        if entry.verdict is None:
            self._refuse(entry, Refused("cancelled", "The lead was cancelled in Temporal while this was looked at."))

    async def _identify(self, entry: Entry) -> None:
        """Whose decision this is: proved by a signature, else only claimed, where the playbook lets that count."""
        decision = entry.decision
        if not decision.signature:
            if self._policy.unsigned is Unsigned.REFUSE:
                raise Refused("unsigned", "Only signed decisions count on this lead; sign it (`decide --sign`).")
            return
        try:
            found = await workflow.execute_activity_method(
                SigningActivities.verify_decision,
                VerifyTask(lead_id=self._start.lead_id, decision=entry.raw),
                summary=f"Check the signature of {decision.reviewer}",
                **VERIFY,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            raise Refused("not_verified", f"The signature could not be checked: {error.cause or error}.") from None
        if not found.valid:
            raise Refused("bad_signature", found.reason)
        entry.signed = found

    def _check_still_open(self, entry: Entry) -> None:
        """While the signature was checked or an edit looked at, the person may have written again."""
        if self._words.new:
            raise Refused("new_words", "The person wrote again just now; look at the next version first.")
        self._review.check_open(entry.decision, self._state, self._versions.made)

    async def _act_on(self, entry: Entry) -> Outcome | None:
        match entry.decision.decision:
            case DecisionKind.APPROVE:
                return await self._approve(entry)
            case DecisionKind.REQUEST_CHANGES:
                await self._request_changes(entry)
            case DecisionKind.REJECT:
                return self._reject(entry)
            case DecisionKind.ASSIGN:
                self._assign_to(entry)
            case DecisionKind.SNOOZE:
                self._snooze(entry)
            case DecisionKind.TAKE_BACK | DecisionKind.REOPEN:
                await self._back_to_review(entry)
            case DecisionKind.NOTE:
                self._accept(entry, self._state)
            case DecisionKind.SETTLE:
                raise Refused("wrong_state", "There is no unknown delivery to settle.")
        return None

    def _reject(self, entry: Entry) -> Outcome:
        decision = entry.decision
        check_version(decision, self._brief)
        assert decision.reason is not None
        self._approvals.clear()
        self._accept(entry, State.REJECTED)
        note = f": {decision.note}" if decision.note else ""
        return self._outcome(State.REJECTED, f"{decision.reason.value}{note}", by=decision.reviewer)

    async def _request_changes(self, entry: Entry) -> None:
        decision = entry.decision
        check_version(decision, self._brief)
        if self._changes >= self._policy.max_changes:
            raise Refused(
                "too_many_changes", f"Changes were requested {self._changes} times; edit the reply, approve or reject."
            )
        streams, playbooks = decision.streams, tuple[str, ...]()
        if decision.refresh_playbook:
            streams, playbooks = await self._refresh_playbook(entry)
        check_rerun(decision, self._brief, self._versions.playbook.stream_plan)
        self._changes += 1
        self._approvals.clear()
        self._accept(entry, State.CHANGES_REQUESTED, playbooks=playbooks)
        self._clock.set()
        self._enter(State.CHANGES_REQUESTED)
        await self._versions.again(
            streams,
            decision.note,
            keep_dependents=decision.keep_dependents,
            by=decision.reviewer,
            due=self._opened.due_at if self._opened else None,
        )
        await self._open_review()

    async def _refresh_playbook(self, entry: Entry) -> tuple[tuple[Stream, ...], tuple[str, ...]]:
        """Go on by the playbook of today. Returns the streams that must run, and both digests for the record."""
        try:
            current = await workflow.execute_activity_method(
                PlaybookActivities.current_playbook, summary="Read the playbook as it is now", **PLAYBOOK
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            raise Refused("playbook_unreadable", f"The playbook cannot be used: {error.cause or error}") from None
        self._check_still_open(entry)
        check_rerun(entry.decision, self._brief, current.playbook.stream_plan)
        before = self._versions.digest
        return self._versions.refresh(current, entry.decision.streams), (before, current.digest)

    def _assign_to(self, entry: Entry) -> None:
        decision = entry.decision
        self._accept(entry, self._state)
        self._assign(decision.assignee, f"assigned by {decision.reviewer}{f': {decision.note}' * bool(decision.note)}")

    def _assign(self, to: str, why: str) -> None:
        self._staff.assign(to, why)
        workflow.upsert_search_attributes(indexed.of_assignee(to))
        self._show()

    def _snooze(self, entry: Entry) -> None:
        decision = entry.decision
        check_version(decision, self._brief)
        check_snooze(decision, workflow.now(), self._policy.max_snooze)
        self._approvals.clear()
        self._until = decision.until
        self._accept(entry, State.SNOOZED)
        self._enter(State.SNOOZED)
        self._set_clock()

    async def _back_to_review(self, entry: Entry) -> None:
        """An approval is taken back within its hold, or an expired lead is reopened."""
        self._clock.set()
        self._approvals.clear()
        if entry.decision.decision is DecisionKind.REOPEN:
            self._staff.new_occasion()
        self._accept(entry, State.IN_REVIEW)
        await self._open_review()

    async def _approve(self, entry: Entry) -> Outcome | None:
        """What was seen is what counts: the step and the reply are frozen here, and never made again."""
        decision, seen, lead = entry.decision, self._brief, self._versions.lead
        check_approval(decision, seen, lead)
        self._approvals.check_words(decision, seen, self._policy.approvals)
        step, reply = approved_step(decision, seen), approved_reply(decision, seen, lead)
        if decision.edited:
            check_blocking(decision, await self._versions.edited(decision.edited, decision.reviewer))
            self._check_still_open(entry)
        approved = Approved(version=self._brief.version, step=step, sends=step in seen.steps_that_send, reply=reply)
        self._approvals.check_person(decision, approved)
        count = self._approvals.add(decision, approved, self._policy.approvals)
        needed = self._opened.approvals_needed if self._opened else 1
        if count < needed:
            self._wait_for_another(entry, count, needed)
            return None
        if self._policy.hold:
            self._hold(entry)
            return None
        self._accept(entry, State.DELIVERING if approved.sends else State.CLOSED_WITHOUT_REPLY)
        return await self._carry_out()

    def _wait_for_another(self, entry: Entry, count: int, needed: int) -> None:
        others = "another person" if needed - count == 1 else f"{needed - count} other people"
        self._accept(entry, self._state, message=f"{count} of {needed} approvals; {others} must approve the same.")
        if entry.decision.edited and self._state is State.IN_REVIEW:
            workflow.upsert_search_attributes(self._indexed())

    def _hold(self, entry: Entry) -> None:
        self._until = workflow.now() + self._policy.hold
        self._accept(entry, State.HELD, held_until=self._until)
        self._enter(State.HELD)
        self._set_clock()

    async def _carry_out(self) -> Outcome | None:
        """Do what was approved."""
        self._clock.set()
        approved = self._approvals.approved
        assert approved is not None
        if not approved.sends:
            return self._outcome(State.CLOSED_WITHOUT_REPLY, approved.step.label, by=self._approvers)
        return await self._deliver(approved)

    # --- delivery --------------------------------------------------------------------------------------------------

    async def _deliver(self, approved: Approved) -> Outcome | None:
        """Until the outcome is certain; a cancelled lead too waits for it. None: back to the review."""
        self._enter(State.DELIVERING)
        self._begin(approved)
        result = await self._until_delivered(approved)
        match result.fate:
            case Fate.SENT:
                return self._sent(result, approved)
            case Fate.DROPPED:
                return self._outcome(State.CLOSED_WITHOUT_REPLY, result.note, by=self._approvers)
            case Fate.STOPPED | Fate.NOT_SENT | Fate.REFUSED | Fate.UNKNOWN if self._cancelled:
                doubt = result.unsure or result.fate is Fate.UNKNOWN
                what = "whether the reply arrived is not known" if doubt else "nothing was sent"
                return self._outcome(State.CANCELLED, f"cancelled in Temporal; {what}")
            case _:
                self._approvals.clear()
                await self._versions.after_refused_delivery(result.note or "it was not accepted")
                self._staff.new_occasion()
                await self._open_review()
                return None

    def _begin(self, approved: Approved) -> None:
        assert approved.reply is not None
        self._dispatch.begin(approved.reply, self._approvers)

    def _sent(self, result: DeliveryResult, approved: Approved) -> Outcome:
        """An earlier run of this lead may have sent another text than the one approved now: say so."""
        reason = result.note if result.reply in ("", approved.digest) else f"sent_differs: {result.reply} was sent"
        return self._outcome(State.SENT, reason, by=self._approvers, result=result)

    async def _until_delivered(self, approved: Approved) -> DeliveryResult:
        while True:
            try:
                await workflow.wait_condition(lambda: self._dispatch.ended or self._review.waiting)
                if self._review.waiting:
                    settled = await self._decide_on_delivery(self._review.take(), approved)
                    if settled:
                        return settled
                elif self._dispatch.result().fate is not Fate.UNKNOWN:
                    return self._dispatch.result()
                else:
                    self._unknown(self._dispatch.result().note)
                    await workflow.wait_condition(lambda: self._review.waiting)
            except (asyncio.CancelledError, FailureError) as error:
                # A cancelled activity comes as a failure of its own.
                if not is_cancelled_exception(error):
                    raise
                self._cancelled = True
                await self._dispatch.stop()

    def _unknown(self, note: str) -> None:
        if self._state is not State.DELIVERY_UNKNOWN:
            self._dispatch.unknown = note or "no answer came"
            self._enter(State.DELIVERY_UNKNOWN)
            self._staff.new_occasion()
            self._staff.tell(NoticeKind.DELIVERY_UNKNOWN, "Settle the delivery: did the reply arrive?", None)

    async def _decide_on_delivery(self, entry: Entry, approved: Approved) -> DeliveryResult | None:
        try:
            await self._identify(entry)
            self._review.check_open(entry.decision, self._state, self._versions.made)
            if entry.decision.decision is DecisionKind.SETTLE:
                return await self._settle(entry, approved)
            await self._act_on(entry)
        except Refused as why:
            self._refuse(entry, why)
        except (asyncio.CancelledError, FailureError):
            self._answer_cancelled(entry)
            raise
        return None

    async def _settle(self, entry: Entry, approved: Approved) -> DeliveryResult | None:
        """A person's word on an unknown outcome goes to the delivery; where that is gone, it is acted on here."""
        decision = entry.decision
        assert decision.outcome is not None
        self._accept(entry, State.DELIVERING)
        self._enter(State.DELIVERING)
        settle = Settle(outcome=decision.outcome, by=decision.reviewer, note=decision.note)
        if await self._dispatch.settle(settle):
            return None
        if decision.outcome is SettleOutcome.SEND_AGAIN:
            self._begin(approved)
            return None
        fate = Fate.SENT if decision.outcome is SettleOutcome.ARRIVED else Fate.DROPPED
        note = f"settled by {decision.reviewer}: {decision.note}"
        return DeliveryResult(delivery_id=self._dispatch.delivery_id, fate=fate, reply="", note=note[:900])

    # --- messages --------------------------------------------------------------------------------------------------

    @workflow.signal(name="review", description='One decision: {"decision": "approve", "reviewer": "...", ...}')
    def review(self, *args: Any) -> None:
        """Takes whatever a terminal sends and never raises: what does not count is kept, and `status` shows it."""
        n = self._review.signals.another()
        try:
            self._receive(args, "signal review", n)
        except Refused as why:
            self._note_refusal(why, "signal review", n)

    @workflow.signal(dynamic=True)
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:  # noqa: ARG002 - only its name counts
        """A misspelt signal would otherwise be kept by the server and never be seen."""
        n = self._review.signals.another()
        why = Refused("unknown_signal", f"There is no signal {name!r}; decisions go to `review`.")
        self._note_refusal(why, f"signal {name}", n)

    @workflow.signal(name="enquiry", description="From another enquiry of the same person: its words")
    async def enquiry(self, *args: Any) -> None:
        """Words that this lead takes become a new version; either way the other enquiry is told."""
        n = self._review.signals.another()
        try:
            await self._words.offered(args, lambda: None if self._over else self._state)
        except (IndexError, ValueError):
            self._note_refusal(Refused("malformed", "Not the words of an enquiry."), "signal enquiry", n)

    @workflow.signal(name="enquiry_taken", description="From the open lead: whether it took this enquiry's words")
    def enquiry_taken(self, *args: Any) -> None:
        """Only counts while this lead waits for it."""
        n = self._review.signals.another()
        try:
            self._words.answered(args)
        except (IndexError, ValueError):
            self._note_refusal(Refused("malformed", "Not the answer to an enquiry."), "signal enquiry_taken", n)

    @workflow.signal(name="delivery", description="From a delivery: its outcome is unknown")
    def delivery_news(self, *args: Any) -> None:
        """Only news of the delivery that is on its way count."""
        n = self._review.signals.another()
        try:
            news = DeliveryNews.model_validate(args[0])
        except (IndexError, ValueError):
            self._note_refusal(Refused("malformed", "Not the news of a delivery."), "signal delivery", n)
            return
        if news.delivery_id == self._dispatch.delivery_id and self._state is State.DELIVERING:
            self._unknown(news.note)

    @workflow.update(name="decide", description='One decision: {"decision": "approve", "reviewer": "...", ...}')
    async def decide(self, *args: Any) -> DecisionVerdict:
        """The same as signal `review`, but it tells the verdict. Never waits for a hold or a delivery.

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

    @workflow.query(name="lead", description="What the person wrote, with all that they wrote since")
    def lead(self) -> Lead:
        """The lead's own words."""
        return self._versions.lead

    @workflow.query(name="status", description="Where the lead is, and which decisions counted or were refused")
    def status(self) -> Status:
        """The small answer."""
        brief, opened = self._versions.brief, self._opened
        return Status(
            lead_id=self._start.lead_id,
            state=self._state,
            version=brief.version if brief else 0,
            reply=brief.reply.digest if brief and brief.reply else "",
            brief=brief.digest if brief else "",
            due=opened.due_at if opened else None,
            expires=opened.expire_at if opened else None,
            reminded=self._reminded,
            held_until=self._until if self._state is State.HELD else None,
            snoozed_until=self._until if self._state is State.SNOOZED else None,
            reopen_until=self._until if self._state is State.EXPIRED else None,
            assignee=self._staff.assignee,
            assigned=tuple(self._staff.assigned),
            approved_by=self._approvals.by,
            approvals_needed=opened.approvals_needed if opened else 1,
            unsigned=self._policy.unsigned,
            open_conflicts=len(brief.open_conflicts) if brief else 0,
            decided=tuple(self._review.decided),
            decided_more=self._review.decided_more,
            refused=tuple(self._review.refused),
            refused_more=self._review.refused_more,
            out_of_date=self._versions.out_of_date,
            attached=tuple(words.lead_id for words in self._words.heard),
            others=tuple(one for one in (opened.others if opened else ()) if one not in self._attached),
            earlier=self._start.earlier,
            delivery=self._dispatch.delivery_id,
            delivery_note=self._dispatch.unknown,
            playbook=self._versions.digest,
            plan=self._versions.playbook.stream_plan.name,
            spent=self._versions.calls.spent,
            run=self._run,
        )

    # --- small things ----------------------------------------------------------------------------------------------

    @property
    def _policy(self) -> ReviewPolicy:
        return self._versions.playbook.review

    @property
    def _brief(self) -> Brief:
        assert self._versions.brief is not None
        return self._versions.brief

    @property
    def _approvers(self) -> str:
        return ", ".join(self._approvals.by)[:300]

    @property
    def _run(self) -> int:
        return self._start.carried.run if self._start.carried else 1

    @property
    def _overdue(self) -> bool:
        return self._opened is not None and workflow.now() >= self._opened.due_at

    @property
    def _attached(self) -> frozenset[str]:
        return frozenset(words.lead_id for words in self._words.heard)

    def _ask(self) -> str:
        step = self._brief.next_step
        does = "sends the reply" if step.sends else "sends nothing"
        return f"Decide on version {self._brief.version}: {step.step.label.lower()} is recommended; approving {does}."

    def _receive(self, args: Sequence[Any], door: Door, signal: int = 0) -> Entry:
        made = self._versions.made
        return self._review.receive(args, door, state=self._state, made=made, over=self._over, signal=signal)

    def _accept(self, entry: Entry, state: State, **more: Any) -> None:
        """The decision counts, and the lead will be in ``state``."""
        playbooks = more.pop("playbooks", ())
        approves = entry.decision.decision is DecisionKind.APPROVE
        digest = self._approvals.approved.digest if approves and self._approvals.approved else ""
        verdict = DecisionVerdict(accepted=True, state=state, version=self._brief.version, reply=digest, **more)
        flagged = self._policy.unsigned is Unsigned.FLAG and entry.signed is None
        self._review.accept(entry, verdict, workflow.now(), flagged=flagged, playbooks=playbooks)
        self._show()

    def _refuse(self, entry: Entry, why: Refused) -> None:
        self._review.refuse(entry, why, state=self._state, version=self._brief.version, now=workflow.now())
        self._show()

    def _note_refusal(self, why: Refused, door: str, signal: int = 0) -> None:
        self._review.note_refusal(why, door, workflow.now())
        if signal:
            self._review.signals.tell(signal, refusal(why, self._state, self._versions.made))
        self._show()

    def _enter(self, state: State) -> None:
        """Be in ``state`` from now on; decisions that came for another one are answered."""
        self._state = state
        self._review.refuse_those_too_late(state, self._versions.made, workflow.now(), over=self._over)
        workflow.upsert_search_attributes(self._indexed())
        self._show()

    def _indexed(self) -> indexed.Updates:
        match self._state:
            case State.IN_REVIEW if self._opened:
                return indexed.of_review(self._brief, self._opened.due_at, self._staff.assignee)
            case State.SNOOZED if self._until:
                return indexed.of_snooze(self._until)
            case state:
                return indexed.of_state(state)

    def _show(self) -> None:
        """Something changed that the lead's page tells."""
        self._stale = True

    async def _draw_what_changed(self) -> None:
        """Once for all that came at a time: five hundred signals must not draw the page five hundred times."""
        while True:
            await workflow.wait_condition(lambda: self._stale)
            self._draw()

    def _draw(self) -> None:
        self._stale = False
        self._review.signals.write()
        workflow.set_current_details(details(self.status(), self._versions.brief, self._versions.lead))

    def _outcome(
        self,
        state: State,
        reason: str,
        *,
        by: str = "",
        result: DeliveryResult | None = None,
        attached_to: str = "",
    ) -> Outcome:
        brief, approved = self._versions.brief, self._approvals.approved
        recommended = brief.next_step.step if brief else None
        return Outcome(
            state=state,
            reason=reason[:900],
            version=brief.version if brief else 0,
            reply=approved.digest if approved else "",
            next_step=approved.step if approved else recommended,
            decided_by=by,
            delivery_id=result.delivery_id if result else "",
            message_id=result.message_id if result else "",
            attached_to=attached_to,
        )
