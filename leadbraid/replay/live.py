"""Histories of a server's workflows, as they are now."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from temporalio.api.history.v1 import History
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.errors import EngineError, InputError
from leadbraid.models.visible import one_line
from leadbraid.replay.sources import Recorded, Source

RUNNING = "ExecutionStatus='Running'"
AT_ONCE = 8
"""Histories asked for at a time."""


class Live:
    """The workflows of our types that a query of Temporal's list finds; by default those that run."""

    def __init__(self, client: Client, types: Sequence[str], query: str = "") -> None:
        names = ", ".join(f"'{name}'" for name in types)
        self._client = client
        self._given = query
        self.query = f"({query or RUNNING}) AND WorkflowType IN ({names})"

    async def count(self) -> int:
        """How many there are.

        Raises:
            InputError: Temporal does not understand the query.
            EngineError: It does not answer.
        """
        try:
            return (await self._client.count_workflows(self.query)).count
        except RPCError as error:
            raise self._told(error) from None

    async def histories(self) -> AsyncIterator[Source]:
        """Each one's history. One that is deleted meanwhile is left out.

        Raises:
            EngineError: Temporal does not answer any more.
        """
        try:
            batch: list[WorkflowExecution] = []
            async for found in self._client.list_workflows(self.query):
                batch.append(found)
                if len(batch) == AT_ONCE:
                    for history in await self._fetched(batch):
                        yield history
                    batch = []
            for history in await self._fetched(batch):
                yield history
        except RPCError as error:
            raise self._told(error) from None

    async def _fetched(self, batch: Sequence[WorkflowExecution]) -> list[Recorded]:
        return [one for one in await asyncio.gather(*map(self._history, batch)) if one]

    async def _history(self, found: WorkflowExecution) -> Recorded | None:
        handle = self._client.get_workflow_handle(found.id, run_id=found.run_id)
        try:
            history = await handle.fetch_history()
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        return Recorded(found.id, History(events=history.events).SerializeToString())

    def _told(self, error: RPCError) -> InputError | EngineError:
        why = one_line(error.message)
        if error.status is RPCStatusCode.INVALID_ARGUMENT and self._given:
            return InputError(f"Temporal does not understand the query {one_line(self._given)!r}: {why}.")
        return EngineError(f"Temporal does not give the histories ({why}): try again.")
