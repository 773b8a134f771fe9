"""What the embedded server's namespace needs before it takes leads: years of retention, every search attribute."""

from __future__ import annotations

from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from leadbraid.engine import attributes
from leadbraid.engine.checks import search_attribute_types
from leadbraid.errors import EngineError

TRIES = 3
LATE = {RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED, RPCStatusCode.UNAVAILABLE}
RETENTION = timedelta(days=3650)
"""How long closed leads stay readable; a development server forgets them after a day otherwise."""


async def prepare_namespace(client: Client) -> bool:
    """Set what is not yet as it must be; true when anything had to be set.

    A running server goes on with the old values for some seconds: a workflow closed 2 s after the change was still kept
    for one day only. So a true answer means: start the server again before use.

    Raises:
        EngineError: The server refused.
    """
    for left in reversed(range(TRIES)):
        try:
            retained = await _retain(client)
            return bool(await add_attributes(client)) or retained
        except RPCError as error:
            # A server that has just started on a busy machine answers late.
            if not left or error.status not in LATE:
                text = f"The Temporal server could not be prepared ({error.message}): see server.log."
                raise EngineError(text) from None
    raise AssertionError("unreachable: the last try returns or raises")


async def retention(client: Client) -> timedelta:
    """How long the namespace keeps closed workflows."""
    answer = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return answer.config.workflow_execution_retention_ttl.ToTimedelta()


async def _retain(client: Client) -> bool:
    if await retention(client) >= RETENTION:
        return False
    span = Duration(seconds=int(RETENTION.total_seconds()))
    config = NamespaceConfig(workflow_execution_retention_ttl=span)
    request = UpdateNamespaceRequest(namespace=client.namespace, config=config)
    await client.workflow_service.update_namespace(request, retry=True)
    return True


async def add_attributes(client: Client) -> list[str]:
    """Add those that this version brought: the server's own flag for them is ignored on an existing database.

    Returns the names of those added.
    """
    present = await search_attribute_types(client)
    missing = {key.name: _value_type(key.name) for key in attributes.ALL if key.name not in present}
    if missing:
        request = AddSearchAttributesRequest(search_attributes=missing, namespace=client.namespace)
        await client.operator_service.add_search_attributes(request, retry=True)
    return sorted(missing)


def _value_type(name: str) -> IndexedValueType.ValueType:
    key = next(key for key in attributes.ALL if key.name == name)
    return IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{key.indexed_value_type.name}")
