"""Command `compare`: the same leads by several plans, side by side, and whether parallel work is worth it for them."""

from __future__ import annotations

import contextlib
import logging
import re
import sys
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import Client

from leadbraid import logs
from leadbraid.bulk.writing import whole_file
from leadbraid.cli.console import (
    UsageError,
    confirm_calls,
    end_cleanly_on_sigterm,
    now,
    run,
    say,
    say_json,
    settings,
)
from leadbraid.cli.leads import Json, PlaybookFile
from leadbraid.cli.plan import ASSUMED, parse_latency, plan_named
from leadbraid.cli.progress import progress
from leadbraid.cli.tables import comparison_tables
from leadbraid.compare.comparison import as_data
from leadbraid.compare.comparison import compare as put_side_by_side
from leadbraid.compare.leads import read_leads
from leadbraid.compare.report import About, html
from leadbraid.compare.runs import UNLIMITED, BusyDay, Found, Wanted, run_all
from leadbraid.engine.connection import connect, connect_to
from leadbraid.engine.server import EmbeddedServer
from leadbraid.engine.target import MisconfiguredError, find_target
from leadbraid.errors import EngineError
from leadbraid.llm import make_provider
from leadbraid.llm.provider import Provider
from leadbraid.llm.simulated import LABEL, Simulated
from leadbraid.models import Lead, Plan, lead_id
from leadbraid.models.visible import one_line
from leadbraid.plan import SHIPPED
from leadbraid.playbook import load_playbook
from leadbraid.settings import ROOT, ProviderName, Settings
from leadbraid.sources.matching import domain_of

EXAMPLES = ROOT / "examples"
UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0}
PLANS = ",".join(SHIPPED)


def compare(
    leads: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[LEADS]...", help="JSON, CSV or JSON-lines files, or folders; else the sample leads."),
    ] = None,
    plans: Annotated[str, typer.Option(help="Plans, or playbooks whose plan is meant.")] = PLANS,
    latency: Annotated[
        str | None, typer.Option(help=f"Simulated seconds of each call, redrafts too; default: {ASSUMED}.")
    ] = None,
    provider: Annotated[
        ProviderName | None, typer.Option(help="Measure the real calls of this provider, instead of --latency.")
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, max=50, help="How often each lead is worked by each plan.")] = 1,
    arrivals: Annotated[
        str | None, typer.Option(metavar="N/UNIT", help="Once more on a busy day: leads come in at, say, 20/min.")
    ] = None,
    slots: Annotated[
        int | None, typer.Option(min=1, max=1000, help="Calls at a time that a plan has on the busy day.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the whole report, as HTML.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before calls of a model that may cost money.")] = False,
    playbook: PlaybookFile = None,
    as_json: Json = False,
) -> None:
    """Work the same leads by each plan up to the review, and judge whether parallel work is worth it. Sends nothing."""
    if latency is not None and provider:
        raise UsageError("--latency simulates and --provider measures real calls: give one of them.")
    found = settings() if leads else _with_samples(settings())
    if found.log_level == "info":
        logs.configure("error", found.log_format)  # a line for each of hundreds of calls would bury the answer
    seconds = "" if provider else (latency or ASSUMED)
    worker = _provider(found, provider, seconds)
    wanted = Wanted(
        run=uuid.uuid4().hex[:8],  # noqa: TID251 - this is the edge
        leads=read_leads(leads or [EXAMPLES / "leads"]),
        plans=_plans(plans),
        playbook=load_playbook(playbook or found.playbook),
        repeat=repeat,
        busy=_busy(arrivals, slots),
    )
    if provider is ProviderName.OPENAI:
        _confirm(wanted, found, yes=yes)
    runs = run(_run(found, wanted, worker, quiet=as_json))
    result = put_side_by_side(wanted.plans, len(wanted.leads), runs.calm, runs.busy, runs.failing)
    about = _about(wanted, worker, seconds)
    if output:
        with whole_file(output) as stream:
            stream.write(html(result, runs.calm, about))
    if as_json:
        say_json({"simulated": about.simulated, "provider": about.provider, "times": about.times, **as_data(result)})
        return
    comparison_tables(result, about)
    if output:
        say(f"\nThe whole report: {output}")


def _with_samples(found: Settings) -> Settings:
    return found.model_copy(update={"documents": EXAMPLES / "documents", "suppression": EXAMPLES / "suppressed.txt"})


def _provider(found: Settings, measured: ProviderName | None, latency: str) -> Provider:
    if measured:
        return make_provider(found.model_copy(update={"llm": measured}))
    seconds = {stream: timedelta(seconds=value) for stream, value in parse_latency(latency).items()}
    return Simulated(make_provider(found.model_copy(update={"llm": ProviderName.RULES})), seconds)


def _plans(text: str) -> tuple[Plan, ...]:
    """Shipped plans by name, others from playbooks.

    Raises:
        UsageError: None is named, or two have one name.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = tuple(plan_named(part, "--plans") for part in parts)
    names = [plan.name for plan in found]
    if not found or len(set(names)) < len(names):
        raise UsageError(f"--plans {one_line(text, 80)!r} must name at least one plan, and each name once.")
    return found


def _busy(arrivals: str | None, slots: int | None) -> BusyDay | None:
    if arrivals is None:
        if slots:
            raise UsageError("--slots belongs to a busy day: give --arrivals, e.g. --arrivals 20/min.")
        return None
    parts = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)/(s|min|h)", arrivals.strip(), re.ASCII)
    if not parts or not float(parts[1]):
        raise UsageError(f"--arrivals {one_line(arrivals, 40)!r} is not a pace such as 20/min (units: s, min, h).")
    return BusyDay(gap=UNITS[parts[2]] / float(parts[1]), slots=slots or UNLIMITED)


def _confirm(wanted: Wanted, found: Settings, *, yes: bool) -> None:
    where = one_line(found.llm_server, 80)
    told = (
        f"{wanted.calls:,} calls of {found.llm_model} at {where}, and more for redrafts and further tries "
        f"({len(wanted.leads)} leads, {len(wanted.plans)} plans)"
    )
    confirm_calls(told, yes=yes)


async def _run(found: Settings, wanted: Wanted, provider: Provider, *, quiet: bool) -> Found:
    end_cleanly_on_sigterm()
    done = 0
    with progress(wanted.total, lambda: (done, f"{done} of {wanted.total} runs")) as step:

        def moved() -> None:
            nonlocal done
            done += 1
            step()

        async with _server(found, quiet=quiet) as client:
            return await run_all(client, wanted, found, provider, moved)


@contextlib.asynccontextmanager
async def _server(found: Settings, *, quiet: bool) -> AsyncIterator[Client]:
    """The server that is known, else the embedded one for as long as this takes."""
    if found.log_level != "debug":
        logging.getLogger("temporalio.core").setLevel(logging.ERROR)
    try:
        find_target(found)
    except MisconfiguredError:
        raise
    except EngineError:
        async with EmbeddedServer.open(found) as server:
            if not quiet:
                sys.stderr.write(f"No Temporal server is known; one runs in {found.home}/ for this comparison.\n")
            yield await connect_to(server.endpoint)
    else:
        yield await connect(found)


def _about(wanted: Wanted, provider: Provider, latency: str) -> About:
    times = (
        f"No model worked for these times: the offline rules did, {LABEL} of every call ({_in_words(latency)})."
        if latency
        else f"Times are those of real calls of the provider {provider.name}."
    )
    busy = ""
    if day := wanted.busy:
        limit = f"{day.slots} calls at a time for each plan" if day.slots < UNLIMITED else "no limit on calls"
        busy = f"On the busy day a lead came in every {day.gap:g} s, with {limit}."
    names = {lead_id(lead): _name(lead) for lead in wanted.leads}
    return About(now(), provider.name, times, wanted.playbook.name, bool(latency), wanted.repeat, busy, names)


def _in_words(latency: str) -> str:
    return ", ".join(f"{stream.label} {seconds:g} s" for stream, seconds in parse_latency(latency).items())


def _name(lead: Lead) -> str:
    return f"{one_line(lead.company or domain_of(lead.email), 50)} ({lead_id(lead)})"
