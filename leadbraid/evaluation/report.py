"""The report of an evaluation: one HTML page that needs nothing else, no script either. All text is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from leadbraid.evaluation import words
from leadbraid.evaluation.comparing import Comparison
from leadbraid.evaluation.figures import figures, gaps, injections, kinds, spent, took, unsteady
from leadbraid.evaluation.picture import draw_differences, draw_figures, draw_kinds
from leadbraid.evaluation.result import CaseResult, Item, Result
from leadbraid.models.visible import one_line, visible


@dataclass(frozen=True)
class Wrong:
    """An item that was wrong, in how many of the runs, as it was the first time."""

    item: Item
    times: int


@dataclass(frozen=True)
class Shown:
    """A case with all that was wrong in it."""

    case: CaseResult
    wrong: tuple[Wrong, ...]


def html(result: Result, beside: Comparison | None) -> str:
    """The page; with ``beside``, compared to the baseline."""
    found, shown = figures(result), list(_shown(result))
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            result=result,
            beside=beside,
            figures=found,
            chart=draw_figures(found, beside),
            kinds=kinds(result),
            kinds_chart=draw_kinds(kinds(result)),
            changes=draw_differences(beside) if beside else None,
            standing=words.standing(beside) if beside else (),
            missing=[words.missing(one) for one in gaps(result)],
            injected=words.injected(injections(result)),
            steadiness=words.steadiness(*unsteady(result)) if result.repeat > 1 else "",
            spent=spent(result),
            took=took(result),
            wrong=[one for one in shown if one.wrong],
            right=[one.case for one in shown if not one.wrong],
        )
    )


def _shown(result: Result) -> Iterator[Shown]:
    for case in result.cases:
        first: dict[tuple[str, str], Item] = {}
        times: Counter[tuple[str, str]] = Counter()
        for run in case.runs:
            for item in run.wrong:
                key = (item.measure, item.name)
                first.setdefault(key, item)
                times[key] += 1
        yield Shown(case, tuple(Wrong(item, times[key]) for key, item in first.items()))


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("leadbraid.evaluation", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": visible,
        "one_line": one_line,
        "percent": words.percent,
        "interval": words.interval,
        "spread": words.spread,
        "chance": words.chance,
        "number": words.number,
        "amount": words.amount,
        "change": words.change_of,
        "short": lambda digest: str(digest).removeprefix("sha256:")[:12],
    }
    return environment
