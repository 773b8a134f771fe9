"""Small values for tests, independent of any YAML: a lead, a playbook with one rule of every kind, and tasks."""

from __future__ import annotations

from typing import Any

from leadbraid.models import (
    CommitmentKind,
    CompanyNote,
    DraftingTask,
    Evidence,
    Fact,
    FitRiskTask,
    Lead,
    Made,
    Playbook,
    QualificationTask,
    Quote,
    ResearchTask,
    Severity,
    Stream,
    StreamResult,
    StreamWork,
    Tone,
    Verdict,
    lead_id,
)
from leadbraid.models.playbook import (
    Bounds,
    Claim,
    Criterion,
    Product,
    ProductFact,
    Promise,
    QualificationRules,
    Region,
    ReplyPattern,
    RiskRule,
    See,
    Step,
    StepRule,
    StepWhen,
    Topic,
    Voice,
    When,
)
from leadbraid.plan import SHIPPED

MESSAGE = (
    "We are a packaging manufacturer with 120 employees. We run three plants. "
    "What does it cost? We want to start in Q2. Our parts are sorted by hand."
)


def lead(**fields: Any) -> Lead:
    """A lead that meets every criterion of `playbook`, raises no flag and asks for the price."""
    defaults = {
        "email": "kim.doe@corrubox.example",
        "name": "Kim Doe",
        "company": "Corrubox Ltd",
        "job_title": "Plant manager",
        "country": "GB",
        "message": MESSAGE,
    }
    return Lead(**(defaults | fields))


def playbook(plan: str = "parallel", **fields: Any) -> Playbook:
    """A playbook for a sorting machine, in English and German."""
    defaults: dict[str, Any] = {
        "name": "Test",
        "product": Product(
            name="Sortomat",
            summary="A machine that sorts parts.",
            facts=(
                ProductFact(id="fact_speed", text="Sortomat sorts 900 parts an hour."),
                ProductFact(id="fact_size", text="Sortomat takes 4 square metres."),
            ),
        ),
        "ideal_customer": QualificationRules(criteria=CRITERIA, qualify_at=60),
        "exclusions": EXCLUSIONS,
        "escalations": ESCALATIONS,
        "regions": (
            Region(id="islands", countries=("GB", "IE"), terms=("Leeds office",)),
            Region(id="continent", countries=("DE", "FR"), terms=("Kassel office",)),
        ),
        "voice": VOICE,
        "topics": TOPICS,
        "reply_patterns": PATTERNS,
        "permitted_claims": (Claim(id="claim_price", kind=CommitmentKind.PRICE, text="from 300 EUR a month"),),
        "forbidden_promises": (Promise(id="no_guarantee", kind=CommitmentKind.GUARANTEE, phrases=("never jams",)),),
        "next_step_policy": (
            StepRule(when=StepWhen(severity=(Severity.BLOCKING,)), then=Step.HAND_TO_SPECIALIST),
            StepRule(when=StepWhen(verdict=(Verdict.NOT_QUALIFIED,)), then=Step.NURTURE),
            StepRule(then=Step.REPLY_NOW),
        ),
        "stream_plan": SHIPPED[plan],
    }
    return Playbook(**(defaults | fields))


CRITERIA = (
    Criterion(id="size", question="Are there 50 to 500 people?", weight=3, see=See(headcount=Bounds(min=50, max=500))),
    Criterion(
        id="plants",
        question="Do they run plants?",
        weight=3,
        see=See(mentions=("plant", "plants", "factory", "Werke"), missed_by=("no plant", "home office")),
    ),
    Criterion(id="role", question="Do they decide?", weight=2, see=See(job_titles=("plant manager", "director"))),
    Criterion(id="market", question="Do we sell there?", weight=2, see=See(countries=("GB", "IE", "DE", "FR"))),
    Criterion(id="address", question="A company's address?", weight=1, see=See(business_email=True)),
)
EXCLUSIONS = (
    RiskRule(
        id="rival",
        text="They build sorting machines",
        severity=Severity.BLOCKING,
        when=When(mentions=("our own sorting machine",), domains=("rival.example",)),
    ),
    RiskRule(id="embargo", text="Under embargo", severity=Severity.BLOCKING, when=When(countries=("KP", "SY"))),
)
ESCALATIONS = (
    RiskRule(id="explosive", text="Explosives", severity=Severity.BLOCKING, when=When(mentions=("explosives",))),
    RiskRule(id="legal", text="Legal terms", severity=Severity.WARN, when=When(mentions=("your terms", "liability"))),
    RiskRule(id="tender", text="A tender", severity=Severity.INFO, when=When(mentions=("tender", "Ausschreibung"))),
)
VOICE = Voice(
    languages=("en", "de"),
    greetings={"en": "Hello {name},", "de": "Guten Tag {name},"},
    greetings_unnamed={"en": "Hello,", "de": "Guten Tag,"},
    sign_offs={"en": "Kind regards\nThe Sortomat team", "de": "Freundliche Grüße\nIhr Sortomat-Team"},
)
TOPICS = (
    Topic(
        id="price",
        phrases=("price", "cost", "kostet"),
        answers={"en": "Sortomat costs from 300 EUR a month.", "de": "Sortomat kostet ab 300 EUR im Monat."},
        source="claim_price",
    ),
    Topic(
        id="speed",
        phrases=("speed", "how fast", "wie schnell"),
        answers={"en": "Absolutely fast: Sortomat sorts 900 parts an hour.", "de": "Sortomat sortiert schnell."},
        source="fact_speed",
    ),
    Topic(
        id="size",
        phrases=("footprint", "square metres"),
        answers={"en": "Sortomat takes 4 square metres."},
        source="fact_size",
    ),
    Topic(id="visit", phrases=("visit", "meeting"), answers={"en": "A visit takes half a day."}),
    Topic(id="noise", phrases=("noise",), answers={"en": "It is as quiet as a fridge."}),
)
PATTERNS = (
    ReplyPattern(
        id="meeting_en",
        tone=Tone.CONFIDENT,
        asks=("visit",),
        subject="Meeting at {company}",
        body="Thank you. We would be delighted to meet you at {company}.\n\n{answers}\n\nWhich day suits you?",
    ),
    ReplyPattern(
        id="price_en",
        asks=("price", "speed", "size", "noise"),
        subject="What {product} costs {company}",
        body="Thank you for asking about {product}. You wish to begin {when}.\n\n{answers}\n\n"
        "We saw that {{fact1}}. Sortomat takes 4 square metres.\n\nHow many parts do you sort?",
        sources={"Sortomat takes 4 square metres.": "fact_size"},
        fact_kinds=("sites", "headcount"),
    ),
    ReplyPattern(
        id="plain_en",
        subject="Your enquiry",
        body="Thank you for writing. We saw that {{fact1}}.\n\n{answers}\n\nWhat do you sort at {company}?",
    ),
    ReplyPattern(
        id="careful_en",
        tone=Tone.CAREFUL,
        subject="Your enquiry",
        body="Thank you for your patience. Before we can answer, we need to check with a colleague.\n\nPlease wait.",
    ),
    ReplyPattern(
        id="plain_de",
        language="de",
        subject="Ihre Anfrage",
        body="vielen Dank für Ihre Anfrage. Sie möchten {when} beginnen.\n\n{answers}\n\n"
        "Was sortieren Sie, und was braucht {company}?",
    ),
)


# --- tasks ---------------------------------------------------------------------------------------------------------


def qualification_task(one: Lead, book: Playbook | None = None, **fields: Any) -> QualificationTask:
    """For the stream `qualification`."""
    rules = (book or playbook()).ideal_customer
    return QualificationTask(lead_id=lead_id(one), lead=one, rules=rules, **fields)


def research_task(one: Lead, **fields: Any) -> ResearchTask:
    """For the stream `research`."""
    return ResearchTask(lead_id=lead_id(one), lead=one, **fields)


def drafting_task(one: Lead, book: Playbook | None = None, **fields: Any) -> DraftingTask:
    """For the stream `drafting`."""
    rules = (book or playbook()).for_drafting()
    return DraftingTask(lead_id=lead_id(one), lead=one, rules=rules, **fields)


def fit_risk_task(one: Lead, book: Playbook | None = None, **fields: Any) -> FitRiskTask:
    """For the stream `fit_risk`."""
    rules = (book or playbook()).for_fit_risk()
    return FitRiskTask(lead_id=lead_id(one), lead=one, rules=rules, **fields)


def researched(*facts: Fact, company: str = "", person: str = "") -> StreamResult:
    """What a stream that waited for research is given."""
    note = CompanyNote(company=company, person=person, summary="A note.", facts=facts, evidence=Evidence.SOME)
    work = StreamWork(output=note, made=Made(provider="test"))
    return StreamResult(stream=Stream.RESEARCH, version=1, work=work)


def fact(kind: str, text: str, quoted: str, source: str = "documents:accounts.csv#2") -> Fact:
    """One fact of a note."""
    return Fact(id=f"{kind}-test", kind=kind, text=text, quote=Quote(source=source, text=quoted), strength=3)
