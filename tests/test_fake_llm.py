"""The fake of a model's server: what it answers, what it refuses, and that its answers are those of the rules."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from builders import drafting_task, fit_risk_task, lead, playbook, qualification_task, research_task
from fake_kit import (
    APIS,
    BOUNDARY,
    DOCKLINE,
    EXAMPLES,
    LEADS,
    QUESTIONS,
    Raw,
    brief_of,
    client,
    provider,
    request,
    risks,
    shown,
)
from merge_builders import case, conflicts
from openai import BadRequestError
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from leadbraid.intake import parse_lead
from leadbraid.llm.fake import Behaviour, FakeModels
from leadbraid.llm.fake.exchange import BLOCK
from leadbraid.llm.fake.redrafting import conflicts_told
from leadbraid.llm.fake.refusals import strictness
from leadbraid.llm.fake.wire import tokens
from leadbraid.llm.openai import forms
from leadbraid.llm.rules import RulesProvider
from leadbraid.models import Code, Conflict, DraftingTask, RiskReport, Stream
from leadbraid.rehearsal import Rehearsal
from leadbraid.sources.documents import Documents
from leadbraid.sources.passage import Passage, PassageKind


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeModels]:
    """An honest model that knows the small playbook of the tests."""
    with FakeModels(playbook()) as started:
        yield started


# --- honest answers ------------------------------------------------------------------------------------------------


def test_official_client_parses_a_response(fake: FakeModels) -> None:
    asked = risks()
    with client(fake) as openai:
        parsed = openai.responses.parse(
            model="m", instructions=asked.instructions, input=asked.data.text, text_format=forms.FitRiskAnswer
        )
    assert parsed.output_parsed is not None
    assert {flag.rule for flag in parsed.output_parsed.flags} == {"legal", "tender"}
    assert [item.type for item in parsed.output] == ["reasoning", "message"]
    assert parsed.model == "m-fake"


def test_official_client_parses_a_chat_completion(fake: FakeModels) -> None:
    asked = risks()
    with client(fake) as openai:
        parsed = openai.chat.completions.parse(
            model="m",
            messages=[{"role": "system", "content": asked.instructions}, {"role": "user", "content": asked.data.text}],
            response_format=forms.FitRiskAnswer,
        )
    choice = parsed.choices[0]
    assert choice.finish_reason == "stop"
    assert choice.message.parsed is not None
    assert {flag.rule for flag in choice.message.parsed.flags} == {"legal", "tender"}


def test_answers_have_every_field_that_the_official_types_ask_for(fake: FakeModels) -> None:
    response = Response.model_validate(Raw(fake, "responses", request(max_output_tokens=5_000)).json, strict=False)
    assert response.usage is not None
    assert response.usage.input_tokens_details.cached_tokens >= 0
    assert response.usage.output_tokens_details.reasoning_tokens > 0
    assert response.max_output_tokens == 5_000
    completion = ChatCompletion.model_validate(Raw(fake, "chat", request("chat")).json)
    assert completion.usage is not None
    assert completion.usage.completion_tokens_details is not None


def test_models_are_listed_and_told_one_by_one() -> None:
    with FakeModels(playbook(), Behaviour(models=("one", "two"))) as fake, client(fake) as openai:
        assert [model.id for model in openai.models.list()] == ["one", "two"]
        assert openai.models.retrieve("two").object == "model"


@pytest.mark.parametrize("api", APIS)
def test_tokens_are_counted_by_the_rule_that_is_told(api: str) -> None:
    asked = QUESTIONS.about_reply(drafting_task(lead(), DOCKLINE), BOUNDARY)
    with FakeModels(DOCKLINE) as fake:
        first, second = (Raw(fake, api, request(api, asked)) for _ in range(2))
    read = tokens(f"{asked.instructions}\n\n{asked.data.text}")
    assert read > 8 * BLOCK
    for answer, cached in ((first, 0), (second, read // BLOCK * BLOCK)):
        usage = answer.json["usage"]
        assert read == usage.get("prompt_tokens", usage.get("input_tokens"))
        assert tokens(answer.text) + 64 == usage.get("completion_tokens", usage.get("output_tokens"))
        details = usage.get("prompt_tokens_details", usage.get("input_tokens_details"))
        assert details["cached_tokens"] == cached


@pytest.mark.parametrize("api", APIS)
def test_short_prompt_is_not_cached(fake: FakeModels, api: str) -> None:
    usage = [Raw(fake, api, request(api)).json["usage"] for _ in range(2)][1]
    assert usage.get("prompt_tokens", usage.get("input_tokens")) < 8 * BLOCK
    assert usage.get("prompt_tokens_details", usage.get("input_tokens_details"))["cached_tokens"] == 0


@pytest.mark.parametrize("api", APIS)
def test_answer_longer_than_allowed_is_cut_off(fake: FakeModels, api: str) -> None:
    limit = {"responses": "max_output_tokens", "chat": "max_tokens"}[api]
    answer = Raw(fake, api, request(api, **{limit: 70}))
    assert tokens(answer.text) == 6
    if api == "chat":
        assert answer.json["choices"][0]["finish_reason"] == "length"
    else:
        assert answer.json["incomplete_details"] == {"reason": "max_output_tokens"}


def test_request_that_is_not_ours_is_told_so(fake: FakeModels) -> None:
    assert (
        "nothing but what Leadbraid asks"
        in Raw(fake, "chat", {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}).text
    )


def test_nothing_but_the_request_and_the_playbook_is_looked_at(fake: FakeModels) -> None:
    """A criterion that the playbook asks otherwise is unknown, though its id is the same."""
    task = qualification_task(lead())
    other = task.rules.criteria[0].model_copy(update={"question": "Are there tens of thousands?"})
    rules = task.rules.model_copy(update={"criteria": (other, *task.rules.criteria[1:])})
    asked = QUESTIONS.about_qualification(task.model_copy(update={"rules": rules}), BOUNDARY)
    given = json.loads(Raw(fake, "responses", request(question=asked)).text)["criteria"]
    assert [one["answer"] for one in given] == ["unknown", "met", "met", "met", "met"]


def test_business_that_the_playbook_is_not_about_is_answered_from_what_is_told(fake: FakeModels) -> None:
    rules = DOCKLINE.for_drafting()
    one = lead(message="We run two warehouses. Do you have an interface to SAP EWM?")
    asked = QUESTIONS.about_reply(DraftingTask(lead_id="lead-1", lead=one, rules=rules), BOUNDARY)
    answer = forms.DraftingAnswer.model_validate_json(Raw(fake, "responses", request(question=asked)).text)
    assert "Dockline" in answer.body
    assert "Kim Doe" in answer.body


def test_judge_finds_different_numbers_of_the_same_and_nothing_else(fake: FakeModels) -> None:
    sides = {
        Stream.RESEARCH: "Evidence: solid.\nCorrubox has about 120 employees. It runs three plants.",
        Stream.DRAFTING: "Your enquiry\nYou have 210 employees, and we take 4 parts.",
        Stream.FIT_RISK: "warn: They ask for a discount of 120 percent",
    }
    asked = QUESTIONS.about_disagreements(sides, BOUNDARY)
    (found,) = json.loads(Raw(fake, "responses", request(question=asked)).text)["disagreements"]
    assert found["kind"] == "contradiction"
    assert {found["left"], found["right"]} == {"research", "drafting"}
    assert found["left_quote"] in sides[Stream(found["left"])]
    assert found["right_quote"] in sides[Stream(found["right"])]


# --- the same brief as the rules -----------------------------------------------------------------------------------


@pytest.mark.parametrize("plan", ["parallel", "sequential"])
@pytest.mark.parametrize("file", LEADS, ids=lambda file: file.stem)
async def test_model_path_comes_to_the_brief_of_the_rules(file: Path, plan: str) -> None:
    """All that the rules need is told in the requests: redrafts, names, facts, sources."""
    one = parse_lead(file.read_bytes(), file.name)
    with FakeModels(DOCKLINE) as fake:
        async with provider(fake) as openai:
            by_model = await brief_of(one, openai, plan)
    by_rules = await brief_of(one, RulesProvider(), plan)
    assert shown(by_model) == shown(by_rules)
    assert all(result.work and result.work.made.model == "gpt-5-mini-fake" for result in by_model.results)


async def test_every_conflict_that_a_redraft_is_asked_to_settle_is_read_back() -> None:
    found: list[Conflict] = []
    for file in LEADS:
        first = Rehearsal(
            parse_lead(file.read_bytes(), file.name), DOCKLINE, _NoRedraft(found), Documents(EXAMPLES / "documents")
        )
        await first.brief(frozenset())
    told = list(conflicts_told("\n".join(f"- {one.message}" for one in found)))
    assert [one.code for one in told] == [one.code for one in found]
    assert {Code.UNPERMITTED_PROMISE, Code.TONE_OVER_RISK, Code.REGION_MISMATCH, Code.CONTRADICTS_NOTE} <= {
        one.code for one in found
    }
    for conflict, read in zip(found, told, strict=True):
        assert read.left.text in conflict.left.text


def test_link_that_a_redraft_is_asked_to_leave_out_is_read_back() -> None:
    (found,) = conflicts(case("See https://evil.example/pay for more."), Code.UNPERMITTED_LINK)
    (read,) = conflicts_told(f"- {found.message}")
    assert read.code is Code.UNPERMITTED_LINK
    assert read.left.text == "https://evil.example/pay"


class _NoRedraft(RulesProvider):
    """The rules, and what they were asked to settle."""

    def __init__(self, found: list[Conflict]) -> None:
        self._found = found

    async def drafting(self, task: DraftingTask) -> Any:
        self._found += task.settle
        return await super().drafting(task)


# --- what is refused -----------------------------------------------------------------------------------------------

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
LOOSE = {**SCHEMA, "additionalProperties": True}
REFUSED = [
    pytest.param({"foo": 1}, 400, "foo", "unknown_parameter", id="unknown parameter"),
    pytest.param({"temperature": 2.1}, 400, "temperature", "decimal_above_max_value", id="too hot"),
    pytest.param({"temperature": -1}, 400, "temperature", "decimal_below_min_value", id="too cold"),
    pytest.param({"temperature": "hot"}, 400, "temperature", "invalid_type", id="no temperature"),
    pytest.param({"stream": True}, 400, "stream", "unsupported_value", id="stream"),
    pytest.param({"model": ""}, 400, "model", "missing_required_parameter", id="no model"),
    pytest.param({"model": "another"}, 404, None, "model_not_found", id="another model"),
]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize(("change", "status", "param", "code"), REFUSED)
def test_wrong_requests_are_refused_in_the_api_s_envelope(
    api: str, change: dict[str, Any], status: int, param: str | None, code: str
) -> None:
    with FakeModels(playbook(), Behaviour(models=("some-model",))) as fake:
        answer = Raw(fake, api, request(api) | change)
        assert Raw(fake, api, request(api)).status == 200
    assert answer.status == status
    told = answer.json["error"]
    assert set(told) == {"message", "type", "param", "code"}
    assert (told["type"], told["param"], told["code"]) == ("invalid_request_error", param, code)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000], ids=["empty", "cut", "list", "bytes", "deep"]
)
def test_body_that_is_no_json_object_is_refused(fake: FakeModels, body: bytes) -> None:
    answer = Raw(fake, "responses", body)
    assert answer.status == 400
    assert "JSON" in answer.json["error"]["message"]


def test_other_addresses_and_requests_without_a_key_are_refused(fake: FakeModels) -> None:
    with client(fake) as openai, pytest.raises(Exception, match="Invalid URL"):
        openai.embeddings.create(model="m", input="x")
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(fake.url).port, timeout=10)
    with contextlib.closing(connection):
        connection.request("POST", "/v1/responses", b"{}")
        assert connection.getresponse().status == 401


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "array", "items": SCHEMA}, id="no object"),
        pytest.param(LOOSE, id="more is allowed"),
        pytest.param({**SCHEMA, "required": []}, id="not all required"),
        pytest.param({**SCHEMA, "properties": {"a": LOOSE}}, id="a looser one within"),
        pytest.param({**SCHEMA, "properties": {"a": {"type": "array", "items": LOOSE}}}, id="looser items"),
        pytest.param({**SCHEMA, "properties": {"a": {"anyOf": [LOOSE, {"type": "null"}]}}}, id="a looser choice"),
        pytest.param({**SCHEMA, "$defs": {"b": LOOSE}}, id="a looser definition"),
        pytest.param({**SCHEMA, "properties": {"a": {"type": "string", "default": "x"}}}, id="a default"),
        pytest.param({**SCHEMA, "properties": {"a": {"allOf": [SCHEMA]}}}, id="allOf"),
    ],
)
@pytest.mark.parametrize("api", APIS)
def test_schema_that_is_not_strict_is_refused(fake: FakeModels, api: str, schema: dict[str, Any]) -> None:
    form = {"name": "x", "schema": schema, "strict": True}
    change = (
        {"response_format": {"type": "json_schema", "json_schema": form}}
        if api == "chat"
        else {"text": {"format": {"type": "json_schema"} | form}}
    )
    told = Raw(fake, api, request(api) | change).json["error"]
    assert told["code"] == "invalid_json_schema"
    assert told["param"] == ("response_format" if api == "chat" else "text.format.schema")


@pytest.mark.parametrize(
    "answer",
    [forms.QualificationAnswer, forms.ResearchAnswer, forms.DraftingAnswer, forms.FitRiskAnswer, forms.JudgeAnswer],
)
def test_our_own_schemas_are_strict(answer: type[forms.Wire]) -> None:
    assert strictness(answer.model_json_schema()) == ""


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (("text", "json_object", "json_schema"), ["json_schema"]),
        (("text", "json_object"), ["json_schema", "json_object"]),
        (("text",), ["json_schema", "json_object", "text"]),
    ],
    ids=["schemas", "JSON", "text"],
)
@pytest.mark.parametrize("api", APIS)
async def test_server_that_knows_fewer_forms_is_asked_in_a_simpler_one(
    api: str, known: tuple[str, ...], asked: list[str]
) -> None:
    with FakeModels(playbook(), Behaviour(forms=frozenset(known))) as fake:
        async with provider(fake, llm_api=api) as openai:
            work = await openai.fit_risk(fit_risk_task(lead(message="This is a tender.")))
    assert isinstance(work.output, RiskReport)
    assert [flag.code for flag in work.output.flags] == ["tender"]
    assert [one.form["type"] for one in fake.asked] == asked


def test_request_that_only_looks_like_ours_fails_without_a_word_of_it(fake: FakeModels) -> None:
    answer = Raw(fake, "responses", request(instructions='# The playbook\n\n{"rules": [{"zanzibar": 1}]}'))
    assert answer.status == 500
    assert b"zanzibar" not in answer.body


def test_json_mode_without_the_word_json_is_refused(fake: FakeModels) -> None:
    with client(fake) as openai, pytest.raises(BadRequestError, match="json"):
        openai.responses.create(model="m", input="Hello", text={"format": {"type": "json_object"}})


@pytest.mark.parametrize("delimiter", [",", ";", "|"], ids=["comma", "semicolon", "bar"])
def test_account_row_is_understood_by_what_its_cells_look_like(fake: FakeModels, delimiter: str) -> None:
    row = delimiter.join(
        ["Corrubox Ltd", "corrubox.example", "Jo Roe", "j.roe@corrubox.example", "240", "packaging", "GB"]
    )
    passage = Passage(PassageKind.ACCOUNT, "documents:accounts.csv#2", row)
    asked = QUESTIONS.about_company(research_task(lead(name="")), (passage,), BOUNDARY)
    told = forms.ResearchAnswer.model_validate_json(Raw(fake, "responses", request(question=asked)).text)
    assert told.company == "Corrubox Ltd"
    assert told.person == "Jo Roe"
    facts = {fact.kind: fact.quote.text for fact in told.facts if fact.quote.source.startswith("documents:")}
    assert facts["headcount"] == "240"
    assert facts["industry"] == "packaging"
