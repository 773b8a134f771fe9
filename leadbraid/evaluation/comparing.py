"""Two results side by side, case by case: which differences are real at this number of cases. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from leadbraid.errors import InputError
from leadbraid.evaluation.figures import WHOLE, added, tally_of
from leadbraid.evaluation.result import CaseResult, Item, Measure, Result, Run
from leadbraid.evaluation.statistics import (
    LEVEL,
    Interval,
    Tally,
    cases_needed,
    difference_of_means,
    difference_of_shares,
    exact_sign_test,
    holm,
)


class Judgment(StrEnum):
    """What can be said of a difference."""

    BETTER = "better"
    WORSE = "worse"
    NOT_TOLD = "not told apart"
    SAME = "the same"

    @property
    def real(self) -> bool:
        """Whether chance does not explain it."""
        return self in (Judgment.BETTER, Judgment.WORSE)


class Unit(StrEnum):
    """What a difference is counted in."""

    SHARE = "share"
    SECONDS = "seconds"
    TOKENS = "tokens"
    COST = "cost"


@dataclass(frozen=True)
class Difference:
    """One measure in both results. ``better`` and ``worse`` count cases; ``needed``: cases to tell such a difference.

    ``p`` is corrected for all measures that were compared. More is better for shares, less for everything else.
    """

    key: str
    where: str
    label: str
    unit: Unit
    before: float
    after: float
    interval: Interval
    cases: int
    better: int
    worse: int
    p: float
    needed: int | None

    @property
    def change(self) -> float:
        """After, minus before."""
        return self.after - self.before

    @property
    def judgment(self) -> Judgment:
        """Real, or not told apart at this number of cases."""
        if not self.better and not self.worse:
            return Judgment.SAME
        if self.p >= LEVEL:
            return Judgment.NOT_TOLD
        return Judgment.BETTER if self.better > self.worse else Judgment.WORSE


@dataclass(frozen=True)
class Fallen:
    """An item that was right in every run before and is wrong in one now; or a false alarm that was not there."""

    case: str
    item: Item

    def __str__(self) -> str:
        item = self.item
        return f"{self.case}: {item.measure.label}: {item.name}: expected {item.expected}, got {item.got}"


@dataclass(frozen=True)
class Comparison:
    """All differences, over the cases that both results have with the same label. ``left_out``: the others."""

    baseline: Result
    cases: int
    left_out: int
    differences: tuple[Difference, ...]
    fallen: tuple[Fallen, ...]
    mended: tuple[Fallen, ...]
    same_documents: bool

    @property
    def really_worse(self) -> tuple[Difference, ...]:
        """Those that chance does not explain."""
        return tuple(one for one in self.differences if one.judgment is Judgment.WORSE)


Pairs = Sequence[tuple[CaseResult, CaseResult]]


def compare(baseline: Result, now: Result) -> Comparison:
    """Put them side by side.

    Raises:
        InputError: They have no case in common.
    """
    pairs = _pairs(baseline, now)
    if not pairs:
        raise InputError("The baseline has no case in common with this run, with the same label: nothing to compare.")
    raw = [one for one in (_whole(pairs), *(_of_measure(pairs, measure) for measure in Measure), *_costs(pairs)) if one]
    corrected = holm([one.p for one in raw])
    told = tuple(_corrected(one, p, len(raw)) for one, p in zip(raw, corrected, strict=True))
    return Comparison(
        baseline=baseline,
        cases=len(pairs),
        left_out=len(now.cases) - len(pairs),
        differences=told,
        fallen=_changed(pairs),
        mended=_changed([(after, before) for before, after in pairs]),
        same_documents=baseline.dataset.digest == now.dataset.digest,
    )


def _pairs(baseline: Result, now: Result) -> Pairs:
    before = {(case.id, case.digest): case for case in baseline.cases}
    return [(before[key], case) for case in now.cases if (key := (case.id, case.digest)) in before]


def _corrected(one: Difference, p: float, comparisons: int) -> Difference:
    needed = cases_needed(one.better / one.cases, one.worse / one.cases, comparisons)
    return Difference(**(one.__dict__ | {"p": p, "needed": needed}))


# --- shares --------------------------------------------------------------------------------------------------------


def _whole(pairs: Pairs) -> Difference | None:
    return _shares(pairs, WHOLE, "Whole brief", "wholly right", lambda run: Tally(int(not run.wrong), 1))


def _of_measure(pairs: Pairs, measure: Measure) -> Difference | None:
    return _shares(pairs, measure.value, measure.where, measure.label, lambda run: tally_of(run.items_of(measure)))


def _shares(pairs: Pairs, key: str, where: str, label: str, count: Callable[[Run], Tally]) -> Difference | None:
    """None where neither has an item. A case is better where fewer of its items are wrong, by the mean of its runs."""
    before, after = ([_together(case, count) for case in cases] for cases in zip(*pairs, strict=True))
    if not any(one.total for one in before) or not any(one.total for one in after):
        return None
    wrong = [
        (old.wrong / len(pair[0].runs), new.wrong / len(pair[1].runs))
        for old, new, pair in zip(before, after, pairs, strict=True)
    ]
    better, worse = sum(new < old for old, new in wrong), sum(new > old for old, new in wrong)
    values = [sum(one.right for one in tallies) / sum(one.total for one in tallies) for tallies in (before, after)]
    return Difference(
        key=key,
        where=where,
        label=label,
        unit=Unit.SHARE,
        before=values[0],
        after=values[1],
        interval=difference_of_shares(before, after),
        cases=len(pairs),
        better=better,
        worse=worse,
        p=exact_sign_test(better, worse),
        needed=None,
    )


def _together(case: CaseResult, count: Callable[[Run], Tally]) -> Tally:
    tallies = [count(run) for run in case.runs]
    return Tally(sum(one.right for one in tallies), sum(one.total for one in tallies))


# --- what it took --------------------------------------------------------------------------------------------------


def _costs(pairs: Pairs) -> list[Difference]:
    found = (_means(pairs, unit, label, value) for unit, label, value in _COSTS)
    return [one for one in found if one]


def _seconds(run: Run) -> float | None:
    return run.seconds


def _tokens(run: Run) -> float | None:
    total = added(tuple(run.spent.values()))
    known = total.tokens_in is not None and total.tokens_out is not None
    return float((total.tokens_in or 0) + (total.tokens_out or 0)) if known else None


def _cost(run: Run) -> float | None:
    total = added(tuple(run.spent.values()))
    return None if total.cost is None else float(total.cost)


_COSTS = (
    (Unit.SECONDS, "seconds a lead", _seconds),
    (Unit.TOKENS, "tokens a lead", _tokens),
    (Unit.COST, "cost of a lead", _cost),
)


def _means(pairs: Pairs, unit: Unit, label: str, value: Callable[[Run], float | None]) -> Difference | None:
    """Over the cases of which both know it in every run; None where there is none, or the money is another."""
    known = [
        (old, new)
        for pair in pairs
        if (old := _mean(pair[0], value)) is not None and (new := _mean(pair[1], value)) is not None
    ]
    if not known or (unit is Unit.COST and len({_currency(case) for pair in pairs for case in pair} - {""}) > 1):
        return None
    before, after = [old for old, _ in known], [new for _, new in known]
    better, worse = sum(new < old for old, new in known), sum(new > old for old, new in known)
    return Difference(
        key=unit.value,
        where="What it took",
        label=label,
        unit=unit,
        before=statistics.mean(before),
        after=statistics.mean(after),
        interval=difference_of_means(before, after),
        cases=len(known),
        better=better,
        worse=worse,
        p=exact_sign_test(better, worse),
        needed=None,
    )


def _mean(case: CaseResult, value: Callable[[Run], float | None]) -> float | None:
    values = [value(run) for run in case.runs]
    known = [one for one in values if one is not None]
    return statistics.mean(known) if len(known) == len(values) else None


def _currency(case: CaseResult) -> str:
    return next((one.currency for run in case.runs for one in run.spent.values() if one.currency), "")


# --- item by item --------------------------------------------------------------------------------------------------


def _changed(pairs: Pairs) -> tuple[Fallen, ...]:
    """What is wrong in the second of each pair and was not in the first."""
    found = []
    for before, after in pairs:
        was_wrong = {(item.measure, item.name) for run in before.runs for item in run.wrong}
        now_wrong = {(item.measure, item.name): item for run in after.runs for item in run.wrong}
        found += [Fallen(after.id, item) for key, item in now_wrong.items() if key not in was_wrong]
    return tuple(found)
