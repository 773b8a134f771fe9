"""Runs of workflows as Temporal recorded them: read from a server or a file, decoded, in one canonical form.

Whatever a history came from (the server, ``temporal workflow show --output json``, the download of the UI; with a
codec or decoded already), the same events give the same bytes here, and so the same digests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseError
from google.protobuf.message import Message
from temporalio.api.common.v1 import Payload
from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.converter import PayloadCodec

from leadbraid.errors import AuditError
from leadbraid.models.base import canonical_json
from leadbraid.models.visible import one_line

EVENTS_LIMIT = 120_000
"""Temporal ends a workflow at 51,200; reading a file of half a million takes half a minute."""
CHAIN_START = sha256(b"leadbraid-audit-chain-v1").hexdigest()
"""What the first event of a run is chained to."""


FILE_LIMIT = 256 * 1024 * 1024
"""Bytes of an exported history: Temporal ends a workflow at 50 MB, which JSON and base64 make larger."""


def next_link(link: str, line: bytes) -> str:
    """SHA-256 over the link before (64 hex digits), a line feed, and the event's canonical line."""
    return sha256(link.encode() + b"\n" + line).hexdigest()


@dataclass(frozen=True)
class Run:
    """One run of one workflow. Its payloads are decoded."""

    events: tuple[HistoryEvent, ...]

    @property
    def started(self) -> Any:
        """Attributes of the event that began it."""
        return self.events[0].workflow_execution_started_event_attributes

    @property
    def workflow_id(self) -> str:
        """Id of the workflow."""
        return str(self.started.workflow_id)

    @property
    def workflow_type(self) -> str:
        """Registered name, e.g. ``LeadFollowUp``."""
        return str(self.started.workflow_type.name)

    @cached_property
    def reset_at(self) -> int:
        """How many of the first events were copied from the run that this one was reset from; 0 where it was not."""
        return max((n for n, event in enumerate(self.events, 1) if reset_of(event)), default=0)

    @property
    def run_id(self) -> str:
        """Id of the run. A reset one begins with a copy of another run's events, and tells its own id after these."""
        reset = reset_of(self.events[self.reset_at - 1]) if self.reset_at else None
        return str(reset.new_run_id if reset else self.started.original_execution_run_id)

    @property
    def reset_from(self) -> str:
        """The run that it was reset from; empty where it was not."""
        reset = reset_of(self.events[self.reset_at - 1]) if self.reset_at else None
        return str(reset.base_run_id) if reset else ""

    @property
    def continued_from(self) -> str:
        """The run that went on in this one; empty for a first one."""
        return str(self.started.continued_execution_run_id)

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """Each event's canonical JSON (sorted keys, no spaces, UTF-8)."""
        return tuple(canonical_json(MessageToDict(event)) for event in self.events)

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """SHA-256 of each line, 64 hex digits."""
        return tuple(sha256(line).hexdigest() for line in self.lines)

    @cached_property
    def head(self) -> str:
        """The last link of the chain over all events: it changes with any byte, and with the order."""
        link = CHAIN_START
        for line in self.lines:
            link = next_link(link, line)
        return link

    def to_json(self) -> bytes:
        """A file that Temporal's tools read (``{"events": [...]}``); each event's canonical line is a line of it."""
        return b'{"events":[\n' + b",\n".join(self.lines) + b"\n]}\n"


def reset_of(event: HistoryEvent) -> Any:
    """The attributes that tell of a reset; None for any other event."""
    if event.event_type != EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
        return None
    attributes = event.workflow_task_failed_event_attributes
    reset = attributes.cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW
    return attributes if reset else None


# --- from files ----------------------------------------------------------------------------------------------------


def read_files(paths: Iterable[Path]) -> list[tuple[HistoryEvent, ...]]:
    """The histories in files, each as exported from Temporal. Payloads are still as they came.

    Raises:
        AuditError: A file cannot be read, or holds no history; names it.
    """
    return [read_text(str(path), _text_of(path)) for path in paths]


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            raise AuditError(f"{path} is larger than any history that Temporal keeps.")
        return data.decode("utf-8-sig")
    except OSError as error:
        raise AuditError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeError:
        raise AuditError(f"{path} is not UTF-8 text; export the history as JSON.") from None


def read_text(name: str, text: str) -> tuple[HistoryEvent, ...]:
    """The events of a history in JSON; ``name`` is what a person calls it.

    Raises:
        AuditError: It holds no history of Temporal.
    """
    try:
        found = json.loads(text)
        events = found["events"]
        if not events:
            raise AuditError(f"{name} holds no events.")
        if len(events) > EVENTS_LIMIT:
            raise AuditError(f"{name} holds {len(events):,} events, and Temporal allows no history half as long.")
        read = tuple(WorkflowHistory.from_json("", found).events)
    except (KeyError, TypeError, ValueError, RecursionError, AttributeError, ParseError) as error:
        raise AuditError(
            f"{name} is no workflow history ({one_line(str(error), 120)}); export one with "
            "`temporal workflow show --workflow-id ID --output json`, or from Temporal's UI, and not as Human Readable."
        ) from None
    first = read[0]
    if not first.HasField("workflow_execution_started_event_attributes"):
        raise AuditError(f"{name} does not begin with the start of a workflow; export the whole history.")
    if not first.workflow_execution_started_event_attributes.workflow_id:
        raise AuditError(f"{name} does not tell its workflow's id; export it from Temporal 1.24 or newer.")
    return read


# --- decoding ------------------------------------------------------------------------------------------------------


async def decoded(events: Sequence[HistoryEvent], codec: PayloadCodec | None) -> Run:
    """The run that these events are, with every payload decoded. The events given are left as they are.

    Raises:
        AuditError: The codec cannot decode them.
    """
    if codec is None:
        return Run(tuple(events))
    copies = []
    for event in events:
        copy = HistoryEvent()
        copy.CopyFrom(event)
        for payload in _payloads(copy):
            await _decode(payload, codec)
        copies.append(copy)
    return Run(tuple(copies))


async def _decode(payload: Payload, codec: PayloadCodec) -> None:
    try:
        [plain] = await codec.decode([payload])
    except Exception as error:  # a codec is the operator's own code
        raise AuditError(
            f"A payload cannot be decoded ({one_line(str(error), 200)}); check the codec's keys."
        ) from None
    payload.CopyFrom(plain)


def _payloads(message: Message) -> Iterator[Payload]:
    """Every payload in a message, however deep. Search attributes are never encoded, and are passed over."""
    if isinstance(message, Payload):
        yield message
        return
    for field, value in message.ListFields():
        if field.message_type is None or field.name == "search_attributes":
            continue
        if field.message_type.GetOptions().map_entry:
            values = [one for one in value.values() if isinstance(one, Message)]
        else:
            values = list(value) if field.is_repeated else [value]
        for one in values:
            yield from _payloads(one)
