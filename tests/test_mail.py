"""The message and the outbox, without a server."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadbraid.errors import MailRefused, NotSent
from leadbraid.mail.message import HEADERS, build_message
from leadbraid.mail.outbox import OutboxFolder
from leadbraid.mail.transport import Handed
from leadbraid.models import Order, Reply


def an_order(subject: str = "Your enquiry", body: str = "Hello\n", recipient: str = "kim@example.com") -> Order:
    return Order(
        lead_id="lead-0123456789abcdef",
        delivery_id="delivery-0123456789abcdef-1",
        sender="sales@example.com",
        reply=Reply(recipient=recipient, subject=subject, body=body),
        approved_by="ana",
        approved_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "subject",
    [
        "plain",
        "Grüße aus Köln",
        "日本語の件名です",
        "x" * 300,
        "ü" * 150,
        "emoji 🙂 and more words to make the line long enough to be folded somewhere",
        "a  b",
        'quoted "words" and <angle> brackets',
    ],
)
def test_subject_arrives_as_it_was_approved(subject: str) -> None:
    message = message_from_bytes(build_message(an_order(subject)).as_bytes(), policy=default)
    assert str(message["Subject"]) == subject


@pytest.mark.parametrize(
    "subject",
    [
        "x\r\nBcc: evil@example.net",
        "x\nBcc: evil@example.net",
        "=?utf-8?q?a=0D=0ABcc=3A_attacker=40evil.example?=",
        "=?utf-8?b?YQ0KQmNjOiBldmlsQGV4YW1wbGUubmV0?=",
        "x\x0bBcc: evil@example.net",
        "x\u2028Bcc: evil@example.net",
    ],
)
def test_subject_can_never_add_a_header(subject: str) -> None:
    try:
        data = build_message(an_order(subject)).as_bytes()
    except MailRefused:
        return
    message = message_from_bytes(data, policy=default)
    assert sorted(message.keys()) == sorted(HEADERS)


@pytest.mark.parametrize("recipient", ["a@example.com, b@example.com", "a b@example.com", "<a@example.com>", "a@"])
def test_recipient_is_exactly_one_address(recipient: str) -> None:
    try:
        message = build_message(an_order(recipient=recipient))
    except MailRefused:
        return
    back = message_from_bytes(message.as_bytes(), policy=default)
    assert [address.addr_spec for address in back["To"].addresses] == [recipient]


@given(body=st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), min_size=1, max_size=300))
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_text_arrives_as_it_was_approved_or_is_refused(body: str) -> None:
    try:
        data = build_message(an_order(body=body)).as_bytes()
    except MailRefused:
        return
    back = message_from_bytes(data, policy=default)
    got = back.get_content().replace("\r\n", "\n")
    assert got == (body if body.endswith("\n") else body + "\n")


@pytest.mark.parametrize(
    "body",
    [
        "one line",
        "dots\n.\n..\n",
        "ü" * 2000,
        "  blanks at the ends  \n\n\n",
        "=3D =?utf-8?q?x?=",
        "From here\n",
        "🙂\n",
    ],
)
def test_usual_texts_are_not_refused(body: str) -> None:
    build_message(an_order(body=body))


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


async def _yes() -> None:
    """A commit that is accepted."""


async def test_outbox_never_overwrites(tmp_path: Path) -> None:
    box = OutboxFolder(tmp_path)
    order = an_order()
    first = await box.hand_over(build_message(order), order.delivery_id, 1, _yes)
    before = Path(first.place).read_bytes()
    again = await box.hand_over(build_message(an_order(body="another text")), order.delivery_id, 2, _yes)
    assert again == first
    assert Path(first.place).read_bytes() == before
    assert _names(tmp_path) == [f"{order.delivery_id}.eml"]


async def test_outbox_refused_commit_leaves_nothing(tmp_path: Path) -> None:
    async def no() -> None:
        raise NotSent("not you")

    with pytest.raises(NotSent):
        await OutboxFolder(tmp_path).hand_over(build_message(an_order()), "delivery-x-1", 1, no)
    assert _names(tmp_path) == []


async def test_late_attempt_cannot_link_after_it_was_looked_for(tmp_path: Path) -> None:
    """An attempt that was given up while it stood between the commit and the link must not send afterwards."""
    box = OutboxFolder(tmp_path)
    found: list[Handed | bool | None] = []

    async def looked_for_meanwhile() -> None:
        found.append(await box.look_up("delivery-x-1"))

    with pytest.raises(NotSent):
        await box.hand_over(build_message(an_order()), "delivery-x-1", 1, looked_for_meanwhile)
    assert found == [False]
    assert _names(tmp_path) == []


async def test_outbox_that_cannot_be_written_is_certainly_not_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotSent, match="cannot be written"):
        await OutboxFolder(tmp_path / "file").hand_over(build_message(an_order()), "delivery-x-1", 1, _yes)
