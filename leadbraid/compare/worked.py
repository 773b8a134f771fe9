"""One lead, worked up to the review: its calls, its time, and its briefs. `reading.py` reads them from a history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from leadbraid.models import Brief, Stream


@dataclass(frozen=True)
class Call:
    """One call of a stream, all its tries together. Times are seconds after the lead's start, by the server's clock.

    ``began`` is when the last try began; before that it waited for a free slot, or for earlier tries. ``failure`` is
    the kind of the last failed try; empty where none failed. ``redraft``: made after the first brief.
    """

    stream: Stream
    scheduled: float
    began: float
    ended: float
    ok: bool = True
    tries: int = 1
    failure: str = ""
    redraft: bool = False
    tokens: int | None = None

    @property
    def seconds(self) -> float:
        """From when it could start to its end."""
        return self.ended - self.scheduled

    @property
    def waited(self) -> float:
        """For a free slot. Of a call that was tried again, its waits count as work: history keeps only the last try."""
        return self.began - self.scheduled if self.tries == 1 else 0.0


@dataclass(frozen=True)
class Worked:
    """One lead worked by one plan, up to the review. ``first`` is the brief before any redraft, ``brief`` the last."""

    lead_id: str
    plan: str
    seconds: float
    calls: tuple[Call, ...]
    first: Brief
    brief: Brief

    @property
    def redrafted(self) -> bool:
        """Whether the draft was written again before a person looked."""
        return any(call.redraft for call in self.calls)

    @property
    def stream_seconds(self) -> float:
        """What its calls would take one after another, had none waited for a slot."""
        return sum(call.seconds - call.waited for call in self.calls)

    @property
    def first_calls(self) -> dict[Stream, float]:
        """Seconds of each stream's call for the first brief."""
        return {call.stream: call.seconds for call in self.calls if not call.redraft}


def taken(briefs: Sequence[Brief]) -> Brief:
    """Of all that the merge point made before the review, the brief that came to it."""
    kept = briefs[0]
    for candidate in briefs[1:]:
        if candidate.error or not candidate.supersedes:
            break
        kept = candidate
    return kept
