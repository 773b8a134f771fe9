"""The brief: what a person reviews, the result of `assemble`. Its event in the history *is* the version."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from leadbraid.models.base import Body, Line, Model, Quote, Sentence, Severity, digest, model_digest
from leadbraid.models.judging import Judged
from leadbraid.models.lead import Screened
from leadbraid.models.outputs import (
    CompanyNote,
    Draft,
    Qualification,
    RiskReport,
    Stream,
    StreamResult,
)
from leadbraid.models.playbook import Step


class Reply(Model):
    """The exact bytes to be sent: recipient, subject, body. Its digest is what a person approves."""

    recipient: Line
    subject: Line
    body: Body

    @property
    def digest(self) -> str:
        """SHA-256 over UTF-8 of ``recipient``, a line feed, ``subject``, two line feeds, ``body``; nothing normalised.

        Neither recipient nor subject can hold a line feed, so different replies never give the same bytes, and
        ``printf '%s\\n%s\\n\\n%s' "$recipient" "$subject" "$body" | sha256sum`` gives the same digits.
        """
        return digest(f"{self.recipient}\n{self.subject}\n\n{self.body}".encode())


class Code(StrEnum):
    """Every kind of disagreement that the merge point knows."""

    TONE_OVER_RISK = "tone_over_risk"
    RESEARCH_WEAKER = "research_weaker"
    QUALIFIED_BUT_EXCLUDED = "qualified_but_excluded"
    CONTRADICTS_NOTE = "contradicts_note"
    IGNORES_FACT = "ignores_fact"
    UNPERMITTED_PROMISE = "unpermitted_promise"
    UNPERMITTED_LINK = "unpermitted_link"
    UNSOURCED_CLAIM = "unsourced_claim"
    UNANSWERED = "unanswered"
    NEXT_STEP_DISAGREEMENT = "next_step_disagreement"
    LANGUAGE_MISMATCH = "language_mismatch"
    REGION_MISMATCH = "region_mismatch"
    DISAGREEMENT = "disagreement"
    STREAM_MISSING = "stream_missing"
    OVERLAP = "overlap"
    INJECTION_SUSPECTED = "injection_suspected"
    MISDECLARED = "misdeclared"
    DELIVERY_REFUSED = "delivery_refused"
    ASSEMBLE_FAILED = "assemble_failed"
    NEW_WORDS = "new_words"

    @classmethod
    def _missing_(cls, value: object) -> Code | None:
        """A name of before, as histories and playbooks still hold it."""
        return FORMER_CODES.get(value) if isinstance(value, str) else None


FORMER_CODES = {"instructs_reader": Code.INJECTION_SUSPECTED}
"""Names that codes had before, and what they are called now."""


def codes_named(names: tuple[str, ...]) -> frozenset[str]:
    """The codes that a playbook names, by the names of today."""
    return frozenset(FORMER_CODES.get(name, name) for name in names)


class Resolver(StrEnum):
    """Who must resolve a conflict. What `drafting` owns is tried by a redraft first."""

    DRAFTING = "drafting"
    RESEARCH = "research"
    REVIEWER = "reviewer"


class Conflict(Model):
    """A disagreement between two sides, with a quote from either.

    ``id`` is made of the code and the quotes: the same disagreement keeps its id from version to version.
    """

    id: Line
    code: Code
    severity: Severity
    message: Sentence
    left: Quote
    right: Quote
    resolver: Resolver

    @property
    def open(self) -> bool:
        """Whether somebody must look: an `info` is only told."""
        return self.severity is not Severity.INFO


class Settled(Model):
    """A conflict that was open in an earlier version and is gone: in which version, and by what."""

    id: Line
    code: Code
    version: int
    how: Line


class Because(Model):
    """One thing that decided the next step, and what the step would be without it."""

    item: Line
    text: Sentence
    without: Step


class NextStep(Model):
    """What approving does. ``sends``: the reply leaves the house."""

    step: Step
    sends: bool
    because: tuple[Because, ...]


class Brief(Model):
    """One version of the package a person reviews.

    ``supersedes`` is false where this version came out of a redraft that was no better: the earlier version stays.
    ``redraft`` holds what the next automatic redraft should settle; empty when another try is not worth it.
    """

    lead_id: Line
    version: int = Field(ge=1)
    screen: Screened | None = None
    results: tuple[StreamResult, ...] = ()
    judged: Judged | None = None
    reply: Reply | None = None
    edited_by: Line = ""
    filled: tuple[Sentence, ...] = Field(default=(), description="Sentences whose slot a company fact filled.")
    dropped: tuple[Sentence, ...] = Field(default=(), description="Sentences dropped since no fact fitted.")
    overlap_reasons: tuple[Line, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[Settled, ...] = ()
    next_step: NextStep
    steps_that_send: tuple[Step, ...] = ()
    supersedes: bool = True
    redraft: tuple[Conflict, ...] = ()
    error: Sentence = Field(default="", description="Why `assemble` gave up; then nothing else is to be relied on.")

    @property
    def digest(self) -> str:
        """SHA-256 over the brief's canonical JSON."""
        return model_digest(self)

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """Warnings and blocking conflicts, the worst first."""
        found = [conflict for conflict in self.conflicts if conflict.open]
        return tuple(sorted(found, key=lambda conflict: (-conflict.severity.rank, conflict.id)))

    @property
    def blocking(self) -> tuple[Conflict, ...]:
        """What stops an approval until it is resolved or overridden."""
        return tuple(conflict for conflict in self.conflicts if conflict.severity is Severity.BLOCKING)

    @property
    def reconciled(self) -> bool:
        """Without open blocking conflicts."""
        return not self.blocking

    def result(self, stream: Stream) -> StreamResult | None:
        """What came of a stream; None where it was not planned."""
        return next((result for result in self.results if result.stream is stream), None)

    def _output(self, stream: Stream) -> object:
        result = self.result(stream)
        return result.work.output if result and result.work else None

    @property
    def qualification(self) -> Qualification | None:
        """The judgment, where there is one."""
        output = self._output(Stream.QUALIFICATION)
        return output if isinstance(output, Qualification) else None

    @property
    def note(self) -> CompanyNote | None:
        """The company note, where there is one."""
        output = self._output(Stream.RESEARCH)
        return output if isinstance(output, CompanyNote) else None

    @property
    def draft(self) -> Draft | None:
        """The draft as the stream returned it, where there is one."""
        output = self._output(Stream.DRAFTING)
        return output if isinstance(output, Draft) else None

    @property
    def risks(self) -> RiskReport | None:
        """The risk report, where there is one."""
        output = self._output(Stream.FIT_RISK)
        return output if isinstance(output, RiskReport) else None
