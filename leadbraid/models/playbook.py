"""The playbook's data: the business's rules, each with one owner. ``leadbraid/playbook/`` loads and checks it."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from leadbraid.models.base import Body, Line, Model, Sentence, Severity, Slug, Tone
from leadbraid.models.outputs import CommitmentKind, Evidence, Stream, Verdict

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Phrases = Annotated[tuple[Line, ...], Field(min_length=1, max_length=60)]


class ProductFact(Model):
    """A sentence about the product that is true. A draft's factual sentence may name it as its source."""

    id: Slug
    text: Sentence


class Product(Model):
    """What is sold, and what may be said of it as a fact."""

    name: Line
    summary: Sentence
    facts: Annotated[tuple[ProductFact, ...], Field(max_length=60)] = ()


class Region(Model):
    """Where we sell, and the words in a reply that belong to that place alone."""

    id: Slug
    countries: Annotated[tuple[Country, ...], Field(min_length=1, max_length=250)]
    terms: Annotated[tuple[Line, ...], Field(max_length=30)] = ()


# --- qualification -----------------------------------------------------------------------------------------------


class Bounds(Model):
    """A closed range; either end may be open."""

    min: int | None = None
    max: int | None = None


class See(Model):
    """How the offline provider can see a criterion; all that is named must hold. It answers *unknown* where it cannot.

    ``headcount`` reads a number of employees; ``mentions`` meets it by any phrase, ``missed_by`` misses it by any;
    ``countries`` looks at the lead's country; ``job_titles`` at the role; ``business_email`` is met by any address
    that is not at a free-mail provider.
    """

    headcount: Bounds | None = None
    mentions: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    missed_by: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    countries: Annotated[tuple[Country, ...], Field(max_length=250)] = ()
    job_titles: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    business_email: bool = False


class Criterion(Model):
    """One ideal-customer criterion. A ``required`` one that is missed decides the verdict by itself."""

    id: Slug
    question: Line
    weight: int = Field(default=1, ge=1, le=100)
    required: bool = False
    see: See = See()


class QualificationRules(Model):
    """The part of the playbook that `qualification` owns. Scores are 0 to 100."""

    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=30)]
    qualify_at: int = Field(default=60, ge=1, le=100)


# --- fit & risk --------------------------------------------------------------------------------------------------


class When(Model):
    """When a rule applies: any of what is named is enough."""

    mentions: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    countries: Annotated[tuple[Country, ...], Field(max_length=250)] = ()
    domains: Annotated[tuple[Line, ...], Field(max_length=200)] = ()


class RiskRule(Model):
    """An exclusion (forbids selling) or an escalation (a person with a certain duty must look)."""

    id: Slug
    text: Line
    severity: Severity
    when: When


class FitRiskRules(Model):
    """The part of the playbook that `fit_risk` owns."""

    exclusions: tuple[RiskRule, ...] = ()
    escalations: tuple[RiskRule, ...] = ()


# --- drafting ----------------------------------------------------------------------------------------------------


class Voice(Model):
    """How we write. ``greetings`` and ``sign_offs`` by language; ``{name}`` stands for the person's name."""

    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=20)] = ("en",)
    greetings: dict[Language, Line] = Field(default_factory=lambda: {"en": "Hello {name},"})
    greetings_unnamed: dict[Language, Line] = Field(default_factory=lambda: {"en": "Hello,"})
    sign_offs: dict[Language, Sentence] = Field(default_factory=lambda: {"en": "Kind regards"})
    avoid: Annotated[tuple[Line, ...], Field(max_length=60)] = ()


class Claim(Model):
    """Something a reply may promise, though it binds us: a sentence that carries all its words may stand."""

    id: Slug
    kind: CommitmentKind
    text: Sentence


class Promise(Model):
    """Something no reply may promise, whatever else permits it."""

    id: Slug
    kind: CommitmentKind
    phrases: Phrases


class Topic(Model):
    """Something leads ask about. ``answers`` by language; ``source`` is the fact or claim the answer rests on."""

    id: Slug
    phrases: Phrases
    answers: dict[Language, Sentence] = Field(default_factory=dict)
    source: Slug | None = None


class ReplyPattern(Model):
    """A reply with gaps: ``{company}``, ``{product}``, ``{when}`` from the lead, ``{answers}`` from the topics asked.

    ``{{fact1}}`` and ``{{fact2}}`` mark slots, each in a sentence of its own. The first pattern of the right language
    whose ``asks`` the lead touches is used, else the first without ``asks``. ``tone`` declares how sure it sounds.
    """

    id: Slug
    language: Language = "en"
    tone: Tone = Tone.MEASURED
    asks: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    subject: Line
    body: Body
    sources: dict[str, Slug] = Field(default_factory=dict, description="Factual sentence -> product fact or claim.")
    fact_kinds: Annotated[tuple[Line, ...], Field(max_length=10)] = ()


Links = Annotated[tuple[Line, ...], Field(max_length=60)]
"""Hosts, or beginnings of web addresses, that a reply may link to."""


class DraftingRules(Model):
    """The part of the playbook that `drafting` owns, with the facts and claims it may use."""

    product: Product
    voice: Voice
    topics: tuple[Topic, ...]
    patterns: tuple[ReplyPattern, ...]
    permitted_claims: tuple[Claim, ...]
    forbidden_promises: tuple[Promise, ...]
    regions: tuple[Region, ...]
    links: tuple[Line, ...] = ()


# --- merge point -------------------------------------------------------------------------------------------------


class Step(StrEnum):
    """What happens next with a lead."""

    REPLY_NOW = "reply_now"
    PROPOSE_MEETING = "propose_meeting"
    ASK_FOR_DETAILS = "ask_for_details"
    HAND_TO_SPECIALIST = "hand_to_specialist"
    NURTURE = "nurture"
    DECLINE = "decline"
    DO_NOT_CONTACT = "do_not_contact"

    @property
    def label(self) -> str:
        """As people read it."""
        return self.value.replace("_", " ").capitalize()


class StepWhen(Model):
    """What must be there for a policy rule to apply: every key named, each by any of its values."""

    screen: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    verdict: Annotated[tuple[Verdict, ...], Field(max_length=3)] = ()
    evidence: Annotated[tuple[Evidence, ...], Field(max_length=3)] = ()
    flag: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    severity: Annotated[tuple[Severity, ...], Field(max_length=3)] = ()
    conflict: Annotated[tuple[Line, ...], Field(max_length=30)] = ()
    asks: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    unknown: Annotated[tuple[Slug, ...], Field(max_length=30)] = ()
    missing: Annotated[tuple[Stream, ...], Field(max_length=4)] = ()


class StepRule(Model):
    """One rule of the next-step policy; the first that applies decides."""

    when: StepWhen = StepWhen()
    then: Step


class StepEffect(Model):
    """What approving a step does. ``do_not_contact`` never sends, whatever is written here."""

    sends: bool


class ToneLimit(StrEnum):
    """What a tone is against the worst open flag."""

    OK = "ok"
    WARN = "warn"
    BLOCKING = "blocking"


class ToneRow(Model):
    """One row of the table *tone x worst open flag*."""

    none: ToneLimit = ToneLimit.OK
    info: ToneLimit = ToneLimit.OK
    warn: ToneLimit = ToneLimit.OK
    blocking: ToneLimit = ToneLimit.OK


DEFAULT_TONES: dict[Tone, ToneRow] = {
    Tone.CONFIDENT: ToneRow(warn=ToneLimit.WARN, blocking=ToneLimit.BLOCKING),
    Tone.MEASURED: ToneRow(blocking=ToneLimit.WARN),
    Tone.CAREFUL: ToneRow(),
}
DEFAULT_EFFECTS: dict[Step, StepEffect] = {
    step: StepEffect(sends=step in (Step.REPLY_NOW, Step.PROPOSE_MEETING, Step.ASK_FOR_DETAILS, Step.DECLINE))
    for step in Step
}


class Overlap(Model):
    """Two streams that may answer one question, and why. The reason is shown in the brief."""

    streams: Annotated[tuple[Stream, ...], Field(min_length=2, max_length=2)]
    overlap_reason: Annotated[str, StringConstraints(min_length=10, max_length=300)]


class MergeRules(Model):
    """The part of the playbook that the merge point needs."""

    product: Product
    languages: tuple[Language, ...]
    regions: tuple[Region, ...]
    topics: tuple[Topic, ...]
    permitted_claims: tuple[Claim, ...]
    forbidden_promises: tuple[Promise, ...]
    avoid: tuple[Line, ...]
    tones: dict[Tone, ToneRow]
    next_step_policy: tuple[StepRule, ...]
    next_steps: dict[Step, StepEffect]
    overlaps: tuple[Overlap, ...]
    max_redrafts: int
    links: tuple[Line, ...] = ()


# --- screen, review, plan ----------------------------------------------------------------------------------------


class ScreenRules(Model):
    """Phrases that say a lead needs no stream. Suppressed addresses are not here: they are read from the list."""

    do_not_contact: Annotated[tuple[Line, ...], Field(max_length=100)] = (
        "do not contact me",
        "do not contact us",
        "don't contact me",
        "stop emailing",
        "stop e-mailing",
        "stop writing to me",
        "stop writing to us",
        "no further emails",
        "unsubscribe me",
        "remove me from your list",
        "take me off your list",
        "delete my data",
        "bitte nicht kontaktieren",
        "nicht mehr kontaktieren",
        "meine daten löschen",
        "löschen sie meine daten",
        "meine daten zu löschen",
        "schreiben sie mir nicht mehr",
        "keine weiteren e-mails",
        "aus ihrem verteiler",
        "ne me contactez plus",
    )
    spam: Annotated[tuple[Line, ...], Field(max_length=100)] = (
        "seo services",
        "search engine optimization",
        "backlinks",
        "guest post",
        "rank on google",
        "crypto investment",
        "casino",
        "buy followers",
        "cheap loans",
        "lead generation services",
        "grow your pipeline",
        "more meetings a month",
        "help saas companies",
        "help companies like yours",
        "we help businesses like yours",
        "view this email in your browser",
        "unsubscribe here",
        "click here to unsubscribe",
        "you are receiving this email because",
        "sponsorship opportunities",
        "booth packages",
        "suchmaschinenoptimierung",
        "newsletter abbestellen",
        "im browser ansehen",
        "standfläche buchen",
    )
    spam_links: int = Field(default=4, ge=1, le=100, description="This many links in one message is spam.")
    not_sales: Annotated[tuple[Line, ...], Field(max_length=100)] = (
        "job application",
        "apply for the position",
        "apply for the role",
        "apply for a job",
        "my cv",
        "my resume",
        "my résumé",
        "any job openings",
        "any open positions",
        "your hiring team",
        "dear hiring team",
        "internship",
        "we are an existing customer and",
        "as an existing customer",
        "existing customer of yours",
        "we are already a customer",
        "support ticket",
        "reset my password",
        "i cannot log in",
        "i can't log in",
        "we cannot log in",
        "we can't log in",
        "shows an error message",
        "invoice attached",
        "resend invoice",
        "unpaid invoice",
        "i am a journalist",
        "i'm a journalist",
        "press enquiry",
        "press inquiry",
        "decided for another provider",
        "chosen another provider",
        "no longer interested",
        "close our enquiry",
        "anderweitig entschieden",
        "kein interesse mehr",
        "writing an article",
        "bewerbung",
        "initiativbewerbung",
        "mein lebenslauf",
        "offene stellen",
        "praktikum",
        "als bestandskunde",
        "wir sind bereits kunde",
        "mich nicht anmelden",
        "uns nicht anmelden",
        "passwort zurücksetzen",
        "störungsmeldung",
        "unbezahlte rechnung",
        "mahnung",
        "presseanfrage",
        "bin journalistin",
        "bin journalist",
        "bin redakteurin",
        "bin redakteur",
    )


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


Hours = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
HANDLE = r"^[a-z0-9][a-z0-9._-]{0,59}$"
Handle = Annotated[str, StringConstraints(pattern=HANDLE)]
"""A member of staff, as the queue and the record show them; never an address."""

OFFICE_DAYS = (Weekday.MON, Weekday.TUE, Weekday.WED, Weekday.THU, Weekday.FRI)


class WorkingHours(Model):
    """When people work: local times in a time zone of the IANA database, e.g. ``mon: "09:00-17:00"``."""

    time_zone: Line
    days: dict[Weekday, Hours] = Field(default_factory=lambda: dict.fromkeys(OFFICE_DAYS, "09:00-17:00"))
    holidays: Annotated[tuple[date, ...], Field(max_length=400)] = ()


class ReviewWhen(Model):
    """When an owner or a number of approvals applies: every key that is named must hold, each by any of its values."""

    countries: Annotated[tuple[Country, ...], Field(max_length=250)] = ()
    employees: Bounds | None = None
    products: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    existing_account: bool | None = None
    severity: Annotated[tuple[Severity, ...], Field(max_length=3)] = ()
    flag: Annotated[tuple[Line, ...], Field(max_length=60)] = ()
    conflict: Annotated[tuple[Line, ...], Field(max_length=30)] = ()


class OwnerRule(Model):
    """Whose a lead is. Several handles take turns: the lead's id decides, so a lead always has the same owner."""

    when: ReviewWhen = ReviewWhen()
    assign: Annotated[tuple[Handle, ...], Field(min_length=1, max_length=50)]


class Approvals(Model):
    """How many distinct people must approve the same text and step, where ``when`` holds; elsewhere one is enough.

    ``not_last_editor``: who wrote the words cannot be one of those who approve them.
    """

    needed: int = Field(default=1, ge=1, le=3)
    when: ReviewWhen = ReviewWhen()
    not_last_editor: bool = False


class Unsigned(StrEnum):
    """What a decision without a signature is worth."""

    COUNT = "count"
    FLAG = "flag"
    REFUSE = "refuse"


class ReviewPolicy(Model):
    """The durable wait for a person. Durations are ISO 8601 (``P2D``, ``PT4H``), counted from when the review opens.

    With ``working_hours`` the first three count working time: a day is a working day, the rest are working hours.
    ``escalate_to`` names whom a lead goes to when its owner has let it become due, by owner; ``"*"`` is for all others
    and for leads without an owner. ``hold`` is how long an approval can be taken back before anything happens.
    """

    remind_after: timedelta = timedelta(hours=4)
    due_after: timedelta = timedelta(days=1)
    expire_after: timedelta = timedelta(days=14)
    working_hours: WorkingHours | None = None
    owners: Annotated[tuple[OwnerRule, ...], Field(max_length=60)] = ()
    escalate_to: dict[Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9][a-z0-9._-]{0,59})$")], Handle] = Field(
        default_factory=dict
    )
    approvals: Approvals = Approvals()
    hold: timedelta = timedelta(0)
    max_changes: int = Field(default=10, ge=1, le=50)
    max_snooze: timedelta = timedelta(days=90)
    unsigned: Unsigned = Unsigned.COUNT
    reopen_days: int = Field(default=30, ge=0, le=365, description="How long an expired lead can be reopened.")
    repeat_after_days: int = Field(default=30, ge=0, le=3650, description="From when a repeated enquiry is a new lead.")


class Wait(Model):
    """One dependency of a plan: ``stream`` waits for ``on``, because ``why``."""

    stream: Stream
    on: Stream
    why: Annotated[str, StringConstraints(min_length=3, max_length=300)]


class FallBack(StrEnum):
    """Who does a stream's work where the provider gave up."""

    RULES = "rules"


class Plan(Model):
    """Which streams run, and which waits for which. Logic and shipped plans: ``leadbraid/plan.py``."""

    name: Line
    streams: Annotated[tuple[Stream, ...], Field(min_length=1, max_length=4)]
    waits: Annotated[tuple[Wait, ...], Field(max_length=12)] = ()


class Playbook(Model):
    """The business's rules, as a lead keeps them."""

    name: Line
    product: Product
    ideal_customer: QualificationRules
    exclusions: Annotated[tuple[RiskRule, ...], Field(max_length=100)] = ()
    escalations: Annotated[tuple[RiskRule, ...], Field(max_length=100)] = ()
    regions: Annotated[tuple[Region, ...], Field(max_length=30)] = ()
    voice: Voice = Voice()
    topics: Annotated[tuple[Topic, ...], Field(max_length=60)] = ()
    reply_patterns: Annotated[tuple[ReplyPattern, ...], Field(min_length=1, max_length=60)]
    permitted_claims: Annotated[tuple[Claim, ...], Field(max_length=60)] = ()
    forbidden_promises: Annotated[tuple[Promise, ...], Field(max_length=60)] = ()
    links: Links = ()
    tone_limits: dict[Tone, ToneRow] = Field(default_factory=lambda: dict(DEFAULT_TONES))
    next_step_policy: Annotated[tuple[StepRule, ...], Field(min_length=1, max_length=60)]
    next_steps: dict[Step, StepEffect] = Field(default_factory=lambda: dict(DEFAULT_EFFECTS))
    overlaps: Annotated[tuple[Overlap, ...], Field(max_length=6)] = ()
    screen: ScreenRules = ScreenRules()
    review: ReviewPolicy = ReviewPolicy()
    max_redrafts: int = Field(default=2, ge=0, le=2)
    stream_plan: Plan
    fall_back: dict[Stream, FallBack] = Field(default_factory=dict)

    def for_fit_risk(self) -> FitRiskRules:
        """What `fit_risk` owns."""
        return FitRiskRules(exclusions=self.exclusions, escalations=self.escalations)

    def for_drafting(self) -> DraftingRules:
        """What `drafting` owns and may use."""
        return DraftingRules(
            product=self.product,
            voice=self.voice,
            topics=self.topics,
            patterns=self.reply_patterns,
            permitted_claims=self.permitted_claims,
            forbidden_promises=self.forbidden_promises,
            regions=self.regions,
            links=self.links,
        )

    def for_merge(self) -> MergeRules:
        """What the merge point checks against and decides by."""
        return MergeRules(
            product=self.product,
            languages=self.voice.languages,
            regions=self.regions,
            topics=self.topics,
            permitted_claims=self.permitted_claims,
            forbidden_promises=self.forbidden_promises,
            avoid=self.voice.avoid,
            tones=self.tone_limits,
            next_step_policy=self.next_step_policy,
            next_steps=self.next_steps,
            overlaps=self.overlaps,
            max_redrafts=self.max_redrafts,
            links=self.links,
        )
