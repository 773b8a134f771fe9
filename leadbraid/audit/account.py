"""The record as a reader goes through it: the answer first, then what belongs together side by side. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from leadbraid.audit.record import WITHDRAWS
from leadbraid.audit.schema import AuditRecord, Call, DecisionRecord, DeliveryRecord, VersionRecord
from leadbraid.models import Brief, DecisionKind, Fate, StreamResult

CLOSING = frozenset((DecisionKind.REJECT, DecisionKind.SETTLE))


@dataclass(frozen=True)
class StreamRow:
    """What one stream returned in one version, and the call that made it (of this version or an earlier one)."""

    result: StreamResult
    call: Call | None


@dataclass(frozen=True)
class VersionView:
    """One version, with its brief where this program can read it, and the decisions that were made on it."""

    record: VersionRecord
    brief: Brief | None
    streams: tuple[StreamRow, ...]
    decisions: tuple[int, ...]
    call: Call | None


class Account:
    """What a page asks of a record."""

    def __init__(self, record: AuditRecord) -> None:
        self.record = record
        self._calls = {(call.name, call.version): call for call in record.calls}
        self.counted = [one for one in record.decisions if one.accepted]
        self.not_counted = [one for one in record.decisions if not one.accepted]

    @property
    def delivery(self) -> DeliveryRecord | None:
        """The delivery that sent, else the last one."""
        sent = [one for one in self.record.deliveries if one.fate == Fate.SENT]
        found = sent or list(self.record.deliveries)
        return found[-1] if found else None

    @property
    def sent(self) -> bool:
        """Whether a reply certainly left the house, by what is recorded."""
        return self.delivery is not None and self.delivery.fate == Fate.SENT

    @property
    def approvals(self) -> list[DecisionRecord]:
        """The approvals that still stood at the end."""
        standing: list[DecisionRecord] = []
        for one in self.counted:
            if one.kind == DecisionKind.APPROVE:
                standing.append(one)
            elif one.kind in WITHDRAWS:
                standing = []
        return [one for one in standing if not one.reapplied] or standing

    @property
    def closing(self) -> DecisionRecord | None:
        """The rejection that closed the lead, where one did."""
        rejections = [one for one in self.counted if one.kind == DecisionKind.REJECT]
        return rejections[-1] if rejections else None

    @property
    def attached(self) -> str:
        """The lead that took this one's words; empty where none did."""
        return self.record.outcome.attached_to if self.record.outcome else ""

    @property
    def versions(self) -> list[VersionView]:
        """In the order in which they were made."""
        return [self._version(one) for one in self.record.versions]

    def _version(self, record: VersionRecord) -> VersionView:
        brief = _brief(record)
        rows = tuple(
            StreamRow(result, self._calls.get((result.stream.value, result.version)))
            for result in (brief.results if brief else ())
        )
        numbers = tuple(
            n
            for n, one in enumerate(self.record.decisions, 1)
            if one.seen == record.version and one.place.at >= record.place.at
        )
        return VersionView(record, brief, rows, numbers, self._calls.get(("assemble", record.version)))


def who(decision: DecisionRecord) -> str:
    """*ana* where a signature proves it, else *claimed by ana*."""
    return decision.by or (f"claimed by {decision.claimed_by}" if decision.claimed_by else "nobody named")


def _brief(record: VersionRecord) -> Brief | None:
    """None where the merge point gave up, or a later program wrote what this one cannot read."""
    try:
        return Brief.model_validate(record.brief)
    except ValidationError:
        return None
