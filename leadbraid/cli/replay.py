"""Command `replay`: would leads that run now break under the code as it is here?"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated

import typer

from leadbraid.cli.console import UsageError, run, say, say_json, settings
from leadbraid.cli.progress import progress
from leadbraid.engine.connection import connect
from leadbraid.models.visible import one_line
from leadbraid.replay.broken import Broken, Replayed
from leadbraid.replay.live import Live
from leadbraid.replay.sources import Source, Unreadable, files_in

NAMED = 3
"""Histories that are named of those that break at one place."""
REMEDY = (
    'Keep the old commands for leads that run (`if workflow.patched("what-changed"):`), or let them end on the old '
    "code (docs/upgrading.md)."
)


def replay(
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE...|QUERY]", help="Exported histories or folders of them; with --live a query."),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="The workflows of the server; by default those that run.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on one line.")] = False,
) -> None:
    """Replay histories against the workflow code as it is here, and say what would break and where.

    Run it before a deploy. Exit status 1 if anything would break or could not be read.
    """
    found = run(_live(what or []) if live else _files(what or []))
    if as_json:
        say_json(found.plain())
    else:
        found.tell()
    if found.broken or found.unreadable:
        raise typer.Exit(1)


@dataclass
class Found:
    """What all replays gave."""

    replayed: int = 0
    broken: list[tuple[Replayed, Broken]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    def add(self, result: Replayed | Unreadable) -> None:
        """One more result."""
        if isinstance(result, Unreadable):
            self.unreadable.append(result)
            return
        self.replayed += 1
        if result.broken:
            self.broken.append((result, result.broken))

    def words(self) -> str:
        """How far it is, for the progress bar."""
        broken = f", {len(self.broken)} would break" if self.broken else ""
        bad = f", {len(self.unreadable)} unreadable" if self.unreadable else ""
        return f"{self.replayed} replayed{broken}{bad}"

    def tell(self) -> None:
        """For a person: what is alike is told once."""
        for one in self.unreadable:
            sys.stderr.write(f"{one_line(one.problem, 500)}\n")
        for group in _alike(self.broken):
            _tell_group(group)
        if self.broken:
            say(f"{len(self.broken)} of {self.replayed} would break. {REMEDY}")
        elif self.replayed:
            say(f"{self.replayed} replayed, none would break.")
        elif not self.unreadable:
            say("There is nothing to replay: no workflow matches.")

    def plain(self) -> dict[str, object]:
        """For a program."""
        return {
            "replayed": self.replayed,
            "broken": [
                {
                    "source": one.source,
                    "workflow": one.workflow,
                    "workflow_id": one.workflow_id,
                    "run_id": one.run_id,
                    "message": str(broken),
                    **asdict(broken),
                }
                for one, broken in self.broken
            ],
            "unreadable": [asdict(one) for one in self.unreadable],
        }


def _alike(broken: Iterable[tuple[Replayed, Broken]]) -> list[list[tuple[Replayed, Broken]]]:
    """Those that break for the same reason: numbers and ids differ from lead to lead."""
    groups: defaultdict[tuple[object, ...], list[tuple[Replayed, Broken]]] = defaultdict(list)
    for one in broken:
        reason = re.sub(r"\b[0-9a-f-]{8,}\b|\d+", "#", one[1].sdk)
        groups[one[0].workflow, one[1].places, reason].append(one)
    return sorted(groups.values(), key=len, reverse=True)


def _tell_group(group: list[tuple[Replayed, Broken]]) -> None:
    first, broken = group[0]
    named = ", ".join(one_line(one.source, 120) for one, _ in group[:NAMED])
    more = f" and {len(group) - NAMED} more" if len(group) > NAMED else ""
    say(f"Would break: {first.workflow} in {named}{more}")
    say(f"  {one_line(str(broken), 500)}")
    for place in broken.places:
        say(f"    {place}")
    say(f"  the SDK's words: {broken.sdk}")
    say()


async def _files(paths: list[str]) -> Found:
    if not paths:
        raise UsageError("Name files or folders with histories, or `--live` for the workflows of the server.")
    exported = files_in(Path(path) for path in paths)

    async def sources() -> AsyncIterator[Source]:
        for one in exported:
            yield one

    return await _all(sources(), len(exported))


async def _live(queries: list[str]) -> Found:
    if len(queries) > 1:
        raise UsageError("`--live` takes one query: put it into quotes.")
    from leadbraid.replay.run import TYPES

    there = Live(await connect(settings()), TYPES, *queries)
    return await _all(there.histories(), await there.count())


async def _all(sources: AsyncIterator[Source], count: int) -> Found:
    # Here, as the workflows come with it: a tenth of a second that no other command should pay.
    from leadbraid.replay.run import replay as replay_all

    found = Found()
    with progress(count, lambda: (found.replayed + len(found.unreadable), f"{found.words()} of {count}")) as step:
        async for result in replay_all(sources, count):
            found.add(result)
            step()
    return found
