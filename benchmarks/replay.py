"""Replaying before a deploy: 500 histories, as exported files, against the code as it is.

    make bench                              with all the other figures
    python benchmarks/replay.py [--n 500]   alone

The golden histories over and over: leads on every path, their deliveries, a notice. Nothing passes or fails by time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from leadbraid.replay import run  # noqa: E402 - needs the path above
from leadbraid.replay.broken import Replayed  # noqa: E402
from leadbraid.replay.sources import Exported, Source  # noqa: E402

GOLDEN = sorted((ROOT / "tests" / "replay" / "histories").glob("*.json"))


async def replayed(n: int, processes: int) -> None:
    """Replay so many and tell what it took."""
    run.WORTH_A_PROCESS = n // processes

    async def sources() -> AsyncIterator[Source]:
        for number in range(n):
            yield Exported(GOLDEN[number % len(GOLDEN)])

    began = time.perf_counter()
    results = [result async for result in run.replay(sources(), n)]
    took = time.perf_counter() - began
    whole = sum(isinstance(one, Replayed) and one.broken is None for one in results)
    how = "1 process " if processes == 1 else f"{processes} processes"
    print(f"{n} histories replayed, {how:<44} {took:6.1f} s   {took / n * 1000:5.1f} ms each   ({whole} go on)")


def main(n: int) -> None:
    """One process against as many as there are processors."""
    for processes in dict.fromkeys((1, os.cpu_count() or 1)):
        asyncio.run(replayed(n, processes))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=500, help="how many histories (default: 500)")
    main(parser.parse_args().n)
