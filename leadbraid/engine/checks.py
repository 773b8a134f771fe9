"""What a server must have before leads are worked on it: search attributes, and a worker that lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.enums.v1 import IndexedValueType, TaskQueueType, WorkerStatus
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import PollerInfo, TaskQueue
from temporalio.api.worker.v1 import WorkerHeartbeat
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    DescribeTaskQueueResponse,
    ListWorkersRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.engine import attributes
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.engine.runtime import WORKER_HEARTBEAT
from leadbraid.errors import EngineError

POLL = timedelta(seconds=75)
"""An idle worker asks for work once a minute, so one that asked longer ago is gone."""

MISSED_BEATS = 2.5
LEFT = {WorkerStatus.WORKER_STATUS_SHUTTING_DOWN, WorkerStatus.WORKER_STATUS_SHUTDOWN}
WORKFLOWS = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
DENIED = {RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED, RPCStatusCode.NOT_FOUND}


async def search_attribute_types(client: Client) -> dict[str, str]:
    """The namespace's own search attributes: name -> type as the ``temporal`` command spells it."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    try:
        answer = await client.operator_service.list_search_attributes(request)
    except RPCError as error:
        if error.status not in DENIED:
            raise
        return await _from_aliases(client)
    return {name: _type_name(IndexedValueType.Name(value)) for name, value in answer.custom_attributes.items()}


async def _from_aliases(client: Client) -> dict[str, str]:
    """The same from the namespace, for who may not ask the operator service: ``Keyword01`` holds ``LeadState``."""
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    aliases = answer.config.custom_search_attribute_aliases
    return {name: column.rstrip("0123456789") for column, name in aliases.items()}


def _type_name(value: str) -> str:
    return value.removeprefix("INDEXED_VALUE_TYPE_").title().replace("_", "")


async def check_search_attributes(client: Client) -> None:
    """See that the namespace has every search attribute, each with its type.

    Raises:
        EngineError: Some are missing or of another type; gives the command that puts it right.
    """
    try:
        present = await search_attribute_types(client)
    except RPCError as error:
        raise EngineError(f"Temporal does not tell its search attributes ({error.message}): try again.") from None
    wanted = attributes.type_names()
    wrong = {name: present[name] for name in wanted if present.get(name, wanted[name]) != wanted[name]}
    missing = {name: kind for name, kind in wanted.items() if name not in present or name in wrong}
    if missing:
        raise EngineError(_complaint(client, missing, wrong))


def _complaint(client: Client, missing: dict[str, str], wrong: dict[str, str]) -> str:
    where = f"--address {client.service_client.config.target_host} --namespace {client.namespace}"
    create = " ".join(f"--name {name} --type {kind}" for name, kind in missing.items())
    remove = " ".join(f"--name {name}" for name in wrong)
    steps = [f"`temporal operator search-attribute remove {where} {remove} --yes`"] if wrong else []
    steps.append(f"`temporal operator search-attribute create {where} {create}`")
    told = {name: f" ({wrong[name]}, not {kind})" if name in wrong else "" for name, kind in missing.items()}
    named = ", ".join(f"{name}{note}" for name, note in told.items())
    return f"Namespace {client.namespace} lacks the search attributes {named}: run {' and then '.join(steps)}."


async def has_worker(client: Client, task_queue: str = TASK_QUEUE, kind: TaskQueueType.ValueType = WORKFLOWS) -> bool:
    """Whether a worker listens on the queue; for workflows, unless another kind of task is named."""
    return bool(await living(client, task_queue, kind))


async def living(client: Client, task_queue: str, kind: TaskQueueType.ValueType = WORKFLOWS) -> list[PollerInfo]:
    """Who listens on the queue and lives.

    The queue remembers who asked for work, also those that ended since. Their heartbeats tell which of them live; a
    server without heartbeats leaves it at who asked within 75 s. A worker that said it was leaving, and asks again,
    is another one of that name: a container that was started again, which has not beaten yet.
    """
    now = _now()
    asking = [one for one in await _pollers(client, task_queue, kind) if now - _time(one.last_access_time) < POLL]
    beats = await _heartbeats(client, task_queue) if asking else None
    if beats is None:
        return asking
    return [one for one in asking if _any_lives(_beats_of(one, beats), _time(one.last_access_time), now)]


def _beats_of(poller: PollerInfo, beats: list[WorkerHeartbeat]) -> list[WorkerHeartbeat]:
    """Those of its name; where one ran another build under that name, of its build: a container started again, say."""
    named = [beat for beat in beats if beat.worker_identity == poller.identity]
    build = poller.deployment_options.build_id
    return [beat for beat in named if beat.deployment_version.build_id == build] or named


async def require_worker(client: Client) -> None:
    """See that a worker runs.

    Raises:
        EngineError: None does; says how to start one.
    """
    if not await has_worker(client):
        raise EngineError("No worker is running: start one with `python worker.py` (or `leadbraid up`).")


async def _pollers(client: Client, task_queue: str, kind: TaskQueueType.ValueType) -> list[PollerInfo]:
    try:
        return list((await _described(client, task_queue, kind)).pollers)
    except RPCError as error:
        raise EngineError(f"Temporal does not tell who works on {task_queue} ({error.message}): try again.") from None


async def _described(
    client: Client, task_queue: str, kind: TaskQueueType.ValueType, *, stats: bool = False
) -> DescribeTaskQueueResponse:
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=task_queue),
        task_queue_type=kind,
        report_stats=stats,
    )
    return await client.workflow_service.describe_task_queue(request)


async def backlog(client: Client, task_queue: str, kind: TaskQueueType.ValueType) -> tuple[int, timedelta]:
    """About how many tasks wait for a worker, and how long the oldest has waited; builds without a worker included."""
    stats = (await _described(client, task_queue, kind, stats=True)).stats
    return stats.approximate_backlog_count, stats.approximate_backlog_age.ToTimedelta()


async def _heartbeats(client: Client, task_queue: str) -> list[WorkerHeartbeat] | None:
    request = ListWorkersRequest(namespace=client.namespace, query=f'TaskQueue="{task_queue}"')
    try:
        answer = await client.workflow_service.list_workers(request)
    except RPCError:
        return None  # an older server, or one that keeps heartbeats off
    return [info.worker_heartbeat for info in answer.workers_info]


def _any_lives(beats: list[WorkerHeartbeat], asked: datetime, now: datetime) -> bool:
    """Of the workers of one name, which asked for work last at ``asked``."""
    if not beats or any(_lives(beat, now) for beat in beats):
        return True
    return all(beat.status in LEFT for beat in beats) and asked > max(_time(beat.heartbeat_time) for beat in beats)


def _lives(beat: WorkerHeartbeat, now: datetime) -> bool:
    rhythm = max(beat.elapsed_since_last_heartbeat.ToTimedelta(), WORKER_HEARTBEAT)
    fresh = now - _time(beat.heartbeat_time) < rhythm * MISSED_BEATS
    return beat.status == WorkerStatus.WORKER_STATUS_RUNNING and fresh


def _time(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(UTC)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the edge: compared with the server's clock
