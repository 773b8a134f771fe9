"""Command `up`: the embedded Temporal server and a worker, until Ctrl-C."""

from __future__ import annotations

from typing import Annotated

import typer

from leadbraid import logs
from leadbraid.cli.console import run, say, say_json, settings
from leadbraid.engine.builds import build_id
from leadbraid.engine.connection import connect_to
from leadbraid.engine.schedule import ensure_archive_schedule
from leadbraid.engine.server import EmbeddedServer
from leadbraid.llm import provider_told
from leadbraid.settings import Settings


def up(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of Temporal; default: 7233 or a free one.")
    ] = None,
    ui_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port of the UI; default: 8233 or a free one.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as JSON on one line.")] = False,
) -> None:
    """Run Temporal, its UI and a worker here, until Ctrl-C. The state is kept in LEADBRAID_HOME."""
    run(_serve(settings(), port, ui_port, as_json=as_json))


async def _serve(found: Settings, port: int | None, ui_port: int | None, *, as_json: bool) -> None:
    from worker import running_workers, stop_on_signals

    stop = stop_on_signals()
    async with EmbeddedServer.open(found, port=port, ui_port=ui_port) as server:
        # Not `connect`: TEMPORAL_* may name another server than the one that runs here.
        client = await connect_to(server.endpoint)
        async with running_workers(client, found, current=True):
            await ensure_archive_schedule(client)
            if as_json:
                endpoint = server.endpoint
                say_json(
                    {
                        "temporal": endpoint.temporal,
                        "namespace": endpoint.namespace,
                        "ui": endpoint.ui,
                        "build": build_id(),
                    }
                )
            else:
                _announce(server, found)
            await stop.wait()
            logs.get_logger("up").info("stopping")


def _announce(server: EmbeddedServer, found: Settings) -> None:
    for note in server.notes:
        say(note)
    say(f"Temporal   {server.endpoint.temporal} (namespace {server.endpoint.namespace})")
    say(f"UI         {server.endpoint.ui}")
    say(f"Build      {build_id()} (versioning {found.versioning.value})")
    say(f"Provider   {provider_told(found)}")
    say(f"Outbox     {found.outbox_folder}")
    say(f"Archive    {found.archive_folder}")
    say("Ready. Submit a lead with `leadbraid submit FILE`; Ctrl-C stops.")
