"""Command `audit`: the account of one lead, from its histories alone."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.fetching import fetch_runs
from leadbraid.audit.history import Run, decoded, read_files
from leadbraid.audit.keys import known_keys
from leadbraid.audit.recall import bundle_of
from leadbraid.audit.record import make_record
from leadbraid.audit.rendering import Format, rendered
from leadbraid.audit.schema import AuditRecord
from leadbraid.cli import audit_files
from leadbraid.cli.console import UsageError, run, say, say_json, settings
from leadbraid.engine.connection import DATA_CONVERTER, connect
from leadbraid.errors import EngineError, NotFoundError
from leadbraid.models.visible import one_line

Histories = Annotated[
    list[Path] | None,
    typer.Option(
        "--history",
        metavar="FILE",
        help="An exported history instead of Temporal; name each run and delivery of the lead.",
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")]


class _LeadUnlessNamed(TyperGroup):
    """`audit LEAD` is `audit lead LEAD`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the default command first where no other is named."""
        named = args and (args[0] in self.commands or args[0] == "--help")
        return super().parse_args(ctx, args if named or not args else ["lead", *args])


app = typer.Typer(
    cls=_LeadUnlessNamed,
    help=(
        "The account of a lead: who decided what, on which bytes, and what was sent. `audit LEAD` is enough; "
        "`audit lead --help` tells its options: --history, --format, -o, --bundle, --verify, --key."
    ),
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
    bundle: Annotated[
        Path | None,
        typer.Option("--bundle", metavar="FILE", help="Write histories, record and digests as one zip file."),
    ] = None,
    verify: Annotated[
        Path | None, typer.Option("--verify", metavar="FILE", help="Verify a bundle or a record (JSON), offline.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="With --verify: the archive's public key (PEM).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="With --verify: print JSON, for programs.")] = False,
) -> None:
    """The account of one lead, from Temporal or from exported histories. The word `lead` may be left out.

    A closed lead that Temporal has forgotten is told from its bundle in the archive. `--bundle` gives that bundle too,
    signed, as long as it is all there is of the lead.
    """
    if verify:
        if lead or bundle or output or form:
            raise UsageError("--verify goes with --history, --key and --json only.")
        audit_files.verify(verify, run(_runs_in(history or [])), key, as_json=as_json)
        return
    if key or as_json:
        raise UsageError("--key and --json go with --verify.")
    if bool(lead) == bool(history):
        raise UsageError("Name a lead, or histories with --history FILE.")
    _require_lead_id(lead)
    if bundle:
        if output or form:
            raise UsageError("--bundle holds every form; leave -o and --format out.")
        data, what = run(_bundle(lead, history))
        audit_files.write(bundle, data)
        say(f"Written to {bundle}, {what}.")
        return
    write(rendered(run(record_of(lead, history)), form or _by_ending(output)), output)


@app.command("schema")
def schema() -> None:
    """The JSON Schema of the record in `--format json`."""
    say_json(AuditRecord.model_json_schema(mode="serialization"))


app.command("key")(audit_files.key)
app.command("archive")(audit_files.archive)
app.command("export")(audit_files.export)


async def record_of(lead: str, history: list[Path] | None) -> AuditRecord:
    """The record of a lead in Temporal or, forgotten there, in the archive; or of the one whose histories are given."""
    try:
        return make_record(await _runs(lead, history))
    except (NotFoundError, EngineError) as error:
        return audit_files.from_archive(lead, settings(), error).record


async def _bundle(lead: str, history: list[Path] | None) -> tuple[bytes, str]:
    found = settings()
    try:
        runs = await _runs(lead, history)
    except (NotFoundError, EngineError) as error:
        kept = audit_files.from_archive(lead, found, error)
        return kept.data, f"as it is in the archive ({kept.name})"
    data, signed = bundle_of(ArchiveFolder(found.archive_folder), runs, known_keys(found, None))
    return data, "as it is in the archive, signed" if signed else "not signed"


async def _runs(lead: str, history: list[Path] | None) -> list[Run]:
    return await (_runs_in(history) if history else fetch_runs(await connect(settings()), lead))


async def _runs_in(paths: list[Path]) -> list[Run]:
    return [await decoded(events, DATA_CONVERTER.payload_codec) for events in read_files(paths)]


_ENDINGS = {".html": Format.HTML, ".htm": Format.HTML, ".md": Format.MARKDOWN, ".json": Format.JSON}


def _by_ending(output: Path | None) -> Format:
    if output is None:
        return Format.MARKDOWN
    if output.suffix.lower() not in _ENDINGS:
        raise UsageError(f"{one_line(output.name, 60)} ends in none of {', '.join(_ENDINGS)}; choose with --format.")
    return _ENDINGS[output.suffix.lower()]


def _require_lead_id(lead: str) -> None:
    if lead and not re.fullmatch(r"lead-[0-9a-f]{16}", lead):
        raise UsageError(
            f"{one_line(lead, 60)!r} is no lead's id (lead- and 16 hex digits), and no command of "
            "`leadbraid audit --help`."
        )


def write(data: bytes, output: Path | None) -> None:
    """To a file, or to standard output.

    Raises:
        InputError: The file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    audit_files.write(output, data)
    say(f"Written to {output}.")
