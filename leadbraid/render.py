"""A brief as a person reads it in a terminal: what matters first, the reply in full, the rest as far as there is room.

Pure. All text of strangers is made visible here; a terminal gets no control character from it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from leadbraid.models import Answer, Brief, Conflict, Decided, Lead, Severity, Spent, State, Status, Stream
from leadbraid.models.visible import one_line, visible

WIDTH = 100
LINES = 45
MESSAGE_SHOWN = 380
"""Characters of the lead's message: four lines."""
WAITS = (State.IN_REVIEW, State.SNOOZED, State.HELD, State.DELIVERY_UNKNOWN)
STYLES = {Severity.BLOCKING: "bold red", Severity.WARN: "yellow", Severity.INFO: "dim"}


@dataclass(frozen=True)
class Line:
    """One line of text and how it is shown (a Rich style)."""

    text: str
    style: str = ""


def brief_lines(brief: Brief, *, due: datetime | None = None, lead: Lead | None = None) -> list[Line]:
    """The brief in at most 45 lines of 100 columns, unless the reply and the open conflicts alone need more.

    The first five lines: the next step and what approving it does; the verdict; the worst flag; the open conflicts;
    the due time.
    """
    must = [*_head(brief, due), *_stand_ins(brief), *_conflicts(brief.open_conflicts), *_reply(brief)]
    if brief.error:
        must += [Line(""), *_wrapped(f"The brief could not be made: {brief.error}", style="bold red")]
    room = LINES - len(must)
    return must + _fit([*_about(lead), *_known(brief), *_weighed(brief), *_flags(brief), *_history(brief)], room)


def _fit(lines: list[Line], room: int) -> list[Line]:
    if room <= 2:
        return []
    if len(lines) + 1 > room:
        more = len(lines) - (room - 2)
        lines = [*lines[: room - 2], Line(f"… {more} more lines: leadbraid show LEAD --json", "dim")]
    return [Line(""), *lines] if lines else []


def _head(brief: Brief, due: datetime | None) -> list[Line]:
    step = brief.next_step
    does = "sends the reply below" if step.sends else "closes the lead and sends nothing"
    reasons = "; ".join(one_line(because.text, 60) for because in step.because[:2])
    when = f"Due        {due:%a %d %b %Y, %H:%M} UTC" if due else "Due        not set"
    return [
        Line(_cut(f"Next step  {step.step.label}: approving {does}{f' ({reasons})' if reasons else ''}"), "bold"),
        Line(_cut(f"Verdict    {_verdict(brief)}")),
        _worst_flag(brief),
        _conflict_count(brief),
        Line(
            f"{when} · version {brief.version}{f', edited by {one_line(brief.edited_by, 40)}' * bool(brief.edited_by)}"
        ),
    ]


def _verdict(brief: Brief) -> str:
    if brief.screen:
        return f"screened out: {one_line(brief.screen.reason, 80)}"
    judgment = brief.qualification
    if judgment is None:
        return "unknown (qualification is missing)" if brief.result(Stream.QUALIFICATION) else "not planned"
    return f"{judgment.verdict.value.replace('_', ' ')}, score {judgment.score} of 100"


def _worst_flag(brief: Brief) -> Line:
    if brief.risks is None:
        return Line(
            "Worst flag unknown (fit & risk is missing)" if brief.result(Stream.FIT_RISK) else "Worst flag none"
        )
    if not brief.risks.flags:
        return Line("Worst flag none")
    worst, more = brief.risks.flags[0], len(brief.risks.flags) - 1 + brief.risks.more
    others = f" (and {more} more)" if more else ""
    text = f"Worst flag {worst.severity.value}: {one_line(worst.text, 50)} “{one_line(worst.quote.text, 60)}”{others}"
    return Line(_cut(text), STYLES[worst.severity])


def _conflict_count(brief: Brief) -> Line:
    opened, blocking = brief.open_conflicts, len(brief.blocking)
    if not opened:
        return Line(_cut(f"Conflicts  none open{f', {len(brief.settled)} settled' if brief.settled else ''}"), "green")
    text = (
        f"Conflicts  {len(opened)} open, {blocking} of them blocking" if blocking else f"Conflicts  {len(opened)} open"
    )
    return Line(text, STYLES[opened[0].severity])


def _conflicts(conflicts: tuple[Conflict, ...]) -> list[Line]:
    lines: list[Line] = [Line("")] if conflicts else []
    for one in conflicts:
        text = f"! {one.severity.value} {one.id}: {one_line(one.message, 180)}"
        lines += _wrapped(text, style=STYLES[one.severity])
        quotes = " · ".join(_quoted(quote.source, quote.text, 38) for quote in (one.left, one.right))
        lines.append(Line(_cut(f"    {quotes}"), "dim"))
    return lines


def _quoted(source: str, text: str, limit: int) -> str:
    return f"{one_line(source, 20)}: “{one_line(text, limit)}”" if text else one_line(source, 20)


def _stand_ins(brief: Brief) -> list[Line]:
    """Outputs of the fall-back, and a judge that gave up: nobody should take the brief for more than it is."""
    made = [(result.stream.label, result.work.made) for result in brief.results if result.work]
    lines = [
        f"By {one_line(one.provider, 20)}   {label}, as the fall-back: {one_line(one.instead_of, 150)}"
        for label, one in made
        if one.instead_of
    ]
    if brief.judged and brief.judged.gap:
        lines.append(f"Not judged {one_line(brief.judged.gap.reason, 150)}")
    return [line for text in lines for line in _wrapped(text, style="yellow")]


def _reply(brief: Brief) -> list[Line]:
    if brief.reply is None:
        return []
    unsent = "" if brief.next_step.sends else " (a draft: this next step sends nothing)"
    head = [Line(""), Line(_cut(f"To {one_line(brief.reply.recipient)}{unsent}"), "cyan")]
    subject = Line(_cut(f"Subject: {one_line(brief.reply.subject)}"), "cyan")
    body = [line for part in _without_double_blanks(brief.reply.body) for line in _wrapped(part, indent="  ")]
    return [*head, subject, *body]


def _without_double_blanks(body: str) -> list[str]:
    parts = visible(body).strip("\n").split("\n")
    return [part for index, part in enumerate(parts) if part.strip() or (index and parts[index - 1].strip())]


def _about(lead: Lead | None) -> list[Line]:
    if lead is None:
        return []
    who = ", ".join(one_line(part, 60) for part in (lead.name, lead.job_title, lead.company, lead.country) if part)
    return [
        Line(_cut(f"From       {who or one_line(lead.email)}"), "bold"),
        *_wrapped(f"“{one_line(lead.message, MESSAGE_SHOWN)}”", indent="  "),
    ]


def _known(brief: Brief) -> list[Line]:
    note = brief.note
    if note is None:
        return []
    lines = [Line(_cut(f"Known      {note.evidence.value} evidence, {len(note.facts)} facts"), "bold")]
    lines += [Line(_cut(f"  {one_line(fact.text, 60)} [{one_line(fact.quote.source, 34)}]")) for fact in note.facts[:5]]
    if note.not_found:
        lines.append(Line(_cut(f"  not found: {', '.join(one_line(one, 30) for one in note.not_found)}"), "dim"))
    return lines


def _weighed(brief: Brief) -> list[Line]:
    judgment = brief.qualification
    if judgment is None:
        return []
    lines = [Line("Criteria", "bold")]
    for answer in Answer:
        named = [one_line(one.criterion, 30) for one in judgment.criteria if one.answer is answer]
        if named:
            lines.append(Line(_cut(f"  {answer.value}: {', '.join(named)}")))
    return lines


def _flags(brief: Brief) -> list[Line]:
    flags = brief.risks.flags[1:4] if brief.risks else ()
    return [
        Line(_cut(f"Flag       {flag.severity.value} {flag.code}: {one_line(flag.text, 70)}"), STYLES[flag.severity])
        for flag in flags
    ]


def _history(brief: Brief) -> list[Line]:
    lines = [Line(_cut(f"Settled    {one.code.value} by {one_line(one.how, 50)}"), "dim") for one in brief.settled]
    for result in brief.results:
        if result.gap:
            tries = f" after {result.gap.tries} tries" if result.gap.tries else ""
            lines.append(
                Line(_cut(f"Missing    {result.stream.label}: {one_line(result.gap.reason, 70)}{tries}"), "yellow")
            )
        elif result.out_of_date:
            lines.append(Line(f"Out of date {result.stream.label}", "yellow"))
    if brief.draft:
        lines += [Line(_cut(f"Not done   {one_line(words, 85)}"), "yellow") for words in brief.draft.not_followed]
    return lines


def status_lines(status: Status) -> list[Line]:
    """State, who decided what, and what was refused."""
    version = f", version {status.version}" if status.version else ""
    lines = [Line(f"{status.lead_id}  {status.state.label}{version}", "bold"), *_waits(status)]
    for assigned in status.assigned:
        lines.append(
            Line(_cut(f"  {assigned.at:%Y-%m-%d %H:%M} {assigned.to} is in charge, {one_line(assigned.why, 90)}"))
        )
    if status.decided_more:
        lines.append(Line(f"  {status.decided_more} earlier decisions are in the lead's history"))
    for one in status.decided:
        lines += _decided(one)
    if status.delivery:
        lines.append(Line(_cut(f"  delivery {status.delivery} {one_line(status.delivery_note, 60)}")))
    lines += spent_lines(status.spent)
    if status.reminded:
        lines.append(Line(f"  reminded at {status.reminded:%Y-%m-%d %H:%M} UTC", "yellow"))
    lines += _refused(status)
    return lines


def spent_lines(spent: Spent) -> list[Line]:
    """What the models' work for a lead has used; nothing where no model was asked."""
    if not spent.calls:
        return []
    cached = f" ({spent.tokens_cached:,} cached)" if spent.tokens_cached else ""
    parts = [_count(spent.calls, "call"), f"{spent.tokens_in:,} tokens in{cached}", f"{spent.tokens_out:,} out"]
    parts += [f"tokens of {_count(spent.uncounted, 'call')} unknown"] if spent.uncounted else []
    parts += [f"{_money(spent.cost)} {spent.currency}"] if spent.currency else []
    parts += [f"cost of {_count(spent.unpriced, 'call')} unknown"] if spent.unpriced else []
    return [Line(_cut(f"  models: {', '.join(parts)}"), "dim")]


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


_LEAST_SHOWN = Decimal("0.000001")


def _money(amount: Decimal) -> str:
    """Two figures that count: calls cost fractions of a cent."""
    if 0 < amount < _LEAST_SHOWN:
        return f"less than {_LEAST_SHOWN:f}"
    places = max(2, 1 - amount.adjusted()) if amount else 2
    return f"{amount:.{places}f}"


def _waits(status: Status) -> list[Line]:
    """Whose it is, what it waits for, and what else the person has open."""
    whose = [one_line(status.assignee, 60) or "nobody"] if status.state in WAITS else []
    lines = [Line(f"  in charge: {who}") for who in whose]
    times = (
        ("held until", status.held_until),
        ("snoozed until", status.snoozed_until),
        ("can be reopened until", status.reopen_until),
    )
    lines += [Line(f"  {name} {at:%Y-%m-%d %H:%M} UTC", "yellow") for name, at in times if at]
    if status.approvals_needed > 1 and status.state in WAITS:
        by = f": {', '.join(one_line(one, 30) for one in status.approved_by)}" if status.approved_by else ""
        lines.append(Line(_cut(f"  {len(status.approved_by)} of {status.approvals_needed} approvals{by}"), "yellow"))
    if status.out_of_date and status.state in WAITS:
        lines.append(Line(_cut(f"  out of date: {', '.join(stream.label for stream in status.out_of_date)}"), "yellow"))
    named = (("wrote again, attached", status.attached), ("other open leads of this person", status.others))
    lines += [Line(_cut(f"  {name}: {', '.join(leads)}")) for name, leads in named if leads]
    return [*lines, Line(f"  repeats {status.earlier}")] if status.earlier else lines


def _decided(one: Decided) -> list[Line]:
    """One decision with everything that was said, in a line or a few."""
    mark = " (unsigned)" if one.flagged else ""
    parts = [f"{one.at:%Y-%m-%d %H:%M} {one.decision.label} on version {one.version}, {one_line(one.who, 60)}{mark}"]
    parts += [f"as {one_line(one.role, 40)}"] if one.role else []
    parts += [one.next_step.label.lower()] if one.next_step else []
    parts += [", ".join(one.streams)] if one.streams else []
    parts += [said.value.replace("_", " ") for said in (one.reason, one.outcome) if said]
    parts += [f"to {one_line(one.assignee, 60)}"] if one.assignee else []
    parts += [f"until {one.until:%Y-%m-%d %H:%M %Z}"] if one.until else []
    parts += [f"“{one_line(one.note, 200)}”"] if one.note else []
    lines = _wrapped(", ".join(parts), indent="  ")
    for conflict, why in one.overrides.items():
        lines += _wrapped(f"let {one_line(conflict, 60)} stand: “{one_line(why, 200)}”", indent="    ")
    if one.playbooks:
        lines.append(Line(_cut(f"    playbook {' -> '.join(digest[:19] + '…' for digest in one.playbooks)}")))
    return lines


def _refused(status: Status) -> list[Line]:
    total = len(status.refused) + status.refused_more
    if not total:
        return []
    lines = [Line(f"  {total} {'decision was' if total == 1 else 'decisions were'} refused:", "yellow")]
    for one in status.refused[-5:]:
        who = f" from {one_line(one.reviewer, 30)}" if one.reviewer else ""
        lines += _wrapped(
            f"{one.at:%H:%M:%S} {one.door}{who}: {one_line(one.message, 250)}", indent="    ", style="yellow"
        )
    return lines


def _wrapped(text: str, *, indent: str = "", style: str = "") -> list[Line]:
    wrapped: Iterable[str] = textwrap.wrap(text, WIDTH - len(indent), break_long_words=True) or [""]
    return [Line(f"{indent}{line}".rstrip(), style) for line in wrapped]


def _cut(text: str) -> str:
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
