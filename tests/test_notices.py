"""Staff are told at most once of one thing, on every channel there is, and nothing they type can bend a message."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import re
import socket
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from kit import WAIT, history_of, mails, until, working
from pydantic import SecretStr, ValidationError
from receiver import KEY, Answer, Receiver, receiving
from standardwebhooks import WebhookVerificationError
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import ActivityEnvironment

from activities.notices import NoticeActivities
from leadbraid.errors import NoticeError, SettingsError
from leadbraid.models import NoticeChannel, NoticeFate, NoticeKind, NoticeResult, NoticeTask
from leadbraid.notices import wording
from leadbraid.notices.configured import make_channels
from leadbraid.notices.staff import read_staff
from leadbraid.notices.webhook import retry_after
from leadbraid.settings import Settings, load_settings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LINK = "https://temporal.example.com/namespaces/default/workflows/{lead}"


def a_task(kind: NoticeKind = NoticeKind.WAITING, n: int = 1, **fields: Any) -> NoticeTask:
    """A notice about a lead of its own."""
    defaults: dict[str, Any] = {
        "lead_id": f"lead-{uuid.uuid4().hex[:16]}",
        "ask": "Decide on version 1.",
        "due": datetime(2026, 3, 4, 15, 30, tzinfo=UTC),
    }
    return NoticeTask(kind=kind, n=n, **(defaults | fields))


def settings(home: Path, receiver: Receiver | None = None, **fields: Any) -> Settings:
    """Settings with a webhook where a receiver is given."""
    hook = {"webhook_url": receiver.url, "webhook_secret": KEY} if receiver else {}
    return Settings(home=home, link=LINK, **(hook | fields))


async def post(home: Path, receiver: Receiver, task: NoticeTask, attempt: int = 1, **fields: Any) -> str:
    """One attempt on the webhook's channel."""
    channel = make_channels(settings(home, receiver, **fields))[NoticeChannel.WEBHOOK]
    return await channel.tell(task, since=NOW, attempt=attempt)


async def write(home: Path, task: NoticeTask, attempt: int = 1, **fields: Any) -> EmailMessage:
    """One attempt on the mail channel; the message, read back from its file."""
    channel = make_channels(settings(home, **fields))[NoticeChannel.MAIL]
    place = await channel.tell(task, since=NOW, attempt=attempt)
    message = message_from_bytes(Path(place).read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def staff_file(folder: Path, text: str = "ana: ana@example.com\nBen: ben@example.com\n") -> Path:
    file = folder / "staff.yaml"
    file.write_text(text, "utf-8")
    return file


# --- what is posted ------------------------------------------------------------------------------------------------


async def test_generic_body_is_signed_and_holds_the_facts(tmp_path: Path) -> None:
    task = a_task(NoticeKind.DUE_SOON, assignee="ana")
    with receiving() as receiver:
        await post(tmp_path, receiver, task)
    [got] = receiver.got
    assert got.verified() == {
        "type": "lead.due_soon",
        "timestamp": "2026-03-02T09:00:00Z",
        "data": {
            "notice_id": task.notice_id,
            "lead_id": task.lead_id,
            "n": 1,
            "assignee": "ana",
            "ask": "Decide on version 1.",
            "due": "2026-03-04T15:30:00Z",
            "link": LINK.format(lead=task.lead_id),
        },
    }
    assert got.headers["webhook-id"] == task.notice_id == f"notice-{task.lead_id[5:]}-due_soon-1"
    assert got.headers["content-type"] == "application/json"


async def test_signature_of_another_key_or_body_is_refused(tmp_path: Path) -> None:
    with receiving() as receiver:
        await post(tmp_path, receiver, a_task())
    [got] = receiver.got
    got.verified()
    with pytest.raises(WebhookVerificationError):
        got.verified("whsec_" + "B" * 32)
    with pytest.raises(WebhookVerificationError):
        type(got)(got.path, got.headers, got.body.replace(b"version 1", b"version 2")).verified()


async def test_chat_body_is_one_text(tmp_path: Path) -> None:
    task = a_task(NoticeKind.OVERDUE, assignee="ana")
    with receiving() as receiver:
        await post(tmp_path, receiver, task, webhook_body="chat")
    assert receiver.got[0].verified() == {
        "text": f"A decision is overdue: Decide on version 1. Due Wed 04 Mar 2026, 15:30 UTC. Assigned to ana. "
        f"({task.lead_id}) {LINK.format(lead=task.lead_id)}"
    }


def test_chat_text_calls_nobody_and_hides_no_link() -> None:
    task = a_task(assignee="@all <!channel> [x](http://evil.example) `a`\n\u202ereversed", ask="Look @here <b>")
    text = wording.chat(task, "")
    for bad in ("@", "<", ">", "[", "]", "`", "\n", "\u202e"):
        assert bad not in text


def test_without_a_link_and_a_due_time_nothing_stands_in_their_place() -> None:
    task = a_task(due=None)
    assert json.loads(wording.generic_body(task, "", NOW))["data"]["link"] is None
    assert "Due" not in wording.letter(task, "")
    assert f"leadbraid show {task.lead_id}" in wording.letter(task, "")
    assert wording.chat(task, "").endswith(f"({task.lead_id})")


def test_bodies_take_any_handle() -> None:
    task = a_task(assignee="\U0001f600 \x00 ü")
    assert json.loads(wording.generic_body(task, "", NOW))["data"]["assignee"] == task.assignee
    wording.chat_body(task, "")


@pytest.mark.parametrize("lead_id", ["../../etc/passwd", "lead-1\r\nBcc: x", "", "LEAD", "lead_1"])
def test_what_is_no_lead_id_makes_no_notice(lead_id: str) -> None:
    with pytest.raises(ValidationError):
        a_task(lead_id=lead_id)


# --- how it is posted ----------------------------------------------------------------------------------------------


async def test_repeat_has_the_same_id_and_bytes(tmp_path: Path) -> None:
    task = a_task()
    with receiving(Answer(500)) as receiver:
        with pytest.raises(NoticeError) as refused:
            await post(tmp_path, receiver, task, attempt=1)
        await post(tmp_path, receiver, task, attempt=2)
    assert refused.value.retryable
    assert receiver.ids == [task.notice_id] * 2
    assert receiver.got[0].body == receiver.got[1].body
    assert all(got.verified() for got in receiver.got)


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 502, 503, 504, 599])
async def test_status_that_may_pass_is_tried_again(tmp_path: Path, status: int) -> None:
    with receiving(Answer(status)) as receiver, pytest.raises(NoticeError, match=f"HTTP {status}") as refused:
        await post(tmp_path, receiver, a_task())
    assert refused.value.retryable


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 403, 404, 410, 413, 422])
async def test_status_that_will_not_pass_is_final(tmp_path: Path, status: int) -> None:
    with receiving() as other:
        moved = Answer(status, {"location": other.url} if 300 <= status < 400 else {})
        with receiving(moved) as receiver, pytest.raises(NoticeError, match=f"HTTP {status}") as refused:
            await post(tmp_path, receiver, a_task())
    assert not refused.value.retryable
    assert (len(receiver.got), other.got) == (1, [])


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_any_2xx_is_told(tmp_path: Path, status: int) -> None:
    with receiving(Answer(status, body=b"")) as receiver:
        assert await post(tmp_path, receiver, a_task()) == f"HTTP {status}"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(body=b"x" * 10_000_000), id="10 MB"),
        pytest.param(Answer(body=b"short", promises=1000), id="ends before its length"),
        pytest.param(Answer(headers={"content-encoding": "gzip"}, body=b"not gzip"), id="broken encoding"),
    ],
)
async def test_body_of_the_answer_changes_nothing(tmp_path: Path, answer: Answer) -> None:
    with receiving(answer) as receiver:
        assert await post(tmp_path, receiver, a_task()) == "HTTP 200"


async def test_long_answer_is_not_read_to_its_end(tmp_path: Path) -> None:
    with receiving(Answer(body=b"x" * 60_000_000)) as receiver:
        assert await post(tmp_path, receiver, a_task()) == "HTTP 200"
    # The rest of what was written lies in the buffers of the two sockets.
    assert receiver.written < 30_000_000


@pytest.mark.parametrize(
    ("status", "wait"), [(429, timedelta(seconds=7)), (503, timedelta(seconds=7)), (500, None), (409, None)]
)
async def test_receiver_may_ask_to_wait(tmp_path: Path, status: int, wait: timedelta | None) -> None:
    with receiving(Answer(status, {"retry-after": "7"})) as receiver, pytest.raises(NoticeError) as refused:
        await post(tmp_path, receiver, a_task())
    assert refused.value.retry_after == wait


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(seconds=120)),
        (" 3 ", timedelta(seconds=3)),
        ("999999999999999999999", timedelta(hours=1)),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        (format_datetime(NOW + timedelta(days=5), usegmt=True), timedelta(hours=1)),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        ("²", None),
    ],
)
def test_wait_is_read_from_seconds_or_a_date(value: str, wait: timedelta | None) -> None:
    assert retry_after(value, NOW) == wait


async def test_receiver_that_is_down_is_tried_again_and_its_address_not_told(tmp_path: Path) -> None:
    with receiving() as receiver:
        pass
    with pytest.raises(NoticeError) as down:
        await post(tmp_path, receiver, a_task())
    assert down.value.retryable
    assert "t0ken" not in str(down.value)
    assert "127.0.0.1" not in str(down.value)


async def test_answer_that_is_no_http_is_tried_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        receiver = Receiver(f"http://127.0.0.1:{silent.getsockname()[1]}/t0ken")
        channel = make_channels(settings(tmp_path, receiver))[NoticeChannel.WEBHOOK]

        async def rude() -> None:
            loop = asyncio.get_running_loop()
            silent.setblocking(False)
            connection, _ = await loop.sock_accept(silent)
            await loop.sock_sendall(connection, b"220 mail.example.com ESMTP\r\n")
            connection.close()

        talking = asyncio.create_task(rude())
        with pytest.raises(NoticeError) as refused:
            await channel.tell(a_task(), since=NOW, attempt=1)
        await talking
    assert refused.value.retryable


async def test_proxy_of_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as proxy, receiving() as receiver:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        await post(tmp_path, receiver, a_task())
    assert (len(receiver.got), proxy.got) == (1, [])


# --- e-mail --------------------------------------------------------------------------------------------------------


async def test_mail_goes_to_the_assignee_and_lies_apart_from_replies(tmp_path: Path) -> None:
    task = a_task(NoticeKind.WAITING, assignee="BEN")
    message = await write(tmp_path, task, staff=staff_file(tmp_path), mail_from="sales@example.com")
    assert message["To"] == "ben@example.com"
    assert message["Subject"] == f"A lead waits for a decision: {task.lead_id}"
    assert message["Message-ID"] == f"<{task.notice_id}@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    for fact in ("Decide on version 1.", "Wed 04 Mar 2026, 15:30 UTC", LINK.format(lead=task.lead_id), "BEN"):
        assert fact in text
    assert mails(tmp_path) == []
    assert [file.name for file in (tmp_path / "outbox" / "notices").iterdir()] == [f"{task.notice_id}.eml"]


async def test_repeated_mail_is_one_file_with_the_same_bytes(tmp_path: Path) -> None:
    task = a_task()
    first = await write(tmp_path, task, attempt=1, notices_to="sales@example.com")
    second = await write(tmp_path, task, attempt=2, notices_to="sales@example.com")
    assert first.as_bytes() == second.as_bytes()
    assert len(list((tmp_path / "outbox" / "notices").iterdir())) == 1


@pytest.mark.parametrize("assignee", ["", "stranger"])
async def test_unassigned_leads_go_to_the_common_address(tmp_path: Path, assignee: str) -> None:
    task = a_task(assignee=assignee)
    message = await write(tmp_path, task, staff=staff_file(tmp_path), notices_to="team@example.com")
    assert message["To"] == "team@example.com"


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\nBcc: evil@example.net",
        "x\nBcc: evil@example.net\n\nother text",
        "=?utf-8?q?a=0D=0ABcc=3A_evil=40example.net?=",
        "x\u2028Bcc: evil@example.net\u202e\x1b[2J",
        "evil@example.net, other@example.net",
        "\x00\x7f\x9b",
    ],
)
async def test_hostile_words_stay_in_the_text(tmp_path: Path, hostile: str) -> None:
    task = a_task(assignee=hostile, ask=hostile)
    message = await write(tmp_path, task, notices_to="team@example.com")
    assert {name.lower() for name in message} == {
        *("from", "to", "subject", "date", "message-id", "auto-submitted", "x-leadbraid-notice"),
        *("mime-version", "content-type", "content-transfer-encoding"),
    }
    assert message["To"] == "team@example.com"
    text = message.get_content()
    assert not any(line.startswith("Bcc") for line in text.splitlines())
    assert "\x1b" not in text
    assert "\u202e" not in text


async def test_outbox_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(NoticeError) as refused:
        await write(tmp_path, a_task(), notices_to="team@example.com")
    assert refused.value.retryable


# --- settings ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ana ana@example.com", "staff.yaml:1"),
        ("ana: ana@example.com\nben: nobody\n", "staff.yaml:2: ben"),
        ("ana: ana@example.com\nANA: ana@example.com\n", "staff.yaml:2: ANA"),
        ("ana: ana@example.com\nana: eve@example.com\n", "staff.yaml:2"),
        ("ana:\n", "staff.yaml:1"),
        ("ana: [a@example.com]\n", "staff.yaml:1: ana"),
        ("ana: 'a@example.com\n", "staff.yaml:1"),
        ("- ana@example.com\n", "staff.yaml:1"),
        ("ana: !!python/object:os.system x\n", "staff.yaml:1"),
        ('ana: "a@example.com\\r\\nBcc: x@example.com"\n', "staff.yaml:1: ana"),
        ("", "is empty"),
    ],
)
def test_broken_staff_file_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        read_staff(staff_file(tmp_path, text))
    assert words in str(wrong.value)
    assert len(str(wrong.value).splitlines()) == 1


def test_missing_staff_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"LEADBRAID_STAFF: .*none.yaml cannot be read"):
        make_channels(settings(tmp_path, staff=tmp_path / "none.yaml"))


def _environment(monkeypatch: pytest.MonkeyPatch, folder: Path, **values: str) -> None:
    for name in [name for name in os.environ if name.startswith("LEADBRAID_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    for name, value in values.items():
        monkeypatch.setenv(f"LEADBRAID_{name}", value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"WEBHOOK_URL": "https://a.example/t0ken"}, "set LEADBRAID_WEBHOOK_SECRET"),
        ({"WEBHOOK_URL": "http://a.example/t0ken", "WEBHOOK_SECRET": KEY}, "use https"),
        ({"WEBHOOK_URL": "http://localhost.evil.example/t0ken", "WEBHOOK_SECRET": KEY}, "use https"),
        ({"WEBHOOK_URL": "http://[::ffff:8.8.8.8]/t0ken", "WEBHOOK_SECRET": KEY}, "use https"),
        ({"WEBHOOK_URL": "ftp://a.example/t0ken", "WEBHOOK_SECRET": KEY}, "https://"),
        ({"WEBHOOK_URL": "file:///t0ken", "WEBHOOK_SECRET": KEY}, "https://"),
        ({"WEBHOOK_URL": "t0ken", "WEBHOOK_SECRET": KEY}, "https://"),
        ({"WEBHOOK_URL": "https://a.example:99999/t0ken", "WEBHOOK_SECRET": KEY}, "no address"),
        ({"WEBHOOK_URL": "https://me:t0ken@a.example/", "WEBHOOK_SECRET": KEY}, "name and password"),
        ({"WEBHOOK_SECRET": KEY, "WEBHOOK_SECRET_FILE": "t0ken"}, "both set"),
        ({"WEBHOOK_BODY": "xml"}, "LEADBRAID_WEBHOOK_BODY"),
        ({"LINK": "javascript:{lead}"}, "LEADBRAID_LINK"),
        ({"LINK": "https://a.example/"}, "LEADBRAID_LINK"),
        ({"LINK": "https://a.example/{lead}/{other}"}, "LEADBRAID_LINK"),
    ],
)
def test_unsafe_settings_are_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, values: dict[str, str], words: str
) -> None:
    _environment(monkeypatch, tmp_path, **values)
    with pytest.raises(SettingsError) as wrong:
        load_settings()
    assert words in str(wrong.value)
    assert len(str(wrong.value).splitlines()) == 1
    assert "t0ken" not in str(wrong.value)
    assert KEY not in str(wrong.value)


@pytest.mark.parametrize(
    "url", ["http://localhost:9/x", "http://127.0.0.2:9/x", "http://[::1]:9/x", "https://a.example/x"]
)
def test_plain_http_is_for_this_machine_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> None:
    _environment(monkeypatch, tmp_path, WEBHOOK_URL=url, WEBHOOK_SECRET=KEY)
    assert list(make_channels(load_settings())) == [NoticeChannel.WEBHOOK]


@pytest.mark.parametrize("secret", ["not base64 at all!", "c2hvcnQ=", "A" * 100])
def test_unusable_key_is_refused_without_showing_it(tmp_path: Path, secret: str) -> None:
    with receiving() as receiver, pytest.raises(SettingsError, match="LEADBRAID_WEBHOOK_SECRET") as wrong:
        make_channels(settings(tmp_path, receiver, webhook_secret=SecretStr(secret)))
    assert secret not in str(wrong.value)


async def test_key_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    with receiving() as receiver:
        await post(tmp_path, receiver, a_task(), webhook_secret=None, webhook_secret_file=file)
        assert receiver.got[0].verified()
        file.unlink()
        with pytest.raises(SettingsError, match="LEADBRAID_WEBHOOK_SECRET_FILE"):
            await post(tmp_path, receiver, a_task(), webhook_secret=None, webhook_secret_file=file)


def test_settings_do_not_show_secrets(tmp_path: Path) -> None:
    with receiving() as receiver:
        shown = repr(settings(tmp_path, receiver))
    assert KEY not in shown
    assert "t0ken" not in shown


def test_refused_settings_do_not_show_what_was_given(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as wrong:
        Settings(home=tmp_path, webhook_url="http://me.example/t0ken", webhook_secret=KEY)
    assert "t0ken" not in str(wrong.value)


@pytest.mark.parametrize(
    ("fields", "on"),
    [
        ({}, False),
        ({"link": LINK}, False),
        ({"staff": "staff.yaml"}, True),
        ({"notices_to": "team@example.com"}, True),
        ({"webhook_url": "https://a.example/", "webhook_secret": KEY}, True),
    ],
)
def test_settings_tell_whether_there_is_a_way_to_tell_staff(fields: dict[str, Any], on: bool) -> None:
    assert Settings(**fields).notices is on


# --- on the server -------------------------------------------------------------------------------------------------


async def notify(client: Client, task: NoticeTask, found: Settings) -> str:
    """The activity, as a lead calls it."""
    return str(await ActivityEnvironment().run(NoticeActivities(client, make_channels(found)).notify, task))


async def result_of(client: Client, notice_id: str) -> NoticeResult:
    handle = client.get_workflow_handle(notice_id, result_type=NoticeResult)
    return await asyncio.wait_for(handle.result(), WAIT)


def _fates(result: NoticeResult) -> dict[str, str]:
    return {one.channel.value: one.fate.value for one in result.told}


@pytest.mark.server
async def test_both_channels_are_told_once_however_often_notify_runs(client: Client, tmp_path: Path) -> None:
    task = a_task(assignee="ana")
    with receiving() as receiver:
        found = settings(tmp_path, receiver, staff=staff_file(tmp_path))
        async with working(client, **_worker(tmp_path, found)):
            assert await notify(client, task, found) == task.notice_id
            assert await notify(client, task, found) == task.notice_id
            result = await result_of(client, task.notice_id)
            first = await client.get_workflow_handle(task.notice_id).describe()
            assert await notify(client, task, found) == task.notice_id
            assert (await client.get_workflow_handle(task.notice_id).describe()).run_id == first.run_id
    assert _fates(result) == {"mail": "sent", "webhook": "sent"}
    assert receiver.ids == [task.notice_id]
    assert len(list((tmp_path / "outbox" / "notices").iterdir())) == 1


def _worker(folder: Path, found: Settings) -> dict[str, Any]:
    """Arguments of `working` for these settings."""
    names = ("webhook_url", "webhook_secret", "webhook_body", "staff", "notices_to", "link")
    return {"folder": folder, **{name: getattr(found, name) for name in names}}


@pytest.mark.server
@pytest.mark.parametrize("assignee", ["", "stranger"])
async def test_nothing_is_started_where_nobody_can_be_told(client: Client, tmp_path: Path, assignee: str) -> None:
    found = settings(tmp_path, staff=staff_file(tmp_path))
    assert await notify(client, a_task(assignee=assignee), found) == ""
    assert await notify(client, a_task(assignee="ana"), settings(tmp_path)) == ""


@pytest.mark.server
async def test_staff_file_that_breaks_later_keeps_the_notice(client: Client, tmp_path: Path) -> None:
    file = staff_file(tmp_path)
    activities = NoticeActivities(client, make_channels(settings(tmp_path, staff=file)))
    file.write_text("ana: [", "utf-8")
    task = a_task(assignee="ana")
    assert await ActivityEnvironment().run(activities.notify, task) == task.notice_id
    await client.get_workflow_handle(task.notice_id).terminate("a test")


@pytest.mark.server
async def test_receiver_that_asks_to_wait_is_told_again_with_the_same_id(client: Client, tmp_path: Path) -> None:
    task = a_task()
    with receiving(Answer(503, {"retry-after": "1"})) as receiver:
        found = settings(tmp_path, receiver)
        async with working(client, **_worker(tmp_path, found)):
            await notify(client, task, found)
            result = await result_of(client, task.notice_id)
            events = await history_of(client.get_workflow_handle(task.notice_id))
    failures = [event.activity_task_started_event_attributes.last_failure for event in events]
    asked = [one.application_failure_info.next_retry_delay.seconds for one in failures if one.message]
    assert asked == [1]
    assert receiver.ids == [task.notice_id] * 2
    assert receiver.got[0].body == receiver.got[1].body
    assert [(one.fate, one.attempts) for one in result.told] == [(NoticeFate.OFF, 0), (NoticeFate.SENT, 2)]


@pytest.mark.server
async def test_channel_that_gives_up_says_why_and_stops_no_other(client: Client, tmp_path: Path) -> None:
    task = a_task()
    with receiving(Answer(410)) as receiver:
        found = settings(tmp_path, receiver, notices_to="team@example.com")
        async with working(client, **_worker(tmp_path, found)):
            await notify(client, task, found)
            result = await result_of(client, task.notice_id)
    assert _fates(result) == {"mail": "sent", "webhook": "failed"}
    [gave_up] = result.gave_up
    assert "HTTP 410" in gave_up.note
    assert len(receiver.got) == 1
    described = await client.get_workflow_handle(task.notice_id).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    assert await described.memo() == {"gave_up": "webhook"}


@pytest.mark.server
async def test_mail_goes_out_while_the_receiver_is_down(client: Client, tmp_path: Path) -> None:
    task = a_task()
    with receiving() as receiver:
        pass
    found = settings(tmp_path, receiver, notices_to="team@example.com")
    handle = client.get_workflow_handle(task.notice_id)

    async def only_the_webhook_is_left() -> bool:
        pending = (await handle.describe()).raw_description.pending_activities
        written = (tmp_path / "outbox" / "notices" / f"{task.notice_id}.eml").exists()
        return written and [(one.activity_id, one.attempt) for one in pending] == [("webhook", 2)]

    async with working(client, **_worker(tmp_path, found)):
        await notify(client, task, found)
        assert await until(only_the_webhook_is_left)
    await handle.terminate("a test")


@pytest.mark.server
async def test_nothing_secret_is_in_the_history(client: Client, tmp_path: Path) -> None:
    task = a_task()
    with receiving(Answer(503, {"retry-after": "1"}, body=b"t0ken"), Answer(410, body=KEY.encode())) as receiver:
        found = settings(tmp_path, receiver, notices_to="team@example.com")
        async with working(client, **_worker(tmp_path, found)):
            await notify(client, task, found)
            await result_of(client, task.notice_id)
            history = (await client.get_workflow_handle(task.notice_id).fetch_history()).to_json()
    payloads = re.findall(r'"data": "([^"]+)"', history)
    everything = history + "".join(base64.b64decode(data).decode(errors="replace") for data in payloads)
    assert task.lead_id in everything
    for secret in (KEY, KEY[6:], "t0ken", "team@example.com", receiver.url):
        assert secret not in everything
