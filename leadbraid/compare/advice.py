"""Which plan finished leads would have done best with, estimated from their own histories. Values in, values out.

No lead is worked again, so what a plan would change in the outputs is an estimate, by two rules:

- A redraft is *avoided* where drafting would wait for the stream whose output it contradicted.
- A redraft is *added* where the draft uses what only a stream found that it would no longer wait for.

`leadbraid compare` measures what is estimated here.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leadbraid.compare.figures import Difference, Spread, difference, spread
from leadbraid.compare.judgment import LEADS_NEEDED
from leadbraid.compare.worked import Worked
from leadbraid.models import Code, Lead, Plan, Stream
from leadbraid.plan import SHIPPED, ancestors, critical_path, dependents
from leadbraid.text import mentions

AVOIDABLE: Mapping[Code, Stream] = {Code.CONTRADICTS_NOTE: Stream.RESEARCH, Code.TONE_OVER_RISK: Stream.FIT_RISK}
"""Conflicts of a draft with another stream's output, which a draft that has read it need not have."""


@dataclass(frozen=True)
class Finished:
    """A lead that came to review, the plan it was worked by, and what the person wrote."""

    plan: Plan
    worked: Worked
    lead: Lead


@dataclass(frozen=True)
class PlanAdvice:
    """One plan, as the finished leads would have done with it.

    ``gain``: seconds less until the review than by the plan in force. ``conflicts``: open ones per brief, measured on
    ``measured`` leads that this plan really worked; None where fewer than ten were.
    """

    plan: Plan
    seconds: Spread
    gain: Difference
    redrafted: float
    conflicts: float | None
    measured: int


@dataclass(frozen=True)
class Advice:
    """``proposed``: None where there are not enough leads to say."""

    leads: int
    current: Plan | None
    plans: tuple[PlanAdvice, ...]
    proposed: PlanAdvice | None
    reasons: tuple[str, ...]


def advise(finished: Sequence[Finished]) -> Advice:
    """The plan with the best time at no more conflicts; the one in force where no other is faster for sure."""
    current = _most_common([one.plan for one in finished])
    usable = [one for one in finished if current and set(one.worked.first_calls) >= set(Stream)]
    if current is None or len(usable) < LEADS_NEEDED:
        why = f"{len(usable)} finished leads ran all four streams; {LEADS_NEEDED} are needed"
        return Advice(len(usable), current, (), None, (why,))
    known = {_shape(plan): plan for plan in (*SHIPPED.values(), current) if set(plan.streams) == set(Stream)}
    plans = tuple(_advice(plan, current, usable) for plan in known.values())
    now = next((one for one in plans if _shape(one.plan) == _shape(current)), None)
    if now is None:
        why = f"the plan in force, {current.name}, leaves streams out; leads by other plans tell nothing about it"
        return Advice(len(usable), current, plans, None, (why,))
    better = [one for one in plans if one.gain.sure and not _more_conflicts(one, now)]
    proposed = min(better, key=lambda one: one.seconds.median, default=now)
    return Advice(len(usable), current, plans, proposed, tuple(_reasons(proposed, now, plans)))


def _most_common(plans: Iterable[Plan]) -> Plan | None:
    """The plan in force: what most of the leads were worked by. Plans are the same where their waits are."""
    listed = list(plans)
    shapes = Counter(map(_shape, listed)).most_common(1)
    return next((plan for plan in listed if shapes and _shape(plan) == shapes[0][0]), None)


Shape = tuple[frozenset[Stream], frozenset[tuple[Stream, Stream]]]


def _shape(plan: Plan) -> Shape:
    return frozenset(plan.streams), frozenset((wait.stream, wait.on) for wait in plan.waits)


def _more_conflicts(plan: PlanAdvice, now: PlanAdvice) -> bool:
    """Only where leads of both plans tell; what redrafts settle is in the time."""
    return plan.conflicts is not None and now.conflicts is not None and plan.conflicts > now.conflicts


# --- one plan ------------------------------------------------------------------------------------------------------


def _advice(plan: Plan, current: Plan, usable: Sequence[Finished]) -> PlanAdvice:
    expected = [simulated(plan, one) for one in usable]
    now = [simulated(current, one) for one in usable]
    own = [one.worked.brief for one in usable if _shape(one.plan) == _shape(plan)]
    return PlanAdvice(
        plan=plan,
        seconds=spread(expected),
        gain=difference(now, expected),
        redrafted=statistics.mean(rounds(plan, one) > 0 for one in usable),
        conflicts=statistics.mean(len(one.open_conflicts) for one in own) if len(own) >= LEADS_NEEDED else None,
        measured=len(own),
    )


def simulated(plan: Plan, one: Finished) -> float:
    """Seconds until the review, had this lead been worked by ``plan``: its measured calls along the critical path.

    What the engine took beside the calls is taken as it was.
    """
    beside_calls = max(0.0, one.worked.seconds - _calls_along(one.plan, one))
    return _calls_along(plan, one) + beside_calls


def _calls_along(plan: Plan, one: Finished) -> float:
    seconds = one.worked.first_calls
    again = (Stream.DRAFTING, *dependents(plan, (Stream.DRAFTING,)))
    kept = tuple(wait for wait in plan.waits if wait.stream in again and wait.on in again)
    redraft = Plan(name=plan.name, streams=again, waits=kept)
    return critical_path(plan, seconds)[1] + rounds(plan, one) * critical_path(redraft, seconds)[1]


def rounds(plan: Plan, one: Finished) -> int:
    """How many redrafts the lead would have had by ``plan``."""
    had = sum(1 for call in one.worked.calls if call.redraft and call.stream is Stream.DRAFTING)
    reads, read = (set(ancestors(which, Stream.DRAFTING)) for which in (plan, one.plan))
    if had:
        avoided = all(AVOIDABLE.get(conflict.code) in reads - read for conflict in one.worked.first.redraft)
        return 0 if avoided and one.worked.first.redraft else had
    return int(Stream.RESEARCH in read - reads and leans_on_research(one))


def leans_on_research(one: Finished) -> bool:
    """Whether the draft says something of the note that the person had not written: a name, or a fact's text."""
    draft, note = one.worked.first.draft, one.worked.first.note
    if draft is None or note is None:
        return False
    written = " \n".join(one.lead.words().values())
    found = (note.company, *(fact.text for fact in note.facts if not fact.quote.source.startswith("lead:")))
    text = f"{draft.subject}\n{draft.body}"
    return any(words and mentions(text, words) and not mentions(written, words) for words in found)


def _reasons(proposed: PlanAdvice, now: PlanAdvice, plans: Sequence[PlanAdvice]) -> list[str]:
    if proposed is now:
        slower = [f"{one.plan.name} ({one.gain.words})" for one in plans if one is not now]
        return [f"no other plan is faster for sure at no more conflicts: {', '.join(slower)}"]
    told = [f"{proposed.gain.words} until the review than by {now.plan.name}"]
    told.append(f"leads redrafted: {proposed.redrafted:.0%} expected, {now.redrafted:.0%} by {now.plan.name}")
    if proposed.conflicts is None or now.conflicts is None:
        told.append(
            f"conflicts at review are taken as they are now: {proposed.measured} of these leads were worked by "
            f"{proposed.plan.name}, and {LEADS_NEEDED} would be needed to tell; `leadbraid compare` measures them"
        )
    else:
        told.append(
            f"open conflicts per brief: {proposed.conflicts:.2f} on {proposed.measured} leads worked by "
            f"{proposed.plan.name}, {now.conflicts:.2f} by {now.plan.name}"
        )
    return told


def as_data(advice: Advice) -> dict[str, object]:
    """For programs."""
    return {
        "leads": advice.leads,
        "current": advice.current.name if advice.current else None,
        "proposed": advice.proposed.plan.name if advice.proposed else None,
        "answer": advice.proposed.plan.name if advice.proposed else "not enough leads to say",
        "expected_gain": _rounded(advice.proposed.gain.__dict__) if advice.proposed else None,
        "reasons": list(advice.reasons),
        "plans": [
            {
                "plan": one.plan.name,
                "seconds_to_review": _rounded(one.seconds.__dict__),
                "gain": _rounded(one.gain.__dict__),
                "leads_redrafted": round(one.redrafted, 4),
                "open_conflicts": one.conflicts,
                "worked_by_it": one.measured,
            }
            for one in advice.plans
        ],
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 3) for name, value in values.items()}
