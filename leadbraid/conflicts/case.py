"""What every cross-check looks at, and how a conflict is made.

The text that counts is the one shown: after the slots were filled, or in the reviewer's words. Nothing that a stream
says about its own text is looked at here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from leadbraid.models import (
    Code,
    CompanyNote,
    Conflict,
    Disagreement,
    Draft,
    Fact,
    Flag,
    Gap,
    Lead,
    Qualification,
    Quote,
    Resolver,
    RiskReport,
    Severity,
    Stream,
    canonical_json,
)
from leadbraid.models.playbook import MergeRules
from leadbraid.text import sentences

MARKER = re.compile(r"\{\{fact\d\}\}")
_QUOTE_LIMIT = 1_000
_MESSAGE_LIMIT = 600


@dataclass(frozen=True)
class Filled:
    """A sentence of the reply whose slots company facts filled, and the draft's sentence it was made of."""

    sentence: str
    template: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Statement:
    """A sentence as shown, and what of it is ours: all, or what stands around a company fact."""

    shown: str
    ours: str


@dataclass(frozen=True)
class Case:
    """All that the cross-checks may look at. ``planned``: the streams that have a result, even if it is a gap."""

    lead: Lead
    rules: MergeRules
    qualification: Qualification | None = None
    note: CompanyNote | None = None
    draft: Draft | None = None
    risks: RiskReport | None = None
    gaps: tuple[tuple[Stream, Gap], ...] = ()
    planned: tuple[Stream, ...] = ()
    subject: str = ""
    body: str = ""
    edited: bool = False
    filled: tuple[Filled, ...] = ()
    delivery_refused: str = ""
    judged: tuple[Disagreement, ...] = ()
    new_words: str = ""

    @property
    def shown(self) -> str:
        """Subject and body of the reply; empty where there is none."""
        return f"{self.subject}\n{self.body}".strip()

    @property
    def author(self) -> str:
        """Whose words the reply holds, as a quote's source."""
        return "reviewer" if self.edited else Stream.DRAFTING.value

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """The reply, sentence by sentence; a filled sentence is one, whatever the fact holds."""
        rest = self.body
        for filled in self.filled:
            rest = rest.replace(filled.sentence, "\n", 1)
        own = [Statement(one, one) for one in (*sentences(self.subject), *sentences(rest))]
        made = [Statement(one.sentence, " ".join(MARKER.sub(" ", one.template).split())) for one in self.filled]
        return tuple(dict.fromkeys([*own, *made]))

    @property
    def approved(self) -> tuple[tuple[str, str], ...]:
        """What the playbook says of the product and permits to promise: id and text."""
        facts = ((one.id, one.text) for one in self.rules.product.facts)
        return (*facts, *((one.id, one.text) for one in self.rules.permitted_claims))

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The risk flags, the worst first."""
        flags = self.risks.flags if self.risks else ()
        return tuple(sorted(flags, key=lambda flag: (-flag.severity.rank, flag.code, flag.text)))

    @property
    def facts(self) -> tuple[Fact, ...]:
        """The note's facts, the strongest first, else as the note has them."""
        return tuple(sorted(self.note.facts if self.note else (), key=lambda fact: -fact.strength))


Rule = Callable[[Case], Iterable[Conflict]]


def quote(source: str, text: str) -> Quote:
    """Words of ``source``, cut where too long: a beginning is still a part of it."""
    return Quote(source=source[:300], text=text[:_QUOTE_LIMIT])


def cut(text: str, limit: int) -> str:
    """``text`` on one line and not longer than ``limit``."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def conflict(
    code: Code, severity: Severity, resolver: Resolver, message: str, *, left: Quote, right: Quote
) -> Conflict:
    """One disagreement, with its id."""
    made = Conflict(
        id="",
        code=code,
        severity=severity,
        message=cut(message, _MESSAGE_LIMIT),
        left=left,
        right=right,
        resolver=resolver,
    )
    return made.model_copy(update={"id": conflict_id(made)})


def conflict_id(found: Conflict, digits: int = 4) -> str:
    """``<code>-<hex>`` of the code and the quotes.

    Draft and reviewer count as one source: an edit elsewhere in the reply must not give a standing conflict a new id.
    """
    sides = [part for side in (found.left, found.right) for part in (_side(side.source), side.text)]
    return f"{found.code}-{hashlib.sha256(canonical_json([found.code, *sides])).hexdigest()[:digits]}"


def _side(source: str) -> str:
    return "reply" if source in ("reviewer", Stream.DRAFTING.value) else source
