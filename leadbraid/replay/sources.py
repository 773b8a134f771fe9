"""Where a history comes from: a file that Temporal's command or its UI wrote, or a server's answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.json_format import ParseError
from google.protobuf.message import DecodeError
from temporalio.api.history.v1 import History
from temporalio.client import WorkflowHistory

from leadbraid.errors import InputError
from leadbraid.models.visible import one_line

EXPORT = "temporal workflow show --workflow-id LEAD --output json"


@dataclass(frozen=True)
class Exported:
    """A file with one workflow's history."""

    path: Path

    @property
    def name(self) -> str:
        """How the file is called in what we say."""
        return str(self.path)

    def read(self) -> WorkflowHistory:
        """The history in it.

        Raises:
            InputError: It holds none; one sentence that names the file.
        """
        if self.path.is_dir():
            raise InputError(f"{self.name} is a folder without .json files; export histories into it with `{EXPORT}`.")
        try:
            told = json.loads(self.path.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"{self.name} cannot be read ({error.strerror}).") from None
        except (ValueError, RecursionError):
            raise InputError(f"{self.name} is no JSON; export a history with `{EXPORT}`.") from None
        if not isinstance(told, dict) or not isinstance(told.get("events"), list) or not told["events"]:
            raise InputError(f"{self.name} holds no history (no `events`); export one with `{EXPORT}`.")
        return self._history(told)

    def _history(self, told: dict[str, object]) -> WorkflowHistory:
        try:
            history = WorkflowHistory.from_json(self.path.stem, told)
        except (ParseError, ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
            raise InputError(
                f"{self.name} is no history as Temporal writes it ({one_line(str(error), 120)}); "
                f"export it with `{EXPORT}`, or in the UI as “Encoded”."
            ) from None
        return _named(history, self.name)


@dataclass(frozen=True)
class Recorded:
    """A history as a server gave it. Bytes, so that it can go to another process."""

    workflow_id: str
    events: bytes

    @property
    def name(self) -> str:
        """How the workflow is called in what we say."""
        return self.workflow_id

    def read(self) -> WorkflowHistory:
        """The history.

        Raises:
            InputError: The server gave something else.
        """
        try:
            events = History.FromString(self.events).events
        except DecodeError:
            raise InputError(f"What the server gave of {self.name} is no history.") from None
        return _named(WorkflowHistory(self.workflow_id, list(events)), self.name)


Source = Exported | Recorded


@dataclass(frozen=True)
class Unreadable:
    """What could not be replayed, and why, in one sentence that names it."""

    source: str
    problem: str


def _named(history: WorkflowHistory, name: str) -> WorkflowHistory:
    """The first event tells the workflow's own id; a file may be called anything.

    The SDK waits for ever for an event that is not where it should be, so the order is looked at first.
    """
    if not history.events or not history.events[0].HasField("workflow_execution_started_event_attributes"):
        raise InputError(f"{name} does not begin with a workflow's start: the whole history is needed.")
    for number, event in enumerate(history.events, start=1):
        if event.event_id != number:
            raise InputError(f"{name} is no whole history: event {event.event_id} stands where {number} should be.")
    started = history.events[0].workflow_execution_started_event_attributes
    return WorkflowHistory(started.workflow_id or history.workflow_id, history.events)


def files_in(paths: Iterable[Path]) -> list[Exported]:
    """The files named, and every ``.json`` file in the folders named, in order, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        # An empty folder stays: reading it tells that it is one.
        found |= dict.fromkeys((sorted(path.rglob("*.json")) or [path]) if path.is_dir() else [path])
    return [Exported(path) for path in found]
