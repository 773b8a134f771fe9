"""The part of Temporal's SDK that is not Python: one per process, its log lines sent through ours.

Left alone it prints to the terminal by itself, in colour, with the text of failures, which may be a lead's.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import timedelta
from functools import cache
from typing import NoReturn

from temporalio.runtime import LogForwardingConfig, LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter

WORKER_HEARTBEAT = timedelta(seconds=5)
"""How often a worker says that it lives; with the default of a minute a dead one would pass for running."""


@cache
def runtime() -> Runtime:
    """The process's runtime; made on first use."""
    forwarding = LogForwardingConfig(
        logging.getLogger("temporalio.core"),
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,  # they hold failure texts; logs.py picks the ids
    )
    log = LoggingConfig(filter=TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarding)
    return Runtime(telemetry=TelemetryConfig(logging=log), worker_heartbeat_interval=WORKER_HEARTBEAT)


def leave(status: int) -> NoReturn:
    """End the process with this status, without the interpreter's own shutdown.

    The SDK's threads may call into an interpreter that is going away: about 4 of 100 short programs that had used a
    client ended with SIGSEGV or SIGABRT instead of their status (measured with temporalio 1.35 on Python 3.11).
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):  # the reader is gone, e.g. `| head`
            status = status or 1
    os._exit(status)
