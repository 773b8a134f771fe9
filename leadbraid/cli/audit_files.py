"""Of `audit`: verifying, the archive and its key, and many accounts at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from temporalio.client import Client, WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError

from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.archiving import Archiver
from leadbraid.audit.fetching import fetch_runs
from leadbraid.audit.history import Run
from leadbraid.audit.keys import archive_key, known_keys
from leadbraid.audit.recall import Kept, bundle_of, recall
from leadbraid.audit.record import make_record
from leadbraid.audit.rendering import Format, rendered
from leadbraid.audit.verify import read_bounded, verify_bytes
from leadbraid.bulk.writing import whole_file
from leadbraid.cli.console import UsageError, now, run, say, say_json, settings, time_of
from leadbraid.cli.progress import progress
from leadbraid.engine.connection import connect
from leadbraid.engine.listing import quoted_time
from leadbraid.errors import EngineError, InputError, LeadbraidError, NotFoundError
from leadbraid.models import ArchiveReport, ArchiveTask, State
from leadbraid.models.visible import one_line
from leadbraid.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


def write(path: Path, data: bytes) -> None:
    """A file that is whole or not there, for its owner only.

    Raises:
        InputError: It cannot be written.
    """
    with whole_file(path) as stream:
        stream.buffer.write(data)


# --- verifying -----------------------------------------------------------------------------------------------------


def verify(path: Path, runs: Sequence[Run], key: Path | None, *, as_json: bool) -> None:
    """Say what was checked, what was found and what it proves; exit status 1 unless it holds."""
    found = verify_bytes(str(path), read_bounded(path), runs, known_keys(settings(), key))
    if key and found.level == "consistent":
        found.level, found.proof = "changed", "A key was named with --key, and it is not signed."
    if as_json:
        say_json(asdict(found) | {"file": str(path), "holds": found.holds})
    else:
        say(f"{path}{f': {one_line(found.lead_id, 60)}' if found.lead_id else ''}")
        for one in found.checked:
            say(f"  checked  {one_line(one, 300)}")
        for one in found.findings:
            say(f"  WRONG    {one_line(one, 400)}")
        say(found.proof)
    if not found.holds:
        raise typer.Exit(1)


def from_archive(lead: str, found: Settings, why: LeadbraidError) -> Kept:
    """The newest bundle of a lead that Temporal does not tell of; says so, and what the bundle proves.

    Raises:
        LeadbraidError: ``why``, where the archive has none either.
        AuditError: None of its bundles is what it was.
    """
    kept = recall(ArchiveFolder(found.archive_folder), lead, known_keys(found, None))
    if kept is None:
        raise why
    when = f"{kept.head.archived_at:%Y-%m-%d %H:%M} UTC" if kept.head.archived_at else "an unknown time"
    gone = isinstance(why, NotFoundError)
    told = (
        *(["Temporal has no such lead any more."] if gone else [str(why), "What came later is not in this:"]),
        f"From its bundle {kept.name}, of {when}. {kept.proof}",
        *kept.others,
    )
    sys.stderr.write("".join(f"{one}\n" for one in told))
    return kept


# --- the archive and its key ---------------------------------------------------------------------------------------


def key(as_json: Json = False) -> None:
    """The public key of this machine's archive, to be kept elsewhere; made at first use."""
    found = archive_key(settings())
    if as_json:
        say_json({"key": found.id, "public": found.public, "pem": found.public_pem.decode()})
        return
    sys.stderr.write(f"Key {found.id}. Keep this where whoever can write the archive cannot:\n")
    say(found.public_pem.decode().rstrip())


def archive(as_json: Json = False) -> None:
    """Give every closed lead that has none its bundle, now; the schedule does the same every few minutes."""
    report = run(_archive(settings()))
    if as_json:
        say_json(report.model_dump(mode="json"))
    else:
        say(f"{report.kept:,} {'bundle' if report.kept == 1 else 'bundles'} kept.")
        for one in report.left:
            say(f"  {one.lead_id}: {one_line(one.why, 300)}{'' if one.failed else ' (not archived yet)'}")
    if any(one.failed for one in report.left):
        raise typer.Exit(1)


async def _archive(found: Settings) -> ArchiveReport:
    client = await connect(found)
    archiver = Archiver(client, ArchiveFolder(found.archive_folder), lambda: archive_key(found))
    seen = 0

    def beat(_: str) -> None:
        nonlocal seen
        seen += 1
        step()

    with progress(None, lambda: (seen, f"{seen:,} leads")) as step:
        try:
            return await archiver.archive_closed(ArchiveTask(), now, stop_at=now() + timedelta(days=1), beat=beat)
        except RPCError as error:
            raise EngineError(f"Temporal's list does not answer: {error.message}.") from None


# --- many accounts -------------------------------------------------------------------------------------------------

BUNDLE = "bundle"
FORMS = (*(form.value for form in Format), BUNDLE)


def export(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Where the accounts go.")],
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Leads that came in at TIME or later, e.g. 2026-11-24.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="… and before TIME; UTC unless it says.")] = None,
    state: Annotated[
        str | None, typer.Option(metavar="STATE", help="Only those in this state, e.g. sent or rejected.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help=f"{', '.join(FORMS)}.")] = Format.HTML.value,
    as_json: Json = False,
) -> None:
    """The accounts of many leads. Run again, it goes on: closed leads that are there already are left alone."""
    if form not in FORMS:
        raise UsageError(f"--format {one_line(form, 40)} is none of {', '.join(FORMS)}.")
    if state is not None and state not in set(State):
        raise UsageError(f"--state {one_line(state, 40)} is none of {', '.join(State)}.")
    query = _query(time_of("--since", since), time_of("--until", until), state)
    found = settings()
    job = _Export(output, form, found)
    run(job.run(query))
    if as_json:
        say_json({"written": job.written, "there": job.there, "failed": job.failed, "folder": str(output)})
    else:
        say(f"{job.written:,} written to {output}, {job.there:,} there already, {len(job.failed):,} failed.")
        for lead_id, why in job.failed.items():
            sys.stderr.write(f"{lead_id}: {one_line(why, 300)}\n")
    if job.failed:
        raise typer.Exit(1)


def _query(since: datetime | None, until: datetime | None, state: str | None) -> str:
    parts = ["WorkflowType='LeadFollowUp'", "ExecutionStatus != 'ContinuedAsNew'"]
    for sign, at in ((">=", since), ("<", until)):
        parts += [f"StartTime {sign} {quoted_time(at)}"] if at else []
    parts += [f"LeadState='{state}'"] if state else []
    return " AND ".join(parts)


class _Export:
    """Accounts into a folder, one file a lead."""

    def __init__(self, folder: Path, form: str, found: Settings) -> None:
        self._settings = found
        self._archive, self._keys = ArchiveFolder(found.archive_folder), known_keys(found, None)
        self._folder = folder
        self._form = form
        self._ending = ".zip" if form == BUNDLE else Format(form).ending
        self.written = self.there = 0
        self.failed: dict[str, str] = {}
        self._seen: set[str] = set()

    async def run(self, query: str) -> None:
        client = await connect(self._settings)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            total = (await client.count_workflows(query)).count
            with progress(total, lambda: (len(self._seen), f"{self.written:,} written")) as step:
                async for one in client.list_workflows(query, page_size=1000):
                    if one.id not in self._seen:  # a lead that was reset is listed once for each run
                        self._seen.add(one.id)
                        await self._one(client, one)
                        step()
        except RPCError as error:
            raise EngineError(f"Temporal does not answer ({error.message}); run it again to go on.") from None
        except OSError as error:
            raise InputError(f"{self._folder} cannot be used: {error.strerror}.") from None

    async def _one(self, client: Client, one: WorkflowExecution) -> None:
        if not one.id.replace("-", "").isalnum():  # anybody who reaches Temporal names a workflow as they like
            self.failed[one_line(one.id, 100)] = "no lead of ours"
            return
        path = self._folder / f"{one.id}{self._ending}"
        if self._is_there(path, one):
            self.there += 1
            return
        try:
            runs = await fetch_runs(client, one.id)
            write(path, self._written(runs))
            self.written += 1
        except LeadbraidError as error:
            self.failed[one.id] = str(error)

    def _written(self, runs: Sequence[Run]) -> bytes:
        if self._form == BUNDLE:
            return bundle_of(self._archive, runs, self._keys)[0]
        return rendered(make_record(runs), Format(self._form))

    def _is_there(self, path: Path, one: WorkflowExecution) -> bool:
        """Written after the lead had closed; what is told of an open lead may have changed."""
        if one.status is WorkflowExecutionStatus.RUNNING or one.close_time is None or not path.exists():
            return False
        return path.stat().st_mtime > one.close_time.timestamp()
