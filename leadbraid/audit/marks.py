"""What happened at a moment of a lead's way: a decision, an alarm, something that Temporal did. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leadbraid.audit.schema import AuditRecord, DecisionRecord
from leadbraid.models.visible import one_line

NAME = 24
"""Characters of a stranger's name that a label has room for."""
BY_TEMPORAL = (
    "reset by",
    "the workflow's code failed",
    "a workflow task timed out",
    "cancellation asked",
    "terminated",
)
"""How the record begins to tell of what Temporal, or an operator of it, did; other occurrences are alarms."""


class Sort(StrEnum):
    """What a mark tells of."""

    DECISION = "decision"
    REFUSED = "refused decision"
    ALARM = "alarm"
    TEMPORAL = "Temporal"


@dataclass(frozen=True)
class Mark:
    """``text`` is the whole of it on one line; ``label`` what a picture has room for; ``kind`` what it counts as."""

    at: datetime
    sort: Sort
    kind: str
    label: str
    text: str
    number: int = 0


def marks_of(record: AuditRecord) -> list[Mark]:
    """Everything that happened, in order. ``number`` is that of a decision in the record, from 1."""
    found = [_decision(n, one) for n, one in enumerate(record.decisions, 1)]
    found += [_occurrence(one.place.at, one.what) for one in record.occurrences]
    found += _escalated(record)
    for words in record.words:
        came = {True: "taken in", False: "not taken in", None: "no answer recorded"}[words.taken]
        found.append(_plain(words.place.at, "message", f"the person wrote again ({came})"))
    for playbook in record.playbooks[1:]:
        found.append(_plain(playbook.place.at, "playbook", f"playbook read anew: {playbook.name}"))
    found += [
        _plain(run.ended, "continued as new", "continued as new", Sort.TEMPORAL)
        for run in record.runs
        if run.closed == "continued as new" and run.ended
    ]
    return sorted(found, key=lambda one: one.at)


def told(marks: Sequence[Mark]) -> str:
    """Marks that stand so close that they are told as one: *approve, claimed by ana + 12 notes*."""
    if len(marks) == 1:
        return marks[0].label
    counts = Counter(one.kind for one in marks)
    single = {one.kind: one.label for one in marks if counts[one.kind] == 1}
    parts = [single.get(kind, f"{n} × {kind}") for kind, n in counts.most_common()]
    return " + ".join(sorted(parts[:4], key=lambda part: "×" in part)) + (" + more" if parts[4:] else "")


def _decision(number: int, one: DecisionRecord) -> Mark:
    kind = one_line(one.kind.replace("_", " "), NAME)
    verdict = {True: "", False: " refused", None: " without verdict"}[one.accepted]
    if one.again:
        verdict = " sent again"
    why = f" ({one_line(one.code, 40)}: {one_line(one.message, 120)})" if one.accepted is False else ""
    return Mark(
        at=one.place.at,
        sort=Sort.DECISION if one.accepted else Sort.REFUSED,
        kind=f"{kind}{verdict}",
        label=f"{kind}{verdict}, {_who(one)}",
        text=f"{kind}{verdict}, {_who(one, 80)}, on version {one.seen}{why}",
        number=number,
    )


def _who(one: DecisionRecord, limit: int = NAME) -> str:
    """*by* who a checked signature proves, else *claimed by* who it says it is from."""
    if one.by:
        return f"by {one_line(one.by, limit)} (signed)"
    return f"claimed by {one_line(one.claimed_by, limit)}" if one.claimed_by else "nobody named"


def _occurrence(at: datetime, what: str) -> Mark:
    text = one_line(what, 160)
    short = one_line(text.split(":")[0].split(" (")[0], 40)
    sort = Sort.TEMPORAL if text.startswith(BY_TEMPORAL) else Sort.ALARM
    if text.startswith("reset by"):
        short = "reset by an operator"
    return Mark(at, sort, kind=short, label=short, text=text)


def _escalated(record: AuditRecord) -> Iterable[Mark]:
    """To whom the lead went when an alarm rang; what a person assigned is a decision already."""
    for one in record.assigned:
        if one.why.startswith("escalated"):
            yield _plain(one.at, "new owner", f"now {one_line(one.to, NAME)}'s")


def _plain(at: datetime, kind: str, text: str, sort: Sort = Sort.ALARM) -> Mark:
    flat = one_line(text, 160)
    return Mark(at, sort, kind=kind, label=one_line(flat, 60), text=flat)


UNITS = ((86_400, "d"), (3600, "h"), (60, "min"))


def took(length: timedelta) -> str:
    """``2 d 3 h``, ``4 min 5 s``, ``1.2 s``, ``85 ms``."""
    exact = max(length.total_seconds(), 0.0)
    if exact < 0.9995:
        return f"{exact * 1000:.0f} ms"
    if exact < 59.95:
        return f"{exact:.1f} s"
    seconds = round(exact)
    for n, (size, unit) in enumerate(UNITS):
        if seconds >= size:
            small, name = UNITS[n + 1] if n + 1 < len(UNITS) else (1, "s")
            rest = seconds % size // small
            return f"{seconds // size} {unit}" + (f" {rest} {name}" if rest else "")
    raise AssertionError("A minute or more has a unit.")
