"""Simulated latency and outages around any provider, for the demo and for `compare`: rules answer in milliseconds.

Both say so wherever a figure or an output shows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta

from leadbraid.errors import ProviderError
from leadbraid.llm.provider import Provider
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    QualificationTask,
    ResearchTask,
    Stream,
    StreamWork,
)
from leadbraid.sources.documents import Passage

LABEL = "with simulated latency"
"""Stands beside the provider's name wherever an output that waited is shown."""


class Simulated:
    """Waits as long as told before each answer, redrafts included, and fails for the leads and streams it is told to.

    Args:
        provider: Who does the work.
        latency: How long each stream seems to take; a stream not named answers at once.
        outages: Lead id and stream of the calls that always fail; the stream is tried again each time.
        down: Streams whose every call fails for good at once.
    """

    def __init__(
        self,
        provider: Provider,
        latency: Mapping[Stream, timedelta],
        outages: frozenset[tuple[str, Stream]] = frozenset(),
        down: frozenset[Stream] = frozenset(),
    ) -> None:
        self.name = f"{provider.name} {LABEL}" if any(latency.values()) else provider.name
        self._provider = provider
        self._latency = latency
        self._outages = outages
        self._down = down

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """The provider's, later."""
        await self._wait(Stream.QUALIFICATION, task.lead_id)
        return self._told(Stream.QUALIFICATION, await self._provider.qualification(task))

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """The provider's, later."""
        await self._wait(Stream.RESEARCH, task.lead_id)
        return self._told(Stream.RESEARCH, await self._provider.research(task, passages))

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """The provider's, later."""
        await self._wait(Stream.DRAFTING, task.lead_id)
        return self._told(Stream.DRAFTING, await self._provider.drafting(task))

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """The provider's, later."""
        await self._wait(Stream.FIT_RISK, task.lead_id)
        return self._told(Stream.FIT_RISK, await self._provider.fit_risk(task))

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:
        """The provider's; a judge is no stream, so nothing is simulated."""
        return await self._provider.judge(task, sides)

    async def _wait(self, stream: Stream, lead: str) -> None:
        """Fail at once where an outage was asked for, else wait.

        Raises:
            ProviderError: This lead and stream are among the outages, or the stream is down.
        """
        if stream in self._down:
            raise ProviderError(f"injected failure of {stream.label}", code="injected_failure", retryable=False)
        if (lead, stream) in self._outages:
            message = f"simulated outage of {stream.label} for this lead"
            raise ProviderError(message, code="simulated_outage", retryable=True)
        await asyncio.sleep(self._latency.get(stream, timedelta()).total_seconds())

    def _told(self, stream: Stream, work: StreamWork) -> StreamWork:
        """The output, saying who made it and that it waited: nobody should take the seconds for real ones."""
        if not self._latency.get(stream):
            return work
        made = work.made.model_copy(update={"provider": f"{work.made.provider} {LABEL}"[:300]})
        return work.model_copy(update={"made": made})
