"""The merge point. Its result in the history is the brief that was reviewed."""

from __future__ import annotations

from temporalio import activity

from leadbraid import merge
from leadbraid.models import AssembleTask, Brief


@activity.defn(name="assemble")
def assemble(task: AssembleTask) -> Brief:
    """Fill slots, find conflicts, decide the next step."""
    return merge.assemble(task)
