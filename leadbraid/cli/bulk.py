"""Commands about many leads: import and export."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO

import typer
from temporalio.client import Client

from leadbraid import intake
from leadbraid.bulk.columns import FIELDS
from leadbraid.bulk.exporting import Wanted, count, rows
from leadbraid.bulk.importing import AGAIN, Import, Kind, Remark
from leadbraid.bulk.tables import Table, read_table
from leadbraid.bulk.textfile import open_file, open_text, spooled
from leadbraid.bulk.writing import Writer, csv_writer, jsonl_writer, whole_file
from leadbraid.cli.console import UsageError, run, say, say_json, settings, time_of
from leadbraid.cli.leads import NO_WORKER, Json, PlaybookFile
from leadbraid.cli.progress import progress
from leadbraid.engine.checks import has_worker
from leadbraid.engine.connection import connect
from leadbraid.engine.contacts import contact_key
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.errors import EngineError
from leadbraid.models import Lead, Playbook
from leadbraid.models.visible import one_line
from leadbraid.playbook import load_playbook
from leadbraid.settings import Settings

SHOWN = 20
"""Rows told in the terminal; a report has them all."""
REPORT = ("row", "line", "result", "reason")
TableFile = Annotated[
    str, typer.Argument(metavar="FILE|-", help="CSV with a header, or JSON lines; - reads standard input.")
]


def import_(
    file: TableFile,
    choose: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="Take this field from that column (#3: the third); may be repeated."
        ),
    ] = None,
    source: Annotated[str, typer.Option(metavar="NAME", help="Source of rows that name none.")] = "import",
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every refused row and every note to FILE, as CSV.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the rows; needs no Temporal.")] = False,
    playbook: PlaybookFile = None,
    as_json: Json = False,
) -> None:
    """Hand many leads to Temporal. Doing it again is harmless: what is there already stays one lead."""
    found, chosen = settings(), _chosen(choose or [])
    rules = None if dry_run else load_playbook(playbook or found.playbook)
    where = "Standard input" if file == "-" else file
    with _opened(file) as binary, open_text(binary, where) as text:
        table = read_table(text, chosen, where)
        with _hearing(report, keep_all=as_json) as heard:
            job = Import(table, source, heard)
            with progress(_size(binary), lambda: (binary.tell(), _so_far(job))) as job.moved:
                worked, trouble = _run(job, found, rules)
    if trouble:
        raise trouble
    told = _as_data if as_json else _tell
    told(job, table, heard, dry_run=dry_run, worked=worked)
    if job.totals.refused:
        raise typer.Exit(1)


def _run(job: Import, found: Settings, rules: Playbook | None) -> tuple[bool, EngineError | None]:
    """Do it; without ``rules`` as a dry run. Trouble is given back, so that the report is still written."""
    if rules is None:
        job.check()
        return True, None
    try:
        return run(_send(job, found, rules)), None
    except EngineError as error:
        return True, error
    except KeyboardInterrupt:
        sys.stderr.write(f"Stopped after {job.totals.taken}; {AGAIN}.\n")
        raise


async def _send(job: Import, found: Settings, rules: Playbook) -> bool:
    client, key = await _connected(found), contact_key(found)

    async def take(lead: Lead) -> intake.Taken:
        return await intake.submit(client, lead, rules, found.mail_from, key)

    await job.send(take)
    return await has_worker(client, TASK_QUEUE)


async def _connected(found: Settings) -> Client:
    """The client, without a warning for each of its tries: dozens are under way, and one sentence tells how it ends."""
    if found.log_level != "debug":
        logging.getLogger("temporalio.core").setLevel(logging.ERROR)
    return await connect(found)


def _chosen(pairs: list[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for pair in pairs:
        field, sign, column = (part.strip() for part in pair.partition("="))
        field = field.casefold().replace("-", "_")
        if not sign or not column or field not in FIELDS:
            raise UsageError(f"--map {one_line(pair, 60)!r} is not FIELD=COLUMN (fields: {', '.join(FIELDS)}).")
        if field in chosen:
            raise UsageError(f"--map names {field} twice; a field comes from one column.")
        chosen[field] = column
    return chosen


@contextlib.contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    with spooled(sys.stdin.buffer) if file == "-" else open_file(file) as binary:
        yield binary


def _size(binary: BinaryIO) -> int:
    place = binary.tell()
    size = binary.seek(0, os.SEEK_END)
    binary.seek(place)
    return size


def _so_far(job: Import) -> str:
    return f"{job.totals.rows:,} rows, {job.totals.refused:,} refused"


# --- what is told --------------------------------------------------------------------------------------------------


class Heard:
    """The remarks of an import: the first of each kind kept (or all, for a program), all written to the report."""

    def __init__(self, write: Writer, *, keep_all: bool) -> None:
        self._write = write
        self._keep_all = keep_all
        self.kept: dict[Kind, list[Remark]] = {kind: [] for kind in Kind}
        self.count = dict.fromkeys(Kind, 0)

    def __call__(self, remark: Remark) -> None:
        self.count[remark.kind] += 1
        if self._keep_all or len(self.kept[remark.kind]) < SHOWN:
            self.kept[remark.kind].append(remark)
        self._write(
            {"row": remark.row, "line": remark.line, "result": remark.kind.value, "reason": remark.reason},
        )


@contextlib.contextmanager
def _hearing(report: Path | None, *, keep_all: bool) -> Iterator[Heard]:
    if report is None:
        yield Heard(lambda _: None, keep_all=keep_all)
        return
    with whole_file(report) as stream:
        yield Heard(csv_writer(stream, REPORT), keep_all=keep_all)


def _as_data(job: Import, table: Table, heard: Heard, *, dry_run: bool, worked: bool) -> None:
    rows = {kind: [_row(remark) for remark in heard.kept[kind]] for kind in Kind}
    totals = asdict(job.totals)
    if not dry_run:
        del totals["valid"]
    columns = {"ignored_columns": table.ignored, "unmet_columns": table.unmet}
    told = {"refused_rows": rows[Kind.REFUSED], "notes": rows[Kind.NOTE], **columns}
    say_json({"dry_run": dry_run, **totals, **told, "worker": None if dry_run else worked})


def _row(remark: Remark) -> dict[str, object]:
    return {"row": remark.row, "line": remark.line, "reason": remark.reason}


def _tell(job: Import, table: Table, heard: Heard, *, dry_run: bool, worked: bool) -> None:
    if table.ignored:
        say(f"Columns that no field of a lead goes by, ignored: {', '.join(table.ignored)}.")
    if table.unmet:
        say(f"No row has what --map names: {', '.join(table.unmet)}.")
    _tell_rows(heard, Kind.NOTE, "Taken with a note:")
    _tell_rows(heard, Kind.REFUSED, "Refused:")
    totals = job.totals
    if not totals.rows:
        say("There is no row below the header.")
    elif dry_run:
        say(f"{totals.valid:,} would be taken, {totals.refused:,} refused. Nothing was sent to Temporal.")
    else:
        say(f"{totals.new:,} new, {totals.there:,} there already, {totals.refused:,} refused.")
    if totals.new and not worked:
        sys.stderr.write(f"{NO_WORKER}\n")


def _tell_rows(heard: Heard, kind: Kind, title: str) -> None:
    if not heard.count[kind]:
        return
    say(title)
    for remark in heard.kept[kind]:
        say(f"  {one_line(remark.reason, 400)}")
    more = heard.count[kind] - len(heard.kept[kind])
    if more:
        say(f"  … and {more:,} more; --report FILE writes them all.")


# --- export --------------------------------------------------------------------------------------------------------


def export(
    closed: Annotated[
        bool, typer.Option("--closed", help="The closed leads and how they ended, not the queue.")
    ] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, not CSV.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, which is whole or not there.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Came in (--closed: was closed) at TIME or later, e.g. 2026-11-24."),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="… and before TIME; UTC unless it says.")] = None,
    with_lead: Annotated[
        bool, typer.Option("--with-lead", help="Add company, name, e-mail and country: personal data.")
    ] = False,
) -> None:
    """Write the queue, or the closed leads, as a table. No personal data unless you ask for it."""
    wanted = Wanted(closed, with_lead, time_of("--since", since), time_of("--until", until))
    found = settings()
    with whole_file(output) if output else contextlib.nullcontext(sys.stdout) as stream:
        number = run(_export(found, wanted, stream, jsonl=jsonl))
    if output:
        say(f"{number:,} leads written to {output}.")


async def _export(found: Settings, wanted: Wanted, stream: TextIO, *, jsonl: bool) -> int:
    client = await _connected(found)
    write = jsonl_writer(stream) if jsonl else csv_writer(stream, wanted.columns)
    number = 0
    total = await count(client, wanted) if sys.stderr.isatty() else None
    with progress(total, lambda: (number, f"{number:,} leads")) as step:
        async for row in rows(client, wanted):
            write(row)
            number += 1
            step()
    return number
