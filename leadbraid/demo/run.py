"""One sample lead in the demo: what is seen of it, how it is decided, how it ended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import Client

from leadbraid.audit.timing import Timing, timing
from leadbraid.demo.script import Act, Sample
from leadbraid.errors import EngineError
from leadbraid.leads import LeadHandle
from leadbraid.models import Brief, Lead, Outcome, State, Status

LOOK_EVERY = 0.25
"""Seconds between two looks at a lead."""


@dataclass
class Run:
    """One sample lead on its way."""

    sample: Sample
    lead: Lead
    lead_id: str
    client: Client
    timing: Timing | None = None
    status: Status | None = None
    brief: Brief | None = None
    outcome: Outcome | None = None
    trouble: str = ""

    @property
    def name(self) -> str:
        """The sample's name, without its number and ending."""
        return Path(self.sample.file).stem

    @property
    def handle(self) -> LeadHandle:
        """The lead in Temporal."""
        return LeadHandle(self.client, self.lead_id)

    @property
    def as_declared(self) -> bool:
        """Whether the lead ended as its example declares."""
        ended = self.outcome
        return ended is not None and (ended.state, ended.next_step) == (self.sample.ends, self.sample.step)

    @property
    def waits_for_person(self) -> bool:
        """Whether it is in review now."""
        return self.outcome is None and self.status is not None and self.status.state is State.IN_REVIEW

    async def look(self) -> None:
        """Find out where it is. A worker that is only just starting does not answer yet; that is not an error."""
        history = await self.client.get_workflow_handle(self.lead_id).fetch_history()
        self.timing = timing(history.events)
        try:
            self.outcome = await self.handle.outcome()
            # In this order: a lead that is in review has a brief, but asked first it may not have had one yet.
            self.status = await self.handle.status()
            self.brief = await self.handle.brief()
        except EngineError as error:
            self.trouble = str(error)

    async def until_reviewable(self) -> bool:
        """Wait until a person is needed (True) or it has ended (False)."""
        while True:
            await self.look()
            if self.outcome:
                return False
            if self.waits_for_person:
                return True
            await asyncio.sleep(LOOK_EVERY)

    async def act_out(self, reviewer_pause: float) -> None:
        """Let the scripted reviewer decide, by real signals, until the lead has ended or the script has."""
        for act in self.sample.acts:
            if not await self.until_reviewable():
                return
            await asyncio.sleep(reviewer_pause)
            await self._signal(act)
        await self.until_ended()

    async def _signal(self, act: Act) -> None:
        assert self.brief is not None
        assert self.status is not None
        before = _answered(self.status)
        handle = self.client.get_workflow_handle(self.lead_id)
        await handle.signal("review", act.made(self.brief, self.sample.reviewer))
        while self.outcome is None and self.status is not None and _answered(self.status) == before:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()

    async def until_ended(self) -> None:
        """Wait for the end; a lead that is in review again has no end yet and is left there."""
        await self.look()
        while self.outcome is None and not self.waits_for_person:
            await asyncio.sleep(LOOK_EVERY)
            await self.look()


def _answered(status: Status) -> int:
    return len(status.decided) + len(status.refused) + status.refused_more
