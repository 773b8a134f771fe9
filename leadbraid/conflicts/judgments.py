"""Rules between the judgment, the risks, the research, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.models import Code, Conflict, Evidence, Resolver, Severity, Stream, Tone, Verdict
from leadbraid.models.playbook import DEFAULT_TONES, ToneLimit
from leadbraid.text import sentences, tone_of


def tone_over_risk(case: Case) -> Iterator[Conflict]:
    """The reply sounds surer than the worst flag allows.

    The severity stands in the playbook's table *tone x worst flag*; the tone is derived from the text.
    """
    if not case.shown or not case.flags:
        return
    tone, worst = derived_tone(case, case.shown), case.flags[0]
    limit = getattr(case.rules.tones.get(tone) or DEFAULT_TONES[tone], worst.severity.value)
    if limit is not ToneLimit.OK:
        yield conflict(
            Code.TONE_OVER_RISK,
            Severity(limit.value),
            Resolver.DRAFTING,
            f"The reply sounds {tone}, but there is a {worst.severity} flag: {worst.text}. Write it more carefully.",
            left=quote(case.author, _sounds(case, tone)),
            right=worst.quote,
        )


def derived_tone(case: Case, text: str) -> Tone:
    """How sure ``text`` sounds, the company's own name left out: a name is not a promise."""
    return tone_of(text.replace(case.lead.company, " ") if case.lead.company else text)


def _sounds(case: Case, tone: Tone) -> str:
    """The first sentence that makes the reply sound so; the first of all where only the whole does."""
    listed = sentences(case.shown)
    return next((one for one in listed if derived_tone(case, one) is tone), listed[0] if listed else case.shown)


def research_weaker(case: Case) -> Iterator[Conflict]:
    """Qualified, while research found next to nothing. Warn."""
    if case.note and _qualified(case) and case.note.evidence is Evidence.THIN:
        yield conflict(
            Code.RESEARCH_WEAKER,
            Severity.WARN,
            Resolver.RESEARCH,
            "The lead is judged qualified, but the evidence of the company note is thin. Look again, or look yourself.",
            left=quote(Stream.QUALIFICATION, Verdict.QUALIFIED),
            right=quote(Stream.RESEARCH, case.note.summary or case.note.evidence),
        )


def qualified_but_excluded(case: Case) -> Iterator[Conflict]:
    """Qualified, while a flag says that the playbook forbids selling here. Blocking."""
    for flag in case.flags if _qualified(case) else ():
        if flag.excludes:
            yield conflict(
                Code.QUALIFIED_BUT_EXCLUDED,
                Severity.BLOCKING,
                Resolver.REVIEWER,
                f"The lead is judged qualified, but an exclusion forbids it: {flag.text}. Decline, or say why it may.",
                left=quote(Stream.QUALIFICATION, Verdict.QUALIFIED),
                right=flag.quote,
            )


def next_step_disagreement(case: Case) -> Iterator[Conflict]:
    """The judgment points forward while the worst flag (warn or blocking) says to stop or ask a specialist. Warn.

    An excluding flag is the conflict `qualified_but_excluded` instead.
    """
    if not _qualified(case) or not case.flags or any(flag.excludes for flag in case.flags):
        return
    worst = case.flags[0]
    if worst.severity is not Severity.INFO:
        yield conflict(
            Code.NEXT_STEP_DISAGREEMENT,
            Severity.WARN,
            Resolver.REVIEWER,
            f"The judgment says go on, the risks say slow down: {worst.text}. Decide which counts more.",
            left=quote(Stream.QUALIFICATION, Verdict.QUALIFIED),
            right=worst.quote,
        )


def _qualified(case: Case) -> bool:
    return case.qualification is not None and case.qualification.verdict is Verdict.QUALIFIED


def stream_missing(case: Case) -> Iterator[Conflict]:
    """A planned stream gave nothing. Warn. A stream that the plan leaves out is not missing."""
    for stream, gap in case.gaps:
        tries = f" after {gap.tries} {'try' if gap.tries == 1 else 'tries'}" if gap.tries else ""
        reason = gap.reason.strip().rstrip(".") or "no reason given"
        yield conflict(
            Code.STREAM_MISSING,
            Severity.WARN,
            Resolver.REVIEWER,
            f"{stream.label} is missing{tries}: {reason[:300]}. Request changes on {stream} to run it again.",
            left=quote(stream, gap.reason or reason),
            right=quote("playbook:stream_plan", stream),
        )


def delivery_refused(case: Case) -> Iterator[Conflict]:
    """The recipient's side refused the last delivery for good. Blocking."""
    if case.delivery_refused.strip():
        yield conflict(
            Code.DELIVERY_REFUSED,
            Severity.BLOCKING,
            Resolver.REVIEWER,
            f"The last delivery was refused: {case.delivery_refused[:400]}. Close without a reply, or change it.",
            left=quote("delivery", case.delivery_refused),
            right=quote("lead:email", case.lead.email),
        )


def new_words(case: Case) -> Iterator[Conflict]:
    """The person wrote again after the outputs were made. Blocking: nobody should answer half of what was said."""
    if case.new_words.strip():
        streams = ", ".join(case.planned)
        yield conflict(
            Code.NEW_WORDS,
            Severity.BLOCKING,
            Resolver.REVIEWER,
            f"The person wrote again; {streams} do not know it yet. Request changes on them, or say why it may stand.",
            left=quote("lead:message", case.new_words),
            right=quote("reviewer", "the outputs were made before that"),
        )
