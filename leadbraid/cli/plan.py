"""Commands `plan` and `plan advise`: what must wait for what, what runs together, who owns what, and which to take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.table import Table
from typer.core import TyperGroup

from leadbraid.cli.advise import advise
from leadbraid.cli.console import UsageError, console, say, say_json, settings
from leadbraid.models import CompanyNote, Draft, Plan, Qualification, RiskReport, Stream
from leadbraid.models.visible import one_line
from leadbraid.plan import JOBS, RULES_OWNED, SHIPPED, critical_path, stages, waits_for
from leadbraid.playbook import load_playbook

OUTPUTS: dict[Stream, type[BaseModel]] = {
    Stream.QUALIFICATION: Qualification,
    Stream.RESEARCH: CompanyNote,
    Stream.DRAFTING: Draft,
    Stream.FIT_RISK: RiskReport,
}
ASSUMED = "qualification=1.2,research=4,drafting=3,fit_risk=1.5"


class _ShowByDefault(TyperGroup):
    """`leadbraid plan sequential` means `leadbraid plan show sequential`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named else ["show", *args])


app = typer.Typer(
    cls=_ShowByDefault,
    help="A plan: what must wait for what and why, what runs together, who owns what. `plan NAME` is `plan show NAME`.",
    rich_markup_mode=None,
)
app.command("advise")(advise)


@app.command("show")
def show(
    name: Annotated[str | None, typer.Argument(metavar="[PLAN]", help="parallel, partial or sequential.")] = None,
    playbook: Annotated[
        Path | None, typer.Option("--playbook", metavar="FILE", help="The plan of this playbook.")
    ] = None,
    latency: Annotated[str, typer.Option(help="Assumed seconds of each stream, for the critical path.")] = ASSUMED,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """What must wait for what and why, what runs together, who owns what, and the critical path."""
    chosen = _shipped(name) if name else load_playbook(playbook or settings().playbook).stream_plan
    seconds = parse_latency(latency)
    path, length = critical_path(chosen, seconds)
    total = sum(seconds.get(stream, 0.0) for stream in chosen.streams)
    if as_json:
        say_json(_as_data(chosen, path, length, total))
        return
    say(f"Plan {chosen.name}\n")
    console().print(_waits(chosen))
    say("\nRuns together, one group after another:")
    for number, group in enumerate(stages(chosen), start=1):
        say(f"  {number}. {', '.join(stream.label for stream in group)}")
    say("\nOwnership (disjoint):")
    console().print(_ownership(chosen))
    say(
        f"\nCritical path: {' -> '.join(stream.label for stream in path)}, {length:g} s; one after another: {total:g} s"
    )
    say(f"(with assumed times {latency}; other ones by --latency)")


def _shipped(name: str) -> Plan:
    if name not in SHIPPED:
        raise UsageError(f"There is no plan {name!r}; shipped are {', '.join(SHIPPED)}; a playbook may write its own.")
    return SHIPPED[name]


def plan_named(text: str, option: str) -> Plan:
    """A shipped plan by name, another one from the playbook that holds it.

    Raises:
        UsageError: It is neither.
    """
    if text in SHIPPED:
        return SHIPPED[text]
    if not Path(text).exists():
        raise UsageError(f"{option}: {one_line(text, 80)!r} is none of {','.join(SHIPPED)} and no playbook file.")
    return load_playbook(Path(text)).stream_plan


def parse_latency(text: str) -> dict[Stream, float]:
    """Read ``stream=seconds,…``.

    Raises:
        UsageError: Names what cannot be read.
    """
    found: dict[Stream, float] = {}
    for part in filter(None, text.split(",")):
        name, _, value = part.partition("=")
        try:
            found[Stream(name.strip().replace("-", "_"))] = float(value)
        except ValueError:
            streams = ", ".join(stream.value for stream in Stream)
            raise UsageError(f"{part!r} is not STREAM=SECONDS (streams: {streams}).") from None
        if not 0 <= found[Stream(name.strip().replace("-", "_"))] <= 3600:
            raise UsageError(f"{part!r}: the seconds must be between 0 and 3600.")
    return found


def _waits(chosen: Plan) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("part", "must wait for", "why"):
        table.add_column(column)
    for stream in chosen.streams:
        waits = [wait for wait in chosen.waits if wait.stream is stream]
        for wait in waits:
            table.add_row(stream.label, wait.on.label, wait.why)
        if not waits:
            table.add_row(stream.label, "nothing", "starts with the lead")
    table.add_row("Merge point", ", ".join(stream.label for stream in chosen.streams), "the only place where they meet")
    table.add_row("Review", "Merge point", "a person decides on one whole brief")
    table.add_row("Delivery", "Review", "nothing leaves the house without an approval")
    return table


def _ownership(chosen: Plan) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("stream", "its job", "returns", "owns in the playbook"):
        table.add_column(column)
    for stream in chosen.streams:
        table.add_row(
            stream.label, JOBS[stream], ", ".join(_returns(stream)), ", ".join(RULES_OWNED[stream]) or "nothing"
        )
    return table


def _returns(stream: Stream) -> list[str]:
    return [field for field in OUTPUTS[stream].model_fields if field != "stream"]


def _as_data(chosen: Plan, path: tuple[Stream, ...], length: float, total: float) -> dict[str, object]:
    return {
        "plan": chosen.name,
        "waits": {stream: {"for": list(waits_for(chosen, stream))} for stream in chosen.streams},
        "why": [wait.model_dump(mode="json") for wait in chosen.waits],
        "together": [list(group) for group in stages(chosen)],
        "ownership": {
            stream: {"job": JOBS[stream], "returns": _returns(stream), "rules": list(RULES_OWNED[stream])}
            for stream in chosen.streams
        },
        "critical_path": {"streams": list(path), "seconds": length, "one_after_another": total},
    }
