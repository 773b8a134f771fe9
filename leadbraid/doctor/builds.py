"""Builds of workflow code: whether one that works is current, and whether leads wait for one that no worker runs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from temporalio.api.enums.v1 import WorkerVersioningMode
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.doctor.check import Check, ok, wrong
from leadbraid.engine.builds import current_build
from leadbraid.engine.checks import living
from leadbraid.engine.names import DEPLOYMENT, TASK_QUEUE

COUNTED = 1000
PINNED = "ExecutionStatus='Running' AND TemporalWorkflowVersioningBehavior='Pinned'"
BUILD = "TemporalWorkerDeploymentVersion"
SET_CURRENT = f"temporal worker deployment set-current-version --deployment-name {DEPLOYMENT}"
VERSIONED = WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED


async def _running(client: Client) -> dict[str, bool]:
    """The builds that workers run now, and whether Temporal keeps them apart."""
    polling = [one.deployment_options for one in await living(client, TASK_QUEUE)]
    return {one.build_id: one.worker_versioning_mode == VERSIONED for one in polling}


async def current_has_worker(what: str, client: Client, _: datetime) -> Check:
    """New leads, and those that are not pinned, go to the current build alone."""
    running, current = await _running(client), await current_build(client)
    versioned = sorted(build for build, apart in running.items() if apart)
    if not running:
        return ok(what, f"{current or 'none'}; no worker runs")
    if not current and len(versioned) < len(running):
        return ok(what, f"none, versioning is off; workers run {', '.join(sorted(running))}")
    if current in versioned:
        return ok(what, f"{current}, and a worker runs it")
    other = f"--build-id {versioned[-1]}" if versioned else "--unversioned"
    found = (
        f"{current} is current, but no worker runs it" if current else "workers keep builds apart, but none is current"
    )
    names = ", ".join(sorted(running))
    return wrong(
        what, f"{found} (running: {names}): leads are not worked", f"`{SET_CURRENT} {other} --yes`, or start its worker"
    )


async def left_behind(what: str, client: Client, _: datetime) -> Check:
    """A pinned lead waits for its own build, for as long as it takes."""
    running, leads = await _running(client), Counter[str]()
    try:
        async for found in client.list_workflows(PINNED, limit=COUNTED):
            [version] = found.search_attributes.get(BUILD) or [""]
            leads[str(version).removeprefix(f"{DEPLOYMENT}:")] += 1
    except RPCError as error:
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise
        return ok(what, "this Temporal does not keep builds apart")
    lost = {build: count for build, count in leads.items() if not running.get(build)}
    if not lost:
        return ok(what, "every pinned lead has a worker of its build" if leads else "no lead is pinned to a build")
    named = ", ".join(f"{count} to {build}" for build, count in sorted(lost.items()))
    query = f"{PINNED} AND {BUILD}='{DEPLOYMENT}:{min(lost)}'"
    return wrong(
        what,
        f"leads are pinned to builds that no worker runs: {named}",
        f'run a worker of that build until they have ended; or, if `leadbraid replay --live "{query}"` finds nothing, '
        f'move them: `temporal workflow update-options --query "{query}" --versioning-override-behavior auto_upgrade`',
    )
