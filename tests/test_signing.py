"""Signed decisions: the bytes, the check and its reasons, the keyring, the private key, the command, the activity."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command import Command
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import (
    a_playbook,
    approval,
    decide,
    in_state,
    lacking,
    mails,
    outcome_of,
    refusal,
    refused,
    start_lead,
    status_of,
    working,
)
from temporalio import workflow
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from temporalio.worker import Worker

from activities.signing import SigningActivities
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.errors import KeyringError, SettingsError, SigningKeyError
from leadbraid.models import Checked, State, VerifyTask
from leadbraid.models.playbook import Approvals, ReviewPolicy, Unsigned
from leadbraid.settings import Settings
from leadbraid.signing import (
    Entry,
    Keyring,
    SigningKey,
    changed_keyring,
    check,
    key_id,
    load_key,
    public_bytes,
    public_from_pem,
    read_keyring,
    sign,
    signed_bytes,
    store_key,
)

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
LEAD, RUN = "lead-0123456789abcdef", "5b3f0c1e-0000-4000-8000-000000000001"


def private(seed: bytes) -> SigningKey:
    return SigningKey(Ed25519PrivateKey.from_private_bytes(seed))


ANA, BOB = private(bytes(range(32))), private(b"bob" + bytes(29))


def entry(handle: str, key: SigningKey, *roles: str, **fields: Any) -> Entry:
    return Entry(handle=handle, key=key.id, public=key.public, roles=roles, **({"added": NOW} | fields))


KEYRING = Keyring(keys=(entry("ana", ANA, "approver", "finance"), entry("bob", BOB, "approver")))
DECISION: dict[str, Any] = {
    "decision": "request_changes",
    "reviewer": "ana",
    "streams": ["drafting"],
    "note": "Kürzer, bitte – ohne „30 %“.\nAna 🙂",
    "key": ANA.id,
}
SIGNED = ANA.signed(DECISION, LEAD, RUN)


def checked(decision: Mapping[str, Any], *, lead: str = LEAD, run: str = RUN, keyring: Keyring = KEYRING) -> Checked:
    return check(decision, lead, run, keyring)


def resigned(signer: SigningKey = ANA, /, **fields: Any) -> dict[str, Any]:
    return signer.signed(DECISION | fields, LEAD, RUN)


# --- the bytes -----------------------------------------------------------------------------------------------------


def test_signed_bytes_are_those_that_other_programs_make() -> None:
    assert signed_bytes(SIGNED, LEAD, RUN).decode() == (
        "leadbraid-decision-v1\n"
        '{"decision":{"decision":"request_changes","key":"k-56475aa75463474c",'
        '"note":"Kürzer, bitte – ohne „30 %“.\\nAna 🙂","reviewer":"ana","streams":["drafting"]},'
        '"lead":"lead-0123456789abcdef","run":"5b3f0c1e-0000-4000-8000-000000000001"}'
    )


def test_key_id_and_signature_of_a_known_key_stay_what_they_are() -> None:
    """The seed 00 01 … 1f: a changed form would make every signature that somebody kept worthless."""
    assert (ANA.id, ANA.public) == ("k-56475aa75463474c", "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
    assert key_id(public_bytes(ANA.public)) == ANA.id
    assert sign(ANA, DECISION, LEAD, RUN) == (
        "+d1hgob09nAXS1/+2sb3mHO2waclJmG4TAZE0L1naMfqP3gsvJTsscEUljJPvqG0+OawSFaZRR4/N2Tz/vnCBw=="
    )


def test_only_the_signature_itself_is_left_out_of_what_is_signed() -> None:
    assert signed_bytes(DECISION | {"signature": "x"}, LEAD, RUN) == signed_bytes(DECISION, LEAD, RUN)
    assert signed_bytes(DECISION | {"keep_dependents": False}, LEAD, RUN) != signed_bytes(DECISION, LEAD, RUN)


# --- the check -----------------------------------------------------------------------------------------------------


def test_valid_signature_names_the_person_and_their_roles() -> None:
    assert checked(SIGNED) == Checked(valid=True, reviewer="ana", key=ANA.id, roles=("approver", "finance"))
    assert checked(resigned(role="finance")).valid


def test_order_of_keys_does_not_matter_and_a_way_through_json_changes_nothing() -> None:
    backwards = dict(reversed(SIGNED.items()))
    assert list(backwards) != list(SIGNED)
    assert checked(backwards).valid
    assert checked(json.loads(json.dumps(SIGNED))).valid
    assert checked(
        VerifyTask.model_validate_json(VerifyTask(lead_id=LEAD, decision=SIGNED).model_dump_json()).decision
    ).valid


REASONS: dict[str, tuple[dict[str, Any], str]] = {
    "no signature": (DECISION, "not signed"),
    "no key": ({name: value for name, value in SIGNED.items() if name != "key"}, "not signed"),
    "empty": (SIGNED | {"signature": "", "key": ""}, "not signed"),
    "unknown key": (resigned(private(b"eve" + bytes(29)), key="k-0000000000000000"), "is not in the keyring"),
    "another's name": (resigned(reviewer="bob"), "belongs to ana, but the decision says it is bob's"),
    "nobody's name": (resigned(reviewer=None), "belongs to ana"),
    "another's key": (resigned(BOB), "does not match"),
    "role not held": (resigned(role="legal"), "ana does not hold the role legal (held: approver, finance)"),
    "no list of roles": (resigned(role=["approver"]), "does not hold the role"),
    "not base64": (SIGNED | {"signature": "!!!"}, "does not match"),
    "url-safe base64": (
        SIGNED | {"signature": SIGNED["signature"].replace("+", "-").replace("/", "_")},
        "does not match",
    ),
    "hex": (SIGNED | {"signature": base64.b64decode(SIGNED["signature"]).hex()}, "does not match"),
    "one byte short": (SIGNED | {"signature": base64.b64encode(bytes(63)).decode()}, "does not match"),
    "a number": (SIGNED | {"signature": 7}, "does not match"),
}


@pytest.mark.parametrize("name", list(REASONS))
def test_signature_that_proves_nothing_says_why_and_names_nobody(name: str) -> None:
    decision, words = REASONS[name]
    found = checked(decision)
    assert words in found.reason
    assert (found.valid, found.reviewer, found.roles) == (False, "", ())


def test_mismatch_tells_what_it_can_come_from() -> None:
    for found in (checked(SIGNED, lead="lead-fedcba9876543210"), checked(SIGNED, run="another")):
        assert not found.valid
        assert "another lead or another run" in found.reason
        assert "changed after it was signed" in found.reason


FULL: dict[str, Any] = {
    "decision": "approve",
    "reviewer": "ana",
    "version": 3,
    "reply": "sha256:" + "a" * 64,
    "next_step": "reply_now",
    "edited": {"subject": "Hello", "body": "Hello\n"},
    "note": "fine",
    "overrides": {"promise-1": "legal has looked at it"},
    "decision_id": "d1",
    "role": "approver",
    "at": "2026-05-04T09:30:00Z",
    "key": ANA.id,
}
CHANGES: dict[str, Any] = {
    "decision": "reject",
    "reviewer": "bob",
    "version": 4,
    "reply": "sha256:" + "b" * 64,
    "next_step": "decline",
    "edited": {"subject": "Hello", "body": "Hello!\n"},
    "note": "fine ",
    "overrides": {"promise-2": "legal has looked at it"},
    "decision_id": "d2",
    "role": "finance",
    "at": "2026-05-04T09:30:01Z",
    "key": BOB.id,
}


@pytest.mark.parametrize("field", list(FULL))
def test_no_field_can_be_changed_or_dropped(field: str) -> None:
    full = ANA.signed(FULL, LEAD, RUN)
    assert checked(full).valid
    assert not checked(full | {field: CHANGES[field]}).valid
    assert not checked({name: value for name, value in full.items() if name != field}).valid


def test_no_field_can_be_added() -> None:
    assert not checked(SIGNED | {"keep_dependents": False}).valid
    assert not checked(SIGNED | {"role": ""}).valid


@settings(max_examples=200, deadline=None)
@given(place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_any_changed_byte_of_what_was_signed_fails(place: int, change: int) -> None:
    """Also where the change leaves JSON that means something: then it is another decision, lead or run."""
    data = bytearray(signed_bytes(SIGNED, LEAD, RUN)[len(b"leadbraid-decision-v1\n") :])
    data[place % len(data)] ^= change
    try:
        whole = json.loads(data)
        decision, lead, run = whole["decision"] | {"signature": SIGNED["signature"]}, whole["lead"], whole["run"]
    except (ValueError, KeyError, TypeError):
        return
    assert not checked(decision, lead=lead, run=run).valid


@settings(max_examples=200, deadline=None)
@given(
    place=st.integers(0, 87), char=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
def test_any_changed_character_of_the_signature_fails(place: int, char: str) -> None:
    """Base64 has spellings that decode to the same bytes (`…Bw==`, `…Bx==`); only one of them counts."""
    text = SIGNED["signature"]
    changed = text[:place] + char + text[place + 1 :]
    assert checked(SIGNED | {"signature": changed}).valid == (changed == text)


def test_base64_with_spare_bits_set_decodes_alike_but_does_not_count() -> None:
    other = SIGNED["signature"].replace("Bw==", "Bx==")
    assert base64.b64decode(other) == base64.b64decode(SIGNED["signature"])
    assert not checked(SIGNED | {"signature": other}).valid


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(decision=st.dictionaries(st.sampled_from(["key", "signature", "reviewer", "role", "note", "x"]), JSON))
def test_check_takes_anything(decision: dict[str, Any]) -> None:
    for keyed in (decision, decision | {"key": ANA.id, "signature": SIGNED["signature"]}):
        assert not checked(keyed).valid


@settings(max_examples=100, deadline=None)
@given(note=st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_that_json_carries_can_be_signed(note: str) -> None:
    assert checked(json.loads(json.dumps(resigned(note=note)))).valid


def test_half_a_character_is_no_crash() -> None:
    assert "does not match" in checked(SIGNED | {"note": "\ud800"}).reason
    with pytest.raises(ValueError, match="surrogates"):
        signed_bytes({"note": "\ud800"}, LEAD, RUN)


def test_hostile_key_is_shown_on_one_line() -> None:
    found = checked(SIGNED | {"key": "k-\x1b[31m\n" + "x" * 10_000})
    assert "\x1b" not in found.reason + found.key
    assert "\n" not in found.reason + found.key
    assert len(found.reason) < 200


# --- revoked and added again ---------------------------------------------------------------------------------------


def test_revoked_key_counts_for_nothing_whatever_the_clocks_say() -> None:
    ahead = KEYRING.revoking(ANA.id, NOW + timedelta(hours=1))
    found = checked(SIGNED, keyring=ahead)
    assert not found.valid
    assert "revoked since 2026-05-04 10:30 UTC" in found.reason
    assert checked(resigned(BOB, reviewer="bob", key=BOB.id), keyring=ahead).valid


def test_who_looks_back_sees_the_keyring_as_it_was() -> None:
    revoked = KEYRING.revoking("ana", NOW)
    assert check(SIGNED, LEAD, RUN, revoked, as_of=NOW - timedelta(seconds=1)).valid
    assert not check(SIGNED, LEAD, RUN, revoked, as_of=NOW).valid


def test_revoked_key_never_comes_back_but_a_new_one_of_the_same_person_counts() -> None:
    revoked = KEYRING.revoking("ana", NOW)
    with pytest.raises(KeyringError, match="was revoked on 2026-05-04 and cannot come back"):
        revoked.with_key(entry("ana", ANA, "approver"))
    new = private(b"new" + bytes(29))
    again = revoked.with_key(entry("ana", new, "approver"))
    assert checked(resigned(new, key=new.id), keyring=again).reviewer == "ana"
    assert not checked(SIGNED, keyring=again).valid


def test_revoking_a_person_revokes_each_key_and_keeps_the_first_time() -> None:
    second = private(b"two" + bytes(29))
    keyring = KEYRING.with_key(entry("ana", second)).revoking(second.id, NOW).revoking("ana", NOW + timedelta(days=1))
    times = {one.key: one.revoked for one in keyring.keys}
    assert times == {ANA.id: NOW + timedelta(days=1), BOB.id: None, second.id: NOW}
    with pytest.raises(KeyringError, match="called zed"):
        keyring.revoking("zed", NOW)


def test_adding_a_key_again_sets_its_roles_and_nothing_else() -> None:
    changed = KEYRING.with_key(entry("bob", BOB, "legal", added=NOW + timedelta(days=9)))
    assert changed.find(BOB.id) == entry("bob", BOB, "legal")
    with pytest.raises(KeyringError, match="belongs to bob; ana needs another"):
        KEYRING.with_key(entry("ana", BOB))


# --- the keyring's file --------------------------------------------------------------------------------------------


def test_keyring_is_written_readable_for_all_and_holds_no_private_key(tmp_path: Path) -> None:
    file = tmp_path / "home" / "keyring.json"
    before = os.umask(0o077)
    try:
        changed_keyring(file, lambda _: KEYRING)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert read_keyring(file) == KEYRING
    seed = bytes(range(32))
    text = file.read_bytes()
    assert base64.b64encode(seed) not in text
    assert b"PRIVATE" not in text
    assert set(json.loads(text)["keys"][0]) == {"handle", "key", "public", "roles", "added", "revoked"}
    assert sorted(one.name for one in file.parent.iterdir()) == [".keyring.json.lock", "keyring.json"]


def test_missing_keyring_is_an_empty_one(tmp_path: Path) -> None:
    assert read_keyring(tmp_path / "none.json") == Keyring()


def _damaged(**fields: Any) -> str:
    whole = json.loads(KEYRING.model_dump_json())
    whole["keys"][0] |= fields
    return json.dumps(whole)


DAMAGED: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "not JSON"),
    "half": (KEYRING.model_dump_json()[:200], "not JSON"),
    "not text": (b"\xff\xfe\x00", "not JSON"),
    "a list": ("[]", "damaged"),
    "deep": ("[" * 100_000, "damaged"),
    "a version of later": (json.dumps({"version": 2, "people": []}), "version"),
    "another key under this id": (_damaged(public=BOB.public), "is not the id of its public key"),
    "a key twice": (json.dumps({"version": 1, "keys": json.loads(KEYRING.model_dump_json())["keys"][:1] * 2}), "twice"),
    "no base64": (_damaged(public="?"), "keys.0.public"),
    "a handle that is none": (_damaged(handle="Ana\x1b[2J"), "keys.0.handle"),
    "a time without a zone": (_damaged(revoked="2026-05-04T09:30:00"), "keys.0.revoked"),
    "a field too many": (_damaged(private="secret"), "keys.0.private"),
    "too large": (" " * 4_000_001, "larger than 4 MB"),
}


@pytest.mark.parametrize("name", list(DAMAGED))
def test_damaged_keyring_is_one_sentence_and_is_not_overwritten(tmp_path: Path, name: str) -> None:
    data, words = DAMAGED[name]
    file = tmp_path / "keyring.json"
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    before = file.read_bytes()
    with pytest.raises(KeyringError) as raised:
        changed_keyring(file, lambda keyring: keyring.with_key(entry("ana", ANA)))
    told = str(raised.value)
    assert words in told
    assert str(file) in told
    assert "\x1b" not in told
    assert len(told.splitlines()) == 1
    assert file.read_bytes() == before


def test_keyring_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    with pytest.raises(KeyringError, match="cannot be read"):
        read_keyring(tmp_path)
    file = tmp_path / "keyring.json"
    changed_keyring(file, lambda _: KEYRING)
    file.chmod(0o666)
    with pytest.raises(KeyringError, match="chmod 644"):
        read_keyring(file)
    with pytest.raises(KeyringError, match="cannot be written"):
        changed_keyring(file / "below" / "keyring.json", lambda _: KEYRING)


def test_link_to_a_keyring_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "keyring.json").symlink_to(tmp_path / "real" / "keyring.json")
    changed_keyring(tmp_path / "keyring.json", lambda _: KEYRING)
    assert (tmp_path / "keyring.json").is_symlink()
    assert read_keyring(tmp_path / "real" / "keyring.json") == KEYRING


ADDS = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from leadbraid.signing import Entry, SigningKey, changed_keyring
print("ready", flush=True)
sys.stdin.readline()
for number in range(25):
    key = SigningKey.new()
    entry = Entry(handle=f"{sys.argv[2]}{number}", key=key.id, public=key.public, added=datetime.now(UTC))
    changed_keyring(Path(sys.argv[1]), lambda keyring: keyring.with_key(entry))
"""


def test_two_processes_that_add_at_once_lose_no_key_and_no_reader_sees_half(tmp_path: Path) -> None:
    file = tmp_path / "keyring.json"
    command = [sys.executable, "-c", ADDS, str(file)]
    both = [
        subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        for name in ("a", "b")
    ]
    for process in both:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    sizes = [0]
    while any(process.poll() is None for process in both):
        sizes.append(len(read_keyring(file).keys))
    assert [process.returncode for process in both] == [0, 0]
    assert sizes == sorted(sizes)
    handles = {one.handle for one in read_keyring(file).keys}
    assert handles == {f"{name}{number}" for name in "ab" for number in range(25)}
    for process in both:
        process.communicate()


# --- keys ----------------------------------------------------------------------------------------------------------


def test_private_key_is_for_its_owner_only_and_comes_back_the_same(tmp_path: Path) -> None:
    file = tmp_path / "config" / "leadbraid" / "key.pem"
    store_key(file, ANA)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.read_text().startswith("-----BEGIN PRIVATE KEY-----\n")
    assert sign(load_key(file), DECISION, LEAD, RUN) == SIGNED["signature"]


def test_private_key_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    store_key(file, ANA)
    with pytest.raises(SigningKeyError, match="is there already"):
        store_key(file, BOB)
    assert load_key(file).id == ANA.id


def test_private_key_is_not_shown_by_itself() -> None:
    seed = bytes(range(32))
    for shown in (repr(ANA), str(ANA), f"{ANA}"):
        assert seed.hex() not in shown
        assert base64.b64encode(seed).decode() not in shown


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o777], ids=oct)
def test_private_key_that_others_can_use_is_refused_with_the_command_that_mends_it(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key.pem"
    store_key(file, ANA)
    file.chmod(mode)
    with pytest.raises(SigningKeyError) as raised:
        load_key(file)
    assert f"chmod 600 {file}" in str(raised.value)
    file.chmod(0o600)
    assert load_key(file).id == ANA.id


def _pem(key: Any, encryption: Any = None) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()))


NO_KEYS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "not an Ed25519 private key"),
    "words": (b"secret words", "not an Ed25519 private key"),
    "another kind": (_pem(generate_private_key(SECP256R1())), "not an Ed25519 private key"),
    "a passphrase": (_pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"x")), "passphrase"),
    "a public key": (
        Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "not an Ed25519 private key",
    ),
}


@pytest.mark.parametrize("name", list(NO_KEYS))
def test_file_that_is_no_private_key_is_one_sentence_without_its_words(tmp_path: Path, name: str) -> None:
    data, words = NO_KEYS[name]
    file = tmp_path / "key.pem"
    file.write_bytes(data)
    file.chmod(0o600)
    with pytest.raises(SigningKeyError, match=words) as raised:
        load_key(file)
    assert "secret" not in str(raised.value)
    assert len(str(raised.value).splitlines()) == 1


def test_private_key_that_is_not_there_or_no_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SigningKeyError, match="signing-keys new"):
        load_key(tmp_path / "none.pem")
    with pytest.raises(SigningKeyError, match="cannot be read: Is a directory"):
        load_key(tmp_path)
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(SigningKeyError, match="not a plain file"):
        load_key(tmp_path / "pipe")


def test_public_key_of_small_order_is_refused() -> None:
    """A signature that anybody can make fits any text under it."""
    identity = (1).to_bytes(32, "little")
    Ed25519PublicKey.from_public_bytes(identity).verify(identity + bytes(32), b"any text at all")
    field = 2**255 - 19
    curve = -121665 * pow(121666, -1, field) % field
    order_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    assert (curve * order_8**4 + 2 * order_8**2 - 1) % field == 0, "where doubling it gives a point of order 4"
    for y in (0, 1, field - 1, field, field + 1, order_8, field - order_8):
        for sign_bit in (0, 1 << 255):
            text = base64.b64encode((y | sign_bit).to_bytes(32, "little")).decode()
            with pytest.raises(ValueError, match="small order"):
                public_bytes(text)
    spki = Ed25519PublicKey.from_public_bytes(identity).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(SigningKeyError, match="small order"):
        public_from_pem(spki)


def test_places_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEADBRAID_KEYRING", "LEADBRAID_SIGNING_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/ana")
    plain = Settings(_env_file=None, home=tmp_path)
    assert plain.keyring_file == tmp_path / "keyring.json"
    for xdg, folder in (("/etc/xdg", "/etc/xdg"), ("", "/home/ana/.config"), ("relative", "/home/ana/.config")):
        monkeypatch.setenv("XDG_CONFIG_HOME", xdg)
        assert plain.signing_key_file == Path(folder) / "leadbraid" / "signing-key.pem"
    monkeypatch.setenv("LEADBRAID_KEYRING", "/srv/keys.json")
    monkeypatch.setenv("LEADBRAID_SIGNING_KEY", "/run/key.pem")
    named = Settings(_env_file=None)
    assert (named.keyring_file, named.signing_key_file) == (Path("/srv/keys.json"), Path("/run/key.pem"))


def test_account_without_a_home_folder_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    with pytest.raises(SettingsError, match="LEADBRAID_SIGNING_KEY"):
        _ = Settings(_env_file=None, signing_key=None).signing_key_file


# --- what the guide says -------------------------------------------------------------------------------------------

GUIDE = (ROOT / "docs" / "signing.md").read_text("utf-8")


def _example(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return str(found)


def test_python_example_of_the_guide_makes_valid_signatures() -> None:
    names: dict[str, Any] = {}
    exec(_example("python"), names)
    unsigned = {name: value for name, value in DECISION.items() if name != "key"}
    assert names["signed"](unsigned, LEAD, RUN, _pem(ANA._private)) == SIGNED


def test_shell_example_of_the_guide_makes_valid_signatures(tmp_path: Path) -> None:
    for tool in ("bash", "openssl", "jq"):
        if not shutil.which(tool):
            lacking(f"the command `{tool}`")
    key = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    env = os.environ | {"KEY": str(key), "LEAD": LEAD, "RUN": RUN}
    subprocess.run(["bash", "-euo", "pipefail", "-c", _example("sh")], cwd=tmp_path, env=env, check=True)
    key.chmod(0o600)
    keyring = Keyring(keys=(entry("ana", load_key(key)),))
    found = checked(json.loads((tmp_path / "signed.json").read_text("utf-8")), keyring=keyring)
    assert found.valid, found.reason


# --- the command ---------------------------------------------------------------------------------------------------


class Person(Command):
    """`leadbraid` of one person on one machine: a home, and a folder for the private key."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.config = folder / "config"
        super().__init__(folder / "home", XDG_CONFIG_HOME=str(self.config), **env)

    @property
    def key(self) -> Path:
        return self.config / "leadbraid" / "signing-key.pem"


def test_keys_are_made_listed_handed_on_and_revoked(tmp_path: Path) -> None:
    ana, worker = Person(tmp_path / "ana"), Person(tmp_path / "worker")
    told = ana.ok("signing-keys", "new", "ana", "--role", "approver", "--role", "finance")
    key = load_key(ana.key)
    assert key.id in told
    assert ana.key.read_text().splitlines()[1] not in told
    handed = next(line for line in told.splitlines() if line.startswith("leadbraid signing-keys add"))
    assert key.id in worker.ok(*handed.split()[1:])
    [listed] = json.loads(worker.ok("signing-keys", "list", "--json"))
    assert (listed["handle"], listed["key"], listed["roles"]) == ("ana", key.id, ["approver", "finance"])
    table = worker.ok("signing-keys", "list")
    assert key.id in table and "approver, finance" in table
    assert "is revoked now" in worker.ok("signing-keys", "revoke", "ana")
    assert "was revoked already" in worker.ok("signing-keys", "revoke", key.id)
    assert "cannot come back" in worker.fails(*handed.split()[1:], status=1)
    assert json.loads(ana.ok("signing-keys", "list", "--json"))[0]["revoked"] is None


def test_public_key_of_openssl_can_be_added(tmp_path: Path) -> None:
    worker, file = Person(tmp_path), tmp_path / "pub.pem"
    public = ANA._private.public_key()
    file.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    worker.ok("signing-keys", "add", "ana", str(file))
    assert [(one.key, one.roles) for one in read_keyring(worker.home / "keyring.json").keys] == [
        (ANA.id, ("approver",))
    ]


def test_wrong_use_of_keys_gets_one_sentence(tmp_path: Path) -> None:
    command = Person(tmp_path)
    assert "Nobody has a key" in command.ok("signing-keys", "list")
    assert "is not a handle" in command.fails("signing-keys", "new", "Ana Lopez", status=2)
    assert "is not a handle" in command.fails("signing-keys", "new", "k-0123456789abcdef", status=2)
    assert "roles" in command.fails("signing-keys", "new", "ana", "--role", "the boss", status=2)
    assert not command.config.exists()
    assert "neither a public key" in command.fails("signing-keys", "add", "ana", "nonsense", status=1)
    assert "no Ed25519 public key" in command.fails("signing-keys", "add", "ana", str(ROOT / "README.md"), status=1)
    assert "called ana" in command.fails("signing-keys", "revoke", "ana", status=1)
    assert "--sign" in command.fails("decide", "lead-0", "reject", "--reason", "spam", "--key", "x", status=2)
    assert "no private key" in command.fails("decide", "lead-0", "reject", "--reason", "spam", "--sign", status=1)
    store_key(command.key, ANA)
    assert "--reviewer" in command.fails("decide", "lead-0", "reject", "--reason", "spam", "--sign", status=2)


def test_key_that_no_keyring_takes_leaves_no_file(tmp_path: Path) -> None:
    command = Person(tmp_path)
    command.home.mkdir()
    (command.home / "keyring.json").write_text("{")
    assert "is damaged" in command.fails("signing-keys", "new", "ana", status=1)
    assert not command.key.exists()


# --- the activity --------------------------------------------------------------------------------------------------


def _asked(keyring: Path, decision: dict[str, Any], run: str = RUN, lead: str = LEAD) -> Checked:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, workflow_run_id=run)
    found = environment.run(SigningActivities(keyring).verify_decision, VerifyTask(lead_id=lead, decision=decision))
    assert isinstance(found, Checked)
    return found


def test_activity_checks_for_its_own_run_and_reads_the_keyring_each_time(tmp_path: Path) -> None:
    file = tmp_path / "keyring.json"
    assert "not in the keyring" in _asked(file, SIGNED).reason
    changed_keyring(file, lambda _: KEYRING)
    assert _asked(file, SIGNED).valid
    assert not _asked(file, SIGNED, run="another run").valid
    assert not _asked(file, SIGNED, lead="lead-fedcba9876543210").valid
    changed_keyring(file, lambda keyring: keyring.revoking("ana", NOW))
    assert "revoked" in _asked(file, SIGNED).reason


def test_activity_with_a_damaged_keyring_fails_so_that_it_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "keyring.json"
    file.write_text("{")
    with pytest.raises(ApplicationError) as raised:
        _asked(file, SIGNED)
    assert not raised.value.non_retryable
    assert raised.value.type == "KeyringUnusable"
    assert len(raised.value.message.splitlines()) == 1
    file.write_text(KEYRING.model_dump_json())
    assert _asked(file, SIGNED).valid


# --- on a server ---------------------------------------------------------------------------------------------------


@workflow.defn(name="SigningTrial", sandboxed=False)
class SigningTrial:
    """Verifies what the signal brings, as a lead's workflow would; ends when it is told to."""

    def __init__(self) -> None:
        self._waiting: list[dict[str, Any]] = []
        self._found: list[Checked] = []

    @workflow.run
    async def run(self) -> None:
        while True:
            await workflow.wait_condition(lambda: bool(self._waiting))
            task = VerifyTask(lead_id=workflow.info().workflow_id, decision=self._waiting.pop(0))
            found = await workflow.execute_activity(
                "verify_decision",
                task,
                task_queue=TASK_QUEUE,
                result_type=Checked,
                start_to_close_timeout=timedelta(seconds=10),
                retry_policy=RetryPolicy(maximum_attempts=2),
            )
            self._found.append(found)

    @workflow.signal
    def review(self, decision: dict[str, Any]) -> None:
        self._waiting.append(decision)

    @workflow.query
    def found(self) -> list[Checked]:
        return self._found


async def _answers(handle: WorkflowHandle[Any, Any]) -> list[Checked]:
    async with asyncio.timeout(60):
        while True:
            if found := await handle.query("found", result_type=list[Checked]):
                return found
            await asyncio.sleep(0.05)


@pytest.mark.server
async def test_signal_that_a_reset_replays_in_a_new_run_proves_nothing_there(client: Client, tmp_path: Path) -> None:
    """The worker's own activity; the same signal in two runs, the second made by a reset."""
    changed_keyring(tmp_path / "keyring.json", lambda _: KEYRING)
    lead = "lead-00000000000051e5"
    async with working(client, tmp_path), Worker(client, task_queue="signing-trial", workflows=[SigningTrial]):
        handle = await client.start_workflow("SigningTrial", id=lead, task_queue="signing-trial")
        assert handle.first_execution_run_id
        await handle.signal("review", ANA.signed(DECISION, lead, handle.first_execution_run_id))
        assert [one.reviewer for one in await _answers(handle)] == ["ana"]
        second = client.get_workflow_handle(lead, run_id=await _reset(client, lead, handle.first_execution_run_id))
        [again] = await _answers(second)
        assert not again.valid
        assert "another run of this lead" in again.reason
        await second.terminate()


async def _reset(client: Client, lead: str, run: str) -> str:
    """Back to the end of the first workflow task; signals after it are applied again."""
    history = await client.get_workflow_handle(lead, run_id=run).fetch_history()
    first = next(one for one in history.events if one.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED)
    answer = await client.workflow_service.reset_workflow_execution(
        ResetWorkflowExecutionRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=lead, run_id=run),
            workflow_task_finish_event_id=first.event_id,
            request_id=f"{lead}-reset",
            reason="test",
        )
    )
    return answer.run_id


@pytest.mark.server
async def test_plain_signal_cannot_be_the_second_pair_of_eyes(client: Client, tmp_path: Path) -> None:
    """Two signed approvals of two people send; a name that is only claimed never is one of them."""
    keyring = tmp_path / "keyring.json"
    keyring.write_text(KEYRING.model_dump_json(), "utf-8")
    policy = ReviewPolicy(unsigned=Unsigned.REFUSE, approvals=Approvals(needed=2))
    async with working(client, tmp_path, keyring=keyring):
        handle = await start_lead(client, playbook=a_playbook(review=policy))
        status = await in_state(handle, State.IN_REVIEW)
        run = str((await handle.describe()).run_id)

        def signed(name: str, key: SigningKey) -> dict[str, Any]:
            return key.signed(approval(status, reviewer=name, key=key.id), handle.id, run)

        assert "1 of 2" in (await decide(handle, signed("ana", ANA)))["message"]
        await handle.signal("review", approval(status, reviewer="bob"))
        assert (await refused(handle)).refused[0].code == "unsigned"
        assert await refusal(handle, signed("bob", ANA)) == "bad_signature"
        assert await refusal(handle, signed("ana", ANA) | {"reviewer": "bob"}) == "bad_signature"
        assert await refusal(handle, signed("ana", ANA)) == "already_approved"
        assert (await status_of(handle)).approved_by == ("ana",)
        await handle.signal("review", signed("bob", BOB))
        outcome = await outcome_of(handle)
    assert (outcome.state, outcome.decided_by) == (State.SENT, "ana, bob")
    assert len(mails(tmp_path)) == 1


async def test_decide_sends_exactly_what_it_signed(client: Client, tmp_path: Path) -> None:
    """What stands in the lead's history verifies, to the byte: read as JSON, by the run it came to."""
    address = client.service_client.config.target_host
    ana = Person(tmp_path / "ana", TEMPORAL_ADDRESS=address)
    await asyncio.to_thread(ana.ok, "signing-keys", "new", "ana", "--role", "approver")
    # A name of its own: the command asks for a worker that lives, and those of earlier tests, by our name, ended.
    worker = await Client.connect(address, data_converter=client.data_converter, identity="signing-test")
    async with working(worker, tmp_path, keyring=ana.home / "keyring.json"):
        handle = await start_lead(client)
        status = await in_state(handle, State.IN_REVIEW)
        seen = approval(status)
        words = [
            "--version",
            str(seen["version"]),
            "--reply",
            seen["reply"],
            "--role",
            "approver",
            "--note",
            "Für Kim 🙂",
        ]
        await asyncio.to_thread(ana.ok, "decide", handle.id, "approve", *words, "--sign")
        [decided] = (await status_of(handle)).decided
        assert (decided.by, decided.who, decided.role, decided.flagged) == ("ana", "ana", "approver", False)
        run = (await handle.describe()).run_id
        [sent] = [
            json.loads(
                event.workflow_execution_update_accepted_event_attributes.accepted_request.input.args.payloads[0].data
            )
            for event in (await handle.fetch_history()).events
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
        ]
    assert sent["reviewer"] == "ana"
    assert run
    keyring = read_keyring(ana.home / "keyring.json")
    found = check(sent, handle.id, run, keyring)
    assert found == Checked(valid=True, reviewer="ana", key=sent["key"], roles=("approver",))
    assert not check(sent, handle.id, "another run", keyring).valid
