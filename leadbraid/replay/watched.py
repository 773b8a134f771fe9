"""Workflow code that is watched while it replays: which commands it issues, from which line, and what it raises."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import temporalio
from temporalio.api.failure.v1 import Failure
from temporalio.bridge.proto.workflow_commands import WorkflowCommand
from temporalio.worker import UnsandboxedWorkflowRunner, WorkflowInstance, WorkflowInstanceDetails

from leadbraid.replay.broken import Issued, Place

NOT_OURS = (str(Path(temporalio.__file__).parent), sysconfig.get_path("stdlib"), "<")


@dataclass
class Watched:
    """The newest workflow task of one replay.

    ``after``: the number of the last event that the code had seen. ``issued``: its commands since, in order, each with
    the lines that lead to it, innermost first. ``raised``: what failed the task, where anything did.
    """

    after: int = 0
    raised: Failure | None = None
    _commands: list[tuple[WorkflowCommand, tuple[Place, ...]]] = field(default_factory=list)

    @property
    def issued(self) -> list[Issued]:
        """The commands as they were in the end: the SDK fills them in after it has made them."""
        return [Issued(command, places) for command, places in self._commands]

    def at(self, after: int) -> None:
        """The code is called. The same workflow task may call it several times."""
        if after != self.after:
            self.after, self._commands = after, []

    def add(self, command: WorkflowCommand) -> None:
        """The code has issued a command."""
        self._commands.append((command, _places(sys._getframe(1))))


def _places(frame: FrameType | None) -> tuple[Place, ...]:
    found = []
    while frame:
        code = frame.f_code
        if not code.co_filename.startswith(NOT_OURS) and code.co_filename != __file__:
            found.append(Place.of(code.co_filename, frame.f_lineno, code.co_name))
        frame = frame.f_back
        if found and frame and frame.f_code.co_name == "_run_once":
            break
    return tuple(found)


class WatchingRunner(UnsandboxedWorkflowRunner):
    """Runs workflow code as workers do, without the sandbox. ``latest`` is the replay that began last."""

    latest: Watched

    def begin(self) -> Watched:
        """A new replay begins."""
        self.latest = Watched()
        return self.latest

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """One workflow's code, watched."""
        return _watch(super().create_instance(det), self.latest)


def _watch(instance: Any, watched: Watched) -> WorkflowInstance:
    """Commands go through a method that the SDK does not document; without it a replay only tells less."""
    activate, add = instance.activate, getattr(instance, "_add_command", None)

    def activated(activation: Any) -> Any:
        if any(job.HasField("remove_from_cache") for job in activation.jobs):
            return activate(activation)
        watched.at(activation.history_length)
        completion = activate(activation)
        if completion.HasField("failed"):
            watched.raised = completion.failed.failure
        return completion

    instance.activate = activated
    if add:
        instance._add_command = _added(add, watched)
    return instance  # type: ignore[no-any-return]


def _added(add: Callable[[], WorkflowCommand], watched: Watched) -> Callable[[], WorkflowCommand]:
    def added() -> WorkflowCommand:
        command = add()
        watched.add(command)
        return command

    return added
