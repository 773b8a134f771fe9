"""Everything that can go wrong with a model's server, by name: one table. Pure.

Each fault makes, from the answer that would have been sent, what is sent instead.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from leadbraid.llm.fake.exchange import Exchange
from leadbraid.llm.fake.wire import Finish, Scripted, error
from leadbraid.per_job import JOBS

Make = Callable[[Exchange], Scripted]
_PAGE = b"<!doctype html><title>502</title><h1>Bad gateway</h1>"
_ENDLESS = 1_000_000_000
HUGE = 5_000_000
DEEP = 100_000


@dataclass(frozen=True)
class Fault:
    """What happens, in a sentence, and what is sent."""

    sentence: str
    make: Make


def _fails(status: int, code: str | None, message: str, kind: str | None = None, **headers: str) -> Make:
    return lambda _: error(status, message, kind=kind or code, code=code, **headers)


def _limited(**headers: str) -> Make:
    return _fails(429, "rate_limit_exceeded", "Rate limit reached.", "requests", **headers)


def _sends(body: bytes, status: int = 200, kind: str = "application/json", **headers: str) -> Make:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return lambda _: Scripted(body, status, {"content-type": kind} | named)


def _says(change: Callable[[str], str]) -> Make:
    return lambda exchange: exchange.reply(change(exchange.text))


def _finishes(finish: Finish) -> Make:
    return lambda exchange: exchange.reply(exchange.text[: len(exchange.text) // 2], finish=finish)


def _cut_off(exchange: Exchange) -> Scripted:
    whole = exchange.honest()
    headers = {**whole.headers, "content-length": str(len(whole.body))}
    return replace(whole, body=whole.body[: len(whole.body) // 2], headers=headers, reset=True)


def _recoded(exchange: Exchange) -> Scripted:
    whole = exchange.honest()
    body = whole.body.decode().encode("utf-16")
    return replace(whole, body=body, headers={"content-type": "application/json; charset=utf-16"})


def _with_number(text: str) -> str:
    return json.dumps(_object(text) | {"score": float("nan")})


def _object(text: str) -> dict[str, Any]:
    """An answer as an object; a plain sentence stands in one."""
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"text": text}


def _without_first(text: str) -> str:
    return json.dumps({"answer": list(_object(text).values())})


def _once(exchange: Exchange) -> Scripted:
    return exchange.honest() if exchange.asked.again else exchange.reply(exchange.text[:-1])


_LATER = {"retry_after": "Wed, 21 Oct 2026 07:28:05 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
FAULTS: Mapping[str, Fault] = {
    "rate-limit": Fault("429, come back in 1 second.", _limited(retry_after="1")),
    "rate-limit-ms": Fault("429, come back in 200 milliseconds.", _limited(retry_after_ms="200")),
    "rate-limit-date": Fault("429, come back at a time of day, 5 seconds after the response's.", _limited(**_LATER)),
    "rate-limit-nonsense": Fault("429, come back 'soon'.", _limited(retry_after="soon")),
    "rate-limit-forever": Fault("429, come back in 1,000,000,000 seconds.", _limited(retry_after="1000000000")),
    "quota": Fault(
        "429, and no credit is left.", _fails(429, "insufficient_quota", "You exceeded your current quota.")
    ),
    "bad-request": Fault("400.", _fails(400, None, "Bad request.", "invalid_request_error")),
    "too-long": Fault(
        "400, the text is longer than the model's context.",
        _fails(400, "context_length_exceeded", "Your input exceeds the context window.", "invalid_request_error"),
    ),
    "bad-key": Fault("401.", _fails(401, "invalid_api_key", "Incorrect API key provided.", "invalid_request_error")),
    "forbidden": Fault("403.", _fails(403, None, "You are not allowed to use this model.", "permission_error")),
    "not-found": Fault("404.", _fails(404, "model_not_found", "The model does not exist.", "invalid_request_error")),
    "timed-out": Fault("408.", _fails(408, None, "Request timed out.", "timeout")),
    "conflict": Fault("409.", _fails(409, None, "Conflict.", "conflict")),
    "error": Fault("500.", _fails(500, None, "The server had an error.", "server_error")),
    "bad-gateway": Fault("502 with a page in HTML, as a proxy sends it.", _sends(_PAGE, 502, "text/html")),
    "unavailable": Fault(
        "503, come back in 2 seconds.", _fails(503, None, "Overloaded.", "server_error", retry_after="2")
    ),
    "overloaded": Fault("529.", _fails(529, None, "Overloaded.", "overloaded_error")),
    "reset": Fault("The connection is reset before anything was sent.", lambda _: Scripted(reset=True, hang_up=True)),
    "hang-up": Fault("The connection is closed before anything was sent.", lambda _: Scripted(hang_up=True)),
    "cut-off": Fault("Half of the response, then the connection is reset.", _cut_off),
    "hang": Fault("Nothing is sent, for as long as the client waits.", lambda _: Scripted(wait=_ENDLESS)),
    "drip": Fault(
        "One blank each tenth of a second, for as long as the client reads.",
        lambda _: Scripted(b" ", headers={"content-type": "application/json"}, drip=_ENDLESS, pause=0.1),
    ),
    "html": Fault("200 with a page in HTML.", _sends(_PAGE, kind="text/html")),
    "empty-body": Fault("200 without a body.", _sends(b"")),
    "empty-answer": Fault("An answer without a word.", _says(lambda _: "")),
    "truncated": Fault("Half of the answer: the length limit was reached.", _finishes(Finish.LENGTH)),
    "refusal": Fault("The model refuses.", lambda exchange: exchange.reply("", refusal="I can't help with that.")),
    "filtered": Fault("A content filter stops the answer.", _finishes(Finish.FILTER)),
    "wrong-schema": Fault("JSON of another form than the one asked for.", _says(_without_first)),
    "nan": Fault("JSON with a number that is none.", _says(_with_number)),
    "huge": Fault("An answer of 5 MB.", _says(lambda _: json.dumps({"text": "x" * HUGE}))),
    "deep": Fault("An answer of 100,000 nested lists.", _says(lambda _: "[" * DEEP + "]" * DEEP)),
    "fenced": Fault("The JSON stands in a code fence.", _says(lambda text: f"```json\n{text}\n```")),
    "chatty": Fault(
        "Words before and after the JSON.", _says(lambda text: f"Sure! Here it is:\n\n{text}\n\nGood luck!")
    ),
    "charset": Fault("The response is in UTF-16.", _recoded),
    "redirect": Fault("307 to another path.", _sends(b"", 307, location="/elsewhere")),
    "invalid": Fault("JSON without its last character.", _says(lambda text: text[:-1])),
    "invalid-once": Fault("The same at first; good when asked again.", _once),
}


# --- which of them, and when ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Failing:
    """A fault that is asked for: in this share of the requests for ``job`` (empty: for all)."""

    kind: str
    share: float = 1.0
    job: str = ""

    @classmethod
    def read(cls, text: str) -> Failing:
        """Read ``[JOB:]KIND[=SHARE]``.

        Raises:
            ValueError: A part of it is nothing we know; says the nearest name.
        """
        named, _, share = text.partition("=")
        job, _, kind = named.rpartition(":")
        for given, known, what in ((job, JOBS, "job"), (kind, tuple(FAULTS), "fault")):
            if given not in known and (given or what == "fault"):
                near = difflib.get_close_matches(given, known, n=1)
                hint = f"did you mean {near[0]}?" if near else "--faults lists what there is."
                raise ValueError(f"There is no {what} {given[:40]!r}; {hint}")
        return cls(kind, _share(share) if share else 1.0, job)

    def hits(self, job: str, number: int, seed: int) -> bool:
        """Whether the request ``number`` fails. The same seed always hits the same requests."""
        drawn = hashlib.sha256(f"{seed}|{self.kind}|{self.job}|{number}".encode()).digest()
        return self.job in ("", job) and int.from_bytes(drawn[:6]) / 2**48 < self.share


def _share(text: str) -> float:
    if not re.fullmatch(r"0?\.\d{1,6}|[01](\.0{1,6})?", text):
        raise ValueError(f"{text[:20]!r} is no share: write a number from 0 to 1, such as 0.2.")
    return float(text)
