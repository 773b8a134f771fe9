"""The archive: every closed lead gets one bundle, however it ended, and answers when Temporal has forgotten it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kit import Silent, a_lead, approval, decide, in_state, outcome_of, start_lead, until, working
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest, ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle

from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.archiving import OVERLAP, PASSES_KEPT, Archiver
from leadbraid.audit.bundle import Head
from leadbraid.audit.keys import archive_key, known_keys
from leadbraid.audit.schema import AuditRecord
from leadbraid.audit.verify import record_in, verify_bytes
from leadbraid.cli import main
from leadbraid.doctor.archive import archive_schedule_runs
from leadbraid.doctor.check import Health
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.engine.schedule import archive_schedule, ensure_archive_schedule
from leadbraid.errors import AuditError
from leadbraid.models import ArchiveReport, ArchiveTask, State
from leadbraid.settings import Settings

Handle = WorkflowHandle[Any, Any]
BUNDLE = b"PK bytes"


# --- the folder ----------------------------------------------------------------------------------------------------


def test_bundle_is_kept_once_and_for_its_owner_only(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path / "archive")
    assert folder.keep("lead-ab01", "run", BUNDLE)
    assert not folder.keep("lead-ab01", "run", b"others")
    path = folder.path("lead-ab01", "run")
    assert path.read_bytes() == BUNDLE
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [data for _, data in folder.of("lead-ab01")] == [BUNDLE]
    assert folder.of("lead-ab0") == []
    assert folder.of("../../etc") == folder.of("lead-*") == []


def test_what_a_killed_process_left_is_no_bundle_and_goes_after_a_day(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path)
    folder.keep("lead-ab01", "run", BUNDLE)
    young, old = tmp_path / "ab" / ".part-young", tmp_path / "ab" / ".part-old"
    for part in (young, old):
        part.write_bytes(b"PK")
    os.utime(old, (time.time() - 90_000,) * 2)
    folder.tidy()
    assert young.exists()
    assert not old.exists()
    assert len(folder.of("lead-ab01")) == 1


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AuditError, match="LEADBRAID_ARCHIVE"):
        ArchiveFolder(tmp_path / "file").keep("lead-ab01", "run", BUNDLE)


def test_key_is_made_once_and_known_from_then_on(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert known_keys(settings, None) == []
    key = archive_key(settings)
    assert archive_key(settings).id == key.id
    assert (tmp_path / "archive-key.pem").stat().st_mode & 0o777 == 0o600
    public = tmp_path / "public.pem"
    public.write_bytes(key.public_pem)
    assert known_keys(Settings(home=tmp_path / "elsewhere"), public) == known_keys(settings, None) == [key.public]
    public.write_text("nothing")
    with pytest.raises(AuditError, match="holds no public key"):
        known_keys(settings, public)


# --- on the real server --------------------------------------------------------------------------------------------


async def sent(client: Client, email: str) -> Handle:
    handle = await start_lead(client, a_lead(email=email))
    await decide(handle, approval(await in_state(handle, State.IN_REVIEW)))
    await outcome_of(handle)
    return handle


async def reset(client: Client, handle: Handle) -> None:
    """Back to the first task of its newest run."""
    ends = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    event = next(e for e in (await handle.fetch_history()).events if e.event_type == ends)
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=handle.id),
        reason="test",
        workflow_task_finish_event_id=event.event_id,
        request_id=f"{handle.id}-{time.monotonic_ns()}",
    )
    await client.workflow_service.reset_workflow_execution(request)


class Bench:
    """An archive, and passes over the leads that closed since the test began."""

    def __init__(self, client: Client, home: Path) -> None:
        self.settings = Settings(home=home)
        self.folder = ArchiveFolder(self.settings.archive_folder)
        self.archiver = Archiver(client, self.folder, lambda: archive_key(self.settings))
        self.task = ArchiveTask(since=datetime.now(UTC) + OVERLAP)

    async def pass_(self, *, now: datetime | None = None, **more: Any) -> ArchiveReport:
        stop_at = (now or datetime.now(UTC)) + timedelta(hours=1)
        return await self.archiver.archive_closed(
            self.task, lambda: now or datetime.now(UTC), **{"stop_at": stop_at, "beat": lambda _: None, **more}
        )

    async def until_kept(self, count: int) -> list[ArchiveReport]:
        """Temporal's list may be behind."""
        reports: list[ArchiveReport] = []

        async def enough() -> bool:
            reports.append(await self.pass_())
            return sum(one.kept for one in reports) >= count

        await until(enough)
        return reports

    def records(self, handle: Handle) -> list[tuple[AuditRecord, Head]]:
        found = []
        for name, data in self.folder.of(handle.id):
            verified = verify_bytes(name, data, [], known_keys(self.settings, None))
            assert (verified.findings, verified.level) == ([], "unchanged")
            found.append(record_in(name, data))
        return found


@pytest.fixture
async def bench(client: Client, tmp_path: Path) -> AsyncIterator[Bench]:
    async with working(client, tmp_path):
        yield Bench(client, tmp_path)


@pytest.mark.server
async def test_each_closed_lead_gets_one_bundle_however_it_ended(client: Client, bench: Bench) -> None:
    done = await sent(client, "done@example.com")
    cancelled, terminated, waits = [
        await start_lead(client, a_lead(email=f"{name}@example.com")) for name in ("cancelled", "terminated", "waits")
    ]
    for handle in (cancelled, terminated, waits):
        await in_state(handle, State.IN_REVIEW)
    await cancelled.cancel()
    await outcome_of(cancelled)
    await terminated.terminate(reason="by hand")
    reports = await bench.until_kept(3)
    assert all(one.left == () for one in reports)
    [(record, head)] = bench.records(done)
    assert (record.state, record.ended, record.notes) == (State.SENT, "completed", ())
    assert record.deliveries[0].attempts
    assert head.archived_at
    assert bench.records(cancelled)[0][0].state is State.CANCELLED
    assert (bench.records(terminated)[0][0].ended, bench.records(terminated)[0][0].reason) == ("terminated", "by hand")
    assert bench.records(waits) == []
    assert (await bench.pass_()).kept == 0

    await reset(client, done)
    assert (await bench.pass_()).kept == 0, "it is open again"
    await decide(done, approval(await in_state(done, State.IN_REVIEW)))
    await outcome_of(done)
    await bench.until_kept(1)
    both = bench.records(done)
    assert len(both) == 2
    assert sorted(len(record.runs) for record, _ in both) == [2, 3], "the newer one holds both runs"
    await waits.terminate()


@pytest.mark.server
async def test_lead_that_temporal_has_forgotten_still_answers(
    client: Client, bench: Bench, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    handle = await sent(client, "forgotten@example.com")
    await bench.until_kept(1)
    for name in (handle.id, f"delivery-{handle.id.removeprefix('lead-')}-1"):
        request = DeleteWorkflowExecutionRequest(
            namespace=client.namespace, workflow_execution=WorkflowExecution(workflow_id=name)
        )
        await client.workflow_service.delete_workflow_execution(request)

    async def gone() -> bool:
        return not [one async for one in client.list_workflows(f"WorkflowId='{handle.id}'")]

    await until(gone)
    monkeypatch.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    monkeypatch.setenv("LEADBRAID_HOME", str(bench.settings.home))
    assert await asyncio.to_thread(main, ["audit", handle.id]) == 0
    told = capfdbinary.readouterr()
    assert b"A reply was sent to `forgotten@example.com`" in told.out
    assert b"Temporal has no such lead any more" in told.err
    assert b"From its bundle" in told.err
    assert b"Unchanged since archived by key" in told.err
    [(path, data)] = bench.folder.of(handle.id)
    assert await asyncio.to_thread(main, ["audit", "--verify", path]) == 0
    assert b"Unchanged since archived by key" in capfdbinary.readouterr().out
    Path(path).write_bytes(data[:-30])
    assert await asyncio.to_thread(main, ["audit", handle.id]) == 1
    assert len(capfdbinary.readouterr().err.splitlines()) == 1


@pytest.mark.server
async def test_what_failed_is_tried_again_and_told_by_doctor(client: Client, bench: Bench) -> None:
    handle = await sent(client, "trouble@example.com")
    bench.settings.archive_folder.write_text("in the way")

    async def failed() -> ArchiveReport | None:
        report = await bench.pass_()
        return report if report.left else None

    report = await until(failed)
    [left] = report.left
    assert (left.lead_id, left.failed, report.kept) == (handle.id, True, 0)
    bench.task = ArchiveTask(since=report.since, left=report.left)
    assert (await bench.pass_()).left[0].since == left.since
    bench.settings.archive_folder.unlink()
    mended = await bench.pass_()
    assert (mended.kept, mended.left) == (1, ())


@pytest.mark.server
async def test_pass_that_is_out_of_time_goes_on_in_the_next(client: Client, bench: Bench) -> None:
    handles = [await sent(client, f"{n}@many.example.com") for n in range(2)]
    begun: list[str] = []

    async def two_listed() -> ArchiveReport | None:
        begun.clear()
        late = datetime.now(UTC) + timedelta(hours=2)
        report = await bench.pass_(beat=begun.append, stop_at=late)
        return report if report.kept or len(begun) else None

    early = await bench.pass_(stop_at=datetime.now(UTC) - timedelta(seconds=1), beat=begun.append)
    assert (early.kept, begun) == (0, [])
    await until(two_listed)
    await bench.pass_()
    assert all(bench.records(handle) for handle in handles)


@pytest.mark.server
async def test_schedule_is_made_once_and_its_passes_go_on_from_each_other(client: Client, bench: Bench) -> None:
    now = datetime.now(UTC)
    assert (await archive_schedule_runs("archive", client, now)).health is Health.WRONG
    assert await ensure_archive_schedule(client)
    assert not await ensure_archive_schedule(client)
    handle = await sent(client, "schedule@example.com")
    await archive_schedule(client).trigger()
    await until(lambda: _kept(bench, handle))

    async def passed() -> bool:
        found = await archive_schedule_runs("archive", client, datetime.now(UTC))
        return found.health is Health.OK and "kept" in found.text

    await until(passed)
    await archive_schedule(client).pause(note="by hand")
    assert not await ensure_archive_schedule(client)
    paused = await archive_schedule_runs("archive", client, now)
    assert (paused.health, "by hand" in paused.text) == (Health.WRONG, True)
    await archive_schedule(client).delete()


@pytest.mark.server
async def test_passes_of_long_ago_are_deleted(client: Client, bench: Bench) -> None:
    """Else the database of an idle installation grows by 6 MB a day, for as long as leads are kept."""
    old = await client.start_workflow("ArchiveClosed", id="archive-closed-old", task_queue=TASK_QUEUE)
    await old.result()

    async def gone() -> bool:
        await bench.pass_(now=datetime.now(UTC) + PASSES_KEPT + timedelta(hours=1))
        return not [one async for one in client.list_workflows("WorkflowId='archive-closed-old'")]

    await until(gone)


async def _kept(bench: Bench, handle: Handle) -> bool:
    return bool(bench.folder.of(handle.id))


@pytest.mark.server
async def test_lead_that_no_worker_ever_saw_is_archived_too(client: Client, tmp_path: Path) -> None:
    bench = Bench(client, tmp_path)
    handle = await start_lead(client, a_lead(email="unseen@example.com"))
    await handle.terminate(reason="spam")
    late = datetime.now(UTC) + timedelta(hours=1)
    await bench.until_kept(1)
    [(record, _)] = bench.records(handle)
    assert (record.ended, record.reason, record.versions) == ("terminated", "spam", ())
    await ensure_archive_schedule(client)
    await archive_schedule(client).trigger()
    async with working(client, tmp_path):

        async def warned() -> bool:
            return (await archive_schedule_runs("archive", client, late)).health is Health.WARNING

        await until(warned)
    await archive_schedule(client).delete()


@pytest.mark.server
async def test_delivery_that_is_still_open_is_waited_for(client: Client, tmp_path: Path) -> None:
    """A lead that was terminated while nobody knows whether its reply arrived."""
    async with working(client, tmp_path, transport=Silent(tmp_path / "outbox")):
        bench = Bench(client, tmp_path)
        handle = await start_lead(client, a_lead(email="open@example.com"))
        await decide(handle, approval(await in_state(handle, State.IN_REVIEW)))
        await in_state(handle, State.DELIVERY_UNKNOWN)
        await handle.terminate()

        async def left() -> ArchiveReport | None:
            report = await bench.pass_()
            return report if report.left else None

        report = await until(left)
        assert [(one.lead_id, one.failed) for one in report.left] == [(handle.id, False)]
        bench.task = ArchiveTask(since=report.since, left=report.left)
        await client.get_workflow_handle(f"delivery-{handle.id.removeprefix('lead-')}-1").terminate()
        assert (await bench.pass_()).kept == 1
    assert bench.records(handle)[0][0].deliveries[0].fate == "unknown"


@pytest.mark.server
async def test_many_accounts_are_written_and_written_again_only_where_needed(
    client: Client, bench: Bench, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    begun = datetime.now(UTC).isoformat()
    done = await sent(client, "exported@example.com")
    waits = await start_lead(client, a_lead(email="waits2@example.com"))
    await in_state(waits, State.IN_REVIEW)
    monkeypatch.setenv("TEMPORAL_ADDRESS", client.service_client.config.target_host)
    monkeypatch.setenv("LEADBRAID_HOME", str(bench.settings.home))
    folder = tmp_path / "accounts"
    args = ["audit", "export", "--since", begun, "-o", str(folder)]

    async def both() -> bool:
        assert await asyncio.to_thread(main, args) == 0
        return len(list(folder.iterdir())) == 2

    await until(both)
    capfd.readouterr()
    assert await asyncio.to_thread(main, args) == 0
    assert "1 written" in (told := capfd.readouterr().out), told
    assert "1 there already" in told
    assert await asyncio.to_thread(main, [*args, "--state", "sent", "--format", "bundle"]) == 0
    [bundle] = folder.glob("*.zip")
    assert bundle.stem == done.id
    assert await asyncio.to_thread(main, ["audit", "--verify", str(bundle)]) == 0
    assert "no proof against whoever made it" in capfd.readouterr().out
    assert await asyncio.to_thread(main, [*args, "--state", "nowhere"]) == 2
    await waits.terminate()
