"""ComparedLead: a lead's way up to the review and no further, to see what another plan would make of it."""

from __future__ import annotations

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import Brief, ComparedStart

from workflows.versions import Versions


@workflow.defn(name="ComparedLead")
class ComparedLead:
    """The very code of a lead: screen, streams, merge point, redrafts.

    It is no lead: it carries no search attribute, so no queue lists it; it waits for nobody and sends nothing.
    """

    @workflow.run
    async def run(self, given: ComparedStart) -> Brief:
        """The brief that would come to review."""
        return await Versions(given.start, given.models_queue).first()
