"""Command `plan advise`: which plan the finished leads would have done best with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid.cli.console import console, run, say, say_json, settings
from leadbraid.cli.leads import Json
from leadbraid.cli.progress import progress
from leadbraid.compare.advice import Advice, Finished, as_data
from leadbraid.compare.advice import advise as advise_by
from leadbraid.compare.finished import from_files, last_finished
from leadbraid.engine.connection import connect
from leadbraid.models.visible import one_line
from leadbraid.settings import Settings


def advise(
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="More exported histories, after --history.")
    ] = None,
    from_last: Annotated[
        int, typer.Option("--from-last", min=1, max=10_000, help="How many of the leads that closed last to read.")
    ] = 200,
    history: Annotated[
        list[Path] | None,
        typer.Option("--history", metavar="FILE...", help="Read exported histories instead of Temporal's."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Propose a plan from what finished leads took: the best time at no more conflicts. Changes nothing."""
    found = settings()
    files = [*(history or []), *(more or [])]
    finished = run(from_files(files, pydantic_data_converter) if files else _listed(found, from_last))
    advice = advise_by(finished)
    if as_json:
        say_json(as_data(advice))
        return
    _tell(advice)


async def _listed(found: Settings, count: int) -> list[Finished]:
    client, done = await connect(found), 0
    with progress(count, lambda: (done, f"{done} histories read")) as step:

        def moved() -> None:
            nonlocal done
            done += 1
            step()

        return await last_finished(client, count, moved)


def _tell(advice: Advice) -> None:
    if advice.proposed is None:
        say("Proposed: not enough leads to say" if not advice.plans else "Proposed: nothing")
    elif advice.current and advice.proposed.plan == advice.current:
        say(f"Proposed: keep {one_line(advice.current.name, 40)}")
    else:
        say(f"Proposed: {one_line(advice.proposed.plan.name, 40)}")
    for reason in advice.reasons:
        say(f"  - {one_line(reason, 400)}")
    if not advice.plans:
        return
    say(f"\nEstimated from {advice.leads} finished leads (seconds until the review)")
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(
        ("plan", "median s", "p95 s", "gain s", "redrafted", "open conflicts", "worked by it")
    ):
        table.add_column(column, justify="right" if number else "left")
    for one in advice.plans:
        table.add_row(
            one_line(one.plan.name, 20),
            f"{one.seconds.median:.2f}",
            f"{one.seconds.p95:.2f}",
            f"{one.gain.seconds:+.2f} ({one.gain.low:+.2f} to {one.gain.high:+.2f})",
            f"{one.redrafted:.0%}",
            "not known" if one.conflicts is None else f"{one.conflicts:.2f}",
            str(one.measured),
        )
    console().print(table)
    if advice.proposed and advice.proposed.plan != advice.current:
        say("\nPut it into the playbook (stream_plan) once `leadbraid compare` has measured it on leads like yours.")
