"""What the demo shows: the streams live, and the closing tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from leadbraid.audit.timing import Timing
from leadbraid.demo.run import Run
from leadbraid.models import Code, Step, Stream
from leadbraid.models.visible import one_line

HEADS = {
    Stream.QUALIFICATION: "qualify",
    Stream.RESEARCH: "research",
    Stream.DRAFTING: "draft",
    Stream.FIT_RISK: "risk",
}
MARKS = {"done": ("●", "green"), "failed": ("✗", "red"), "running": ("◐", "yellow"), "waiting": ("·", "dim")}


def live_table(runs: Sequence[Run]) -> Table:
    """Each lead's streams as they are now."""
    table = Table(box=None, pad_edge=False)
    for name in ("lead", *HEADS.values(), "merge", "redrafts", "state"):
        table.add_column(name, no_wrap=True)
    for run in runs:
        cells = [_mark(run.timing, stream.value) for stream in HEADS]
        table.add_row(run.name, *cells, _mark(run.timing, "assemble"), _redrafts(run.timing), _state(run))
    return table


def _mark(timing: Timing | None, name: str) -> Text:
    work = timing.latest(name) if timing else None
    if work is None:
        kind = "waiting"
    elif work.ended is None:
        kind = "running"
    else:
        kind = "done" if work.ok else "failed"
    mark, style = MARKS[kind]
    seconds = f" {work.seconds:.1f} s" if work and work.ended else ""
    return Text(f"{mark}{seconds}", style=style)


def _redrafts(timing: Timing | None) -> str:
    drafts = sum(work.name == Stream.DRAFTING.value for work in timing.works) if timing else 0
    return str(drafts - 1) if drafts > 1 else ""


def _state(run: Run) -> str:
    if run.outcome:
        return run.outcome.state.value.replace("closed_without_reply", "closed, no reply").replace("_", " ")
    return run.status.state.value.replace("_", " ") if run.status else "starting"


def result_table(runs: Sequence[Run]) -> Table:
    """How each lead ended, how long it took, and how its conflicts were settled."""
    table = Table(pad_edge=False, show_lines=True)
    for name in ("lead", "end", "to review", "streams one by one", "conflicts, and how each was settled"):
        table.add_column(name, overflow="fold")
    for run in runs:
        table.add_row(run.name, _end(run), *_times(run.timing), "\n".join(_conflicts(run)) or "none")
    return table


def _end(run: Run) -> Text:
    step = run.outcome.next_step.label if run.outcome and run.outcome.next_step else ""
    if run.as_declared:
        return Text(f"{_state(run)}\n{step}", style="green")
    wanted = f"{run.sample.ends.value.replace('_', ' ')}, {run.sample.step.label}"
    return Text(f"{_state(run)}\n{step}\n(declared: {wanted})", style="yellow")


def _times(timing: Timing | None) -> tuple[str, str]:
    seconds = timing.seconds_to_review if timing else None
    if timing is None or seconds is None:
        return "", ""
    return f"{seconds:.1f} s", f"{timing.seconds_of_streams:.1f} s"


def _conflicts(run: Run) -> list[str]:
    if run.brief is None or run.status is None:
        return []
    overridden = {one for decided in run.status.decided for one in decided.overrides}
    found = [f"{one.code.value}: settled by {one_line(one.how, 40)}" for one in run.brief.settled]
    for one in run.brief.conflicts:
        how = "overridden" if one.id in overridden else "left to stand" if one.open else "told only"
        found.append(f"{one.code.value}: {how}")
    return [f"{text} (x{count})" if count > 1 else text for text, count in Counter(found).items()]


def places(runs: Sequence[Run], outbox: Path, ui: str | None, namespace: str) -> Iterator[str]:
    """Where to look: the message that was sent, and the lead in the Temporal UI. Lines, not a table: never folded."""
    yield "The replies that were sent, and each lead in the Temporal UI:"
    for run in runs:
        yield f"  {run.name}"
        if run.outcome and run.outcome.delivery_id:
            yield f"    {outbox / run.outcome.delivery_id}.eml"
        yield f"    {ui}/namespaces/{namespace}/workflows/{run.lead_id}" if ui else f"    {run.lead_id}"


_NOT_BY_RULES_ALONE = (Code.ASSEMBLE_FAILED, Code.DELIVERY_REFUSED, Code.NEW_WORDS, Code.DISAGREEMENT)
"""What these leads never show: faults, a second enquiry, and what only a model sees."""


def coverage(runs: Sequence[Run]) -> list[str]:
    """Which conflict codes and next steps these leads showed, of all there are."""
    briefs = [run.brief for run in runs if run.brief]
    codes = {one.code for brief in briefs for one in brief.conflicts}
    codes |= {one.code for brief in briefs for one in brief.settled}
    steps = {run.outcome.next_step for run in runs if run.outcome and run.outcome.next_step}
    known = [code for code in Code if code in codes or code not in _NOT_BY_RULES_ALONE]
    return [
        f"Conflict codes seen: {len(codes)} of {len(known)} ({', '.join(sorted(code.value for code in codes))})",
        f"Next steps seen: {len(steps)} of {len(Step)} ({', '.join(sorted(step.value for step in steps))})",
    ]


def speed(runs: Sequence[Run], *, simulated: bool) -> str:
    """Parallel against one after another, over all leads that needed streams."""
    timings = [run.timing for run in runs if run.timing and run.timing.seconds_of_streams]
    took = sum(timing.seconds_to_review or 0 for timing in timings)
    alone = sum(timing.seconds_of_streams for timing in timings)
    note = " (latency simulated)" if simulated else ""
    return f"To review: {took:.1f} s in all; the same stream calls one after another: {alone:.1f} s{note}"
