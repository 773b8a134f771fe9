"""Running leads survive: every golden history replays against the code as it is now. No server is needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import Replayer
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from leadbraid.models import LeadStart, Outcome, State
from workflows.delivery import Delivery
from workflows.lead_followup import LeadFollowUp
from workflows.notice import Notice

HISTORIES = sorted((Path(__file__).parent / "replay" / "histories").glob("*.json"))
WANTED = {
    "approved",
    "edited",
    "changes_then_approved",
    "rejected",
    "approved_without_reply",
    "next_step_changed",
    "expired",
    "redrafted",
    "failed_stream",
    "screened_out",
    "refused_update",
    "refused_signal",
    "escalated_expired_and_reopened",
    "snoozed",
    "held",
    "two_approvals",
    "bad_signature",
    "playbook_refreshed",
    "wrote_again",
    "attached",
    "continued",
    "continued.first",
    "notice",
}
EXPLAIN = """
The workflow code no longer does what this recorded lead did, so leads that wait for a person now would get stuck.
Either keep the old commands for running leads (`if workflow.patched("<what-changed>"):`), or, before 1.0 and on purpose,
record the histories anew (`make record-histories`) and say so in the changelog.
"""


def _history(file: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(file.stem, file.read_text("utf-8"))


def test_there_is_a_history_of_every_path() -> None:
    assert {file.stem for file in HISTORIES} >= WANTED


@pytest.mark.parametrize("file", HISTORIES, ids=lambda file: file.stem)
async def test_recorded_lead_replays(file: Path) -> None:
    """Within the SDK's sandbox, which workers do without: what it forbids (clocks, chance, input) is found here."""
    replayer = Replayer(
        workflows=[LeadFollowUp, Delivery, Notice],
        data_converter=pydantic_data_converter,
        workflow_runner=SandboxedWorkflowRunner(),
    )
    result = await replayer.replay_workflow(_history(file), raise_on_replay_failure=False)
    assert result.replay_failure is None, f"{result.replay_failure}{EXPLAIN}"


@workflow.defn(name="LeadFollowUp")
class ChangedLeadFollowUp:
    """A lead that waits before it does anything: what no running lead did."""

    @workflow.init
    def __init__(self, start: LeadStart) -> None:
        self._start = start

    @workflow.run
    async def run(self, start: LeadStart) -> Outcome:
        await workflow.sleep(1)
        return Outcome(state=State.CANCELLED, reason=start.lead_id)


async def test_changed_workflow_fails_the_replay() -> None:
    replayer = Replayer(workflows=[ChangedLeadFollowUp], data_converter=pydantic_data_converter)
    [approved] = [file for file in HISTORIES if file.stem == "approved"]
    result = await replayer.replay_workflow(_history(approved), raise_on_replay_failure=False)
    assert "Nondeterminism" in str(result.replay_failure)
