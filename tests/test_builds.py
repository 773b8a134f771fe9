"""Builds of the workflow code on the real server: pinned, upgraded by themselves, and not kept apart."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import shutil
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
from faults import changed
from kit import approval, in_state, outcome_of, start_lead, status_of, until, working
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from leadbraid.doctor.builds import current_has_worker, left_behind
from leadbraid.doctor.check import Check, Health
from leadbraid.engine import attributes, builds
from leadbraid.engine.builds import CODE, ROOT, build_id, make_current
from leadbraid.models import State
from leadbraid.settings import Versioning

# --- the build id --------------------------------------------------------------------------------------------------


def _copied(folder: Path) -> Path:
    for pattern in CODE:
        for file in ROOT.glob(pattern):
            target = folder / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    return folder


@pytest.mark.parametrize(
    ("file", "change", "same"),
    [
        pytest.param("workflows/review.py", lambda data: data + b"# more\n", False, id="a workflow's line"),
        pytest.param("leadbraid/models/lead.py", lambda data: data + b"# more\n", False, id="a model's line"),
        pytest.param("workflows/review.py", lambda data: data.replace(b"\n", b"\r\n"), True, id="line ends"),
    ],
)
def test_build_id_is_of_the_workflow_code(
    tmp_path: Path, file: str, change: Callable[[bytes], bytes], same: bool
) -> None:
    folder = _copied(tmp_path)
    (folder / file).write_bytes(change((folder / file).read_bytes()))
    assert (build_id(folder) == build_id()) is same


def test_build_id_covers_all_that_workflows_call() -> None:
    """Activities are only named by workflows; what they do is in the history."""
    covered = {file for pattern in CODE for file in ROOT.glob(pattern)}
    for file in covered:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("leadbraid."):
                base = ROOT / (node.module or "").replace(".", "/")
                inner = [base / f"{alias.name}.py" for alias in node.names]
                needed = [one for one in (base.with_suffix(".py"), *inner) if one.exists()]
                assert set(needed) <= covered, f"{file} imports {node.module}"


# --- on the server -------------------------------------------------------------------------------------------------

Build = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture(scope="module")
async def own(temporal_binary: str) -> AsyncIterator[Client]:
    """A server of its own: which build is current counts for all of it. Runs go on as new ones early."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary,
        data_converter=pydantic_data_converter,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=["--dynamic-config-value", "limit.historyCount.suggestContinueAsNew=60"],
    )
    async with environment:
        yield environment.client


@pytest.fixture
def build(own: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Workers of a build with a name of its own; it is made current, unless told otherwise."""

    @contextlib.asynccontextmanager
    async def at_work(
        name: str, versioning: Versioning, code: str = "today", current: bool = True
    ) -> AsyncIterator[None]:
        monkeypatch.setattr(builds, "build_id", lambda: name)
        monkeypatch.setattr("worker.WORKFLOWS", changed.workflows(code))
        async with working(own, tmp_path, versioning=versioning):
            if current:
                await make_current(own, versioning)
            yield

    return at_work


Handle = WorkflowHandle[Any, Any]


async def waiting(client: Client) -> Handle:
    handle = await start_lead(client)
    await in_state(handle, State.IN_REVIEW)
    return handle


async def approved(handle: Handle) -> str:
    """Approve; returns how it ended, or that a task failed on the way."""
    await handle.execute_update("decide", approval(await in_state(handle, State.IN_REVIEW)))
    return (await outcome_of(handle)).state.value


async def build_of(handle: Handle) -> str:
    info = (await handle.describe()).raw_description.workflow_execution_info.versioning_info
    return info.deployment_version.build_id


async def _moved(handle: Handle) -> bool:
    info = (await handle.describe()).raw_description.workflow_execution_info.versioning_info
    return info.versioning_override.auto_upgrade


async def checked(client: Client, look: Any) -> Check:
    found = await look("builds", client, None)
    assert isinstance(found, Check)
    return found


async def wrong(client: Client, look: Any) -> Check:
    """Once it is: the server's list and its knowledge of who asks for work follow with a delay."""

    async def seen() -> Check | None:
        found = await checked(client, look)
        return found if found.health is Health.WRONG else None

    found = await until(seen)
    assert isinstance(found, Check)
    return found


@pytest.mark.server
async def test_pinned_leads_stay_on_their_build(own: Client, build: Build, temporal_binary: str) -> None:
    """Under a newer build that they could not follow, over a new run, and in their delivery; without it they wait."""
    async with build("p1", Versioning.PINNED):
        old, long, left = [await waiting(own) for _ in range(3)]
        async with build("p2", Versioning.PINNED, code="broken"):
            new = await waiting(own)
            assert [await build_of(one) for one in (old, new)] == ["p1", "p2"]
            assert await approved(new) == "sent"
            while (await status_of(long)).run == 1:
                await long.execute_update("decide", {"decision": "note", "reviewer": "ana", "note": "called"})
            assert await build_of(long) == "p1"
            for handle in (old, long):
                assert await approved(handle) == "sent"
                assert await build_of(handle) == "p1"
            delivery = own.get_workflow_handle(f"delivery-{old.id.removeprefix('lead-')}-1")
            assert await build_of(delivery) == "p1"
            assert (await checked(own, left_behind)).health is Health.OK
    async with build("p3", Versioning.AUTO_UPGRADE, code="patched"):
        found = await wrong(own, left_behind)
        assert "1 to p1" in found.text
        query = found.remedy.split('--query "')[1].split('"')[0]
        move = [temporal_binary, "workflow", "update-options", "--query", query, "--yes"]
        move += ["--versioning-override-behavior", "auto_upgrade", "--address", own.service_client.config.target_host]
        await asyncio.to_thread(subprocess.run, move, check=True, capture_output=True)
        # A question to a lead that has not been moved yet would hold for ten seconds.

        await until(lambda: _moved(left))
        assert await approved(left) == "sent"
        assert await build_of(left) == "p3"


@pytest.mark.server
async def test_leads_that_upgrade_go_on_under_the_build_that_is_current(own: Client, build: Build) -> None:
    async with build("a1", Versioning.AUTO_UPGRADE):
        old = [await waiting(own) for _ in range(2)]
        assert {await build_of(one) for one in old} == {"a1"}
    async with build("a2", Versioning.AUTO_UPGRADE, code="patched"):
        for handle in old:
            assert await approved(handle) == "sent"
            assert await build_of(handle) == "a2"


@pytest.mark.server
async def test_versioning_is_switched_on_and_off_under_waiting_leads(own: Client, build: Build) -> None:
    async with build("o1", Versioning.OFF):
        before = await waiting(own)
        assert "versioning is off" in (await checked(own, current_has_worker)).text
    async with build("o2", Versioning.PINNED):
        assert await approved(before) == "sent"
        assert await build_of(before) == "o2"
        assert "o2, and a worker runs it" in (await checked(own, current_has_worker)).text
    async with build("o3", Versioning.OFF, current=False):
        found = await wrong(own, current_has_worker)
        assert "o2 is current, but no worker runs it" in found.text
        assert "--unversioned --yes" in found.remedy
        await make_current(own, Versioning.OFF)
        assert await approved(await waiting(own)) == "sent"
    async with build("o4", Versioning.PINNED, current=False):
        found = await wrong(own, current_has_worker)
        assert "none is current" in found.text
        assert "--build-id o4 --yes" in found.remedy


@pytest.mark.server
async def test_history_names_the_build_without_versioning_too(own: Client, build: Build) -> None:
    async with build("named", Versioning.OFF):
        handle = await waiting(own)
        events = (await handle.fetch_history()).events
        await handle.terminate("a test")
    done = [event.workflow_task_completed_event_attributes.worker_version.build_id for event in events]
    assert {one for one in done if one} == {"named"}
