"""Logs: structlog on standard error, one line for one record, whatever a stranger's text holds.

* Nothing is logged while a workflow replays; inside a workflow or an activity its ids are added.
* Control, bidirectional and line-separating characters are written as ``\\uXXXX``, so that text can neither forge a
  line nor steer a terminal.
* Temporal's own lines keep their event and ids and lose the text of failures, which may be a lead's.

Workflow code imports this module passed through.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, cast

import structlog
import temporalio.activity
import temporalio.workflow
from structlog.stdlib import BoundLogger, ProcessorFormatter
from structlog.typing import EventDict, Processor

CAPPED = {
    **dict.fromkeys(("httpx", "httpcore", "httpx2", "httpcore2", "openai"), logging.WARNING),
    "temporalio": logging.INFO,
}
"""Below these levels the libraries write requests, payloads, and addresses (that of a chat's webhook is a secret)."""

IDS = ("workflow_id", "run_id", "workflow_type", "activity_id", "activity_type", "attempt", "task_queue", "namespace")
LONGEST_FOREIGN = 200
DANGEROUS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
PLAIN = re.compile(r"[\w.:/@+,=-]+")


def configure(level: str = "info", log_format: str = "console") -> None:
    """Send every record of this process to standard error.

    Args:
        level: The lowest level shown: debug, info, warning or error.
        log_format: ``json`` for one object a line, ``console`` for people.
    """
    threshold = logging.getLevelNamesMapping()[level.upper()]
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, _OneLineHandler)]:
        root.removeHandler(handler)
    root.addHandler(_OneLineHandler(_formatter(_json_line if log_format == "json" else _console_line)))
    root.setLevel(threshold)
    for name, least in CAPPED.items():
        logging.getLogger(name).setLevel(max(least, threshold))
    temporalio.workflow.logger.workflow_info_on_message = False
    temporalio.activity.logger.activity_info_on_message = False


def get_logger(name: str = "leadbraid") -> BoundLogger:
    """A logger for events with facts: ``log.info("draft_ready", lead_id=..., chars=...)``.

    Never give it a lead's text or a secret. It writes through the standard library's logger of that name, so before
    ``configure`` only warnings and errors show, on standard error.
    """
    logger = structlog.wrap_logger(logging.getLogger(name), processors=_ours(), wrapper_class=BoundLogger)
    return cast(BoundLogger, logger)


def _ours() -> list[Processor]:
    return [
        structlog.stdlib.filter_by_level,
        _drop_on_replay,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _add_temporal_ids,
        structlog.processors.format_exc_info,
        ProcessorFormatter.wrap_for_formatter,
    ]


def _formatter(render: Processor) -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[_tame, _add_temporal_ids, structlog.processors.format_exc_info],
        processors=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            ProcessorFormatter.remove_processors_meta,
            render,
        ],
    )


# --- what a record holds


def _drop_on_replay(_: Any, __: str, event: EventDict) -> EventDict:
    if temporalio.workflow.in_workflow() and temporalio.workflow.unsafe.is_replaying_history_events():
        raise structlog.DropEvent
    return event


def _add_temporal_ids(_: Any, __: str, event: EventDict) -> EventDict:
    for key, value in _temporal_ids().items():
        event.setdefault(key, value)
    return event


def _temporal_ids() -> dict[str, Any]:
    if temporalio.workflow.in_workflow():
        here = temporalio.workflow.info()
        return {"workflow_id": here.workflow_id, "run_id": here.run_id, "workflow_type": here.workflow_type}
    if temporalio.activity.in_activity():
        now = temporalio.activity.info()
        ids = {"workflow_id": now.workflow_id, "run_id": now.workflow_run_id}
        return ids | {"activity_type": now.activity_type, "attempt": now.attempt}
    return {}


def _tame(_: Any, __: str, event: EventDict) -> EventDict:
    """Of Temporal's own records keep the event and the ids; of an exception its type."""
    record = event["_record"]
    if not record.name.startswith("temporalio"):
        return event
    first_line = str(event["event"]).partition("\n")[0]
    event["event"] = first_line[:LONGEST_FOREIGN]
    trouble = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if isinstance(trouble, tuple) and trouble[0]:
        event["error_type"] = trouble[0].__qualname__
    return {**_ids_of(record), **event}


def _ids_of(record: logging.LogRecord) -> dict[str, Any]:
    core = getattr(record, "temporal_log", None)
    sources: list[Any] = [getattr(record, "temporal_workflow", None), getattr(record, "temporal_activity", None)]
    sources.append(core.fields if core else None)
    found = [source for source in sources if isinstance(source, Mapping)]
    return {key: source[key] for source in found for key in IDS if key in source}


# --- how it is written


def _json_line(_: Any, __: str, event: EventDict) -> str:
    return _escape(json.dumps(event, default=str, ensure_ascii=False))


def _console_line(_: Any, __: str, event: EventDict) -> str:
    head = [event.pop("timestamp", ""), f"{event.pop('level', ''):<8}", str(event.pop("event", ""))]
    facts = [f"{key}={_value(value)}" for key, value in event.items()]
    return _escape("  ".join([*head, *facts]))


def _value(value: object) -> str:
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return value
    return json.dumps(value, default=str, ensure_ascii=False)


def _escape(line: str) -> str:
    """Write what could break or steer the line as ``\\uXXXX``, which inside JSON text means the same character."""
    return DANGEROUS.sub(lambda match: _escaped(match.group()), line)


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


class _OneLineHandler(logging.Handler):
    """Writes to whatever standard error is now; a record that cannot be written costs one line, not a traceback."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except Exception as error:  # e.g. a library's message that does not fit its arguments
            line = f"log_failed  logger={_escape(record.name)} error_type={type(error).__qualname__}"
        try:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # standard error is closed: nobody is left to tell
            return
