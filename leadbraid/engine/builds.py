"""Which workflow code a worker runs: its build id, and what Temporal's worker versioning is told of it."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path

from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from leadbraid import __version__
from leadbraid.engine.names import DEPLOYMENT
from leadbraid.errors import EngineError
from leadbraid.settings import Versioning

ROOT = Path(__file__).parents[2]
CODE = (
    "workflows/*.py",
    "leadbraid/models/*.py",
    "leadbraid/plan.py",
    "leadbraid/errors.py",
    "leadbraid/engine/attributes.py",
    "leadbraid/engine/names.py",
)
"""What decides how a lead goes on: the workflows and all of ours that they call. Activities do not: what they returned
is in the history."""
BEHAVIORS = {
    Versioning.OFF: VersioningBehavior.UNSPECIFIED,
    Versioning.PINNED: VersioningBehavior.PINNED,
    Versioning.AUTO_UPGRADE: VersioningBehavior.AUTO_UPGRADE,
}
KNOWN_WITHIN = timedelta(seconds=20)
"""A server knows a build once its worker has asked for work."""
ASK_AGAIN = 0.2


@cache
def build_id(root: Path = ROOT) -> str:
    """The package's version, and a digest of the workflow code, line ends aside: ``0.1.0-3f9a1c2b7d4e``."""
    digest = hashlib.sha256()
    for file in sorted(file for pattern in CODE for file in root.glob(pattern)):
        text = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.relative_to(root).as_posix()} {len(text)}\n".encode() + text)
    return f"{__version__}-{digest.hexdigest()[:12]}"


def deployment(versioning: Versioning) -> WorkerDeploymentConfig:
    """What a worker tells of itself. With versioning off, too: the history then names the build that did each task."""
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(DEPLOYMENT, build_id()),
        use_worker_versioning=versioning is not Versioning.OFF,
        default_versioning_behavior=BEHAVIORS[versioning],
    )


async def current_build(client: Client) -> str:
    """The build that new leads begin on; empty where they go to workers without versioning."""
    request = DescribeWorkerDeploymentRequest(namespace=client.namespace, deployment_name=DEPLOYMENT)
    try:
        answer = await client.workflow_service.describe_worker_deployment(request)
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.UNIMPLEMENTED):
            return ""
        raise
    return answer.worker_deployment_info.routing_config.current_deployment_version.build_id


async def make_current(client: Client, versioning: Versioning) -> None:
    """From now on new leads begin on this process's build; with versioning off, on workers without it.

    Raises:
        EngineError: Temporal refused, or did not get to know the build.
    """
    wanted = "" if versioning is Versioning.OFF else build_id()
    try:
        async with asyncio.timeout(KNOWN_WITHIN.total_seconds()):
            while not await _is_current(client, wanted):  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(ASK_AGAIN)
    except TimeoutError:
        raise EngineError(f"Temporal did not get to know the build {wanted}: try again.") from None
    except RPCError as error:
        raise EngineError(
            f"The build {wanted or 'without versioning'} is not made current ({error.message})."
        ) from None


async def _is_current(client: Client, wanted: str) -> bool:
    return await current_build(client) == wanted or await _set_current(client, wanted)


async def _set_current(client: Client, build: str) -> bool:
    """False where the server does not know the build yet."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=DEPLOYMENT, build_id=build
    )
    try:
        await client.workflow_service.set_worker_deployment_current_version(request)
    except RPCError as error:
        # FAILED_PRECONDITION: it knows the worker on one of its task queues only.
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
            return False
        raise
    return True
