"""Finished leads, read from Temporal or from exported history files, for the advice on plans."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from temporalio.client import Client, WorkflowExecution, WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.compare.advice import Finished
from leadbraid.compare.reading import read_worked, start_of
from leadbraid.errors import EngineError, InputError
from leadbraid.models.visible import one_line

AT_ONCE = 8
"""Histories on their way at a time."""
FINISHED = "WorkflowType='LeadFollowUp' AND ExecutionStatus!='Running' AND ExecutionStatus!='ContinuedAsNew'"


async def last_finished(client: Client, count: int, moved: Callable[[], None]) -> list[Finished]:
    """The ``count`` leads that closed last, without those that no stream worked; ``moved`` is called after each.

    Raises:
        EngineError: Temporal does not answer.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(execution: WorkflowExecution) -> Finished | None:
        async with gate:
            found = await _of_execution(client, execution)
        moved()
        return found

    try:
        # The server lists what closed last first.
        listed = [found async for found in client.list_workflows(FINISHED, limit=count, page_size=min(count, 1000))]
        found = await asyncio.gather(*map(one, listed))
    except RPCError as error:
        raise EngineError(f"Temporal does not tell its finished leads ({error.message}); try again.") from None
    return [lead for lead in found if lead]


async def _of_execution(client: Client, execution: WorkflowExecution) -> Finished | None:
    try:
        history = await client.get_workflow_handle(execution.id, run_id=execution.run_id).fetch_history()
        begun = history.events[0].workflow_execution_started_event_attributes
        if begun.continued_execution_run_id:
            # The streams ran before the review, in the first run of a long one.
            first = client.get_workflow_handle(execution.id, run_id=begun.first_execution_run_id)
            history = await first.fetch_history()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None  # deleted since it was listed
        raise
    return await _finished(history, client.data_converter)


async def _finished(history: WorkflowHistory, converter: DataConverter) -> Finished | None:
    """None where no stream worked in this run, or the review never opened.

    Raises:
        InputError: This is no lead's history.
    """
    events = list(history.events)
    start = await start_of(events, converter)
    plan = start.playbook.stream_plan
    worked = await read_worked(events, converter, lead_id=start.lead_id, plan=plan.name)
    return Finished(plan, worked, start.lead) if worked else None


async def from_files(files: Iterable[Path], converter: DataConverter) -> list[Finished]:
    """The same from files as `temporal workflow show --output json` or the UI's download write them.

    Raises:
        InputError: A file is no history of a lead.
    """
    found = []
    for file in files:
        try:
            history = WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))
            found.append(await _finished(history, converter))
        except OSError as error:
            raise InputError(f"{file} cannot be read: {error.strerror}.") from None
        except Exception as error:  # what a foreign file can be is not ours to list: JSON, protobuf, payloads
            raise InputError(f"{file} cannot be used: {one_line(str(error), 200)}.") from None
    return [lead for lead in found if lead]
