"""Comparing plans costs little more than the slowest of them: 20 leads by each plan alone, then by all side by side.

    make bench                                              this after the busy day
    .venv/bin/python benchmarks/compare_plans.py            this alone, about four minutes

On an embedded server of its own, with the simulated times that `leadbraid compare` takes by default. Nothing here
passes or fails by time.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from rich.progress import Progress
from temporalio.client import Client

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from leadbraid import logs  # noqa: E402
from leadbraid.cli.plan import ASSUMED, parse_latency  # noqa: E402
from leadbraid.compare.runs import Wanted, run_all  # noqa: E402
from leadbraid.engine.connection import connect_to  # noqa: E402
from leadbraid.engine.runtime import leave  # noqa: E402
from leadbraid.engine.server import EmbeddedServer  # noqa: E402
from leadbraid.llm.rules import RulesProvider  # noqa: E402
from leadbraid.llm.simulated import Simulated  # noqa: E402
from leadbraid.models import Lead, Plan  # noqa: E402
from leadbraid.plan import SHIPPED  # noqa: E402
from leadbraid.playbook import load_playbook  # noqa: E402
from leadbraid.settings import Settings  # noqa: E402


def a_lead(number: int) -> Lead:
    """Each is another person with other words; one in five gets a draft that is written again."""
    asks = "What does a pilot cost?" if number % 5 == 0 else "Could you show us a demo this month?"
    return Lead(
        email=f"person-{number}@company-{number}.example",
        company=f"Company {chr(ord('A') + number % 26)}",
        country=("DE", "US", "FR", "NL")[number % 4],
        message=f"We run {2 + number % 9} warehouses with {120 + number} employees. {asks}",
        event_id=f"bench-{number}",
    )


async def seconds(client: Client, name: str, plans: tuple[Plan, ...], count: int, latency: str, bar: Progress) -> float:
    """How long comparing these plans takes, from the first start to the last result, the injected failure included."""
    wanted = Wanted(
        run=name,
        leads=tuple(map(a_lead, range(count))),
        plans=plans,
        playbook=load_playbook(ROOT / "playbooks" / "dockline.yaml"),
    )
    times = {stream: timedelta(seconds=value) for stream, value in parse_latency(latency).items()}
    task = bar.add_task(name, total=wanted.total)
    start = time.perf_counter()
    await run_all(client, wanted, Settings(), Simulated(RulesProvider(), times), lambda: bar.advance(task))
    return time.perf_counter() - start


async def main(count: int, latency: str) -> None:
    logs.configure("error", "console")
    with tempfile.TemporaryDirectory() as folder, Progress(transient=True) as bar:
        async with EmbeddedServer.open(Settings(home=Path(folder)), port=0, ui_port=0) as server:
            client = await connect_to(server.endpoint)
            say = bar.console.print
            say(f"compare, {count} leads, simulated times {latency}", soft_wrap=True)
            alone = {}
            for name, plan in SHIPPED.items():
                alone[name] = await seconds(client, name, (plan,), count, latency, bar)
                say(f"{name + ' alone':<44} {alone[name]:6.1f} s")
            together = await seconds(client, "together", tuple(SHIPPED.values()), count, latency, bar)
            say(f"{'all three side by side':<44} {together:6.1f} s")
            say(f"{'':<44} {together / max(alone.values()):6.2f} times the slowest alone")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=20, help="how many (default: 20)")
    parser.add_argument("--latency", default=ASSUMED, help=f"simulated seconds (default: {ASSUMED})")
    given = parser.parse_args()
    asyncio.run(main(given.leads, given.latency))
    leave(0)
