"""A small business and its leads, for the tests of the merge point. Everything can be replaced by keyword."""

from __future__ import annotations

from typing import Any

from leadbraid.conflicts import Case, find_conflicts
from leadbraid.models import (
    Answer,
    AssembleTask,
    Code,
    CommitmentKind,
    CompanyNote,
    Conflict,
    CriterionResult,
    Draft,
    Evidence,
    Fact,
    Flag,
    Gap,
    Lead,
    Made,
    Qualification,
    Quote,
    RiskReport,
    Severity,
    Slot,
    Step,
    Stream,
    StreamResult,
    StreamWork,
    Tone,
    Verdict,
)
from leadbraid.models.playbook import (
    DEFAULT_EFFECTS,
    DEFAULT_TONES,
    Claim,
    MergeRules,
    Product,
    ProductFact,
    Promise,
    Region,
    StepRule,
    StepWhen,
    Topic,
)

MESSAGE = (
    "Hello, we run 14 warehouses in the north and would like to plan our field service better. "
    "Can you show us what Kestrel costs for 120 users? We would like to go live in spring."
)
BODY = """Hello Anna,

thank you for your enquiry about Kestrel. As far as we know, {{fact1}}.

Kestrel costs from 25 EUR per user and month. Which systems do you use today?

Kind regards
The Kestrel team"""


def lead(**changes: Any) -> Lead:
    return Lead(
        **{
            "email": "anna.berg@nordwind.example",
            "message": MESSAGE,
            "name": "Anna Berg",
            "company": "Nordwind Logistik GmbH",
            "country": "DE",
            **changes,
        }
    )


def rules(**changes: Any) -> MergeRules:
    return MergeRules(
        **{
            "product": Product(
                name="Kestrel",
                summary="Kestrel plans field service visits for companies with many sites.",
                facts=(
                    ProductFact(id="fact_hosting", text="Kestrel is certified to ISO 27001 and hosted in Frankfurt."),
                    ProductFact(
                        id="fact_sap", text="Kestrel integrates with SAP and exchanges orders every 15 minutes."
                    ),
                    ProductFact(id="fact_size", text="Kestrel is made for companies with 50 to 5,000 employees."),
                ),
            ),
            "languages": ("en", "de"),
            "regions": (
                Region(id="europe", countries=("DE", "FR", "AT"), terms=("Rotterdam office",)),
                Region(id="america", countries=("US", "CA"), terms=("Chicago office", "HIPAA")),
            ),
            "topics": (
                Topic(id="pricing", phrases=("price", "costs", "quote")),
                Topic(id="meeting", phrases=("demo", "meeting")),
                Topic(
                    id="support",
                    phrases=("support hours",),
                    answers={"de": "Unser Dienst antwortet innerhalb von 2 Werktagen."},
                    source="claim_answer",
                ),
            ),
            "permitted_claims": (
                Claim(id="claim_price", kind=CommitmentKind.PRICE, text="from 25 EUR per user and month"),
                Claim(id="claim_pilot", kind=CommitmentKind.DISCOUNT, text="30-day pilot at one site free of charge"),
                Claim(id="claim_answer", kind=CommitmentKind.DATE, text="our support answers within 2 working days"),
            ),
            "forbidden_promises": (
                Promise(id="no_best_price", kind=CommitmentKind.PRICE, phrases=("best price", "unlimited users")),
            ),
            "avoid": (),
            "tones": dict(DEFAULT_TONES),
            "next_step_policy": (
                StepRule(when=StepWhen(severity=(Severity.BLOCKING,)), then=Step.HAND_TO_SPECIALIST),
                StepRule(when=StepWhen(verdict=(Verdict.NOT_QUALIFIED,)), then=Step.NURTURE),
                StepRule(when=StepWhen(asks=("meeting",), verdict=(Verdict.QUALIFIED,)), then=Step.PROPOSE_MEETING),
                StepRule(then=Step.REPLY_NOW),
            ),
            "next_steps": dict(DEFAULT_EFFECTS),
            "overlaps": (),
            "max_redrafts": 2,
            **changes,
        }
    )


def fact(text: str = "Nordwind runs 14 warehouses", **changes: Any) -> Fact:
    quote = Quote(source="documents:accounts.csv#3", text=text)
    return Fact(**{"id": "f1", "kind": "sites", "text": text, "quote": quote, "strength": 3, **changes})


def note(**changes: Any) -> CompanyNote:
    return CompanyNote(
        **{
            "company": "Nordwind Logistik",
            "person": "Anna Berg",
            "summary": "A logistics provider from Bremen.",
            "facts": (fact(),),
            "evidence": Evidence.SOLID,
            **changes,
        }
    )


def flag(severity: Severity = Severity.WARN, **changes: Any) -> Flag:
    quote = Quote(source="lead:message", text="we would like to go live in spring")
    text = "Legal terms are asked for"
    return Flag(**{"code": "legal_terms", "severity": severity, "text": text, "quote": quote, **changes})


def risks(*flags: Flag) -> RiskReport:
    return RiskReport(flags=flags)


def judged(verdict: Verdict = Verdict.QUALIFIED, *reasons: str) -> Qualification:
    weighed = [CriterionResult(criterion=f"c{n}", answer=Answer.MET, reason=text) for n, text in enumerate(reasons)]
    return Qualification(verdict=verdict, score=82, criteria=tuple(weighed))


def draft(body: str = BODY, **changes: Any) -> Draft:
    marked = "{{fact1}}" in body
    slots = (Slot(marker="{{fact1}}", sentence="As far as we know, {{fact1}}.", wants=("sites",)),) if marked else ()
    return Draft(
        **{
            "subject": "Your enquiry about Kestrel",
            "body": body,
            "language": "en",
            "tone": Tone.MEASURED,
            "slots": slots,
            **changes,
        }
    )


def letter(*lines: str) -> str:
    """A reply around ``lines``, which says nothing that can be held against it."""
    middle = "\n\n".join(lines)
    return f"Hello Anna,\n\nthank you for your enquiry.\n\n{middle}\n\nKind regards\nThe Kestrel team"


def case(*lines: str, **changes: Any) -> Case:
    """A case whose reply says ``lines``; without lines there is no reply."""
    shown = {"subject": "Your enquiry", "body": letter(*lines)} if lines else {}
    return Case(**{"lead": lead(), "rules": rules(), **shown, **changes})


def codes(found: Case) -> set[Code]:
    return {one.code for one in find_conflicts(found)}


def conflicts(found: Case, code: Code) -> list[Conflict]:
    return [one for one in find_conflicts(found) if one.code is code]


def work(output: Any) -> StreamResult:
    return StreamResult(stream=output.stream, version=1, work=StreamWork(output=output, made=Made(provider="test")))


def gap(stream: Stream, reason: str = "the site could not be reached", tries: int = 4) -> StreamResult:
    return StreamResult(stream=stream, version=1, gap=Gap(reason=reason, tries=tries))


def typical() -> tuple[StreamResult, ...]:
    return tuple(work(output) for output in (judged(), note(), draft(), risks()))


def task(*results: StreamResult, **changes: Any) -> AssembleTask:
    return AssembleTask(
        **{
            "lead_id": "lead-0123456789abcdef",
            "lead": lead(),
            "rules": rules(),
            "version": 1,
            "results": results,
            **changes,
        }
    )
