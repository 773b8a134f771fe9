"""Commands that verify, and answer from the archive, without any Temporal: what is said, and how they end."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadbraid.audit.archive import ArchiveFolder
from leadbraid.audit.bundle import make_bundle
from leadbraid.audit.history import Run, read_files
from leadbraid.audit.keys import archive_key
from leadbraid.cli import main
from leadbraid.settings import Settings
from leadbraid.signing import SigningKey

HISTORIES = Path(__file__).parent / "replay" / "histories"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
RUNS = [Run(events) for events in read_files(HISTORIES / f"{name}.json" for name in ("approved", "approved.delivery"))]
LEAD = RUNS[0].workflow_id


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose Temporal is down."""
    monkeypatch.setenv("LEADBRAID_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "home"


def signed(home: Path, runs: list[Run] | None = None) -> bytes:
    return make_bundle(runs or RUNS, archived_at=NOON, key=archive_key(Settings(home=home)))[0]


def test_key_is_printed_for_others_to_keep(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "key"]) == 0
    told = capfd.readouterr()
    key = archive_key(Settings(home=home))
    assert told.out.encode() == key.public_pem
    assert key.id in told.err
    assert main(["audit", "key", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {
        "key": key.id,
        "public": key.public,
        "pem": key.public_pem.decode(),
    }


def test_bundle_says_what_it_proves(home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "lead.zip"
    file.write_bytes(signed(home))
    assert main(["audit", "--verify", str(file)]) == 0
    assert f"Unchanged since archived by key {archive_key(Settings(home=home)).id}." in capfd.readouterr().out
    file.write_bytes(make_bundle(RUNS, archived_at=NOON, key=(other := SigningKey.new()))[0])
    assert main(["audit", "--verify", str(file)]) == 1
    assert "not known here" in capfd.readouterr().out
    (tmp_path / "key.pem").write_bytes(other.public_pem)
    assert main(["audit", "--verify", str(file), "--key", str(tmp_path / "key.pem")]) == 0
    capfd.readouterr()
    file.write_bytes(make_bundle(RUNS)[0])
    assert main(["audit", "--verify", str(file), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["level"] == "consistent"
    assert main(["audit", "--verify", str(file), "--key", str(tmp_path / "key.pem")]) == 1
    assert "it is not signed" in capfd.readouterr().out


def test_changed_bundle_ends_with_1_and_names_the_event(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "lead.zip"
    file.write_bytes(signed(home))
    other = str(HISTORIES / "edited.json")
    assert main(["audit", "--verify", str(file), "--history", other, "--json"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert (found["holds"], found["level"], found["lead_id"]) == (False, "changed", LEAD)
    assert any("is not in the record" in one for one in found["findings"])
    bundle = file.read_bytes()
    place = bundle.index(b'"eventId":"7"') + 11
    file.write_bytes(bundle[:place] + b"8" + bundle[place + 1 :])
    assert main(["audit", "--verify", str(file)]) == 1
    told = capfd.readouterr().out
    assert re.search(r"WRONG +delivery-\w+-1, run \S+: event 7 \(workflow task started\) was changed", told), told
    assert told.count("WRONG") == 2, "the file and the event"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x05\x06", "no bundle that can be unpacked"),
        (b"\xff" * 100, "neither a bundle nor a record"),
        (None, "cannot be read"),
    ],
    ids=["cut", "bytes", "nothing"],
)
def test_what_is_no_bundle_is_one_sentence(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], data: bytes | None, says: str
) -> None:
    if data:
        (tmp_path / "x.zip").write_bytes(data)
    for more in ([], ["--json"]):
        assert main(["audit", "--verify", str(tmp_path / "x.zip"), *more]) == 1
        told = capfd.readouterr()
        assert says in told.err
        assert (told.out, len(told.err.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    "args",
    [["lead-0", "--verify", "x.zip"], ["--verify", "x.zip", "--bundle", "y.zip"], ["lead-0", "--key", "k.pem"]],
    ids=["lead", "bundle", "key"],
)
def test_wrong_use_of_verify_is_one_sentence(home: Path, capfd: pytest.CaptureFixture[str], args: list[str]) -> None:
    assert main(["audit", *args]) == 2
    assert len(capfd.readouterr().err.splitlines()) == 1


def test_lead_is_told_from_the_archive_where_temporal_is_down(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", LEAD]) == 1
    assert len(capfd.readouterr().err.splitlines()) == 1
    ArchiveFolder(home / "archive").keep(LEAD, RUNS[0].run_id, signed(home))
    assert main(["audit", LEAD]) == 0
    told = capfd.readouterr()
    assert "A reply was sent to" in told.out
    assert "What came later is not in this" in told.err
    assert "Unchanged since archived by key" in told.err


def test_bundle_of_a_lead_is_the_signed_one_where_the_archive_has_it(
    home: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    histories = [part for one in ("approved", "approved.delivery") for part in ("--history", f"{HISTORIES / one}.json")]
    file = tmp_path / "lead.zip"
    assert main(["audit", *histories, "--bundle", str(file)]) == 0
    assert "not signed" in capfd.readouterr().out
    assert file.read_bytes() == make_bundle(RUNS)[0]
    ArchiveFolder(home / "archive").keep(LEAD, RUNS[0].run_id, signed(home))
    for source in (histories, [LEAD]):
        assert main(["audit", *source, "--bundle", str(file)]) == 0
        assert "as it is in the archive" in capfd.readouterr().out
        assert file.read_bytes() == signed(home)


def test_long_review_makes_one_bundle_of_all_its_runs(home: Path, tmp_path: Path) -> None:
    names = ("continued.first", "continued", "continued.delivery")
    runs = [Run(events) for events in read_files(HISTORIES / f"{name}.json" for name in names)]
    (tmp_path / "long.zip").write_bytes(signed(home, runs))
    assert main(["audit", "--verify", str(tmp_path / "long.zip")]) == 0
