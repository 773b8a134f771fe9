"""What the archive has of a lead: the bundle to answer from, and whether it may be believed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from leadbraid.audit.archive import Archive
from leadbraid.audit.bundle import Head
from leadbraid.audit.history import Run
from leadbraid.audit.schema import AuditRecord
from leadbraid.audit.verify import Verification, record_in, verify_bytes
from leadbraid.errors import AuditError
from leadbraid.models.visible import one_line

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Kept:
    """A bundle of the archive."""

    name: str
    data: bytes
    record: AuditRecord
    head: Head
    verified: Verification

    @property
    def rank(self) -> tuple[bool, datetime]:
        """What a known key signed comes first: whoever can write the archive must not put another before it."""
        return self.verified.level == "unchanged", self.head.archived_at or _NEVER


def newest_kept(archive: Archive, lead_id: str, keys: Collection[str]) -> Kept | None:
    """The newest bundle of a lead; None where there is none.

    Args:
        archive: Where to look.
        lead_id: The lead.
        keys: Public keys (base64) that are known to be the archive's.

    Raises:
        AuditError: That bundle was changed, is not signed, or is another lead's.
    """
    found = [_read(name, data, keys) for name, data in archive.of(lead_id)]
    if not found:
        return None
    newest = max(found, key=lambda one: one.rank)
    if problem := _problem(newest, lead_id):
        raise AuditError(
            f"The archive's bundle {newest.name} is not what it was: {problem}; "
            f"`leadbraid audit --verify {newest.name}` tells all."
        )
    return newest


def signed_bundle(archive: Archive, runs: Sequence[Run]) -> bytes | None:
    """The archive's bundle of exactly these runs, to be verified by whoever gets it; None where there is none.

    Raises:
        AuditError: A bundle of the lead cannot be read.
    """
    wanted = {run.run_id for run in runs}
    lead_id = next((run.workflow_id for run in runs if run.workflow_id.startswith("lead-")), "")
    for name, data in archive.of(lead_id):
        if {one.run for one in record_in(name, data)[1].runs} == wanted:
            return data
    return None


def _read(name: str, data: bytes, keys: Collection[str]) -> Kept:
    record, head = record_in(name, data)
    return Kept(name, data, record, head, verify_bytes(name, data, [], keys))


def _problem(kept: Kept, lead_id: str) -> str:
    if kept.verified.findings:
        return one_line(kept.verified.findings[0], 200)
    if kept.record.lead_id != lead_id:
        return f"it is that of {one_line(kept.record.lead_id, 60)}"
    return "it is not signed, and the archive signs each" if kept.verified.level == "consistent" else ""
