"""Reading a run of `Delivery`: each attempt, what allowed it, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError
from temporalio.api.history.v1 import HistoryEvent

from leadbraid.audit.events import first_of, time_of
from leadbraid.audit.history import Run
from leadbraid.audit.reading import Draft, Reader
from leadbraid.audit.schema import Attempt, Call, CallEnd, Settled
from leadbraid.models import DeliveryResult, Fate, Order, Transmitted
from leadbraid.models.delivery import Settle


class DeliveryReader(Reader):
    """One run of a delivery."""

    def __init__(self, run: Run, copied: int) -> None:
        super().__init__(run, copied)
        self.order = Order.model_validate(first_of(run.started.input))
        self.attempts: list[Attempt] = []
        self.looked: list[str] = []
        self.settled: list[Settled] = []
        self.stop_asked = False
        self.result: DeliveryResult | None = None
        self._commits: dict[str, tuple[int, datetime]] = {}
        self._committed: dict[int, datetime] = {}
        self._waits = False
        self._said: list[int] = []

    def call_ended(self, draft: Draft) -> None:
        """An attempt, or a search for the message."""
        call = draft.call
        if not self.own or call.name not in ("transmit", "look_up"):
            return
        found = Transmitted.model_validate(draft.result) if call.end is CallEnd.COMPLETED else None
        if call.name == "look_up":
            self.looked.append(f"{found.fate.value}: {found.note}" if found else f"the search {call.end.value}")
            if found and found.fate is not Fate.UNKNOWN and self.attempts:
                self.attempts[-1] = self.attempts[-1].model_copy(update={"uncertain": False, "fate": found.fate.value})
            return
        number = draft.task["attempt"]
        why = call.failures[-1].message if call.failures else ""
        self.attempts.append(
            Attempt(
                number=number,
                scheduled=call.scheduled,
                started=call.started,
                ended=call.ended,
                end=call.end,
                worker=call.worker,
                committed=self._committed.get(number),
                fate=found.fate.value if found else "",
                note=found.note if found else why,
                place=found.place if found else "",
                uncertain=self._may_have_sent(number, found, call),
            )
        )

    def _may_have_sent(self, number: int, found: Transmitted | None, call: Call) -> bool:
        """Allowed to hand the message over, and nothing certain came of it; or another run of it may have sent."""
        if found:
            return found.fate is Fate.UNKNOWN
        other_run = any(one.type == "NotFirstRun" for one in call.failures)
        return other_run or number in self._committed

    def on_workflow_execution_update_accepted(self, event: HistoryEvent, attributes: Any) -> None:
        """An attempt asked whether it may hand the message over."""
        request = attributes.accepted_request
        number = first_of(request.input.args)
        if request.input.name == "commit" and isinstance(number, int):
            self._commits[request.meta.update_id] = (number, time_of(event.event_time))

    def on_workflow_execution_update_completed(self, _: HistoryEvent, attributes: Any) -> None:
        """It may."""
        asked = self._commits.get(attributes.meta.update_id)
        if asked and attributes.outcome.HasField("success"):
            self._committed[asked[0]] = asked[1]

    def on_signal_external_workflow_execution_initiated(self, _: HistoryEvent, attributes: Any) -> None:
        """The lead is told that nobody knows whether it arrived: from now on a person's word counts."""
        self._waits = self._waits or attributes.signal_name == "delivery"

    def on_workflow_execution_signaled(self, event: HistoryEvent, attributes: Any) -> None:
        """The lead asks it to stop, or passes on what a person found out."""
        if attributes.signal_name == "stop":
            self.stop_asked = True
        elif attributes.signal_name == "settle":
            said = _settlement(first_of(attributes.input))
            settled = Settled(
                place=self.place(event),
                outcome=said.outcome.value if said else "unreadable",
                by=said.by if said else "",
                note=said.note if said else "",
                identity=attributes.identity,
                counted=False,
            )
            if self._waits and said:
                self._said.append(len(self.settled))
            self.settled.append(settled)

    def on_workflow_task_started(self, _: HistoryEvent, __: Any) -> None:
        """Of what was said since the last task the workflow takes the last word."""
        if self._said:
            last = self._said[-1]
            self.settled[last] = self.settled[last].model_copy(update={"counted": True})
            self._said, self._waits = [], False

    def on_workflow_execution_completed(self, _: HistoryEvent, attributes: Any) -> None:
        """How it ended."""
        self.result = DeliveryResult.model_validate(first_of(attributes.result))

    @property
    def sent_at(self) -> datetime | None:
        """When the attempt that sent it ended; None where none did, or only a person says so."""
        return next((one.ended for one in self.attempts if one.fate == Fate.SENT.value), None)


def _settlement(value: Any) -> Settle | None:
    """None for what the delivery ignores too."""
    try:
        return Settle.model_validate(value)
    except ValidationError:
        return None
