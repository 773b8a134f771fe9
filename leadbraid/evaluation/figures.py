"""The figures of one result: shares with their intervals, what it took, which kinds of lead go wrong. Pure."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from leadbraid.evaluation.result import CaseResult, Item, Measure, Result, Run, Spent
from leadbraid.evaluation.statistics import Share, Tally, share
from leadbraid.models import Code, Stream
from leadbraid.per_job import JUDGE

INJECTION = "injection"
"""The kind of the leads that try to give orders to whoever reads them."""


@dataclass(frozen=True)
class Figure:
    """One share. ``each`` is the share of every repeat by itself; one value where there was one."""

    key: str
    where: str
    label: str
    meaning: str
    share: Share
    each: tuple[float, ...] = ()

    @property
    def spread(self) -> tuple[float, float] | None:
        """The lowest and the highest of the repeats, where there were several."""
        return (min(self.each), max(self.each)) if len(self.each) > 1 else None


WHOLE = "whole"


def figures(result: Result) -> tuple[Figure, ...]:
    """Of every measure that has an item, and first of whole cases."""
    cases = result.cases
    whole = Figure(
        WHOLE,
        "Whole brief",
        "wholly right",
        "each lead: every single item of it is right",
        share([whole_tally(case) for case in cases]),
        _each(result, lambda run: Tally(int(not run.wrong), 1)),
    )
    found = (_figure(result, measure) for measure in Measure)
    return (whole, *(figure for figure in found if figure.share.total))


def _figure(result: Result, measure: Measure) -> Figure:
    return Figure(
        measure.value,
        measure.where,
        measure.label,
        measure.meaning,
        share([tally(case, measure) for case in result.cases]),
        _each(result, lambda run: tally_of(run.items_of(measure))),
    )


def _each(result: Result, count: Callable[[Run], Tally]) -> tuple[float, ...]:
    shares = (share([count(case.runs[place]) for case in result.cases]).value for place in range(result.repeat))
    return tuple(value for value in shares if value is not None)


def tally(case: CaseResult, measure: Measure) -> Tally:
    """One case by one measure, its repeats together."""
    return tally_of(item for run in case.runs for item in run.items_of(measure))


def tally_of(items: Iterable[Item]) -> Tally:
    """How many of them are right."""
    rights = [item.right for item in items]
    return Tally(sum(rights), len(rights))


def whole_tally(case: CaseResult) -> Tally:
    """In how many of its runs nothing of a case is wrong."""
    return Tally(sum(not run.wrong for run in case.runs), len(case.runs))


def unsteady(result: Result) -> tuple[int, int]:
    """How many items were right in one repeat and wrong in another, of how many that every repeat had."""
    changed = common = 0
    for case in result.cases:
        counts = Counter((item.measure, item.name) for run in case.runs for item in run.items)
        rights = Counter((item.measure, item.name) for run in case.runs for item in run.items if item.right)
        everywhere = [key for key, count in counts.items() if count == len(case.runs)]
        common += len(everywhere)
        changed += sum(0 < rights[key] < len(case.runs) for key in everywhere)
    return changed, common


# --- kinds ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """Leads of one kind: how many are right as a whole, and how many single items."""

    name: str
    cases: int
    whole: Share
    items: Share


def kinds(result: Result) -> tuple[Kind, ...]:
    """Every kind, the most frequent first."""
    found: dict[str, list[CaseResult]] = {}
    for case in result.cases:
        for name in case.kinds:
            found.setdefault(name, []).append(case)
    listed = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    return tuple(_kind(name, cases) for name, cases in listed)


def _kind(name: str, cases: Sequence[CaseResult]) -> Kind:
    items = [tally_of(item for run in case.runs for item in run.items) for case in cases]
    return Kind(name, len(cases), share([whole_tally(case) for case in cases]), share(items))


@dataclass(frozen=True)
class Injections:
    """Runs of leads that give orders: whether the reply obeyed (says what must not be said), and whether it was told.

    Counted are the runs of cases of the kind *injection* with words that must not be said.
    """

    obeyed_unflagged: int = 0
    obeyed_flagged: int = 0
    resisted_unflagged: int = 0
    resisted_flagged: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.obeyed_unflagged + self.obeyed_flagged + self.resisted_unflagged + self.resisted_flagged

    @property
    def obeyed(self) -> int:
        """Those whose reply says it, told or not."""
        return self.obeyed_unflagged + self.obeyed_flagged


def injections(result: Result) -> Injections:
    """What became of the orders."""
    count: Counter[tuple[bool, bool]] = Counter()
    for case in result.cases:
        for run in case.runs if INJECTION in case.kinds else ():
            said = [item for item in run.items_of(Measure.NOT_SAID) if item.right or item.quote]
            if said:
                flagged = any(
                    item.right and item.name == Code.INJECTION_SUSPECTED
                    for item in (*run.items_of(Measure.CONFLICTS_FOUND), *run.items_of(Measure.CONFLICTS_RIGHT))
                )
                count[(any(not item.right and bool(item.quote) for item in said), flagged)] += 1
    return Injections(count[True, False], count[True, True], count[False, False], count[False, True])


# --- what it took --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gaps:
    """A stream without output: in how many briefs, of how many runs, and the reason that was given most."""

    stream: Stream
    count: int
    runs: int
    reason: str


def gaps(result: Result) -> tuple[Gaps, ...]:
    """Of every stream that has any."""
    runs = [run for case in result.cases for run in case.runs]
    reasons = {stream: Counter(run.gaps[stream] for run in runs if stream in run.gaps) for stream in Stream}
    return tuple(
        Gaps(stream, found.total(), len(runs), found.most_common(1)[0][0]) for stream, found in reasons.items() if found
    )


@dataclass(frozen=True)
class Took:
    """Seconds until the brief, over all runs of which they are known."""

    median: float
    longest: float


def took(result: Result) -> Took | None:
    """None where no run tells its seconds."""
    seconds = [run.seconds for case in result.cases for run in case.runs if run.seconds is not None]
    return Took(statistics.median(seconds), max(seconds)) if seconds else None


def spent(result: Result) -> dict[str, Spent]:
    """What each job took in all, by name; a figure that one run does not tell is not known of the sum."""
    runs = [run for case in result.cases for run in case.runs]
    found = {name: [run.spent[job] for run in runs if job in run.spent] for job, name in _JOB_NAMES.items()}
    return {name: added(values) for name, values in found.items() if values}


_JOB_NAMES = {stream.value: stream.label for stream in Stream} | {JUDGE: "Judge"}


def added(values: Sequence[Spent]) -> Spent:
    """The sum."""
    asked = [value for value in values if value.calls]
    money = {value.currency for value in asked}
    costs = [value.cost for value in asked]
    known = len(money) == 1 and None not in costs
    return Spent(
        answers=sum(value.answers for value in values),
        failed=sum(value.failed for value in values),
        calls=sum(value.calls for value in values),
        seconds=sum(value.seconds for value in values),
        tokens_in=_sum([value.tokens_in for value in asked]),
        tokens_out=_sum([value.tokens_out for value in asked]),
        tokens_cached=_sum([value.tokens_cached for value in asked]),
        cost=sum((cost for cost in costs if cost is not None), Decimal()) if known else None,
        currency=money.pop() if known else "",
    )


def _sum(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
