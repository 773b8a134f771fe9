"""Whether the plans' outputs are the same, lead by lead and stream by stream, and where not, which words differ."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from leadbraid.compare.worked import Worked
from leadbraid.models import Brief, CompanyNote, Draft, Qualification, RiskReport, Stream, StreamResult

_TOKEN = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)
_LONGEST = 6_000
"""Characters of an output that are compared word by word: the time that takes grows with the square."""


class Stage(StrEnum):
    """Which outputs are compared: those of the first brief, or what came to review after redrafts."""

    FIRST = "before redrafts"
    REVIEW = "at review"


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A run of words. ``gone``: only in the output beside; ``new``: only in this plan's."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Different:
    """One output of one lead that ``plan`` made otherwise than ``beside``, at a ``stage``."""

    stage: Stage
    lead_id: str
    stream: Stream
    plan: str
    beside: str
    old: str
    new: str

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its words: the same, gone, new."""
        return word_diff(self.old, self.new)


@dataclass(frozen=True)
class Sameness:
    """Of one stream by one plan: how many leads have the same output as ``beside``, word for word."""

    plan: str
    beside: str
    stream: Stream
    leads: int
    first: int
    review: int


def samenesses(runs: Mapping[str, Sequence[Worked]], beside: str) -> tuple[Sameness, ...]:
    """Each stream of each plan against the plan ``beside``; only streams that both have."""
    first, review = (list(_pairs(runs, beside, stage)) for stage in Stage)
    return tuple(
        Sameness(plan, beside, stream, len(pairs), first=_same(pairs), review=_same(later))
        for (plan, stream, pairs), (_, _, later) in zip(first, review, strict=True)
    )


def differences(runs: Mapping[str, Sequence[Worked]], beside: str) -> Iterator[Different]:
    """Every output that differs: first what came to review, then what differed otherwise before redrafts."""
    told: set[Different] = set()
    for stage in (Stage.REVIEW, Stage.FIRST):
        for plan, stream, pairs in _pairs(runs, beside, stage):
            for lead, one, other in pairs:
                found = Different(Stage.REVIEW, lead, stream, plan, beside, text_of(other), text_of(one))
                if found.old != found.new and found not in told:
                    told.add(found)
                    yield replace(found, stage=stage)


Pairs = list[tuple[str, StreamResult, StreamResult]]


def _same(pairs: Pairs) -> int:
    return sum(text_of(one) == text_of(other) for _, one, other in pairs)


def _pairs(runs: Mapping[str, Sequence[Worked]], beside: str, stage: Stage) -> Iterator[tuple[str, Stream, Pairs]]:
    """By plan and stream: lead, this plan's result, the result beside. A lead's first run counts."""
    other = _first_of_each(runs.get(beside, ()), stage)
    for plan, worked in runs.items():
        if plan == beside:
            continue
        mine = _first_of_each(worked, stage)
        for stream in Stream:
            pairs = [
                (lead, left, right)
                for lead in sorted(mine.keys() & other.keys())
                if (left := mine[lead].result(stream)) and (right := other[lead].result(stream))
            ]
            if pairs:
                yield plan, stream, pairs


def _first_of_each(worked: Sequence[Worked], stage: Stage) -> dict[str, Brief]:
    found: dict[str, Brief] = {}
    for one in worked:
        found.setdefault(one.lead_id, one.first if stage is Stage.FIRST else one.brief)
    return found


def text_of(result: StreamResult) -> str:
    """An output as a person reads it, a line for each part; a gap as its reason."""
    output = result.work.output if result.work else None
    match output:
        case Qualification():
            answers = (f"{one.criterion}: {one.answer} ({one.reason})" for one in output.criteria)
            lines = [f"{output.verdict}, score {output.score}", *answers]
        case CompanyNote():
            facts = (f"{one.text} [{one.quote.source}]" for one in output.facts)
            missing = (f"not found: {one}" for one in output.not_found)
            lines = [output.summary, f"evidence: {output.evidence}", *facts, *missing]
        case Draft():
            lines = [f"Subject: {output.subject}", f"tone: {output.tone}", output.body]
        case RiskReport():
            lines = [f"{one.severity} {one.code}: {one.text}" for one in output.flags] or ["no flags"]
        case _:
            lines = [f"missing: {result.gap.reason if result.gap else 'no usable output'}"]
    return "\n".join(lines)


def word_diff(old: str, new: str) -> tuple[Piece, ...]:
    """The words of both in one row: same, gone, new. Of long texts the beginnings."""
    left, right = _TOKEN.findall(old[:_LONGEST]), _TOKEN.findall(new[:_LONGEST])
    pieces: list[Piece] = []
    for tag, i, k, m, n in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Kind.SAME, "".join(left[i:k])))
            continue
        pieces += [Piece(Kind.GONE, "".join(left[i:k]))] if k > i else []
        pieces += [Piece(Kind.NEW, "".join(right[m:n]))] if n > m else []
    return tuple(pieces)
