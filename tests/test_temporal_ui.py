"""The Temporal UI of the embedded server in a real browser: what an auditor reads there, and a decision made there."""

from __future__ import annotations

from pathlib import Path

import pytest
from kit import approval, in_state, mails, outcome_of, start_lead, working
from playwright.async_api import expect
from temporal_ui import TemporalUi, browser_command
from temporalio.client import WorkflowHistory

from leadbraid.engine.connection import connect_to
from leadbraid.engine.server import EmbeddedServer
from leadbraid.models import State
from leadbraid.settings import Settings

pytestmark = pytest.mark.server
STREAMS = {"qualification": "Qualification", "research": "Research", "drafting": "Drafting", "fit_risk": "Fit & risk"}


async def test_lead_is_found_read_and_approved_in_the_temporal_ui(tmp_path: Path, temporal_binary: str) -> None:
    """Filter by state; streams and brief; the signal form; decision and delivery; the download, read again."""
    browser_command()
    async with EmbeddedServer.open(Settings(home=tmp_path), port=0, ui_port=0) as server:
        client = await connect_to(server.endpoint)
        assert server.endpoint.ui
        async with working(client, tmp_path), TemporalUi.open(server.endpoint.ui) as ui:
            waits, other = [await start_lead(client) for _ in range(2)]
            status = await in_state(waits, State.IN_REVIEW)
            await in_state(other, State.IN_REVIEW)
            await other.execute_update("decide", {"decision": "reject", "reviewer": "ana", "reason": "spam"})
            await outcome_of(other)

            await ui.filter("LeadState", "rejected")
            await expect(ui.listed(other.id)).to_be_visible()
            await expect(ui.listed(waits.id)).to_have_count(0)
            await ui.filter("LeadState", "in_review")
            await expect(ui.listed(other.id)).to_have_count(0)
            await ui.listed(waits.id).click()
            await ui.history()
            for name, summary in STREAMS.items():
                await expect(ui.row(name, summary, "Activity")).to_be_visible()
            await ui.row("assemble", "Brief, version 1").click()
            brief = ui.page.locator(".cm-content").filter(has_text='"results"')
            for words in ('"version": 1', '"stream": "qualification"', '"verdict": "qualified"'):
                await expect(brief).to_contain_text(words)

            await ui.signal("review", approval(status))
            await ui.submit()
            outcome = await outcome_of(waits)
            assert (outcome.state, outcome.decided_by, outcome.reply) == (State.SENT, "ana", status.reply)
            await ui.page.reload()
            await ui.history()
            await expect(ui.page.get_by_test_id("execution-status")).to_contain_text("Completed", ignore_case=True)
            await expect(ui.row("Signal received", "review", '"decision":"approve","reviewer":"ana"')).to_be_visible()
            await expect(ui.row("Child Workflow", "Delivery", f"Send reply {status.reply[:19]}")).to_be_visible()
            await expect(ui.page.get_by_test_id("input-and-result")).to_contain_text('"state": "sent"')

            file = tmp_path / "downloaded.json"
            await ui.download("Encoded", file)
            downloaded = WorkflowHistory.from_json(waits.id, file.read_text("utf-8"))
            assert list(downloaded.events) == list((await waits.fetch_history()).events)
    assert len(mails(tmp_path)) == 1
