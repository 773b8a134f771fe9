"""Plans: which stream waits for which, and why. Pure; the workflow and `leadbraid plan` both read it.

Three plans are shipped. In `parallel` nothing waits; in `partial` drafting waits for research; in `sequential` each
stream waits for the one before it. A playbook may name one of them or write its own acyclic graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from leadbraid.models.outputs import Stream
from leadbraid.models.playbook import Plan, Wait

PARALLEL = Plan(name="parallel", streams=tuple(Stream))
PARTIAL = Plan(
    name="partial",
    streams=tuple(Stream),
    waits=(
        Wait(
            stream=Stream.DRAFTING,
            on=Stream.RESEARCH,
            why="the reply should build on what we already know of the company",
        ),
    ),
)
SEQUENTIAL = Plan(
    name="sequential",
    streams=tuple(Stream),
    waits=(
        Wait(stream=Stream.RESEARCH, on=Stream.QUALIFICATION, why="only look closer once the lead has been weighed"),
        Wait(stream=Stream.DRAFTING, on=Stream.RESEARCH, why="write with the company note at hand"),
        Wait(stream=Stream.FIT_RISK, on=Stream.DRAFTING, why="check for risks with everything else on the table"),
    ),
)
SHIPPED: Mapping[str, Plan] = {plan.name: plan for plan in (PARALLEL, PARTIAL, SEQUENTIAL)}


def problems(plan: Plan) -> tuple[str, ...]:
    """What is wrong with a plan, in sentences; empty when it can run."""
    found = [f"{wait.stream} waits for itself" for wait in plan.waits if wait.stream is wait.on]
    found += [
        f"{wait.stream} waits for {wait.on}, but the plan leaves {missing} out"
        for wait in plan.waits
        for missing in (wait.stream, wait.on)
        if missing not in plan.streams
    ]
    if len(set(plan.streams)) < len(plan.streams):
        found.append("a stream is named twice")
    return tuple(found) or tuple(_cycles(plan))


def _cycles(plan: Plan) -> list[str]:
    in_cycle = [stream for stream in plan.streams if stream in ancestors(plan, stream)]
    if not in_cycle:
        return []
    names = ", ".join(in_cycle)
    return [f"{names} wait for each other in a circle, so none of them could ever start"]


def waits_for(plan: Plan, stream: Stream) -> tuple[Stream, ...]:
    """What ``stream`` waits for directly, in the order of the streams."""
    direct = {wait.on for wait in plan.waits if wait.stream is stream}
    return tuple(other for other in Stream if other in direct)


def ancestors(plan: Plan, stream: Stream) -> tuple[Stream, ...]:
    """All that ``stream`` waits for, directly or through others: whose outputs it is given."""
    return _closure(stream, lambda one: waits_for(plan, one))


def dependents(plan: Plan, streams: Iterable[Stream]) -> tuple[Stream, ...]:
    """All that wait for any of ``streams``, directly or through others, without ``streams`` themselves."""
    chosen = set(streams)
    return tuple(other for other in plan.streams if other not in chosen and chosen.intersection(ancestors(plan, other)))


def _closure(start: Stream, step: Callable[[Stream], tuple[Stream, ...]]) -> tuple[Stream, ...]:
    found: list[Stream] = []
    todo = list(step(start))
    while todo:
        one = todo.pop(0)
        if one not in found:
            found.append(one)
            todo.extend(step(one))
    return tuple(stream for stream in Stream if stream in found)


def stages(plan: Plan) -> tuple[tuple[Stream, ...], ...]:
    """The streams in groups: all of a group can run together once the groups before it are done."""
    done: list[Stream] = []
    groups: list[tuple[Stream, ...]] = []
    while len(done) < len(plan.streams):
        group = tuple(
            stream for stream in plan.streams if stream not in done and set(waits_for(plan, stream)) <= set(done)
        )
        if not group:
            raise ValueError("; ".join(problems(plan)))
        groups.append(group)
        done.extend(group)
    return tuple(groups)


def critical_path(plan: Plan, seconds: Mapping[Stream, float]) -> tuple[tuple[Stream, ...], float]:
    """The chain of streams that decides how long the plan takes, and its length in seconds."""
    best: dict[Stream, tuple[tuple[Stream, ...], float]] = {}
    for group in stages(plan):
        for stream in group:
            before = max((best[on] for on in waits_for(plan, stream)), key=lambda path: path[1], default=((), 0.0))
            best[stream] = ((*before[0], stream), before[1] + seconds.get(stream, 0.0))
    return max(best.values(), key=lambda path: path[1])


JOBS: Mapping[Stream, str] = {
    Stream.QUALIFICATION: "weigh the ideal-customer criteria, one by one",
    Stream.RESEARCH: "say what is known about the company and where each fact comes from",
    Stream.DRAFTING: "answer what the lead asked, from the lead's words and the playbook",
    Stream.FIT_RISK: "list what should stop or slow us",
}
"""What each stream does, in one sentence."""

RULES_OWNED: Mapping[Stream, tuple[str, ...]] = {
    Stream.QUALIFICATION: ("ideal_customer",),
    Stream.RESEARCH: (),
    Stream.DRAFTING: ("voice", "topics", "reply_patterns", "links"),
    Stream.FIT_RISK: ("exclusions", "escalations"),
}
"""Which keys of the playbook each stream owns; no key has two owners. What all may read (product, claims) has none."""
