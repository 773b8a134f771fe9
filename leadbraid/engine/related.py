"""Leads of one person, found by the keyed hash of their address: never by the address itself."""

from __future__ import annotations

from temporalio.client import Client, WorkflowExecution

LISTED = 50


async def open_leads_of(client: Client, contact: str) -> list[WorkflowExecution]:
    """The leads of that contact that are open, as far as Temporal's list knows them already.

    Raises:
        RPCError: The list does not answer.
    """
    query = f"WorkflowType='LeadFollowUp' AND ExecutionStatus='Running' AND LeadContact='{contact}'"
    return [found async for found in client.list_workflows(query, limit=LISTED)]
