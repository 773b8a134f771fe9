"""What the briefs and calls of a plan show: the evidence that the judgment weighs. Values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from leadbraid.compare.worked import Worked
from leadbraid.models import Answer, Brief, Code, Severity
from leadbraid.text import sentences, words

T = TypeVar("T")
SCHEMA_FAILURE = "bad_output"
"""How a provider names an answer that does not fit its form."""


@dataclass(frozen=True)
class Evidence:
    """Of all leads that one plan worked. Shares are 0 to 1; what is not a share is a mean per brief."""

    leads: int
    foreign_sentences: float
    schema_failures: float
    stepping: float
    clean: float
    redrafted: float
    unknown: float
    two_owners: float
    unmerged: float
    conflicts_before: float
    conflicts: float
    gaps: float
    unsupported: float
    words: float


def evidence(worked: Sequence[Worked]) -> Evidence:
    """Of at least one worked lead."""
    briefs = [one.brief for one in worked]
    answers = [one.answer for brief in briefs if brief.qualification for one in brief.qualification.criteria]
    tries = sum(call.tries for one in worked for call in one.calls)
    return Evidence(
        leads=len({one.lead_id for one in worked}),
        foreign_sentences=_share(sum(map(_foreign, briefs)), sum(len(list(sentences_of(brief))) for brief in briefs)),
        schema_failures=_share(_schema_failures(worked), tries),
        stepping=_of(briefs, lambda brief: any(one.open and one.code is Code.OVERLAP for one in brief.conflicts)),
        clean=_of(briefs, lambda brief: not brief.open_conflicts),
        redrafted=_of(worked, lambda one: one.redrafted),
        unknown=_share(answers.count(Answer.UNKNOWN), len(answers)),
        two_owners=_of(briefs, _two_owners),
        unmerged=_of(briefs, _unmerged),
        conflicts_before=_mean(len(one.first.open_conflicts) for one in worked),
        conflicts=_mean(len(brief.open_conflicts) for brief in briefs),
        gaps=_mean(gaps_of(brief) for brief in briefs),
        unsupported=_mean(_count(brief, Code.UNSOURCED_CLAIM) for brief in briefs),
        words=_mean(words_of(brief) for brief in briefs),
    )


def gaps_of(brief: Brief) -> int:
    """Planned streams without an output."""
    return sum(1 for result in brief.results if result.work is None)


def words_of(brief: Brief) -> int:
    """Words that a reviewer has to read: the reply, the outputs' sentences, and what is said of open conflicts."""
    told = (conflict.message for conflict in brief.open_conflicts)
    return sum(len(words(text)) for text in (*sentences_of(brief), *told))


def sentences_of(brief: Brief) -> Iterator[str]:
    """Every sentence that a stream wrote, as shown; a quote is somebody else's."""
    for text in _texts(brief):
        yield from sentences(text)


def _texts(brief: Brief) -> Iterator[str]:
    if brief.qualification:
        yield from (one.reason for one in brief.qualification.criteria)
    if note := brief.note:
        yield from (note.summary, *(fact.text for fact in note.facts), *note.not_found)
    if brief.reply:
        yield from (brief.reply.subject, brief.reply.body)
    if brief.risks:
        yield from (flag.text for flag in brief.risks.flags)


def _foreign(brief: Brief) -> int:
    """Sentences in which the merge point found another stream's text, allowed or not."""
    return len({(one.left.source, one.left.text) for one in brief.conflicts if one.code is Code.OVERLAP})


def _schema_failures(worked: Sequence[Worked]) -> int:
    return sum(1 for one in worked for call in one.calls if call.failure == SCHEMA_FAILURE)


def _two_owners(brief: Brief) -> bool:
    """Two streams answered one question, as a rule of the playbook lets them."""
    return any(one.code is Code.OVERLAP and one.severity is Severity.INFO for one in brief.conflicts)


def _unmerged(brief: Brief) -> bool:
    """The merge point gave up, or left open which of two next steps it is."""
    return bool(brief.error) or any(
        one.open and one.code in (Code.ASSEMBLE_FAILED, Code.NEXT_STEP_DISAGREEMENT) for one in brief.conflicts
    )


def _count(brief: Brief, code: Code) -> int:
    return sum(1 for one in brief.conflicts if one.code is code)


def _of(all_of: Sequence[T], holds: Callable[[T], bool]) -> float:
    return _share(sum(map(holds, all_of)), len(all_of))


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return _share(sum(listed), len(listed))
