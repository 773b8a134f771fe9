"""A worker to be killed: the real one, with streams that take their time and an outbox that stops where it is told.

Arguments are the home folder and options (JSON): ``seed`` and ``stream_seconds`` (each stream takes up to that long),
``stops`` (points of a delivery), ``code`` (`today`, `earlier`, `patched` or `broken`: which workflow code runs). It reads
one line before it begins, and ends when its standard input does: no worker outlives the test that started it.

Where ``stops`` names it, a delivery stops before its first commit (`before…@` and `again…@`), between the commit and the
file (`after…@`), when the file is there but nobody knows yet (`filed…@`), or before a later commit (point `again`, for
`again…@`). Each leaves the mark `at-<point>-<local part>` in HOME, so that the test knows when to strike, and goes on when
`go-<point>` lies there. A hand-over leaves `handed-` or `refused-<local part>-<attempt>`. For `poison…@` the provider
fails in a way that nobody foresaw, each time.

Time-outs that only cost waiting are shorter than the product's: sticky tasks 1 s, beats of streams 2 s, one attempt of a
delivery 4 s. The last makes the test harder: an attempt is given up while it still runs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import sys
import threading
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from faults import changed
from kit import ScriptedProvider, working
from temporalio.client import Client
from temporalio.client import Interceptor as ClientInterceptor
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Interceptor as WorkerInterceptor
from temporalio.worker import WorkflowInboundInterceptor, WorkflowOutboundInterceptor

import worker
from activities import streams
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Commit, Handed

TRANSMIT_TIMEOUT = timedelta(seconds=4)
BEAT_TIMEOUT = timedelta(seconds=2)


class Shorter(ClientInterceptor, WorkerInterceptor):
    """Shortens time-outs of activities; the commands stay the same, so histories replay without it."""

    def workflow_interceptor_class(self, input):  # type: ignore[no-untyped-def]  # noqa: A002 - the SDK's name
        return _Inbound


class _Inbound(WorkflowInboundInterceptor):
    def init(self, outbound):  # type: ignore[no-untyped-def]
        super().init(_Outbound(outbound))


class _Outbound(WorkflowOutboundInterceptor):
    def start_activity(self, input):  # type: ignore[no-untyped-def]  # noqa: A002 - the SDK's name
        if input.activity == "transmit":
            input.start_to_close_timeout = TRANSMIT_TIMEOUT
        elif input.heartbeat_timeout:
            input.heartbeat_timeout = BEAT_TIMEOUT
        return super().start_activity(input)


class StoppingOutbox(OutboxFolder):
    """Stops at a point, leaves a mark there, and goes on when it may."""

    def __init__(self, home: Path, stops: list[str]) -> None:
        super().__init__(home / "outbox")
        self._home = home
        self._stops = stops

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        local = str(message["To"]).partition("@")[0]

        async def commit_and_stop() -> None:
            if attempt == 1:
                await self._stop("before", local, "before", "again")
            else:
                await self._stop("again", local, "again")
            await commit()
            await self._stop("after", local, "after")

        try:
            handed = await super().hand_over(message, delivery_id, attempt, commit_and_stop)
        except BaseException:
            (self._home / f"refused-{local}-{attempt}").touch()
            raise
        await self._stop("filed", local, "filed")
        (self._home / f"handed-{local}-{attempt}").touch()
        return handed

    async def _stop(self, point: str, local: str, *whom: str) -> None:
        if point not in self._stops or not local.startswith(whom):
            return
        (self._home / f"at-{point}-{local}").touch()
        while not (self._home / f"go-{point}").exists():
            # A thawed worker cancels what timed out meanwhile. Code that hangs in a thread would not hear of it, so
            # this does not either: what it does next must be harmless all the same.
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.05)


class SlowProvider(ScriptedProvider):
    """Takes its time for each stream, and fails for whoever is poison."""

    def __init__(self, home: Path, seconds: float, seed: int) -> None:
        super().__init__()
        self._home = home
        self._seconds = seconds
        self._rng = random.Random(seed)

    async def _work(self, stream, task, output):  # type: ignore[no-untyped-def]
        if task.lead.email.startswith("poison"):
            raise RuntimeError("nobody foresaw this")
        (self._home / f"in-{stream.value}").touch()
        await asyncio.sleep(self._seconds * self._rng.random())
        return await super()._work(stream, task, output)


async def main(home: Path, options: dict[str, Any]) -> None:
    """Work until killed."""
    worker.STICKY_TIMEOUT = timedelta(seconds=1)
    worker.WORKFLOWS = changed.workflows(options.get("code", "today"))
    streams.BEAT_SECONDS = 0.5
    client = await Client.connect(
        os.environ["TEMPORAL_ADDRESS"], data_converter=pydantic_data_converter, interceptors=[Shorter()]
    )
    provider = SlowProvider(home, options.get("stream_seconds", 0.01), options["seed"])
    async with working(client, home, provider, StoppingOutbox(home, options.get("stops", []))):
        (home / f"ready-{os.getpid()}").touch()
        await asyncio.Event().wait()


def _end_with_the_test() -> None:
    sys.stdin.read()
    os._exit(0)


def begin() -> None:
    """The process; it has imported everything and waits for its line."""
    sys.stdin.readline()
    threading.Thread(target=_end_with_the_test, daemon=True).start()
    asyncio.run(main(Path(sys.argv[1]), json.loads(sys.argv[2])))


if __name__ == "__main__":
    begin()
