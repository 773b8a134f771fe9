"""What the workflow hands to each activity: one model in. A stream's task holds only what it owns or waits for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from leadbraid.models.base import Line, Model, Sentence
from leadbraid.models.brief import Brief, Conflict, Settled
from leadbraid.models.judging import Judged
from leadbraid.models.lead import MESSAGE_LIMIT, Lead, Screened
from leadbraid.models.outputs import Draft, StreamResult
from leadbraid.models.playbook import (
    DraftingRules,
    FitRiskRules,
    MergeRules,
    Playbook,
    QualificationRules,
    ReviewPolicy,
    ScreenRules,
)
from leadbraid.models.review import Edit


class StreamTask(Model):
    """What every stream is given. ``before`` holds what its ancestors in the plan returned, gaps included.

    ``spent`` is how many tokens the lead's calls have used before this one.
    """

    lead_id: Line
    lead: Lead
    version: int = 1
    before: tuple[StreamResult, ...] = ()
    note: Sentence = Field(default="", description="A reviewer's words, when this is a rerun they asked for.")
    spent: int = Field(default=0, ge=0)
    instead_of: Sentence = Field(default="", description="Why the fall-back is asked, where it is.")


class QualificationTask(StreamTask):
    """For `qualification`."""

    rules: QualificationRules


class ResearchTask(StreamTask):
    """For `research`: it has no rules in the playbook; where it looks is a setting of the worker."""


class DraftingTask(StreamTask):
    """For `drafting`. ``settle`` and ``previous`` are set when this is an automatic redraft."""

    rules: DraftingRules
    settle: tuple[Conflict, ...] = ()
    previous: Draft | None = None


class FitRiskTask(StreamTask):
    """For `fit_risk`."""

    rules: FitRiskRules


class JudgeTask(Model):
    """For `judge`: what came of the streams. ``spent`` as in `StreamTask`."""

    lead_id: Line
    version: int = 1
    results: tuple[StreamResult, ...]
    spent: int = Field(default=0, ge=0)


class ScreenTask(Model):
    """For the local activity `screen`."""

    lead: Lead
    rules: ScreenRules


class Earlier(Model):
    """What the merge point must know of the version before."""

    conflicts: tuple[Conflict, ...] = ()
    settled: tuple[Settled, ...] = ()

    @classmethod
    def of(cls, brief: Brief) -> Earlier:
        """The part of ``brief`` that matters to the next version."""
        return cls(conflicts=brief.conflicts, settled=brief.settled)


class AssembleTask(Model):
    """For the merge point.

    ``earlier`` is the version this one is compared with and may replace; ``redrafts`` how many automatic redrafts led
    here (0: this is not one); ``how`` names what made this version, for the conflicts it settles.
    """

    lead_id: Line
    lead: Lead
    rules: MergeRules
    version: int
    screen: Screened | None = None
    results: tuple[StreamResult, ...] = ()
    judged: Judged | None = None
    edit: Edit | None = None
    edited_by: Line = ""
    earlier: Earlier | None = None
    redrafts: int = 0
    how: Line = ""
    delivery_refused: Sentence = ""
    new_words: Sentence = Field(default="", description="What the person wrote since the outputs were made.")


class ReviewTask(Model):
    """For the local activity `open_review`. ``assignee`` is whose the lead is already."""

    lead_id: Line
    opened_at: datetime
    policy: ReviewPolicy
    lead: Lead
    brief: Brief
    contact: Line = ""
    assignee: Line = ""


class Opened(Model):
    """What opening a review found out; recorded, so that a changed rule never moves a running deadline or an owner.

    ``others``: other open leads of the same person. ``notices``: whether the worker knows anybody to tell.
    """

    remind_at: datetime
    due_at: datetime
    expire_at: datetime
    assignee: Line = ""
    approvals_needed: int = 1
    others: tuple[Line, ...] = ()
    notices: bool = False


class RelatedTask(Model):
    """For the local activity `related`: which open lead of the same person came before this one?"""

    lead_id: Line
    contact: Line
    started_at: datetime


class CurrentPlaybook(Model):
    """The playbook that new leads are worked by now, and its digest."""

    playbook: Playbook
    digest: Line


def _of_our_time(value: datetime) -> datetime:
    if not 1970 < value.year < 3000:
        raise ValueError("is not a time of our days")
    return value


class NewWords(Model):
    """Signal `enquiry`: what the same person wrote while a lead is open. ``lead_id`` is the enquiry's own workflow."""

    lead_id: Annotated[str, StringConstraints(pattern=r"^lead-[0-9a-f]{16}$")]
    at: Annotated[AwareDatetime, AfterValidator(_of_our_time)]
    message: Annotated[str, StringConstraints(min_length=1, max_length=MESSAGE_LIMIT)]


class Taken(Model):
    """Signal `enquiry_taken`: whether an open lead took the words in."""

    lead_id: Line
    taken: bool
