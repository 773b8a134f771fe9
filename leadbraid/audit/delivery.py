"""Reading a run of `Delivery`: each attempt, what allowed it, what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from temporalio.api.history.v1 import HistoryEvent

from leadbraid.audit.events import first_of, time_of
from leadbraid.audit.history import Run
from leadbraid.audit.reading import Draft, Reader
from leadbraid.audit.schema import Attempt, CallEnd, Settled
from leadbraid.models import DeliveryResult, Fate, Order, Transmitted
from leadbraid.models.delivery import Settle


class DeliveryReader(Reader):
    """One run of a delivery."""

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.order = Order.model_validate(first_of(run.started.input))
        self.attempts: list[Attempt] = []
        self.looked: list[str] = []
        self.settled: list[Settled] = []
        self.stop_asked = False
        self.result: DeliveryResult | None = None
        self._commits: dict[str, tuple[int, datetime]] = {}
        self._committed: dict[int, datetime] = {}

    def call_ended(self, draft: Draft) -> None:
        """An attempt, or a search for the message."""
        call = draft.call
        if not self.own or call.name not in ("transmit", "look_up"):
            return
        found = Transmitted.model_validate(draft.result) if call.end is CallEnd.COMPLETED else None
        if call.name == "look_up":
            self.looked.append(f"{found.fate.value}: {found.note}" if found else f"the search {call.end.value}")
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
            )
        )

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

    def on_workflow_execution_signaled(self, event: HistoryEvent, attributes: Any) -> None:
        """The lead asks it to stop, or passes on what a person found out."""
        if not self.own:
            return
        if attributes.signal_name == "stop":
            self.stop_asked = True
        elif attributes.signal_name == "settle":
            said = Settle.model_validate(first_of(attributes.input))
            settled = Settled(place=self.place(event), outcome=said.outcome.value, by=said.by, note=said.note)
            self.settled.append(settled)

    def on_workflow_execution_completed(self, _: HistoryEvent, attributes: Any) -> None:
        """How it ended."""
        self.result = DeliveryResult.model_validate(first_of(attributes.result))

    @property
    def sent_at(self) -> datetime | None:
        """When the attempt that sent it ended; None where none did, or only a person says so."""
        return next((one.ended for one in self.attempts if one.fate == Fate.SENT.value), None)
