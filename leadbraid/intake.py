"""Where a lead comes in: read, validated, and handed to Temporal. The same enquiry gives the same workflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
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

from leadbraid.engine.attributes import LEAD_STATE
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.enquiry import Enquiry
from leadbraid.errors import EngineError, LeadError
from leadbraid.models import Lead, LeadStart, Playbook, State, lead_id, model_digest
from leadbraid.models.visible import one_line

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


async def submit(client: Client, lead: Lead, playbook: Playbook, mail_from: str) -> Taken:
    """Start the lead's workflow, or find that Temporal has it already.

    Raises:
        EngineError: Temporal did not take it. Nothing was lost: submitting again is harmless.
    """
    identifier = lead_id(lead)
    start = LeadStart(
        lead_id=identifier,
        lead=lead,
        playbook=playbook,
        playbook_digest=model_digest(playbook),
        mail_from=mail_from,
    )
    try:
        await client.start_workflow(
            "LeadFollowUp",
            start,
            id=identifier,
            task_queue=TASK_QUEUE,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            search_attributes=TypedSearchAttributes([SearchAttributePair(LEAD_STATE, State.WORKING.value)]),
            static_summary=f"Inbound lead, plan {playbook.stream_plan.name}",
        )
    except WorkflowAlreadyStartedError:
        return Taken(identifier, new=False)
    except RPCError as error:
        raise EngineError(f"Temporal did not take the lead ({error.message}); submit it again.") from None
    return Taken(identifier, new=True)
