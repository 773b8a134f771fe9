"""The embedded server: started once, shared, adopted, kept alive. Real servers, each in a home of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from leadbraid.engine import attributes, connection, server
from leadbraid.engine.checks import check_search_attributes
from leadbraid.engine.connection import connect, connect_to
from leadbraid.engine.endpoint import live_endpoint, read_endpoint
from leadbraid.engine.home import prepare_home
from leadbraid.engine.locks import FileLock, is_held
from leadbraid.engine.ports import choose_ports, problem
from leadbraid.engine.preparation import RETENTION, retention
from leadbraid.engine.process import find_servers
from leadbraid.engine.server import EmbeddedServer
from leadbraid.errors import EngineError
from leadbraid.settings import Settings

ANY = {"port": 0, "ui_port": 0}
OWNER = """
import asyncio, sys
from pathlib import Path
from leadbraid.engine.server import EmbeddedServer
from leadbraid.settings import Settings

async def main():
    async with EmbeddedServer.open(Settings(home=Path(sys.argv[1])), port=0, ui_port=0):
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture(autouse=True)
def no_temporal_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
async def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose namespace is prepared already: a server on a copy of it is there in half a second."""
    home = tmp_path_factory.mktemp("prepared") / "home"
    async with EmbeddedServer.open(Settings(home=home), **ANY) as opened:
        client = await connect_to(opened.endpoint)
        await (await client.start_workflow("Waits", id="closed", task_queue="nobody")).terminate()
    return home


@pytest.fixture(scope="module")
async def running(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedServer]:
    """A server for the tests that leave it as it is."""
    home = shutil.copytree(prepared, tmp_path_factory.mktemp("running") / "home")
    async with EmbeddedServer.open(Settings(home=Path(home)), **ANY) as opened:
        yield opened


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers are killed at the end: a clean stop takes a second and is another test's subject."""
    monkeypatch.setattr(server, "GRACE", timedelta(0))


@pytest.fixture
def settings(prepared: Path, tmp_path: Path) -> Iterator[Settings]:
    home = tmp_path / "home"
    shutil.copytree(prepared, home)
    yield Settings(home=home)
    for pid in find_servers(home.resolve()):
        os.kill(pid, signal.SIGKILL)


async def until(fact: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def owner_process(home: Path) -> AsyncIterator[subprocess.Popen[str]]:
    """Another Python process that owns the home's server."""
    child = subprocess.Popen(  # noqa: ASYNC220 - it starts at once
        [sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout and await asyncio.to_thread(child.stdout.readline) == "ready\n"
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout:
            child.stdout.close()


@pytest.mark.server
async def test_the_namespace_keeps_closed_leads_for_years_and_has_every_attribute(running: EmbeddedServer) -> None:
    client = await connect_to(running.endpoint)
    assert await retention(client) == RETENTION >= timedelta(days=3650)
    await check_search_attributes(client)


@pytest.mark.server
def test_a_fresh_home_is_private_and_a_stopped_one_names_no_server(prepared: Path) -> None:
    assert stat.S_IMODE(prepared.stat().st_mode) == 0o700
    assert read_endpoint(prepared) is None and not is_held(prepared / "server.lock")


@pytest.mark.server
async def test_a_workflow_is_still_there_after_stop_and_start_even_from_the_one_file(settings: Settings) -> None:
    async with EmbeddedServer.open(settings, **ANY):
        await (await connect(settings)).start_workflow("Waits", id="kept", task_queue="nobody")
    assert not is_held(settings.home / "server.lock")
    assert not (settings.home / "temporal.db-wal").exists()
    async with EmbeddedServer.open(settings, **ANY):
        description = await (await connect(settings)).get_workflow_handle("kept").describe()
        assert description.status is not None and description.status.name == "RUNNING"


@pytest.mark.server
def test_a_workflow_closed_right_after_the_first_start_is_kept_for_years(prepared: Path) -> None:
    """The server caches the namespace: had it not been started again, this one would be forgotten after a day."""
    with contextlib.closing(sqlite3.connect(prepared / "temporal.db")) as database:
        due = database.execute("select max(visibility_timestamp) from timer_tasks").fetchone()[0]
    assert int(str(due)[:4]) >= time.gmtime().tm_year + 9


@pytest.mark.server
async def test_a_second_open_uses_the_first_ones_server_and_does_not_stop_it(running: EmbeddedServer) -> None:
    async with EmbeddedServer.open(Settings(home=running.home)) as second:
        assert not second.owned and second.endpoint == running.endpoint
        assert "already runs" in second.notes[0]
    await connect_to(running.endpoint)


@pytest.mark.usefixtures("no_grace")
@pytest.mark.server
async def test_of_two_opened_at_the_same_moment_one_starts_a_server(settings: Settings) -> None:
    async with contextlib.AsyncExitStack() as stack:
        opened = await asyncio.gather(
            *[stack.enter_async_context(EmbeddedServer.open(settings, **ANY)) for _ in range(3)]
        )
        assert sorted(one.owned for one in opened) == [False, False, True]
        assert len({one.endpoint for one in opened}) == 1
        assert find_servers(settings.home.resolve()) == [opened[0].endpoint.pid]
        await stack.aclose()


@pytest.mark.server
@pytest.mark.faults
async def test_the_orphan_of_a_killed_owner_is_adopted_and_stopped_at_the_end(settings: Settings) -> None:
    async with owner_process(settings.home) as owner:
        orphan = live_endpoint(settings.home)
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        async with EmbeddedServer.open(settings) as opened:
            assert opened.owned and opened.endpoint == orphan
            assert "Took over" in opened.notes[0]
            await connect(settings)
    assert not is_held(settings.home / "server.lock") and find_servers(settings.home.resolve()) == []


@pytest.mark.usefixtures("no_grace")
@pytest.mark.server
@pytest.mark.faults
async def test_an_orphan_that_does_not_answer_is_ended_and_replaced(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "ORPHAN_PATIENCE", timedelta(seconds=0.2))
    monkeypatch.setattr(server, "ORPHAN_GRACE", timedelta(seconds=0.2))
    monkeypatch.setattr(connection, "ANSWER_PATIENCE", timedelta(seconds=3))
    async with owner_process(settings.home) as owner:
        orphan = live_endpoint(settings.home)
        assert orphan and orphan.pid
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        os.kill(orphan.pid, signal.SIGSTOP)
        async with EmbeddedServer.open(settings, **ANY) as opened:
            assert opened.owned and opened.endpoint.pid != orphan.pid
            assert find_servers(settings.home.resolve()) == [opened.endpoint.pid]


@pytest.mark.usefixtures("no_grace")
@pytest.mark.server
@pytest.mark.faults
async def test_a_killed_server_is_started_again_on_the_same_file_and_ports(settings: Settings) -> None:
    said: list[str] = []
    async with EmbeddedServer.open(settings, **ANY, say=said.append) as opened:
        first = opened.endpoint
        client = await connect(settings)
        await client.start_workflow("Waits", id="kept", task_queue="nobody")
        assert first.pid
        os.kill(first.pid, signal.SIGKILL)
        await until(lambda: len(said) == 2)
        assert opened.endpoint.temporal == first.temporal and opened.endpoint.ui == first.ui
        assert opened.endpoint.pid != first.pid
        await client.get_workflow_handle("kept").describe()
    assert said == [
        "The Temporal server ended by itself; starting it again.",
        f"The Temporal server is back at {first.temporal}.",
    ]


@pytest.mark.usefixtures("no_grace")
@pytest.mark.server
async def test_who_uses_a_server_takes_it_over_when_its_owner_ends(settings: Settings) -> None:
    async with contextlib.AsyncExitStack() as first_stack:
        first = await first_stack.enter_async_context(EmbeddedServer.open(settings, **ANY))
        async with EmbeddedServer.open(settings) as second:
            await first_stack.aclose()
            await until(lambda: second.owned and second.endpoint.pid != first.endpoint.pid)
            assert second.endpoint.temporal == first.endpoint.temporal
            await connect(settings)


@pytest.mark.usefixtures("no_grace")
@pytest.mark.server
async def test_two_homes_run_side_by_side_where_the_usual_ports_are_taken(
    settings: Settings, prepared: Path, tmp_path: Path
) -> None:
    other = Settings(home=Path(shutil.copytree(prepared, tmp_path / "other")))
    with _taken(7233), _taken(8233):
        async with EmbeddedServer.open(settings) as one, EmbeddedServer.open(other) as two:
            ports = {one.endpoint.port, two.endpoint.port, one.endpoint.ui_port, two.endpoint.ui_port}
            assert len(ports) == 4 and not ports & {7233, 8233}
            assert one.notes[0] == f"Port 7233 is taken; using {one.endpoint.port}."
            await (await connect(settings)).start_workflow("Waits", id="mine", task_queue="nobody")
            found = [found.id async for found in (await connect(other)).list_workflows()]
            assert "mine" not in found


@contextlib.contextmanager
def _taken(port: int) -> Iterator[None]:
    """The port is taken: by us, unless somebody else has it already."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if problem(port) is None:
            listener.bind(("127.0.0.1", port))
            listener.listen()
        yield


async def test_a_taken_port_that_was_asked_for_is_refused(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(EngineError, match=f"^Port {port} is taken: choose another, or leave it out"):
            async with EmbeddedServer.open(Settings(home=tmp_path / "home"), port=port):
                pass


@pytest.mark.parametrize(
    ("ports", "complaint"),
    [
        pytest.param((7000, 7000), "Port 7000 is asked for twice", id="the same twice"),
        pytest.param((70000, None), "Port 70000 is not a port number", id="out of range"),
    ],
)
def test_impossible_ports_are_refused(ports: tuple[int, int | None], complaint: str) -> None:
    with pytest.raises(EngineError, match=complaint):
        choose_ports(*ports)


async def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    with pytest.raises(
        EngineError, match=r"^The folder .*/file/home cannot be used \(Not a directory\): set LEADBRAID"
    ):
        async with EmbeddedServer.open(Settings(home=home)):
            pass


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(prepare_home.__globals__, "LEAST_FREE_MB", 10**12)
    with pytest.raises(EngineError, match=f"^The disk of the folder {tmp_path} is full"):
        prepare_home(tmp_path)


@pytest.mark.server
async def test_a_server_that_does_not_start_is_quoted_and_its_locks_are_free(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "temporal.db").write_text("this is no database, and long enough to be seen as none" * 100)
    with pytest.raises(EngineError, match=f"^The Temporal server of {home} did not start: .*not a database"):
        async with EmbeddedServer.open(Settings(home=home), **ANY):
            pass
    assert not is_held(home / "server.lock") and not is_held(home / "owner.lock")


def test_the_lock_lives_as_long_as_the_process_that_inherited_it(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    assert lock.acquire()
    child = subprocess.Popen(["sleep", "60"], pass_fds=(lock.fd,))
    lock.close()
    assert is_held(lock.path) and not lock.acquire()
    child.kill()
    child.wait()
    assert not is_held(lock.path) and lock.acquire()
    lock.close()


def test_search_attributes_have_the_names_and_types_that_others_rely_on() -> None:
    assert attributes.type_names() == {
        "LeadState": "Keyword",
        "LeadDue": "Datetime",
        "LeadRisk": "Keyword",
        "LeadAssignee": "Keyword",
        "LeadScore": "Int",
        "LeadConflicts": "Int",
        "LeadContact": "KeywordList",
    }
