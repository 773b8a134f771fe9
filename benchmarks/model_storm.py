"""A thousand leads at once against a model server: is it stormed, and do leads near their deadline go first?

    make bench                                        with all the other figures
    python benchmarks/model_storm.py [--leads 1000]   alone

A fake model server on this machine, an embedded Temporal, one worker. Nothing passes or fails by time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from leadbraid.engine.connection import connect_to  # noqa: E402 - needs the path above
from leadbraid.engine.server import EmbeddedServer  # noqa: E402
from leadbraid.intake import submit  # noqa: E402
from leadbraid.llm.fake import Behaviour, FakeModels  # noqa: E402
from leadbraid.models import Lead  # noqa: E402
from leadbraid.playbook import load_playbook  # noqa: E402
from leadbraid.settings import Settings  # noqa: E402
from worker import running_workers  # noqa: E402

LATENCY = 0.1
"""Seconds of each answer."""
LATE = 20
"""Every so manieth lead came in days ago."""


def a_lead(number: int) -> Lead:
    """One of them; every twentieth is late."""
    came = datetime.now(UTC) - timedelta(days=5) if number % LATE == LATE - 1 else None
    message = f"We run {number % 40 + 2} warehouses with {number % 900 + 20} people. Could you show us Dockline?"
    return Lead(
        email=f"kim{number}@sender{number}.example", message=message, received_at=came, event_id=f"storm-{number}"
    )


def most_in_a_second(times: Sequence[float]) -> int:
    """The most calls within any second."""
    ordered = sorted(times)
    return max(bisect_left(ordered, at + 1.0) - place for place, at in enumerate(ordered))


def most_at_a_time(times: Sequence[float]) -> int:
    """The most calls that overlap, each being answered for `LATENCY` seconds."""
    changes = sorted([(at, 1) for at in times] + [(at + LATENCY, -1) for at in times])
    return max(itertools.accumulate(change for _, change in changes))


async def storm(leads: int, rate: float | None, concurrency: int) -> None:
    """Submit all, wait for all, tell what the model server saw."""
    playbook, times = load_playbook(ROOT / "playbooks" / "dockline.yaml"), []
    with (
        tempfile.TemporaryDirectory() as home,
        FakeModels(playbook, Behaviour(latency=LATENCY), log=lambda _: times.append(time.monotonic())) as models,
    ):
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg] # pydantic-settings takes it
            home=Path(home),
            llm="openai",  # type: ignore[arg-type] # read from its text
            llm_base_url=models.url,
            llm_rate=rate,
            llm_concurrency=concurrency,
            log_level="error",
        )
        async with EmbeddedServer.open(settings) as server:
            client = await connect_to(server.endpoint)
            began = time.monotonic()
            taken = [await submit(client, a_lead(n), playbook, "sales@example.com", b"storm") for n in range(leads)]
            async with running_workers(client, settings, current=True):
                reached = await _reached(client, leads)
            took = time.monotonic() - began
    waits = [(n % LATE == LATE - 1, reached[one.lead_id] - began) for n, one in enumerate(taken)]
    late, rest = (statistics.median(wait for is_late, wait in waits if is_late is kind) for kind in (True, False))
    print(
        f"{leads} leads at once, rate {rate or 'none'}, {concurrency} at a time: {len(times)} calls in {took:.0f} s; "
        f"most in a second {most_in_a_second(times)}, at a time {most_at_a_time(times)}; "
        f"in review after (median) {late:.0f} s if late, else {rest:.0f} s"
    )


async def _reached(client: Client, leads: int) -> dict[str, float]:
    """When each lead was first listed as in review, to about a second."""
    seen: dict[str, float] = {}
    while len(seen) < leads:
        async for found in client.list_workflows("WorkflowType='LeadFollowUp' AND LeadState='in_review'"):
            seen.setdefault(found.id, time.monotonic())
        await asyncio.sleep(1.0)
    return seen


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1000, help="how many (default: 1000)")
    parser.add_argument("--rate", type=float, default=40, help="LEADBRAID_LLM_RATE (default: 40)")
    parser.add_argument("--concurrency", type=int, default=20, help="LEADBRAID_LLM_CONCURRENCY (default: 20)")
    given = parser.parse_args()
    asyncio.run(storm(given.leads, given.rate, given.concurrency))
