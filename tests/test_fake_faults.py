"""The fake of a model's server at its worst: each fault on the wire, and what our provider makes of it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from builders import drafting_task, fit_risk_task, lead, playbook, research_task
from fake_kit import (
    APIS,
    Raw,
    failing,
    provider,
    request,
)

from leadbraid.errors import ProviderError
from leadbraid.llm.fake import FAULTS, Behaviour, Failing, FakeModels
from leadbraid.llm.fake.faults import DEEP, HUGE

Check = Callable[[Raw], bool]


def fails(status: int, code: str | None = None, **headers: str) -> Check:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda raw: (
        raw.status == status
        and raw.json["error"]["code"] == code
        and named.items() <= raw.headers.items()
        and ("retry-after" in raw.headers) == ("retry-after" in named)
    )


def finishes(word: str, incomplete: str) -> Check:
    def check(raw: Raw) -> bool:
        told = raw.json
        if "choices" in told:
            return told["choices"][0]["finish_reason"] == word
        return told["incomplete_details"] == {"reason": incomplete}

    return check


def refuses(raw: Raw) -> bool:
    told = raw.json
    return bool(
        told["choices"][0]["message"]["refusal"] if "choices" in told else told["output"][1]["content"][0]["refusal"]
    )


DATED = {"retry_after": "Wed, 21 Oct 2026 07:28:05 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}
EXPECTED: dict[str, tuple[Check, str, float | None]] = {
    "rate-limit": (fails(429, "rate_limit_exceeded", retry_after="1"), "rate_limited", 1),
    "rate-limit-ms": (fails(429, "rate_limit_exceeded", retry_after_ms="200"), "rate_limited", 0.2),
    "rate-limit-date": (fails(429, "rate_limit_exceeded", **DATED), "rate_limited", 5),
    "rate-limit-nonsense": (fails(429, "rate_limit_exceeded", retry_after="soon"), "rate_limited", None),
    "rate-limit-forever": (fails(429, "rate_limit_exceeded", retry_after="1000000000"), "rate_limited", 60),
    "quota": (fails(429, "insufficient_quota"), "quota_exhausted", None),
    "bad-request": (fails(400), "bad_request", None),
    "too-long": (fails(400, "context_length_exceeded"), "too_long", None),
    "bad-key": (fails(401, "invalid_api_key"), "bad_key", None),
    "forbidden": (fails(403), "forbidden", None),
    "not-found": (fails(404, "model_not_found"), "not_found", None),
    "timed-out": (fails(408), "server_error", None),
    "conflict": (fails(409), "server_error", None),
    "error": (fails(500), "server_error", None),
    "bad-gateway": (lambda raw: raw.status == 502 and b"<h1>" in raw.body, "server_error", None),
    "unavailable": (fails(503, retry_after="2"), "server_error", 2),
    "overloaded": (fails(529), "server_error", None),
    "reset": (lambda raw: raw.error == "ConnectionResetError", "unreachable", None),
    "hang-up": (lambda raw: raw.error == "RemoteDisconnected", "unreachable", None),
    "cut-off": (
        lambda raw: raw.status == 200 and raw.error in ("ConnectionResetError", "IncompleteRead"),
        "unreachable",
        None,
    ),
    "hang": (lambda raw: raw.status == 0 and raw.error == "TimeoutError", "timeout", None),
    "html": (lambda raw: raw.status == 200 and raw.headers["content-type"] == "text/html", "bad_response", None),
    "empty-body": (lambda raw: raw.status == 200 and not raw.body, "bad_response", None),
    "empty-answer": (lambda raw: raw.text == "", "bad_output", None),
    "truncated": (finishes("length", "max_output_tokens"), "truncated", None),
    "refusal": (refuses, "refusal", None),
    "filtered": (finishes("content_filter", "content_filter"), "refusal", None),
    "wrong-schema": (lambda raw: list(json.loads(raw.text)) == ["answer"], "bad_output", None),
    "nan": (lambda raw: "NaN" in raw.text, "bad_output", None),
    "huge": (lambda raw: len(raw.body) > HUGE, "bad_response", None),
    "deep": (lambda raw: raw.text.startswith("[" * DEEP), "bad_output", None),
    "fenced": (lambda raw: raw.text.startswith("```json\n{"), "", None),
    "chatty": (lambda raw: raw.text.startswith("Sure!") and raw.text.endswith("luck!"), "", None),
    "charset": (lambda raw: bool(json.loads(raw.body.decode("utf-16"))), "bad_response", None),
    "redirect": (lambda raw: raw.status == 307 and raw.headers["location"] == "/elsewhere", "redirected", None),
    "invalid": (lambda raw: raw.text.startswith("{") and not raw.text.endswith("}"), "bad_output", None),
    "invalid-once": (lambda raw: raw.text.startswith("{") and not raw.text.endswith("}"), "", None),
}
"""By fault: what is on the wire, the provider's code for it (empty: it copes), and how long it waits (seconds)."""


def test_every_fault_is_tried() -> None:
    assert {*EXPECTED, "drip"} == set(FAULTS)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", EXPECTED)
def test_fault_does_on_the_wire_what_it_says(kind: str, api: str) -> None:
    with failing(kind) as fake:
        raw = Raw(fake, api, request(api), timeout=0.5 if kind == "hang" else 10)
    assert EXPECTED[kind][0](raw), (raw.status, raw.headers, raw.body[:200], raw.error)


def test_dripping_server_sends_blank_after_blank() -> None:
    with (
        failing("drip") as dripping,
        socket.create_connection(("127.0.0.1", urlsplit(dripping.url).port or 0), 10) as line,
    ):
        body = json.dumps(request()).encode()
        line.sendall(
            b"POST /v1/responses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer none\r\n"
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        came = b""
        while not came.endswith(b"\r\n\r\n    "):
            more = line.recv(1)
            assert more, came
            came += more


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", [*EXPECTED, "drip"])
async def test_provider_names_every_fault_or_copes_with_it(kind: str, api: str) -> None:
    _, code, wait = EXPECTED.get(kind, (None, "timeout", None))
    slow = kind in ("hang", "drip")
    task = fit_risk_task(lead(message="This is a tender."))
    with failing(kind) as fake:
        async with provider(fake, llm_api=api, llm_timeout=0.5 if slow else 20) as openai:
            if not code:
                work = await openai.fit_risk(task)
                assert [flag.code for flag in work.output.flags] == ["tender"]
                return
            with pytest.raises(ProviderError) as caught:
                await openai.fit_risk(task)
    assert caught.value.code == code
    told = caught.value.retry_after
    assert (told and told.total_seconds()) == wait


def test_share_of_requests_fails_and_the_same_seed_hits_the_same_ones() -> None:
    one = Failing("error", 0.2)
    hits = [one.hits("drafting", number, seed=7) for number in range(2_000)]
    assert 350 < sum(hits) < 450
    assert hits == [one.hits("research", number, seed=7) for number in range(2_000)]
    assert hits != [one.hits("drafting", number, seed=8) for number in range(2_000)]
    assert not any(Failing("error", 0.0).hits("", number, 1) for number in range(200))


async def test_fault_of_one_job_leaves_the_others_alone() -> None:
    behaviour = Behaviour(failing=(Failing.read("drafting:refusal"),))
    with FakeModels(playbook(), behaviour) as fake:
        async with provider(fake) as openai:
            await openai.research(research_task(lead()), ())
            with pytest.raises(ProviderError) as caught:
                await openai.drafting(drafting_task(lead()))
    assert caught.value.code == "refusal"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("refusl", "did you mean refusal?"),
        ("xyzzy", "--faults lists"),
        ("drafing:refusal", "did you mean drafting?"),
        ("refusal=2", "from 0 to 1"),
        ("refusal=-1", "from 0 to 1"),
        ("refusal=nan", "from 0 to 1"),
    ],
)
def test_wrong_fault_is_told_with_the_nearest_name(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        Failing.read(text)
