"""Runs of several plans, side by side: figures for each, what a failure costs, the judgment. Values in, values out."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leadbraid.compare.evidence import Evidence, evidence, gaps_of
from leadbraid.compare.figures import Difference, Spread, difference, spread
from leadbraid.compare.judgment import (
    CANDIDATES,
    IN_SEQUENCE,
    NOTHING_TO_JUDGE,
    Candidate,
    Judgment,
    can_be_judged,
    judge,
    weigh,
)
from leadbraid.compare.worked import Worked
from leadbraid.models import Plan, Stream
from leadbraid.plan import critical_path

ALONE, BUSY = "without a limit on calls", "on the busy day"


@dataclass(frozen=True)
class PlanFigures:
    """One plan in one situation. Seconds are medians over its runs; calls, tries and tokens are sums.

    ``saved``: how much sooner the review opened than its calls take one after another; below 0 where the engine and
    waits for a slot took more than was saved. ``waited``: for a free slot, all calls of a lead together.
    ``tokens``: None where no provider told any.
    """

    plan: str
    seconds: Spread
    path: tuple[Stream, ...]
    path_seconds: float
    stream_seconds: float
    saved: float
    waited: float
    calls: int
    tries: int
    tokens: int | None
    shown: Evidence


def plan_figures(plan: Plan, worked: Sequence[Worked]) -> PlanFigures:
    """Of at least one worked lead."""
    paths = [critical_path(plan, one.first_calls) for one in worked]
    calls = [call for one in worked for call in one.calls]
    tokens = [call.tokens for call in calls if call.tokens is not None]
    return PlanFigures(
        plan=plan.name,
        seconds=spread([one.seconds for one in worked]),
        path=Counter(path for path, _ in paths).most_common(1)[0][0],
        path_seconds=statistics.median(seconds for _, seconds in paths),
        stream_seconds=statistics.median(one.stream_seconds for one in worked),
        saved=statistics.median(one.stream_seconds - one.seconds for one in worked),
        waited=statistics.median(sum(call.waited for call in one.calls) for one in worked),
        calls=len(calls),
        tries=sum(call.tries for call in calls),
        tokens=sum(tokens) if tokens else None,
        shown=evidence(worked),
    )


@dataclass(frozen=True)
class Loss:
    """What a plan's briefs lose when one stream fails: means per brief, with the failure and without."""

    plan: str
    leads: int
    gaps: float
    conflicts: float
    conflicts_without: float
    filled: float
    filled_without: float
    other_steps: int


def loss(plan: str, failing: Sequence[Worked], whole: Sequence[Worked]) -> Loss | None:
    """Beside the same leads without the failure; None where there is no such lead."""
    by_lead = {one.lead_id: one for one in whole}
    pairs = [(one.brief, by_lead[one.lead_id].brief) for one in failing if one.lead_id in by_lead]
    if not pairs:
        return None
    return Loss(
        plan=plan,
        leads=len(pairs),
        gaps=statistics.mean(gaps_of(broken) for broken, _ in pairs),
        conflicts=statistics.mean(len(broken.open_conflicts) for broken, _ in pairs),
        conflicts_without=statistics.mean(len(sound.open_conflicts) for _, sound in pairs),
        filled=statistics.mean(len(broken.filled) for broken, _ in pairs),
        filled_without=statistics.mean(len(sound.filled) for _, sound in pairs),
        other_steps=sum(broken.next_step.step is not sound.next_step.step for broken, sound in pairs),
    )


@dataclass(frozen=True)
class Comparison:
    """Everything that is told of a comparison. ``leads``: those that every plan worked; ``given``: all that came."""

    plans: tuple[Plan, ...]
    given: int
    leads: int
    alone: tuple[PlanFigures, ...]
    busy: tuple[PlanFigures, ...]
    losses: tuple[Loss, ...]
    judgment: Judgment


Runs = Mapping[str, Sequence[Worked]]


def compare(plans: Sequence[Plan], given: int, alone: Runs, busy: Runs, failing: Runs) -> Comparison:
    """Put them side by side. A lead counts where every plan worked it; the screen stops one by all plans alike."""
    losses = (loss(plan.name, failing.get(plan.name, ()), alone[plan.name]) for plan in plans)
    judged = can_be_judged([plan.name for plan in plans])
    situations = [(ALONE, alone)] + ([(BUSY, busy)] if busy else [])
    return Comparison(
        plans=tuple(plans),
        given=given,
        leads=len(common_leads(alone)),
        alone=tuple(plan_figures(plan, alone[plan.name]) for plan in plans if alone[plan.name]),
        busy=tuple(plan_figures(plan, busy[plan.name]) for plan in plans if busy.get(plan.name)),
        losses=tuple(one for one in losses if one),
        judgment=judge(len(common_leads(alone)), _candidates(situations)) if judged else NOTHING_TO_JUDGE,
    )


def common_leads(runs: Runs) -> list[str]:
    """The leads that every plan worked, in order."""
    sets = [{one.lead_id for one in worked} for worked in runs.values()]
    return sorted(set.intersection(*sets)) if sets else []


def paired(runs: Runs, plan: str, beside: str) -> Difference:
    """How much sooner ``plan`` is than ``beside``, over the leads that both worked; a lead's repeats count as one."""
    leads = common_leads({name: runs[name] for name in (plan, beside)})
    slower, faster = (_by_lead(runs[name]) for name in (beside, plan))
    return difference([slower[one] for one in leads], [faster[one] for one in leads])


def _by_lead(worked: Sequence[Worked]) -> dict[str, float]:
    seconds: dict[str, list[float]] = {}
    for one in worked:
        seconds.setdefault(one.lead_id, []).append(one.seconds)
    return {lead: statistics.median(values) for lead, values in seconds.items()}


def _candidates(situations: Sequence[tuple[str, Runs]]) -> list[Candidate]:
    alone = situations[0][1]
    if not alone.get(IN_SEQUENCE) or not common_leads(alone):
        return []
    sequence = evidence(alone[IN_SEQUENCE])
    return [
        weigh(
            plan,
            [(name, paired(runs, plan, IN_SEQUENCE)) for name, runs in situations],
            evidence(alone[plan]),
            sequence,
        )
        for plan in CANDIDATES
        if alone.get(plan)
    ]


# --- as data -------------------------------------------------------------------------------------------------------


def as_data(found: Comparison) -> dict[str, object]:
    """For programs. Seconds are rounded to the millisecond, which is as fine as Temporal's times are told."""
    busy = {one.plan: one for one in found.busy}
    losses = {one.plan: one for one in found.losses}
    plans = []
    for one in found.alone:
        told = _plan_data(one)
        told["busy"] = _plan_data(busy[one.plan]) if one.plan in busy else None
        told["with_failure"] = _loss_data(losses[one.plan]) if one.plan in losses else None
        plans.append(told)
    return {
        "leads": {"given": found.given, "compared": found.leads},
        "plans": plans,
        "judgment": _judgment_data(found.judgment),
    }


def _plan_data(one: PlanFigures) -> dict[str, object]:
    shown = one.shown
    return {
        "plan": one.plan,
        "seconds_to_review": _rounded(one.seconds.__dict__),
        "critical_path": {"streams": list(one.path), "seconds": round(one.path_seconds, 3)},
        **_rounded({"stream_seconds": one.stream_seconds, "waiting_saved": one.saved, "waited_for_a_slot": one.waited}),
        "calls": one.calls,
        "tries": one.tries,
        "tokens": one.tokens,
        "leads_redrafted": round(shown.redrafted, 4),
        "open_conflicts": _rounded({"before": shown.conflicts_before, "after": shown.conflicts}),
        **_rounded({"gaps": shown.gaps, "unsupported_claims": shown.unsupported, "words": shown.words}),
    }


def _loss_data(one: Loss) -> dict[str, object]:
    return {name: value for name, value in one.__dict__.items() if name != "plan"}


def _judgment_data(judgment: Judgment) -> dict[str, object]:
    return {
        "answer": judgment.answer,
        "reasons": list(judgment.reasons),
        "plans": [
            {
                "plan": one.plan,
                "faster": one.faster,
                "clearer": one.clear,
                "gains": [{"when": when, **_rounded(gain.__dict__)} for when, gain in one.gains],
                "conditions": [
                    {
                        "condition": finding.condition.name,
                        "helps": finding.condition.helps,
                        "evidence": finding.condition.what,
                        "share": round(finding.value, 4),
                        "in_sequence": round(finding.in_sequence, 4),
                        "allowed": finding.condition.threshold,
                        "in_favour": finding.favours,
                    }
                    for finding in one.findings
                ],
            }
            for one in judgment.candidates
        ],
    }


def _rounded(values: Mapping[str, float]) -> dict[str, object]:
    return {name: round(value, 3) for name, value in values.items()}
