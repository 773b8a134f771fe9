"""The merge point: what the streams returned, or why they did not, becomes one brief. Pure, and total.

What the activity `assemble` runs. Any subset of outputs gives a brief; the order of the results changes nothing.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from leadbraid.conflicts import Case, Filled, find_conflicts, instructs, overlap_reasons, sides_of
from leadbraid.conflicts.case import MARKER, cut
from leadbraid.conflicts.links import links_in
from leadbraid.models import (
    AssembleTask,
    Brief,
    Code,
    CompanyNote,
    Conflict,
    Draft,
    Earlier,
    Fact,
    Gap,
    NextStep,
    Qualification,
    Reply,
    Resolver,
    RiskReport,
    Settled,
    Severity,
    Step,
    Stream,
    StreamResult,
)
from leadbraid.next_step import decide, items_of, sends
from leadbraid.text import commitments_in, sentences


def assemble(task: AssembleTask) -> Brief:
    """One brief of what ``task`` holds: fill the slots, find the conflicts, and last decide the next step."""
    results = tuple(sorted(task.results, key=lambda result: list(Stream).index(result.stream)))
    case, filling = _case(task, results)
    nothing_to_check = task.screen is not None and not results and task.edit is None
    conflicts = () if nothing_to_check else find_conflicts(case)
    reply = _reply(task, case)
    step = _next_step(task, case, conflicts, reply)
    brief = Brief(
        lead_id=task.lead_id,
        version=task.version,
        screen=task.screen,
        results=results,
        judged=task.judged,
        reply=reply,
        edited_by=task.edited_by if task.edit else "",
        filled=tuple(one.sentence for one in filling.filled),
        dropped=filling.dropped,
        overlap_reasons=overlap_reasons(case),
        conflicts=conflicts,
        settled=_settled(task, conflicts),
        next_step=step,
        steps_that_send=_steps_that_send(task),
        supersedes=_supersedes(task, case, conflicts),
        redraft=_redraft(task, case, conflicts, step),
    )
    return bounded(brief)


def sides(results: tuple[StreamResult, ...]) -> dict[Stream, str]:
    """The outputs in words, as `judge` compares them: the draft as it would be shown, with its slots filled."""
    draft, note = _output(results, Stream.DRAFTING, Draft), _output(results, Stream.RESEARCH, CompanyNote)
    reply = f"{_clean(draft.subject, '')}\n{fill(draft, note).body}".strip() if draft else ""
    judgment, risks = (
        _output(results, Stream.QUALIFICATION, Qualification),
        _output(results, Stream.FIT_RISK, RiskReport),
    )
    return sides_of(judgment, note, reply, risks)


# --- the case ------------------------------------------------------------------------------------------------------

Found = TypeVar("Found", Qualification, CompanyNote, Draft, RiskReport)


def _case(task: AssembleTask, results: tuple[StreamResult, ...]) -> tuple[Case, Filling]:
    draft = _output(results, Stream.DRAFTING, Draft)
    note = _output(results, Stream.RESEARCH, CompanyNote)
    filling = fill(draft, note) if draft and not task.edit else Filling()
    subject = task.edit.subject if task.edit else _clean(draft.subject, "") if draft else ""
    case = Case(
        lead=task.lead,
        rules=task.rules,
        qualification=_output(results, Stream.QUALIFICATION, Qualification),
        note=note,
        draft=draft,
        risks=_output(results, Stream.FIT_RISK, RiskReport),
        gaps=tuple((result.stream, gap) for result in results if (gap := _gap(result))),
        planned=tuple(result.stream for result in results),
        subject=subject,
        body=task.edit.body if task.edit else filling.body,
        edited=task.edit is not None,
        filled=filling.filled,
        delivery_refused=task.delivery_refused,
        judged=task.judged.work.found if task.judged and task.judged.work else (),
        new_words=task.new_words,
    )
    return case, filling


def _output(results: tuple[StreamResult, ...], stream: Stream, kind: type[Found]) -> Found | None:
    outputs = (result.work.output for result in results if result.stream is stream and result.work)
    return next((output for output in outputs if isinstance(output, kind)), None)


def _gap(result: StreamResult) -> Gap | None:
    """Why a planned stream has no output; a result that holds none, or another stream's, is a gap too."""
    if result.work and result.work.output.stream is result.stream:
        return None
    return result.gap or Gap(reason="no usable output came back")


def _reply(task: AssembleTask, case: Case) -> Reply | None:
    """The exact bytes to be sent. Always to the lead's own address; none where the screen is final."""
    if (task.screen and task.screen.final) or not (task.edit or (case.draft and case.body)):
        return None
    return Reply(recipient=task.lead.email, subject=case.subject, body=case.body)


def _clean(text: str, allowed: str) -> str:
    """``text`` without control characters but ``allowed``; without any allowed it is one line."""
    kept = "".join(
        char if char in allowed or unicodedata.category(char) not in ("Cc", "Zl", "Zp") else " "
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
    )
    return kept.strip() if allowed else " ".join(kept.split())


# --- slots ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filling:
    """A draft's body once its slots are gone: filled by a company fact, or dropped with their sentence."""

    body: str = ""
    filled: tuple[Filled, ...] = ()
    dropped: tuple[str, ...] = ()


def fill(draft: Draft, note: CompanyNote | None) -> Filling:
    """Put the strongest fitting fact into each slot, each fact once; drop the sentences that none fits."""
    made = Filling(body=_clean(draft.body, "\n\t"))
    wants = {slot.marker: slot.wants for slot in draft.slots}
    left = [fact for fact in (note.facts if note else ()) if _can_be_told(fact)]
    for template in _templates(draft, made.body):
        facts = _pick([wants.get(marker) for marker in _markers(template)], left)
        sentence = _put(template, facts) if facts else ""
        if facts and len(sentence) <= _SENTENCE_LIMIT and len(made.body) + len(sentence) <= _BODY_LIMIT:
            body = made.body.replace(template, sentence, 1)
            made = Filling(body, (*made.filled, Filled(sentence, template, facts)), made.dropped)
            left = [fact for fact in left if fact not in facts]
        else:
            made = Filling(_without(made.body, template), made.filled, (*made.dropped, template[:_SENTENCE_LIMIT]))
    return made


_SENTENCE_LIMIT, _BODY_LIMIT = 1_000, 20_000


def _markers(template: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(MARKER.findall(template)))


def _templates(draft: Draft, body: str) -> Iterator[str]:
    """The sentences of ``body`` that hold a marker: as the slot names them, else as they stand in the body."""
    named = dict.fromkeys(slot.sentence for slot in draft.slots if MARKER.search(slot.sentence))
    rest = body
    for sentence in named:
        if sentence in rest:
            yield sentence
            rest = rest.replace(sentence, "\n", 1)
    yield from (one for one in sentences(rest) if MARKER.search(one))


def _pick(wants: list[tuple[str, ...] | None], facts: list[Fact]) -> tuple[Fact, ...]:
    """One fact for each marker, or none at all. A marker that no slot declares is never filled."""
    left, picked = list(facts), []
    for kinds in wants:
        ranked = [] if kinds is None else _fitting(kinds, left)
        if not ranked:
            return ()
        picked.append(max(ranked, key=lambda fact: fact.strength))
        left.remove(picked[-1])
    return tuple(picked)


def _fitting(kinds: tuple[str, ...], facts: list[Fact]) -> list[Fact]:
    """The facts of the first wanted kind that has any; all where no kind is wanted."""
    by_kind = ([fact for fact in facts if fact.kind == kind] for kind in kinds)
    return facts if not kinds else next((found for found in by_kind if found), [])


def _can_be_told(fact: Fact) -> bool:
    """A stranger's words must not promise, give orders or link in our name."""
    text = fact.text
    plain = bool(text.strip()) and "{{" not in text
    return plain and not commitments_in(text) and not instructs(text) and not links_in(text)


_LOWERED = frozenset("a an the our their its it they we you your der die das ein eine".split())


def _put(template: str, facts: tuple[Fact, ...]) -> str:
    """``template`` with each fact in its place, so that it reads as one sentence.

    A fact at the start gets a capital; one within the sentence loses the capital of its article or pronoun; its own
    full stop goes, since the sentence has one.
    """
    sentence = template
    for marker, fact in zip(_markers(template), facts, strict=True):
        text = _clean(fact.text, "").rstrip(" .;,")
        start = not sentence[: sentence.index(marker)].strip(" \"'“„(")
        first = text.split(" ", 1)[0]
        if start:
            text = text[:1].upper() + text[1:]
        elif first[1:].islower() and first.lower() in _LOWERED:
            text = text[:1].lower() + text[1:]
        sentence = sentence.replace(marker, text)
    return sentence


def _without(body: str, sentence: str) -> str:
    """``body`` without ``sentence``, and without the blanks and empty lines that it leaves behind."""
    before, _, after = body.partition(sentence)
    before, after = before.rstrip(" \t"), after.lstrip(" \t")
    joint = " " if before and after and not before.endswith("\n") and not after.startswith("\n") else ""
    if (not before or before.endswith("\n")) and after.startswith("\n"):
        after = after.lstrip("\n") if before.endswith("\n\n") or not before else after[1:]
    return (before + joint + after).strip()


# --- this version against the one before ---------------------------------------------------------------------------


def _open(conflicts: tuple[Conflict, ...]) -> list[Conflict]:
    return [conflict for conflict in conflicts if conflict.open]


def _settled(task: AssembleTask, conflicts: tuple[Conflict, ...]) -> tuple[Settled, ...]:
    """What was open before and is gone, and by what; what was settled once stays so unless it came back."""
    earlier, here = task.earlier or Earlier(), {conflict.id for conflict in conflicts if conflict.open}
    how = task.how or (f"redraft {task.redrafts}" if task.redrafts else f"version {task.version}")
    gone = [one for one in _open(earlier.conflicts) if one.id not in here]
    new = [Settled(id=one.id, code=one.code, version=task.version, how=how) for one in gone]
    known = {one.id for one in new}
    return (*(one for one in earlier.settled if one.id not in here | known), *new)


def _supersedes(task: AssembleTask, case: Case, conflicts: tuple[Conflict, ...]) -> bool:
    """A redraft counts only where fewer conflicts are open than before: on a tie the earlier version stays.

    A redraft that came back empty-handed has fewer conflicts, and is no better. One that nobody judged cannot have
    settled what the judge saw.
    """
    if not task.redrafts or not task.earlier:
        return True
    if task.judged and task.judged.gap and any(one.code is Code.DISAGREEMENT for one in task.earlier.conflicts):
        return False
    return case.draft is not None and len(_open(conflicts)) < len(_open(task.earlier.conflicts))


def _redraft(task: AssembleTask, case: Case, conflicts: tuple[Conflict, ...], step: NextStep) -> tuple[Conflict, ...]:
    """What the next automatic redraft should settle; nothing where the last one did not shrink the set of codes.

    A letter that the step does not send is written anew only where a conflict blocks the approval, or decided the step.
    """
    if case.edited or case.draft is None or task.redrafts >= task.rules.max_redrafts:
        return ()
    codes = {one.code for one in _open(conflicts)}
    if task.redrafts and task.earlier and len(codes) >= len({one.code for one in _open(task.earlier.conflicts)}):
        return ()
    owned = tuple(one for one in _open(conflicts) if one.resolver is Resolver.DRAFTING)
    decisive = {because.item for because in step.because}
    matters = (one.severity is Severity.BLOCKING or f"conflict:{one.code}" in decisive for one in owned)
    return owned if step.sends or any(matters) else ()


# --- what comes next -----------------------------------------------------------------------------------------------


def _next_step(task: AssembleTask, case: Case, conflicts: tuple[Conflict, ...], reply: Reply | None) -> NextStep:
    """By the playbook's policy. A screened lead without a reply sends nothing."""
    items = items_of(case, conflicts, task.screen)
    step = decide(items, task.rules.next_step_policy, task.rules.next_steps)
    return step.model_copy(update={"sends": step.sends and not (task.screen and reply is None)})


def _steps_that_send(task: AssembleTask) -> tuple[Step, ...]:
    """The steps whose approval sends the reply; none for whom nobody may write to."""
    if task.screen and task.screen.final:
        return ()
    return tuple(step for step in Step if sends(step, task.rules.next_steps))


# --- size ----------------------------------------------------------------------------------------------------------

BRIEF_LIMIT = 190_000
"""Bytes of a brief's JSON. The engine takes 2 MB for one payload, and a history keeps every version."""
_SHORT = 200


def bounded(brief: Brief) -> Brief:
    """``brief`` at or under `BRIEF_LIMIT`; the reply's own bytes are never cut.

    First the long texts of results and conflicts are cut, then only the worst conflicts stay, and last the largest
    outputs give way to a gap that says so.
    """
    for smaller in (_cut_texts, _cut_lists, *[_cut_largest] * len(Stream)):
        if _size(brief) <= BRIEF_LIMIT:
            break
        brief = smaller(brief)
    return brief


def _size(model: Brief | StreamResult) -> int:
    return len(json.dumps(model.model_dump(mode="json"), ensure_ascii=False).encode())


def _cut_texts(brief: Brief) -> Brief:
    """Each text of results, conflicts and settled conflicts cut: a beginning is still a part of its source."""
    return brief.model_copy(
        update={
            "results": tuple(StreamResult.model_validate(_shorter(one.model_dump())) for one in brief.results),
            "conflicts": tuple(Conflict.model_validate(_shorter(one.model_dump())) for one in brief.conflicts),
            "redraft": tuple(Conflict.model_validate(_shorter(one.model_dump())) for one in brief.redraft),
            "filled": tuple(cut(one, _SHORT) for one in brief.filled),
            "dropped": tuple(cut(one, _SHORT) for one in brief.dropped),
        }
    )


def _shorter(value: Any) -> Any:
    """``value`` with every text in it cut, but not a draft's body."""
    if isinstance(value, dict):
        return {key: one if key == "body" else _shorter(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_shorter(one) for one in value)
    return value[:_SHORT] if type(value) is str else value


def _cut_lists(brief: Brief) -> Brief:
    return brief.model_copy(
        update={
            "conflicts": tuple(sorted(brief.conflicts, key=lambda one: -one.severity.rank)[:20]),
            "redraft": brief.redraft[:10],
            "settled": brief.settled[-20:],
        }
    )


def _cut_largest(brief: Brief) -> Brief:
    """The largest output gives way to a gap."""
    largest = max(brief.results, key=_size, default=None)
    if largest is None or largest.work is None:
        return brief
    gap = Gap(reason=f"its output is too large to show ({_size(largest) // 1000} kB); run it again", tries=0)
    small = largest.model_copy(update={"work": None, "gap": gap})
    return brief.model_copy(update={"results": tuple(small if one is largest else one for one in brief.results)})
