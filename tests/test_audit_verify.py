"""Bundles: every way to change one is found and named, and what a bundle proves is said as it is."""

from __future__ import annotations

import base64
import io
import json
import random
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import lacking

from leadbraid.audit.bundle import HEAD, PAGE, RECORD, SIGNATURE, SUMS, Head, make_bundle, sums_of
from leadbraid.audit.history import Run, read_files, read_text
from leadbraid.audit.packing import pack
from leadbraid.audit.record import make_record
from leadbraid.audit.verify import Verification, verify_bytes
from leadbraid.errors import AuditError
from leadbraid.signing import SigningKey

HISTORIES = Path(__file__).parent / "replay" / "histories"
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = SigningKey.new()
FORGER = SigningKey.new()


def runs(name: str = "edited") -> list[Run]:
    files = [HISTORIES / f"{name}.json", HISTORIES / f"{name}.delivery.json"]
    return [Run(events) for events in read_files(files)]


SIGNED, SIGNED_HEAD = make_bundle(runs(), archived_at=NOON, key=KEY)
UNSIGNED, _ = make_bundle(runs())


def files_of(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    """As another program packs them."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def verify(bundle: bytes, *, keys: tuple[str, ...] = (KEY.public,), against: list[Run] | None = None) -> Verification:
    return verify_bytes("x.zip", bundle, against or [], keys)


def lead_file(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.startswith("histories/lead-"))


def lines_of(data: bytes) -> list[bytes]:
    return [line.removesuffix(b",") for line in data.splitlines()[1:-1]]


def file_of(lines: list[bytes]) -> bytes:
    return b'{"events":[\n' + b",\n".join(lines) + b"\n]}\n"


# --- what holds ----------------------------------------------------------------------------------------------------


def test_signed_bundle_is_unchanged_since_archived_by_a_known_key() -> None:
    found = verify(SIGNED)
    assert (found.findings, found.level, found.key) == ([], "unchanged", KEY.id)
    assert found.proof == f"Unchanged since archived by key {KEY.id}."
    assert found.holds


def test_unsigned_bundle_proves_nothing_against_its_maker() -> None:
    found = verify(UNSIGNED)
    assert (found.findings, found.level) == ([], "consistent")
    assert "no proof against whoever made it" in found.proof


def test_signature_of_an_unknown_key_is_not_taken_for_proof() -> None:
    found = verify(SIGNED, keys=())
    assert (found.findings, found.level, found.holds) == ([], "unknown key", False)
    assert KEY.id in found.proof


def test_same_content_gives_the_same_bytes() -> None:
    assert make_bundle(runs()[::-1], archived_at=NOON, key=KEY)[0] == SIGNED


def test_record_by_itself_and_against_histories() -> None:
    record = make_record(runs()).to_json()
    assert verify(record).level == "consistent"
    found = verify(record, against=runs())
    assert found.findings == []
    assert any("made again" in one for one in found.checked)
    other = verify(record, against=runs("approved"))
    assert any("no history of run" in one for one in other.findings)
    assert any("is not in the record" in one for one in other.findings)


def test_histories_in_a_bundle_are_read_again_to_the_same_record() -> None:
    files = files_of(SIGNED)
    again = [Run(read_text(name, data.decode())) for name, data in files.items() if name.startswith("histories/")]
    assert make_record(again).to_json() == files[RECORD]


# --- what was done to it, by name ----------------------------------------------------------------------------------


def _changed(lines: list[bytes]) -> list[bytes]:
    return [line.replace(b"2026", b"2025", 1) if n == 16 else line for n, line in enumerate(lines)]


def _dropped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:16], *lines[17:]]


def _swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:16], lines[17], lines[16], *lines[18:]]


def _added(lines: list[bytes]) -> list[bytes]:
    return [*lines[:17], lines[16].replace(b"2026", b"2025", 1), *lines[17:]]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_changed, r"event 17 \(.+\) was changed"),
        (_dropped, r"event 17 is missing"),
        (_swapped, r"event 1[78] is in another place"),
        (_added, r"event 18 was added \(.+\)"),
    ],
    ids=["changed", "dropped", "swapped", "added"],
)
@pytest.mark.parametrize("how", ["bundle", "record"])
def test_event_is_named(change: Callable[[list[bytes]], list[bytes]], says: str, how: str) -> None:
    files = files_of(SIGNED)
    name = lead_file(files)
    tampered = file_of(change(lines_of(files[name])))
    if how == "bundle":
        found = verify(pack(files | {name: tampered}))
        assert any(f"{name} was changed" in one for one in found.findings)
    else:
        other = [
            Run(read_text("delivery", files[one].decode())) for one in files if one.startswith("histories/delivery")
        ]
        found = verify(files[RECORD], against=[Run(read_text("lead", tampered.decode())), *other])
    told = [one for one in found.findings if " event" in one or one.startswith("event")]
    assert len(told) == 1, found.findings
    assert re.search(says, told[0])
    assert not found.holds


def test_end_that_was_cut_off_is_named() -> None:
    files = files_of(SIGNED)
    name = lead_file(files)
    lines = lines_of(files[name])
    found = verify(pack(files | {name: file_of(lines[:-3])}))
    assert any(f"events {len(lines) - 2} to {len(lines)} are missing" in one for one in found.findings)


@pytest.mark.parametrize("name", sorted(files_of(SIGNED)))
def test_missing_file_is_named(name: str) -> None:
    found = verify(pack({one: data for one, data in files_of(SIGNED).items() if one != name}))
    assert any(name in one and "missing" in one for one in found.findings), found.findings


def test_added_file_is_named() -> None:
    found = verify(pack(files_of(SIGNED) | {"more.txt": b"x"}))
    assert any("more.txt was added" in one for one in found.findings)


@pytest.mark.parametrize(
    "change",
    [
        lambda zip_: b"PK\x03\x04 before" + zip_,
        lambda zip_: zip_ + b" behind",
        lambda zip_: zip_[:-2] + b"\x07\0comment",
        lambda zip_: zip_.replace(b"\0\0\0\0\x21\0", b"\0\0\0\0\x22\0", 1),
        lambda zip_: zipped(files_of(zip_)),
    ],
    ids=["before", "behind", "comment", "time", "packed anew"],
)
def test_zip_file_itself_is_as_it_was_written(change: Callable[[bytes], bytes]) -> None:
    """Another program may find other files in it than this one does."""
    with warnings.catch_warnings(action="ignore"):
        assert verify(change(SIGNED)).findings == [
            "the zip file itself was changed: bytes before, between or behind its files"
        ]


@given(st.integers(0, len(SIGNED) - 1), st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_any_flipped_bit_of_the_zip_file_is_found(place: int, bit: int) -> None:
    changed = bytearray(SIGNED)
    changed[place] ^= 1 << bit
    try:
        assert not verify(bytes(changed)).holds
    except AuditError as error:
        assert len(str(error).splitlines()) == 1


def test_bundle_without_its_histories_proves_nothing() -> None:
    files = {name: data for name, data in files_of(UNSIGNED).items() if not name.startswith("histories/")}
    listed = {name: data for name, data in files.items() if name not in (SUMS, HEAD)}
    head = Head.model_validate_json(files[HEAD]).model_copy(update={"sums": sha256(sums_of(listed)).hexdigest()})
    found = verify(pack({**listed, SUMS: sums_of(listed), HEAD: head.to_json()}))
    assert len(found.findings) == 2
    assert all("no history of run" in one for one in found.findings)


def test_histories_that_changed_names_are_told() -> None:
    files = files_of(UNSIGNED)
    one, other = (name for name in files if name.startswith("histories/"))
    found = verify(pack(files | {one: files[other], other: files[one]}))
    assert sum("holds another history" in told for told in found.findings) == 2


def test_format_of_a_later_version_is_told_as_that() -> None:
    files = files_of(UNSIGNED)
    head = Head.model_validate_json(files[HEAD]).model_copy(update={"format": "leadbraid-audit-bundle/2"})
    found = verify(pack(files | {HEAD: head.to_json()}))
    assert "leadbraid-audit-bundle/2" in found.findings[0]
    assert "cannot verify" in found.findings[0]


def test_bytes_of_the_key_that_change_nothing_are_found_too() -> None:
    """A PEM file may be written in many ways."""
    files = files_of(SIGNED)
    found = verify(pack(files | {"key.pem": b"\n" + files["key.pem"]}))
    assert "key.pem is not in its canonical form" in found.findings[0]


def test_histories_of_hostile_workflows_make_no_bundle() -> None:
    text = runs()[0].to_json().decode()
    lead = runs()[0].workflow_id
    evil = Run(read_text("x", text.replace(f'"workflowId":"{lead}"', '"workflowId":"lead-/../../x"')))
    with pytest.raises(AuditError, match="cannot be called"):
        make_bundle([evil])


def test_histories_that_repeat_themselves_are_told_in_time() -> None:
    """To find out what was moved where takes as long as the square of what repeats."""
    lead = runs()[0]
    lines = [*lead.lines[:16], *[lead.lines[16]] * 6_000, *lead.lines[17:]]
    files = files_of(UNSIGNED)
    found = verify(pack(files | {lead_file(files): file_of(lines)}))
    assert any("events 18 to 6016 were added" in one for one in found.findings), found.findings


def test_flood_of_findings_is_counted() -> None:
    files = files_of(UNSIGNED)
    lines = "".join(f"{n:064x}  {n}\n" for n in range(1000)).encode()
    found = verify(pack(files | {SUMS: lines}))
    assert len(found.findings) == 101
    assert re.fullmatch(r"and \d{3} more", found.findings[-1])


def test_changed_record_is_told_field_by_field() -> None:
    files = files_of(UNSIGNED)
    record = make_record(runs())
    forged = record.model_copy(
        update={"decisions": tuple(one.model_copy(update={"claimed_by": "eve"}) for one in record.decisions)}
    )
    found = verify(forged.to_json(), against=runs())
    assert found.findings == ["record.decisions[1].claimed_by says 'eve', and the histories say 'ana'"]
    assert any(f"{RECORD} was changed" in one for one in verify(pack(files | {RECORD: forged.to_json()})).findings)


def _forged(key: SigningKey | None) -> bytes:
    """Somebody who rewrites the history, the record, the page, all digests and the chain."""
    lead, delivery = runs()
    ana, eve = (
        base64.b64encode(b'{"decision":"approve","reviewer":"%s"' % who)[:-2].decode() for who in (b"ana", b"eve")
    )
    told = lead.to_json().decode().replace(ana, eve)
    changed = Run(read_text("forged", told))
    assert changed.head != lead.head
    forged, _ = make_bundle([changed, delivery], archived_at=NOON, key=key)
    return forged


def test_forger_who_rewrites_everything_is_caught_where_it_is_signed() -> None:
    assert verify(_forged(None)).level == "consistent", "unsigned: nothing could tell"
    original, forged = files_of(SIGNED), files_of(_forged(None))
    kept = verify(pack(forged | {SIGNATURE: original[SIGNATURE], "key.pem": original["key.pem"]}))
    assert not kept.holds
    head = Head.model_validate_json(forged[HEAD]).model_copy(update={"key": KEY.id})
    named = verify(pack({**original, **forged, HEAD: head.to_json()}))
    assert any("signature" in one for one in named.findings)
    assert verify(_forged(FORGER)).level == "unknown key"


def test_stripped_signature_does_not_pass_for_signed() -> None:
    files = {name: data for name, data in files_of(SIGNED).items() if name not in (SIGNATURE, "key.pem")}
    found = verify(pack(files))
    assert any("names a key" in one for one in found.findings)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_any_flipped_bit_of_any_file_in_a_signed_bundle_is_found(seed: int) -> None:
    chance = random.Random(seed)
    files = files_of(SIGNED)
    name = chance.choice(sorted(files))
    data = bytearray(files[name])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    try:
        assert not verify(pack(files | {name: bytes(data)})).holds, name
    except AuditError as error:
        assert len(str(error).splitlines()) == 1


# --- hostile files -------------------------------------------------------------------------------------------------


def _bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(RECORD, b"\0" * (65 * 1024 * 1024))
    return made.getvalue()


def _twice() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(RECORD, b"{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(RECORD, b"{}")
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "neither a bundle nor a record"),
        (b"PK\x03\x04 nothing", "no bundle that can be unpacked"),
        (SIGNED[:-40], "no bundle that can be unpacked"),
        (zipped({"../../etc/passwd": b"x"}), "a file that no bundle has"),
        (zipped({"histories/../../x.json": b"x"}), "a file that no bundle has"),
        (zipped({f"{n}": b"" for n in range(2001)}), "holds more than 2000 files"),
        (b"<!doctype html>", "neither a bundle nor a record"),
        (zipped({"..": b"x"}), "a file that no bundle has"),
        (zipped({RECORD: b"\0" * 2**28}, zipfile.ZIP_BZIP2), "packs record.json in a way that no bundle does"),
        (zipped({SUMS: b"\n" * 2**21}), "unpacks to more than a bundle can hold"),
        (b"[" * 100_000, "neither a bundle nor a record"),
        (b'{"a":' * 2_000_001, "larger than any history or record"),
        (b'{"schema": 1}', "neither a bundle nor a record"),
    ],
    ids=[
        "empty",
        "half",
        "cut",
        "path",
        "inner-path",
        "many",
        "up",
        "bzip2",
        "lines",
        "page",
        "deep",
        "marks",
        "other",
    ],
)
def test_hostile_file_is_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(AuditError, match=says) as told:
        verify(data)
    assert len(str(told.value).splitlines()) == 1


def test_bomb_and_twice_the_same_name_are_refused() -> None:
    with pytest.raises(AuditError, match="unpacks to more"):
        verify(_bomb())
    with pytest.raises(AuditError, match="twice"):
        verify(_twice())


# --- with standard tools -------------------------------------------------------------------------------------------


def _needs(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            lacking(tool)


def test_readme_of_the_bundle_works_with_standard_tools(tmp_path: Path) -> None:
    _needs("sha256sum", "openssl", "sed", "bash")
    with zipfile.ZipFile(io.BytesIO(SIGNED)) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "ARCHIVE-KEY.pem").write_bytes(KEY.public_pem)
    told = (tmp_path / "README.txt").read_text().partition("Without Leadbraid")[2]
    shell = "\n".join(line.strip() for line in told.splitlines() if line.startswith("    "))
    ended = subprocess.run(["bash", "-euo", "pipefail", "-c", shell], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "Signature Verified Successfully" in ended.stdout
    assert f"{SIGNED_HEAD.sums}  {SUMS}" in ended.stdout
    for one in SIGNED_HEAD.runs:
        assert f"{one.head}  histories/{one.workflow}.{one.run}.json" in ended.stdout
    (tmp_path / PAGE).write_text("other")
    assert subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path, capture_output=True).returncode != 0


def test_sums_list_every_file_but_those_made_from_them() -> None:
    files = files_of(SIGNED)
    listed = {line.split("  ")[1] for line in files[SUMS].decode().splitlines()}
    assert files.keys() - listed == {SUMS, HEAD, SIGNATURE, "key.pem"}
    assert sums_of({name: files[name] for name in listed}) == files[SUMS]
    assert json.loads(files[HEAD])["lead"] == make_record(runs()).lead_id
