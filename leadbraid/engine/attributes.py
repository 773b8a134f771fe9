"""The search attributes of a lead. Nothing personal is ever in one: they are stored in clear."""

from __future__ import annotations

from typing import Any

from temporalio.common import SearchAttributeIndexedValueType, SearchAttributeKey

LEAD_STATE = SearchAttributeKey.for_keyword("LeadState")
LEAD_DUE = SearchAttributeKey.for_datetime("LeadDue")
LEAD_RISK = SearchAttributeKey.for_keyword("LeadRisk")
LEAD_ASSIGNEE = SearchAttributeKey.for_keyword("LeadAssignee")
LEAD_SCORE = SearchAttributeKey.for_int("LeadScore")
LEAD_CONFLICTS = SearchAttributeKey.for_int("LeadConflicts")
LEAD_CONTACT = SearchAttributeKey.for_keyword_list("LeadContact")

ALL: tuple[SearchAttributeKey[Any], ...] = (
    LEAD_STATE,
    LEAD_DUE,
    LEAD_RISK,
    LEAD_ASSIGNEE,
    LEAD_SCORE,
    LEAD_CONFLICTS,
    LEAD_CONTACT,
)

_CLI_TYPES = {
    SearchAttributeIndexedValueType.KEYWORD: "Keyword",
    SearchAttributeIndexedValueType.DATETIME: "Datetime",
    SearchAttributeIndexedValueType.INT: "Int",
    SearchAttributeIndexedValueType.KEYWORD_LIST: "KeywordList",
}


def cli_types() -> dict[str, str]:
    """Name and type of each, as the ``temporal`` command spells them."""
    return {key.name: _CLI_TYPES[key.indexed_value_type] for key in ALL}
