"""The HTTP client: no redirects, no environment, and no more of a response than is worth reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openai import DefaultAsyncHttpxClient

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
