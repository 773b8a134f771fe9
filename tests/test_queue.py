"""The queue: exactly the first by due time and risk, however many wait and however they are spread."""

from __future__ import annotations

import asyncio
import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from kit import until
from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from leadbraid.engine.attributes import LEAD_ASSIGNEE, LEAD_DUE, LEAD_RISK, LEAD_STATE
from leadbraid.leads import Row, queue
from leadbraid.models import State

pytestmark = pytest.mark.server
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SNOOZED = (State.SNOOZED,)
RISKS = ("none", "info", "warn", "blocking")
SPREADS = {
    "over weeks": [timedelta(hours=hours) for hours in range(-900, 900, 21)],
    "at once": [timedelta(hours=70)] * 85,
    "a few first, then very many at once": [timedelta(minutes=n) for n in range(15)] + [timedelta(hours=5)] * 70,
    "far away": [timedelta(days=400, minutes=n) for n in range(85)],
    "long overdue": [timedelta(days=-90, seconds=n) for n in range(85)],
}
_names = itertools.count(1)


async def waiting(client: Client, dues: list[timedelta], whose: str) -> list[tuple[datetime, int]]:
    """Leads as the list sees them; no worker is needed for that. Returns the keys they sort by."""
    dice = random.Random(len(whose) + len(dues))
    keys = []

    async def one(due: timedelta, risk: str) -> None:
        attributes = [
            # Snoozed, so that no other test's queue shows them.
            SearchAttributePair(LEAD_STATE, State.SNOOZED.value),
            SearchAttributePair(LEAD_DUE, NOW + due),
            SearchAttributePair(LEAD_RISK, risk),
            SearchAttributePair(LEAD_ASSIGNEE, whose),
        ]
        await client.start_workflow(
            "LeadFollowUp",
            id=f"{whose}-{next(_names)}",
            task_queue="nobody",
            memo={"company": "Acme"},
            search_attributes=TypedSearchAttributes(attributes),
        )

    works = []
    for due in dues:
        risk = dice.choice(RISKS)
        keys.append(((NOW + due).replace(second=0, microsecond=0), -RISKS.index(risk)))
        works.append(one(due, risk))
    await asyncio.gather(*works)
    return sorted(keys)


def key(row: Row) -> tuple[datetime, int]:
    assert row.due is not None
    return row.due.replace(second=0, microsecond=0), -RISKS.index(row.risk)


@pytest.mark.parametrize("spread", SPREADS)
async def test_queue_holds_exactly_the_first(client: Client, spread: str) -> None:
    whose = f"queue-{list(SPREADS).index(spread)}"
    keys = await waiting(client, SPREADS[spread], whose)

    async def listed() -> bool:
        return len(await queue(client, NOW, 1000, SNOOZED, whose)) == len(keys)

    await until(listed)
    for limit in (1, 9, 20, 1000):  # the server is asked for a part only where over four times as many wait
        rows = await queue(client, NOW, limit, SNOOZED, whose)
        assert [key(row) for row in rows] == keys[:limit], limit
    assert {row.company for row in rows} == {"Acme"}
    assert await queue(client, NOW, 10, (State.HELD,), whose) == []


@pytest.mark.parametrize("name", ["nobody-has-this", "x' OR LeadState='in_review", "'"])
async def test_name_that_is_no_handle_lists_nobody_elses(client: Client, name: str) -> None:
    assert await queue(client, NOW, 5000, SNOOZED, name) == []
