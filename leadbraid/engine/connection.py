"""Connecting to Temporal, and what must be true of the server before leads are worked on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid.engine.endpoint import Endpoint
from leadbraid.engine.failures import explain
from leadbraid.engine.runtime import runtime
from leadbraid.engine.target import MisconfiguredError, Target, find_target
from leadbraid.errors import EngineError
from leadbraid.settings import Settings

Say = Callable[[str], None]
"""Takes one sentence for the person at the terminal or for the log."""

DATA_CONVERTER = pydantic_data_converter
"""How values become payloads and back: for a connection, and for a history that was exported."""

PATIENCE = timedelta(seconds=5)
"""For one try: the connection, the handshake and the first answer together."""

ANSWER_PATIENCE = timedelta(seconds=1)
FIRST_PAUSE = timedelta(milliseconds=500)
LONGEST_PAUSE = timedelta(seconds=10)


def silent(_: str) -> None:
    """Say nothing."""


async def connect(settings: Settings, *, retry: bool = False, say: Say = silent) -> Client:
    """Connect to the Temporal server that is meant, and see that its namespace exists.

    ``TEMPORAL_*`` settings (or a profile of ``temporal.toml``) that name an address come first, then the embedded
    server of ``settings.home``.

    Args:
        settings: Gives the home folder.
        retry: Keep trying, with pauses of up to 10 s, until there is a server; cancelling the task ends it.
        say: Told why it is not there yet, once for each change of reason.

    Raises:
        EngineError: One sentence naming address, cause and remedy. With ``retry`` only where the configuration itself
            is wrong.
    """
    if not retry:
        return await _open(find_target(settings), PATIENCE)
    return await _keep_trying(settings, say)


async def connect_to(endpoint: Endpoint, *, patience: timedelta = PATIENCE) -> Client:
    """Connect to a server whose endpoint is known, whatever the environment names.

    Raises:
        EngineError: As ``connect``.
    """
    return await _open(Target(endpoint, embedded=True), patience)


async def answers(endpoint: Endpoint) -> bool:
    """Whether a server can be used there; asks for a second at most."""
    try:
        await connect_to(endpoint, patience=ANSWER_PATIENCE)
    except EngineError:
        return False
    return True


def describe_target(settings: Settings) -> str:
    """Which server is meant, for a person: address, namespace and, where known, the UI.

    Raises:
        EngineError: No server is known, or the configuration is wrong.
    """
    endpoint = find_target(settings).endpoint
    ui = f", UI {endpoint.ui}" if endpoint.ui else ""
    return f"Temporal at {endpoint.temporal}, namespace {endpoint.namespace}{ui}"


async def _keep_trying(settings: Settings, say: Say) -> Client:
    pause, said = FIRST_PAUSE, ""
    while True:
        try:
            return await _open(find_target(settings), PATIENCE)
        except MisconfiguredError:
            raise
        except EngineError as error:
            if str(error) != said:
                said = str(error)
                say(said)
        await asyncio.sleep(pause.total_seconds())
        pause = min(pause * 2, LONGEST_PAUSE)


async def _open(target: Target, patience: timedelta) -> Client:
    try:
        # The SDK's own time-out does not cover a TLS handshake: a silent port would hold us for ever.
        async with asyncio.timeout(patience.total_seconds()):
            return await _connected(target)
    except Exception as error:  # the SDK raises RuntimeError, ValueError, RPCError and more
        raise EngineError(explain(target, error)) from None


async def _connected(target: Target) -> Client:
    options = target.options
    client = await Client.connect(
        target.endpoint.temporal,
        namespace=target.endpoint.namespace,
        api_key=options.get("api_key"),
        tls=options.get("tls"),
        rpc_metadata=options.get("rpc_metadata") or {},
        data_converter=DATA_CONVERTER,
        runtime=runtime(),
    )
    # check_health answers for the server; a missing namespace would only show at the first real call.
    await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    return client
