"""What a lead's workflow starts with, and what a long review carries into its next run."""

from __future__ import annotations

from datetime import datetime

from leadbraid.models.base import Line, Model, Sentence
from leadbraid.models.brief import Brief
from leadbraid.models.judging import Judged
from leadbraid.models.lead import Lead, Screened
from leadbraid.models.notice import NoticeKind
from leadbraid.models.outputs import StreamResult
from leadbraid.models.playbook import Playbook
from leadbraid.models.review import Approved, Assigned, Decided, Edit, Refusal, State, Verdict
from leadbraid.models.spent import Spent
from leadbraid.models.tasks import NewWords, Opened


class Known(Model):
    """A decision by its id and digest, and its verdict: the same id must give the same answer in every run."""

    decision_id: Line
    digest: Line
    verdict: Verdict


class Carried(Model):
    """Everything a run knows that its next one must know too: a run's history is bounded, a review may last for weeks.

    Times are absolute, so no deadline moves. ``words`` are in the lead's message already.
    """

    run: int
    state: State
    brief: Brief
    made: int
    results: tuple[StreamResult, ...]
    screen: Screened | None
    edit: Edit | None
    edited_by: Line
    new_words: Sentence
    decided: tuple[Decided, ...]
    decided_more: int
    refused: tuple[Refusal, ...]
    refused_more: int
    known: tuple[Known, ...]
    approved: Approved | None
    approved_by: tuple[Line, ...]
    assignee: Line
    assigned: tuple[Assigned, ...]
    opened: Opened | None
    reminded: datetime | None
    escalated: bool
    until: datetime | None
    occasion: int
    told: tuple[NoticeKind, ...]
    changes: int
    deliveries: int
    words: tuple[NewWords, ...]
    judged: Judged | None = None
    spent: Spent = Spent()


class LeadStart(Model):
    """Input of the workflow `LeadFollowUp`: the lead, and the playbook it will be worked by, as it was then.

    ``earlier`` is the closed lead that this one repeats. ``carried`` is set when a long review goes on in a new run.
    """

    lead_id: Line
    lead: Lead
    playbook: Playbook
    playbook_digest: Line
    mail_from: Line
    earlier: Line = ""
    carried: Carried | None = None


class ComparedStart(Model):
    """Input of the workflow `ComparedLead`: the lead with the plan it is worked by, and the queue of its stream calls.

    Each plan of a comparison has a queue of its own: none waits behind another's calls, and no real worker takes one.
    """

    start: LeadStart
    models_queue: Line
