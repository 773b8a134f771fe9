"""What Temporal tells: whether leads can be worked on it, and which of them are stuck."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import islice

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.doctor.archive import archive_schedule_runs
from leadbraid.doctor.builds import current_has_worker, left_behind
from leadbraid.doctor.check import Check, from_error, ok, warning, wrong
from leadbraid.doctor.notices import failing_notices, lost_notices
from leadbraid.engine.checks import backlog, check_search_attributes, has_worker
from leadbraid.engine.names import MODELS_TASK_QUEUE, TASK_QUEUE
from leadbraid.engine.preparation import retention
from leadbraid.errors import LeadbraidError

LEAST_RETENTION = timedelta(days=30)
"""A closed lead is its own audit; below this the engine forgets it before anybody asks."""
START = "start one with `python worker.py` (or `leadbraid up`)"
STUCK = "ExecutionStatus='Running' AND TemporalReportedProblems IS NOT NULL"
QUEUES = (
    (TASK_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    (TASK_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    (MODELS_TASK_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
)
LONG_WAIT = timedelta(minutes=1)
COUNTED = 1000


async def examine_server(client: Client, now: datetime) -> list[Check]:
    """Every check of a server that answers. Each stands for itself."""
    return [await _guarded(what, look, client, now) for what, look in _LOOKS.items()]


Look = Callable[[str, Client, datetime], Awaitable[Check]]


async def _guarded(what: str, look: Look, client: Client, now: datetime) -> Check:
    try:
        return await look(what, client, now)
    except LeadbraidError as error:
        return from_error(what, error)
    except RPCError as error:
        return wrong(what, f"Temporal does not tell ({error.message})", "try again")


async def _attributes(what: str, client: Client, _: datetime) -> Check:
    await check_search_attributes(client)
    return ok(what, f"namespace {client.namespace} has them all")


async def _worker(what: str, client: Client, _: datetime) -> Check:
    if await has_worker(client, TASK_QUEUE):
        return ok(what, f"a worker polls {TASK_QUEUE}")
    return wrong(what, f"nobody polls {TASK_QUEUE}: leads wait, decisions are not taken", START)


async def _models_worker(what: str, client: Client, _: datetime) -> Check:
    if await has_worker(client, MODELS_TASK_QUEUE, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY):
        return ok(what, f"a worker polls {MODELS_TASK_QUEUE}")
    return wrong(what, f"nobody polls {MODELS_TASK_QUEUE}: the streams of new leads do not start", START)


async def _retention(what: str, client: Client, _: datetime) -> Check:
    kept = await retention(client)
    if kept < LEAST_RETENTION:
        flags = f"--address {client.service_client.config.target_host} --namespace {client.namespace}"
        return wrong(
            what,
            f"closed leads are forgotten after {kept.total_seconds() / 3600:.0f} h, before {LEAST_RETENTION.days} days",
            f"`temporal operator namespace update {flags} --retention 3650d` (a few seconds until it counts)",
        )
    return ok(what, f"closed leads are kept for {kept.days} days")


async def _stuck(what: str, client: Client, _: datetime) -> Check:
    """Temporal itself marks what fails again and again; such a lead stays *running* and would only look slow."""
    query = f"{STUCK} AND WorkflowType IN ('LeadFollowUp', 'Delivery', 'Notice')"
    try:
        stuck = [found.id async for found in client.list_workflows(query, limit=COUNTED)]
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        return warning(
            what, "this Temporal does not mark leads that are stuck", "look at failed workflow tasks in its UI"
        )
    if not stuck:
        return ok(what, "no lead's workflow task keeps failing")
    return wrong(
        what,
        f"{len(stuck)} cannot go on, their workflow task keeps failing: {', '.join(islice(stuck, 3))}",
        f'`leadbraid replay --live "{STUCK}"` names the event and the line; run the code of before, or mend it: '
        "they go on by themselves (docs/upgrading.md)",
    )


async def _backlog(what: str, client: Client, _: datetime) -> Check:
    """Tasks wait for milliseconds where enough workers run."""
    waiting = [(queue, *await backlog(client, queue, kind)) for queue, kind in QUEUES]
    queue, count, age = max(waiting, key=lambda one: one[2])
    if age < LONG_WAIT or not count:
        return ok(what, "no task has waited for long")
    return warning(
        what,
        f"tasks that wait on {queue}: {count}, the oldest for {age.total_seconds():.0f} s",
        "start more workers (`python worker.py`), or see in the log of those that run what keeps them",
    )


_LOOKS: dict[str, Look] = {
    "search attributes": _attributes,
    "worker": _worker,
    "streams' worker": _models_worker,
    "backlog": _backlog,
    "current build": current_has_worker,
    "builds of leads": left_behind,
    "retention": _retention,
    "stuck leads": _stuck,
    "notices failing": failing_notices,
    "notices lost": lost_notices,
    "archive": archive_schedule_runs,
}
