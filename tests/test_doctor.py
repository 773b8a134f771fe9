"""`leadbraid doctor`: what is wrong is found and told with what to do, and nothing secret is in what it says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command import Command, Ended
from kit import start_lead, until, working
from receiver import KEY, Answer, receiving
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from leadbraid.doctor import Check, Health, examine_here, examine_server
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.engine.preparation import prepare_namespace
from leadbraid.engine.schedule import ensure_archive_schedule
from leadbraid.models import NoticeKind, NoticeTask
from leadbraid.settings import Settings

ROOT = Path(__file__).parents[1]
MARK_AT_ONCE = "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1"
STAFF = "ana: ana@example.com\n"


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.what: check for check in checks}


def state_of(checks: list[Check]) -> dict[str, str]:
    return {check.what: check.health.value for check in checks}


# --- this machine --------------------------------------------------------------------------------------------------


def here(folder: Path, **fields: Any) -> list[Check]:
    return examine_here(Settings(home=folder, mail_from="sales@example.com", **fields))


def test_plain_machine_has_nothing_wrong(tmp_path: Path) -> None:
    checks = here(tmp_path)
    assert set(state_of(checks).values()) == {"ok"}
    assert by_name(checks)["notices"].text.startswith("off")


def test_what_is_on_is_told_without_secrets(tmp_path: Path) -> None:
    (tmp_path / "staff.yaml").write_text(STAFF)
    checks = here(
        tmp_path,
        staff=tmp_path / "staff.yaml",
        webhook_url="https://hooks.example.com/services/t0ken",
        webhook_secret=KEY,
        OPENAI_API_KEY="sk-t0ken",
    )
    text = str(checks)
    assert "hooks.example.com" in by_name(checks)["notices"].text
    assert "LEADBRAID_WEBHOOK_SECRET" in by_name(checks)["settings"].text
    assert "key set" in by_name(checks)["provider"].text
    assert "t0ken" not in text
    assert KEY not in text
    assert "ana@example.com" not in text


def _file(folder: Path, text: str) -> Path:
    file = folder / "given"
    file.write_text(text, "utf-8")
    return file


@pytest.mark.parametrize(
    ("what", "fields", "words"),
    [
        pytest.param("playbook", {"playbook": "nonsense: 1\n"}, "given:1", id="unusable playbook"),
        pytest.param("playbook", {"playbook": None}, "given", id="no playbook"),
        pytest.param("documents", {"documents": None}, "given", id="no documents"),
        pytest.param("suppression", {"suppression": None}, "given", id="no suppression list"),
        pytest.param("outbox", {"outbox": "a file"}, "LEADBRAID_OUTBOX", id="outbox is a file"),
        pytest.param("notices", {"staff": "ana: nobody\n"}, "given:1: ana", id="staff without an address"),
        pytest.param("notices", {"staff": None}, "LEADBRAID_STAFF", id="no staff file"),
    ],
)
def test_file_that_cannot_be_used_is_wrong_and_stops_no_other_check(
    tmp_path: Path, what: str, fields: dict[str, str | None], words: str
) -> None:
    [(name, text)] = fields.items()
    path = tmp_path / "given" if text is None else _file(tmp_path, text)
    checks = here(tmp_path, **{name: path})
    assert [check.what for check in checks if check.health is not Health.OK] == [what]
    found = by_name(checks)[what]
    assert found.health is Health.WRONG
    assert words in f"{found.text}: {found.remedy}"
    assert len(checks) == len(here(tmp_path))


@pytest.mark.parametrize(
    ("what", "fields", "words"),
    [
        ("provider", {"llm": "openai"}, "OPENAI_API_KEY"),
        ("notices", {"notices_to": "nobody"}, "LEADBRAID_NOTICES_TO"),
        ("notices", {"webhook_url": "https://a.example/", "webhook_secret": "c2hvcnQ="}, "LEADBRAID_WEBHOOK_SECRET"),
    ],
)
def test_setting_that_cannot_be_used_is_wrong(tmp_path: Path, what: str, fields: dict[str, str], words: str) -> None:
    checks = here(tmp_path, **fields)
    assert [check.what for check in checks if check.health is not Health.OK] == [what]
    assert words in by_name(checks)[what].text


def test_default_sender_and_empty_list_are_worth_a_look(tmp_path: Path) -> None:
    checks = examine_here(Settings(home=tmp_path, suppression=_file(tmp_path, "# nobody yet\n")))
    wanted = {"outbox": "warning", "suppression": "warning"}
    assert {what: state for what, state in state_of(checks).items() if state != "ok"} == wanted


# --- Temporal ------------------------------------------------------------------------------------------------------


@pytest.fixture
async def fresh(temporal_binary: str) -> AsyncIterator[Client]:
    """A server of its own, as it comes: nothing prepared, no worker. It marks a stuck workflow at its first failure."""
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=temporal_binary,
        data_converter=pydantic_data_converter,
        dev_server_log_level="error",
        dev_server_startup_timeout=None,
        dev_server_extra_args=["--dynamic-config-value", MARK_AT_ONCE],
    )
    async with environment:
        yield environment.client


async def there(client: Client) -> list[Check]:
    return await examine_server(client, datetime.now(UTC))


async def check_of(client: Client, what: str) -> Check:
    return by_name(await there(client))[what]


async def not_ok(client: Client, what: str) -> Check:
    """The check, once it is not well any more."""

    async def found() -> Check | None:
        check = await check_of(client, what)
        return check if check.health is not Health.OK else None

    check = await until(found)
    assert isinstance(check, Check)
    return check


@pytest.mark.server
async def test_server_as_it_comes_is_wrong_in_all_that_leads_need(fresh: Client) -> None:
    checks = await there(fresh)
    wrong = {check.what for check in checks if check.health is Health.WRONG}
    assert wrong == {"search attributes", "worker", "streams' worker", "retention", "archive"}
    assert "search-attribute create" in by_name(checks)["search attributes"].text
    assert "--retention" in by_name(checks)["retention"].remedy
    assert "python worker.py" in by_name(checks)["worker"].remedy


@pytest.mark.server
async def test_prepared_server_with_a_worker_has_nothing_wrong(fresh: Client, tmp_path: Path) -> None:
    await prepare_namespace(fresh)
    await ensure_archive_schedule(fresh)
    async with working(fresh, tmp_path):

        async def all_well() -> bool:
            return {check.health for check in await there(fresh)} == {Health.OK}

        assert await until(all_well)


@pytest.mark.server
async def test_lead_that_cannot_go_on_is_wrong(fresh: Client, tmp_path: Path) -> None:
    await prepare_namespace(fresh)
    async with working(fresh, tmp_path):
        await start_lead(fresh)
        assert (await check_of(fresh, "stuck leads")).health is Health.OK
        stuck = await fresh.start_workflow("LeadFollowUp", "no lead", id="lead-0000000000000bad", task_queue=TASK_QUEUE)
        check = await not_ok(fresh, "stuck leads")
        await stuck.terminate("a test")
    assert check.health is Health.WRONG
    assert stuck.id in check.text
    assert "leadbraid replay --live" in check.remedy


@pytest.mark.server
async def test_tasks_that_wait_for_long_are_told_with_their_queue(
    fresh: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await prepare_namespace(fresh)
    await start_lead(fresh)
    assert (await check_of(fresh, "backlog")).health is Health.OK
    monkeypatch.setattr("leadbraid.doctor.server.LONG_WAIT", timedelta(milliseconds=1))
    check = await not_ok(fresh, "backlog")
    assert check.health is Health.WARNING
    assert f"tasks that wait on {TASK_QUEUE}: 1, the oldest for" in check.text


def a_task(n: int) -> NoticeTask:
    return NoticeTask(lead_id="lead-0123456789abcdef", kind=NoticeKind.WAITING, n=n, ask="Decide.")


@pytest.mark.server
async def test_notices_that_fail_or_were_given_up_are_told_with_the_reason(fresh: Client, tmp_path: Path) -> None:
    await prepare_namespace(fresh)
    with receiving(Answer(500), Answer(410)) as receiver:
        async with working(fresh, tmp_path, webhook_url=receiver.url, webhook_secret=KEY):
            failing = await fresh.start_workflow("Notice", a_task(1), id=a_task(1).notice_id, task_queue=TASK_QUEUE)
            check = await not_ok(fresh, "notices failing")
            assert check.health is Health.WARNING
            assert f"{failing.id}: webhook, try 1: the webhook answered HTTP 500" in check.text
            assert (await check_of(fresh, "notices lost")).health is Health.OK
            await fresh.execute_workflow("Notice", a_task(2), id=a_task(2).notice_id, task_queue=TASK_QUEUE)
            await failing.terminate("a test")

            async def both_lost() -> Check | None:
                lost = await check_of(fresh, "notices lost")
                return lost if "being terminated" in lost.text and "1 by webhook" in lost.text else None

            lost = await until(both_lost)
            assert (await check_of(fresh, "notices failing")).health is Health.OK
    assert lost.health is Health.WARNING
    assert a_task(1).notice_id in lost.text or a_task(2).notice_id in lost.text


# --- the command ---------------------------------------------------------------------------------------------------


def doctor(home: Path, *words: str, **env: str) -> Ended:
    # In the home folder: a `leadbraid.env` of whoever runs the tests must not count.
    return Command(home, cwd=home)("doctor", *words, **env)


def test_without_a_server_it_says_how_to_start_one_and_fails(tmp_path: Path) -> None:
    ended = doctor(tmp_path)
    assert ended.returncode == 1
    assert ended.stderr == ""
    [temporal] = [line for line in ended.stdout.splitlines() if line.startswith("wrong")]
    assert "leadbraid up" in temporal
    assert len(ended.stdout.splitlines()) == len(examine_here(Settings(home=tmp_path))) + 1


def test_wrong_setting_is_told_in_one_line(tmp_path: Path) -> None:
    ended = doctor(tmp_path, "--json", LEADBRAID_WEBHOOK_URL="https://a.example/t0ken")
    assert ended.returncode == 1
    told = json.loads(ended.stdout)
    assert told["healthy"] is False
    [check] = told["checks"]
    assert (check["check"], check["state"]) == ("settings", "wrong")
    assert "LEADBRAID_WEBHOOK_SECRET" in check["text"]
    assert "t0ken" not in ended.stdout + ended.stderr


@pytest.mark.server
async def test_healthy_server_gives_0_and_json(fresh: Client, tmp_path: Path) -> None:
    await prepare_namespace(fresh)
    await ensure_archive_schedule(fresh)
    address = fresh.service_client.config.target_host
    async with working(fresh, tmp_path):

        async def healthy() -> Any:
            env = {"TEMPORAL_ADDRESS": address, "LEADBRAID_MAIL_FROM": "sales@example.com"}
            ended = await asyncio.to_thread(doctor, tmp_path, "--json", **env)
            return json.loads(ended.stdout) if ended.returncode == 0 else None

        told = await until(healthy)
    assert told["healthy"] is True
    assert {check["state"] for check in told["checks"]} == {"ok"}
    assert {"worker", "retention", "stuck leads", "notices failing"} <= {check["check"] for check in told["checks"]}
