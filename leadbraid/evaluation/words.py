"""Figures in words, for the terminal and the report alike. Pure."""

from __future__ import annotations

from leadbraid.evaluation.comparing import Comparison, Difference, Unit
from leadbraid.evaluation.figures import Injections
from leadbraid.evaluation.result import Spent
from leadbraid.evaluation.statistics import Interval

UNKNOWN, NONE = "not known", "none"


def percent(value: float | None) -> str:
    """A share; the text where there was nothing to count."""
    return "nothing to count" if value is None else f"{value * 100:.0f} %"


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
        return f"{one.cost:.4f} {one.currency}".strip()
    return UNKNOWN if one.calls else NONE


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
    found = [f"Compared: {beside.cases} leads that both have with the same label."]
    if beside.left_out:
        found.append(
            f"{beside.left_out} leads of this run are left out: the baseline lacks them, or labels them otherwise."
        )
    if not beside.same_documents:
        found.append("The datasets differ: other leads, labels or documents.")
    real = [one for one in beside.differences if one.judgment in ("better", "worse")]
    named = "; ".join(f"{one.label} {one.judgment}" for one in real)
    found.append(
        f"Real at this number of leads: {named}." if real else "No difference is real at this number of leads."
    )
    return tuple(found)


def change_of(one: Difference) -> tuple[str, str, str, str]:
    """Before, now, the change, and its interval."""
    if one.unit is Unit.SHARE:
        return (
            percent(one.before),
            percent(one.after),
            f"{one.change * 100:+.0f} points",
            f"{one.interval.low * 100:+.0f} to {one.interval.high * 100:+.0f}",
        )
    digits = {Unit.SECONDS: ".3f", Unit.TOKENS: ",.0f"}.get(one.unit, ".4f")
    signed = f"+{digits}"
    return (
        f"{one.before:{digits}}",
        f"{one.after:{digits}}",
        f"{one.change:{signed}}",
        f"{one.interval.low:{signed}} to {one.interval.high:{signed}}",
    )
