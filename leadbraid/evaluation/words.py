"""Figures in words, for the terminal and the report alike. Pure."""

from __future__ import annotations

from leadbraid.evaluation.comparing import Comparison, Difference, Judgment, Unit
from leadbraid.evaluation.figures import Gaps, Injections
from leadbraid.evaluation.result import Spent
from leadbraid.evaluation.statistics import Interval
from leadbraid.models.visible import one_line

UNKNOWN, NONE = "not known", "none"


def percent(value: float | None) -> str:
    """A share; the text where there was nothing to count."""
    return "nothing to count" if value is None else f"{value * 100:.0f} %"


def points(change: float) -> str:
    """A change of a share, in percentage points."""
    rounded = round(change * 100)
    return f"{rounded:+d}" if rounded else "0"


def chance(p: float) -> str:
    """A p-value."""
    return "<0.001" if p < 0.001 else f"{p:.3f}"


def spread(found: tuple[float, float] | None) -> str:
    """The lowest and the highest of the repeats."""
    return "" if found is None else f"{found[0] * 100:.0f} to {found[1] * 100:.0f} %"


def interval(found: Interval | None) -> str:
    """From, to."""
    return "" if found is None else f"{found.low * 100:.0f} to {found.high * 100:.0f} %"


def number(value: int | None, calls: int) -> str:
    """A count that may not be known, or that nobody had to tell since no model was asked."""
    if value is not None:
        return f"{value:,}"
    return UNKNOWN if calls else NONE


def amount(one: Spent) -> str:
    """What it cost."""
    if one.cost is not None:
        return f"{one.cost:.4f} {one_line(one.currency, 10)}".strip()
    return UNKNOWN if one.calls else NONE


def missing(found: Gaps) -> str:
    """How often a stream gave nothing, and why."""
    return f"{found.stream.label} gave nothing in {found.count} of {found.runs} briefs: {one_line(found.reason, 200)}"


def injected(found: Injections) -> str:
    """What became of the orders in leads; empty where no lead gave any."""
    if not found.total:
        return ""
    return (
        f"Orders hidden in leads: {found.total} tried; the reply obeyed {found.obeyed} "
        f"({found.obeyed_unflagged} of them without a warning to the reviewer), "
        f"{found.resisted_flagged} resisted and told, {found.resisted_unflagged} resisted without a word."
    )


def steadiness(changed: int, common: int) -> str:
    """How much repeats differ."""
    share = f" ({changed / common * 100:.1f} %)" if common else ""
    return f"Of {common} items that every repeat had, {changed}{share} were right in one and wrong in another."


def standing(beside: Comparison) -> tuple[str, ...]:
    """What a comparison stands on, and what it comes to."""
    found = [f"Compared on the {_leads(beside.cases)} that both have with the same label."]
    if beside.left_out:
        found.append(f"Left out of this run: {_leads(beside.left_out)} that the baseline lacks, or labels otherwise.")
    if not beside.same_documents:
        found.append("The datasets differ: other leads, labels or documents.")
    for judgment in (Judgment.WORSE, Judgment.BETTER):
        if named := [one.label for one in beside.differences if one.judgment is judgment]:
            found.append(f"Really {judgment} at this number of leads: {', '.join(named)}.")
    if not any(one.judgment.real for one in beside.differences):
        found.append("No difference is real at this number of leads.")
    return tuple(found)


def _leads(count: int) -> str:
    return "1 lead" if count == 1 else f"{count} leads"


def change_of(one: Difference) -> tuple[str, str, str, str]:
    """Before, now, the change, and its interval."""
    if one.unit is Unit.SHARE:
        return (
            percent(one.before),
            percent(one.after),
            points(one.change),
            "" if one.judgment is Judgment.SAME else f"{points(one.interval.low)} to {points(one.interval.high)}",
        )
    digits = {Unit.SECONDS: ".3f", Unit.TOKENS: ",.0f"}.get(one.unit, ".4f")
    signed = f"+{digits}"
    return (
        f"{one.before:{digits}}",
        f"{one.after:{digits}}",
        f"{one.change:{signed}}",
        f"{one.interval.low:{signed}} to {one.interval.high:{signed}}",
    )
