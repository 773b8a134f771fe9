"""Commands about leads: submit, try, queue, show, decide."""

from __future__ import annotations

import contextlib
import getpass
import sys
import uuid
from pathlib import Path
from typing import Annotated, Any

import typer

from leadbraid import intake, leads
from leadbraid.cli import editor
from leadbraid.cli.console import UsageError, console, now, run, say, say_json, settings, show_lines
from leadbraid.cli.decisions import checked, moment
from leadbraid.cli.signing_keys import handle_of, signing_key
from leadbraid.engine.checks import has_worker
from leadbraid.engine.connection import connect
from leadbraid.engine.contacts import contact_key
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.errors import EngineError, InputError
from leadbraid.llm import make_provider
from leadbraid.models import Brief, Decision, DecisionKind, Edit, Lead, Outcome, Reply, State, Status, Step
from leadbraid.models.playbook import Unsigned
from leadbraid.models.visible import one_line
from leadbraid.playbook import load_playbook
from leadbraid.rehearsal import Rehearsal
from leadbraid.render import Line, brief_lines, spent_lines, status_lines
from leadbraid.settings import Settings
from leadbraid.signing import SigningKey
from leadbraid.sources.documents import Documents
from leadbraid.sources.suppression import read_suppressed

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
LeadId = Annotated[str, typer.Argument(metavar="LEAD", help="The lead's id, lead-….")]
LeadFile = Annotated[str, typer.Argument(metavar="FILE|-", help="One lead as JSON; - reads standard input.")]
PlaybookFile = Annotated[Path | None, typer.Option("--playbook", metavar="FILE", help="Another playbook.")]
KINDS = "approve, request-changes, reject, assign, snooze, take-back, reopen, note or settle."
NO_WORKER = "No worker is running, so the lead waits: start one with `python worker.py` (or `leadbraid up`)."


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(intake.BYTES_LIMIT + 1)
    try:
        path = Path(file)
        if path.is_dir():
            raise InputError(f"{file} is a folder; give one lead as a JSON file.")
        with path.open("rb") as stream:
            return stream.read(intake.BYTES_LIMIT + 1)
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from None


def submit(file: LeadFile, playbook: PlaybookFile = None, as_json: Json = False) -> None:
    """Hand one lead to Temporal. Submitting the same enquiry again finds the lead that is there."""
    found = settings()
    lead = intake.parse_lead(_read(file), "standard input" if file == "-" else file)
    rules = load_playbook(playbook or found.playbook)

    async def work() -> tuple[intake.Taken, bool]:
        client = await connect(found)
        taken = await intake.submit(client, lead, rules, found.mail_from, contact_key(found))
        return taken, await has_worker(client, TASK_QUEUE)

    taken, worked = run(work())
    if as_json:
        say_json({"lead_id": taken.lead_id, "new": taken.new, "worker": worked})
        return
    how = "is new" if taken.new else "was there already"
    say(f"{taken.lead_id} {how}; follow it with `leadbraid show {taken.lead_id}`.")
    if not worked:
        sys.stderr.write(f"{NO_WORKER}\n")


def try_(file: LeadFile, playbook: PlaybookFile = None, as_json: Json = False) -> None:
    """Print the brief that a lead would come to review with. Nothing is stored and nothing can be sent."""
    found = settings()
    lead = intake.parse_lead(_read(file), "standard input" if file == "-" else file)
    rules = load_playbook(playbook or found.playbook)
    rehearsal = Rehearsal(lead, rules, make_provider(found), Documents(found.documents))
    brief = run(rehearsal.brief(read_suppressed(found.suppression)))
    if as_json:
        say_json(brief.model_dump(mode="json"))
        return
    show_lines([*brief_lines(brief, due=now() + rules.review.due_after, lead=lead), *spent_lines(rehearsal.spent)])


WHICH = {
    "waiting": leads.PEOPLE_NEEDED,
    "snoozed": (State.SNOOZED,),
    "held": (State.HELD,),
    "expired": (State.EXPIRED,),
}


def queue(
    limit: Annotated[int, typer.Option("--limit", min=1, max=5000, help="How many at most.")] = 50,
    which: Annotated[str, typer.Option("--state", help=f"{', '.join(WHICH)}.")] = "waiting",
    assignee: Annotated[str, typer.Option(help="Only the leads of this staff handle.")] = "",
    as_json: Json = False,
) -> None:
    """What waits for a person: by due time, then by risk."""
    found = settings()
    if which not in WHICH:
        raise UsageError(f"--state {which} is none of {', '.join(WHICH)}.")

    async def work() -> tuple[list[leads.Row], bool]:
        client = await connect(found)
        rows = await leads.queue(client, now(), limit, WHICH[which], assignee)
        return rows, await has_worker(client, TASK_QUEUE)

    rows, worked = run(work())
    if as_json:
        say_json([row.__dict__ for row in rows])
        return
    _print_queue(rows)
    if not worked:
        sys.stderr.write("No worker is running: nothing can be shown or decided. Start one with `python worker.py`.\n")


def _print_queue(rows: list[leads.Row]) -> None:
    if not rows:
        say("Nothing waits for a person.")
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in ("lead", "due (UTC)", "in charge", "risk", "score", "conflicts", "company", ""):
        table.add_column(name, no_wrap=True)
    for row in rows:
        overdue = row.due is not None and row.due < now()
        marks = ["overdue"] * overdue + ["reminded"] * row.reminded
        marks += ["delivery unknown: settle it"] * (row.state == State.DELIVERY_UNKNOWN)
        table.add_row(
            row.lead_id,
            f"{row.due:%d %b %H:%M}" if row.due else "",
            row.assignee or "nobody",
            row.risk,
            str(row.score if row.score is not None else "unknown"),
            str(row.conflicts),
            one_line(row.company, 30),
            ", ".join(marks),
        )
    console().print(table)


def show(lead: LeadId, as_json: Json = False) -> None:
    """A lead's state, what was decided and refused, and its brief."""
    found = settings()
    status, brief, outcome, seen = run(_look(found, lead))
    if as_json:
        parts = {"status": status, "brief": brief, "outcome": outcome}
        say_json({name: part.model_dump(mode="json") if part else None for name, part in parts.items()})
        return
    if status is None:
        assert outcome is not None
        say(f"{lead}  {outcome.state.label}: {outcome.reason or 'no reason given'}")
        say(
            "No worker answers, so this is all from the lead's result; start one with `python worker.py` for the brief."
        )
        return
    show_lines([*status_lines(status), Line("")])
    if status.state is State.ATTACHED and outcome:
        show_lines([Line(f"Its words are with {outcome.attached_to}: `leadbraid show {outcome.attached_to}`.")])
        return
    if brief is None:
        say("The first version of the brief is being made.")
        return
    show_lines(brief_lines(brief, due=status.due, lead=seen))
    if commands := _commands(status, brief):
        show_lines([Line(""), *(Line(command, "cyan") for command in commands)])


async def _look(found: Settings, lead: str) -> tuple[Status | None, Brief | None, Outcome | None, Lead]:
    """What a worker answers, and the lead's own words; for a closed lead without a worker, its result."""
    client = await connect(found)
    handle = leads.LeadHandle(client, lead)
    outcome, words = await handle.outcome(), await handle.lead()
    if outcome and not await has_worker(client, TASK_QUEUE):
        return None, None, outcome, words
    try:
        # In this order: a lead that is in review has a brief, but asked first it may not have had one yet.
        status = await handle.status()
        brief = await handle.brief()
    except EngineError:
        if outcome is None:
            raise
        return None, None, outcome, words
    return status, brief, outcome, words


def _commands(status: Status, brief: Brief) -> list[str]:
    """What a person would most likely type now."""
    start = f"leadbraid decide {status.lead_id}"
    match status.state:
        case State.IN_REVIEW | State.SNOOZED:
            again = f"{start} request-changes --stream {','.join(status.out_of_date)} --note 'they wrote again'"
            sign = " --sign" if status.unsigned is Unsigned.REFUSE else ""
            return [again] * bool(status.out_of_date) + [_approve_command(brief) + sign]
        case State.HELD:
            return [f"{start} take-back"]
        case State.EXPIRED if status.reopen_until:
            return [f"{start} reopen"]
        case State.DELIVERY_UNKNOWN:
            return [f"{start} settle --outcome arrived|send_again|drop --note 'how you know'"]
        case _:
            return []


def _approve_command(brief: Brief) -> str:
    reply = f" --reply {brief.reply.digest}" if brief.next_step.sends and brief.reply else ""
    overrides = "".join(f" --override '{one.id}=REASON'" for one in brief.blocking)
    return f"leadbraid decide {brief.lead_id} approve --version {brief.version}{reply}{overrides}"


def decide(
    lead: LeadId,
    decision: Annotated[str, typer.Argument(metavar="DECISION", help=KINDS)],
    reviewer: Annotated[
        str | None, typer.Option(envvar="LEADBRAID_REVIEWER", help="Who decides; default: you.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="The brief version you saw (approve).")] = None,
    reply: Annotated[str, typer.Option(help="Digest of the reply you saw, as `show` prints it (approve).")] = "",
    edit: Annotated[bool, typer.Option("--edit", help="Open the reply in $EDITOR and approve your text.")] = False,
    edited: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Approve the text in FILE: `Subject: …`, a blank line, the body."),
    ] = None,
    next_step: Annotated[str | None, typer.Option(help="Another next step than recommended; needs --note.")] = None,
    streams: Annotated[
        list[str] | None, typer.Option("--stream", "--streams", help="Run this stream again; may be repeated.")
    ] = None,
    keep_dependents: Annotated[bool, typer.Option(help="Do not rerun what waits for those streams.")] = False,
    note: Annotated[str, typer.Option(help="What to change, or why.")] = "",
    reason: Annotated[
        str | None,
        typer.Option(help="not_a_fit, spam, duplicate, handled_elsewhere, wrong_person or other (reject)."),
    ] = None,
    override: Annotated[
        list[str] | None, typer.Option(metavar="ID=WHY", help="Let a conflict stand; may be repeated.")
    ] = None,
    outcome: Annotated[str | None, typer.Option(help="arrived, send_again or drop (settle).")] = None,
    assignee: Annotated[str, typer.Option(help="Whose the lead is from now on, a staff handle (assign).")] = "",
    until: Annotated[
        str | None,
        typer.Option(metavar="WHEN", help="When it comes back: 2026-12-01T09:00, 2026-12-01, 3d or 4h (snooze)."),
    ] = None,
    refresh_playbook: Annotated[
        bool, typer.Option("--refresh-playbook", help="Go on by the playbook of today (request-changes).")
    ] = False,
    decision_id: Annotated[
        str | None, typer.Option(help="Makes sending it again harmless; default: a new one.")
    ] = None,
    role: Annotated[str, typer.Option(help="The role you decide in.")] = "",
    sign: Annotated[
        bool, typer.Option("--sign", help="Sign it with your private key, which proves who you are.")
    ] = False,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="The private key to sign with.")] = None,
    as_json: Json = False,
) -> None:
    """Decide on a lead. The workflow checks it, and says why where it does not count."""
    found = settings()
    signer = signing_key(found, sign, key)
    values: dict[str, Any] = {
        "decision": decision.replace("-", "_"),
        "reviewer": reviewer or (handle_of(found, signer) if signer else getpass.getuser()),
        "version": version,
        "reply": reply,
        "next_step": next_step.replace("-", "_") if next_step else None,
        "streams": tuple(one.strip().replace("-", "_") for given in streams or () for one in given.split(",")),
        "keep_dependents": keep_dependents,
        "note": note,
        "reason": reason,
        "overrides": _overrides(override or []),
        "outcome": outcome.replace("-", "_") if outcome else None,
        "assignee": assignee,
        "until": moment(until, now()) if until else None,
        "refresh_playbook": refresh_playbook,
        "decision_id": decision_id or uuid.uuid4().hex,  # noqa: TID251 - this is the edge
        "role": role,
        "at": now(),
        "key": signer.id if signer else "",
    }
    _check_options(values, edit=edit, edited=edited)
    with contextlib.ExitStack() as until_it_counts:
        if values["decision"] == DecisionKind.APPROVE and (edit or edited or version is None):
            handle_and_brief = run(_look_for_approval(found, lead))
            values |= _bound(*handle_and_brief, values, edit=edit, edited=edited, stack=until_it_counts)
        verdict = run(_send(found, lead, checked(values), signer))
    if as_json:
        say_json(verdict.model_dump(mode="json"))
        return
    held = f" until {verdict.held_until:%Y-%m-%d %H:%M:%S} UTC" if verdict.held_until else ""
    say(f"Accepted. {lead}: {verdict.state.label}{held}, version {verdict.version}.")
    if verdict.message:
        say(verdict.message)


def _overrides(given: list[str]) -> dict[str, str]:
    for one in given:
        if "=" not in one:
            raise UsageError(f"--override {one!r} is not ID=WHY; `leadbraid show` lists the conflicts and their ids.")
    return {name.strip(): why for name, _, why in (one.partition("=") for one in given)}


def _check_options(values: dict[str, Any], *, edit: bool, edited: Path | None) -> None:
    if (edit or edited) and values["decision"] != DecisionKind.APPROVE:
        raise UsageError("Only an approval can carry an edited reply.")
    if edit and edited:
        raise UsageError("Give either --edit or --edited FILE.")
    if edited and values["version"] is None:
        raise UsageError("--edited FILE needs --version, the one that the text in FILE was written for.")


async def _look_for_approval(found: Settings, lead: str) -> tuple[Brief, Status, Lead]:
    handle = leads.LeadHandle(await connect(found), lead)
    brief = await handle.brief()
    if brief is None:
        raise InputError("The first version of the brief is still being made; wait for it.")
    return brief, await handle.status(), await handle.lead()


def _bound(
    brief: Brief,
    status: Status,
    lead: Lead,
    values: dict[str, Any],
    *,
    edit: bool,
    edited: Path | None,
    stack: contextlib.ExitStack,
) -> dict[str, Any]:
    """Bind an approval to what the person saw, or now sees. Outside of any event loop, so that Ctrl-C ends it."""
    if edit:
        step = _step(values["next_step"]) or brief.next_step.step
        words = stack.enter_context(editor.edited_reply(brief, step, values["version"]))
        return _with_words(brief, lead, words) | {"version": brief.version}
    if edited:
        return _with_words(brief, lead, editor.from_file(edited))
    return _shown_and_confirmed(brief, status, lead)


def _step(name: str | None) -> Step | None:
    try:
        return Step(name) if name else None
    except ValueError:
        raise UsageError(f"--next-step {name} is none of {', '.join(step.value for step in Step)}.") from None


def _with_words(brief: Brief, lead: Lead, words: Edit) -> dict[str, Any]:
    if brief.reply and (brief.reply.subject, brief.reply.body) == (words.subject, words.body):
        return {"reply": brief.reply.digest}
    changed = Reply(recipient=lead.email, subject=words.subject, body=words.body)
    return {"reply": changed.digest, "edited": words}


def _shown_and_confirmed(brief: Brief, status: Status, lead: Lead) -> dict[str, Any]:
    if not sys.stdin.isatty():
        raise UsageError(f"An approval must name what was seen: {_approve_command(brief)}")
    show_lines(brief_lines(brief, due=status.due, lead=lead))
    if not typer.confirm("Approve exactly this?"):
        raise InputError("Not approved; nothing was decided.")
    return {"version": brief.version, "reply": brief.reply.digest if brief.next_step.sends and brief.reply else ""}


async def _send(found: Settings, lead: str, decision: Decision, signer: SigningKey | None) -> Any:
    client = await connect(found)
    return await leads.LeadHandle(client, lead).decide(decision, signer)
