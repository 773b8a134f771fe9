"""Command `timeline`: a lead's way as a picture, or as text in the terminal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from leadbraid.audit.timeline import timeline_of
from leadbraid.audit.timeline_svg import as_svg
from leadbraid.audit.timeline_text import as_lines
from leadbraid.cli.audit import Histories, record_of, write
from leadbraid.cli.console import UsageError, run

WIDEST = 120


def timeline(
    lead: Annotated[str, typer.Argument(metavar="[LEAD]", help="The lead's id, lead-….")] = "",
    history: Histories = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.svg", help="Draw it; any other ending writes text.")
    ] = None,
) -> None:
    """What took how long on a lead: each stream, people's time, the critical path. From its histories alone."""
    if bool(lead) == bool(history):
        raise UsageError("Name a lead, or histories with --history FILE.")
    found = timeline_of(run(record_of(lead, history)))
    if output and output.suffix.lower() == ".svg":
        text = as_svg(found)
    else:
        text = "\n".join(as_lines(found, min(shutil.get_terminal_size((100, 24)).columns, WIDEST)))
    write(f"{text}\n".encode(), output)
