"""Where a lead comes in: read, validated, and handed to Temporal. The same enquiry gives the same workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError
from temporalio.client import Client
from temporalio.common import (
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError

from leadbraid.engine.attributes import LEAD_CONTACT, LEAD_STATE
from leadbraid.engine.contacts import contacts_of
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.enquiry import Enquiry
from leadbraid.errors import EngineError, LeadError
from leadbraid.models import Lead, LeadStart, Playbook, State, lead_id, model_digest
from leadbraid.models.visible import one_line
from leadbraid.sources.matching import domain_of

BYTES_LIMIT = 256 * 1024
"""Of one lead as JSON: Temporal warns from this size on."""


@dataclass(frozen=True)
class Taken:
    """A lead that Temporal has."""

    lead_id: str
    new: bool


def parse_lead(data: bytes, where: str) -> Lead:
    """Read one lead from JSON.

    Args:
        data: UTF-8, with or without a byte order mark.
        where: What to call the source in an error, e.g. the file's name.

    Raises:
        LeadError: One sentence: which field, what is wrong, what to do.
    """
    return lead_of(parse_object(data, where), where)


def parse_object(data: bytes, where: str) -> dict[str, Any]:
    """Read one JSON object of a lead's size, whatever it says.

    Raises:
        LeadError: It is none; says why.
    """
    if len(data) > BYTES_LIMIT:
        raise LeadError(f"{where} is larger than the {BYTES_LIMIT:,} bytes that a lead may have; send the words only.")
    try:
        value = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise LeadError(f"{where} is not UTF-8 text (byte {error.start}); save it as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise LeadError(f"{where} is not JSON: line {error.lineno}, column {error.colno}: {error.msg}.") from None
    except (ValueError, RecursionError) as error:
        raise LeadError(f"{where} is not JSON we can use: {error}.") from None
    if not isinstance(value, dict):
        raise LeadError(f"{where} holds {_json_type(value)}; a lead is one JSON object.")
    return value


def lead_of(values: Mapping[str, Any], where: str) -> Lead:
    """The lead that ``values`` make: the one door, whichever way they came.

    Raises:
        LeadError: One sentence: which field, what is wrong, what to do.
    """
    try:
        return Enquiry.model_validate(values, extra="forbid").lead()
    except ValidationError as error:
        problems = [_problem(dict(one)) for one in error.errors(include_url=False, include_input=False)]
        raise LeadError(f"{where} is not a lead: {'; '.join(problems[:5])}.") from None


def _problem(error: dict[str, Any]) -> str:
    field = one_line(".".join(str(part) for part in error["loc"]), 60)
    match error["type"]:
        case "missing":
            return f"{field} is missing"
        case "extra_forbidden":
            return f"{field} is not a field of a lead (known: {', '.join(Lead.model_fields)})"
        case "string_too_long":
            return f"{field} is longer than {error['ctx']['max_length']:,} characters"
        case "string_pattern_mismatch" if field == "country":
            return "country is not two letters, as in DE (ISO 3166-1 alpha-2)"
        case "value_error":
            return f"{field} {one_line(str(error['ctx']['error']), 200)}"
        case _:
            return f"{field}: {one_line(error['msg'], 200)}"


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"the key {one_line(name, 60)!r} stands twice")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _json_type(value: object) -> str:
    return {list: "a list", str: "a text", bool: "true or false", type(None): "null"}.get(type(value), "a number")


REPEATS_LOOKED_AT = 1_000


async def submit(
    client: Client, lead: Lead, playbook: Playbook, mail_from: str, contact_key: bytes | None = None
) -> Taken:
    """Start the lead's workflow, or find that Temporal has it already.

    The same enquiry is the same lead, until that has been closed for as long as the playbook says
    (`review.repeat_after_days`); then it is a new one that names the earlier.

    Args:
        client: Where to.
        lead: The lead.
        playbook: The rules it will be worked by.
        mail_from: Sender of the reply.
        contact_key: Key of the hashes that let a person's other leads be found; without one they are not.

    Raises:
        EngineError: Temporal did not take it. Nothing was lost: submitting again is harmless.
    """
    contacts = contacts_of(lead, contact_key) if contact_key else []
    start = LeadStart(
        lead_id=lead_id(lead),
        lead=lead,
        playbook=playbook,
        playbook_digest=model_digest(playbook),
        mail_from=mail_from,
    )
    for n in range(REPEATS_LOOKED_AT):
        start = start.model_copy(update={"lead_id": lead_id(lead, n), "earlier": lead_id(lead, n - 1) if n else ""})
        if await _started(client, start, contacts):
            return Taken(start.lead_id, new=True)
        if not await _closed_long_ago(client, start.lead_id, playbook.review.repeat_after_days):
            return Taken(start.lead_id, new=False)
    raise EngineError("This enquiry has come too often to be counted; give it an `event_id` of its own.")


async def _closed_long_ago(client: Client, identifier: str, days: int) -> bool:
    try:
        found = await client.get_workflow_handle(identifier).describe()
    except RPCError as error:
        raise EngineError(
            f"Temporal could not be asked about {identifier} ({error.message}); submit it again."
        ) from None
    return found.close_time is not None and found.close_time + timedelta(days=days) <= datetime.now(UTC)  # noqa: TID251 - this is the edge


async def _started(client: Client, start: LeadStart, contacts: list[str]) -> bool:
    """Whether this started it; false where it is there already."""
    attributes = [SearchAttributePair(LEAD_STATE, State.WORKING.value)]
    try:
        await client.start_workflow(
            "LeadFollowUp",
            start,
            id=start.lead_id,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=TypedSearchAttributes(
                [*attributes, SearchAttributePair(LEAD_CONTACT, contacts)] if contacts else attributes
            ),
            # Payloads of a memo are encoded like all others; the queue shows it without asking each lead.
            memo={"company": start.lead.company or domain_of(start.lead.email)},
            static_summary=f"Inbound lead, plan {start.playbook.stream_plan.name}",
        )
    except WorkflowAlreadyStartedError:
        return False
    except RPCError as error:
        raise EngineError(f"Temporal did not take the lead ({error.message}); submit it again.") from None
    return True
