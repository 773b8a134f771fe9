"""Command `setup`: what a Temporal server that is not ours needs before it takes leads."""

from __future__ import annotations

from typing import Annotated

import typer
from temporalio.client import Client
from temporalio.service import RPCError

from leadbraid.cli.console import run, say, say_json, settings
from leadbraid.engine.connection import connect
from leadbraid.engine.preparation import add_attributes
from leadbraid.engine.schedule import ensure_archive_schedule
from leadbraid.errors import EngineError


def setup(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> None:
    """Make search attributes and the archive's schedule on the Temporal that TEMPORAL_* names. Harmless to repeat.

    `leadbraid up` does the same for its own server. How long a namespace keeps closed leads is left alone; `doctor`
    tells.
    """
    added, new = run(_prepare())
    if as_json:
        say_json({"search_attributes_added": added, "schedule_new": new})
        return
    say(f"Search attributes: {', '.join(added) if added else 'all there'}.")
    say(f"Schedule ArchiveClosed: {'made' if new else 'there, and up to date'}.")


async def _prepare() -> tuple[list[str], bool]:
    client = await connect(settings())
    return await _add(client), await ensure_archive_schedule(client)


async def _add(client: Client) -> list[str]:
    try:
        return await add_attributes(client)
    except RPCError as error:
        raise EngineError(
            f"The search attributes cannot be made ({error.message}): create them with the `temporal` command or in "
            "Temporal Cloud (docs/operating.md), then run this again."
        ) from None
