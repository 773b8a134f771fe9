"""The rule on ownership: text of one kind in another stream's output."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadbraid.conflicts.case import Case, conflict, quote
from leadbraid.models import Code, Conflict, Resolver, Severity, Stream
from leadbraid.models.playbook import Overlap
from leadbraid.text import mentions, sentences


@dataclass(frozen=True)
class Kind:
    """A kind of text, and who owns it. Without an owner it is the merge point's: no stream may write it."""

    name: str
    owner: Stream | None
    pattern: re.Pattern[str]


JUDGMENT = Kind(
    "a score or verdict",
    Stream.QUALIFICATION,
    re.compile(
        r"\b(?:un|dis)?qualified (?:lead|prospect|opportunity|enquiry|inquiry)\b"
        r"|\blead (?:is|seems|looks) (?:not |un)?qualified\b"
        r"|(?<!satisfaction )(?<!promoter )(?<!credit )(?<!trust )\b(?:lead )?scored?\b\s*(?:is|of|:|=|at)?\s*\d{1,3}\b"
        r"|\bverdict\s*(?:is|:|=)|\bmeets (?:all )?(?:our|the) (?:ideal|icp|qualification)|\bideal customer profile\b"
        r"|\b(?:can|cannot|can't) afford (?:us|our)\b|\bbudget is (?:sufficient|too (?:low|small))\b"
        r"|\bqualifizierter lead\b|\bpunktzahl\s*(?:von|:|ist)?\s*\d",
        re.IGNORECASE,
    ),
)
STEP = Kind(
    "a next step",
    None,
    re.compile(
        r"\b(?:recommend|suggest|propose|advise)(?:ed|s|ing)?\s+(?:that\s+)?(?:we\s+|to\s+|a\s+|an\s+|the\s+)?"
        r"(?:\w+\s+){0,2}?"
        r"(?:meeting|call(?:ing)?|demo|reply(?:ing)?|follow.?up|declin\w+|nurtur\w+|hand(?:ing)?|reject\w*|contact\w*)\b"
        r"|\b(?:recommended )?next steps?\s*(?:is|are|:|=|should)"
        r"|\b(?:we|sales|you) should (?:now )?(?:call|contact|reply|decline|follow up|reject|meet|hand)\b"
        r"|\b(?:schedule|book|arrange) a (?:call|meeting|demo) with (?:them|the lead|this)\b"
        r"|\b(?:empfehle|empfehlen|schlage|schlagen)\b[^.]{0,40}\b(?:termin|gespräch|absage)\b"
        r"|\bnächster schritt\s*(?:ist|:)",
        re.IGNORECASE,
    ),
)
RISK = Kind(
    "a risk",
    Stream.FIT_RISK,
    re.compile(
        r"\b(?:red|risk) flags?\b|\b(?:high|serious|compliance|legal|reputational|sanctions?) risk\b|\bis a risk\b"
        r"|\b(?:must|should) be (?:excluded|escalated)\b|\b(?:is|are) excluded by\b|\bexclusion (?:rule )?applies\b"
        r"|\brisiko(?:hinweis|flag)\b|\bmuss eskaliert werden\b",
        re.IGNORECASE,
    ),
)
FORBIDDEN: tuple[tuple[Stream, tuple[Kind, ...]], ...] = (
    (Stream.QUALIFICATION, (STEP, RISK)),
    (Stream.RESEARCH, (JUDGMENT, STEP, RISK)),
    (Stream.DRAFTING, (JUDGMENT, RISK)),
    (Stream.FIT_RISK, (JUDGMENT, STEP)),
)
"""What each stream never writes. A draft may propose a meeting: that is an answer, not a decision."""


def overlap(case: Case) -> Iterator[Conflict]:
    """A score in a draft or note, a next step in a note, a flag's words in a judgment: not its owner's text. Warn.

    Info where the playbook lets the two streams answer one question, with its `overlap_reason`.
    """
    seen: set[tuple[Stream, str]] = set()
    for stream, kinds in FORBIDDEN:
        for text in _texts(case, stream):
            for kind in kinds:
                match = kind.pattern.search(text)
                # A note's summary says its facts again: the same words are one overlap.
                if match and (stream, match.group().casefold()) not in seen:
                    seen.add((stream, match.group().casefold()))
                    yield _found(case, stream, kind, text, match.group())
    yield from _flag_words(case)


def _texts(case: Case, stream: Stream) -> Iterator[str]:
    """The sentences that a stream wrote itself; what it quotes is somebody else's."""
    match stream:
        case Stream.QUALIFICATION:
            yield from (one.reason for one in (case.qualification.criteria if case.qualification else ()))
        case Stream.RESEARCH if case.note:
            written = (case.note.summary, *(fact.text for fact in case.note.facts), *case.note.not_found)
            yield from (one for text in written for one in sentences(text))
        case Stream.DRAFTING:
            yield from (one.shown for one in case.statements)
        case Stream.FIT_RISK:
            yield from (flag.text for flag in case.flags)


def _flag_words(case: Case) -> Iterator[Conflict]:
    """A flag's own text in a criterion's reason or in the note."""
    for stream in (Stream.QUALIFICATION, Stream.RESEARCH):
        for text in _texts(case, stream):
            flag = next((one for one in case.flags if len(one.text.split()) > 1 and mentions(text, one.text)), None)
            if flag and not RISK.pattern.search(text):
                yield _found(case, stream, RISK, text, flag.text)


def _found(case: Case, stream: Stream, kind: Kind, text: str, words: str) -> Conflict:
    allowed = kind.owner and _allowed(case.rules.overlaps, stream, kind.owner)
    owner = f"{kind.owner.label} owns" if kind.owner else "only the merge point decides"
    severity, end = (Severity.INFO, f" Allowed: {allowed}") if allowed else (Severity.WARN, " Leave it to its owner.")
    return conflict(
        Code.OVERLAP,
        severity,
        Resolver.REVIEWER,
        f"{stream.label} states {kind.name}, which {owner}: “{words}”.{end}",
        left=quote(case.author if stream is Stream.DRAFTING else stream, text),
        right=quote(kind.owner or "playbook:next_step_policy", words),
    )


def _allowed(overlaps: tuple[Overlap, ...], one: Stream, other: Stream) -> str:
    return next((found.overlap_reason for found in overlaps if {one, other} == set(found.streams)), "")


def overlap_reasons(case: Case) -> tuple[str, ...]:
    """Why streams that ran here may answer one question, as the playbook says."""
    return tuple(one.overlap_reason for one in case.rules.overlaps if set(one.streams) <= set(case.planned))
