"""What is not as it was recorded, by name: events of a run, and fields of a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Any

from leadbraid.audit.history import Run
from leadbraid.audit.reading import kind_of
from leadbraid.audit.schema import RunRecord
from leadbraid.models.visible import one_line

TOLD = 20
"""Differences that are told one by one."""
COMPARED = 5_000
"""Events that are held against each other one by one: with more, or with the same one again and again, it would take
hours to say which was moved where. No lead has as many."""
REPEATED = 20


def differences(recorded: RunRecord, run: Run) -> list[str]:
    """Events of a run that are not as they were recorded: changed, missing, added, or in another place."""
    was, is_ = recorded.events, run.digests
    if was == is_ and recorded.head == run.head:
        return []
    where = f"{one_line(run.workflow_id, 60)}, run {one_line(run.run_id, 60)}"
    if was == is_:
        return [f"{where}: the head of the chain does not follow from its events"]
    if max(len(was), len(is_)) > COMPARED or max(Counter(is_).values()) > REPEATED:
        first = next((n for n, (one, other) in enumerate(zip(was, is_, strict=False)) if one != other), len(was))
        return [f"{where}: from event {first + 1} on it is not as recorded ({len(was)} events, now {len(is_)})"]
    return [f"{where}: {text}" for text in _ranges(_fates(was, is_, run), run)][:TOLD]


def _fates(was: tuple[str, ...], is_: tuple[str, ...], run: Run) -> Iterator[tuple[int, str]]:
    """What became of which event, by its place from 0."""
    lost, new = Counter(was) - Counter(is_), Counter(is_) - Counter(was)
    for tag, a, b, c, d in SequenceMatcher(None, was, is_, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone = [n for n in range(a, b) if lost[was[n]] > 0]
        come = [n for n in range(c, d) if new[is_[n]] > 0]
        changed = min(len(gone), len(come))
        yield from ((n, "was changed") for n in gone[:changed])
        yield from ((n, "is missing") for n in gone[changed:])
        yield from ((n, f"was added ({_kind(run, n)})") for n in come[changed:])
        yield from ((n, "is in another place") for n in range(a, b) if lost[was[n]] <= 0 and tag != "insert")


def _kind(run: Run, n: int) -> str:
    return kind_of(run.events[n]).replace("_", " ")


def _ranges(told: Iterable[tuple[int, str]], run: Run) -> Iterator[str]:
    """One sentence for neighbours that share a fate, in the order of their events."""
    spans: list[tuple[int, int, str]] = []
    for n, what in sorted(told):
        if spans and spans[-1][1] + 1 == n and spans[-1][2] == what:
            spans[-1] = (spans[-1][0], n, what)
        else:
            spans.append((n, n, what))
    for first, last, what in spans:
        if first < last:
            plural = what.replace("is ", "are ").replace("was ", "were ")
            yield f"events {first + 1} to {last + 1} {plural}"
        else:
            kind = f" ({_kind(run, first)})" if what == "was changed" and first < len(run.events) else ""
            yield f"event {first + 1}{kind} {what}"


def unlike(wanted: Any, said: Any, where: str) -> Iterator[str]:
    """Each place at which a record says something else than the histories give."""
    if isinstance(wanted, dict) and isinstance(said, dict):
        for name in sorted(wanted.keys() | said.keys()):
            yield from unlike(wanted.get(name), said.get(name), f"{where}.{name}")
    elif isinstance(wanted, list) and isinstance(said, list) and len(wanted) == len(said):
        for n, (one, other) in enumerate(zip(wanted, said, strict=True), 1):
            yield from unlike(one, other, f"{where}[{n}]")
    elif isinstance(wanted, list) and isinstance(said, list):
        yield f"{where} has {len(said)} entries, and the histories give {len(wanted)}"
    elif wanted != said:
        yield f"{where} says {one_line(repr(said), 80)}, and the histories say {one_line(repr(wanted), 80)}"
