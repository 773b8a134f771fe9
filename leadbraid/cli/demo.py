"""Command `demo`: the sample leads, live."""

from __future__ import annotations

import asyncio
import functools
import sys
from collections.abc import Coroutine
from datetime import timedelta
from typing import Annotated

import typer
from rich.live import Live
from temporalio.client import Client

from leadbraid import intake, logs
from leadbraid.cli.console import console, end_cleanly_on_sigterm, run, say, settings
from leadbraid.cli.plan import parse_latency
from leadbraid.demo import ask, screen
from leadbraid.demo.run import Run
from leadbraid.demo.script import Sample, Script, load_script
from leadbraid.engine.connection import connect_to
from leadbraid.engine.contacts import contact_key
from leadbraid.engine.endpoint import Endpoint
from leadbraid.engine.server import EmbeddedServer
from leadbraid.errors import LeadbraidError
from leadbraid.llm import make_provider, provider_told
from leadbraid.llm.simulated import Simulated
from leadbraid.models import Lead, Playbook, Stream, lead_id
from leadbraid.playbook import load_playbook
from leadbraid.settings import ROOT, Settings

EXAMPLES = ROOT / "examples"
REVIEWER_PAUSE = 0.5
"""Seconds the scripted reviewer takes to read."""


def demo(
    hands_free: Annotated[
        bool, typer.Option("--hands-free", help="Let a scripted reviewer decide, by signals.")
    ] = False,
    latency: Annotated[
        str | None, typer.Option(help="Simulated seconds of a stream's call, e.g. research=4,drafting=3.")
    ] = None,
) -> None:
    """Work the sample leads on a Temporal server of your own, and decide on them."""
    script = load_script(EXAMPLES)
    seconds = dict(script.latency) | parse_latency(latency or "")
    if not hands_free and not sys.stdin.isatty():
        raise LeadbraidError("The demo asks you for decisions; in a terminal without input run it with --hands-free.")
    found = settings().model_copy(
        update={"documents": EXAMPLES / "documents", "suppression": EXAMPLES / "suppressed.txt"}
    )
    logs.configure("error", found.log_format)
    if not run(_demo(found, script, seconds, hands_free=hands_free)):
        raise typer.Exit(1)


async def _demo(found: Settings, script: Script, seconds: dict[Stream, float], *, hands_free: bool) -> bool:
    from worker import running_workers

    end_cleanly_on_sigterm()
    if found.asks_models:
        seconds = {}  # a model takes its own time
    told = ", ".join(f"{stream.value} {value:g} s" for stream, value in seconds.items())
    took = f", with SIMULATED model latency ({told})" if told else ""
    say(f"Leadbraid demo: provider {provider_told(found)}{took}.")
    leads = {sample.file: _lead(sample) for sample in script.samples}
    outages = frozenset((lead_id(leads[one.file]), one.outage) for one in script.samples if one.outage)
    latency = {stream: timedelta(seconds=value) for stream, value in seconds.items()}
    provider = Simulated(make_provider(found), latency, outages)
    async with EmbeddedServer.open(found) as server:
        for note in server.notes:
            say(note)
        client = await connect_to(server.endpoint)
        say(f"Temporal {server.endpoint.temporal}, UI {server.endpoint.ui}, state in {found.home}/")
        async with running_workers(client, found, provider, current=True):
            once = functools.cache(load_playbook)  # most samples share one
            runs = []
            for sample in script.samples:
                playbook = once(EXAMPLES / sample.playbook if sample.playbook else found.playbook)
                runs.append(await _submitted(client, found, sample, leads[sample.file], playbook))
            if hands_free:
                await _watched(runs, [one.act_out(REVIEWER_PAUSE) for one in runs])
            else:
                await _watched(runs, [one.until_reviewable() for one in runs])
                await _asked(runs)
        _conclude(runs, found, server.endpoint)
    return all(one.as_declared for one in runs) if hands_free else True


def _lead(sample: Sample) -> Lead:
    file = EXAMPLES / "leads" / sample.file
    return intake.parse_lead(file.read_bytes(), str(file))


async def _submitted(client: Client, found: Settings, sample: Sample, lead: Lead, playbook: Playbook) -> Run:
    taken = await intake.submit(client, lead, playbook, found.mail_from, contact_key(found))
    return Run(sample, lead, taken.lead_id, client)


async def _watched(runs: list[Run], works: list[Coroutine[None, None, object]]) -> None:
    """Show the streams live until all works are done. Without a terminal the table is printed once, at the end."""
    tasks = [asyncio.create_task(work) for work in works]
    out = console()
    try:
        with Live(screen.live_table(runs), console=out, refresh_per_second=5) as live:
            while not all(task.done() for task in tasks):
                await asyncio.wait(tasks, timeout=0.25)
                live.update(screen.live_table(runs))
            await asyncio.gather(*(one.look() for one in runs))
            live.update(screen.live_table(runs))
    finally:
        for task in tasks:
            task.cancel()
    for task in tasks:
        task.result()


async def _asked(runs: list[Run]) -> None:
    waiting = [one for one in runs if one.waits_for_person]
    if not waiting:
        say(f"All {len(runs)} sample leads are decided already. Start afresh: LEADBRAID_HOME=.leadbraid-new make demo")
    try:
        for number, one in enumerate(waiting, start=1):
            await ask.review(one, number, len(waiting))
    except ask.Quit:
        say("\nStopped. The leads stay as they are; run the demo again to go on.")


def _conclude(runs: list[Run], found: Settings, endpoint: Endpoint) -> None:
    out = console()
    say()
    out.print(screen.result_table(runs))
    for text in screen.places(runs, found.outbox_folder, endpoint.ui, endpoint.namespace):
        say(text)
    say()
    for text in (*screen.coverage(runs), screen.speed(runs, simulated=not found.asks_models)):
        say(text)
