"""Working the same leads by each plan on Temporal, side by side: workers of its own, ids `compare-…`, in no queue."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.assemble import assemble
from activities.local import LocalActivities
from activities.streams import StreamActivities
from leadbraid.compare.reading import read_worked
from leadbraid.compare.worked import Worked
from leadbraid.engine.names import COMPARE_TASK_QUEUE, compare_models_queue
from leadbraid.errors import EngineError
from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.llm.simulated import Simulated
from leadbraid.models import Brief, ComparedStart, Lead, LeadStart, Plan, Playbook, Stream, lead_id, model_digest
from leadbraid.settings import Settings
from leadbraid.sources.documents import Documents
from workflows.compared import ComparedLead

AT_ONCE = 4
"""Leads on their way at a time, each by every plan at once: enough to be quick, too few to measure this machine."""
UNLIMITED = 100
"""Calls of a plan at a time where no limit was asked for: what a worker takes by default."""
FAILING_LEADS = 5
"""Leads on which a failure is injected: what a plan loses is the same for every lead of its kind."""
FAILING = Stream.RESEARCH
"""The stream that is made to fail: what most plans wait for."""
LONGEST = timedelta(hours=6)
"""After which a run ends by itself, whatever became of the process that began it."""


@dataclass(frozen=True)
class BusyDay:
    """Leads come in evenly, one each ``gap`` seconds; each plan's worker makes at most ``slots`` calls at a time."""

    gap: float
    slots: int


@dataclass(frozen=True)
class Wanted:
    """What is to be compared. ``run`` tells this comparison from others on the same server."""

    run: str
    leads: tuple[Lead, ...]
    plans: tuple[Plan, ...]
    playbook: Playbook
    repeat: int = 1
    busy: BusyDay | None = None

    @property
    def total(self) -> int:
        """Runs of a lead by a plan, in all."""
        rounds = self.repeat * (2 if self.busy else 1)
        return len(self.plans) * (len(self.leads) * rounds + len(self.leads[:FAILING_LEADS]))

    @property
    def calls(self) -> int:
        """Calls of a model, the judge's too, without redrafts and further tries, if no lead is screened out."""
        rounds = self.repeat * (2 if self.busy else 1)
        streams = sum(len(plan.streams) + 1 for plan in self.plans)
        without_failing = sum(len(set(plan.streams) - {FAILING}) + 1 for plan in self.plans)
        return len(self.leads) * rounds * streams + len(self.leads[:FAILING_LEADS]) * without_failing


Runs = dict[str, list[Worked]]
"""What each plan made of the leads, by the plan's name. Leads that the screen stopped are in none."""


@dataclass(frozen=True)
class Found:
    """All runs: alone, on the busy day, and with the injected failure."""

    calm: Runs
    busy: Runs
    failing: Runs


async def run_all(
    client: Client, wanted: Wanted, settings: Settings, provider: Provider, moved: Callable[[], None]
) -> Found:
    """Work every lead by every plan; ``moved`` is called after each.

    Raises:
        EngineError: Temporal went away, or a run did not come to an end. No run is left behind.
    """
    failing = Simulated(provider, {}, down=frozenset({FAILING}))
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="compare") as threads:
        async with _workflow_worker(client, settings, threads), contextlib.AsyncExitStack() as stack:
            documents = Documents(settings.documents)

            async def round_of(name: str, by: Provider, slots: int = UNLIMITED) -> _Round:
                opened = _Round(client, wanted, name, moved, settings.mail_from)
                return await stack.enter_async_context(opened.open(by, documents, slots))

            calm = await (await round_of("alone", provider)).side_by_side(wanted.leads, wanted.repeat)
            busy: Runs = {}
            if wanted.busy:
                day = await round_of("busy", provider, wanted.busy.slots)
                busy = await day.arriving(wanted.leads * wanted.repeat, wanted.busy.gap)
            down = await round_of("failing", failing)
            return Found(calm, busy, await down.side_by_side(wanted.leads[:FAILING_LEADS], 1))


def _workflow_worker(client: Client, settings: Settings, threads: ThreadPoolExecutor) -> Worker:
    by_rules = StreamActivities(RulesProvider(), Documents(settings.documents))
    return Worker(
        client,
        task_queue=COMPARE_TASK_QUEUE,
        workflows=[ComparedLead],
        activities=[assemble, LocalActivities(client, settings.suppression).screen, *by_rules.streams],
        activity_executor=threads,
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


class _Round:
    """All leads once, or several times, by every plan, each plan with a worker of its own for its calls."""

    def __init__(self, client: Client, wanted: Wanted, name: str, moved: Callable[[], None], mail_from: str) -> None:
        self._client = client
        self._wanted = wanted
        self._name = name
        self._moved = moved
        self._mail_from = mail_from
        self._open: dict[str, WorkflowHandle[ComparedLead, Brief]] = {}
        self._found: Runs = {plan.name: [] for plan in wanted.plans}

    @contextlib.asynccontextmanager
    async def open(self, provider: Provider, documents: Documents, slots: int) -> AsyncIterator[_Round]:
        """With its workers; what still runs at the end is terminated, so that nothing waits for a worker for hours."""
        streams = StreamActivities(provider, documents)
        async with contextlib.AsyncExitStack() as stack:
            for number in range(len(self._wanted.plans)):
                worker = Worker(
                    self._client,
                    task_queue=self._queue(number),
                    activities=streams.all,
                    max_concurrent_activities=slots,
                )
                await stack.enter_async_context(worker)
            try:
                yield self
            finally:
                await self._end_what_runs()

    async def _end_what_runs(self) -> None:
        for handle in list(self._open.values()):
            with contextlib.suppress(RPCError):
                await handle.terminate("the comparison was stopped")

    def _queue(self, number: int) -> str:
        return compare_models_queue(self._wanted.run, f"{self._name}-{number}")

    # --- in which order --------------------------------------------------------------------------------------------

    async def side_by_side(self, leads: Sequence[Lead], repeat: int) -> Runs:
        """A few leads at a time, each by all plans at once, so that no plan has a quieter or warmer machine."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(turn: int, lead: Lead) -> None:
            async with gate:
                await _all(self._work(turn, number, lead) for number in self._order(turn))

        await _all(one(turn, lead) for turn, lead in enumerate(tuple(leads) * repeat))
        return self._found

    async def arriving(self, leads: Sequence[Lead], gap: float) -> Runs:
        """A lead each ``gap`` seconds, whether or not the ones before are done."""

        async def one(turn: int, lead: Lead) -> None:
            await asyncio.sleep(turn * gap)
            await _all(self._work(turn, number, lead) for number in self._order(turn))

        await _all(one(turn, lead) for turn, lead in enumerate(leads))
        return self._found

    def _order(self, turn: int) -> list[int]:
        """Each plan is the first to start equally often."""
        count = len(self._wanted.plans)
        return [(turn + step) % count for step in range(count)]

    # --- one lead by one plan --------------------------------------------------------------------------------------

    async def _work(self, turn: int, number: int, lead: Lead) -> None:
        plan = self._wanted.plans[number]
        name = f"compare-{self._wanted.run}-{self._name}-{number}-{turn}"
        try:
            self._open[name] = handle = await self._started(name, number, lead)
            brief = await handle.result()
            history = await handle.fetch_history()
        except WorkflowFailureError as error:
            raise EngineError(
                f"The run {name} did not come to an end ({error.cause or error}); compare again."
            ) from None
        except RPCError as error:
            raise EngineError(f"Temporal went away during the comparison ({error.message}); compare again.") from None
        del self._open[name]
        worked = await read_worked(
            history.events, self._client.data_converter, lead_id=lead_id(lead), plan=plan.name, brief=brief
        )
        if worked:
            self._found[plan.name].append(worked)
        self._moved()

    async def _started(self, name: str, number: int, lead: Lead) -> WorkflowHandle[ComparedLead, Brief]:
        plan = self._wanted.plans[number]
        playbook = self._wanted.playbook.model_copy(update={"stream_plan": plan})
        start = LeadStart(
            lead_id=lead_id(lead),
            lead=lead,
            playbook=playbook,
            playbook_digest=model_digest(playbook),
            mail_from=self._mail_from,
        )
        return await self._client.start_workflow(
            ComparedLead.run,
            ComparedStart(start=start, models_queue=self._queue(number)),
            id=name,
            task_queue=COMPARE_TASK_QUEUE,
            execution_timeout=LONGEST,
            static_summary=f"Compared, plan {plan.name}: no lead, nothing is sent",
        )


async def _all(works: Iterable[Coroutine[None, None, None]]) -> None:
    """Wait for all; the first that fails ends the others."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except* EngineError as errors:
        raise _first(errors) from None


def _first(errors: BaseExceptionGroup[EngineError]) -> EngineError:
    first: BaseException = errors
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    assert isinstance(first, EngineError)
    return first
