"""The lead's side of a delivery: start it once, wait for its end, pass on what a person settles."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    ChildWorkflowError,
    FailureError,
    WorkflowAlreadyStartedError,
    is_cancelled_exception,
)

with workflow.unsafe.imports_passed_through():
    from activities.delivery import DeliveryActivities
    from leadbraid.models import DeliveryResult, Fate, LeadStart, Order, Reply, Settle

from workflows.delivery import Delivery
from workflows.policies import DELIVERY_OUTCOME


class Dispatch:
    """All deliveries of one lead, one after another: n + 1 only where n certainly did not send."""

    def __init__(self, start: LeadStart) -> None:
        self._start = start
        self._n = start.carried.deliveries if start.carried else 0
        self._end: asyncio.Task[DeliveryResult] | None = None
        self._stopped = False
        self.unknown = ""
        """Why a person is needed; empty while nobody is."""

    @property
    def begun(self) -> int:
        """How many deliveries were begun."""
        return self._n

    @property
    def delivery_id(self) -> str:
        """The id of the delivery that is or was on its way; empty before the first."""
        return f"delivery-{self._start.lead_id.removeprefix('lead-')}-{self._n}" if self._n else ""

    def begin(self, reply: Reply, approved_by: str) -> None:
        """Start the next delivery, or join the one of that name that an earlier run of this lead began.

        In a task of its own: a lead that is cancelled in this moment still has to know what becomes of the delivery.
        """
        self._n += 1
        self.unknown = ""
        order = Order(
            lead_id=self._start.lead_id,
            delivery_id=self.delivery_id,
            sender=self._start.mail_from,
            reply=reply,
            approved_by=approved_by,
            approved_at=workflow.now(),
        )
        self._end = asyncio.create_task(self._followed(order))

    async def _followed(self, order: Order) -> DeliveryResult:
        try:
            child = await workflow.start_child_workflow(
                Delivery.run,
                order,
                id=order.delivery_id,
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                cancellation_type=workflow.ChildWorkflowCancellationType.ABANDON,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                static_summary=f"Send reply {order.reply.digest[:19]}… once",
            )
        except WorkflowAlreadyStartedError:
            return await self._joined()
        if self._stopped:
            # It was asked to stop before it was there to hear it.
            await self._tell("stop")
        return await self._ended(child)

    @property
    def ended(self) -> bool:
        """Whether there is a result to take."""
        return self._end is not None and self._end.done()

    def result(self) -> DeliveryResult:
        """What became of it. `Fate.UNKNOWN`: a person must settle it."""
        assert self._end is not None
        return self._end.result()

    async def _ended(self, child: workflow.ChildWorkflowHandle[Delivery, DeliveryResult]) -> DeliveryResult:
        try:
            return await child
        except ChildWorkflowError as error:
            return self._lost(f"the delivery workflow ended without a result ({error.cause or error})")

    async def _joined(self) -> DeliveryResult:
        try:
            return await workflow.execute_activity_method(
                DeliveryActivities.delivery_outcome,
                self.delivery_id,
                summary="Wait for the delivery that an earlier run began",
                **DELIVERY_OUTCOME,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            return self._lost(f"the earlier delivery could not be asked ({error.cause or error})")

    def _lost(self, note: str) -> DeliveryResult:
        return DeliveryResult(delivery_id=self.delivery_id, fate=Fate.UNKNOWN, reply="", note=note[:900])

    async def stop(self) -> None:
        """Ask the delivery not to send, if nothing was sent yet."""
        self._stopped = True
        await self._tell("stop")

    async def settle(self, settle: Settle) -> bool:
        """Pass on what a person found out. False where the delivery is gone and the lead itself must act on it."""
        self.unknown = ""
        if not await self._tell("settle", settle):
            return False
        if self.ended:
            self._end = asyncio.create_task(self._joined())
        return True

    async def _tell(self, signal: str, arg: Settle | None = None) -> bool:
        handle = workflow.get_external_workflow_handle(self.delivery_id)
        try:
            await handle.signal(signal, *([arg] if arg else []))
        except (ApplicationError, FailureError) as error:
            if is_cancelled_exception(error):
                raise
            return False
        return True
