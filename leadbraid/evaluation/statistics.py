"""How sure a share is, and whether two runs over the same cases differ. Values in, values out.

The case is what varies by chance: several items of one case stand or fall together, and so do its repeats. So shares
count as many independent items as the spread between cases allows, and two runs are compared case by case.
"""

from __future__ import annotations

import math
import random  # noqa: TID251 - resampling, with a fixed seed: the same values give the same interval
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

COVERED = 0.95
LEVEL = 0.05
"""A difference is real where its corrected p-value lies below this."""
POWER = 0.8
"""How often a difference should be found by the number of cases that is called needed."""
RESAMPLES = 2_000
SEED = 20_261_124
Z = NormalDist().inv_cdf(0.5 + COVERED / 2)


@dataclass(frozen=True)
class Tally:
    """One case by one measure: how many of its items are right, of how many."""

    right: int = 0
    total: int = 0

    @property
    def wrong(self) -> int:
        """The others."""
        return self.total - self.right


@dataclass(frozen=True)
class Interval:
    """From ``low`` to ``high``, at 95 %."""

    low: float
    high: float


@dataclass(frozen=True)
class Share:
    """Of ``total`` items in ``cases`` cases, ``right`` are right. ``interval`` is None where there is no item."""

    right: int
    total: int
    cases: int
    interval: Interval | None

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None where there is no item."""
        return self.right / self.total if self.total else None


def share(tallies: Sequence[Tally]) -> Share:
    """The share of right items over all cases, with its interval."""
    counted = [tally for tally in tallies if tally.total]
    right, total = sum(tally.right for tally in counted), sum(tally.total for tally in counted)
    interval = wilson(right / total, effective_size(counted)) if total else None
    return Share(right, total, len(counted), interval)


def wilson(value: float, size: float) -> Interval:
    """The score interval of a share (E. B. Wilson, 1927): never outside 0 to 1, and of use at 0 and at 1 too.

    Args:
        value: The share.
        size: How many independent items it was counted on.
    """
    middle = value + Z * Z / (2 * size)
    half = Z * math.sqrt(value * (1 - value) / size + Z * Z / (4 * size * size))
    whole = 1 + Z * Z / size
    return Interval(max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole))


def effective_size(tallies: Sequence[Tally]) -> float:
    """As how many independent items those of these cases count: never more than there are.

    The variance of a share of independent items, over that of this share by the spread between cases (the linearised
    ratio estimator), as E. L. Korn and B. I. Graubard (1998) do for surveys. Where all are right or all are wrong no
    spread can be seen, and a case counts as one.
    """
    right, total = sum(tally.right for tally in tallies), sum(tally.total for tally in tallies)
    value = right / total
    spread = sum((tally.right - value * tally.total) ** 2 for tally in tallies)
    if not 0 < value < 1 or not spread:
        return min(len(tallies), total)
    return min(total, value * (1 - value) * total * total / spread)


# --- two runs over the same cases ----------------------------------------------------------------------------------


def exact_sign_test(better: int, worse: int) -> float:
    """The two-sided p-value that so many cases are better and so many worse by chance alone.

    With one item a case it is McNemar's test in its exact form: cases that are alike in both runs tell nothing, and
    each of the others is better or worse like a coin falls.
    """
    unlike = better + worse
    if not unlike:
        return 1.0
    tail = sum(math.comb(unlike, number) for number in range(min(better, worse) + 1))
    return min(1.0, 2 * tail / (1 << unlike))


def holm(values: Sequence[float]) -> tuple[float, ...]:
    """Each p-value, corrected for how many there are (S. Holm, 1979): at the level, hardly ever a false find at all."""
    order = sorted(range(len(values)), key=lambda place: values[place])
    corrected = [0.0] * len(values)
    worst = 0.0
    for rank, place in enumerate(order):
        worst = max(worst, min(1.0, (len(values) - rank) * values[place]))
        corrected[place] = worst
    return tuple(corrected)


def cases_needed(better: float, worse: float, comparisons: int = 1) -> int | None:
    """How many cases would tell a difference of this size, four times in five; None where there is no difference.

    R. J. Connor's formula for paired shares (1987), at the level that the smallest of ``comparisons`` p-values has to
    pass by Holm's correction.

    Args:
        better: Share of cases that are better.
        worse: Share of cases that are worse.
        comparisons: How many measures are compared at once.
    """
    difference, unlike = abs(better - worse), better + worse
    if not difference:
        return None
    level, power = NormalDist().inv_cdf(1 - LEVEL / comparisons / 2), NormalDist().inv_cdf(POWER)
    deviation = level * math.sqrt(unlike) + power * math.sqrt(unlike - difference**2)
    return math.ceil(round((deviation / difference) ** 2, 6))


def difference_of_shares(before: Sequence[Tally], after: Sequence[Tally]) -> Interval:
    """The interval of the share after, minus that before, over the same cases in the same order.

    A paired percentile bootstrap: as many cases as there are, drawn with replacement, each with both its values; the
    middle 95 % of the differences in 2,000 such draws. The seed is fixed.
    """
    found = []
    for drawn in _draws(len(before)):
        values = [_value([tallies[place] for place in drawn]) for tallies in (before, after)]
        if values[0] is not None and values[1] is not None:
            found.append(values[1] - values[0])
    return _middle(found)


def difference_of_means(before: Sequence[float], after: Sequence[float]) -> Interval:
    """The interval of the mean after, minus that before, drawn as `difference_of_shares` does."""
    apart = [new - old for old, new in zip(before, after, strict=True)]
    return _middle([sum(apart[place] for place in drawn) / len(apart) for drawn in _draws(len(apart))])


def _draws(cases: int) -> list[list[int]]:
    chance, numbers = random.Random(SEED), range(cases)  # noqa: S311 - statistics, no secret
    return [chance.choices(numbers, k=cases) for _ in range(RESAMPLES)]


def _value(tallies: Sequence[Tally]) -> float | None:
    total = sum(tally.total for tally in tallies)
    return sum(tally.right for tally in tallies) / total if total else None


def _middle(found: Sequence[float]) -> Interval:
    ordered = sorted(found) or [0.0]
    tail = (1 - COVERED) / 2
    low, high = math.ceil(len(ordered) * tail) - 1, math.ceil(len(ordered) * (1 - tail)) - 1
    return Interval(ordered[max(0, low)], ordered[high])
