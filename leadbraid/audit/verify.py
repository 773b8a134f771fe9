"""Verifying a bundle or a record: what was changed, dropped, swapped or added, and what the whole of it proves.

Offline, and on hostile files: what is read is bounded before it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from leadbraid import __version__
from leadbraid.audit.bundle import (
    FORMAT,
    HEAD,
    PAGE,
    PUBLIC_KEY,
    README,
    RECORD,
    SIGNATURE,
    SUMS,
    Head,
    heads_of,
    history_name,
    sums_of,
)
from leadbraid.audit.differences import TOLD, differences, unlike
from leadbraid.audit.history import Run, read_text
from leadbraid.audit.packing import FILE_LIMIT, TOTAL_LIMIT, unpack
from leadbraid.audit.pages import as_html
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord
from leadbraid.errors import AuditError, SigningKeyError
from leadbraid.models.base import canonical_json
from leadbraid.models.visible import one_line
from leadbraid.signing import key_id, pem_of, public_bytes, public_from_pem

MARKS_LIMIT = 4_000_000
"""Brackets, commas and colons in one file: each costs memory when it is read. A history of 51,200 events, which is as
long as Temporal allows, has a third of it."""
FINDINGS_LIMIT = 100
"""What is told; the others are counted."""
_UNLISTED = (SUMS, HEAD, SIGNATURE, PUBLIC_KEY)
"""What SHA256SUMS cannot list: itself, and what is made from it."""


@dataclass
class Verification:
    """What was found. ``findings`` is empty where everything fits; ``proof`` says in a sentence what that proves.

    ``level`` is ``unchanged`` (signed by a key that is known here), ``unknown key``, ``consistent`` (not signed), or
    ``changed``.
    """

    lead_id: str = ""
    checked: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    level: str = "changed"
    key: str = ""
    proof: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is what it says: nothing found, and no signature that proves nothing."""
        return not self.findings and self.level in ("unchanged", "consistent")


def verify_bytes(name: str, data: bytes, runs: Sequence[Run], keys: Iterable[str]) -> Verification:
    """Verify a bundle or a record (JSON).

    Args:
        name: What a person calls the file.
        data: Its bytes.
        runs: Histories from elsewhere (Temporal, an export), to hold it against.
        keys: Public keys (base64) that are known to be the archive's.

    Raises:
        AuditError: It is neither a bundle nor a record.
    """
    if data.startswith(b"PK"):
        files, clean = unpack(name, data)
        return _verify_bundle(files, runs, frozenset(keys), clean=clean)
    found = Verification()
    record = _read_record(name, data)
    _check_form(found, record, data)
    if runs:
        _check_record(found, record, runs)
    else:
        found.checked.append("the record by itself: give its histories with --history to hold it against them")
    return _concluded(found, "")


def read_bounded(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        AuditError: It cannot be read, or is larger than any bundle.
    """
    try:
        with path.open("rb") as file:
            data = file.read(TOTAL_LIMIT + 1)
    except OSError as error:
        raise AuditError(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > TOTAL_LIMIT:
        raise AuditError(f"{path} is larger than {TOTAL_LIMIT // 1024**2} MB: it is no bundle of ours.")
    return data


def record_in(name: str, bundle: bytes) -> tuple[AuditRecord, Head]:
    """The record of a bundle and its head, unverified.

    Raises:
        AuditError: It is no bundle.
    """
    files, _ = unpack(name, bundle)
    try:
        return _read_record(f"{RECORD} in {name}", files[RECORD]), Head.model_validate_json(files[HEAD])
    except (KeyError, ValidationError, RecursionError):
        raise AuditError(f"{name} lacks {RECORD} or {HEAD}: it is no bundle of ours.") from None


# --- a bundle ------------------------------------------------------------------------------------------------------


def _verify_bundle(
    files: Mapping[str, bytes], runs: Sequence[Run], keys: frozenset[str], *, clean: bool
) -> Verification:
    found = Verification()
    found.findings += [f"{name} is missing" for name in (RECORD, PAGE, README, SUMS, HEAD) if name not in files]
    if RECORD not in files or SUMS not in files or HEAD not in files:
        return _concluded(found, "")
    _check_sums(found, files)
    inside = _runs_inside(found, files)
    try:
        record = _read_record(RECORD, files[RECORD])
    except AuditError as error:
        found.findings.append(str(error).rstrip("."))
        return _concluded(found, "")
    _check_form(found, record, files[RECORD])
    _check_record(found, record, inside)
    if record.made_by == _made_by() and not found.findings and files[PAGE] != as_html(record).encode():
        found.findings.append(f"{PAGE} is not the page of {RECORD}")
    if runs:
        _check_record(found, record, runs)
    _check_head(found, files, record)
    signer = _signer(found, files)
    if not clean and not found.findings:
        found.findings.append("the zip file itself was changed: bytes before, between or behind its files")
    return _concluded(found, signer, keys)


def _check_sums(found: Verification, files: Mapping[str, bytes]) -> None:
    listed: dict[str, str] = {}
    for line in files[SUMS].decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        listed[name] = digest
    for name in sorted(files.keys() - listed.keys() - set(_UNLISTED)):
        found.findings.append(f"{name} was added: {SUMS} does not list it")
    for name, digest in sorted(listed.items()):
        if name not in files:
            found.findings.append(f"{one_line(name, 120)} is missing")
        elif sha256(files[name]).hexdigest() != digest:
            found.findings.append(f"{name} was changed: its digest is not that in {SUMS}")
    listing = sums_of({name: data for name, data in files.items() if name not in _UNLISTED})
    if not found.findings and listing != files[SUMS]:
        found.findings.append(f"{SUMS} is not what the files give")
    found.checked.append(f"{len(listed)} files against {SUMS}")


def _runs_inside(found: Verification, files: Mapping[str, bytes]) -> list[Run]:
    runs = []
    for name in sorted(files):
        if not name.startswith("histories/"):
            continue
        try:
            _bounded(name, files[name])
            run = Run(read_text(name, files[name].decode("utf-8", "strict")))
        except (AuditError, UnicodeError) as error:
            found.findings.append(one_line(f"{name} cannot be read: {error}", 300).rstrip("."))
            continue
        if name != history_name(run):
            found.findings.append(f"{name} holds another history: {one_line(history_name(run), 120)}")
        if run.to_json() != files[name]:
            found.findings.append(f"{name} is not in its canonical form: bytes of it were changed")
        runs.append(run)
    return runs


def _check_head(found: Verification, files: Mapping[str, bytes], record: AuditRecord) -> None:
    try:
        head = Head.model_validate_json(files[HEAD])
    except (ValidationError, RecursionError):
        found.findings.append(f"{HEAD} cannot be read")
        return
    if head.format != FORMAT:
        found.findings.append(f"{HEAD} is of the format {one_line(head.format, 60)}, which this version cannot verify")
        return
    found.key = head.key
    if head.to_json() != files[HEAD]:
        found.findings.append(f"{HEAD} is not in its canonical form: bytes of it were changed")
    values = (
        ("lead", head.lead, record.lead_id),
        ("digest of the record", head.record, sha256(files[RECORD]).hexdigest()),
        (f"digest of {SUMS}", head.sums, sha256(files[SUMS]).hexdigest()),
    )
    for what, value, is_ in values:
        if value != is_:
            found.findings.append(f"the {what} in {HEAD} is {one_line(value, 80)}, and should be {is_}")
    said = {one.run: one for one in head.runs}
    for one in heads_of(record):
        if said.pop(one.run, None) != one:
            found.findings.append(f"the head of run {one.run} in {HEAD} is not that of the record")
    for run in said:
        found.findings.append(f"{HEAD} names a run that the record does not have: {one_line(run, 60)}")
    found.checked.append(f"the heads of {len(head.runs)} runs")


def _signer(found: Verification, files: Mapping[str, bytes]) -> str:
    """The public key (base64) whose signature over the head is good; empty where the bundle is not signed."""
    signature, pem = files.get(SIGNATURE), files.get(PUBLIC_KEY)
    if signature is None and pem is None and not found.key:
        return ""
    if signature is None or pem is None:
        found.findings.append(f"the bundle names a key, and its {PUBLIC_KEY if pem is None else SIGNATURE} is missing")
        return ""
    try:
        public = public_from_pem(pem)
        raw = public_bytes(public)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, files[HEAD])
    except (SigningKeyError, ValueError):
        found.findings.append(f"{PUBLIC_KEY} holds no public key")
        return ""
    except InvalidSignature:
        found.findings.append(f"the signature over {HEAD} is wrong: {HEAD}, {SIGNATURE} or {PUBLIC_KEY} was changed")
        return ""
    if pem_of(raw) != pem:
        found.findings.append(f"{PUBLIC_KEY} is not in its canonical form: bytes of it were changed")
    if key_id(raw) != found.key:
        found.findings.append(f"{HEAD} names the key {one_line(found.key, 40)}, and {PUBLIC_KEY} is {key_id(raw)}")
    found.checked.append(f"the signature of {key_id(raw)}")
    return public


# --- a record against histories ------------------------------------------------------------------------------------


def _made_by() -> str:
    return f"leadbraid {__version__}"


def _read_record(name: str, data: bytes) -> AuditRecord:
    _bounded(name, data)
    try:
        return AuditRecord.model_validate_json(data)
    except (ValidationError, RecursionError) as error:
        why = one_line(_first(error) if isinstance(error, ValidationError) else "nested too deeply", 150)
        raise AuditError(
            f"{name} is neither a bundle nor a record ({why}); `leadbraid audit LEAD --format json` makes a record."
        ) from None


def _bounded(name: str, data: bytes) -> None:
    """Refuse a JSON file that would fill the memory, before it is read."""
    if len(data) > FILE_LIMIT or sum(map(data.count, (b"{", b"[", b",", b":"))) > MARKS_LIMIT:
        raise AuditError(f"{name} is larger than any history or record.")


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])} {first['msg']}".strip()


def _canonical(data: bytes) -> bool:
    """Whatever version made it: sorted keys, no spaces, one line feed."""
    try:
        return canonical_json(json.loads(data)) + b"\n" == data
    except (ValueError, RecursionError):
        return False


def _check_form(found: Verification, record: AuditRecord, data: bytes) -> None:
    found.lead_id = record.lead_id
    if not _canonical(data):
        found.findings.append("the record is not in its canonical form: bytes of it were changed")


def _check_record(found: Verification, record: AuditRecord, runs: Sequence[Run]) -> None:
    given: dict[str, Run] = {}
    for run in runs:
        if given.setdefault(run.run_id, run) is not run:
            found.findings.append(f"the history of run {one_line(run.run_id, 60)} is there twice")
    for one in record.runs:
        there = given.pop(one.run_id, None)
        where = one_line(f"run {one.run_id} ({one.workflow_id})", 120)
        if there is None:
            found.findings.append(f"no history of {where} is there")
        else:
            found.findings += differences(one, there)
            found.checked.append(f"{len(there.events)} events of {where}")
    found.findings += [
        one_line(f"run {name} ({run.workflow_id}) is not in the record", 160) for name, run in given.items()
    ]
    if not found.findings:
        _make_again(found, record, runs)


def _make_again(found: Verification, record: AuditRecord, runs: Sequence[Run]) -> None:
    if record.made_by != _made_by():
        found.checked.append(
            f"digests only: the record was made by {one_line(record.made_by, 60)}, and this is {_made_by()}"
        )
        return
    try:
        again = make_record(runs).model_dump(mode="json", by_alias=True)
    except AuditError as error:
        found.findings.append(f"no record can be made of the histories: {error}".rstrip("."))
        return
    said = record.model_dump(mode="json", by_alias=True)
    found.findings += islice(unlike(again, said, "record"), TOLD)
    found.checked.append("the record, made again from the histories")


# --- what it proves ------------------------------------------------------------------------------------------------


def _concluded(found: Verification, signer: str, keys: frozenset[str] = frozenset()) -> Verification:
    if len(found.findings) > FINDINGS_LIMIT:
        found.findings[FINDINGS_LIMIT:] = [f"and {len(found.findings) - FINDINGS_LIMIT:,} more"]
    if found.findings:
        found.level, found.proof = "changed", "It is not what it was, or not what it says."
    elif not signer:
        found.level = "consistent"
        found.proof = "Consistent with itself; no proof against whoever made it, since it is not signed."
    elif signer in keys:
        found.level = "unchanged"
        found.proof = f"Unchanged since archived by key {found.key}."
    else:
        found.level = "unknown key"
        found.proof = (
            f"Consistent, and signed by key {found.key}, which is not known here: no proof until the archive's public "
            "key, taken from elsewhere, is given with --key FILE."
        )
    return found
