"""The embedded Temporal server of one home folder: started once, shared, adopted, kept alive.

Two locks say who is who. ``owner.lock`` is held by the Python process that answers for the server; whoever holds it may
start, restart and stop one. ``server.lock`` is held by the server process itself, which inherits it, so it tells the
truth even after a kill -9 of the owner:

==========  ===========  ==============================================================================
owner.lock  server.lock  what ``EmbeddedServer.open`` does
==========  ===========  ==============================================================================
free        free         starts a server and owns it
free        held         an orphan: adopts it, or ends it and starts anew where it does not answer
held        any          waits until the server answers and uses it; takes over when its owner ends
==========  ===========  ==============================================================================
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Self

from leadbraid.engine.connection import Say, answers, connect_to, silent
from leadbraid.engine.endpoint import (
    OWNER_LOCK,
    SERVER_LOCK,
    Endpoint,
    live_endpoint,
    read_endpoint,
    remove_endpoint,
    write_endpoint,
)
from leadbraid.engine.home import fold_database, prepare_home
from leadbraid.engine.locks import FileLock
from leadbraid.engine.preparation import prepare_namespace
from leadbraid.engine.process import GRACE, TICK, ServerProcess, find_servers
from leadbraid.engine.start import start_server
from leadbraid.errors import EngineError
from leadbraid.settings import Settings

ORPHAN_PATIENCE = timedelta(seconds=5)
ORPHAN_GRACE = timedelta(seconds=2)
JOIN_PATIENCE = timedelta(seconds=60)
WATCH = timedelta(milliseconds=200)
FIRST_PAUSE = timedelta(milliseconds=100)
LONGEST_PAUSE = timedelta(seconds=10)
STEADY = timedelta(minutes=1)


class EmbeddedServer:
    """A Temporal server with its UI, its state in ``settings.home``. Made by ``open``.

    Attributes:
        home: Its folder, as an absolute path.
        endpoint: Where it answers; the addresses stay the same over restarts.
        notes: Sentences for the person who started it, e.g. that a port was taken.
    """

    endpoint: Endpoint
    notes: tuple[str, ...] = ()

    def __init__(self, home: Path, *, port: int | None, ui_port: int | None, say: Say) -> None:
        self.home = home
        self._wish = (port, ui_port)
        self._say = say
        self._owner = FileLock(home / OWNER_LOCK)
        self._lock = FileLock(home / SERVER_LOCK)
        self._process: ServerProcess | None = None
        self._pause = FIRST_PAUSE
        self._since = 0.0

    @property
    def owned(self) -> bool:
        """Whether this process answers for the server and stops it at the end."""
        return self._owner.held

    @classmethod
    @asynccontextmanager
    async def open(
        cls, settings: Settings, *, port: int | None = None, ui_port: int | None = None, say: Say = silent
    ) -> AsyncIterator[Self]:
        """Give the home's running server, starting one where there is none.

        Args:
            settings: Gives the home folder.
            port: The gRPC port; None for 7233 or, when that is taken, a free one; 0 for any free one.
            ui_port: The same for the UI, with 8233.
            say: Told when the server had to be started again or was taken over.

        Raises:
            EngineError: The folder or a port that was asked for cannot be used, or the server does not start.
        """
        server = cls(prepare_home(settings.home), port=port, ui_port=ui_port, say=say)
        try:
            await server._enter()
            watch = asyncio.create_task(server._watch())
            try:
                yield server
            finally:
                watch.cancel()
                await asyncio.gather(watch, return_exceptions=True)
        finally:
            await server._leave()

    # --- who answers for the server

    async def _enter(self) -> None:
        until = _now() + JOIN_PATIENCE.total_seconds()
        while not self._owner.acquire():
            endpoint = live_endpoint(self.home)
            if endpoint and await answers(endpoint):
                return self._join(endpoint)
            if _now() > until:
                raise EngineError(
                    f"Another process holds {self.home} but its server does not answer: end that process."
                )
            await asyncio.sleep(TICK.total_seconds())
        return await self._own()

    def _join(self, endpoint: Endpoint) -> None:
        self.notes = (f"Using the Temporal server that already runs at {endpoint.temporal}.",)
        self._settle(endpoint)

    async def _own(self) -> None:
        if not await self._adopt():
            await self._start()

    async def _adopt(self) -> bool:
        until = _now() + ORPHAN_PATIENCE.total_seconds()
        while not self._lock.acquire():
            endpoint = read_endpoint(self.home)
            orphans = find_servers(self.home)
            if endpoint and endpoint.pid in orphans and await answers(endpoint):
                await self._take(endpoint, orphans[0])
                return True
            if _now() > until:
                await self._end(orphans)
            await asyncio.sleep(TICK.total_seconds())
        return False

    async def _take(self, endpoint: Endpoint, pid: int) -> None:
        self._process = ServerProcess(pid, self._lock.path)
        self.notes = (f"Took over the Temporal server that an ended process left at {endpoint.temporal}.",)
        self._settle(endpoint)
        if await prepare_namespace(await connect_to(endpoint)):
            await self._process.stop(GRACE)
            await self._own()

    async def _end(self, orphans: list[int]) -> None:
        if not orphans:
            raise EngineError(f"{self._lock.path} is held by a process that is no server of ours: end that process.")
        for pid in orphans:
            await ServerProcess(pid, self._lock.path).stop(ORPHAN_GRACE)

    # --- starting

    async def _start(self) -> None:
        """Start a server; we hold both locks here."""
        remove_endpoint(self.home)
        started = await start_server(self.home, self._lock, self._wish)
        try:
            write_endpoint(self.home, started.endpoint)
        except EngineError:
            await started.process.stop(GRACE)
            raise
        self._process, self.notes = started.process, started.notes
        self._lock.close()  # from here on the server alone holds it
        self._settle(started.endpoint)

    def _settle(self, endpoint: Endpoint) -> None:
        """Keep to this endpoint: clients are connected to it, so a restart must take the same ports."""
        self.endpoint = endpoint
        self._wish = (endpoint.port, endpoint.ui_port)
        self._since = _now()

    # --- keeping it alive

    async def _watch(self) -> None:
        said = ""
        while True:
            await asyncio.sleep(WATCH.total_seconds())
            try:
                await self._look()
                said = ""
            except (EngineError, OSError) as error:
                if str(error) != said:
                    said = str(error)
                    self._say(said)

    async def _look(self) -> None:
        if not self._owner.held:
            await self._take_over()
        elif not (self._process and self._process.alive()):
            if self._process:
                self._process = None
                self._say("The Temporal server ended by itself; starting it again.")
            await self._hold_back()
            await self._own()
            self._say(f"The Temporal server is back at {self.endpoint.temporal}.")

    async def _take_over(self) -> None:
        if self._owner.acquire():
            self._say("The process that ran the Temporal server has ended; taking the server over.")
            await self._own()

    async def _hold_back(self) -> None:
        """Pause before a restart: longer each time, up to 10 s, unless the server had lived for a minute."""
        if _now() - self._since > STEADY.total_seconds():
            self._pause = FIRST_PAUSE
        await asyncio.sleep(self._pause.total_seconds())
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    # --- the end

    async def _leave(self) -> None:
        if self._owner.held and self._process:
            await self._process.stop(GRACE)
            remove_endpoint(self.home)
            fold_database(self.home)
        self._lock.close()
        self._owner.close()


def _now() -> float:
    return asyncio.get_running_loop().time()
