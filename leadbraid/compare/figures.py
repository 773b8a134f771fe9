"""Figures of times: median, spread, 95th percentile, and how sure a difference of medians is. Values in, values out."""

from __future__ import annotations

import math
import random  # noqa: TID251 - resampling, with a fixed seed: the same values give the same interval
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 2_000
SEED = 20_240_517
COVERED = 0.95


@dataclass(frozen=True)
class Spread:
    """Seconds: the median, the middle half (``low`` to ``high``), and the 95th percentile (nearest rank)."""

    median: float
    low: float
    high: float
    p95: float
    count: int


def spread(values: Sequence[float]) -> Spread:
    """Of at least one value."""
    ordered = sorted(values)
    return Spread(
        median=statistics.median(ordered),
        low=percentile(ordered, 25),
        high=percentile(ordered, 75),
        p95=percentile(ordered, 95),
        count=len(ordered),
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """By nearest rank: always a value that was measured."""
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass(frozen=True)
class Difference:
    """How much less one plan takes than another, in seconds: of the medians, with a 95 % interval."""

    seconds: float
    low: float
    high: float

    @property
    def words(self) -> str:
        """For a sentence, e.g. ``1.80 s less (95 % interval 1.18 to 1.95 s)``; below 0 it is more."""
        ends = sorted((self.low, self.high), key=abs)
        interval = f"{abs(ends[0]):.2f} to {abs(ends[1]):.2f} s"
        if self.low < 0 < self.high:
            interval = f"from {_signed(self.low)} to {_signed(self.high)}"
        return f"{_signed(self.seconds)} (95 % interval {interval})"

    @property
    def sure(self) -> bool:
        """Whether it is less for sure: the interval lies above 0."""
        return self.low > 0


def _signed(seconds: float) -> str:
    return f"{abs(seconds):.2f} s {'more' if seconds < 0 else 'less'}"


def difference(slower: Sequence[float], faster: Sequence[float]) -> Difference:
    """Median of ``slower`` minus median of ``faster``, values of the same leads in the same order.

    The interval is that of a paired percentile bootstrap: leads are drawn with replacement, as many as there are, each
    with both its values; the middle 95 % of the differences of medians in 2,000 such draws. What makes one lead slower
    than another, whatever the plan, so cancels out. The seed is fixed.

    Raises:
        ValueError: The two are not of the same leads.
    """
    if len(slower) != len(faster) or not slower:
        raise ValueError("a paired difference needs both values of each lead")
    chance, numbers = random.Random(SEED), range(len(slower))  # noqa: S311 - statistics, no secret
    found = []
    for _ in range(RESAMPLES):
        drawn = chance.choices(numbers, k=len(slower))
        found.append(statistics.median(slower[n] for n in drawn) - statistics.median(faster[n] for n in drawn))
    found.sort()
    tail = (1 - COVERED) / 2 * 100
    return Difference(
        seconds=statistics.median(slower) - statistics.median(faster),
        low=percentile(found, tail),
        high=percentile(found, 100 - tail),
    )
