"""Notices that do not get through: those that are tried again now, and those that were given up."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.exceptions import FailureError

from leadbraid.doctor.check import Check, ok, warning
from leadbraid.engine.listing import quoted_time

LOOKED_AT = 50
"""Running notices that are asked one by one. Where more fail, the reason is the same."""
COUNTED = 1000
LOST_WITHIN = timedelta(days=7)


async def failing_notices(what: str, client: Client, _: datetime) -> Check:
    """Running notices with a channel that failed at least once."""
    query = "WorkflowType='Notice' AND ExecutionStatus='Running'"
    running = [found.id async for found in client.list_workflows(query, limit=LOOKED_AT)]
    failing = {notice: reason for notice in running if (reason := await _failure(client, notice))}
    if not failing:
        return ok(what, "none")
    notice, reason = next(iter(failing.items()))
    least = "at least " if len(running) == LOOKED_AT else ""
    return warning(
        what,
        f"being tried again: {least}{len(failing)}, first {notice}: {reason}",
        "put that right; the rest goes by itself, for a day",
    )


async def _failure(client: Client, notice: str) -> str:
    """What the last try of its first failing channel ran into; empty where none failed."""
    described = await client.get_workflow_handle(notice).describe()
    for pending in described.raw_description.pending_activities:
        if pending.HasField("last_failure"):
            return f"{pending.activity_id}, try {pending.attempt - _waiting(pending)}: {await _words(client, pending)}"
    return ""


def _waiting(pending: PendingActivityInfo) -> int:
    """Temporal counts the next try already while it waits for it."""
    return 0 if pending.HasField("last_started_time") and not pending.HasField("next_attempt_schedule_time") else 1


async def _words(client: Client, pending: PendingActivityInfo) -> str:
    failure = await client.data_converter.decode_failure(pending.last_failure)
    return failure.message if isinstance(failure, FailureError) else str(failure)


async def lost_notices(what: str, client: Client, now: datetime) -> Check:
    """Notices of the last week that at least one channel gave up, or that were stopped in Temporal."""
    query = f"WorkflowType='Notice' AND ExecutionStatus!='Running' AND CloseTime > {quoted_time(now - LOST_WITHIN)}"
    lost: Counter[str] = Counter()
    example = ""
    async for found in client.list_workflows(query, limit=COUNTED):
        if how := await _how_lost(found):
            lost[how] += 1
            example = example or found.id
    if not lost:
        return ok(what, f"none in {LOST_WITHIN.days} days")
    return warning(
        what,
        f"in {LOST_WITHIN.days} days, {', '.join(f'{count} by {how}' for how, count in lost.most_common())}: {example}",
        "its result in Temporal has the reason; what still waits is in `leadbraid queue`",
    )


async def _how_lost(found: WorkflowExecution) -> str:
    if found.status is not WorkflowExecutionStatus.COMPLETED:
        return f"being {found.status.name.lower().replace('_', ' ')}" if found.status else "a closed workflow"
    return str((await found.memo()).get("gave_up", ""))
