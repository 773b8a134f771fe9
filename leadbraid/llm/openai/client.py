"""The HTTP client: no redirects, no address from the environment, and no more of a response than is worth reading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from leadbraid.errors import SettingsError
from leadbraid.settings import Settings

if TYPE_CHECKING:
    import httpx2


RESPONSE_LIMIT = 2_000_000
"""Bytes of one response. A server repeats the instructions in it, so it is far longer than the answer."""


class TooLarge(Exception):  # noqa: N818 - told to nobody but `provider_error`
    """A response beyond `RESPONSE_LIMIT`."""


class Bounded(DefaultAsyncHttpxClient):
    """Reads no more of a response than `RESPONSE_LIMIT`, unpacked, whatever its status."""

    async def send(
        self,
        request: httpx2.Request,
        *,
        stream: bool = False,  # noqa: ARG002 - what the base class calls it; here a response is always whole
        **options: Any,
    ) -> httpx2.Response:
        response = await super().send(request, stream=True, **options)
        body = bytearray()
        try:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > RESPONSE_LIMIT:
                    raise TooLarge
        finally:
            await response.aclose()
        packing = ("content-encoding", "content-length", "transfer-encoding")
        headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in packing]
        return type(response)(response.status_code, headers=headers, content=bytes(body), request=request)


_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}", re.IGNORECASE)
"""A name in ASCII, or an address of IPv4 or IPv6."""
OPENAI_URL = "https://api.openai.com/v1"


def client_for(settings: Settings) -> AsyncOpenAI:
    """The client that the settings describe.

    Raises:
        SettingsError: There is neither a key nor a server of one's own, or one of them cannot be right.
    """
    return AsyncOpenAI(
        api_key=_key(settings),
        base_url=_url(settings),
        max_retries=0,  # Temporal retries, and its history shows each try
        timeout=settings.llm_timeout,
        # Not followed: a redirect would carry the lead's words to a host that nobody chose.
        http_client=Bounded(follow_redirects=False, timeout=settings.llm_timeout),
    )


def is_openais_own(settings: Settings) -> bool:
    """Whether the server is OpenAI's, and not one that speaks as it does."""
    return settings.llm_server == urlsplit(OPENAI_URL).netloc


def _key(settings: Settings) -> str:
    key = settings.openai_api_key.get_secret_value().strip() if settings.openai_api_key else ""
    if not key and not settings.llm_base_url:
        raise SettingsError(
            "The provider openai needs OPENAI_API_KEY, or LEADBRAID_LLM_BASE_URL for a server that needs no key."
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise SettingsError("OPENAI_API_KEY holds a character that no key has; copy it again.")
    return key or "none"


def _url(settings: Settings) -> str:
    url = settings.llm_base_url or OPENAI_URL
    try:
        parts = urlsplit(url)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        # The key goes into a header, never into an address; and paths are put behind this one.
        right = right and parts.username is None and not parts.query and not parts.fragment
        right = right and _HOST.fullmatch(parts.hostname or "") is not None
    except ValueError:
        right = False
    if not right or not url.isprintable() or " " in url:
        raise SettingsError("LEADBRAID_LLM_BASE_URL is not an address such as http://127.0.0.1:8000/v1.")
    return url
