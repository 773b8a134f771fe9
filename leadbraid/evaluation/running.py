"""Working a dataset: every case as `try` works a lead, several at a time, each call counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from leadbraid.errors import ProviderError
from leadbraid.evaluation.cases import Dataset
from leadbraid.evaluation.grading import grade
from leadbraid.evaluation.labels import Case
from leadbraid.evaluation.result import CaseResult, Named, Result, Run, Spent
from leadbraid.llm.provider import Provider
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    Made,
    Playbook,
    QualificationTask,
    ResearchTask,
    Stream,
    StreamWork,
)
from leadbraid.per_job import JOBS, JUDGE
from leadbraid.playbook import playbook_digest
from leadbraid.rehearsal import Rehearsal
from leadbraid.sources.documents import Documents, Passage
from leadbraid.sources.suppression import read_suppressed

Work = TypeVar("Work", StreamWork, Judgement)


@dataclass(frozen=True)
class Wanted:
    """What to evaluate: cases, by which rules, who does the work, how often and how many at a time."""

    dataset: Dataset
    playbook: Playbook
    provider: Provider
    repeat: int = 1
    at_once: int = 4

    @property
    def total(self) -> int:
        """Cases to work, repeats counted."""
        return len(self.dataset.cases) * self.repeat


@dataclass(frozen=True)
class Worked:
    """All cases, graded, and everything that was told of who answered."""

    cases: tuple[CaseResult, ...]
    made: tuple[tuple[str, Made], ...]
    """By the job that they were made for: a stream, or to judge."""


async def work(wanted: Wanted, moved: Callable[[], None] = lambda: None) -> Worked:
    """Work and grade every case.

    Raises:
        SourceError: The dataset's list of who must not be written to cannot be read.
    """
    suppressed = read_suppressed(wanted.dataset.suppressed)
    places = asyncio.Semaphore(wanted.at_once)
    counters = list[Counted]()

    async def one(case: Case) -> Run:
        async with places:
            counted = Counted(wanted.provider)
            counters.append(counted)
            run = await _run(case, wanted, counted, suppressed)
            moved()
            return run

    runs = await asyncio.gather(*(one(case) for _ in range(wanted.repeat) for case in wanted.dataset.cases))
    count = len(wanted.dataset.cases)
    cases = (_result(case, tuple(runs[place::count])) for place, case in enumerate(wanted.dataset.cases))
    return Worked(tuple(cases), tuple(made for counted in counters for made in counted.made))


def result_of(
    wanted: Wanted, worked: Worked, *, made_at: datetime | None, version: str, only: tuple[str, ...] = ()
) -> Result:
    """What is kept of it."""
    models = {made.model for _, made in worked.made if made.model}
    prompts = {
        job: tuple(sorted({made.prompt for whose, made in worked.made if whose == job and made.prompt})) for job in JOBS
    }
    return Result(
        leadbraid=version,
        made_at=made_at,
        provider=wanted.provider.name,
        models=tuple(sorted(models)),
        prompts={job: digests for job, digests in prompts.items() if digests},
        playbook=Named(name=wanted.playbook.name, digest=playbook_digest(wanted.playbook)),
        plan=wanted.playbook.stream_plan.name,
        dataset=Named(name=wanted.dataset.name, digest=wanted.dataset.digest),
        only=only,
        repeat=wanted.repeat,
        cases=worked.cases,
    )


def _result(case: Case, runs: tuple[Run, ...]) -> CaseResult:
    label = case.label
    return CaseResult(id=case.id, digest=case.digest, kinds=label.kind, about=label.about, runs=runs)


async def _run(case: Case, wanted: Wanted, counted: Counted, suppressed: frozenset[str]) -> Run:
    lead = case.label.lead.lead()
    rehearsal = Rehearsal(lead, wanted.playbook, counted, Documents(wanted.dataset.documents))
    began = time.monotonic()
    brief = await rehearsal.brief(suppressed)
    seconds = round(time.monotonic() - began, 4)
    gaps = {result.stream: result.gap.reason for result in brief.results if result.gap}
    return Run(items=grade(brief, case.label.gold), seconds=seconds, gaps=gaps, spent=counted.spent)


class Counted:
    """A provider, every answer of which is counted: redrafts too, and those that no brief kept."""

    def __init__(self, provider: Provider) -> None:
        self.name = provider.name
        self.made: list[tuple[str, Made]] = []
        self._provider = provider
        self._lost: list[tuple[str, Made]] = []
        self._failed: Counter[str] = Counter()

    @property
    def spent(self) -> dict[str, Spent]:
        """What each job took that was asked for."""
        asked = {job for job, _ in self.made} | set(self._failed)
        return {
            job: Spent.of(
                [made for whose, made in self.made if whose == job],
                [made for whose, made in self._lost if whose == job],
                self._failed[job],
            )
            for job in JOBS
            if job in asked
        }

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """The provider's."""
        return await self._count(Stream.QUALIFICATION.value, lambda: self._provider.qualification(task))

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """The provider's."""
        return await self._count(Stream.RESEARCH.value, lambda: self._provider.research(task, passages))

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """The provider's."""
        return await self._count(Stream.DRAFTING.value, lambda: self._provider.drafting(task))

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """The provider's."""
        return await self._count(Stream.FIT_RISK.value, lambda: self._provider.fit_risk(task))

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:
        """The provider's."""
        return await self._count(JUDGE, lambda: self._provider.judge(task, sides))

    async def _count(self, job: str, ask: Callable[[], Awaitable[Work]]) -> Work:
        """The answer, with the seconds that it took by the clock here: the same for every provider."""
        began = time.monotonic()
        try:
            work = await ask()
        except ProviderError as error:
            self._failed[job] += 1
            if error.made:
                self._lost.append((job, error.made))
            raise
        except Exception as error:
            # An activity that raises anything is a failed stream to the workflow; so it is here.
            self._failed[job] += 1
            what = f"the provider failed unexpectedly ({type(error).__name__}: {error})"
            raise ProviderError(what, code="unexpected", retryable=False) from error
        made = work.made.model_copy(update={"seconds": time.monotonic() - began})
        self.made.append((job, made))
        return work.model_copy(update={"made": made})
