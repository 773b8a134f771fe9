"""The four streams, behind one provider. A failure is named, counted, and retried only where that can help."""

from __future__ import annotations

import asyncio
import contextlib
import time
import zlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError

from leadbraid.errors import ProviderError, SourceError
from leadbraid.llm.provider import Provider
from leadbraid.logs import get_logger
from leadbraid.merge import sides
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    Made,
    QualificationTask,
    ResearchTask,
    StreamTask,
    StreamWork,
)
from leadbraid.sources.documents import Documents

BEAT_SECONDS = 2.0
Work = TypeVar("Work", StreamWork, Judgement)
log = get_logger(__name__)


class StreamActivities:
    """Given who does the work, and the local documents. One on the models' queue, one of rules as the fall-back."""

    def __init__(self, provider: Provider, documents: Documents) -> None:
        self._provider = provider
        self._documents = documents

    @property
    def streams(self) -> list[Callable[..., object]]:
        """The four, as a worker registers them; the fall-back has no more."""
        return [self.qualification, self.research, self.drafting, self.fit_risk]

    @property
    def all(self) -> list[Callable[..., object]]:
        """The four and the judge."""
        return [*self.streams, self.judge]

    @activity.defn(name="qualification")
    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""
        return await _stream(task, self._provider.qualification(task))

    @activity.defn(name="research")
    async def research(self, task: ResearchTask) -> StreamWork:
        """Say what is known about the company and where each fact comes from."""
        return await _stream(task, self._research(task))

    async def _research(self, task: ResearchTask) -> StreamWork:
        passages = await asyncio.to_thread(self._documents.passages, task.lead)
        return await self._provider.research(task, passages)

    @activity.defn(name="drafting")
    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Answer what the lead asked."""
        return await _stream(task, self._provider.drafting(task))

    @activity.defn(name="fit_risk")
    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """List what should stop or slow us."""
        return await _stream(task, self._provider.fit_risk(task))

    @activity.defn(name="judge")
    async def judge(self, task: JudgeTask) -> Judgement:
        """Say where two outputs do not go together."""
        done, made = await _measured(self._provider.judge(task, sides(task.results)), lambda done: done.made)
        log.info("judged", found=len(done.found), dropped=done.dropped, **_told(made))
        return done.model_copy(update={"made": made})


async def _stream(task: StreamTask, work: Awaitable[StreamWork]) -> StreamWork:
    """One stream's work, with how it was made."""
    done, made = await _measured(work, lambda done: done.made)
    log.info("stream_done", stream=done.output.stream.value, **_told(made))
    return done.model_copy(update={"made": made.model_copy(update={"instead_of": task.instead_of})})


async def _measured(work: Awaitable[Work], made_of: Callable[[Work], Made]) -> tuple[Work, Made]:
    """Do the work: measure it, beat meanwhile, add what earlier tries used, and translate a failure.

    Raises:
        ApplicationError: With the provider's sentence, the number of this attempt and what all tries used; not
            retryable where another try cannot help.
    """
    attempt, began, before = activity.info().attempt, time.monotonic(), _earlier_tries()
    beating = asyncio.create_task(_beat(before))
    try:
        done = await work
    except ProviderError as error:
        made = before.plus(error.made) if error.made else before
        # The last beat of a try that failed is what the next one is given.
        activity.heartbeat(made)
        raise _failure(error, error.code, attempt, made, retryable=error.retryable, after=error.retry_after) from None
    except SourceError as error:
        raise _failure(error, error.code, attempt, before, retryable=True) from None
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
    made = before.plus(made_of(done)).model_copy(update={"attempt": attempt, "seconds": _since(began)})
    return done, made


def _since(began: float) -> float:
    return round(time.monotonic() - began, 3)


def _earlier_tries() -> Made:
    """What earlier tries of this activity used, as their last beat told; nothing where there was none."""
    for detail in activity.info().heartbeat_details:
        with contextlib.suppress(ValidationError):
            return Made.model_validate(detail)
    return Made(provider="")


def _told(made: Made) -> dict[str, object]:
    return {"provider": made.provider, "model": made.model, "seconds": made.seconds, "calls": made.calls}


def _failure(
    error: Exception, code: str, attempt: int, made: Made, *, retryable: bool, after: timedelta | None = None
) -> ApplicationError:
    log.warning("stream_failed", code=code, attempt=attempt, retryable=retryable)
    return ApplicationError(
        str(error)[:900],
        {"attempt": attempt, "code": code, "made": made.model_dump(mode="json")},
        type=code,
        non_retryable=not retryable,
        next_retry_delay=_spread(after),
    )


def _spread(asked: timedelta | None) -> timedelta | None:
    """As long as the provider asked, and up to a fifth longer: leads refused together must not come back together."""
    share = zlib.crc32(activity.info().activity_id.encode()) % 1_000 / 1_000
    return asked * (1 + share / 5) if asked else None


async def _beat(before: Made) -> None:
    """Tell Temporal that the worker is alive, so that a killed one is noticed within seconds."""
    while True:
        activity.heartbeat(before)
        await asyncio.sleep(BEAT_SECONDS)
