"""Running a plan: each stream starts when what it waits for is there. A stream that fails is an outcome too."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, TimeoutType
from temporalio.exceptions import TimeoutError as TemporalTimeout

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import Gap, Made, Plan, Stream, StreamResult
    from leadbraid.plan import ancestors, waits_for

Results = dict[Stream, StreamResult]
RunOne = Callable[[Stream, tuple[StreamResult, ...]], Awaitable[StreamResult]]


async def run_plan(plan: Plan, streams: Iterable[Stream], known: Results, run_one: RunOne) -> Results:
    """Run ``streams`` as ``plan`` orders them; what the others returned is taken from ``known``.

    Each stream is given the results of all its ancestors and of nothing else. Returns all results, new and old.
    """
    results = dict(known)
    running: dict[Stream, asyncio.Task[None]] = {}
    chosen = [stream for stream in plan.streams if stream in set(streams)]

    async def follow(stream: Stream) -> None:
        await asyncio.gather(*(running[on] for on in waits_for(plan, stream) if on in running))
        before = tuple(results[on] for on in ancestors(plan, stream) if on in results)
        results[stream] = await run_one(stream, before)

    for stream in chosen:
        # A task first runs when this loop is over, so every stream finds those it waits for.
        running[stream] = asyncio.create_task(follow(stream))
    await asyncio.gather(*running.values())
    return results


def gap_of(error: ActivityError) -> Gap:
    """Why a stream has no output, in words for the reviewer."""
    cause = error.cause
    if isinstance(cause, ApplicationError):
        tries = next((int(detail["attempt"]) for detail in cause.details if _counts(detail)), 0)
        return Gap(reason=(cause.message or "it failed")[:900], tries=tries)
    if isinstance(cause, TemporalTimeout):
        if cause.type is TimeoutType.HEARTBEAT:
            return Gap(reason="the worker that ran it was lost")
        return Gap(reason="it took too long")
    return Gap(reason=str(cause or error)[:900])


def made_of(error: ActivityError) -> Made | None:
    """What the calls of a failed activity used, where it told."""
    details = error.cause.details if isinstance(error.cause, ApplicationError) else ()
    told = (detail.get("made") for detail in details if isinstance(detail, dict))
    return next((Made.model_validate(made) for made in told if isinstance(made, dict)), None)


def _counts(detail: object) -> bool:
    return isinstance(detail, dict) and isinstance(detail.get("attempt"), int)
