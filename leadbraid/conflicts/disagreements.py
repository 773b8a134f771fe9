"""The rule on what a model saw between two outputs. It found them; what they say and weigh is checked here again."""

from __future__ import annotations

from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.models import (
    Code,
    CompanyNote,
    Conflict,
    Disagreement,
    Qualification,
    Quote,
    Resolver,
    RiskReport,
    Stream,
)


def disagreement(case: Case) -> Iterator[Conflict]:
    """Two outputs do not go together, as a model sees it. Blocking where both cannot be true, else a warning.

    Counts only while the words of both stand: an edited reply, or a newer output, may have settled it.
    """
    sides = sides_of(case.qualification, case.note, case.shown, case.risks)
    for one in case.judged:
        if all(found.text in sides.get(Stream(found.source), "") for found in (one.left, one.right)):
            yield conflict(
                Code.DISAGREEMENT,
                one.severity,
                _resolver(one),
                one.why,
                left=_shown(one.left, case),
                right=_shown(one.right, case),
            )


def _resolver(one: Disagreement) -> Resolver:
    """Drafting can write anew; what two others disagree about is for a person."""
    return Resolver.DRAFTING if Stream.DRAFTING in (one.left.source, one.right.source) else Resolver.REVIEWER


def _shown(found: Quote, case: Case) -> Quote:
    return quote(case.author, found.text) if found.source == Stream.DRAFTING else found


def sides_of(
    judgment: Qualification | None, note: CompanyNote | None, reply: str, risks: RiskReport | None
) -> dict[Stream, str]:
    """The outputs in words, as a reviewer reads them; ``reply`` is what is shown of it. Missing ones are left out."""
    sides = {
        Stream.QUALIFICATION: _weighed(judgment),
        Stream.RESEARCH: _known(note),
        Stream.DRAFTING: reply,
        Stream.FIT_RISK: _flagged(risks),
    }
    return {stream: text for stream, text in sides.items() if text}


def _weighed(judgment: Qualification | None) -> str:
    if judgment is None:
        return ""
    criteria = (f"{one.criterion}: {one.answer.value}. {one.reason}" for one in judgment.criteria)
    return "\n".join((f"Verdict: {judgment.verdict.value}, score {judgment.score} of 100.", *criteria))


def _known(note: CompanyNote | None) -> str:
    if note is None:
        return ""
    not_found = f"Not found: {', '.join(note.not_found)}." if note.not_found else ""
    lines = (f"Evidence: {note.evidence.value}.", note.summary, *(fact.text for fact in note.facts), not_found)
    return "\n".join(line for line in lines if line)


def _flagged(risks: RiskReport | None) -> str:
    if risks is None:
        return ""
    flags = [f"{flag.severity.value}: {flag.text}" for flag in risks.flags]
    return "\n".join(flags) or "No flags."
