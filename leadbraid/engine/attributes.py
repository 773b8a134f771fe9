"""The search attributes a lead carries. Nothing personal in clear: contacts are keyed hashes.

Workflow code imports this module inside the sandbox, so it imports ``temporalio.common`` and nothing else.
"""

from temporalio.common import SearchAttributeKey

LEAD_STATE = SearchAttributeKey.for_keyword("LeadState")
LEAD_DUE = SearchAttributeKey.for_datetime("LeadDue")
LEAD_RISK = SearchAttributeKey.for_keyword("LeadRisk")
LEAD_ASSIGNEE = SearchAttributeKey.for_keyword("LeadAssignee")
LEAD_SCORE = SearchAttributeKey.for_int("LeadScore")
LEAD_CONFLICTS = SearchAttributeKey.for_int("LeadConflicts")
LEAD_CONTACT = SearchAttributeKey.for_keyword_list("LeadContact")

ALL = (LEAD_STATE, LEAD_DUE, LEAD_RISK, LEAD_ASSIGNEE, LEAD_SCORE, LEAD_CONFLICTS, LEAD_CONTACT)


def type_names() -> dict[str, str]:
    """Each attribute's name and its type as the ``temporal`` command spells it, e.g. ``KeywordList``."""
    return {key.name: key.indexed_value_type.name.title().replace("_", "") for key in ALL}
