"""Starting one server process on a home: free ports, the wait until it answers, the preparation of its namespace."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from leadbraid.engine.connection import answers, connect_to
from leadbraid.engine.endpoint import Endpoint
from leadbraid.engine.locks import FileLock
from leadbraid.engine.ports import Ports, choose_ports
from leadbraid.engine.preparation import prepare_namespace
from leadbraid.engine.process import TICK, ServerProcess, announced, endpoint_of, last_words, lost_port, spawn
from leadbraid.errors import EngineError

PATIENCE = timedelta(seconds=30)
AT_ONCE = timedelta(0)
TRIES = 5


class PortRaceError(EngineError):
    """Another process took a port between our choice and the server's start."""


@dataclass(frozen=True)
class Started:
    """A server that answers and is prepared, and what to tell about its ports."""

    process: ServerProcess
    endpoint: Endpoint
    notes: tuple[str, ...] = ()


async def start_server(home: Path, lock: FileLock, wish: tuple[int | None, int | None]) -> Started:
    """Start a server that inherits ``lock``, which the caller holds.

    Args:
        home: The folder of its database.
        lock: Held by the caller until this returns, and by the server as long as it lives.
        wish: The gRPC port and the UI's, as for ``choose_ports``.

    Raises:
        EngineError: A port asked for is taken, or the server does not start; no server is left behind.
    """
    for _ in range(TRIES):
        ports = choose_ports(*wish)
        with contextlib.suppress(PortRaceError):
            return await _prepared(await _launched(home, lock, ports), home, lock, ports)
    raise EngineError(f"The Temporal server found no free ports in {TRIES} tries: name them yourself.")


async def _prepared(process: ServerProcess, home: Path, lock: FileLock, ports: Ports) -> Started:
    try:
        if await _changed(process, ports):
            await process.stop(AT_ONCE)  # what was set is on disk, and nothing else happened yet
            process = await _launched(home, lock, ports)
            if await _changed(process, ports):
                raise EngineError("The Temporal server forgets its settings at a restart: see server.log.")
    except BaseException:
        await process.stop(AT_ONCE)
        raise
    return Started(process, endpoint_of(ports, process.pid), ports.notes)


async def _changed(process: ServerProcess, ports: Ports) -> bool:
    return await prepare_namespace(await connect_to(endpoint_of(ports, process.pid)))


async def _launched(home: Path, lock: FileLock, ports: Ports) -> ServerProcess:
    process = spawn(home, ports, lock)
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await _ready(home, process, endpoint_of(ports, process.pid))
    except BaseException as error:  # cancelled, too: nothing may be left that nobody knows of
        await process.stop(AT_ONCE)
        if isinstance(error, TimeoutError):
            raise EngineError(f"The Temporal server of {home} does not answer: {last_words(home)}") from None
        raise
    return process


async def _ready(home: Path, process: ServerProcess, endpoint: Endpoint) -> None:
    while not (announced(home) and await answers(endpoint)):
        if not process.alive():
            kind = PortRaceError if lost_port(home) else EngineError
            raise kind(f"The Temporal server of {home} did not start: {last_words(home)}")
        await asyncio.sleep(TICK.total_seconds())
