"""The lead's *current details* in the Temporal UI: the brief as Markdown, and the exact command to decide with.

A stranger's text stands in fenced code only, with a fence longer than any in the text: it can neither format nor link.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import Brief, Conflict, Lead, State, Status
    from leadbraid.models.playbook import Unsigned
    from leadbraid.models.visible import one_line, visible

WIDTH = 64
"""Columns that the UI shows without scrolling in a window of usual size."""

MESSAGE_SHOWN = 4_000
"""Characters of the lead's message; the whole of it is in the workflow's input."""


def details(status: Status, brief: Brief | None, lead: Lead) -> str:
    """All that a person without any tool of ours needs, in Markdown."""
    parts = [f"**{status.state.label}**"]
    if brief is None:
        return "\n\n".join([*parts, "The first version of the brief is being made."])
    parts += [_head(status, brief), *_next_step(brief), "### The lead", _fenced(_words(lead))]
    if brief.conflicts:
        parts += ["### Conflicts", *(_conflict(conflict) for conflict in brief.conflicts)]
    if reply := brief.reply:
        parts += ["### Reply", _fenced(f"To: {reply.recipient}\nSubject: {reply.subject}\n\n{reply.body}")]
    parts += [*_streams(brief), *_how_to_decide(status, brief), *_refused(status)]
    return "\n\n".join(parts)


def _head(status: Status, brief: Brief) -> str:
    rows = [("Version", str(brief.version)), *_waits(status)]
    if brief.qualification:
        rows.append(("Verdict", f"{brief.qualification.verdict.value}, score {brief.qualification.score}"))
    if status.out_of_date:
        rows.append(("Out of date", ", ".join(stream.label for stream in status.out_of_date)))
    for name, leads in (("Attached", status.attached), ("Same person", status.others), ("Earlier", (status.earlier,))):
        rows += [(name, ", ".join(_code(lead) for lead in leads))] if any(leads) else []
    if status.delivery:
        rows.append(("Delivery", f"`{status.delivery}`"))
    rows.append(("Playbook", f"`{status.playbook[:19]}…`, plan {_code(status.plan)}"))
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def _waits(status: Status) -> list[tuple[str, str]]:
    """Whose it is, until when, and who has approved so far."""
    due = status.due if status.state is State.IN_REVIEW else None
    times = (
        ("Due", due),
        ("Held until", status.held_until),
        ("Snoozed until", status.snoozed_until),
        ("Can be reopened until", status.reopen_until),
    )
    rows = [("Assignee", _code(status.assignee) if status.assignee else "nobody")]
    rows += [(name, f"{at:%Y-%m-%d %H:%M} UTC") for name, at in times if at]
    if status.approvals_needed > 1:
        by = f" ({', '.join(_code(one) for one in status.approved_by)})" if status.approved_by else ""
        rows.append(("Approvals", f"{len(status.approved_by)} of {status.approvals_needed}{by}"))
    return rows


def _words(lead: Lead) -> str:
    who = ", ".join(part for part in (lead.name, lead.job_title, lead.company, lead.country, lead.email) if part)
    return f"{who}\n\n{lead.message[:MESSAGE_SHOWN]}{'…' if len(lead.message) > MESSAGE_SHOWN else ''}"


def _next_step(brief: Brief) -> list[str]:
    step = brief.next_step
    does = "approving sends the reply" if step.sends else "approving sends nothing"
    reasons = "\n".join(one_line(because.text) for because in step.because)
    parts = [f"### Next step: {step.step.label} ({does})"]
    return [*parts, _fenced(reasons)] if reasons else parts


def _conflict(conflict: Conflict) -> str:
    quotes = "\n".join(f"{quote.source}: {quote.text}" for quote in (conflict.left, conflict.right) if quote.text)
    title = f"**{conflict.severity.value}** `{conflict.id}`, to be resolved by {conflict.resolver.value}"
    return f"{title}\n\n{_fenced(conflict.message + chr(10) + quotes)}"


def _streams(brief: Brief) -> list[str]:
    lines = []
    for result in brief.results:
        if result.gap:
            lines.append(f"{result.stream.label}: missing, {result.gap.reason}")
        elif result.out_of_date:
            lines.append(f"{result.stream.label}: out of date")
        if result.work and result.work.made.instead_of:
            made = result.work.made
            lines.append(f"{result.stream.label}: by {made.provider}, as the fall-back: {made.instead_of}")
    if brief.judged and brief.judged.gap:
        lines.append(f"Not judged: {brief.judged.gap.reason}")
    flags = [f"{flag.severity.value} {flag.code}: {flag.text}" for flag in (brief.risks.flags if brief.risks else ())]
    if brief.screen:
        lines.append(f"Screened out: {brief.screen.reason}")
    return ["### Flags and gaps", _fenced("\n".join([*flags, *lines]))] if flags or lines else []


def _how_to_decide(status: Status, brief: Brief) -> list[str]:
    match status.state:
        case State.IN_REVIEW | State.SNOOZED if status.unsigned is Unsigned.REFUSE:
            return [
                "### Decide",
                "Only signed decisions count on this lead.",
                _fenced(f"leadbraid decide {status.lead_id} approve --sign"),
            ]
        case State.IN_REVIEW | State.SNOOZED:
            approval: dict[str, object] = {"decision": "approve", "reviewer": "YOUR-NAME", "version": brief.version}
            if brief.next_step.sends and brief.reply:
                approval["reply"] = brief.reply.digest
            if brief.blocking:
                approval["overrides"] = {conflict.id: "REASON" for conflict in brief.blocking}
            return ["### Approve", _command(status.lead_id, approval), *_other_ways(status)]
        case State.HELD:
            back = {"decision": "take_back", "reviewer": "YOUR-NAME"}
            return ["### Take the approval back", _command(status.lead_id, back)]
        case State.EXPIRED if status.reopen_until:
            reopen = {"decision": "reopen", "reviewer": "YOUR-NAME"}
            return ["### Reopen", _command(status.lead_id, reopen)]
        case State.DELIVERY_UNKNOWN:
            settle = {"decision": "settle", "reviewer": "YOUR-NAME", "outcome": "arrived", "note": "HOW YOU KNOW"}
            return [
                "### Settle the delivery (`arrived`, `send_again` or `drop`)",
                _fenced(status.delivery_note),
                _command(status.lead_id, settle),
            ]
        case _:
            return []


def _other_ways(status: Status) -> list[str]:
    lead_id = status.lead_id
    reject = {"decision": "reject", "reviewer": "YOUR-NAME", "reason": "not_a_fit"}
    changes = {
        "decision": "request_changes",
        "reviewer": "YOUR-NAME",
        "streams": [stream.value for stream in status.out_of_date] or ["drafting"],
        "note": "WHAT TO CHANGE",
    }
    return ["### Or", _command(lead_id, changes), _command(lead_id, reject)]


def _command(lead_id: str, decision: Mapping[str, object]) -> str:
    # JSON may be broken over lines, and a shell takes it so within single quotes.
    data = json.dumps(decision, indent=1)
    start = f"temporal workflow signal --name review \\\n --workflow-id {lead_id} \\\n --input '{data}'"
    return _fenced(start, wrap=False)


def _refused(status: Status) -> list[str]:
    if not status.refused:
        return []
    last = status.refused[-5:]
    lines = [f"{one.at:%Y-%m-%d %H:%M:%S} {one.door} {one.code}: {one_line(one.message)}" for one in last]
    total = len(status.refused) + status.refused_more
    return [f"### Refused decisions ({total})", _fenced("\n".join(lines))]


def _code(text: str) -> str:
    return f"`{visible(text, keep='').replace('`', '')}`"


def _fenced(text: str, *, wrap: bool = True) -> str:
    shown = visible(text)
    if wrap:
        shown = "\n".join(_wrapped(line) for line in shown.split("\n"))
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def _wrapped(line: str) -> str:
    return "\n".join(textwrap.wrap(line, WIDTH, break_long_words=True, replace_whitespace=False)) or ""
