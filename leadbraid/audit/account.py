"""The record as a reader goes through it: the answer first, then what belongs together side by side. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from leadbraid.audit.schema import AuditRecord, Call, DecisionRecord, DeliveryRecord, VersionRecord
from leadbraid.models import Brief, DecisionKind, Fate, StreamResult


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

    @property
    def delivery(self) -> DeliveryRecord | None:
        """The delivery that the answer is about: one that sent, else one that may have, else the last."""
        found = list(self.record.deliveries)
        sent = [one for one in found if one.fate == Fate.SENT]
        maybe = [one for one in found if one.may_have_left]
        return next(iter(reversed(sent or maybe or found)), None)

    @property
    def sent(self) -> bool:
        """Whether a reply certainly left the house, by what is recorded."""
        return self.delivery is not None and self.delivery.fate == Fate.SENT

    @property
    def unknown(self) -> bool:
        """Whether a reply may have left, and nothing says that it did, or that it did not."""
        delivery = self.delivery
        return delivery is not None and not self.sent and (delivery.may_have_left or delivery.fate == Fate.UNKNOWN)

    @property
    def perhaps_twice(self) -> bool:
        """Whether an attempt of an uncertain end was followed by one that sent."""
        return self.sent and any(one.uncertain for each in self.record.deliveries for one in each.attempts)

    @property
    def so_far(self) -> bool:
        """Whether more can come."""
        return self.record.ended == "open" or any(one.is_open for one in self.record.deliveries)

    @property
    def settlements(self) -> list[DecisionRecord]:
        """What people said of an unknown outcome, where it counted."""
        return [one for one in self.counted if one.kind == DecisionKind.SETTLE]

    @property
    def approvals(self) -> list[DecisionRecord]:
        """The approvals that the answer is about: those of its delivery, else those that stand at the end."""
        about = self.delivery if self.sent or self.unknown else None
        numbers = about.approvals if about else self.record.approvals
        return [self.record.decisions[n - 1] for n in numbers]

    @property
    def missing_approvals(self) -> str:
        """*1 of 2*, where not all were there; empty where they were, or none was asked for."""
        needed = self.record.reviews[-1].approvals_needed if self.record.reviews else 1
        given = len(self.approvals)
        return f"{given} of {needed}" if 0 < given < needed and not self.sent else ""

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
