"""Making the audit record of one lead from the histories of its runs. Pure: no clock, no server, no rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import ValidationError

from leadbraid import __version__
from leadbraid.audit.delivery import DeliveryReader
from leadbraid.audit.events import first_of, time_of
from leadbraid.audit.history import Run
from leadbraid.audit.lead import Known, LeadReader, Ordered
from leadbraid.audit.reading import Reader, closed
from leadbraid.audit.schema import AuditRecord, DecisionRecord, DeliveryRecord, Place, RunRecord, Worker
from leadbraid.errors import AuditError
from leadbraid.models import DecisionKind, DeliveryResult, Fate, LeadStart, State
from leadbraid.models.visible import one_line

LEAD, DELIVERY = "LeadFollowUp", "Delivery"


def make_record(runs: Sequence[Run]) -> AuditRecord:
    """The account of the lead whose runs these are; runs of its deliveries may be among them, in any order.

    Raises:
        AuditError: They are not the runs of one lead, or hold something that no version of this program writes.
    """
    leads, deliveries = _of_one_lead(runs)
    try:
        return _Account(leads, deliveries).record()
    except (ValidationError, KeyError, AttributeError, TypeError, ValueError) as error:
        raise AuditError(
            f"The history of {leads[0].workflow_id} cannot be read ({one_line(_first(error), 200)}); "
            "it was not written by this program, or was changed."
        ) from error


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"


def _of_one_lead(runs: Sequence[Run]) -> tuple[list[Run], list[Run]]:
    leads = in_order(run for run in runs if run.workflow_type == LEAD)
    deliveries = in_order(run for run in runs if run.workflow_type == DELIVERY)
    names = sorted({run.workflow_id for run in leads})
    if len(names) != 1:
        what = f"of {len(names)} leads ({', '.join(names[:3])})" if names else "of no lead"
        raise AuditError(f"The histories are {what}; give those of one lead (and of its deliveries).")
    ours = names[0].removeprefix("lead-")
    for run in runs:
        if run.workflow_type not in (LEAD, DELIVERY) or ours not in run.workflow_id:
            raise AuditError(f"{run.workflow_id} ({run.workflow_type}) does not belong to {names[0]}; leave it out.")
    ids = [run.run_id for run in runs]
    if twice := next((one for one in ids if ids.count(one) > 1), ""):
        raise AuditError(f"The run {twice} is given twice; give each history once.")
    return leads, deliveries


def in_order(runs: Iterable[Run]) -> list[Run]:
    """By the first event of their own."""
    return sorted(runs, key=lambda run: (time_of(run.events[max(run.reset_at - 1, 0)].event_time), run.run_id))


class _Account:
    """The facts of all runs, put together."""

    def __init__(self, leads: list[Run], deliveries: list[Run]) -> None:
        self._runs = [*leads, *deliveries]
        self._leads: list[LeadReader] = []
        for run in leads:
            self._leads.append(self._read(run))
        self._deliveries = [DeliveryReader(run, self._copied(run)) for run in deliveries]
        for reader in self._deliveries:
            reader.read()

    def _read(self, run: Run) -> LeadReader:
        before = next((one for one in self._leads if one.run.run_id == run.continued_from), None)
        known = Known.after(before.known) if before else None
        reader = LeadReader(run, LeadStart.model_validate(first_of(run.started.input)), known, self._copied(run))
        reader.read()
        return reader

    def _copied(self, run: Run) -> int:
        """What a reset run has a copy of is told by the run it was reset from; where that is not here, by the copy."""
        here = {one.run_id for one in self._runs}
        return run.reset_at if run.reset_from in here else 0

    def _numbers(self, approvals: Iterable[DecisionRecord], decisions: Sequence[DecisionRecord]) -> tuple[int, ...]:
        """Which of the decisions they are; one that a reset run has a copy of is the one of the run before."""
        number = {(one.place.run_id, one.place.event_id): n for n, one in enumerate(decisions, 1)}
        base = {run.run_id: run.reset_from for run in self._runs}
        found = []
        for one in approvals:
            run_id = one.place.run_id
            while run_id and (run_id, one.place.event_id) not in number:
                run_id = base.get(run_id, "")
            found += [number[run_id, one.place.event_id]] if run_id else []
        return tuple(found)

    def record(self) -> AuditRecord:
        """Lists are in the order in which things happened."""
        first, last = self._leads[0], self._leads[-1]
        how, reason, ended = closed(last.run)
        decisions = [one for lead in self._leads for one in lead.told()]
        readers: list[Reader] = [*self._leads, *self._deliveries]
        return AuditRecord(
            made_by=f"leadbraid {__version__}",
            lead_id=first.run.workflow_id,
            state=self._state(),
            ended=how,
            reason=last.outcome.reason if last.outcome else reason,
            outcome=last.outcome,
            started=time_of(first.run.events[0].event_time),
            closed=ended,
            lead=first.start.lead,
            mail_from=first.start.mail_from,
            earlier=first.start.earlier,
            playbooks=tuple(one for lead in self._leads for one in lead.playbooks),
            words=tuple(one for lead in self._leads for one in lead.words),
            versions=tuple(one for lead in self._leads for one in lead.versions),
            reviews=tuple(one for lead in self._leads for one in lead.reviews),
            decisions=tuple(decisions),
            untold=sum(one.accepted is None and not one.again for one in decisions),
            approvals=self._numbers(last.known.standing, decisions),
            assigned=tuple(one for lead in self._leads for one in lead.assigned),
            deliveries=tuple(self._delivery(name, decisions) for name in self._delivery_ids()),
            states=tuple(one for lead in self._leads for one in lead.states),
            occurrences=tuple(
                sorted((one for reader in readers for one in reader.occurrences), key=lambda one: one.place.at)
            ),
            calls=tuple(sorted((one for reader in readers for one in reader.calls), key=lambda one: one.scheduled)),
            workers=_workers(readers),
            runs=tuple(_run(run) for run in self._runs),
            notes=tuple(self._notes()),
        )

    def _state(self) -> State:
        last = self._leads[-1]
        if last.outcome:
            return last.outcome.state
        states = [one.state for lead in self._leads for one in lead.states]
        return states[-1] if states else State.WORKING

    # --- deliveries ------------------------------------------------------------------------------------------------

    def _delivery_ids(self) -> list[str]:
        ordered = [name for lead in self._leads for name in lead.ordered]
        return list(dict.fromkeys([*ordered, *(reader.order.delivery_id for reader in self._deliveries)]))

    def _delivery(self, name: str, decisions: Sequence[DecisionRecord]) -> DeliveryRecord:
        ordered = [lead.ordered[name] for lead in self._leads if name in lead.ordered]
        own = [reader for reader in self._deliveries if reader.order.delivery_id == name]
        order = own[0].order if own else _began(ordered).order
        result = _result([*(one.result for one in ordered), *(reader.result for reader in own)])
        began = _began(ordered) if ordered else None
        place = began.place if began else _start_of(own[0].run)
        return DeliveryRecord(
            delivery_id=name,
            place=place,
            reply=order.reply,
            digest=order.reply.digest,
            message_id=order.message_id,
            sender=order.sender,
            approved_by=order.approved_by,
            approved_at=order.approved_at,
            attempts=tuple(one for reader in own for one in reader.attempts),
            looked=tuple(one for reader in own for one in reader.looked),
            settled=tuple(one for reader in own for one in reader.settled),
            stop_asked=any(reader.stop_asked for reader in own),
            fate=result.fate.value if result else self._fate_without_result(own),
            note=result.note if result else "",
            sent_at=next((reader.sent_at for reader in own if reader.sent_at), None),
            went_to=result.place if result else "",
            may_have_left=self._may_have_left(own) or (result is not None and result.fate is Fate.UNKNOWN),
            is_open=any(closed(reader.run)[0] == "open" for reader in own),
            approvals=self._numbers(began.approvals, decisions) if began else (),
            was_approved=self._was_approved(order.reply.digest, began),
        )

    def _may_have_left(self, own: Sequence[DeliveryReader]) -> bool:
        """An attempt without a certain end; or a run before a reset that is not here may have sent."""
        here = {run.run_id for run in self._runs}
        lost = any(reader.run.reset_from and reader.run.reset_from not in here for reader in own)
        running = any(one.committed and not one.fate for reader in own for one in reader.attempts)
        return lost or running or any(one.uncertain for reader in own for one in reader.attempts)

    def _fate_without_result(self, own: Sequence[DeliveryReader]) -> str:
        """What is certain of a delivery that gave no result: empty while it runs and has handed nothing over."""
        if not own or self._may_have_left(own):
            return Fate.UNKNOWN.value
        is_open = any(closed(reader.run)[0] == "open" for reader in own)
        return "" if is_open else Fate.NOT_SENT.value

    def _was_approved(self, digest: str, began: Ordered | None) -> bool | None:
        """Whether that reply stood approved when the delivery began; None where the histories cannot tell."""
        if began is None:
            return None
        lead = next(one for one in self._leads if one.run.run_id == began.place.run_id)
        standing = {one.approved_digest for one in began.approvals}
        if not standing and lead.known.approved_before is not None:
            return lead.known.approved_before == digest
        untold = any(one.accepted is None and one.kind == DecisionKind.APPROVE for one in lead.decisions)
        return None if untold and not standing else standing == {digest}

    # --- what is missing -------------------------------------------------------------------------------------------

    def _notes(self) -> Iterable[str]:
        here = {run.run_id for run in self._runs}
        for run in self._runs:
            if run.continued_from and run.continued_from not in here:
                yield f"The run {run.continued_from}, which went on in {run.run_id}, is not among the histories."
            if run.reset_from and run.reset_from not in here:
                yield f"The run {run.reset_from}, from which {run.run_id} was reset, is not among the histories."
        read = {reader.order.delivery_id for reader in self._deliveries}
        for name in self._delivery_ids():
            if name not in read:
                yield f"The history of {name} is not given: its attempts are not in this account."
        if any(lead.known.approved_before for lead in self._leads):
            yield "What stood approved before came from a run that is not among the histories."
        if any(one.error for one in (lead.known.brief for lead in self._leads) if one):
            yield "The merge point gave up on the newest version; what the reviewer saw is the reason it gave."


def _began(ordered: Sequence[Ordered]) -> Ordered:
    """The order that began the delivery, where several runs of the lead ordered one of that name."""
    return next((one for one in ordered if not one.already_there), ordered[0])


def _result(results: Sequence[DeliveryResult | None]) -> DeliveryResult | None:
    """The last that is certain, else the last."""
    found = [one for one in results if one]
    certain = [one for one in found if one.fate is not Fate.UNKNOWN]
    return (certain or found)[-1] if found else None


def _start_of(run: Run) -> Place:
    return Place(run_id=run.run_id, event_id=1, at=time_of(run.events[0].event_time))


def _run(run: Run) -> RunRecord:
    how, reason, ended = closed(run)
    return RunRecord(
        workflow_id=run.workflow_id,
        run_id=run.run_id,
        type=run.workflow_type,
        started=time_of(run.events[max(run.reset_at - 1, 0)].event_time),
        ended=ended,
        closed=how,
        reason=reason,
        continued_from=run.continued_from,
        reset_from=run.reset_from,
        reset_at=run.reset_at,
        head=run.head,
        events=run.digests,
    )


def _workers(readers: Iterable[Reader]) -> tuple[Worker, ...]:
    """Each program once, with its first and last sign in any run."""
    met: dict[tuple[str, str], Worker] = {}
    for reader in readers:
        for key, one in reader.workers.items():
            before = met.get(key, one)
            met[key] = one.model_copy(
                update={
                    "first": min(before.first, one.first),
                    "last": max(before.last, one.last),
                    "sdk": before.sdk or one.sdk,
                    "deployment": before.deployment or one.deployment,
                }
            )
    return tuple(sorted(met.values(), key=lambda one: (one.first, one.identity)))
