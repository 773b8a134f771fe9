"""Reading a history: what a lead's calls took up to the review, and which briefs came of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from temporalio.api.history.v1 import HistoryEvent
from temporalio.converter import DataConverter

from leadbraid.audit.timing import Timing, Work, timing
from leadbraid.compare.worked import Call, Worked, taken
from leadbraid.errors import InputError
from leadbraid.models import Brief, LeadStart, Stream, StreamWork


async def read_worked(
    events: Iterable[HistoryEvent], converter: DataConverter, *, lead_id: str, plan: str, brief: Brief | None = None
) -> Worked | None:
    """Read a history; None where no stream worked (screened out, attached) or the first brief is not made yet.

    Args:
        events: From the first one on.
        converter: What the payloads were written with.
        lead_id: Whose it is.
        plan: What to call the plan.
        brief: What came to review, where that is known better than from the history (the merge point gave up).
    """
    times = timing(events)
    briefs = [await _brief(work, converter) for work in times.before_review if work.name == "assemble" and work.ok]
    calls = await _calls(times, converter)
    if not calls or times.seconds_to_review is None or not (briefs or brief):
        return None
    last = brief or taken(briefs)
    return Worked(lead_id, plan, times.seconds_to_review, calls, briefs[0] if briefs else last, last)


async def _calls(times: Timing, converter: DataConverter) -> tuple[Call, ...]:
    calls: list[Call] = []
    assembled = False
    for work in times.before_review:
        assembled = assembled or work.name == "assemble"
        if work.is_stream and work.ended:
            calls.append(await _call(work, times.started, converter, redraft=assembled))
    return tuple(calls)


async def _call(work: Work, start: datetime, converter: DataConverter, *, redraft: bool) -> Call:
    assert work.ended is not None
    return Call(
        stream=Stream(work.name),
        scheduled=(work.scheduled - start).total_seconds(),
        began=((work.began or work.scheduled) - start).total_seconds(),
        ended=(work.ended - start).total_seconds(),
        ok=work.ok,
        tries=max(1, work.tries),
        failure=work.failure,
        redraft=redraft,
        tokens=await _tokens(work, converter),
    )


async def _tokens(work: Work, converter: DataConverter) -> int | None:
    if not work.ok:
        return None
    [found] = await converter.decode(work.result, [StreamWork])
    assert isinstance(found, StreamWork)
    made = found.made
    return (
        None if made.tokens_in is None and made.tokens_out is None else (made.tokens_in or 0) + (made.tokens_out or 0)
    )


async def _brief(work: Work, converter: DataConverter) -> Brief:
    [found] = await converter.decode(work.result, [Brief])
    assert isinstance(found, Brief)
    return found


# --- the history of a real lead ------------------------------------------------------------------------------------


async def start_of(events: Sequence[HistoryEvent], converter: DataConverter) -> LeadStart:
    """What a lead's run began with.

    Raises:
        InputError: This is no lead's history.
    """
    begun = events[0].workflow_execution_started_event_attributes if events else None
    if begun is None or begun.workflow_type.name != "LeadFollowUp":
        raise InputError("this is no history of a lead (workflow LeadFollowUp)")
    [start] = await converter.decode(begun.input.payloads, [LeadStart])
    assert isinstance(start, LeadStart)
    return start
