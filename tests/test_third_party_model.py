"""Our provider against a mock of OpenAI's APIs that others wrote (llmock): we speak the protocol, not only our own fake's.

It runs as a process of its own, is scripted over HTTP, and keeps what it was asked.
"""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from builders import drafting_task, fit_risk_task, lead, qualification_task, research_task
from kit import lacking

from leadbraid.errors import ProviderError
from leadbraid.llm.openai import OpenAIProvider
from leadbraid.models import Answer, CompanyNote, Draft, Qualification, RiskReport, Verdict
from leadbraid.settings import Settings

PATIENCE = 60.0
"""Seconds the mock may take to start."""
READY = re.compile(r"Uvicorn running on (http://127\.0\.0\.1:\d+)")
LEAD = lead(message="We have 120 employees and two plants. This is a tender.")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the mock listens."""
    if importlib.util.find_spec("llmock") is None:
        lacking("the mock of OpenAI's APIs (package llmock)")
    said = tmp_path_factory.mktemp("llmock") / "said.txt"
    command = [sys.executable, "-m", "llmock.cli", "serve", "--host", "127.0.0.1", "--port", "0"]
    with said.open("w") as out, subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT) as process:
        try:
            yield _listening(process, said)
        finally:
            process.terminate()


def _listening(process: subprocess.Popen[bytes], said: Path) -> str:
    end = time.monotonic() + PATIENCE
    while not (found := READY.search(said.read_text("utf-8", "replace"))):
        assert process.poll() is None, said.read_text("utf-8", "replace")
        assert time.monotonic() < end, "the mock did not start"
        time.sleep(0.05)
    return found[1]


class Mock:
    """The mock, by its control interface."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._control = httpx2.Client(base_url=f"{address}/_llmock/", timeout=PATIENCE, trust_env=False)

    def will(self, *behaviours: dict[str, Any]) -> None:
        """Do so from now on, one for each request."""
        self._control.post("reset").raise_for_status()
        self._control.post("scenario", json={"behaviors": behaviours}).raise_for_status()

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The requests since then."""
        found: list[dict[str, Any]] = self._control.get("requests").json()["requests"]
        return found

    def close(self) -> None:
        self._control.close()


@pytest.fixture
def mock(address: str) -> Iterator[Mock]:
    found = Mock(address)
    yield found
    found.close()


@pytest.fixture(params=["responses", "chat"])
async def provider(address: str, request: pytest.FixtureRequest) -> AsyncIterator[OpenAIProvider]:
    """Our provider, by either API."""
    settings = Settings(
        _env_file=None, llm="openai", llm_base_url=f"{address}/v1", llm_api=request.param, llm_timeout=PATIENCE
    )
    made = OpenAIProvider.from_settings(settings)
    yield made
    await made.close()


def says(answer: Any) -> dict[str, Any]:
    return {"type": "reply", "text": answer if isinstance(answer, str) else json.dumps(answer)}


def quote(text: str) -> dict[str, str]:
    return {"source": "lead:message", "text": text}


WEIGHED = {"criteria": [{"criterion": "plants", "answer": "met", "reason": "Two.", "quote": quote("two plants")}]}
KNOWN = {
    "company": "Corrubox Ltd",
    "person": "",
    "summary": "It has 120 employees.",
    "facts": [{"kind": "headcount", "text": "it has 120 employees", "quote": quote("120 employees")}],
    "not_found": [],
}
WRITTEN = {
    "subject": "Your enquiry",
    "body": "Hello Kim Doe,\n\nthank you for writing.",
    "language": "en",
    "tone": "measured",
    "slots": [],
    "commitments": [],
    "sources": [],
    "not_followed": [],
}
FLAGGED = {"flags": [{"rule": "tender", "quote": quote("This is a tender")}], "orders": []}


async def test_all_four_streams_are_answered(mock: Mock, provider: OpenAIProvider) -> None:
    mock.will(says(WEIGHED), says(KNOWN), says(WRITTEN), says(FLAGGED))
    works = [
        await provider.qualification(qualification_task(LEAD)),
        await provider.research(research_task(LEAD), ()),
        await provider.drafting(drafting_task(LEAD)),
        await provider.fit_risk(fit_risk_task(LEAD)),
    ]
    weighed, known, written, flagged = (work.output for work in works)
    assert isinstance(weighed, Qualification)
    assert weighed.verdict is Verdict.UNCLEAR
    assert [one.answer for one in weighed.criteria].count(Answer.MET) == 1
    assert isinstance(known, CompanyNote)
    assert [fact.text for fact in known.facts] == ["it has 120 employees"]
    assert isinstance(written, Draft)
    assert written.body == WRITTEN["body"]
    assert isinstance(flagged, RiskReport)
    assert [flag.code for flag in flagged.flags] == ["tender"]
    for work in works:
        assert work.made.calls == 1
        assert work.made.model == "gpt-5-mini"
        assert (work.made.tokens_in or 0) > 100
        assert (work.made.tokens_out or 0) > 5
    assert len(mock.asked) == 4


async def test_its_reading_of_our_schema_fits_our_form(mock: Mock, provider: OpenAIProvider) -> None:
    """Unscripted it makes up an answer by the schema it was sent; of that a fact without a source is none."""
    mock.will({"type": "delay", "seconds": 0.0})
    work = await provider.research(research_task(LEAD), ())
    assert isinstance(work.output, CompanyNote)
    assert work.output.facts == ()
    assert work.output.not_found == ("mock-not_found",)
    assert work.made.calls == 1


async def test_answer_that_does_not_fit_is_asked_for_once_more(mock: Mock, provider: OpenAIProvider) -> None:
    mock.will(says("I think so."), says(FLAGGED))
    work = await provider.fit_risk(fit_risk_task(LEAD))
    assert isinstance(work.output, RiskReport)
    assert [flag.code for flag in work.output.flags] == ["tender"]
    assert work.made.calls == 2
    mock.will(says("I think so."), says("I said so."), says(FLAGGED))
    with pytest.raises(ProviderError) as caught:
        await provider.fit_risk(fit_risk_task(LEAD))
    assert caught.value.code == "bad_output"
    assert len(mock.asked) == 2


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [
        (400, "bad_request", False),
        (401, "bad_key", False),
        (403, "forbidden", False),
        (404, "not_found", False),
        (408, "server_error", True),
        (429, "rate_limited", True),
        (500, "server_error", True),
        (503, "server_error", True),
    ],
)
async def test_failure_is_named_and_left_to_temporal_to_try_again(
    mock: Mock, provider: OpenAIProvider, status: int, code: str, again: bool
) -> None:
    mock.will({"type": "fail", "status": status, "times": None})
    with pytest.raises(ProviderError) as caught:
        await provider.fit_risk(fit_risk_task(LEAD))
    assert (caught.value.code, caught.value.retryable) == (code, again)
    assert len(mock.asked) == 1


async def test_time_that_it_asks_us_to_wait_is_understood(mock: Mock, provider: OpenAIProvider) -> None:
    mock.will({"type": "fail", "status": 429, "retry_after": 7})
    with pytest.raises(ProviderError) as caught:
        await provider.fit_risk(fit_risk_task(LEAD))
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 7


async def test_answer_cut_off_at_the_length_limit_is_told(mock: Mock, provider: OpenAIProvider) -> None:
    mock.will(says(FLAGGED) | {"finish_reason": "length"})
    with pytest.raises(ProviderError) as caught:
        await provider.fit_risk(fit_risk_task(LEAD))
    assert caught.value.code == "truncated"
