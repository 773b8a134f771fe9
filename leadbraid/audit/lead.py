"""Reading a run of `LeadFollowUp`: versions, decisions and their verdicts, states, who was asked, what was ordered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from leadbraid.audit.events import failure_of, first_of, readable, value_of, values_of
from leadbraid.audit.history import Run
from leadbraid.audit.reading import Draft, Reader
from leadbraid.audit.schema import (
    CallEnd,
    DecisionRecord,
    Override,
    Place,
    PlaybookRecord,
    Review,
    StateRecord,
    VersionRecord,
    WordsRecord,
)
from leadbraid.models import (
    Assigned,
    Brief,
    Checked,
    CurrentPlaybook,
    Decision,
    DecisionKind,
    DecisionVerdict,
    DeliveryResult,
    LeadStart,
    NewWords,
    Opened,
    Order,
    Outcome,
    Reply,
    SignalVerdict,
    State,
)
from leadbraid.models.base import canonical_json
from leadbraid.models.visible import one_line

INNER_SIGNALS = frozenset(("enquiry", "enquiry_taken", "delivery"))
"""Signals that our own workflows send; only those that were refused are told as decisions."""


WITHDRAWS = frozenset((DecisionKind.TAKE_BACK, DecisionKind.REJECT, DecisionKind.REQUEST_CHANGES, DecisionKind.SNOOZE))
"""Decisions after which an approval made before counts no more."""


@dataclass
class Ordered:
    """A delivery as its lead tells of it."""

    place: Place
    order: Order
    result: DeliveryResult | None = None
    already_there: bool = False
    approvals: list[DecisionRecord] = field(default_factory=list)


@dataclass
class Known:
    """What is known at a moment; goes from a run to the one that follows it."""

    brief: Brief | None = None
    digests: dict[int, str] = field(default_factory=dict)
    briefs: dict[int, Brief] = field(default_factory=dict)
    assignee: str = ""
    recipient: str = ""
    sent_ids: set[str] = field(default_factory=set)
    standing: list[DecisionRecord] = field(default_factory=list)
    approved_before: str | None = None
    """Digest of what stood approved when a run began whose predecessor is not among the histories."""
    not_last_editor: bool = False

    @classmethod
    def after(cls, earlier: Known) -> Known:
        """What the next run begins with; ``earlier`` stays as it is."""
        return replace(
            earlier,
            digests=dict(earlier.digests),
            briefs=dict(earlier.briefs),
            sent_ids=set(earlier.sent_ids),
            standing=list(earlier.standing),
        )


class LeadReader(Reader):
    """One run of a lead. ``known`` is what the run that it goes on from ended with, where that was read."""

    def __init__(self, run: Run, start: LeadStart, known: Known | None, copied: int) -> None:
        super().__init__(run, copied)
        self.start = start
        self._alone = known is None
        self.known = known or Known()
        self.versions: list[VersionRecord] = []
        self.decisions: list[DecisionRecord] = []
        self.reviews: list[Review] = []
        self.states: list[StateRecord] = []
        self.assigned: list[Assigned] = []
        self.playbooks: list[PlaybookRecord] = []
        self.words: list[WordsRecord] = []
        self.ordered: dict[str, Ordered] = {}
        self.outcome: Outcome | None = None
        self._of_signal: dict[int, int] = {}
        self._of_update: dict[str, int] = {}
        self._admitted: dict[int, Any] = {}
        self._came = 0
        self._checked: dict[bytes, Checked] = {}
        self._children: dict[int, str] = {}
        self._given: dict[str, str] = {}
        self._rang = ""
        self._cleared: list[int] = []
        self._began = list(self.known.standing)
        self._went_on_from(start)

    def _went_on_from(self, start: LeadStart) -> None:
        self.known.recipient = start.lead.email
        self.known.not_last_editor = start.playbook.review.approvals.not_last_editor
        if start.carried and self._alone and start.carried.approved:
            self.known.approved_before = start.carried.approved.digest
        if start.carried:
            self.known.assignee = start.carried.assignee
            self._now(start.carried.brief)

    def _now(self, brief: Brief) -> None:
        self.known.brief = brief
        self.known.briefs[brief.version] = brief

    # --- the start, the end, states --------------------------------------------------------------------------------

    def on_workflow_execution_started(self, event: HistoryEvent, _: Any) -> None:
        """The playbook; where the run that it goes on from is not among the histories, also the state then."""
        carried, playbook = self.start.carried, self.start.playbook
        if self.own and (carried is None or self._alone):
            self._playbook(event, self.start.playbook_digest, playbook.name, playbook.stream_plan.name)
        if self.own and carried and self._alone:
            self.states.append(StateRecord(place=self.place(event), state=carried.state))

    def _playbook(self, event: HistoryEvent, digest: str, name: str, plan: str) -> None:
        self.playbooks.append(PlaybookRecord(place=self.place(event), digest=digest, name=name, plan=plan))

    def on_workflow_execution_completed(self, _: HistoryEvent, attributes: Any) -> None:
        """Its result says how the lead ended."""
        self.outcome = Outcome.model_validate(first_of(attributes.result))

    def on_upsert_workflow_search_attributes(self, event: HistoryEvent, attributes: Any) -> None:
        """States and owners are search attributes."""
        fields = {name: value_of(one) for name, one in attributes.search_attributes.indexed_fields.items()}
        if self.own and (state := fields.get("LeadState")):
            self.states.append(StateRecord(place=self.place(event), state=State(state)))
        owner = fields.get("LeadAssignee")
        if isinstance(owner, str) and owner != self.known.assignee:
            self._owner(event, owner, self._given.pop(owner, "") or f"escalated when this rang: {self._rang}")

    def _owner(self, event: HistoryEvent, to: str, why: str) -> None:
        self.known.assignee = to
        if self.own:
            self.assigned.append(Assigned(at=self.place(event).at, to=to, why=one_line(why, 300)))

    def on_timer_fired(self, event: HistoryEvent, attributes: Any) -> None:
        """An alarm of the review, most of the time."""
        self._rang = self._timers.get(attributes.started_event_id, "a timer")
        super().on_timer_fired(event, attributes)

    # --- what activities returned ----------------------------------------------------------------------------------

    def call_ended(self, draft: Draft) -> None:
        """Some results are facts of their own."""
        if draft.call.name == "assemble" and draft.call.end is not CallEnd.OPEN:
            self._version(draft)
        elif draft.call.end is not CallEnd.COMPLETED:
            return
        elif draft.call.name == "open_review":
            self._opened(draft)
        elif draft.call.name == "verify_decision":
            self._checked[canonical_json(draft.task["decision"])] = Checked.model_validate(draft.result)
        elif draft.call.name == "current_playbook":
            self._refreshed(draft)
        elif draft.call.name == "delivery_outcome" and isinstance(draft.task, str) and draft.task in self.ordered:
            self.ordered[draft.task].result = DeliveryResult.model_validate(draft.result)

    def _refreshed(self, draft: Draft) -> None:
        current = CurrentPlaybook.model_validate(draft.result)
        playbook, place = current.playbook, draft.call.place
        self.known.not_last_editor = playbook.review.approvals.not_last_editor
        if self.own:
            self.playbooks.append(
                PlaybookRecord(place=place, digest=current.digest, name=playbook.name, plan=playbook.stream_plan.name)
            )

    def _version(self, draft: Draft) -> None:
        """The result of `assemble` is the version; where it failed, its reason is all that there is."""
        task, done = draft.task, draft.call.end is CallEnd.COMPLETED
        reason = draft.call.failures[-1].message if draft.call.failures else draft.call.end.value
        raw = draft.result if done else {"version": task["version"], "error": reason}
        brief = Brief.model_validate(raw) if done else None
        redraft = bool(task.get("redrafts"))
        taken = not (redraft and (brief is None or brief.error or not brief.supersedes))
        if brief:
            self.known.digests[brief.version] = brief.digest
        if brief and taken:
            self._now(brief)
        self.known.recipient = task["lead"]["email"]
        if self.own:
            self.versions.append(
                VersionRecord(
                    place=draft.call.place,
                    version=task["version"],
                    how=task.get("how", ""),
                    taken=taken,
                    digest=brief.digest if brief else "",
                    reply=brief.reply.digest if brief and brief.reply else "",
                    brief=raw,
                )
            )

    def _opened(self, draft: Draft) -> None:
        opened = Opened.model_validate(draft.result)
        self._cleared.append(draft.call.place.event_id)
        if self.own:
            self.reviews.append(Review(place=draft.call.place, **opened.model_dump(exclude={"notices"})))
        if opened.assignee and not self.known.assignee:
            self.known.assignee = opened.assignee
            if self.own:
                self.assigned.append(
                    Assigned(at=draft.call.place.at, to=opened.assignee, why="by the playbook's owners")
                )

    # --- decisions -------------------------------------------------------------------------------------------------

    def on_workflow_execution_signaled(self, event: HistoryEvent, attributes: Any) -> None:
        """One that the SDK can read gets a number; its verdict comes in a memo."""
        name, came = attributes.signal_name, values_of(attributes.input)
        if name in INNER_SIGNALS | {"review"} and not readable(attributes.input.payloads):
            self._decision(event, f"signal {name}", came, attributes.identity)
            self._say(-1, accepted=False, code="undecodable", message="The SDK could not decode it and dropped it.")
            return
        self._came += 1
        self._decision(event, f"signal {name}", came, attributes.identity)
        self._of_signal[self._came] = len(self.decisions) - 1
        if name == "enquiry" and self.own and len(came) == 1:
            self._wrote_again(event, came[0], attributes)

    def on_workflow_execution_update_admitted(self, event: HistoryEvent, attributes: Any) -> None:
        """What an update asks, where its acceptance does not repeat it."""
        self._admitted[event.event_id] = attributes.request

    def on_workflow_execution_update_accepted(self, event: HistoryEvent, attributes: Any) -> None:
        """The update `decide` has begun. After a reset the server admits it again, with an event of its own."""
        request = self._admitted.get(attributes.accepted_request_sequencing_event_id, attributes.accepted_request)
        if request.input.name == "decide":
            self._decision(event, "update decide", values_of(request.input.args), request.meta.identity)
            reapplied = attributes.accepted_request_sequencing_event_id in self._admitted
            self._say(-1, update_id=request.meta.update_id, reapplied=reapplied)
            self._of_update[request.meta.update_id] = len(self.decisions) - 1

    def on_workflow_execution_update_completed(self, _: HistoryEvent, attributes: Any) -> None:
        """Its verdict, or why it was refused."""
        at = self._of_update.get(attributes.meta.update_id)
        if at is None:
            return
        if attributes.outcome.HasField("failure"):
            failure = failure_of(attributes.outcome.failure)
            self._look_at_signature(at)
            self._say(at, accepted=False, code=failure.type, message=failure.message)
        else:
            self._verdict(at, DecisionVerdict.model_validate(first_of(attributes.outcome.success)))

    def on_workflow_properties_modified(self, _: HistoryEvent, attributes: Any) -> None:
        """The memo with the verdicts on signals."""
        told = attributes.upserted_memo.fields.get("signals")
        for one in value_of(told) if told else ():
            found = SignalVerdict.model_validate(one)
            if (at := self._of_signal.get(found.n)) is not None:
                self._verdict(at, found.verdict)

    def _decision(self, event: HistoryEvent, door: str, came: list[Any], identity: str) -> None:
        sent = came[0] if len(came) == 1 else came
        told = sent if isinstance(sent, dict) else {}
        current = self.known.brief.version if self.known.brief else 0
        seen = _version_named(told) or current
        self.decisions.append(
            DecisionRecord(
                place=self.place(event),
                door=door,
                identity=identity,
                kind=_text(told, "decision") or "unreadable",
                claimed_by=_text(told, "reviewer"),
                role=_text(told, "role"),
                key=_text(told, "key"),
                sent=sent,
                seen=seen,
                seen_digest=self.known.digests.get(seen, ""),
                current=current,
                reapplied=self._just_reset(event),
            )
        )
        if told.get("decision") == DecisionKind.ASSIGN:
            note = _text(told, "note")
            self._given[_text(told, "assignee")] = f"assigned by {_text(told, 'reviewer')}{f': {note}' if note else ''}"

    def _just_reset(self, event: HistoryEvent) -> bool:
        """Between a reset and the first task after it the server repeats the signals that came since."""
        after = self.run.events[self.run.reset_at : event.event_id]
        return 0 < self.run.reset_at < event.event_id and not any(
            one.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED for one in after
        )

    def _say(self, at: int, **found: Any) -> None:
        self.decisions[at] = self.decisions[at].model_copy(update=found)

    def _look_at_signature(self, at: int) -> None:
        if self.decisions[at].key:
            self._say(at, checked=self._checked.get(canonical_json(self.decisions[at].sent)))

    def _verdict(self, at: int, verdict: DecisionVerdict) -> None:
        self._look_at_signature(at)
        decision = self.decisions[at]
        found: dict[str, Any] = {
            "accepted": verdict.accepted,
            "code": verdict.code,
            "message": verdict.message,
            "state": verdict.state,
            "held_until": verdict.held_until,
            "counted_on": verdict.version if verdict.accepted else 0,
        }
        if verdict.accepted:
            found |= self._what_counted(decision, verdict)
        self._say(at, **found)

    def _what_counted(self, decision: DecisionRecord, verdict: DecisionVerdict) -> dict[str, Any]:
        sent, checked = decision.sent, decision.checked
        reply = self._approved_reply(decision) if verdict.reply else None
        overrides = sent.get("overrides") if isinstance(sent.get("overrides"), dict) else {}
        conflicts = {one.id: one for brief in self.known.briefs.values() for one in brief.conflicts}
        return {
            "by": checked.reviewer if checked and checked.valid else "",
            "approved": reply if reply and reply.digest == verdict.reply else None,
            "approved_digest": verdict.reply,
            "overrides": tuple(
                Override(conflict=name, reason=str(why), was=conflicts.get(name)) for name, why in overrides.items()
            ),
        }

    def _approved_reply(self, decision: DecisionRecord) -> Reply | None:
        """The bytes that were approved: the reviewer's own words, else the reply of the version that was seen."""
        if edited := decision.sent.get("edited"):
            return Reply(recipient=self.known.recipient, subject=edited["subject"], body=edited["body"])
        seen = self.known.briefs.get(decision.seen)
        return seen.reply if seen else None

    def read(self) -> None:
        """Every event; then what follows only from all of them."""
        super().read()
        self._mark_repeated()
        for ordered in self.ordered.values():
            if ordered.place.run_id == self.run.run_id:
                ordered.approvals = self.standing(ordered.place.event_id)
        self.known.standing = self.standing()

    def _mark_repeated(self) -> None:
        """A decision id counts once: whoever sends it again gets the verdict that it had."""
        for n, one in enumerate(self.decisions):
            name = _text(one.sent, "decision_id") if isinstance(one.sent, dict) else ""
            if name and name in self.known.sent_ids:
                self._say(n, again=True)
            elif name and one.accepted is not False:
                self.known.sent_ids.add(name)

    def standing(self, until: int | None = None) -> list[DecisionRecord]:
        """The approvals that stood at an event, or at the end, as the workflow keeps them.

        Each review that opens begins without any, and so does another version, text or step. Who writes the words and
        approves them at once counts only where the playbook lets the last editor.
        """
        approvals = [
            one for one in self.decisions if one.accepted and one.kind == DecisionKind.APPROVE and not one.again
        ]
        moments = [(one.place.event_id, one) for one in approvals]
        withdrawn = [one.place.event_id for one in self.decisions if one.accepted and one.kind in WITHDRAWS]
        heard = [one.place.event_id for one in self.words if one.taken]
        cleared = [(event_id, None) for event_id in (*self._cleared, *withdrawn, *heard)]
        standing, key = list(self._began), _approves(self._began[-1]) if self._began else None
        for event_id, one in sorted([*moments, *cleared], key=lambda moment: moment[0]):
            if until is not None and event_id > until:
                break
            if one is None or _approves(one) != key:
                standing, key = [], _approves(one) if one else None
            if one and not (self.known.not_last_editor and one.sent.get("edited")):
                standing.append(one)
        return standing

    def told(self) -> list[DecisionRecord]:
        """The decisions of this run: without copies, and without what our own workflows sent and nobody refused."""
        own = [one for one in self.decisions if one.place.event_id > self.copied]
        inner = {f"signal {name}" for name in INNER_SIGNALS}
        return [one for one in own if one.door not in inner or one.accepted is False]

    # --- the person writes again -----------------------------------------------------------------------------------

    def _wrote_again(self, event: HistoryEvent, came: Any, attributes: Any) -> None:
        try:
            words = NewWords.model_validate(came)
        except ValidationError:
            return  # refused, and told as such
        workflow = attributes.external_workflow_execution.workflow_id
        self.words.append(
            WordsRecord(
                place=self.place(event),
                words=words,
                sender=workflow or attributes.identity,
                genuine=workflow == words.lead_id,
            )
        )

    def on_signal_external_workflow_execution_initiated(self, _: HistoryEvent, attributes: Any) -> None:
        """The answer to an enquiry's words says whether the lead took them."""
        answer = first_of(attributes.input)
        if attributes.signal_name != "enquiry_taken" or not isinstance(answer, dict):
            return
        asker = attributes.workflow_execution.workflow_id
        for n, one in enumerate(self.words):
            if one.words.lead_id == asker and one.taken is None:
                self.words[n] = one.model_copy(update={"taken": bool(answer.get("taken"))})
                return

    # --- deliveries ------------------------------------------------------------------------------------------------

    def on_start_child_workflow_execution_initiated(self, event: HistoryEvent, attributes: Any) -> None:
        """A delivery was ordered."""
        if attributes.workflow_type.name == "Delivery":
            order = Order.model_validate(first_of(attributes.input))
            self._children[event.event_id] = order.delivery_id
            self.ordered[order.delivery_id] = Ordered(self.place(event), order)

    def on_start_child_workflow_execution_failed(self, _: HistoryEvent, attributes: Any) -> None:
        """An earlier run of this lead had begun the delivery of that name."""
        if name := self._children.get(attributes.initiated_event_id):
            self.ordered[name].already_there = True

    def on_child_workflow_execution_completed(self, _: HistoryEvent, attributes: Any) -> None:
        """How the delivery ended."""
        if name := self._children.get(attributes.initiated_event_id):
            self.ordered[name].result = DeliveryResult.model_validate(first_of(attributes.result))


def _approves(one: DecisionRecord) -> tuple[str, int, str]:
    return one.approved_digest, one.counted_on, _text(one.sent, "next_step")


def _version_named(told: dict[str, Any]) -> int:
    """The version that a decision names, as the workflow reads it; 0 where it names none."""
    try:
        return Decision.model_validate(told).version or 0
    except ValidationError:
        version = told.get("version")
        return version if isinstance(version, int) and not isinstance(version, bool) else 0


def _text(told: dict[str, Any], name: str) -> str:
    found = told.get(name)
    return found[:1000] if isinstance(found, str) else ""
