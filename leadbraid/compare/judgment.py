"""The judgment: whether plans that work side by side are worth it, by eight conditions. Values in, values out.

`docs/plans.md` has the same table with its reasons; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from leadbraid.compare.evidence import Evidence
from leadbraid.compare.figures import Difference

LEADS_NEEDED = 10
LONGER = 1.2
"""Times as long as in sequence, at most, may a brief be and still be as clear."""
IN_SEQUENCE = "sequential"


class Answer(StrEnum):
    """What the judgment says."""

    PARALLEL = "parallel"
    PARTIAL = "partial"
    KEEP_SEQUENTIAL = "keep sequential"
    NOT_ENOUGH = "not enough leads to say"


CANDIDATES = (Answer.PARALLEL, Answer.PARTIAL)
"""In this order: the first that is worth it is the answer."""


@dataclass(frozen=True)
class Condition:
    """One of the eight. ``measure`` is the field of `Evidence`, a share; ``limit`` is what it may be at most.

    ``beside``: only what goes beyond the same share in sequence counts; what every plan has is no reason against one.
    ``falls_short``: the share is better the higher it is, and ``limit`` is how far it may stay below that in sequence.
    """

    name: str
    helps: bool
    measure: str
    what: str
    limit: float
    beside: bool = False
    falls_short: bool = False

    @property
    def threshold(self) -> str:
        """As the docs and reports write it."""
        percent = f"{self.limit * 100:.0f}"
        if self.falls_short:
            return f"at most {percent} points below sequence"
        return f"at most {percent} points above sequence" if self.beside else f"at most {percent} %"

    def finding(self, plan: Evidence, sequence: Evidence) -> Finding:
        """How it stands for a plan."""
        value, beside = getattr(plan, self.measure), getattr(sequence, self.measure)
        excess = beside - value if self.falls_short else value - beside if self.beside else value
        # Shares of few leads are coarse; without the tolerance 0.1 + 0.2 would be more than 0.3.
        return Finding(self, value, beside, favours=excess <= self.limit + 1e-9)


CONDITIONS = (
    Condition("distinct subproblems", True, "foreign_sentences", "of sentences are another stream's to write", 0.05),
    Condition("clear outputs", True, "schema_failures", "of tries gave an answer that did not fit its form", 0.05),
    Condition("streams keep to their own", True, "stepping", "of leads have an open overlap conflict", 0.10),
    Condition(
        "clean recombination", True, "clean", "of leads come to review without an open conflict", 0.10, falls_short=True
    ),
    Condition("tight dependence", False, "redrafted", "of leads are redrafted", 0.20, beside=True),
    Condition("fuzzy outputs", False, "unknown", "of criteria are answered with unknown", 0.50),
    Condition(
        "unclear ownership", False, "two_owners", "of leads have two streams answer one question, by exception", 0.20
    ),
    Condition(
        "undefined merge point",
        False,
        "unmerged",
        "of leads have a merge that gave up or left two next steps open",
        0.05,
        beside=True,
    ),
)
"""Four that must hold for streams to work side by side with gain, and four that must not."""


@dataclass(frozen=True)
class Finding:
    """A condition, measured for one plan. ``favours``: it speaks for that plan."""

    condition: Condition
    value: float
    in_sequence: float
    favours: bool

    @property
    def sentence(self) -> str:
        """In plain words, e.g. ``tight dependence: yes (58 % of leads are redrafted, in sequence 0 %; allowed: …)``."""
        one = self.condition
        state = ("holds" if self.favours else "does not hold") if one.helps else ("no" if self.favours else "yes")
        shares = f"{_percent(self.value)} {one.what}, in sequence {_percent(self.in_sequence)}"
        return f"{one.name}: {state} ({shares}; allowed: {one.threshold})"


@dataclass(frozen=True)
class Clearness:
    """One measure of how clear a brief is, beside sequence. ``limit``: what it may be at most."""

    name: str
    value: float
    in_sequence: float
    limit: float

    @property
    def as_clear(self) -> bool:
        """Not worse than allowed."""
        return self.value <= self.limit + 1e-9


def clearness(plan: Evidence, sequence: Evidence) -> tuple[Clearness, ...]:
    """Open conflicts, gaps and unsupported claims per brief must not be higher, a brief not over 1.2 times as long."""
    named = {"open conflicts": "conflicts", "gaps": "gaps", "unsupported claims": "unsupported"}
    counts = [
        Clearness(name, getattr(plan, field), getattr(sequence, field), limit=getattr(sequence, field))
        for name, field in named.items()
    ]
    return (*counts, Clearness("words", plan.words, sequence.words, sequence.words * LONGER))


@dataclass(frozen=True)
class Candidate:
    """A plan, weighed against the sequential one. ``gains``: by situation."""

    plan: Answer
    gains: tuple[tuple[str, Difference], ...]
    clearness: tuple[Clearness, ...]
    findings: tuple[Finding, ...]

    @property
    def faster(self) -> bool:
        """For sure, in every situation that was measured."""
        return all(gain.sure for _, gain in self.gains)

    @property
    def clear(self) -> bool:
        """Its briefs are as clear as those in sequence."""
        return all(one.as_clear for one in self.clearness)

    @property
    def worth_it(self) -> bool:
        """Faster, as clear, and every condition speaks for it."""
        return self.faster and self.clear and all(one.favours for one in self.findings)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What speaks for it where it is worth it, else what speaks against it."""
        return self._for if self.worth_it else self._against

    @property
    def _for(self) -> tuple[str, ...]:
        measured = ", ".join(f"{one.name} {one.value:.3g}" for one in self.clearness[:3])
        return (
            *(f"{self.plan} is faster {when}: {_gain(gain)}" for when, gain in self.gains),
            f"its briefs are as clear as in sequence (per brief: {measured})",
            "all eight conditions speak for it",
        )

    @property
    def _against(self) -> tuple[str, ...]:
        slow = [
            f"{self.plan} is not faster for sure {when}: {_gain(gain)}" for when, gain in self.gains if not gain.sure
        ]
        unclear = [
            f"briefs of {self.plan} are less clear: {one.value:.3g} {one.name} per brief, "
            f"in sequence {one.in_sequence:.3g}"
            for one in self.clearness
            if not one.as_clear
        ]
        return (*slow, *unclear, *(f"{self.plan}: {one.sentence}" for one in self.findings if not one.favours))


def weigh(plan: Answer, gains: Sequence[tuple[str, Difference]], shown: Evidence, sequence: Evidence) -> Candidate:
    """One plan beside the sequential one."""
    findings = tuple(condition.finding(shown, sequence) for condition in CONDITIONS)
    return Candidate(plan, tuple(gains), clearness(shown, sequence), findings)


@dataclass(frozen=True)
class Judgment:
    """The answer with its reasons; no answer where there was nothing to judge."""

    answer: Answer | None
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()


NOTHING_TO_JUDGE = Judgment(
    None, ("judged are parallel and partial against sequential: name sequential and one of them in --plans",)
)


def can_be_judged(plans: Sequence[str]) -> bool:
    """Whether these plans hold the sequential one and another to weigh against it."""
    return IN_SEQUENCE in plans and any(plan in plans for plan in CANDIDATES)


def judge(leads: int, candidates: Sequence[Candidate]) -> Judgment:
    """Parallel where it is worth it, else partial where that is, else sequential.

    Args:
        leads: Different leads that were worked by every plan.
        candidates: The plans beside the sequential one, those of `CANDIDATES` that were compared.
    """
    weighed = tuple(sorted(candidates, key=lambda one: CANDIDATES.index(one.plan)))
    if leads < LEADS_NEEDED:
        why = f"{leads} {'lead was' if leads == 1 else 'leads were'} worked by every plan; {LEADS_NEEDED} are needed"
        return Judgment(Answer.NOT_ENOUGH, (why,), weighed)
    chosen = next((one for one in weighed if one.worth_it), None)
    before = weighed[: weighed.index(chosen)] if chosen else weighed
    against = tuple(reason for one in before for reason in one.reasons)
    if chosen is None:
        return Judgment(Answer.KEEP_SEQUENTIAL, against, weighed)
    return Judgment(chosen.plan, (*chosen.reasons, *against), weighed)


def _gain(gain: Difference) -> str:
    return f"{gain.words} until the review (median)"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"
