"""Notices to one HTTP endpoint, signed as Standard Webhooks prescribes (https://www.standardwebhooks.com)."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx2
from pydantic import SecretStr
from standardwebhooks import Webhook

from leadbraid import __version__
from leadbraid.errors import NoticeError, SettingsError
from leadbraid.models import NoticeTask
from leadbraid.notices import wording
from leadbraid.settings import WebhookBody

PATIENCE = timedelta(seconds=20)
"""For connecting, sending and the answer's first line together; receivers are told to answer within 15 s."""
READ_PATIENCE = timedelta(seconds=2)
READ_LIMIT = 64 * 1024
LONGEST_WAIT = timedelta(hours=1)
"""However long a receiver asks us to wait."""
WORTH_ANOTHER_TRY = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
MAY_ASK_TO_WAIT = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
KEY_BYTES = range(24, 65)
NEW_KEY = "make one with `openssl rand -base64 32`"


def read_key(secret: SecretStr, where: str) -> bytes:
    """The signing key: base64 of 24 to 64 bytes, with or without ``whsec_`` before it.

    Raises:
        SettingsError: It is no such key; begins with ``where`` and never shows it.
    """
    text = secret.get_secret_value().strip().removeprefix("whsec_")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"{where} is not base64: {NEW_KEY}.") from None
    if len(key) not in KEY_BYTES:
        raise SettingsError(f"{where} holds {len(key)} bytes, not 24 to 64: {NEW_KEY}.")
    return key


class WebhookChannel:
    """Posts to one address. That address may be a secret itself (a chat's is), so nothing here ever shows it."""

    def __init__(self, url: SecretStr, key: bytes, *, body: WebhookBody, link: str) -> None:
        self._url = url
        self._signer = Webhook(key)
        self._body = body
        self._link = link
        # The machine's own certificate authorities; no proxy and no password from the environment (trust_env below).
        self._tls = httpx2.create_ssl_context()

    def reaches(self, task: NoticeTask) -> bool:  # noqa: ARG002 - one endpoint for everybody
        """Always: there is an address."""
        return True

    async def tell(self, task: NoticeTask, *, since: datetime, attempt: int) -> str:  # noqa: ARG002
        """Post it; only a 2xx counts. A repeat has the same ``webhook-id`` and body, and a new timestamp."""
        body = self._rendered(task, since)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                status, after = await self._post(body, self._headers(task.notice_id, body))
        except (httpx2.TransportError, TimeoutError) as error:
            raise NoticeError(_not_reached(error), code="not_reached", retryable=True) from None
        except httpx2.HTTPError as error:
            reason = f"the webhook's answer is no HTTP we can read ({type(error).__name__})"
            raise NoticeError(reason, code="bad_answer", retryable=True) from None
        if not 200 <= status < 300:
            raise _refused(status, after)
        return f"HTTP {status}"

    def _rendered(self, task: NoticeTask, since: datetime) -> bytes:
        link = wording.link_of(task, self._link)
        match self._body:
            case WebhookBody.GENERIC:
                return wording.generic_body(task, link, since)
            case WebhookBody.CHAT:
                return wording.chat_body(task, link)

    def _headers(self, notice_id: str, body: bytes) -> dict[str, str]:
        now = _now()
        return {
            "content-type": "application/json",
            "user-agent": f"leadbraid/{__version__}",
            "webhook-id": notice_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(notice_id, now, body.decode("ascii")),
        }

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, timedelta | None]:
        timeout = PATIENCE.total_seconds()
        async with (
            httpx2.AsyncClient(verify=self._tls, timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream("POST", self._url.get_secret_value(), content=body, headers=headers) as answer,
        ):
            await _read_some(answer)
            return answer.status_code, retry_after(answer.headers.get("retry-after", ""), _now())


async def _read_some(answer: httpx2.Response) -> None:
    """Let a short answer end in peace. The status is there already, so nothing that happens here changes it."""
    read = 0
    with contextlib.suppress(httpx2.HTTPError, TimeoutError):
        async with asyncio.timeout(READ_PATIENCE.total_seconds()):
            async for piece in answer.aiter_raw(4096):
                read += len(piece)
                if read >= READ_LIMIT:
                    return


def retry_after(value: str, now: datetime) -> timedelta | None:
    """How long a receiver asks us to wait: seconds or a date (RFC 9110, 10.2.3), an hour at most, if at all."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), LONGEST_WAIT.total_seconds()))
    else:
        try:
            date = parsedate_to_datetime(text)
        except (ValueError, IndexError, TypeError):
            return None
        wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def _refused(status: int, after: timedelta | None) -> NoticeError:
    retryable = status >= 500 or status in WORTH_ANOTHER_TRY
    wait = after if status in MAY_ASK_TO_WAIT else None
    return NoticeError(
        f"the webhook answered HTTP {status}{_advice(status)}",
        code=f"http_{status}",
        retryable=retryable,
        retry_after=wait,
    )


def _advice(status: int) -> str:
    match status:
        case HTTPStatus.GONE:
            return " (gone): unset LEADBRAID_WEBHOOK_URL, or set it to the new address"
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return ": see that both sides have the same LEADBRAID_WEBHOOK_SECRET"
        case _ if 300 <= status < 400:
            return ": redirects are not followed; set LEADBRAID_WEBHOOK_URL to where it leads"
        case _:
            return ""


def _not_reached(error: Exception) -> str:
    """Without the library's own words, which may hold the address."""
    match error:
        case httpx2.TimeoutException() | TimeoutError():
            return f"the webhook did not answer within {PATIENCE.total_seconds():.0f} s"
        case httpx2.ConnectError() if "CERTIFICATE" in str(error).upper():
            return "the webhook shows a TLS certificate that cannot be trusted"
        case httpx2.ConnectError():
            return "the webhook cannot be reached: no such host, or nothing listens there"
        case _:
            return f"the connection to the webhook broke ({type(error).__name__})"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - this is the edge: a signature carries the time of sending
