"""Working a lead without Temporal, for `leadbraid try`: the same streams, merge point and redrafts, once, in memory.

The durable way is `workflows/`; this one only shows what would come to review.
"""

from __future__ import annotations

import asyncio

from leadbraid import merge
from leadbraid.errors import ProviderError, SourceError
from leadbraid.llm.provider import Provider
from leadbraid.models import (
    AssembleTask,
    Brief,
    DraftingTask,
    Earlier,
    FitRiskTask,
    Gap,
    Lead,
    Playbook,
    QualificationTask,
    ResearchTask,
    Screened,
    Stream,
    StreamResult,
    StreamWork,
    lead_id,
)
from leadbraid.plan import ancestors, stages
from leadbraid.screen import screen
from leadbraid.sources.documents import Documents

Results = dict[Stream, StreamResult]


class Rehearsal:
    """One lead, worked in memory."""

    def __init__(self, lead: Lead, playbook: Playbook, provider: Provider, documents: Documents) -> None:
        self._lead = lead
        self._playbook = playbook
        self._provider = provider
        self._documents = documents

    async def brief(self, suppressed: frozenset[str]) -> Brief:
        """The brief that would come to review."""
        screened = screen(self._lead, self._playbook.screen, suppressed)
        results: Results = {}
        if not screened:
            for group in stages(self._playbook.stream_plan):
                found = await asyncio.gather(*(self._run(stream, results, None) for stream in group))
                results |= {result.stream: result for result in found}
        brief = self._assemble(results, screened, version=1)
        return await self._redraft(brief, results)

    async def _redraft(self, brief: Brief, results: Results) -> Brief:
        version = rounds = 1
        while brief.redraft:
            version += 1
            redone = await self._run(Stream.DRAFTING, results, brief)
            trial = results | {Stream.DRAFTING: redone}
            candidate = self._assemble(trial, None, version=version, earlier=brief, redrafts=rounds)
            if not candidate.supersedes:
                break
            brief, results, rounds = candidate, trial, rounds + 1
        return brief

    def _assemble(
        self,
        results: Results,
        screened: Screened | None,
        *,
        version: int,
        earlier: Brief | None = None,
        redrafts: int = 0,
    ) -> Brief:
        return merge.assemble(
            AssembleTask(
                lead_id=lead_id(self._lead),
                lead=self._lead,
                rules=self._playbook.for_merge(),
                version=version,
                screen=screened,
                results=tuple(results[stream] for stream in Stream if stream in results),
                earlier=Earlier.of(earlier) if earlier else None,
                redrafts=redrafts,
                how=f"redraft {redrafts}" if redrafts else "first version",
            )
        )

    async def _run(self, stream: Stream, results: Results, settle: Brief | None) -> StreamResult:
        plan = self._playbook.stream_plan
        before = tuple(results[on] for on in ancestors(plan, stream) if on in results)
        version = settle.version + 1 if settle else 1
        try:
            return StreamResult(stream=stream, version=version, work=await self._work(stream, before, settle))
        except (ProviderError, SourceError) as error:
            return StreamResult(stream=stream, version=version, gap=Gap(reason=str(error)[:900], tries=1))

    async def _work(self, stream: Stream, before: tuple[StreamResult, ...], settle: Brief | None) -> StreamWork:
        lead, playbook, name = self._lead, self._playbook, lead_id(self._lead)
        match stream:
            case Stream.QUALIFICATION:
                weigh = QualificationTask(lead_id=name, lead=lead, before=before, rules=playbook.ideal_customer)
                return await self._provider.qualification(weigh)
            case Stream.RESEARCH:
                look = ResearchTask(lead_id=name, lead=lead, before=before)
                return await self._provider.research(look, self._documents.passages(lead))
            case Stream.DRAFTING:
                write = DraftingTask(
                    lead_id=name,
                    lead=lead,
                    before=before,
                    rules=playbook.for_drafting(),
                    settle=settle.redraft if settle else (),
                    previous=settle.draft if settle else None,
                )
                return await self._provider.drafting(write)
            case Stream.FIT_RISK:
                check = FitRiskTask(lead_id=name, lead=lead, before=before, rules=playbook.for_fit_risk())
                return await self._provider.fit_risk(check)
