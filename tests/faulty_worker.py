"""A worker to be killed: the real one, with streams that take long and an outbox that stops where it is told.

    python tests/faulty_worker.py HOME STREAM_SECONDS

A delivery to `before@…` stops before the commit, `after@…` between the commit and the file, `filed@…` when the file is
there but nobody knows yet; each leaves a mark in HOME, so that the test knows when to strike.
"""

from __future__ import annotations

import asyncio
import os
import sys
from email.message import EmailMessage
from pathlib import Path

from kit import ScriptedProvider, working
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Commit, Handed


class StoppingOutbox(OutboxFolder):
    """Stops at a point for ever, and leaves a mark there."""

    def __init__(self, home: Path, *, stops: bool) -> None:
        super().__init__(home / "outbox")
        self._home = home
        self._stops = stops

    async def hand_over(self, message: EmailMessage, delivery_id: str, attempt: int, commit: Commit) -> Handed:
        point = str(message["To"]).partition("@")[0]

        async def commit_and_stop() -> None:
            if point == "before":
                await self._stop(point)
            await commit()
            if point == "after":
                await self._stop(point)

        handed = await super().hand_over(message, delivery_id, attempt, commit_and_stop)
        if point == "filed":
            await self._stop(point)
        return handed

    async def _stop(self, point: str) -> None:
        if self._stops:
            (self._home / f"at-{point}").touch()
            await asyncio.sleep(3600)


class SlowProvider(ScriptedProvider):
    """Takes its time for each stream."""

    def __init__(self, home: Path, seconds: float) -> None:
        super().__init__()
        self._home = home
        self._seconds = seconds

    async def _work(self, stream, task, output):  # type: ignore[no-untyped-def]
        (self._home / f"in-{stream.value}").touch()
        await asyncio.sleep(self._seconds)
        return await super()._work(stream, task, output)


async def main(home: Path, seconds: float) -> None:
    """Work until killed."""
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"], data_converter=pydantic_data_converter)
    outbox = StoppingOutbox(home, stops=seconds > 0)
    async with working(client, home, SlowProvider(home, seconds), outbox):
        (home / f"ready-{os.getpid()}").touch()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))
