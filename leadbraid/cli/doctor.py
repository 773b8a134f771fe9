"""Command `doctor`: what is on, what is off, what is wrong."""

from __future__ import annotations

from typing import Annotated

import typer

from leadbraid.cli.console import now, run, say_json, settings, show_lines
from leadbraid.doctor import Check, Health, examine_here, examine_server
from leadbraid.doctor.check import from_error, ok
from leadbraid.engine.connection import connect, describe_target
from leadbraid.errors import EngineError, SettingsError
from leadbraid.render import Line
from leadbraid.settings import Settings

STYLES = {Health.OK: "", Health.WARNING: "yellow", Health.WRONG: "bold red"}


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what is on and off and what is wrong, each in one line. Exit status 1 if something is wrong."""
    checks = run(_examine())
    healthy = all(check.health is not Health.WRONG for check in checks)
    if as_json:
        say_json({"healthy": healthy, "checks": [_plain(check) for check in checks]})
    else:
        show_lines(_line(check) for check in checks)
    if not healthy:
        raise typer.Exit(1)


async def _examine() -> list[Check]:
    try:
        found = settings()
    except SettingsError as error:
        # Nothing else can be told: which playbook, which server?
        return [from_error("settings", error)]
    return [*examine_here(found), *await _temporal(found)]


async def _temporal(found: Settings) -> list[Check]:
    try:
        client = await connect(found)
        return [ok("Temporal", describe_target(found)), *await examine_server(client, now())]
    except EngineError as error:
        return [from_error("Temporal", error)]


def _plain(check: Check) -> dict[str, str]:
    return {"check": check.what, "state": check.health.value, "text": check.text, "do": check.remedy}


def _line(check: Check) -> Line:
    remedy = f": {check.remedy}" if check.remedy else ""
    return Line(f"{check.health.value:<8} {check.what:<18} {check.text}{remedy}", STYLES[check.health])
