"""What is not as it was recorded, by name: events of a run, and fields of a record."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from leadbraid.audit.history import Run
from leadbraid.audit.reading import kind_of
from leadbraid.audit.schema import RunRecord
from leadbraid.models.visible import one_line

TOLD = 20
"""Differences that are told one by one."""


def differences(recorded: RunRecord, run: Run) -> list[str]:
    """Events of a run that are not as they were recorded: changed, missing, added, or in another place."""
    was, is_ = _named(recorded.events), _named(run.digests)
    if was == is_ and recorded.head == run.head:
        return []
    where = f"{one_line(run.workflow_id, 60)}, run {one_line(run.run_id, 60)}"
    if was == is_:
        return [f"{where}: the head of the chain does not follow from its events"]
    before, after = frozenset(was), frozenset(is_)
    told: list[tuple[int, str]] = []
    stayed = _stayed(was, is_)
    for (a, c), (b, d) in pairwise([(-1, -1), *stayed, (len(was), len(is_))]):
        between = range(a + 1, b)
        gone = [n for n in between if was[n] not in after]
        come = [n for n in range(c + 1, d) if is_[n] not in before]
        changed = min(len(gone), len(come))
        told += [(n, "was changed") for n in gone[:changed]]
        told += [(n, "is missing") for n in gone[changed:]]
        told += [(n, f"was added ({_kind(run, n)})") for n in come[changed:]]
        told += [(n, "is in another place") for n in between if was[n] in after]
    return [f"{where}: {text}" for text in _ranges(told, run)][:TOLD]


def _named(digests: Iterable[str]) -> list[tuple[str, int]]:
    """Each digest with how often it came before, so that no two are alike."""
    met: Counter[str] = Counter()
    named = []
    for one in digests:
        named.append((one, met[one]))
        met[one] += 1
    return named


def _stayed(was: Sequence[tuple[str, int]], is_: Sequence[tuple[str, int]]) -> list[tuple[int, int]]:
    """The places, before and after, of as many events as possible that kept their order.

    A longest increasing subsequence, by patience sorting: a hostile file must not make it slow.
    """
    place = {one: n for n, one in enumerate(is_)}
    pairs = [(n, place[one]) for n, one in enumerate(was) if one in place]
    tops: list[int] = []  # the lowest end of a subsequence of each length, and which pair it is
    ends: list[int] = []
    earlier: list[int] = []
    for n, (_, after) in enumerate(pairs):
        pile = bisect_left(tops, after)
        earlier.append(ends[pile - 1] if pile else -1)
        tops[pile : pile + 1] = [after]
        ends[pile : pile + 1] = [n]
    found: list[tuple[int, int]] = []
    n = ends[-1] if ends else -1
    while n >= 0:
        found.append(pairs[n])
        n = earlier[n]
    return found[::-1]


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
