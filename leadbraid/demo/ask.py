"""Asking the person in front of the terminal, without stopping the worker that runs in the same process."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from leadbraid.cli import editor
from leadbraid.cli.console import say, show_lines
from leadbraid.cli.decisions import checked
from leadbraid.demo.run import Run
from leadbraid.errors import DecisionRefused, InputError, LeadbraidError
from leadbraid.models import Brief, Decision, DecisionKind, RejectReason, Reply, Stream
from leadbraid.models.visible import one_line
from leadbraid.render import Line, brief_lines

CHOICES = "[a]pprove  [e]dit  [c]hanges  [r]eject  [s]kip  [q]uit"


class Quit(Exception):  # noqa: N818 - a wish, not a fault
    """The person wants to stop; everything stays as it is."""


async def line(prompt: str) -> str:
    """One line from standard input.

    Raises:
        Quit: The input has ended.
    """
    sys.stdout.write(prompt)
    sys.stdout.flush()
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(sys.stdin)
    text = sys.stdin.readline()
    if not text:
        raise Quit
    return text.strip()


async def review(run: Run, number: int, total: int) -> None:
    """Show one brief and do what the person says, until it is decided, skipped, or in the making again."""
    while await run.until_reviewable():
        assert run.brief is not None
        say()
        title = one_line(f"── {number} of {total} ── {run.name}: {run.sample.shows}", 99) + " "
        due = run.status.due if run.status else None
        show_lines([Line(f"{title:─<100}", "bold"), *brief_lines(run.brief, due=due, lead=run.lead)])
        choice = (await line(f"\n{CHOICES} > ")).lower()[:1]
        if choice == "q":
            raise Quit
        if choice == "s":
            return
        if choice not in "aecr" or not choice:
            say("Please answer with one of the letters.")
            continue
        try:
            await _do(run, run.brief, choice)
        except DecisionRefused as why:
            say(f"Refused: {why}")
        except LeadbraidError as error:
            say(str(error))


async def _do(run: Run, brief: Brief, choice: str) -> None:
    match choice:
        case "a":
            await _send(run, await _approval(brief))
        case "e":
            await _edit(run, brief)
        case "c":
            await _send(run, await _changes(brief))
        case _:
            await _send(run, await _rejection(brief))
    await run.until_ended()


async def _approval(brief: Brief) -> Decision:
    reply = brief.reply.digest if brief.next_step.sends and brief.reply else ""
    return checked(
        {
            "decision": DecisionKind.APPROVE,
            "reviewer": "you",
            "version": brief.version,
            "reply": reply,
            "overrides": await _overrides(brief),
        }
    )


async def _overrides(brief: Brief) -> dict[str, str]:
    found: dict[str, str] = {}
    for conflict in brief.blocking:
        say(f"Blocking: {conflict.message}")
        why = await line("Why may it stand? (10 letters or more; empty: not approved) > ")
        if not why:
            raise InputError("Not approved.")
        found[conflict.id] = why
    return found


async def _edit(run: Run, brief: Brief) -> None:
    """In the editor; the text is kept until the decision has counted."""
    with contextlib.ExitStack() as until_it_counts:
        opened = editor.edited_reply(brief, brief.next_step.step)
        # In a thread: the worker of this process goes on while the person writes.
        words = await asyncio.to_thread(until_it_counts.enter_context, opened)
        changed = Reply(recipient=run.lead.email, subject=words.subject, body=words.body)
        decision = {
            "decision": DecisionKind.APPROVE,
            "reviewer": "you",
            "version": brief.version,
            "reply": changed.digest,
            "edited": words,
        }
        await _send(run, checked(decision))


async def _send(run: Run, decision: Decision) -> None:
    verdict = await run.handle.decide(decision)
    say(f"Accepted: {verdict.state.value.replace('_', ' ')}.")


async def _changes(brief: Brief) -> Decision:
    names = ", ".join(stream.value for stream in Stream)
    given = await line(f"Run which streams again ({names})? > ")
    wanted = given.replace(",", " ").replace("-", "_").split()
    unknown = [name for name in wanted if name not in set(Stream)]
    if unknown or not wanted:
        raise InputError(f"Name one or more of {names}.")
    note = await line("What should change? > ")
    if not note:
        raise InputError("Say what should change.")
    streams = tuple(Stream(name) for name in wanted)
    return checked(
        {
            "decision": DecisionKind.REQUEST_CHANGES,
            "reviewer": "you",
            "version": brief.version,
            "streams": streams,
            "note": note,
        }
    )


async def _rejection(brief: Brief) -> Decision:
    names = ", ".join(reason.value for reason in RejectReason)
    given = (await line(f"Why ({names})? > ")).replace(" ", "_")
    if given not in set(RejectReason):
        raise InputError(f"Name one of {names}.")
    return checked({"decision": DecisionKind.REJECT, "reviewer": "you", "version": brief.version, "reason": given})
