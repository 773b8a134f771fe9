"""Accounts of leads to which somebody sent what no program of ours would: each can be made, kept and verified."""

from __future__ import annotations

import base64
import json
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbraid.audit.bundle import make_bundle
from leadbraid.audit.differences import _stayed, differences
from leadbraid.audit.history import Run, read_text
from leadbraid.audit.pages import as_html, as_markdown
from leadbraid.audit.record import make_record
from leadbraid.audit.schema import DecisionRecord
from leadbraid.audit.verify import verify_bytes
from leadbraid.errors import AuditError

HISTORY = (Path(__file__).parent / "replay" / "histories" / "refused_signal.json").read_text("utf-8")


def run_with(signal: bytes) -> Run:
    """A lead whose every signal with an input had this one."""
    told = json.loads(HISTORY)
    for event in told["events"]:
        attributes = event.get("workflowExecutionSignaledEventAttributes", {})
        if attributes.get("input", {}).get("payloads"):
            attributes["input"]["payloads"][0]["data"] = base64.b64encode(signal).decode()
    return Run(read_text("hostile", json.dumps(told)))


HOSTILE = {
    "half a pair": b'{"decision":"reject","reviewer":"\\ud800"}',
    "half a pair as a name": b'{"\\udfff":1}',
    "not a number": b'{"decision":"reject","version":NaN,"x":Infinity}',
    "larger than any number": b"[1e999]",
    "long number": b"[" + b"9" * 5000 + b"]",
    "nested": b"[" * 300 + b"]" * 300,
    "nested deeply": b"[" * 5000 + b"]" * 5000,
    "nothing but a zero byte": b'"\\u0000"',
    "other types": b'{"decision":"approve","overrides":3,"assignee":{},"decision_id":[1]}',
    "not UTF-8": b'"\xff"',
}


@pytest.mark.parametrize("signal", HOSTILE.values(), ids=HOSTILE.keys())
def test_lead_with_a_hostile_signal_has_an_account_and_a_bundle_that_verifies(signal: bytes) -> None:
    run = run_with(signal)
    bundle, _ = make_bundle([run])
    assert verify_bytes("x.zip", bundle, [], ()).findings == []
    record = make_record([run])
    assert as_html(record).encode()
    assert as_markdown(record).encode()
    assert json.loads(record.to_json(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def test_what_cannot_be_written_is_told_as_it_looks() -> None:
    [first, *_] = decisions(HOSTILE["half a pair"])
    assert (first.claimed_by, first.sent["reviewer"]) == ("\\ud800", "\\ud800")
    [first, *_] = decisions(HOSTILE["not a number"])
    assert first.sent == {"decision": "reject", "version": "nan", "x": "inf"}


def decisions(signal: bytes) -> list[DecisionRecord]:
    return [one for one in make_record([run_with(signal)]).decisions if "reject" in str(one.sent)]


def test_history_of_more_events_than_there_are_is_not_read() -> None:
    with pytest.raises(AuditError, match="120,001 events"):
        read_text("x", '{"events":[' + "{}," * 120_000 + "{}]}")


# --- telling what was changed, however it was changed --------------------------------------------------------------


def told_of(was: list[str], is_: list[str]) -> list[str]:
    [event] = run_with(b"{}").events[:1]
    recorded: Any = SimpleNamespace(events=tuple(was), head="before")
    run: Any = SimpleNamespace(
        digests=tuple(is_), head="after", events=[event] * len(is_), workflow_id="lead", run_id="run"
    )
    return differences(recorded, run)


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
@settings(max_examples=200, deadline=None)
def test_any_difference_is_told(was: list[str], is_: list[str]) -> None:
    assert told_of(was, is_), "the heads differ even where the events do not"
    if sorted(was) == sorted(is_) and was != is_:
        assert all("another place" in one for one in told_of(was, is_))


def test_an_event_that_is_there_twice_was_added() -> None:
    assert [one.split(": ")[1] for one in told_of(list("abc"), list("abbc"))] == [
        "event 3 was added (workflow execution started)"
    ]


@given(st.permutations(range(10)))
@settings(max_examples=50, deadline=None)
def test_what_stayed_is_in_order_on_both_sides(order: list[int]) -> None:
    before, after = [(str(n), 0) for n in range(10)], [(str(n), 0) for n in order]
    stayed = _stayed(before, after)
    assert all(a < b and c < d for (a, c), (b, d) in pairwise(stayed))
    assert all(before[a] == after[c] for a, c in stayed)
    assert len(stayed) == _longest(order)


def _longest(order: list[int]) -> int:
    """Length of a longest increasing subsequence, the plain way."""
    ends: list[int] = []
    for n, value in enumerate(order):
        ends.append(1 + max((ends[m] for m in range(n) if order[m] < value), default=0))
    return max(ends)


def test_history_made_to_be_slow_is_compared_all_the_same() -> None:
    """Few digests, many times, in another order: what a comparison of all with all never comes to an end with."""
    number = 20_000
    assert told_of([str(n % 2) for n in range(number)], [str(n // 2 % 2) for n in range(number)])
