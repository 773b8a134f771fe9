"""Command `audit`: the account of one lead, from its histories alone."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from leadbraid.audit.fetching import fetch_runs
from leadbraid.audit.history import Run, decoded, read_files
from leadbraid.audit.pages import as_html, as_markdown
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord
from leadbraid.cli.console import UsageError, run, say, say_json, settings
from leadbraid.engine.connection import DATA_CONVERTER, connect
from leadbraid.errors import InputError

Histories = Annotated[
    list[Path] | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help="An exported history instead of Temporal; name each run and delivery of the lead.",
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")]


class Format(StrEnum):
    """How the account is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"


class _LeadUnlessNamed(TyperGroup):
    """`audit LEAD` is `audit lead LEAD`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command first where no other is named."""
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named or not args else ["lead", *args])


app = typer.Typer(
    cls=_LeadUnlessNamed,
    help="The account of a lead: who decided what, on which bytes, and what was sent. `audit LEAD` is enough.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.command("lead")
def lead(
    lead: Annotated[str, typer.Argument(metavar="[LEAD]", help="The lead's id, lead-….")] = "",
    history: Histories = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="Default: by the ending of -o, else markdown.")
    ] = None,
    output: Output = None,
) -> None:
    """The account of one lead, from Temporal or from exported histories. The word `lead` may be left out."""
    if bool(lead) == bool(history):
        raise UsageError("Name a lead, or histories with --history FILE.")
    record = run(record_of(lead, history))
    write(_rendered(record, form or _by_ending(output)), output)


@app.command("schema")
def schema() -> None:
    """The JSON Schema of the record in `--format json`."""
    say_json(AuditRecord.model_json_schema(mode="serialization"))


async def record_of(lead: str, history: list[Path] | None) -> AuditRecord:
    """The record of a lead in Temporal, or of the one whose histories are given."""
    return make_record(await (_runs_in(history) if history else _runs_of(lead)))


async def _runs_of(lead: str) -> list[Run]:
    return await fetch_runs(await connect(settings()), lead)


async def _runs_in(paths: list[Path]) -> list[Run]:
    return [await decoded(events, DATA_CONVERTER.payload_codec) for events in read_files(paths)]


_ENDINGS = {".html": Format.HTML, ".htm": Format.HTML, ".md": Format.MARKDOWN, ".json": Format.JSON}


def _by_ending(output: Path | None) -> Format:
    return _ENDINGS.get(output.suffix.lower(), Format.MARKDOWN) if output else Format.MARKDOWN


def _rendered(record: AuditRecord, form: Format) -> bytes:
    match form:
        case Format.JSON:
            return record.to_json()
        case Format.HTML:
            return as_html(record).encode()
        case Format.MARKDOWN:
            return as_markdown(record).encode()


def write(data: bytes, output: Path | None) -> None:
    """To a file, else to standard output.

    Raises:
        InputError: The file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error.strerror}.") from None
    say(f"Written to {output}.")
