"""The workflow of tomorrow: once changed as it should be, once as it must never be.

No test kit is imported here: the sandbox loads this module for each lead.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import LeadStart, Outcome

from workflows.lead_followup import LeadFollowUp
from workflows.registered import WORKFLOWS

PAUSE = timedelta(milliseconds=10)


@workflow.defn(name="LeadFollowUp")
class Patched(LeadFollowUp):
    """Waits a moment first, but only leads that begin from now on do."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: LeadStart) -> Outcome:
        """The same way, after the pause."""
        if workflow.patched("pause-first"):
            await workflow.sleep(PAUSE)
        return await super().run(start)


@workflow.defn(name="LeadFollowUp")
class Broken(LeadFollowUp):
    """Waits a moment first, whoever it is: what no lead that waits now has done."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        super().__init__(start)

    @workflow.run
    async def run(self, start: LeadStart) -> Outcome:
        """The same way, after a pause that running leads never had."""
        await workflow.sleep(PAUSE)
        return await super().run(start)


CODE = {"today": LeadFollowUp, "earlier": LeadFollowUp, "patched": Patched, "broken": Broken}
"""`earlier` is an earlier copy in processes that are given its folder (``ground.py``), else the same as `today`."""


def workflows(code: str) -> tuple[type, ...]:
    """All workflow types, the lead's as ``code`` has it."""
    return tuple(CODE[code] if one is LeadFollowUp else one for one in WORKFLOWS)
