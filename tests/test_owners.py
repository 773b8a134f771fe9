"""Whose a lead is, and how many must approve it."""

from __future__ import annotations

import pytest
from kit import a_lead

from leadbraid.models import (
    Brief,
    Code,
    CompanyNote,
    Conflict,
    Evidence,
    Fact,
    Flag,
    Lead,
    Made,
    NextStep,
    Quote,
    Resolver,
    RiskReport,
    Severity,
    Step,
    StreamResult,
    StreamWork,
)
from leadbraid.models.playbook import Approvals, Bounds, OwnerRule, ReviewWhen
from leadbraid.owners import applies, approvals_needed, owner

QUOTE = Quote(source="lead:message", text="We")


def a_brief(
    *,
    severity: Severity | None = None,
    source: str = "lead:message",
    blocking: bool = False,
    code: str = "overlap",
) -> Brief:
    """A brief with one flag, one fact and one conflict, as asked for."""
    flags = (Flag(code="tender", severity=severity, text="a tender", quote=QUOTE),) if severity else ()
    fact = Fact(id="f1", kind="account", text="is a customer", quote=Quote(source=source, text="x"))
    outputs = (RiskReport(flags=flags), CompanyNote(summary="A company.", facts=(fact,), evidence=Evidence.SOME))
    results = tuple(
        StreamResult(stream=output.stream, version=1, work=StreamWork(output=output, made=Made(provider="t")))
        for output in outputs
    )
    conflict = Conflict(
        id="overlap-1",
        code=Code(code),
        severity=Severity.BLOCKING,
        message="two owners",
        left=QUOTE,
        right=QUOTE,
        resolver=Resolver.REVIEWER,
    )
    return Brief(
        lead_id="lead-00000000000000ff",
        version=1,
        results=results,
        conflicts=(conflict,) if blocking else (),
        next_step=NextStep(step=Step.REPLY_NOW, sends=True, because=()),
    )


@pytest.mark.parametrize(
    ("when", "lead", "brief", "holds"),
    [
        ({}, {}, {}, True),
        ({"countries": ("DE", "AT")}, {"country": "AT"}, {}, True),
        ({"countries": ("DE",)}, {"country": ""}, {}, False),
        ({"employees": Bounds(min=100)}, {"employees": 100}, {}, True),
        ({"employees": Bounds(min=100, max=200)}, {"employees": 201}, {}, False),
        ({"employees": Bounds(max=50)}, {"message": "We are hiring."}, {}, False),
        ({"employees": Bounds(min=100)}, {"message": "We have 120 employees."}, {}, True),
        ({"products": ("Widget Pro",)}, {"product": "widget  pro"}, {}, True),
        ({"products": ("Widget",)}, {"message": "Is the widget for us?"}, {}, True),
        ({"products": ("Widget",)}, {"message": "Are widgetry things for us?"}, {}, False),
        ({"existing_account": True}, {}, {"source": "documents:accounts.csv#7"}, True),
        ({"existing_account": True}, {}, {"source": "documents:notes.md#7"}, False),
        ({"existing_account": False}, {}, {}, True),
        ({"severity": (Severity.WARN,)}, {}, {"severity": Severity.WARN}, True),
        ({"severity": (Severity.WARN,)}, {}, {"severity": Severity.INFO}, False),
        ({"flag": ("tender", "other")}, {}, {"severity": Severity.INFO}, True),
        ({"conflict": ("overlap",)}, {}, {"blocking": True}, True),
        ({"conflict": ("overlap",)}, {}, {}, False),
        ({"conflict": ("instructs_reader",)}, {}, {"blocking": True, "code": "injection_suspected"}, True),
        ({"countries": ("DE",), "employees": Bounds(min=5)}, {"country": "DE", "employees": 4}, {}, False),
    ],
)
def test_when_holds(when: dict, lead: dict, brief: dict, holds: bool) -> None:  # type: ignore[type-arg]
    assert applies(ReviewWhen(**when), a_lead(**lead), a_brief(**brief)) is holds


def test_first_rule_wins_and_none_is_nobody() -> None:
    rules = (
        OwnerRule(when=ReviewWhen(countries=("DE",)), assign=("dora",)),
        OwnerRule(when=ReviewWhen(employees=Bounds(min=1)), assign=("ana",)),
    )
    assert owner(rules, "lead-01", a_lead(country="DE", employees=9), a_brief()) == "dora"
    assert owner(rules, "lead-01", a_lead(country="FR", employees=9), a_brief()) == "ana"
    assert owner(rules, "lead-01", a_lead("Hello there."), a_brief()) == ""


def test_several_take_turns_by_the_leads_id() -> None:
    rules = (OwnerRule(assign=("ana", "ben", "cleo")),)
    lead: Lead = a_lead()
    assert [owner(rules, f"lead-{n:016x}", lead, a_brief()) for n in range(6)] == ["ana", "ben", "cleo"] * 2


def test_more_approvals_only_where_the_policy_asks() -> None:
    policy = Approvals(needed=3, when=ReviewWhen(severity=(Severity.BLOCKING,)))
    assert approvals_needed(policy, a_lead(), a_brief()) == 1
    assert approvals_needed(policy, a_lead(), a_brief(severity=Severity.BLOCKING)) == 3
