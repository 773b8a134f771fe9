"""What became of each signal, written into the history.

An update's verdict is an event of its own; a signal gets no answer, so nothing in the history would say whether it
counted, or why not. A memo does: one event for all that came at a time, and none where decisions come as updates.
"""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import DecisionVerdict, SignalVerdict

from workflows.policies import REFUSALS_KEPT

MEMO = "signals"


class Verdicts:
    """The signals of one run, numbered in the order in which the SDK hands them over (from 1)."""

    def __init__(self) -> None:
        self._came = 0
        self._refused = 0
        self._new: list[SignalVerdict] = []

    def another(self) -> int:
        """A signal came; its number."""
        self._came += 1
        return self._came

    def tell(self, n: int, verdict: DecisionVerdict) -> None:
        """Signal ``n`` counted, or did not. Of the refused ones the first fifty of a run are told: a flood is not."""
        self._refused += not verdict.accepted
        if verdict.accepted or self._refused <= REFUSALS_KEPT:
            self._new.append(SignalVerdict(n=n, verdict=verdict))

    def write(self) -> None:
        """Into the history, where something is new."""
        if self._new:
            workflow.upsert_memo({MEMO: self._new})
            self._new = []
