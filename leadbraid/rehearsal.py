"""Working a lead without Temporal, for `leadbraid try` and `leadbraid eval`: the same streams, judge, merge point and
redrafts, once, in memory.

The durable way is `workflows/`; this one only shows what would come to review.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from leadbraid import merge
from leadbraid.errors import ProviderError, SourceError
from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.models import (
    AssembleTask,
    Brief,
    DraftingTask,
    Earlier,
    FitRiskTask,
    Gap,
    Judged,
    Judgement,
    JudgeTask,
    Lead,
    Playbook,
    QualificationTask,
    ResearchTask,
    Screened,
    Spent,
    Stream,
    StreamResult,
    StreamTask,
    StreamWork,
    lead_id,
)
from leadbraid.plan import ancestors, stages
from leadbraid.screen import screen
from leadbraid.sources.documents import Documents

Results = dict[Stream, StreamResult]
Done = TypeVar("Done", StreamWork, Judgement)
TRIES = 4
"""As `workflows/policies.py` has it."""
LONGEST_WAIT = 60.0
"""Seconds between two tries, whatever the provider asks for: somebody waits for it."""


class Rehearsal:
    """One lead, worked in memory. ``spent`` is what the models' work for it has used."""

    def __init__(self, lead: Lead, playbook: Playbook, provider: Provider, documents: Documents) -> None:
        self._lead = lead
        self._playbook = playbook
        self._provider = provider
        self._documents = documents
        self.spent = Spent()

    async def brief(self, suppressed: frozenset[str]) -> Brief:
        """The brief that would come to review."""
        screened = screen(self._lead, self._playbook.screen, suppressed)
        results: Results = {}
        if not screened:
            for group in stages(self._playbook.stream_plan):
                found = await asyncio.gather(*(self._run(stream, results, None) for stream in group))
                results |= {result.stream: result for result in found}
        judged = await self._judge(results, None, version=1)
        brief = self._assemble(results, judged, screened, version=1)
        return await self._redraft(brief, results, judged)

    async def _redraft(self, brief: Brief, results: Results, earlier: Judged | None) -> Brief:
        version = rounds = 1
        while brief.redraft:
            version += 1
            redone = await self._run(Stream.DRAFTING, results, brief)
            trial = results | {Stream.DRAFTING: redone}
            judged = await self._judge(trial, earlier, version=version)
            candidate = self._assemble(trial, judged, None, version=version, earlier=brief, redrafts=rounds)
            if not candidate.supersedes:
                break
            brief, results, earlier, rounds = candidate, trial, judged, rounds + 1
        return brief

    def _assemble(
        self,
        results: Results,
        judged: Judged | None,
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
                results=_ordered(results),
                judged=judged,
                earlier=Earlier.of(earlier) if earlier else None,
                redrafts=redrafts,
                how=f"redraft {redrafts}" if redrafts else "first version",
            )
        )

    async def _judge(self, results: Results, earlier: Judged | None, *, version: int) -> Judged | None:
        ordered = _ordered(results)
        works = [result.work for result in ordered if result.work]
        if len(works) < 2 or not any(work.made.model for work in works):
            return None
        task = JudgeTask(lead_id=lead_id(self._lead), version=version, results=ordered, spent=self.spent.tokens)
        found = await self._tried(lambda: self._provider.judge(task, merge.sides(ordered)))
        if isinstance(found, Gap):
            return Judged(version=version, work=earlier.work if earlier else None, gap=found)
        return Judged(version=version, work=found)

    async def _run(self, stream: Stream, results: Results, settle: Brief | None) -> StreamResult:
        plan = self._playbook.stream_plan
        before = tuple(results[on] for on in ancestors(plan, stream) if on in results)
        task = self._task(stream, before, settle)
        found = await self._tried(lambda: self._work(self._provider, task))
        if isinstance(found, Gap) and stream in self._playbook.fall_back:
            reason = found.reason
            found = await self._tried(lambda: self._work(RulesProvider(), task))
            if isinstance(found, StreamWork):
                found = found.model_copy(update={"made": found.made.model_copy(update={"instead_of": reason})})
        if isinstance(found, Gap):
            return StreamResult(stream=stream, version=task.version, gap=found)
        return StreamResult(stream=stream, version=task.version, work=found)

    async def _tried(self, work: Callable[[], Awaitable[Done]]) -> Done | Gap:
        """The work, or why there is none: tried again where that can help, as Temporal would."""
        for attempt in range(1, TRIES + 1):
            try:
                done = await work()
            except SourceError as error:
                return Gap(reason=str(error)[:900], tries=attempt)
            except ProviderError as error:
                if error.made:
                    self.spent = self.spent.plus(error.made)
                if not error.retryable or attempt == TRIES:
                    return Gap(reason=str(error)[:900], tries=attempt)
                wait = error.retry_after.total_seconds() if error.retry_after else 2.0 ** (attempt - 1)
                await asyncio.sleep(min(wait, LONGEST_WAIT))
            else:
                self.spent = self.spent.plus(done.made)
                return done
        raise AssertionError("a last try returns")

    def _task(self, stream: Stream, before: tuple[StreamResult, ...], settle: Brief | None) -> StreamTask:
        playbook = self._playbook
        shared = {
            "lead_id": lead_id(self._lead),
            "lead": self._lead,
            "version": settle.version + 1 if settle else 1,
            "before": before,
            "spent": self.spent.tokens,
        }
        match stream:
            case Stream.QUALIFICATION:
                return QualificationTask(rules=playbook.ideal_customer, **shared)
            case Stream.RESEARCH:
                return ResearchTask(**shared)
            case Stream.DRAFTING:
                redraft = {"settle": settle.redraft, "previous": settle.draft} if settle else {}
                return DraftingTask(rules=playbook.for_drafting(), **shared, **redraft)
            case Stream.FIT_RISK:
                return FitRiskTask(rules=playbook.for_fit_risk(), **shared)

    async def _work(self, provider: Provider, task: StreamTask) -> StreamWork:
        match task:
            case QualificationTask():
                return await provider.qualification(task)
            case ResearchTask():
                return await provider.research(task, await asyncio.to_thread(self._documents.passages, task.lead))
            case DraftingTask():
                return await provider.drafting(task)
            case FitRiskTask():
                return await provider.fit_risk(task)
            case _:
                raise AssertionError(f"no stream has the task {type(task).__name__}")


def _ordered(results: Results) -> tuple[StreamResult, ...]:
    return tuple(results[stream] for stream in Stream if stream in results)
