"""What goes wrong, in one place: every failure of a call or an answer becomes a named `ProviderError`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from openai import APIConnectionError, APIStatusError, APITimeoutError
from pydantic import ValidationError

from leadbraid.errors import ProviderError
from leadbraid.llm.openai.client import TooLarge

LONGEST_WAIT = timedelta(seconds=60)


_SENTENCES = {
    "rate_limited": "The model server takes no more calls for now.",
    "quota_exhausted": "The account behind OPENAI_API_KEY has no quota left; add credit, or set another key.",
    "bad_request": "The model server refuses the request; LEADBRAID_LLM_MODEL may not know structured outputs.",
    "too_long": "The request is too long for the model; set LEADBRAID_LLM_MODEL to one with a larger context.",
    "bad_key": "The model server refuses the key; check OPENAI_API_KEY (and LEADBRAID_LLM_BASE_URL, if it is set).",
    "forbidden": "OPENAI_API_KEY may not use this model here; set another key, or another LEADBRAID_LLM_MODEL.",
    "not_found": "The server knows no such model or address; check LEADBRAID_LLM_MODEL and LEADBRAID_LLM_BASE_URL.",
    "redirected": "The server sends us elsewhere; set LEADBRAID_LLM_BASE_URL to the address it really has.",
    "server_error": "The model server failed.",
    "unreachable": "The model server cannot be reached; check LEADBRAID_LLM_BASE_URL and the network.",
    "timeout": "The model server did not answer within LEADBRAID_LLM_TIMEOUT.",
    "refusal": "The model, or a content filter before it, refuses to answer.",
    "truncated": "The model's answer was cut off at its length limit.",
}
_RETRYABLE = frozenset(("rate_limited", "server_error", "unreachable", "timeout", "bad_output"))
_STATUS = {401: "bad_key", 402: "quota_exhausted", 403: "forbidden", 404: "not_found", 429: "rate_limited"}
_STATUS |= {408: "server_error", 409: "server_error"}
TOLD = {
    "insufficient_quota": "quota_exhausted",
    "rate_limit_exceeded": "rate_limited",
    "context_length_exceeded": "too_long",
    "content_filter": "refusal",
    "content_policy_violation": "refusal",
    "invalid_prompt": "refusal",
    "model_not_found": "not_found",
}
"""Words of a server that say more than its status."""


def provider_error(error: Exception) -> ProviderError:
    """What ``error`` means for a stream: the one place where anything foreign is translated.

    No word of a server or a model goes into the message: it could be the lead's text, or a part of the key.
    """
    match error:
        case ProviderError():
            return error
        case APITimeoutError() | TimeoutError():  # before the connection error, which it is one of
            return named("timeout")
        case APIStatusError():
            return _status_error(error)
        case APIConnectionError():
            return named("unreachable")
        case ValidationError():
            return unusable(f"does not fit its form ({misfit(error)})")
        case TooLarge():
            return unusable("is too large")
        case _:  # a body of an unexpected shape raises anything: AttributeError, RecursionError, UnicodeError
            return unusable(f"cannot be read ({type(error).__name__})")


def unusable(why: str) -> ProviderError:
    """An answer came, but nothing can be made of it; asking again may help."""
    return ProviderError(f"The model's answer {why}.", code="bad_output", retryable=True)


def named(code: str, *, status: int | None = None, **more: Any) -> ProviderError:
    told = f" (HTTP {status})" if status else ""
    retryable = more.pop("retryable", code in _RETRYABLE)
    return ProviderError(_SENTENCES[code][:-1] + told + ".", code=code, retryable=retryable, **more)


def _status_error(error: APIStatusError) -> ProviderError:
    status, headers = error.status_code, error.response.headers
    told = (TOLD.get(word) for word in (error.code, error.type) if isinstance(word, str))
    code = next((code for code in told if code), None) if 400 <= status < 500 else None
    code = code or _STATUS.get(status) or _by_class(status)
    # The server knows best whether the same call can succeed, but for a quota: that needs a person.
    asked = {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())
    retryable = code in _RETRYABLE if asked is None or code == "quota_exhausted" else asked
    return named(code, status=status, retryable=retryable, retry_after=retry_after(headers) if retryable else None)


def _by_class(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "bad_request" if status >= 400 else "redirected"


def retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """How long the server asks us to wait, at most a minute; None where it says nothing, or nothing sensible.

    ``retry-after-ms``, or ``retry-after`` in seconds or as a date (RFC 9110, 10.2.3), which is counted from the
    response's own date, so that two clocks need not agree.
    """
    waits = (
        _seconds(headers.get("retry-after-ms", ""), 0.001),
        _seconds(headers.get("retry-after", ""), 1.0),
        _until(headers.get("retry-after", ""), headers.get("date", "")),
    )
    seconds = next((wait for wait in waits if wait is not None and wait > 0), None)
    return None if seconds is None else min(timedelta(seconds=min(seconds, 3_600.0)), LONGEST_WAIT)


def _seconds(stated: str, unit: float) -> float | None:
    return float(stated) * unit if re.fullmatch(r"\s*\d{1,15}(\.\d{0,9})?\s*", stated, re.ASCII) else None


def _until(then: str, now: str) -> float | None:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):  # not a date; or one of them without a zone
        return None


def misfit(error: ValidationError) -> str:
    """What is wrong and where, without the words of the answer: a field that is too much is named by the model."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = first["loc"][:-1] if first["type"] == "extra_forbidden" else first["loc"]
    return f"{first['type']} at {'.'.join(map(str, place)) or 'the top'}"
