"""All runs of a lead, fetched from Temporal: a long review's, those of resets, and those of its deliveries."""

from __future__ import annotations

import asyncio

from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.audit.history import Run, decoded
from leadbraid.audit.record import DELIVERY
from leadbraid.errors import EngineError, NotFoundError

GONE = (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT)


async def fetch_runs(client: Client, lead_id: str) -> list[Run]:
    """Every run that Temporal still has, of the lead and of its deliveries.

    Raises:
        NotFoundError: Temporal has no such lead (any more).
        EngineError: Temporal does not answer.
        AuditError: A payload cannot be decoded.
    """
    try:
        leads = await _runs_of(client, lead_id)
        if not leads:
            raise NotFoundError(f"Temporal has no lead {lead_id!r}; `leadbraid queue` lists those that wait.")
        deliveries = await asyncio.gather(*(_runs_of(client, name) for name in _deliveries_of(leads)))
    except RPCError as error:
        raise EngineError(f"Temporal could not be asked for the history of {lead_id}: {error.message}.") from None
    return [*leads, *(run for runs in deliveries for run in runs)]


def _deliveries_of(leads: list[Run]) -> list[str]:
    kind = EventType.EVENT_TYPE_START_CHILD_WORKFLOW_EXECUTION_INITIATED
    begun = (
        event.start_child_workflow_execution_initiated_event_attributes
        for run in leads
        for event in run.events
        if event.event_type == kind
    )
    return sorted({child.workflow_id for child in begun if child.workflow_type.name == DELIVERY})


async def _runs_of(client: Client, workflow_id: str) -> list[Run]:
    """The newest run and all before it, by their links; Temporal's list knows of others (after a reset)."""
    wanted = await _listed(client, workflow_id)
    runs: dict[str, Run] = {}
    while wanted:
        name = wanted.pop(0)
        run = await _run(client, workflow_id, name)
        if run is None or run.run_id in runs:
            continue
        runs[run.run_id] = run
        wanted += [link for link in (run.continued_from, run.reset_from) if link and link not in runs]
    return list(runs.values())


async def _listed(client: Client, workflow_id: str) -> list[str]:
    """The newest run's id (``""``: whichever it is), and those that the list has; it may be some seconds behind."""
    if not workflow_id.replace("-", "").isalnum():
        return []  # nobody's id, and nothing to put into a query
    listed = client.list_workflows(f"WorkflowId='{workflow_id}'")
    return ["", *[found.run_id async for found in listed if found.run_id]]


async def _run(client: Client, workflow_id: str, run_id: str) -> Run | None:
    handle = client.get_workflow_handle(workflow_id, run_id=run_id or None)
    try:
        events = [event async for event in handle.fetch_history_events()]
    except RPCError as error:
        if error.status in GONE:
            return None
        raise
    return await decoded(events, client.data_converter.payload_codec)
