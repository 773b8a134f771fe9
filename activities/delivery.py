"""What `Delivery` asks of the world: hand one message over, look for it, wait for another delivery's end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError

from leadbraid.engine.attributes import LEAD_STATE
from leadbraid.errors import MailRefused, NotSent, SourceError
from leadbraid.mail.message import build_message
from leadbraid.mail.transport import Handed, Transport
from leadbraid.models import DeliveryResult, Fate, Order, State, Transmission, Transmitted
from leadbraid.screen import suppressed_as
from leadbraid.sources.suppression import read_suppressed

COMMIT_TIMEOUT = timedelta(seconds=30)
LEAD_TIMEOUT = timedelta(seconds=5)
LOOK_EVERY = timedelta(seconds=2)


class DeliveryActivities:
    """Given the Temporal client (for the commit), the transport, and the file of suppressed addresses."""

    def __init__(self, client: Client, transport: Transport, suppression: Path | None = None) -> None:
        self._client = client
        self._transport = transport
        self._suppression = suppression

    @activity.defn(name="transmit")
    async def transmit(self, task: Transmission) -> Transmitted:
        """Make one attempt. Until the commit is accepted every failure is *certainly not sent*.

        Raises:
            ApplicationError: ``NotFirstRun``, when `Delivery` itself was reset: another run may have sent.
        """
        if activity.info().workflow_run_id != task.first_run_id:
            raise ApplicationError("this is not the delivery's first run", type="NotFirstRun", non_retryable=True)

        async def commit() -> None:
            await self._require_delivering(task.order)
            self._require_not_suppressed(task.order.reply.recipient)
            await self._commit(task)

        try:
            message = build_message(task.order)
            handed = await self._transport.hand_over(message, task.order.delivery_id, task.attempt, commit)
        except NotSent as error:
            return Transmitted(fate=Fate.NOT_SENT, note=str(error)[:900])
        except MailRefused as error:
            return Transmitted(fate=Fate.REFUSED, note=str(error)[:900])
        return Transmitted(fate=Fate.SENT, place=handed.place)

    async def _require_delivering(self, order: Order) -> None:
        """The lead may have been cancelled, terminated or reset since the delivery began."""
        try:
            found = await self._client.get_workflow_handle(order.lead_id).describe(rpc_timeout=LEAD_TIMEOUT)
        except RPCError as error:
            raise NotSent(f"the lead could not be asked whether it still waits for this: {error.message}") from None
        state = found.typed_search_attributes.get(LEAD_STATE)
        delivering = state in (State.DELIVERING, State.DELIVERY_UNKNOWN)
        if found.status is not WorkflowExecutionStatus.RUNNING or not delivering:
            raise MailRefused(f"the lead does not wait for a delivery any more (it is {state})")

    def _require_not_suppressed(self, recipient: str) -> None:
        """The person may have asked to be left alone while the lead waited."""
        try:
            found = suppressed_as(recipient, read_suppressed(self._suppression))
        except SourceError as error:
            raise NotSent(f"whether the person may be written to could not be read: {error}") from None
        if found:
            raise MailRefused(f"{found} is on the suppression list by now")

    async def _commit(self, task: Transmission) -> None:
        info = activity.info()
        assert info.workflow_run_id is not None
        handle = self._client.get_workflow_handle(task.order.delivery_id, run_id=info.workflow_run_id)
        try:
            await handle.execute_update(
                "commit", task.attempt, id=f"{info.workflow_run_id}-{task.attempt}", rpc_timeout=COMMIT_TIMEOUT
            )
        except WorkflowUpdateFailedError as error:
            raise NotSent(f"not allowed to send: {error.cause}") from None
        except (RPCError, TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise NotSent(f"the permission to send did not come: {error}") from None

    @activity.defn(name="look_up")
    async def look_up(self, order: Order) -> Transmitted:
        """Find out what became of a message whose outcome is unknown, where the transport can prove it."""
        handed = await self._transport.look_up(order.delivery_id)
        match handed:
            case Handed():
                return Transmitted(fate=Fate.SENT, place=handed.place, note="found where it was handed over")
            case False:
                return Transmitted(fate=Fate.NOT_SENT, note="it is not there, and can no longer come there")
            case None:
                return Transmitted(fate=Fate.UNKNOWN, note="it cannot be told from here")

    @activity.defn(name="delivery_outcome")
    async def delivery_outcome(self, delivery_id: str) -> DeliveryResult:
        """Wait for the end of a delivery that another run of the lead began, or until it needs a person."""
        handle = self._client.get_workflow_handle(delivery_id, result_type=DeliveryResult)
        while True:
            activity.heartbeat()
            found = await handle.describe()
            if found.status is not WorkflowExecutionStatus.RUNNING:
                break
            if why := await self._why_unknown(delivery_id):
                return DeliveryResult(delivery_id=delivery_id, fate=Fate.UNKNOWN, reply="", note=why)
            await asyncio.sleep(LOOK_EVERY.total_seconds())
        try:
            return DeliveryResult.model_validate(await handle.result())
        except WorkflowFailureError:
            note = f"the delivery ended {found.status.name.lower() if found.status else 'somehow'}"
            return DeliveryResult(delivery_id=delivery_id, fate=Fate.UNKNOWN, reply="", note=note)

    async def _why_unknown(self, delivery_id: str) -> str:
        try:
            answer = await self._client.get_workflow_handle(delivery_id).query("unknown", rpc_timeout=LEAD_TIMEOUT)
        except RPCError:
            return ""
        return str(answer)
