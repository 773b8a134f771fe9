"""Replaying: one history after the other here, or in several processes at once where there are many."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import Replayer

from leadbraid.errors import InputError, LeadbraidError
from leadbraid.replay.broken import Broken, Replayed, explain
from leadbraid.replay.sources import Source, Unreadable
from leadbraid.replay.watched import WatchingRunner
from workflows.registered import WORKFLOWS


def names_of(workflows: Sequence[type]) -> tuple[str, ...]:
    """The registered names."""
    return tuple(str(workflow._Definition.must_from_class(one).name) for one in workflows)


TYPES = names_of(WORKFLOWS)
TASK_DONE = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
CHUNK = 10
"""Histories that go to a process at a time; a sixth of a second's work."""
WORTH_A_PROCESS = 100
"""A process takes a second to start: as long as that many histories take to replay."""


Result = Replayed | Unreadable


async def replay(
    sources: AsyncIterator[Source], count: int, workflows: Sequence[type] = WORKFLOWS
) -> AsyncIterator[Result]:
    """Replay them all against the code, each for itself: what cannot be read stops no other.

    Without the SDK's sandbox, as workers run: what is found is what a worker would meet.

    Args:
        sources: The histories.
        count: About how many there are; with many, every processor works on them.
        workflows: The code. Where several processes are used they must be able to import it.
    """
    processes = min(os.cpu_count() or 1, count // WORTH_A_PROCESS)
    if processes < 2:
        async for chunk in _chunks(sources):
            for result in await _replayed(chunk, workflows):
                yield result
        return
    async for result in _in_processes(sources, processes, workflows):
        yield result


async def _replayed(sources: Sequence[Source], workflows: Sequence[type]) -> list[Result]:
    runner = WatchingRunner()
    replayer = Replayer(
        workflows=workflows, data_converter=pydantic_data_converter, workflow_runner=runner, runtime=_runtime()
    )
    names = names_of(workflows)
    with _quiet():
        return [await _one(source, replayer, runner, names) for source in sources]


async def _one(source: Source, replayer: Replayer, runner: WatchingRunner, names: tuple[str, ...]) -> Result:
    try:
        history = source.read()
        started = history.events[0].workflow_execution_started_event_attributes
        name = started.workflow_type.name
        if name not in names:
            raise InputError(f"{source.name} is the history of a workflow {name!r}, which is none of ours.")
    except InputError as error:
        return Unreadable(source.name, str(error))
    broken = await _broken(history, replayer, runner)
    return Replayed(source.name, name, history.workflow_id, started.original_execution_run_id, broken)


async def _broken(history: WorkflowHistory, replayer: Replayer, runner: WatchingRunner) -> Broken | None:
    if not any(event.event_type == TASK_DONE for event in history.events):
        # No worker has done anything for it yet. The SDK would wait for more, for ever.
        return None
    watched = runner.begin()
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    if result.replay_failure is None:
        return None
    return explain(history.events, result.replay_failure, watched.after, watched.issued, watched.raised)


@cache
def _runtime() -> Runtime:
    """Silent, and not the common one: a process that the SDK's threads log through can hang at its end."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """The SDK logs every failure with a stack trace; ours is told in the result."""
    logger = logging.getLogger("temporalio")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)


# --- several processes ---------------------------------------------------------------------------------------------


async def _in_processes(
    sources: AsyncIterator[Source], processes: int, workflows: Sequence[type]
) -> AsyncIterator[Result]:
    """Chunks go out as fast as results come back, so that thousands of histories are never all in memory."""
    loop, running = asyncio.get_running_loop(), set[asyncio.Future[list[Result]]]()
    # Spawned, not forked: the SDK's threads do not survive a fork.
    spawn = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=spawn, initializer=_begin)
    try:
        async for chunk in _chunks(sources):
            running.add(loop.run_in_executor(pool, _work, chunk, tuple(workflows)))
            if len(running) >= 2 * processes:
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for result in _results(done):
                    yield result
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for result in _results(done):
                yield result
    except BrokenProcessPool:
        raise LeadbraidError(
            "A process that replayed histories was ended: is there memory enough? Try fewer."
        ) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


async def _chunks(sources: AsyncIterator[Source]) -> AsyncIterator[list[Source]]:
    chunk: list[Source] = []
    async for source in sources:
        chunk.append(source)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _results(done: set[asyncio.Future[list[Result]]]) -> Iterator[Result]:
    for one in done:
        yield from one.result()


def _begin() -> None:
    """Ctrl-C is for the process that asked; it ends these."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _work(sources: list[Source], workflows: tuple[type, ...]) -> list[Result]:
    return asyncio.run(_replayed(sources, workflows))
