"""What goes wrong, in one place: every failure of a call or an answer becomes a named `ProviderError`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from openai import APIConnectionError, APIStatusError, APITimeoutError
from pydantic import ValidationError

from leadbraid.errors import ProviderError
from leadbraid.llm.openai.client import TooLarge

LONGEST_WAIT = timedelta(seconds=60)


@dataclass(frozen=True)
class Fault:
    """What a person reads of a failure, with the setting to change, and whether another try can help."""

    sentence: str
    again: bool = False


FAULTS: Mapping[str, Fault] = {
    "rate_limited": Fault("The model server takes no more calls for now.", again=True),
    "quota_exhausted": Fault("The account behind OPENAI_API_KEY has no quota left; add credit, or set another key."),
    "bad_request": Fault("The model server refuses the request; check {setting}."),
    "too_long": Fault("The request is too long for the model; set LEADBRAID_LLM_MODEL to one with a larger context."),
    "bad_key": Fault("The model server refuses the key; check OPENAI_API_KEY (and LEADBRAID_LLM_BASE_URL, if set)."),
    "forbidden": Fault("OPENAI_API_KEY may not use this model here; set another key, or another LEADBRAID_LLM_MODEL."),
    "not_found": Fault(
        "The server knows no such model or address; check LEADBRAID_LLM_MODEL, LEADBRAID_LLM_BASE_URL and"
        " LEADBRAID_LLM_API."
    ),
    "redirected": Fault("The server sends us elsewhere; set LEADBRAID_LLM_BASE_URL to the address it really has."),
    "server_error": Fault("The model server failed.", again=True),
    "unreachable": Fault(
        "The model server cannot be reached; check LEADBRAID_LLM_BASE_URL and the network.", again=True
    ),
    "timeout": Fault("The model server did not answer within LEADBRAID_LLM_TIMEOUT.", again=True),
    "bad_response": Fault(
        "What the server sent is no answer of LEADBRAID_LLM_API ({why}); check LEADBRAID_LLM_BASE_URL.", again=True
    ),
    # A second try was made already, in the same call's place, with what was wrong.
    "bad_output": Fault("The model's answer {why}, also when asked again; another LEADBRAID_LLM_MODEL may do better."),
    "refusal": Fault("The model, or a content filter before it, refuses to answer."),
    "truncated": Fault("The model's answer was cut off at its length limit; raise LEADBRAID_LLM_MAX_TOKENS."),
    "budget_spent": Fault(
        "The call would not fit into the {budget} tokens that LEADBRAID_LLM_LEAD_TOKENS allows a lead."
    ),
}
"""Every failure by its name. ``server_error`` covers 408, 409 and 5xx."""

_STATUS = {
    401: "bad_key",
    402: "quota_exhausted",
    403: "forbidden",
    404: "not_found",
    408: "server_error",
    409: "server_error",
    413: "too_long",
    429: "rate_limited",
}
TOLD = {
    "insufficient_quota": "quota_exhausted",
    "billing_hard_limit_reached": "quota_exhausted",
    "billing_not_active": "quota_exhausted",
    "rate_limit_exceeded": "rate_limited",
    "context_length_exceeded": "too_long",
    "string_above_max_length": "too_long",
    "content_filter": "refusal",
    "content_policy_violation": "refusal",
    "invalid_prompt": "refusal",
    "model_not_found": "not_found",
    "invalid_api_key": "bad_key",
}
"""Words of a server that say more than its status."""
_SETTING_OF = {
    "temperature": "LEADBRAID_LLM_TEMPERATURE",
    "reasoning": "LEADBRAID_LLM_EFFORT",
    "reasoning.effort": "LEADBRAID_LLM_EFFORT",
    "reasoning_effort": "LEADBRAID_LLM_EFFORT",
    "max_output_tokens": "LEADBRAID_LLM_MAX_TOKENS",
    "max_completion_tokens": "LEADBRAID_LLM_MAX_TOKENS",
    "max_tokens": "LEADBRAID_LLM_MAX_TOKENS",
    "model": "LEADBRAID_LLM_MODEL",
}
_ANY_SETTING = "LEADBRAID_LLM_MODEL, LEADBRAID_LLM_API, LEADBRAID_LLM_TEMPERATURE and LEADBRAID_LLM_EFFORT"


class Unfit(Exception):  # noqa: N818 - never leaves the provider
    """An answer came, but nothing can be made of it: the model may be asked once more, with what is wrong."""


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
        case Unfit():
            return named("bad_output", why=str(error))
        case ValidationError():
            return named("bad_response", why=misfit(error))
        case TooLarge():
            return named("bad_response", why="it is too large")
        case _:  # a body of an unexpected shape raises anything: AttributeError, RecursionError, UnicodeError
            return named("bad_response", why=type(error).__name__)


def named(code: str, *, status: int | None = None, retry_after: timedelta | None = None, **words: Any) -> ProviderError:
    """The failure ``code``, with ``words`` in its sentence."""
    fault = FAULTS[code]
    told = f" (HTTP {status})" if status else ""
    sentence = fault.sentence.format(**({"setting": _ANY_SETTING} | words))
    return ProviderError(f"{sentence[:-1]}{told}.", code=code, retryable=fault.again, retry_after=retry_after)


def _status_error(error: APIStatusError) -> ProviderError:
    status, headers = error.status_code, error.response.headers
    told = (TOLD.get(word) for word in (error.code, error.type) if isinstance(word, str))
    code = next((code for code in told if code), None) if 400 <= status < 500 else None
    code = code or _STATUS.get(status) or _by_class(status)
    setting = _SETTING_OF.get(error.param or "", _ANY_SETTING) if isinstance(error.param, str) else _ANY_SETTING
    failed = named(code, status=status, setting=setting)
    # The server knows best whether the same call can succeed, but for a quota: that needs a person.
    asked = {"true": True, "false": False}.get(headers.get("x-should-retry", "").strip().lower())
    if asked is not None and code != "quota_exhausted":
        failed.retryable = asked
    failed.retry_after = retry_after(headers) if failed.retryable else None
    return failed


def _by_class(status: int) -> str:
    if status >= 500:
        return "server_error"
    return "bad_request" if status >= 400 else "redirected"


_FORM = re.compile(r"response_format|json_schema|json_object|text\.format|structured|guided|grammar", re.IGNORECASE)


def refuses_form(error: Exception) -> bool:
    """Whether a server says that it does not know the form an answer was asked in (schema, or JSON at all)."""
    if not isinstance(error, APIStatusError) or error.status_code not in (400, 404, 415, 422, 500, 501):
        return False
    if isinstance(error.code, str) and error.code in TOLD:
        return False
    said = error.param if isinstance(error.param, str) else ""
    return _FORM.search(f"{said} {error.message}"[:2_000]) is not None


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
