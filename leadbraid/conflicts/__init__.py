"""The cross-checks of the merge point: one small function a rule, each with its severity in its docstring.

No rule believes what a stream says about itself: tone, language and commitments are derived from the text shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from leadbraid.conflicts.audience import language_mismatch, region_mismatch
from leadbraid.conflicts.case import Case, Filled, Rule, Statement, conflict_id
from leadbraid.conflicts.claims import misdeclared, unsourced_claim
from leadbraid.conflicts.disagreements import disagreement, sides_of
from leadbraid.conflicts.facts import contradicts_note, ignores_fact
from leadbraid.conflicts.injection import injection_suspected, instructs
from leadbraid.conflicts.judgments import (
    delivery_refused,
    new_words,
    next_step_disagreement,
    qualified_but_excluded,
    research_weaker,
    stream_missing,
    tone_over_risk,
)
from leadbraid.conflicts.links import unpermitted_link
from leadbraid.conflicts.overlap import overlap, overlap_reasons
from leadbraid.conflicts.promises import unpermitted_promise
from leadbraid.conflicts.questions import unanswered
from leadbraid.models import Code, Conflict, Resolver

__all__ = ["RULES", "Case", "Filled", "Rule", "Statement", "find_conflicts", "instructs", "overlap_reasons", "sides_of"]

RULES: tuple[Rule, ...] = (
    tone_over_risk,
    research_weaker,
    qualified_but_excluded,
    contradicts_note,
    ignores_fact,
    unpermitted_promise,
    unpermitted_link,
    unsourced_claim,
    unanswered,
    next_step_disagreement,
    language_mismatch,
    region_mismatch,
    disagreement,
    stream_missing,
    overlap,
    injection_suspected,
    misdeclared,
    delivery_refused,
    new_words,
)
SHOWN_PER_CODE = 8
"""Conflicts of one code that a brief shows; a text with more of them is rewritten, not read."""


def find_conflicts(case: Case) -> tuple[Conflict, ...]:
    """Every conflict of ``case``, the worst first, in an order that depends on nothing but the conflicts."""
    found = dict.fromkeys(one for rule in RULES for one in rule(case))
    owned = [_owned(one, case) for one in _unique(tuple(found))]
    return tuple(one for code in Code for one in _shown([one for one in owned if one.code is code]))


def _owned(found: Conflict, case: Case) -> Conflict:
    """What a reviewer wrote is for the reviewer to change: no redraft touches it."""
    if case.edited and found.resolver is Resolver.DRAFTING:
        return found.model_copy(update={"resolver": Resolver.REVIEWER})
    return found


def _unique(found: Iterable[Conflict]) -> list[Conflict]:
    """One conflict for each pair of quotes; where four digits of the id do not tell them apart, more."""
    by_quotes: dict[str, Conflict] = {}
    for one in found:
        full = conflict_id(one, 64)
        if full not in by_quotes or one.severity.rank > by_quotes[full].severity.rank:
            by_quotes[full] = one
    short = [one.id for one in by_quotes.values()]
    return [
        one if short.count(one.id) == 1 else one.model_copy(update={"id": conflict_id(one, 16)})
        for one in by_quotes.values()
    ]


def _shown(found: Sequence[Conflict]) -> list[Conflict]:
    """The worst few of one code; the last of them says how many more there are."""
    worst = sorted(found, key=lambda one: -one.severity.rank)
    shown, more = worst[:SHOWN_PER_CODE], len(worst) - SHOWN_PER_CODE
    if more > 0:
        shown[-1] = shown[-1].model_copy(update={"message": f"{shown[-1].message} ({more} more like this)"})
    return shown
