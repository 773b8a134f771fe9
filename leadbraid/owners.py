"""Whose a lead is, and how many people must approve it: the playbook's ordered rules. Pure."""

from __future__ import annotations

from collections.abc import Callable

from leadbraid.models import Brief, Lead, codes_named
from leadbraid.models.playbook import Approvals, Bounds, OwnerRule, ReviewWhen
from leadbraid.text import fold, headcounts_in, mentions

ACCOUNTS = "documents:accounts.csv"


def owner(rules: tuple[OwnerRule, ...], lead_id: str, lead: Lead, brief: Brief) -> str:
    """The handle that the first rule which applies gives; empty (*unassigned*) where none does.

    Several handles take turns by the lead's id, a hash: the same lead has the same owner wherever it is asked.
    """
    for rule in rules:
        if applies(rule.when, lead, brief):
            return rule.assign[int(lead_id.removeprefix("lead-"), 16) % len(rule.assign)]
    return ""


def approvals_needed(policy: Approvals, lead: Lead, brief: Brief) -> int:
    """How many distinct people must approve this brief."""
    return policy.needed if applies(policy.when, lead, brief) else 1


def applies(when: ReviewWhen, lead: Lead, brief: Brief) -> bool:
    """Whether every key that ``when`` names holds; one that names nothing always does."""
    flags = brief.risks.flags if brief.risks else ()
    asked: tuple[tuple[object, Callable[[], bool]], ...] = (
        (when.countries, lambda: lead.country in when.countries),
        (when.employees, lambda: _within(when.employees, headcount(lead))),
        (when.products, lambda: any(_asks_for(lead, product) for product in when.products)),
        (when.existing_account is not None, lambda: known_account(brief) is when.existing_account),
        (when.severity, lambda: any(flag.severity in when.severity for flag in flags)),
        (when.flag, lambda: any(flag.code in when.flag for flag in flags)),
        (when.conflict, lambda: any(one.code in codes_named(when.conflict) for one in brief.open_conflicts)),
    )
    return all(holds() for named, holds in asked if named)


def headcount(lead: Lead) -> int | None:
    """Number of employees as the form has it, else the first that the message tells; None where nothing does."""
    if lead.employees is not None:
        return lead.employees
    return next((count.low for count in headcounts_in(lead.message)), None)


def known_account(brief: Brief) -> bool:
    """Whether research found the company in the account list."""
    return any(fact.quote.source.startswith(ACCOUNTS) for fact in (brief.note.facts if brief.note else ()))


def _within(bounds: Bounds | None, count: int | None) -> bool:
    if bounds is None or count is None:
        return False
    return (bounds.min is None or count >= bounds.min) and (bounds.max is None or count <= bounds.max)


def _asks_for(lead: Lead, product: str) -> bool:
    return fold(lead.product) == fold(product) or bool(mentions(lead.message, product))
