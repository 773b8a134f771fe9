"""The report of a comparison: one HTML page that needs nothing else, no script either. All text is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from leadbraid.compare.comparison import Comparison
from leadbraid.compare.judgment import IN_SEQUENCE
from leadbraid.compare.outputs import differences, samenesses
from leadbraid.compare.picture import Picture, draw, typical_lead
from leadbraid.compare.runs import FAILING
from leadbraid.compare.worked import Worked
from leadbraid.models.visible import one_line, visible

DIFFERENCES_SHOWN = 40
"""Outputs shown word by word; a page with hundreds of them is read by nobody."""


@dataclass(frozen=True)
class About:
    """How a comparison was made, in words. ``simulated``: no model worked for these seconds."""

    when: datetime
    provider: str
    times: str
    playbook: str
    simulated: bool
    repeat: int = 1
    busy: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    """What to call each lead, by its id."""


def beside(comparison: Comparison) -> str:
    """The plan that the others are held against: the sequential one, else the last."""
    names = [plan.name for plan in comparison.plans]
    return IN_SEQUENCE if IN_SEQUENCE in names else names[-1]


def picture_of(comparison: Comparison, runs: Mapping[str, Sequence[Worked]]) -> Picture | None:
    """The typical lead by every plan that worked it; the sequential plan is the last lane."""
    last = beside(comparison)
    if not runs.get(last):
        return None
    lead = typical_lead(runs, last)
    names = [plan.name for plan in comparison.plans if plan.name != last] + [last]
    found = [next((one for one in runs[name] if one.lead_id == lead), None) for name in names]
    return draw([one for one in found if one])


def html(comparison: Comparison, runs: Mapping[str, Sequence[Worked]], about: About) -> str:
    """The page."""
    last = beside(comparison)
    differing = list(differences(runs, last))
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            found=comparison,
            about=about,
            beside=last,
            picture=picture_of(comparison, runs),
            sameness=samenesses(runs, last),
            differences=differing[:DIFFERENCES_SHOWN],
            more=max(0, len(differing) - DIFFERENCES_SHOWN),
            failing=FAILING.label,
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("leadbraid.compare", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "visible": visible,
        "one_line": one_line,
        "seconds": lambda value: f"{value:.2f} s",
        "percent": lambda value: f"{value * 100:.0f} %",
        "mean": lambda value: f"{value:.2f}".rstrip("0").rstrip("."),
        "labels": lambda streams: " → ".join(stream.label for stream in streams),
    }
    return environment
