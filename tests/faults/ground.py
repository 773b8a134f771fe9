"""Where faults happen: a server and workers as processes of their own, to be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any

from command import fork
from faults import faulty_worker
from kit import until
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid.engine import attributes
from leadbraid.engine.ports import choose_ports

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
EARLIER = TESTS / "replay" / "earlier"
PATIENCE = 240.0
"""Seconds that anything may take to come back after a fault before the run counts as stuck."""
Tick = Callable[[], None]
"""Called after each trial, for a progress bar."""


def no_tick() -> None:
    """Nobody watches."""


def temporal_command() -> str | None:
    """The `temporal` program of this environment, else of this machine."""
    beside = Path(sys.executable).parent / "temporal"
    return str(beside) if beside.exists() else shutil.which("temporal")


class Server:
    """The embedded server on a file, with the product's journal, as a process that can be killed.

    Workflow tasks time out after 2 s instead of 10, so that what was lost with a worker comes back quickly.
    """

    def __init__(self, binary: str, folder: Path) -> None:
        self._port = choose_ports(0, 0).temporal
        self.address = f"127.0.0.1:{self._port}"
        names = [f"{name}={kind}" for name, kind in attributes.type_names().items()]
        self._command = [binary, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port", str(self._port)]
        self._command += ["--db-filename", str(folder / "temporal.db"), "--log-level", "never"]
        self._command += ["--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=full"]
        self._command += ["--dynamic-config-value", 'history.defaultWorkflowTaskTimeout="2s"']
        self._command += [word for name in names for word in ("--search-attribute", name)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, or start it again on the same file and port."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        RUNNING.add(self)

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        RUNNING.discard(self)
        self._process.kill()
        self._process.wait()

    async def client(self) -> Client:
        """A client, once the server answers."""

        async def connected() -> Client | None:
            with contextlib.suppress(RuntimeError):
                return await Client.connect(self.address, data_converter=pydantic_data_converter)
            return None

        found = await until(connected, seconds=PATIENCE)
        assert isinstance(found, Client)
        return found


RUNNING: set[Server] = set()
"""The servers that this process has started and not killed."""


class WorkerProcess:
    """A worker of `faulty_worker.py`. It has imported everything and waits for `go`, so that a restart is quick."""

    def __init__(self, address: str, home: Path, options: dict[str, Any]) -> None:
        environment = os.environ | {"TEMPORAL_ADDRESS": address}
        arguments = (str(home), json.dumps(options))
        self._home = home
        theirs, ours = os.pipe()
        self._stdin = os.fdopen(ours, "wb", buffering=0)
        with os.fdopen(theirs, "rb") as stdin, (home / "worker.log").open("ab") as log:
            self._process: BaseProcess | subprocess.Popen[bytes]
            if options.get("code") == "earlier":
                self._process = _with_earlier_code(home, arguments, environment, stdin, log)
            else:
                files = (stdin.fileno(), log.fileno(), log.fileno())
                self._process = fork(faulty_worker.begin, arguments, environment, files)
        assert self._process.pid is not None
        self.pid = self._process.pid

    async def go(self) -> None:
        """Let it work; returns when it polls."""
        self._stdin.write(b"go\n")

        async def ready() -> bool:
            assert not self._has_ended(), f"a worker ended by itself, see {self._home / 'worker.log'}"
            return (self._home / f"ready-{self.pid}").exists()

        await until(ready, seconds=PATIENCE)

    def _has_ended(self) -> bool:
        process = self._process
        return (process.poll() if isinstance(process, subprocess.Popen) else process.exitcode) is not None

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        if isinstance(self._process, subprocess.Popen):
            self._process.wait()
        else:
            self._process.join()
        self._stdin.close()

    def freeze(self) -> None:
        """SIGSTOP: it keeps its connections and its place in every queue, and does nothing."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)


def _with_earlier_code(
    home: Path, arguments: tuple[str, ...], environment: dict[str, str], stdin: IO[bytes], log: IO[bytes]
) -> subprocess.Popen[bytes]:
    """A worker that imports `workflows` from the earlier copy; a fork would have today's already."""
    folder = home / "earlier"
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (folder / "workflows").symlink_to(EARLIER)
    environment = environment | {"PYTHONPATH": os.pathsep.join(map(str, (folder, ROOT, TESTS)))}
    # -P: without it the working folder would come before the paths.
    command = [sys.executable, "-P", "-m", "faults.faulty_worker", *arguments]
    return subprocess.Popen(command, env=environment, cwd=ROOT, stdin=stdin, stdout=log, stderr=log)


async def marked(home: Path, name: str) -> None:
    """Wait until a worker has left a mark."""

    async def there() -> bool:
        return (home / name).exists()

    await until(there, seconds=PATIENCE)


@dataclass
class Ground:
    """One server, one home folder with its outbox, and the seed that everything random comes from."""

    server: Server
    home: Path
    seed: int
    client: Client
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    @property
    def outbox(self) -> Path:
        """Where sent replies lie."""
        return self.home / "outbox"

    def spawn(self, **options: Any) -> WorkerProcess:
        """A worker process that waits for `go`. The caller kills it."""
        return WorkerProcess(self.server.address, self.home, {"seed": self.rng.randrange(2**32)} | options)

    @contextlib.asynccontextmanager
    async def spawned(self, **options: Any) -> AsyncIterator[WorkerProcess]:
        """A worker process that waits for `go`; killed at the end, if it was not before."""
        process = self.spawn(**options)
        try:
            yield process
        finally:
            process.kill()

    @contextlib.asynccontextmanager
    async def worker(self, **options: Any) -> AsyncIterator[WorkerProcess]:
        """A worker process at work; killed at the end, if it was not before."""
        async with self.spawned(**options) as process:
            await process.go()
            yield process


@contextlib.asynccontextmanager
async def ground(binary: str, folder: Path, seed: int) -> AsyncIterator[Ground]:
    """A fresh server in ``folder``; killed at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(binary, folder)
    server.start()
    try:
        yield Ground(server=server, home=folder, seed=seed, client=await server.client())
    finally:
        server.kill()


async def gather_limited(limit: int, work: list[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """All of ``work``, at most ``limit`` at a time."""
    slots = asyncio.Semaphore(limit)

    async def one(make: Callable[[], Awaitable[Any]]) -> Any:
        async with slots:
            return await make()

    return list(await asyncio.gather(*(one(make) for make in work)))
