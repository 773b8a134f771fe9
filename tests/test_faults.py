"""kill -9 at bad moments: the lead ends as it would have, with one mail."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import a_lead, a_playbook, approval, brief_of, in_state, mails, outcome_of, start_lead, until, working
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid import conflicts
from leadbraid.engine import attributes
from leadbraid.models import Code, Conflict, Quote, Resolver, Severity, State, Step
from leadbraid.models.playbook import StepRule

pytestmark = [pytest.mark.server, pytest.mark.faults]
HERE = Path(__file__).parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The embedded server on a file, as a process that can be killed."""

    def __init__(self, binary: str, folder: Path) -> None:
        self._port = free_port()
        self.address = f"127.0.0.1:{self._port}"
        names = [f"{name}={kind}" for name, kind in attributes.type_names().items()]
        self._command = [binary, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(self._port)]
        self._command += ["--db-filename", str(folder / "temporal.db"), "--log-level", "error"]
        self._command += [word for name in names for word in ("--search-attribute", name)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    async def client(self) -> Client:
        async def connected() -> Client | None:
            with contextlib.suppress(RuntimeError):
                return await Client.connect(self.address, data_converter=pydantic_data_converter)
            return None

        found = await until(connected)
        assert isinstance(found, Client)
        return found


@pytest.fixture
def own_server(temporal_binary: str, tmp_path: Path) -> Iterator[Server]:
    """A server that this test may kill."""
    server = Server(temporal_binary, tmp_path)
    server.start()
    yield server
    server.kill()


@contextlib.asynccontextmanager
async def worker_process(server: Server, home: Path, seconds: float) -> AsyncIterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own; killed at the end, if it was not before."""
    environment = os.environ | {"TEMPORAL_ADDRESS": server.address}
    command = [sys.executable, str(HERE / "faulty_worker.py"), str(home), str(seconds)]
    process = subprocess.Popen(command, env=environment, cwd=HERE)  # noqa: ASYNC220 - it returns at once
    try:
        await marked(home, f"ready-{process.pid}")
        yield process
    finally:
        process.kill()
        process.wait()


async def marked(home: Path, name: str) -> None:
    """Wait until a worker has left a mark."""

    async def there() -> bool:
        return (home / name).exists()

    await until(there)


def kill(process: subprocess.Popen[bytes]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


async def approve(handle: WorkflowHandle[Any, Any]) -> None:
    await handle.signal("review", approval(await in_state(handle, State.IN_REVIEW)))


async def test_killed_worker_costs_nothing_but_time(own_server: Server, tmp_path: Path) -> None:
    """Killed during the streams, while leads wait, and at three points of a delivery at once."""
    client = await own_server.client()
    async with worker_process(own_server, tmp_path, 0.01) as first:
        waiting = [await start_lead(client, a_lead(email=f"{who}@example.com")) for who in ("before", "after", "filed")]
        for handle in waiting:
            await in_state(handle, State.IN_REVIEW)
        kill(first)
    async with worker_process(own_server, tmp_path, 3600) as second:
        for handle in waiting:
            await approve(handle)
        for point in ("before", "after", "filed"):
            await marked(tmp_path, f"at-{point}")
        working_lead = await start_lead(client, a_lead(email="streams@example.com"))
        await marked(tmp_path, "in-research")
        kill(second)
    async with worker_process(own_server, tmp_path, 0):
        await approve(working_lead)
        outcomes = await asyncio.gather(*(outcome_of(handle) for handle in (*waiting, working_lead)))
    assert [outcome.state for outcome in outcomes] == [State.SENT] * 4
    assert len(mails(tmp_path)) == 4


async def test_killed_server_goes_on_from_its_file(own_server: Server, tmp_path: Path) -> None:
    client = await own_server.client()
    async with worker_process(own_server, tmp_path, 2):
        waiting = await start_lead(client)
        await in_state(waiting, State.IN_REVIEW)
        (tmp_path / "in-research").unlink()
        under_work = await start_lead(client)
        await marked(tmp_path, "in-research")
        own_server.kill()
        own_server.start()
        client = await own_server.client()
        handles = [client.get_workflow_handle(one.id) for one in (waiting, under_work)]
        for handle in handles:
            await approve(handle)
        outcomes = await asyncio.gather(*(outcome_of(handle) for handle in handles))
    assert [outcome.state for outcome in outcomes] == [State.SENT] * 2
    assert len(mails(tmp_path)) == 2


async def test_new_rules_do_not_touch_leads_that_wait(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten leads wait while the conflict rules are replaced by one that blocks everything, and the policy changes."""
    async with working(client, tmp_path):
        handles = [await start_lead(client) for _ in range(10)]
        seen = [await in_state(handle, State.IN_REVIEW) for handle in handles]
    monkeypatch.setattr(conflicts, "RULES", (lambda case: [_always(case)],))
    async with working(client, tmp_path):
        other_policy = a_playbook(next_step_policy=(StepRule(then=Step.DECLINE),))
        fresh = await start_lead(client, playbook=other_policy)
        await in_state(fresh, State.IN_REVIEW)
        assert [conflict.id for conflict in (await brief_of(fresh)).blocking] == ["new-rule"]
        for handle, status in zip(handles, seen, strict=True):
            await handle.execute_update("decide", approval(status))
        outcomes = [await outcome_of(handle) for handle in handles]
        await fresh.terminate()
    assert [(one.state, one.version, one.reply) for one in outcomes] == [
        (State.SENT, status.version, status.reply) for status in seen
    ]
    assert len(mails(tmp_path)) == 10


def _always(case: object) -> Conflict:
    quote = Quote(source="lead:message", text="We")
    return Conflict(
        id="new-rule",
        code=Code.OVERLAP,
        severity=Severity.BLOCKING,
        message=f"a new rule looked at {type(case).__name__}",
        left=quote,
        right=quote,
        resolver=Resolver.REVIEWER,
    )
