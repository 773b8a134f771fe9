"""What to write for each key of a playbook, for the person whose key is missing or wrong."""

from __future__ import annotations

HINTS: dict[str, str] = {
    "Playbook.name": "write a short name for this playbook, e.g. `name: main`",
    "Playbook.product": "write what you sell: a block with `name` and `summary`",
    "Playbook.ideal_customer": "write whom you want as a customer: a block with `criteria`",
    "Playbook.reply_patterns": "write at least one reply with `id`, `subject` and `body`",
    "Playbook.next_step_policy": "write a list of rules, the last one without `when`, e.g. `- {then: reply_now}`",
    "Playbook.stream_plan": "write parallel, partial, sequential, or a block of your own, e.g. `stream_plan: parallel`",
    "Product.name": "write the product's name as customers know it",
    "Product.summary": "write one sentence that says what the product does",
    "ProductFact.id": "write a short id of its own, e.g. `id: languages`",
    "ProductFact.text": "write one true sentence about the product",
    "Region.id": "write a short id of its own, e.g. `id: europe`",
    "Region.countries": "write the countries as two letters, e.g. `countries: [DE, FR]`",
    "QualificationRules.criteria": "write at least one criterion with `id` and `question`",
    "Criterion.id": "write a short id of its own, e.g. `id: headcount`",
    "Criterion.question": "write the question to answer about a lead, e.g. `Do they run more than one site?`",
    "RiskRule.id": "write a short id of its own, e.g. `id: competitor`",
    "RiskRule.text": "write one line that tells the reviewer what this is about",
    "RiskRule.severity": "write how much it should stop us: info, warn or blocking",
    "RiskRule.when": "write what shows it: a block with `mentions`, `countries` or `domains`",
    "Claim.id": "write a short id of its own, e.g. `id: pilot_30_days`",
    "Claim.kind": "write what it binds us to: price, date, discount, feature or guarantee",
    "Claim.text": "write the promise in the words a reply uses, e.g. `a pilot of 30 days`",
    "Promise.id": "write a short id of its own, e.g. `id: no_discount`",
    "Promise.kind": "write what it would bind us to: price, date, discount, feature or guarantee",
    "Promise.phrases": "write the words no reply may use, e.g. `phrases: [best price]`",
    "Topic.id": "write a short id of its own, e.g. `id: pricing`",
    "Topic.phrases": "write the words leads use for it, e.g. `phrases: [price, cost]`",
    "ReplyPattern.id": "write a short id of its own, e.g. `id: meeting_en`",
    "ReplyPattern.subject": "write the subject line of the mail",
    "ReplyPattern.body": "write the text of the mail, without greeting and sign-off",
    "StepRule.then": "write the next step this rule leads to, e.g. `then: reply_now`",
    "StepEffect.sends": "write true if approving this step sends the reply, else false",
    "WorkingHours.time_zone": "write where people work, e.g. `time_zone: Europe/Berlin`",
    "OwnerRule.assign": "write whose such a lead is, e.g. `assign: [ana]`; several take turns",
    "Overlap.streams": "write the two streams, e.g. `streams: [research, fit_risk]`",
    "Overlap.overlap_reason": "write why both may answer it, in a sentence of at least 10 letters",
    "Plan.name": "write a name for the plan, e.g. `name: research_first`",
    "Plan.streams": "write the streams that run, e.g. `streams: [qualification, research, drafting, fit_risk]`",
    "Wait.stream": "write the stream that waits, e.g. `stream: drafting`",
    "Wait.on": "write the stream it waits for, e.g. `on: research`",
    "Wait.why": "each dependency must say why: what would be worse if the two ran side by side",
}
"""For every key that must be there; a test holds that none is left out."""

FORMS: dict[str, str] = {
    r"^[a-z][a-z0-9_]{0,59}$": "an id has small letters, digits and _ and starts with a letter, e.g. `go_live`",
    r"^[A-Z]{2}$": "a country is two capital letters (ISO 3166-1), e.g. DE, US, GB",
    r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$": 'hours are written as "09:00-17:00"',
    r"^[a-z0-9][a-z0-9._-]{0,59}$": "a staff handle has small letters, digits, `.`, `_` and `-`, e.g. ana.k",
    r"^(\*|[a-z0-9][a-z0-9._-]{0,59})$": 'write the staff handle that has let it become due, or "*" for all others',
    r"^[a-z]{2}$": "a language is two small letters (ISO 639-1), e.g. en, de",
}
"""What each form of text in the models means."""

DURATION = "a duration is written as P14D (days), PT4H (hours) or PT30M (minutes), or together: P1DT12H"
