"""What the archive has of a lead: for when Temporal has forgotten it, and for when a signed bundle is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from leadbraid.audit.archive import Archive
from leadbraid.audit.bundle import Head, make_bundle
from leadbraid.audit.history import Run
from leadbraid.audit.schema import AuditRecord
from leadbraid.audit.verify import record_in, verify_bytes
from leadbraid.errors import AuditError
from leadbraid.models.visible import one_line

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """A bundle that is what it says. ``proof`` says what that proves; ``others``: bundles of the lead that are not."""

    name: str
    data: bytes
    record: AuditRecord
    head: Head
    signed: bool
    proof: str
    others: tuple[str, ...] = ()


def recall(archive: Archive, lead_id: str, keys: Iterable[str]) -> Kept | None:
    """The newest bundle of a lead, those that are signed by a known key before all others; None where there is none.

    Raises:
        AuditError: There are bundles, and none of them is what it was.
    """
    known, good, bad = frozenset(keys), [], []
    for name, data in archive.of(lead_id):
        try:
            good.append(_read(name, data, lead_id, known))
        except AuditError as error:
            bad.append(str(error))
    if not good:
        if bad:
            raise AuditError(bad[0])
        return None
    newest = max(good, key=lambda one: (one.signed, one.head.archived_at or _NEVER, one.name))
    return Kept(**(vars(newest) | {"others": tuple(bad)}))


def _read(name: str, data: bytes, lead_id: str, keys: frozenset[str]) -> Kept:
    verified = verify_bytes(name, data, [], keys)
    findings = list(verified.findings)
    if not findings and verified.lead_id != lead_id:
        findings = [f"it is the bundle of {one_line(verified.lead_id, 60)}"]
    if findings:
        raise AuditError(
            f"The bundle {name} is not what it was: {one_line(findings[0], 200)}; "
            f"`leadbraid audit --verify {name}` tells all."
        )
    record, head = record_in(name, data)
    return Kept(name, data, record, head, signed=verified.level == "unchanged", proof=verified.proof)


def bundle_of(archive: Archive, runs: Sequence[Run], keys: Iterable[str]) -> tuple[bytes, bool]:
    """A bundle of these runs, and whether it is the archive's own and signed: it is taken where it holds just these.

    Raises:
        AuditError: As ``make_bundle``.
    """
    data, head = make_bundle(runs)
    try:
        kept = recall(archive, head.lead, keys)
    except AuditError:  # told when it is asked for; the histories are here
        kept = None
    if kept and kept.signed and kept.head.runs == head.runs:
        return kept.data, True
    return data, False
