"""An evaluation as a person reads it in a terminal: what is right, for how sure, and what differs from before."""

from __future__ import annotations

from rich.table import Table

from leadbraid.cli.console import console, say
from leadbraid.evaluation.comparing import Comparison, Judgment
from leadbraid.evaluation.figures import figures, gaps, injections, kinds, spent, took, unsteady
from leadbraid.evaluation.result import Result
from leadbraid.evaluation.words import (
    amount,
    chance,
    change_of,
    injected,
    interval,
    missing,
    number,
    percent,
    standing,
    steadiness,
)
from leadbraid.evaluation.words import spread as spread_of
from leadbraid.models.visible import one_line

SHOWN = 20
"""Items that got worse or better, in a terminal."""


def evaluation_tables(result: Result, beside: Comparison | None) -> None:
    """Print it."""
    out = console()
    times = f", {result.repeat} times each" if result.repeat > 1 else ""
    book = one_line(result.playbook.name, 60)
    say(f"{len(result.cases)} labelled leads{times}: {one_line(result.title, 200)}, playbook {book}\n")
    out.print(_shares(result))
    for one in gaps(result):
        say(f"\n{missing(one)}")
    if told := injected(injections(result)):
        say(f"\n{told}")
    if result.repeat > 1:
        say(f"\n{steadiness(*unsteady(result))}")
    say("\nBy kind of lead")
    out.print(_kinds(result))
    seconds = took(result)
    how_long = f": {seconds.median:.2f} s a lead (median), {seconds.longest:.2f} s at most" if seconds else ""
    say(f"\nWhat it took{how_long}")
    out.print(_spent(result))
    if beside:
        _compared(beside)


def _table(*columns: str, text: int = 1) -> Table:
    """A table whose first ``text`` columns hold words, the others numbers."""
    table = Table(box=None, pad_edge=False)
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place < text else "right")
    return table


def _shares(result: Result) -> Table:
    table = _table(
        "where", "what", "right", "of", "share", "95 % interval", *(["repeats"] if result.repeat > 1 else []), text=2
    )
    before = ""
    for figure in figures(result):
        spread = [spread_of(figure.spread)] if figure.spread else []
        table.add_row(
            figure.where if figure.where != before else "",
            figure.label,
            str(figure.share.right),
            str(figure.share.total),
            percent(figure.share.value),
            interval(figure.share.interval),
            *spread,
        )
        before = figure.where
    return table


def _kinds(result: Result) -> Table:
    table = _table("kind", "leads", "wholly right", "95 % interval", "items right")
    for kind in kinds(result):
        table.add_row(
            one_line(kind.name, 30),
            str(kind.cases),
            percent(kind.whole.value),
            interval(kind.whole.interval),
            percent(kind.items.value),
        )
    return table


def _spent(result: Result) -> Table:
    table = _table("job", "answers", "failed", "calls", "seconds", "tokens in", "cached", "out", "cost")
    for job, one in spent(result).items():
        table.add_row(
            job,
            str(one.answers),
            str(one.failed),
            str(one.calls),
            f"{one.seconds:.2f}",
            number(one.tokens_in, one.calls),
            number(one.tokens_cached, one.calls),
            number(one.tokens_out, one.calls),
            amount(one),
        )
    return table


def _compared(beside: Comparison) -> None:
    say(f"\nBeside the baseline: {one_line(beside.baseline.title, 200)}")
    for sentence in standing(beside):
        say(sentence)
    table = _table("what", "before", "now", "change", "95 % interval", "better", "worse", "p", "real?")
    for one in beside.differences:
        before, now, change, around = change_of(one)
        table.add_row(
            one.label,
            before,
            now,
            change,
            around,
            str(one.better),
            str(one.worse),
            chance(one.p),
            one.judgment,
        )
    console().print(table)
    for one in beside.differences:
        if one.judgment is Judgment.NOT_TOLD and one.needed:
            say(f"  - {one.label}: a difference of this size would take about {one.needed:,} leads to tell")
    for title, listed in (("Got worse", beside.fallen), ("Got better", beside.mended)):
        if listed:
            say(f"\n{title}")
            for fallen in listed[:SHOWN]:
                say(f"  {one_line(fallen.case, 60)}: {fallen.item.measure.label}: {one_line(fallen.item.name, 60)}")
            if len(listed) > SHOWN:
                say(f"  and {len(listed) - SHOWN} more (--output writes them all)")
