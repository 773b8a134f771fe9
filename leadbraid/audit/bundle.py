"""A bundle: one zip file with the histories of a lead, its record, and what proves that none of it was changed.

The same content gives the same bytes. Everything hangs on one small file, ``head.json``: it names the head of each
run's chain and the digest of every other file, and a signature over it covers all. ``docs/archive.md`` describes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from importlib import resources

from leadbraid.audit.history import Run
from leadbraid.audit.packing import pack
from leadbraid.audit.pages import as_html
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import AuditRecord
from leadbraid.models.base import Model, canonical_json
from leadbraid.signing import SigningKey

FORMAT = "leadbraid-audit-bundle/1"
HEAD, SUMS, SIGNATURE, PUBLIC_KEY = "head.json", "SHA256SUMS", "head.sig", "key.pem"
RECORD, PAGE, README = "record.json", "record.html", "README.txt"


class RunHead(Model):
    """The head of one run's chain."""

    workflow: str
    run: str
    events: int
    head: str


class Head(Model):
    """What is signed: SHA-256 of ``SHA256SUMS`` (which lists every other file) and the heads of all chains."""

    format: str = FORMAT
    lead: str
    runs: tuple[RunHead, ...]
    record: str
    sums: str
    archived_at: datetime | None = None
    key: str = ""

    def to_json(self) -> bytes:
        """The bytes that are signed: canonical JSON and a line feed."""
        return canonical_json(self.model_dump(mode="json")) + b"\n"

    @property
    def digest(self) -> str:
        """SHA-256 of these bytes; what the archive logs."""
        return sha256(self.to_json()).hexdigest()


def make_bundle(
    runs: Sequence[Run], *, archived_at: datetime | None = None, key: SigningKey | None = None
) -> tuple[bytes, Head]:
    """The bundle of the lead whose runs these are, and its head. Without a ``key`` it is unsigned.

    Raises:
        AuditError: As ``make_record``; or a workflow's id cannot be the name of a file.
    """
    record = make_record(runs)
    files = {history_name(run): run.to_json() for run in runs}
    files |= {RECORD: record.to_json(), PAGE: as_html(record).encode(), README: _readme(signed=key is not None)}
    sums = sums_of(files)
    head = _head(record, sums, archived_at, key)
    files |= {SUMS: sums, HEAD: head.to_json()}
    if key:
        files |= {SIGNATURE: key.sign_bytes(head.to_json()), PUBLIC_KEY: key.public_pem}
    return pack(files), head


def history_name(run: Run) -> str:
    """What the file with a run is called."""
    return f"histories/{run.workflow_id}.{run.run_id}.json"


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """What `sha256sum -c` reads."""
    return "".join(f"{sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def heads_of(record: AuditRecord) -> tuple[RunHead, ...]:
    """The heads as a record tells them."""
    return tuple(
        RunHead(workflow=one.workflow_id, run=one.run_id, events=len(one.events), head=one.head) for one in record.runs
    )


def _head(record: AuditRecord, sums: bytes, archived_at: datetime | None, key: SigningKey | None) -> Head:
    return Head(
        lead=record.lead_id,
        runs=heads_of(record),
        record=sha256(record.to_json()).hexdigest(),
        sums=sha256(sums).hexdigest(),
        archived_at=archived_at,
        key=key.id if key else "",
    )


def _readme(*, signed: bool) -> bytes:
    found = resources.files("leadbraid.audit").joinpath("templates/bundle.txt").read_text("utf-8")
    text, _, about_signature = found.partition("--- signed\n")
    return (text + (about_signature if signed else "This bundle is not signed.\n")).encode()
