"""An export: the leads that wait, or the closed ones, as rows. Personal data only where it is asked for."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from temporalio.client import (
    Client,
    WorkflowExecution,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
)
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.engine.attributes import (
    LEAD_ASSIGNEE,
    LEAD_CONFLICTS,
    LEAD_DUE,
    LEAD_RISK,
    LEAD_SCORE,
    LEAD_STATE,
)
from leadbraid.engine.listing import quoted_time
from leadbraid.errors import EngineError
from leadbraid.leads import PEOPLE_NEEDED
from leadbraid.models import LeadStart, Outcome
from leadbraid.models.visible import one_line

QUEUE = ("lead", "state", "due", "risk", "score", "open_conflicts", "assignee", "since", "reminded")
CLOSED = (
    "lead",
    "state",
    "closed_at",
    "started_at",
    "reason",
    "version",
    "next_step",
    "decided_by",
    "delivery_id",
    "message_id",
)
PERSONAL = ("company", "name", "email", "country")
AT_ONCE = 32
"""Results asked for at a time: each is a question of its own to the server."""
_PAGE = 1000
_CLOSED_STATUSES = ("Completed", "Failed", "Canceled", "Terminated", "TimedOut")

Row = dict[str, object]
A = TypeVar("A")
B = TypeVar("B")


@dataclass(frozen=True)
class Wanted:
    """Which leads, and what of them. The times bound when a lead came in or, of a closed one, when it was closed."""

    closed: bool = False
    with_lead: bool = False
    since: datetime | None = None
    until: datetime | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of a row's values."""
        return (CLOSED if self.closed else QUEUE) + (PERSONAL if self.with_lead else ())

    @property
    def query(self) -> str:
        """What Temporal's list is asked."""
        if self.closed:
            parts = [f"ExecutionStatus IN ({_quoted(_CLOSED_STATUSES)})"]
        else:
            states = _quoted(state.value for state in PEOPLE_NEEDED)
            parts = ["ExecutionStatus='Running'", f"LeadState IN ({states})"]
        clock = "CloseTime" if self.closed else "StartTime"
        parts += [f"{clock} >= {quoted_time(self.since)}"] if self.since else []
        parts += [f"{clock} < {quoted_time(self.until)}"] if self.until else []
        return " AND ".join(["WorkflowType='LeadFollowUp'", *parts])


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


async def count(client: Client, wanted: Wanted) -> int:
    """How many leads that is, about.

    Raises:
        EngineError: Temporal's list does not answer.
    """
    try:
        return (await client.count_workflows(wanted.query)).count
    except RPCError as error:
        raise _silent(error) from None


async def rows(client: Client, wanted: Wanted) -> AsyncIterator[Row]:
    """One row a lead, in the order of Temporal's list; no more are in memory than are asked for at a time.

    Raises:
        EngineError: Temporal does not answer.
    """

    async def row(found: WorkflowExecution) -> Row:
        handle = client.get_workflow_handle(found.id, run_id=found.run_id)
        told = await _closed(found, handle) if wanted.closed else await _queued(found)
        return told | (await _personal(client, handle) if wanted.with_lead else {})

    try:
        async for told in ahead(client.list_workflows(wanted.query, page_size=_PAGE), row, AT_ONCE):
            yield told
    except RPCError as error:
        raise _silent(error) from None


async def ahead(source: AsyncIterator[A], work: Callable[[A], Awaitable[B]], at_once: int) -> AsyncIterator[B]:
    """The results of ``work`` in the order of ``source``, with at most ``at_once`` under way or waiting to be taken."""
    under_way: deque[asyncio.Task[B]] = deque()
    try:
        async for one in source:
            under_way.append(asyncio.ensure_future(work(one)))
            if len(under_way) == at_once:
                yield await under_way.popleft()
        while under_way:
            yield await under_way.popleft()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)


def _silent(error: RPCError) -> EngineError:
    return EngineError(f"Temporal's list does not answer ({error.message}); export again.")


# --- one lead ------------------------------------------------------------------------------------------------------


async def _queued(found: WorkflowExecution) -> Row:
    known = found.typed_search_attributes
    return {
        "lead": found.id,
        "state": known.get(LEAD_STATE) or "",
        "due": known.get(LEAD_DUE),
        "risk": known.get(LEAD_RISK) or "none",
        "score": known.get(LEAD_SCORE),
        "open_conflicts": known.get(LEAD_CONFLICTS) or 0,
        "assignee": known.get(LEAD_ASSIGNEE) or "",
        "since": found.start_time,
        "reminded": "reminded" in await found.memo(),
    }


async def _closed(found: WorkflowExecution, handle: WorkflowHandle[object, object]) -> Row:
    outcome = await _outcome(found, handle)
    return {
        "lead": found.id,
        "state": outcome["state"],
        "closed_at": found.close_time,
        "started_at": found.start_time,
        **{name: outcome[name] for name in CLOSED[4:]},
    }


async def _outcome(found: WorkflowExecution, handle: WorkflowHandle[object, object]) -> Row:
    """What the workflow returned; of one that returned nothing, how Temporal says that it ended."""
    if found.status is WorkflowExecutionStatus.COMPLETED:
        try:
            result = Outcome.model_validate(await handle.result(follow_runs=False))
        except RPCError as error:
            return _unreturned(_recorded_state(found), _history_gone(error))
        return result.model_dump(mode="json") | {"reason": one_line(result.reason, 1000)}
    return _unreturned(_ending(found), await _why(handle))


def _unreturned(state: str, reason: str) -> Row:
    empty = dict.fromkeys(CLOSED[4:], "")
    return {**empty, "version": None, "state": state, "reason": reason}


def _recorded_state(found: WorkflowExecution) -> str:
    return found.typed_search_attributes.get(LEAD_STATE) or "completed"


def _ending(found: WorkflowExecution) -> str:
    status = found.status.name.lower() if found.status else "closed"
    return {"canceled": "cancelled"}.get(status, status)


async def _why(handle: WorkflowHandle[object, object]) -> str:
    try:
        await handle.result(follow_runs=False)
    except WorkflowFailureError as error:
        return one_line(str(error.cause), 1000)
    except RPCError as error:
        return _history_gone(error)
    return ""


def _history_gone(error: RPCError) -> str:
    if error.status is not RPCStatusCode.NOT_FOUND:
        raise error
    return "Temporal has no history of it any more"


async def _personal(client: Client, handle: WorkflowHandle[object, object]) -> Row:
    """What the lead says of the person: from the input of its workflow."""
    try:
        async for event in handle.fetch_history_events(page_size=1):
            payloads = event.workflow_execution_started_event_attributes.input.payloads
            [start] = await client.data_converter.decode(payloads, [LeadStart])
            assert isinstance(start, LeadStart)
            return {name: getattr(start.lead, name) for name in PERSONAL}
    except RPCError as error:
        _history_gone(error)
    return dict.fromkeys(PERSONAL, "")
