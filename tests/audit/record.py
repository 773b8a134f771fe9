"""Record what the Temporal UI gives of one plain approved lead, and the pictures of docs/auditing.md.

    .venv/bin/python tests/audit/record.py

* `lead.ui.json`, `delivery.ui.json`: the UI's download, `Encoded`; `lead.cli.json`, `delivery.cli.json`: the same
  histories by `temporal workflow show --output json`.
* `delivery.readable.json`: the UI's download, `Human Readable`, which no program of Temporal's reads again.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from kit import approval, in_state, outcome_of, start_lead, working
from temporal_ui import TemporalUi
from temporalio.client import Client

from leadbraid.engine.connection import connect_to
from leadbraid.engine.server import EmbeddedServer
from leadbraid.intake import parse_lead
from leadbraid.llm.rules import RulesProvider
from leadbraid.models import State
from leadbraid.playbook import load_playbook
from leadbraid.settings import Settings

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PICTURES = ROOT / "docs" / "images"
SAMPLES = ("01-demo-request", "04-interface-question", "05-dangerous-goods", "11-overseas-support")
STILL = 1000
"""Milliseconds that the page gets to stop moving before its picture is taken."""


async def main() -> None:
    """One server: the small lead's histories first, then the sample leads in pictures."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        async with EmbeddedServer.open(Settings(home=home), port=0, ui_port=0) as server:
            client = await connect_to(server.endpoint)
            assert server.endpoint.ui
            async with TemporalUi.open(server.endpoint.ui, width=1600, height=1100, scale=0.8) as ui:
                async with working(client, home):
                    await _histories(client, ui, server.endpoint.temporal)
                async with working(client, home, RulesProvider()):
                    await _pictures(client, ui)


async def _histories(client: Client, ui: TemporalUi, address: str) -> None:
    handle = await start_lead(client)
    await handle.signal("review", approval(await in_state(handle, State.IN_REVIEW)))
    outcome = await outcome_of(handle)
    for name, workflow_id in (("lead", handle.id), ("delivery", outcome.delivery_id)):
        shown = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("temporal"),
            *["workflow", "show", "-w", workflow_id, "--address", address, "--output", "json"],
            stdout=asyncio.subprocess.PIPE,
        )
        (HERE / f"{name}.cli.json").write_bytes((await shown.communicate())[0])
        await ui.visit(workflow_id)
        await ui.history()
        await ui.download("Encoded", HERE / f"{name}.ui.json")
    await ui.download("Human Readable", HERE / "delivery.readable.json")


async def _pictures(client: Client, ui: TemporalUi) -> None:
    playbook = load_playbook(ROOT / "playbooks" / "dockline.yaml")
    files = [ROOT / "examples" / "leads" / f"{name}.json" for name in SAMPLES]
    leads = [await start_lead(client, parse_lead(file.read_bytes(), file.name), playbook) for file in files]
    for lead in leads:
        status = await in_state(lead, State.IN_REVIEW)
    status, lead = await in_state(leads[0], State.IN_REVIEW), leads[0]
    await ui.filter("LeadState", "in_review")
    await ui.listed(lead.id).wait_for()
    await _picture(ui, "ui-filtered-list", height=520)
    await ui.listed(lead.id).click()
    await ui.signal("review", approval(status))
    await _picture(ui, "ui-signal-form", top=190, height=720)
    await ui.submit()
    await outcome_of(lead)
    await ui.page.reload()
    await ui.history()
    await ui.row("assemble", "Brief, version 1").wait_for()
    await _picture(ui, "ui-event-list", heading="Event History", height=500)
    await ui.page.get_by_test_id("timeline-tab").click()
    await _picture(ui, "ui-timeline", heading="Timeline", height=440)


async def _picture(ui: TemporalUi, name: str, *, height: int, top: float = 0, heading: str = "") -> None:
    """A strip of the page: from ``top``, or from a heading, so many of the page's pixels high."""
    await ui.page.mouse.move(1, 1)  # no row under it, and no tooltip
    if heading:
        found = ui.page.get_by_role("heading", name=heading).first
        await found.evaluate("element => element.scrollIntoView({block: 'center'})")
    await ui.page.wait_for_timeout(STILL)
    if heading:
        box = await found.bounding_box()
        top = box["y"] - 30 if box else 0
    clip = {"x": 0, "y": top, "width": 1600, "height": height}
    await ui.page.screenshot(path=PICTURES / f"{name}.png", clip=clip)  # type: ignore[arg-type]


if __name__ == "__main__":
    asyncio.run(main())
