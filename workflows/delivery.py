"""Delivery: one approved reply, at most once, and an honest "unknown".

The ledger is this workflow's own history. An attempt may hand the message over only after its update `commit` was
accepted here, and only the newest attempt's is; so an older attempt that wakes up late can never send. What happens
after the commit and is not heard of is *unknown*: it is looked up where the transport can prove it, else a person
settles it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ActivityError, ApplicationError, FailureError

with workflow.unsafe.imports_passed_through():
    from activities.delivery import DeliveryActivities
    from leadbraid.models import (
        DeliveryNews,
        DeliveryResult,
        Fate,
        Order,
        Settle,
        SettleOutcome,
        Transmission,
        Transmitted,
    )

from workflows.policies import DELIVERY_RETRY_FIRST, DELIVERY_RETRY_FOR, DELIVERY_RETRY_LONGEST, LOOK_UP, TRANSMIT


@workflow.defn(name="Delivery")
class Delivery:
    """Sends one approved reply at most once."""

    @workflow.init
    def __init__(self, order: Order) -> None:
        self._order = order
        self._attempt = 0
        self._committed = 0
        self._stopped = False
        self._was_reset = False
        self._unsure = False
        self._waits_for_person = False
        self._settle: Settle | None = None
        self._note = ""

    @workflow.run
    async def run(self, order: Order) -> DeliveryResult:
        """Attempt until the outcome is certain, or a person has settled it."""
        result = await self._until_certain()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return DeliveryResult(
            delivery_id=order.delivery_id,
            fate=result.fate,
            reply=order.reply.digest,
            message_id=order.message_id,
            attempts=self._attempt,
            note=self._with_doubt(result),
            place=result.place,
            unsure=self._unsure,
        )

    def _with_doubt(self, result: Transmitted) -> str:
        """Whoever decides next must know that the person may have the message already."""
        doubt = self._unsure and result.fate in (Fate.STOPPED, Fate.NOT_SENT, Fate.REFUSED)
        return _told(result.fate, f"an attempt before may have arrived; {result.note}").note if doubt else result.note

    async def _until_certain(self) -> Transmitted:
        give_up_at = workflow.now() + DELIVERY_RETRY_FOR
        while True:
            if self._stopped:
                return Transmitted(fate=Fate.STOPPED, note="stopped before it was sent")
            found = await self._one_attempt()
            if found.fate is Fate.UNKNOWN:
                found = await self._settle_unknown(found)
            if found.fate is not Fate.NOT_SENT or self._was_reset or workflow.now() >= give_up_at:
                return found
            await self._pause(found.note)

    async def _one_attempt(self) -> Transmitted:
        self._attempt += 1
        self._show(f"Attempt {self._attempt} is being made.")
        try:
            return await workflow.execute_activity_method(
                DeliveryActivities.transmit,
                Transmission(
                    order=self._order,
                    attempt=self._attempt,
                    first_run_id=workflow.info().first_execution_run_id,
                ),
                activity_id=f"transmit-{self._attempt}",
                summary=f"Send the approved reply, attempt {self._attempt}",
                **TRANSMIT,
            )
        except ActivityError as error:
            return self._after_lost_attempt(error)

    def _after_lost_attempt(self, error: ActivityError) -> Transmitted:
        """Without a commit nothing can have left, and the lost attempt can never commit any more."""
        cause = error.cause
        if isinstance(cause, ApplicationError) and cause.type == "NotFirstRun":
            self._was_reset = True
            return Transmitted(fate=Fate.UNKNOWN, note="this delivery was reset; an earlier run of it may have sent")
        if self._committed == self._attempt:
            return Transmitted(fate=Fate.UNKNOWN, note="the attempt was lost while it handed the message over")
        return _told(Fate.NOT_SENT, f"the attempt was lost before anything was sent ({cause or error})")

    async def _settle_unknown(self, found: Transmitted) -> Transmitted:
        """Ask the transport; only what it can prove counts. Else wait for a person, for as long as it takes."""
        proved = await self._look_up(found)
        if proved.fate is not Fate.UNKNOWN:
            return proved
        await self._ask_person(proved.note)
        settled = self._settle
        assert settled is not None
        self._settle = None
        match settled.outcome:
            case SettleOutcome.ARRIVED:
                return _told(Fate.SENT, f"{settled.by} found that it arrived: {settled.note}")
            case SettleOutcome.DROP:
                return _told(Fate.DROPPED, f"{settled.by} dropped it: {settled.note}")
            case SettleOutcome.SEND_AGAIN:
                self._unsure = True
                return _told(Fate.NOT_SENT, f"{settled.by} had it sent again: {settled.note}")

    async def _look_up(self, found: Transmitted) -> Transmitted:
        try:
            proved = await workflow.execute_activity_method(
                DeliveryActivities.look_up, self._order, summary="Look for the message where it would be", **LOOK_UP
            )
        except ActivityError as error:
            return _told(Fate.UNKNOWN, f"{found.note}; looking for it failed: {error.cause or error}")
        return proved if proved.fate is not Fate.UNKNOWN else found

    async def _ask_person(self, note: str) -> None:
        self._note = note
        self._waits_for_person = True
        self._show(f"Unknown: {note}. A person must settle it.")
        lead = workflow.get_external_workflow_handle(self._order.lead_id)
        try:
            await lead.signal("delivery", DeliveryNews(delivery_id=self._order.delivery_id, note=note))
        except FailureError as error:
            # The lead is gone; its delivery still waits for whoever finds it.
            workflow.logger.warning("lead_not_told", extra={"reason": error.message})
        await workflow.wait_condition(lambda: self._settle is not None)
        self._waits_for_person = False

    async def _pause(self, note: str) -> None:
        """Wait longer after each try; a stop ends the wait at once."""
        wait = min(DELIVERY_RETRY_FIRST * 2 ** (self._attempt - 1), DELIVERY_RETRY_LONGEST)
        self._show(f"Not sent yet: {note}. Trying again at {workflow.now() + wait:%Y-%m-%d %H:%M:%S} UTC.")
        try:
            await workflow.wait_condition(
                lambda: self._stopped, timeout=wait, timeout_summary=f"try again (attempt {self._attempt + 1})"
            )
        except TimeoutError:
            return

    def _show(self, text: str) -> None:
        reply, message_id = self._order.reply.digest, self._order.message_id
        workflow.set_current_details(f"{text}\n\nReply `{reply}`, Message-ID `{message_id}`.")

    # --- messages --------------------------------------------------------------------------------------------------

    @workflow.update(name="commit", description="An attempt asks whether it may hand the message over now")
    def commit(self, attempt: int) -> int:
        """From here on the outcome of this attempt may be unknown."""
        self._committed = attempt
        return attempt

    @commit.validator
    def _may_commit(self, attempt: int) -> None:
        if self._stopped:
            raise ApplicationError("the delivery was stopped", type="Stopped")
        if attempt != self._attempt or self._committed >= attempt or self._waits_for_person:
            raise ApplicationError(f"attempt {attempt} is not the one to send", type="NotTheNewest")

    @workflow.signal(name="stop", description="Do not send, if nothing was sent yet")
    def stop(self, *args: Any) -> None:  # noqa: ARG002 - takes whatever a terminal sends
        """The lead was cancelled."""
        self._stopped = True

    @workflow.signal(name="settle", description="What a person found out about an unknown outcome")
    def settle(self, *args: Any) -> None:
        """Only counts while the outcome is unknown; anything else changes nothing."""
        try:
            settle = Settle.model_validate(args[0])
        except (IndexError, ValueError):
            return
        if self._waits_for_person:
            self._settle = settle

    @workflow.signal(dynamic=True)
    def unknown_signal(self, name: str, args: Sequence[RawValue]) -> None:
        """A signal nobody knows: nothing happens, its event stays in the history."""

    @workflow.query(name="unknown", description="Why the outcome is unknown; empty where it is not")
    def unknown(self) -> str:
        """Why a person is needed; empty while nobody is."""
        return (self._note or "no answer came") if self._waits_for_person else ""


def _told(fate: Fate, note: str) -> Transmitted:
    """The words of a person or a transport may be longer than a note is."""
    return Transmitted(fate=fate, note=note[:900])
