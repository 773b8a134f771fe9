"""Verifying a bundle or a record: what was changed, dropped, swapped or added, and what the whole of it proves.

Offline, and on hostile files: what is read is bounded before it is read.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from leadbraid import __version__
from leadbraid.audit.bundle import HEAD, PAGE, PUBLIC_KEY, RECORD, SIGNATURE, SUMS, Head, heads_of
from leadbraid.audit.history import Run, read_text
from leadbraid.audit.pages import as_html
from leadbraid.audit.reading import kind_of
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord, RunRecord
from leadbraid.errors import AuditError, SigningKeyError
from leadbraid.models.base import canonical_json
from leadbraid.models.visible import one_line
from leadbraid.signing import key_id, public_bytes, public_from_pem

FILE_LIMIT = 96 * 1024 * 1024
"""Bytes of one file, unpacked. A history that Temporal allows (50 MB) is 67 MB in JSON."""
VALUES_LIMIT = 2_000_000
"""Values in one file, about. Bytes alone bound no memory: 60 MB of ``{},`` take more than 8 GB when they are read."""
TOTAL_LIMIT = 256 * 1024 * 1024
MEMBERS_LIMIT = 2000
TOLD = 20
"""Findings that are told one by one; the others are counted."""
_NAME = re.compile(r"[A-Za-z0-9._-]+|histories/[A-Za-z0-9._-]+\.json")
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
        return _verify_bundle(_unpacked(name, data), runs, frozenset(keys))
    found = Verification()
    record = _read_record(name, data)
    _check_record(found, record, data, runs)
    if not runs:
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
    files = _unpacked(name, bundle)
    try:
        return _read_record(f"{RECORD} in {name}", files[RECORD]), Head.model_validate_json(files[HEAD])
    except (KeyError, ValidationError):
        raise AuditError(f"{name} lacks {RECORD} or {HEAD}: it is no bundle of ours.") from None


# --- unpacking -----------------------------------------------------------------------------------------------------


def _unpacked(name: str, data: bytes) -> dict[str, bytes]:
    if data.count(b"PK\x01\x02") > MEMBERS_LIMIT:
        raise AuditError(f"{name} holds more than {MEMBERS_LIMIT} files: it is no bundle of ours.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _members(name, archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise AuditError(f"{name} is no bundle that can be unpacked ({one_line(str(error), 150)}).") from None


def _members(name: str, archive: zipfile.ZipFile) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    left = TOTAL_LIMIT
    for one in archive.infolist():
        if not _NAME.fullmatch(one.filename):
            raise AuditError(f"{name} holds a file that no bundle has: {one_line(one.filename, 100)!r}.")
        if one.filename in files:
            raise AuditError(f"{name} holds {one.filename} twice.")
        with archive.open(one) as member:
            content = member.read(min(FILE_LIMIT, left) + 1)
        left -= len(content)
        if len(content) > FILE_LIMIT or left < 0:
            raise AuditError(f"{name} unpacks to more than a bundle can hold (at {one.filename}).")
        _require_plain(f"{one.filename} in {name}", content)
        files[one.filename] = content
    return files


def _require_plain(name: str, content: bytes) -> None:
    """Before anything of it is read."""
    values = sum(content.count(sign) for sign in (b",", b"{", b"["))
    lines = content.count(b"\n") if name.startswith(SUMS) else 0
    if values > VALUES_LIMIT or lines > MEMBERS_LIMIT:
        raise AuditError(f"{name} is more intricate than any file of ours, and is not read.")


# --- a bundle ------------------------------------------------------------------------------------------------------


def _verify_bundle(files: Mapping[str, bytes], runs: Sequence[Run], keys: frozenset[str]) -> Verification:
    found = Verification()
    for name in (RECORD, SUMS, HEAD):
        if name not in files:
            found.findings.append(f"{name} is missing")
    if found.findings:
        return _concluded(found, "")
    _check_sums(found, files)
    inside = _runs_inside(found, files)
    try:
        record = _read_record(RECORD, files[RECORD])
    except AuditError as error:
        found.findings.append(str(error).rstrip("."))
        return _concluded(found, "")
    _check_record(found, record, files[RECORD], inside)
    if record.made_by == _made_by() and not found.findings and files.get(PAGE) != as_html(record).encode():
        found.findings.append(f"{PAGE} is not the page of {RECORD}")
    if runs:
        _check_record(found, record, files[RECORD], runs)
    _check_head(found, files, record)
    return _concluded(found, _signer(found, files), keys)


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
    found.checked.append(f"{len(listed)} files against {SUMS}")


def _runs_inside(found: Verification, files: Mapping[str, bytes]) -> list[Run]:
    runs = []
    for name in sorted(files):
        if not name.startswith("histories/"):
            continue
        try:
            run = Run(read_text(name, files[name].decode("utf-8", "strict")))
        except (AuditError, UnicodeError) as error:
            found.findings.append(one_line(f"{name} cannot be read: {error}", 300).rstrip("."))
            continue
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
    if key_id(raw) != found.key:
        found.findings.append(f"{HEAD} names the key {one_line(found.key, 40)}, and {PUBLIC_KEY} is {key_id(raw)}")
    found.checked.append(f"the signature of {key_id(raw)}")
    return public


# --- a record against histories ------------------------------------------------------------------------------------


def _made_by() -> str:
    return f"leadbraid {__version__}"


def _read_record(name: str, data: bytes) -> AuditRecord:
    if len(data) > FILE_LIMIT:
        raise AuditError(f"{name} is larger than any record.")
    _require_plain(name, data)
    try:
        return AuditRecord.model_validate_json(data)
    except (ValidationError, RecursionError) as error:
        why = one_line(_first(error) if isinstance(error, ValidationError) else "nested too deeply", 150)
        raise AuditError(
            f"{name} is neither a bundle nor a record ({why}); `leadbraid audit LEAD --format json` makes a record."
        ) from None


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])} {first['msg']}".strip()


def _canonical(data: bytes) -> bool:
    """Whatever version made it: sorted keys, no spaces, one line feed."""
    try:
        return canonical_json(json.loads(data)) + b"\n" == data
    except (ValueError, RecursionError):
        return False


def _check_record(found: Verification, record: AuditRecord, data: bytes, runs: Sequence[Run]) -> None:
    found.lead_id = record.lead_id
    if not _canonical(data):
        found.findings.append("the record is not in its canonical form: bytes of it were changed")
    given = {run.run_id: run for run in runs}
    if not given:
        return
    for one in record.runs:
        run = given.pop(one.run_id, None)
        if run is None:
            found.findings.append(f"no history of run {one.run_id} ({one.workflow_id}) is there")
        else:
            found.findings += differences(one, run)
            found.checked.append(f"{len(run.events)} events of {run.workflow_id}, run {run.run_id}")
    found.findings += [f"run {name} ({run.workflow_id}) is not in the record" for name, run in given.items()]
    if not found.findings:
        _make_again(found, record, runs)


def _make_again(found: Verification, record: AuditRecord, runs: Sequence[Run]) -> None:
    if record.made_by != _made_by():
        found.checked.append(
            f"digests only: the record was made by {one_line(record.made_by, 60)}, and this is {_made_by()}"
        )
        return
    again = make_record(runs).model_dump(mode="json", by_alias=True)
    found.findings += list(_unlike(again, record.model_dump(mode="json", by_alias=True), "record"))[:TOLD]
    found.checked.append("the record, made again from the histories")


def _unlike(wanted: Any, said: Any, where: str) -> Iterator[str]:
    """Each place at which the record says something else than the histories."""
    if isinstance(wanted, dict) and isinstance(said, dict):
        for name in sorted(wanted.keys() | said.keys()):
            yield from _unlike(wanted.get(name), said.get(name), f"{where}.{name}")
    elif isinstance(wanted, list) and isinstance(said, list) and len(wanted) == len(said):
        for n, (one, other) in enumerate(zip(wanted, said, strict=True), 1):
            yield from _unlike(one, other, f"{where}[{n}]")
    elif isinstance(wanted, list) and isinstance(said, list):
        yield f"{where} has {len(said)} entries, and the histories give {len(wanted)}"
    elif wanted != said:
        yield f"{where} says {one_line(repr(said), 80)}, and the histories say {one_line(repr(wanted), 80)}"


def differences(recorded: RunRecord, run: Run) -> list[str]:
    """Events of a run that are not as they were recorded: changed, missing, added, or in another place."""
    was, is_ = _named(recorded.events), _named(run.digests)
    if was == is_ and recorded.head == run.head:
        return []
    where = f"{run.workflow_id}, run {run.run_id}"
    if was == is_:
        return [f"{where}: the head of the chain does not follow from its events"]
    before, after = frozenset(was), frozenset(is_)
    told: list[tuple[int, str]] = []
    stayed = _stayed(was, is_)
    for (a, c), (b, d) in pairwise([(-1, -1), *stayed, (len(was), len(is_))]):
        between = range(a + 1, b)
        gone = [n for n in between if was[n] not in after]
        come = [n for n in range(c + 1, d) if is_[n] not in before]
        changed = min(len(gone), len(come))
        told += [(n, "was changed") for n in gone[:changed]]
        told += [(n, "is missing") for n in gone[changed:]]
        told += [(n, f"was added ({_kind(run, n)})") for n in come[changed:]]
        told += [(n, "is in another place") for n in between if was[n] in after]
    return [f"{where}: {text}" for text in _ranges(told, run)][:TOLD]


def _named(digests: Iterable[str]) -> list[tuple[str, int]]:
    """Each digest with how often it came before, so that no two are alike."""
    met: Counter[str] = Counter()
    named = []
    for one in digests:
        named.append((one, met[one]))
        met[one] += 1
    return named


def _stayed(was: Sequence[tuple[str, int]], is_: Sequence[tuple[str, int]]) -> list[tuple[int, int]]:
    """The places, before and after, of as many events as possible that kept their order.

    A longest increasing subsequence, by patience sorting: a hostile file must not make it slow.
    """
    place = {one: n for n, one in enumerate(is_)}
    pairs = [(n, place[one]) for n, one in enumerate(was) if one in place]
    tops: list[int] = []  # the lowest end of a subsequence of each length, and which pair it is
    ends: list[int] = []
    earlier: list[int] = []
    for n, (_, after) in enumerate(pairs):
        pile = bisect_left(tops, after)
        earlier.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [after]
        ends[pile : pile + 1] = [n]
    found: list[tuple[int, int]] = []
    n = ends[-1] if ends else -1
    while n >= 0:
        found.append(pairs[n])
        n = earlier[n]
    return found[::-1]


def _kind(run: Run, n: int) -> str:
    return kind_of(run.events[n]).replace("_", " ")


def _ranges(told: Iterable[tuple[int, str]], run: Run) -> Iterator[str]:
    """One sentence for neighbours that share a fate, in the order of their events."""
    spans: list[tuple[int, int, str]] = []
    for n, what in sorted(told):
        if spans and spans[-1][1] + 1 == n and spans[-1][2] == what:
            spans[-1] = (spans[-1][0], n, what)
        else:
            spans.append((n, n, what))
    for first, last, what in spans:
        if first < last:
            plural = what.replace("is ", "are ").replace("was ", "were ")
            yield f"events {first + 1} to {last + 1} {plural}"
        else:
            kind = f" ({_kind(run, first)})" if what == "was changed" and first < len(run.events) else ""
            yield f"event {first + 1}{kind} {what}"


# --- what it proves ------------------------------------------------------------------------------------------------


def _concluded(found: Verification, signer: str, keys: frozenset[str] = frozenset()) -> Verification:
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
