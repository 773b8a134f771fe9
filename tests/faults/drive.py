"""The people of a fault run: leads that are submitted and decided for as long as it takes, whatever dies meanwhile."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from faults.checker import Accepted
from faults.ground import PATIENCE, Ground
from kit import a_lead, a_playbook, approval, until
from temporalio.client import (
    Client,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.errors import EngineError
from leadbraid.intake import submit
from leadbraid.models import Brief, Lead, LeadStart, Outcome, Playbook, State, Status, lead_id, model_digest

Handle = WorkflowHandle[Any, Any]
ANSWER = timedelta(seconds=3)
VERDICT = timedelta(seconds=10)
SENDER = "sales@example.com"
DOORS = ("signal", "update")


@dataclass
class Found:
    """What one fault's run found: how many trials, every breach, and what a reader should know besides."""

    n: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)

    def expect(self, held: bool, what: str) -> None:
        """Count a trial's expectation that did not hold."""
        if not held:
            self.problems.append(what)

    def add(self, other: Found) -> None:
        """Take in another lane's findings."""
        self.n += other.n
        for name in ("problems", "notes", "accepted"):
            getattr(self, name).extend(getattr(other, name))


def named(ground: Ground, name: str, local: str = "kim", message: str = "") -> Lead:
    """A lead whose id depends on the run's seed and ``name`` alone."""
    fields = {"email": f"{local}@example.com", "event_id": f"faults-{ground.seed}-{name}"}
    return a_lead(message, **fields) if message else a_lead(**fields)


def start_of(lead: Lead) -> LeadStart:
    """What `submit` would start the lead's workflow with, for starts that it does not make."""
    playbook = a_playbook()
    return LeadStart(
        lead_id=lead_id(lead), lead=lead, playbook=playbook, playbook_digest=model_digest(playbook), mail_from=SENDER
    )


async def take(client: Client, lead: Lead, playbook: Playbook | None = None) -> Handle:
    """Submit until Temporal has it: submitting again is harmless, and only an answer counts as accepted."""

    async def taken() -> str | None:
        try:
            return (await submit(client, lead, playbook or a_playbook(), SENDER)).lead_id
        except EngineError:
            return None

    return client.get_workflow_handle(await until(taken, seconds=PATIENCE))


async def accept(ground: Ground, found: Found, lead: Lead, *, playbook: Playbook | None = None, **how: bool) -> Handle:
    """Submit a lead and enter it in the ledger that the checker gets."""
    handle = await take(ground.client, lead, playbook)
    found.accepted.append(Accepted(handle.id, **how))
    return handle


async def status_of(handle: Handle) -> Status:
    """The query `status`, which a dead worker does not answer for long."""
    return Status.model_validate(await handle.query("status", rpc_timeout=ANSWER))


async def in_state(handle: Handle, *states: State, version: int = 0) -> Status:
    """Wait until the lead is in one of ``states``, at ``version`` or later."""

    async def there() -> Status | None:
        status = await status_of(handle)
        return status if status.state in states and status.version >= version else None

    found = await until(there, seconds=PATIENCE)
    assert isinstance(found, Status)
    return found


async def is_open(handle: Handle) -> bool:
    """Whether Temporal still runs it."""
    return (await handle.describe(rpc_timeout=ANSWER)).status is WorkflowExecutionStatus.RUNNING


async def tell(handle: Handle, decision: dict[str, Any], door: str) -> str:
    """Send one decision, again where no answer comes; its ``decision_id`` makes that harmless.

    Returns:
        `accepted`, the rule that refused it, `closed` where the lead had ended, or `sent` through the door that tells
        no more.
    """

    async def answered() -> str | None:
        try:
            if door == "signal":
                await handle.signal("review", decision, rpc_timeout=ANSWER)
                return "sent"
            await handle.execute_update("decide", decision, id=decision["decision_id"], rpc_timeout=VERDICT)
        except WorkflowUpdateFailedError as error:
            return str(getattr(error.cause, "type", error.cause))
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            go_on_unless_cancelled()
            return None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND and not await is_open(handle):
                return "closed"
            return None
        return "accepted"

    found = await until(answered, seconds=PATIENCE)
    assert isinstance(found, str)
    return found


def go_on_unless_cancelled() -> None:
    """The SDK answers a cancelled update with an error of its own, which must not swallow the cancellation."""
    task = asyncio.current_task()
    if task and task.cancelling():
        raise asyncio.CancelledError


async def approve(handle: Handle, door: str, **fields: Any) -> None:
    """Approve what is in review, through one door; where a stream failed for good, have it run again first."""
    status = await in_state(handle, State.IN_REVIEW)
    while missing := await _missing(handle):
        again = {"decision": "request_changes", "reviewer": "ana", "streams": missing, "note": "it failed"}
        await tell(handle, again | {"decision_id": f"{handle.id}-again-{status.version}"}, "update")
        status = await in_state(handle, State.IN_REVIEW, version=status.version + 1)
    await tell(handle, approval(status, decision_id=f"{handle.id}-{status.version}") | fields, door)


async def _missing(handle: Handle) -> list[str]:
    """The streams whose output is a gap."""

    async def asked() -> Brief:
        return Brief.model_validate(await handle.query("brief", rpc_timeout=ANSWER))

    brief = await until(asked, seconds=PATIENCE)
    return [result.stream.value for result in brief.results if result.gap]


async def ask_for_changes(handle: Handle, door: str) -> None:
    """Have the draft written anew; returns when that is in review."""
    status = await in_state(handle, State.IN_REVIEW)
    changes = {"decision": "request_changes", "reviewer": "ana", "streams": ["drafting"], "note": "shorter"}
    await tell(handle, changes | {"version": status.version, "decision_id": f"{handle.id}-changes"}, door)
    await in_state(handle, State.IN_REVIEW, version=status.version + 1)


async def outcome_of(handle: Handle) -> Outcome:
    """Wait for the end, over whatever dies meanwhile."""

    async def ended() -> Outcome | None:
        return None if await is_open(handle) else Outcome.model_validate(await handle.result(rpc_timeout=ANSWER))

    found = await until(ended, seconds=PATIENCE)
    assert isinstance(found, Outcome)
    return found


def door_of(rng: random.Random) -> str:
    """One of the two doors."""
    return rng.choice(DOORS)


async def pause(rng: random.Random, least: float, most: float) -> None:
    """A moment that the seed chose; it is the fault, not a wait for something."""
    await asyncio.sleep(rng.uniform(least, most))
