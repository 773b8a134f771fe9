"""A comparison of plans as a person reads it in a terminal: the judgment first, then the figures."""

from __future__ import annotations

from rich.table import Table

from leadbraid.cli.console import console, say
from leadbraid.compare.comparison import Comparison, Loss, PlanFigures
from leadbraid.compare.report import About
from leadbraid.models.visible import one_line


def comparison_tables(found: Comparison, about: About) -> None:
    """Print it."""
    say(f"{'SIMULATED. ' if about.simulated else ''}{about.times}")
    if about.busy:
        say(about.busy)
    say(f"{found.given} leads, {found.leads} worked by every plan{_times(about.repeat)}.\n")
    answer = found.judgment.answer
    say(f"Judgment: {answer or 'none'}")
    for reason in found.judgment.reasons:
        say(f"  - {one_line(reason, 300)}")
    out = console()
    for title, figures in (("Until the review", found.alone), ("On the busy day", found.busy)):
        if figures:
            say(f"\n{title}")
            out.print(_times_table(figures))
    say("\nBriefs (means)")
    out.print(_briefs_table(found.alone))
    if found.losses:
        say("\nWith one stream made to fail (means per brief)")
        out.print(_losses_table(found.losses))


def _times(repeat: int) -> str:
    return f", {repeat} times each" if repeat > 1 else ""


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _times_table(figures: tuple[PlanFigures, ...]) -> Table:
    table = _table(
        "plan",
        "median s",
        "middle half",
        "p95 s",
        "critical path s",
        "calls in line s",
        "saved s",
        "waited s",
        "calls",
        "tokens",
    )
    for one in figures:
        table.add_row(
            one_line(one.plan, 20),
            f"{one.seconds.median:.2f}",
            f"{one.seconds.low:.2f}-{one.seconds.high:.2f}",
            f"{one.seconds.p95:.2f}",
            f"{one.path_seconds:.2f}",
            f"{one.stream_seconds:.2f}",
            f"{one.saved:.2f}",
            f"{one.waited:.2f}",
            str(one.tries),
            "" if one.tokens is None else f"{one.tokens:,}",
        )
    return table


def _briefs_table(figures: tuple[PlanFigures, ...]) -> Table:
    table = _table("plan", "redrafted", "open conflicts", "after redrafts", "gaps", "unsupported claims", "words")
    for one in figures:
        shown = one.shown
        counts = (shown.conflicts_before, shown.conflicts, shown.gaps, shown.unsupported)
        table.add_row(
            one_line(one.plan, 20),
            f"{shown.redrafted:.0%}",
            *(f"{count:.2f}" for count in counts),
            f"{shown.words:.0f}",
        )
    return table


def _losses_table(losses: tuple[Loss, ...]) -> Table:
    table = _table(
        "plan", "leads", "gaps", "open conflicts", "(without)", "facts in the reply", "(without)", "other step"
    )
    for one in losses:
        means = (one.gaps, one.conflicts, one.conflicts_without, one.filled, one.filled_without)
        table.add_row(one_line(one.plan, 20), str(one.leads), *(f"{mean:.2f}" for mean in means), f"{one.other_steps}")
    return table
