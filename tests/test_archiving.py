"""Passes over the closed leads, without a server: what one leaves to the next, and what must not stop it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.audit import archiving
from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.archiving import LEFT_AT_MOST, Archiver
from leadbraid.audit.bundle import make_bundle
from leadbraid.audit.history import Run, read_files
from leadbraid.audit.keys import archive_key
from leadbraid.audit.recall import bundle_of, recall
from leadbraid.audit.verify import verify_bytes
from leadbraid.errors import AuditError
from leadbraid.models import ArchiveReport, ArchiveTask
from leadbraid.settings import Settings
from leadbraid.signing import SigningKey

HISTORIES = Path(__file__).parent / "replay" / "histories"
KEY = SigningKey.new()
FORGER = SigningKey.new()
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
LATER = FIRST + timedelta(days=400)


def runs(name: str = "approved") -> list[Run]:
    return [Run(events) for events in read_files([HISTORIES / f"{name}.json", HISTORIES / f"{name}.delivery.json"])]


@dataclass
class Server:
    """Closed leads with the times they closed, as Temporal's list and `describe` tell them."""

    closed: dict[str, datetime] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    listed: int = 0

    def _between(self, query: str) -> list[tuple[str, datetime]]:
        def bound(sign: str, default: datetime) -> datetime:
            _, found, rest = query.partition(f"CloseTime {sign} '")
            return datetime.fromisoformat(rest.split("'")[0]) if found else default

        since, until = bound(">=", FIRST - timedelta(days=9000)), bound("<", LATER + timedelta(days=9000))
        return [(name, at) for name, at in self.closed.items() if since <= at < until]

    async def count_workflows(self, query: str) -> Any:
        return SimpleNamespace(count=len(self._between(query)))

    async def list_workflows(self, query: str, **_: Any) -> AsyncIterator[Any]:
        if "LeadFollowUp" not in query:
            return  # there are no passes of long ago
        for name, at in sorted(self._between(query), key=lambda one: one[1], reverse=True):
            self.listed += 1
            yield SimpleNamespace(id=name, run_id="run-1", close_time=at)

    def get_workflow_handle(self, name: str) -> Any:
        async def describe() -> Any:
            if name in self.gone:
                raise RPCError("not found", RPCStatusCode.NOT_FOUND, b"")
            return SimpleNamespace(status=WorkflowExecutionStatus.COMPLETED, run_id="run-1")

        return SimpleNamespace(describe=describe)


class Bench:
    """An archiver over such a server; ``trouble`` tells what goes wrong with which lead."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server = Server()
        self.folder = ArchiveFolder(folder / "archive")
        self.trouble: dict[str, Exception] = {}
        self.archiver = Archiver(self.server, self.folder, lambda: KEY)  # type: ignore[arg-type]
        self.report = ArchiveReport()

        async def fetch(_: Any, lead_id: str) -> list[Run]:
            if lead_id in self.trouble:
                raise self.trouble[lead_id]
            return []

        def make(*_: Any, **__: Any) -> Any:
            return b"PK", SimpleNamespace(digest="d", key="k")

        monkeypatch.setattr(archiving, "fetch_runs", fetch)
        monkeypatch.setattr(archiving, "proved_bundle", make)

    def closes(self, count: int, since: datetime = FIRST) -> list[str]:
        names = [f"lead-{len(self.server.closed) + n:04x}" for n in range(count)]
        self.server.closed |= {name: since + timedelta(hours=n) for n, name in enumerate(names)}
        return names

    async def pass_(self, seconds: int = 10**6) -> ArchiveReport:
        """Each look at the clock takes a second."""
        clock = iter(LATER + timedelta(seconds=n) for n in range(10**6))
        task = ArchiveTask(since=self.report.since, left=self.report.left)
        stop_at = LATER + timedelta(seconds=seconds)
        self.report = await self.archiver.archive_closed(
            task, lambda: next(clock), stop_at=stop_at, beat=lambda _: None
        )
        return self.report

    def kept(self) -> set[str]:
        return {path.name.split(".")[0] for path in self.folder.folder.glob("*/*.zip")}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return Bench(tmp_path, monkeypatch)


async def test_years_of_closed_leads_are_gone_through_in_windows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "LISTED_AT_MOST", 10)
    names = bench.closes(200)
    report = await bench.pass_()
    assert (bench.kept(), report.kept, report.more) == (set(names), 200, False)
    bench.server.listed = 0
    assert (await bench.pass_()).kept == 0
    assert bench.server.listed <= 10, "a pass with nothing to do lists the last hour only"


async def test_pass_that_is_out_of_time_goes_on_where_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archiving, "LISTED_AT_MOST", 10)
    names = bench.closes(60)
    passes = 1
    while (await bench.pass_(seconds=40)).more:
        passes += 1
    assert bench.kept() == set(names)
    assert 3 <= passes <= 10


async def test_lead_that_closed_while_nothing_ran_for_a_month_is_archived(bench: Bench) -> None:
    bench.closes(3)
    await bench.pass_()
    [late] = bench.closes(1, FIRST + timedelta(days=33))
    await bench.pass_()
    assert late in bench.kept()


async def test_deleted_lead_does_not_stop_the_others(bench: Bench) -> None:
    """Temporal's list may still have it; what is left of a pass before may, too."""
    first, second, third = bench.closes(3)
    bench.trouble[second] = AuditError("no")
    bench.server.gone.add(first)
    assert [one.lead_id for one in (await bench.pass_()).left] == [second]
    bench.server.gone.add(second)
    assert (await bench.pass_()).left == ()
    assert bench.kept() == {third}


async def test_lead_that_nobody_thought_of_does_not_stop_the_others(bench: Bench) -> None:
    first, second = bench.closes(2)
    bench.trouble[first] = ZeroDivisionError("kim@example.com")
    [left] = (await bench.pass_()).left
    assert (left.lead_id, left.failed, "kim" in left.why) == (first, True, False)
    assert bench.kept() == {second}


def test_bundle_that_would_not_verify_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be found out when the histories are gone."""
    bundle, head = archiving.proved_bundle(runs(), FIRST, KEY)
    assert (head.key, verify_bytes("x", bundle, (), (KEY.public,)).level) == (KEY.id, "unchanged")
    monkeypatch.setattr(archiving, "make_bundle", lambda *_, **__: make_bundle(runs(), key=SigningKey.new()))
    with pytest.raises(AuditError, match="does not verify: it is unknown key"):
        archiving.proved_bundle(runs(), FIRST, KEY)


async def test_many_in_trouble_do_not_keep_the_others_from_their_bundles(bench: Bench) -> None:
    """And none of them is forgotten, whether it is carried by name or not."""
    troubled = bench.closes(LEFT_AT_MOST + 20)
    [good] = bench.closes(1, FIRST + timedelta(days=60))
    bench.trouble = dict.fromkeys(troubled, AuditError("disk"))
    report = await bench.pass_()
    assert (len(report.left), bench.kept()) == (LEFT_AT_MOST, {good})
    await bench.pass_()
    bench.trouble.clear()
    report = await bench.pass_()
    report = await bench.pass_()
    assert (report.left, bench.kept()) == ((), {*troubled, good})


async def test_what_is_left_stays_small(bench: Bench) -> None:
    """It is a result in Temporal, and the next pass's input: 2 MB are the limit."""
    bench.trouble = dict.fromkeys(bench.closes(LEFT_AT_MOST), AuditError("x" * 5000))
    assert len((await bench.pass_()).model_dump_json()) < 400_000


# --- what is kept --------------------------------------------------------------------------------------------------


def test_archive_is_for_its_owner_only_from_the_top(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path / "deep" / "archive")
    folder.keep("lead-ab01", "run", b"PK")
    assert [one.stat().st_mode & 0o777 for one in (folder.folder, folder.folder / "ab")] == [0o700, 0o700]


def test_ids_of_hostile_workflows_are_no_paths(tmp_path: Path) -> None:
    folder = ArchiveFolder(tmp_path / "archive")
    for lead_id, run_id in (("lead-/../../x", "run"), ("lead-ab01", "../x"), ("..", "run"), ("lead-äb", "run")):
        with pytest.raises(AuditError, match="no lead of ours"):
            folder.keep(lead_id, run_id, b"PK")
    assert not folder.has("lead-/../../x", "run")
    assert not folder.folder.exists()


async def test_key_is_one_for_all_who_come_at_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    keys = await asyncio.gather(*(asyncio.to_thread(archive_key, settings) for _ in range(8)))
    assert len({key.id for key in keys}) == 1
    assert [one.name for one in settings.home.iterdir()] == ["archive-key.pem"]


def test_key_half_written_by_a_killed_process_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(home=tmp_path)

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("leadbraid.signing.key._fill", killed)
        archive_key(settings)
    assert archive_key(settings).id == archive_key(settings).id


@pytest.fixture
def archive(tmp_path: Path) -> ArchiveFolder:
    return ArchiveFolder(tmp_path / "archive")


def test_signed_bundle_counts_before_one_that_somebody_put_beside_it(archive: ArchiveFolder) -> None:
    lead = runs()[0].workflow_id
    signed, _ = make_bundle(runs(), archived_at=FIRST, key=KEY)
    archive.keep(lead, "run-1", signed)
    for n, key in enumerate((None, FORGER), 2):
        archive.keep(lead, f"run-{n}", make_bundle(runs(), archived_at=LATER, key=key)[0])
    kept = recall(archive, lead, [KEY.public])
    assert kept
    assert (kept.data, kept.signed, kept.others) == (signed, True, ())
    unknown = recall(archive, lead, [])
    assert unknown
    assert not unknown.signed
    assert "no proof" in unknown.proof


def test_bundle_of_another_lead_is_not_taken_for_this_one(archive: ArchiveFolder) -> None:
    other, _ = make_bundle(runs("edited"), archived_at=FIRST, key=KEY)
    archive.keep(runs()[0].workflow_id, "run-1", other)
    with pytest.raises(AuditError, match="it is the bundle of"):
        recall(archive, runs()[0].workflow_id, [KEY.public])


def test_broken_bundle_beside_a_good_one_is_told(archive: ArchiveFolder) -> None:
    lead = runs()[0].workflow_id
    signed, _ = make_bundle(runs(), archived_at=FIRST, key=KEY)
    archive.keep(lead, "run-1", signed)
    archive.keep(lead, "run-2", signed[:-100])
    kept = recall(archive, lead, [KEY.public])
    assert kept
    assert (kept.data, len(kept.others)) == (signed, 1)
    assert "run-2" in kept.others[0]
    assert recall(archive, "lead-none", [KEY.public]) is None


def test_bundle_asked_for_by_hand_is_the_archives_where_it_is_the_same(archive: ArchiveFolder) -> None:
    lead, delivery = runs()
    signed, _ = make_bundle([lead, delivery], archived_at=FIRST, key=KEY)
    assert bundle_of(archive, [lead, delivery], [KEY.public])[1] is False
    archive.keep(lead.workflow_id, "run-1", signed)
    assert bundle_of(archive, [lead, delivery], [KEY.public]) == (signed, True)
    assert bundle_of(archive, [lead], [KEY.public])[1] is False, "not the same histories"
    assert bundle_of(archive, [lead, delivery], [FORGER.public])[1] is False, "nothing is proved by it"
