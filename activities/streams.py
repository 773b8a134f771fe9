"""The four streams, behind one provider. A failure is named, counted, and retried only where that can help."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from leadbraid.errors import ProviderError, SourceError
from leadbraid.llm.provider import Provider
from leadbraid.logs import get_logger
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Made,
    QualificationTask,
    ResearchTask,
    StreamWork,
)
from leadbraid.sources.documents import Documents

BEAT_SECONDS = 2.0
log = get_logger(__name__)


class StreamActivities:
    """Given who does the work, and the local documents."""

    def __init__(self, provider: Provider, documents: Documents) -> None:
        self._provider = provider
        self._documents = documents

    @activity.defn(name="qualification")
    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""
        return await _work(self._provider.qualification(task))

    @activity.defn(name="research")
    async def research(self, task: ResearchTask) -> StreamWork:
        """Say what is known about the company and where each fact comes from."""
        return await _work(self._research(task))

    async def _research(self, task: ResearchTask) -> StreamWork:
        passages = await asyncio.to_thread(self._documents.passages, task.lead)
        return await self._provider.research(task, passages)

    @activity.defn(name="drafting")
    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Answer what the lead asked."""
        return await _work(self._provider.drafting(task))

    @activity.defn(name="fit_risk")
    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """List what should stop or slow us."""
        return await _work(self._provider.fit_risk(task))


async def _work(work: Awaitable[StreamWork]) -> StreamWork:
    """Measure, beat, and translate a failure.

    Raises:
        ApplicationError: With the provider's sentence and the number of this attempt; not retryable where another try
            cannot help.
    """
    attempt, began = activity.info().attempt, time.monotonic()
    beating = asyncio.create_task(_beat())
    try:
        made = await work
    except ProviderError as error:
        raise _failure(error, error.code, attempt, retryable=error.retryable, after=error) from None
    except SourceError as error:
        raise _failure(error, error.code, attempt, retryable=True) from None
    finally:
        beating.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await beating
    seconds = round(time.monotonic() - began, 3)
    log.info("stream_done", stream=made.output.stream.value, provider=made.made.provider, seconds=seconds)
    return made.model_copy(update={"made": _measured(made.made, attempt, seconds)})


def _measured(made: Made, attempt: int, seconds: float) -> Made:
    return made.model_copy(update={"attempt": attempt, "seconds": seconds})


def _failure(
    error: Exception, code: str, attempt: int, *, retryable: bool, after: ProviderError | None = None
) -> ApplicationError:
    log.warning("stream_failed", code=code, attempt=attempt, retryable=retryable)
    return ApplicationError(
        str(error)[:900],
        {"attempt": attempt, "code": code},
        type=code,
        non_retryable=not retryable,
        next_retry_delay=after.retry_after if after else None,
    )


async def _beat() -> None:
    """Tell Temporal that the worker is alive, so that a killed one is noticed within seconds."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(BEAT_SECONDS)
