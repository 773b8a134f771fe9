"""Building the one message: exactly the intended headers, exactly the approved text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from leadbraid.errors import MailRefused
from leadbraid.models import Order

POLICY = SMTP.clone(cte_type="8bit", max_line_length=78)
COMMON_HEADERS = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
)
HEADERS = (*COMMON_HEADERS, "X-Leadbraid-Reply")
"""Of a reply."""


@dataclass(frozen=True)
class Letter:
    """One message to one person, in plain text, before it is built. ``mark`` is our own header: name and value."""

    sender: str
    recipient: str
    subject: str
    body: str
    date: datetime
    message_id: str
    mark: tuple[str, str]


def build_message(order: Order) -> EmailMessage:
    """The approved reply as a message, checked by reading it back.

    Raises:
        MailRefused: It cannot be built so that nothing but the intended headers, recipient and text are in it.
    """
    return build_letter(
        Letter(
            sender=order.sender,
            recipient=order.reply.recipient,
            subject=order.reply.subject,
            body=order.reply.body,
            date=order.approved_at,
            message_id=order.message_id,
            mark=("X-Leadbraid-Reply", order.reply.digest),
        )
    )


def build_letter(letter: Letter) -> EmailMessage:
    """A message, checked by reading it back.

    Older Pythons let an encoded word in a subject become a header of its own (CVE-2024-6923), so what was built is
    serialised, parsed again, and compared with what was meant.

    Raises:
        MailRefused: It cannot be built so that nothing but the intended headers, recipient and text are in it.
    """
    try:
        message = _compose(letter)
        back = message_from_bytes(message.as_bytes(), policy=POLICY)
    except (ValueError, UnicodeError, LookupError, IndexError) as error:
        raise MailRefused(f"the message cannot be built: {error}") from None
    _check(back, letter)
    return message


def _compose(letter: Letter) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(letter.sender)
    message["To"] = _address(letter.recipient)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = letter.message_id
    # RFC 3834: no auto-responder should answer this.
    message["Auto-Submitted"] = "auto-generated"
    name, value = letter.mark
    message[name] = value
    message.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    return message


def _address(text: str) -> Address:
    """From its two halves, so that no text can pass for a list of addresses."""
    user, _, domain = text.rpartition("@")
    return Address(username=user, domain=domain)


def _check(back: EmailMessage, letter: Letter) -> None:
    names = sorted(name.lower() for name in back)
    if names != sorted(name.lower() for name in (*COMMON_HEADERS, letter.mark[0])):
        raise MailRefused("the subject would add headers of its own; edit it")
    recipients = [address.addr_spec for address in back["To"].addresses]
    if recipients != [letter.recipient]:
        raise MailRefused(f"the recipient would become {len(recipients)} addresses")
    if str(back["Subject"]) != letter.subject:
        raise MailRefused("the subject would not arrive as it was approved; edit it")
    if _text(back) != _with_line_end(letter.body):
        raise MailRefused("the text would not arrive as it was approved; edit it")


def _text(back: EmailMessage) -> str:
    return str(back.get_content()).replace("\r\n", "\n")


def _with_line_end(body: str) -> str:
    """A message's text ends with a line end; the approved text need not."""
    return body if body.endswith("\n") else body + "\n"
