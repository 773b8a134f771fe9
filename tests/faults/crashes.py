"""What dies: workers at each event and inside a delivery, the server at random, workers that come back from the dead."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from faults.drive import (
    DOORS,
    Found,
    Handle,
    accept,
    approve,
    ask_for_changes,
    door_of,
    in_state,
    named,
    outcome_of,
    pause,
)
from faults.ground import PATIENCE, Ground, Tick, WorkerProcess, marked, no_tick
from kit import until
from temporalio.client import Client
from temporalio.service import RPCError

from leadbraid.models import State

WAYS = (*DOORS, "changes")
"""How a lead is driven: approved by signal, by update, or after its draft was written anew."""
POINTS = ("before", "after", "filed")
"""Where a delivery can be struck: before its commit, between commit and file, when only Temporal does not know yet."""


async def drive(handle: Handle, way: str) -> None:
    """Decide as ``way`` says, to the end."""
    if way == "changes":
        await ask_for_changes(handle, "update")
    await approve(handle, "signal" if way == "changes" else way)
    await outcome_of(handle)


# --- F01: kill -9 of the worker at each event ----------------------------------------------------------------------


@dataclass(frozen=True)
class Strike:
    """Kill the worker once the lead's history (or its delivery's) has so many events."""

    way: str
    event: int
    delivery: bool = False


async def length_of(client: Client, workflow_id: str) -> int:
    """How many events a history has; 0 where there is none yet."""
    try:
        found = await client.get_workflow_handle(workflow_id).describe()
    except RPCError:
        return 0
    return found.raw_description.workflow_execution_info.history_length


def delivery_of(handle: Handle) -> str:
    """The id of a lead's first delivery."""
    return f"delivery-{handle.id.removeprefix('lead-')}-1"


async def strikes(ground: Ground, ledger: Found, ways: tuple[str, ...] = WAYS) -> list[Strike]:
    """Go each way once without a fault: its histories say which strikes there are."""
    found: list[Strike] = []
    async with ground.worker():
        for way in ways:
            handle = await accept(ground, ledger, named(ground, f"record-{way}"))
            await drive(handle, way)
            for delivery, workflow_id in ((False, handle.id), (True, delivery_of(handle))):
                length = await length_of(ground.client, workflow_id)
                found += [Strike(way, event, delivery) for event in range(1, length + 1)]
    return found


async def killed_at_each_event(ground: Ground, wanted: list[Strike], tick: Tick = no_tick) -> Found:
    """One lead and one kill for each strike; the worker of one trial's recovery is the next one's victim."""
    found, struck = Found(), 0
    worker = ground.spawn(stream_seconds=0.05)
    try:
        await worker.go()
        for number, strike in enumerate(wanted):
            following = ground.spawn(stream_seconds=0.05)
            try:
                struck += await _struck(ground, found, number, strike, worker, following)
            finally:
                worker.kill()
                worker = following
            tick()
    finally:
        worker.kill()
    found.notes.append(f"{struck} of {len(wanted)} kills came before the history was complete")
    return found


async def _struck(
    ground: Ground, found: Found, number: int, strike: Strike, worker: WorkerProcess, following: WorkerProcess
) -> bool:
    """Kill ``worker`` at the strike and let ``following`` go on; tells whether the lead was still open then."""
    handle = await accept(ground, found, named(ground, f"strike-{number}"))
    driving = asyncio.create_task(drive(handle, strike.way))
    try:
        await _until_long(ground.client, delivery_of(handle) if strike.delivery else handle.id, strike.event, driving)
        worker.kill()
        was_open = not driving.done()
        await following.go()
        await driving
        outcome = await outcome_of(handle)
    except TimeoutError:
        driving.cancel()
        found.problems.append(f"{handle.id} did not end after {strike}")
        return False
    found.n += 1
    found.expect(outcome.state is State.SENT, f"{handle.id} ended {outcome.state.value} after {strike}")
    return was_open


async def _until_long(client: Client, workflow_id: str, length: int, driving: asyncio.Task[None]) -> None:
    """Poll as fast as the server answers: an event's moment is short."""
    async with asyncio.timeout(PATIENCE):
        while not driving.done() and await length_of(client, workflow_id) < length:  # noqa: ASYNC110
            await asyncio.sleep(0)


async def killed_while_many(ground: Ground, leads: int, kills: int = 1, tick: Tick = no_tick) -> Found:
    """Many leads at different events share one worker, and that is killed: each kill strikes as many events."""
    found = Found()
    driving: list[asyncio.Task[None]] = []
    worker = ground.spawn(stream_seconds=0.3)
    try:
        await worker.go()
        for kill in range(kills):
            following = ground.spawn(stream_seconds=0.3)
            for one in range(leads):
                handle = await accept(ground, found, named(ground, f"many-{kill}-{one}"))
                driving.append(asyncio.create_task(drive(handle, WAYS[one % len(WAYS)])))
                await pause(ground.rng, 0.0, 0.3)
            worker.kill()
            worker = following
            await worker.go()
            await asyncio.gather(*driving)
            found.n += leads
            tick()
    finally:
        worker.kill()
    return found


# --- F02: kill -9 inside handing over ------------------------------------------------------------------------------


async def killed_while_handing_over(ground: Ground, times: int, tick: Tick = no_tick, at_once: int = 3) -> Found:
    """Three points of a delivery, each struck ``times`` times; one kill strikes up to ``at_once`` leads at each."""
    found, struck = Found(), 0
    for first in range(0, times, at_once):
        names = [f"{point}.{one}" for point in POINTS for one in range(first, min(first + at_once, times))]
        struck += await _struck_inside(ground, found, names)
        tick()
    found.notes.append(f"{struck} of {found.n} leads were struck in their first attempt")
    return found


async def _struck_inside(ground: Ground, found: Found, names: list[str]) -> int:
    async with ground.worker(stops=POINTS) as victim, ground.spawned() as following:
        handles = await _handing_over(ground, found, names)
        struck = sum(await asyncio.gather(*(_is_first_attempt(ground, handle) for handle in handles.values())))
        victim.kill()
        await following.go()
        await _sent(found, handles)
    return struck


async def _handing_over(ground: Ground, found: Found, names: list[str]) -> dict[str, Handle]:
    """Leads whose deliveries have all stopped where their name says. Quickly: an attempt is given up after 4 s."""
    handles = {name: await accept(ground, found, named(ground, f"over-{name}", name)) for name in names}
    await asyncio.gather(*(in_state(handle, State.IN_REVIEW) for handle in handles.values()))
    doors = [door_of(ground.rng) for _ in names]
    await asyncio.gather(*map(approve, handles.values(), doors))
    await asyncio.gather(*(marked(ground.home, f"at-{_stands_at(name)}-{name}") for name in names))
    return handles


def _stands_at(name: str) -> str:
    point = name.partition(".")[0]
    return "before" if point == "again" else point


async def _is_first_attempt(ground: Ground, handle: Handle) -> bool:
    history = await ground.client.get_workflow_handle(delivery_of(handle)).fetch_history()
    names = [event.activity_task_scheduled_event_attributes.activity_type.name for event in history.events]
    return names.count("transmit") == 1


async def _sent(found: Found, handles: dict[str, Handle]) -> None:
    for name, handle in handles.items():
        outcome = await outcome_of(handle)
        found.n += 1
        found.expect(outcome.state is State.SENT, f"{handle.id} ({name}) ended {outcome.state.value}")


# --- F03: kill -9 of the server ------------------------------------------------------------------------------------


async def killed_server(
    ground: Ground, kills: int, leads: int, down: tuple[float, float] = (2.0, 10.0), tick: Tick = no_tick
) -> Found:
    """The server dies again and again; after each restart more leads come in, so that every kill finds some at work."""
    found, rng = Found(n=kills), ground.rng
    seeds = [rng.randrange(2**32) for _ in range(leads)]
    struck = [asyncio.Event() for _ in range(kills)]

    async def one(number: int) -> None:
        own = random.Random(seeds[number])
        if before := number * kills // leads:
            await struck[before - 1].wait()
        await pause(own, 0.0, 2.0)
        handle = await accept(ground, found, named(ground, f"server-{number}"))
        await drive(handle, own.choice(WAYS))

    async def kill_again_and_again() -> None:
        for event in struck:
            await pause(rng, 2.0, 10.0)
            ground.server.kill()
            await pause(rng, *down)
            ground.server.start()
            await ground.server.client()
            event.set()
            tick()

    async with ground.worker(stream_seconds=0.2):
        await asyncio.gather(kill_again_and_again(), *map(one, range(leads)))
    found.notes.append(f"{kills} server kills over {leads} leads")
    return found


# --- F04: a worker comes back from the dead ------------------------------------------------------------------------


async def thawed_worker(ground: Ground, times: int, tick: Tick = no_tick) -> Found:
    """Frozen inside four deliveries until newer attempts have begun, then thawed: the old attempts must not send.

    When the old attempt wakes, the newer one has ended, but for `again`, whose newer one stands before its commit.
    """
    found = Found()
    for one in range(times):
        for gone in ground.home.glob("go-*"):
            gone.unlink()
        await _frozen_and_thawed(ground, found, [f"{point}.{one}" for point in (*POINTS, "again")])
        tick()
    return found


async def _frozen_and_thawed(ground: Ground, found: Found, names: list[str]) -> None:
    async with ground.worker(stops=POINTS) as old, ground.spawned(stops=["again"]) as new:
        handles = await _handing_over(ground, found, names)
        old.freeze()
        await new.go()
        again = handles[names[-1]]
        await _sent(found, {name: handle for name, handle in handles.items() if handle is not again})
        await marked(ground.home, f"at-again-{names[-1]}")
        await _wake(ground, old, names)
        mails = list(ground.outbox.glob(f"{delivery_of(again)}.eml"))
        found.expect(not mails, f"{again.id}: the old attempt sent after a new one had begun")
        (ground.home / "go-again").touch()
        await _sent(found, {names[-1]: again})


async def _wake(ground: Ground, old: WorkerProcess, names: list[str]) -> None:
    """Thaw the old worker and let its attempts go on to their ends."""
    for point in POINTS:
        (ground.home / f"go-{point}").touch()
    old.thaw()

    async def ended(name: str) -> None:
        async def there() -> bool:
            return any((ground.home / f"{how}-{name}-1").exists() for how in ("handed", "refused"))

        await until(there, seconds=PATIENCE)

    await asyncio.gather(*map(ended, names))
