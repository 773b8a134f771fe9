"""What could stop the archive, or make it tell something else than it kept. No server is needed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.audit import archiving
from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.archiving import Archiver
from leadbraid.audit.bundle import make_bundle
from leadbraid.audit.history import Run, read_files
from leadbraid.audit.kept import newest_kept, signed_bundle
from leadbraid.audit.keys import archive_key
from leadbraid.audit.verify import verify_bytes
from leadbraid.cli import main
from leadbraid.errors import AuditError, NotFoundError
from leadbraid.models import ArchiveReport, ArchiveTask, LeftOver
from leadbraid.settings import Settings
from leadbraid.signing import SigningKey

HISTORIES = Path(__file__).parent / "replay" / "histories"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY, FORGER = SigningKey.new(), SigningKey.new()


def runs(*names: str) -> list[Run]:
    return [Run(events) for events in read_files(HISTORIES / f"{name}.json" for name in names)]


APPROVED, REJECTED = runs("approved", "approved.delivery"), runs("rejected")
LEAD = APPROVED[0].workflow_id


# --- one lead never stops the others -------------------------------------------------------------------------------


class Temporal:
    """A client whose list has these leads; those in ``gone`` it has forgotten meanwhile."""

    def __init__(self, *leads: str, gone: str = "") -> None:
        self._leads = leads
        self._gone = gone
        self.asked: list[str] = []

    async def list_workflows(self, query: str, page_size: int = 0, limit: int = 0) -> AsyncIterator[Any]:
        if "LeadFollowUp" not in query:
            return
        self.asked.append(query)
        for n, lead in enumerate(self._leads):
            yield SimpleNamespace(id=lead, run_id="run", close_time=NOON + timedelta(seconds=n))

    def get_workflow_handle(self, lead: str) -> Any:
        async def describe() -> Any:
            if lead == self._gone:
                raise RPCError("workflow not found", RPCStatusCode.NOT_FOUND, b"")
            return SimpleNamespace(status=None, run_id="run")

        return SimpleNamespace(describe=describe)


async def passed(
    monkeypatch: pytest.MonkeyPatch, folder: Path, temporal: Temporal, task: ArchiveTask = ArchiveTask(), **raises: Any
) -> ArchiveReport:
    """One pass; ``raises``: what the histories of a lead end in."""

    async def fetched(_: Any, lead: str) -> list[Run]:
        if lead in raises:
            raise raises[lead]
        return APPROVED

    monkeypatch.setattr(archiving, "fetch_runs", fetched)
    archiver = Archiver(temporal, ArchiveFolder(folder), lambda: KEY)  # type: ignore[arg-type]
    return await archiver.archive_closed(task, lambda: NOON, stop_at=NOON + timedelta(hours=1), beat=lambda _: None)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (AuditError("no history of ours"), "no history of ours"),
        (RuntimeError("words of a lead"), "RuntimeError: a fault of this program"),
    ],
    ids=["told", "fault"],
)
async def test_lead_that_cannot_be_archived_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, says: str
) -> None:
    report = await passed(monkeypatch, tmp_path, Temporal("bad", "good"), bad=error)
    assert (report.kept, [one.lead_id for one in report.left]) == (1, ["bad"])
    assert says in report.left[0].why
    assert "words of a lead" not in report.left[0].why
    assert report.since == NOON + timedelta(seconds=1)


async def test_lead_deleted_before_it_was_archived_is_let_go(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    left = LeftOver(lead_id="gone", why="its delivery is open", failed=False, since=NOON)
    task = ArchiveTask(since=NOON, left=(left,))
    report = await passed(monkeypatch, tmp_path, Temporal("good", gone="gone"), task)
    assert (report.kept, report.left) == (1, ())
    report = await passed(monkeypatch, tmp_path, Temporal("later"), task, gone=NotFoundError("no such lead"))
    assert (report.kept, report.left) == (1, ())


async def test_bundle_that_would_not_verify_is_not_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It would be found out when the histories are gone."""
    monkeypatch.setattr(archiving, "make_bundle", lambda *_, **__: make_bundle(APPROVED, key=FORGER))
    report = await passed(monkeypatch, tmp_path, Temporal(LEAD))
    assert (report.kept, report.left[0].why) == (0, "Its bundle does not verify: it is unknown key.")
    assert ArchiveFolder(tmp_path).of(LEAD) == []


async def test_pass_goes_on_from_where_the_folder_has_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The last pass may have filled another folder, or this one before it was emptied, or brought back."""
    temporal, late = Temporal("one"), ArchiveTask(since=NOON + timedelta(days=1))
    report = await passed(monkeypatch, tmp_path, temporal)
    assert "CloseTime" not in temporal.asked[-1], "the first of all"
    assert ArchiveFolder(tmp_path).through() == report.since == NOON
    await passed(monkeypatch, tmp_path, temporal, late)
    assert "CloseTime >= '2026-11-24T11:00" in temporal.asked[-1], "brought back from a backup: an hour before its last"
    (tmp_path / "through.txt").write_text("nonsense")
    await passed(monkeypatch, tmp_path, temporal, late)
    assert "CloseTime" not in temporal.asked[-1]
    emptied = tmp_path / "emptied"
    assert (await passed(monkeypatch, emptied, temporal, late)).kept == 1
    assert "CloseTime" not in temporal.asked[-1]
    assert (emptied / "through.txt").stat().st_mode & 0o077 == 0


async def test_pass_by_hand_looks_at_all_and_leaves_the_schedule_to_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    temporal = Temporal("one")
    await passed(monkeypatch, tmp_path, temporal)
    archiver = Archiver(temporal, ArchiveFolder(tmp_path), lambda: KEY)  # type: ignore[arg-type]
    (tmp_path / "through.txt").unlink()
    assert (await archiver.archive_all(lambda: NOON, beat=lambda _: None)).kept == 0
    assert "CloseTime" not in temporal.asked[-1]
    assert ArchiveFolder(tmp_path).through() is None, "what failed by hand is the schedule's to try again"


# --- the key -------------------------------------------------------------------------------------------------------


def test_all_who_come_first_get_the_same_whole_key(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lambda _: archive_key(settings).id, range(32)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["archive-key.pem"]


def test_key_that_a_killed_process_began_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "archive-key.pem.0123456789abcdef").write_bytes(b"-----BEGIN")
    assert archive_key(Settings(home=tmp_path)).id


# --- what it answers -----------------------------------------------------------------------------------------------


def archive_of(folder: Path, **bundles: bytes) -> ArchiveFolder:
    """An archive in which each of these is kept as a bundle of the approved lead."""
    archive = ArchiveFolder(folder)
    for run, bundle in bundles.items():
        assert archive.keep(LEAD, run, bundle)
    return archive


def bundle(of: list[Run] = APPROVED, *, key: SigningKey | None = KEY, hours: int = 0) -> bytes:
    return make_bundle(of, archived_at=NOON + timedelta(hours=hours), key=key)[0]


def test_newest_bundle_answers(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, b=bundle(), a=bundle(hours=1))
    found = newest_kept(archive, LEAD, [KEY.public])
    assert found is not None
    assert found.head.archived_at == NOON + timedelta(hours=1)
    assert newest_kept(archive, "lead-0123456789abcdef", [KEY.public]) is None


@pytest.mark.parametrize("key", [None, FORGER], ids=["unsigned", "own key"])
def test_bundle_that_somebody_put_beside_comes_after_one_of_a_known_key(tmp_path: Path, key: SigningKey | None) -> None:
    archive = archive_of(tmp_path, real=bundle(), forged=bundle(key=key, hours=9))
    found = newest_kept(archive, LEAD, [KEY.public])
    assert found is not None
    assert (found.verified.level, found.head.archived_at) == ("unchanged", NOON)


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (bundle(REJECTED), f"it is that of {REJECTED[0].workflow_id}"),
        (bundle(key=None), "it is not signed"),
        (bundle()[:-40], "unpacked"),
    ],
    ids=["another lead's", "unsigned", "cut"],
)
def test_bundle_that_is_not_what_it_should_be_answers_nothing(tmp_path: Path, kept: bytes, says: str) -> None:
    with pytest.raises(AuditError, match=says):
        newest_kept(archive_of(tmp_path, run=kept), LEAD, [KEY.public])


def test_key_that_is_not_known_here_is_told_as_that(tmp_path: Path) -> None:
    found = newest_kept(archive_of(tmp_path, run=bundle()), LEAD, [])
    assert found is not None
    assert found.verified.level == "unknown key"


def test_archive_answers_and_gives_its_signed_bundle_where_temporal_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No server at all: the audit outlives it."""
    key = archive_key(Settings(home=tmp_path))
    archive_of(tmp_path / "archive", run=bundle(key=key))
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LEADBRAID_HOME", str(tmp_path))
    assert main(["audit", LEAD]) == 0
    told = capfd.readouterr()
    assert "A reply was sent to `approved@example.com`" in told.out
    assert "No Temporal server is known" in told.err
    assert f"Unchanged since archived by key {key.id}." in told.err
    taken = tmp_path / "taken.zip"
    assert main(["audit", LEAD, "--bundle", str(taken)]) == 0
    assert taken.read_bytes() == bundle(key=key)
    assert main(["audit", "lead-0123456789abcdef"]) == 1
    assert main(["audit", LEAD, "--bundle", str(taken), "--format", "json"]) == 2


def test_signed_bundle_is_taken_where_it_holds_exactly_these_runs(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, run=bundle())
    assert signed_bundle(archive, APPROVED) == bundle()
    assert signed_bundle(archive, APPROVED[:1]) is None, "another delivery, or a reset: a new one is made"
    assert verify_bytes("x", bundle(), APPROVED, [KEY.public]).level == "unchanged"
