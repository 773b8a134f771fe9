"""A busy day: thousands of leads wait, and everything a person does stays quick.

    make bench                       5,000 leads
    make bench ARGS=--leads=500      fewer

On the embedded server and a worker process of its own. Figures are told side by side from one run: the queue against a
full list, decisions with many leads waiting against decisions with few. Nothing here passes or fails by time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.progress import Progress
from temporalio.client import Client

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from leadbraid import intake, leads  # noqa: E402
from leadbraid.engine.connection import connect_to  # noqa: E402
from leadbraid.engine.endpoint import Endpoint  # noqa: E402
from leadbraid.engine.runtime import leave  # noqa: E402
from leadbraid.engine.server import EmbeddedServer  # noqa: E402
from leadbraid.errors import EngineError  # noqa: E402
from leadbraid.models import Decision, DecisionKind, Lead, RejectReason  # noqa: E402
from leadbraid.playbook import load_playbook  # noqa: E402
from leadbraid.settings import Settings  # noqa: E402

AT_ONCE = 32
RUNNING = "WorkflowType='LeadFollowUp' AND ExecutionStatus='Running'"
WAITING = f"{RUNNING} AND LeadState='in_review'"


class WorkerProcess:
    """`python worker.py`, as an operator runs it."""

    def __init__(self, endpoint: Endpoint, home: Path, cached: int) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "LEADBRAID_"))},
            "TEMPORAL_ADDRESS": endpoint.temporal,
            "LEADBRAID_HOME": str(home),
            "LEADBRAID_CACHED_LEADS": str(cached),
            "LEADBRAID_LOG_LEVEL": "error",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, str(ROOT / "worker.py")], env=self._environment, cwd=ROOT)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @property
    def megabytes(self) -> float:
        """Resident memory."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text("ascii")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024


def a_lead(number: int) -> Lead:
    """Each is another person with other words."""
    return Lead(
        email=f"person-{number}@company-{number}.example",
        name=f"Person {number}",
        company=f"Company {number}",
        country=("DE", "US", "FR", "")[number % 4],
        message=f"We run {2 + number % 9} warehouses with {20 + number} employees. What does a pilot cost?",
        event_id=f"bench-{number}",
    )


async def in_parallel(works: Iterable[Callable[[], Awaitable[object]]], done: Callable[[], None]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(work: Callable[[], Awaitable[object]]) -> None:
        async with gate:
            await work()
            done()

    await asyncio.gather(*(one(work) for work in works))


async def counted(client: Client, query: str, wanted: int, bar: Callable[[int], None]) -> None:
    """Wait until so many are listed."""
    while (found := (await client.count_workflows(query)).count) != wanted:
        bar(found)
        await asyncio.sleep(0.5)
    bar(wanted)


async def milliseconds(work: Callable[[], Awaitable[object]]) -> float:
    start = time.perf_counter()
    await work()
    return (time.perf_counter() - start) * 1000


async def looked_at(client: Client) -> tuple[list[float], list[float]]:
    """The queue, and what it would take to list all that wait and sort it here; in turns."""
    queue, everything = [], []
    for _ in range(15):
        queue.append(await milliseconds(lambda: leads.queue(client, datetime.now(UTC), 50)))
        everything.append(await milliseconds(lambda: _all(client)))
    return queue, everything


async def _all(client: Client) -> None:
    rows = [found async for found in client.list_workflows(WAITING, page_size=1000)]
    rows.sort(key=lambda found: found.start_time)


async def decided(client: Client, ids: list[str], kind: DecisionKind) -> list[float]:
    """One decision after the other, as one person makes them; what each took."""
    took = []
    for one in ids:
        handle = leads.LeadHandle(client, one)
        fields = {"note": "seen"} if kind is DecisionKind.NOTE else {"reason": RejectReason.NOT_A_FIT}
        decision = Decision(decision=kind, reviewer="ana", **fields)
        took.append(await milliseconds(lambda handle=handle, decision=decision: insisted(handle, decision)))
    return took


async def insisted(handle: leads.LeadHandle, decision: Decision) -> None:
    """As a person does who is told to try again; the time of all tries counts."""
    for _ in range(10):
        with contextlib.suppress(EngineError):
            await handle.decide(decision)
            return
    raise SystemExit(f"{handle.lead_id} could not be decided in ten tries")


def told(name: str, values: list[float]) -> str:
    ordered = sorted(values)
    return (
        f"{name:<44} p50 {statistics.median(ordered):7.0f} ms   p95 {ordered[int(len(ordered) * 0.95)]:7.0f} ms"
        f"   (n = {len(ordered)})"
    )


@contextlib.asynccontextmanager
async def server(home: Path) -> AsyncIterator[Endpoint]:
    async with EmbeddedServer.open(Settings(home=home)) as opened:
        yield opened.endpoint


async def main(count: int, cached: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Progress(transient=True) as progress:
        home = Path(folder)
        async with server(home) as endpoint:
            client = await connect_to(endpoint)
            worker = WorkerProcess(endpoint, home, cached)
            worker.start()
            try:
                await busy_day(client, worker, count, progress)
            finally:
                worker.kill()


async def busy_day(client: Client, worker: WorkerProcess, count: int, progress: Progress) -> None:
    playbook = load_playbook(ROOT / "playbooks" / "dockline.yaml")
    few = max(10, count // 100)
    say = progress.console.print

    async def submitted(numbers: range, total: int) -> list[str]:
        ids: list[str] = []
        task = progress.add_task(f"{total} leads come in", total=len(numbers))

        async def one(number: int) -> None:
            taken = await intake.submit(client, a_lead(number), playbook, "sales@example.com")
            ids.append(taken.lead_id)

        await in_parallel(((lambda number=number: one(number)) for number in numbers), lambda: progress.advance(task))
        waits = progress.add_task("until all wait for a person", total=total)
        await counted(client, WAITING, total, lambda found: progress.update(waits, completed=found))
        return ids

    ids = await submitted(range(few), few)
    with_few = await decided(client, ids[:few], DecisionKind.NOTE)
    memory_few = worker.megabytes
    start = time.perf_counter()
    ids += await submitted(range(few, count), count)
    seconds = time.perf_counter() - start
    say(f"{count:,} leads wait after {seconds:.0f} s: {(count - few) / seconds:.1f} leads a second, work included")
    queue, everything = await looked_at(client)
    say(told(f"queue of 50, {count:,} waiting", queue))
    say(told("the same by a full list", everything))
    say(f"{'':<44} queue takes {statistics.median(queue) / statistics.median(everything):.2f} of it")
    sample = ids[:: max(1, count // 200)]
    with_many = await decided(client, sample, DecisionKind.NOTE)
    say(told(f"a decision, {few} waiting", with_few))
    say(told(f"a decision, {count:,} waiting", with_many))
    say(f"{'worker memory':<44} {memory_few:.0f} MB with {few} leads, {worker.megabytes:.0f} MB with {count:,}")
    worker.kill()
    worker.start()
    after = await decided_by_all(client, ids, progress)
    say(told("a decision after every worker was killed", after))
    say(f"{'worker memory then':<44} {worker.megabytes:.0f} MB")
    closed = (await client.count_workflows("WorkflowType='LeadFollowUp' AND LeadState='rejected'")).count
    say(f"{'all decided after the restart':<44} {closed:,} of {count:,}")


async def decided_by_all(client: Client, ids: list[str], progress: Progress) -> list[float]:
    """Every lead is rejected, eight people at a time."""
    took: list[float] = []
    task = progress.add_task("every lead is decided by a new worker", total=len(ids))
    gate = asyncio.Semaphore(8)
    await until_a_worker_answers(client, ids[0])

    async def one(lead: str) -> None:
        async with gate:
            took.extend(await decided(client, [lead], DecisionKind.REJECT))
            progress.advance(task)

    await asyncio.gather(*(one(lead) for lead in ids))
    closed = "WorkflowType='LeadFollowUp' AND LeadState='rejected'"
    await counted(client, closed, len(ids), lambda _: None)
    return took


async def until_a_worker_answers(client: Client, lead: str) -> None:
    deadline = datetime.now(UTC) + timedelta(minutes=2)
    while datetime.now(UTC) < deadline:
        with contextlib.suppress(Exception):
            await leads.LeadHandle(client, lead).status()
            return
        await asyncio.sleep(0.2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=5_000, help="how many wait (default: 5000)")
    parser.add_argument("--cached", type=int, default=500, help="leads the worker keeps in memory (default: 500)")
    given = parser.parse_args()
    asyncio.run(main(given.leads, given.cached))
    leave(0)
