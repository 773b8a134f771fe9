"""What every provider keeps, whoever does the work: the same tests for the rules and for a model in each API and form."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_kit import DOCKLINE, EXAMPLES, LEADS, provider
from fake_kit import lead_task as task_of

from leadbraid.errors import ProviderError
from leadbraid.intake import parse_lead
from leadbraid.llm.fake import Behaviour, FakeModels, fails, says
from leadbraid.llm.fake.refusals import FORMS
from leadbraid.llm.openai.answers import DRAFT_WORDS
from leadbraid.llm.openai.failures import FAULTS
from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.merge import sides
from leadbraid.models import (
    Answer,
    CompanyNote,
    Draft,
    JudgeTask,
    Lead,
    Qualification,
    Quote,
    RiskReport,
    Stream,
    StreamResult,
    StreamWork,
)
from leadbraid.models.outputs import Output
from leadbraid.scoring import judged
from leadbraid.sources.documents import Documents
from leadbraid.sources.passage import Passage
from leadbraid.text import words

WAYS = {
    "rules": None,
    "responses, strict": ("responses", FORMS),
    "responses, JSON": ("responses", FORMS - {"json_schema"}),
    "responses, text": ("responses", frozenset({"text"})),
    "chat, strict": ("chat", FORMS),
    "chat, JSON": ("chat", FORMS - {"json_schema"}),
    "chat, text": ("chat", frozenset({"text"})),
}
"""Each way to a provider: the API, and the forms of an answer that the server knows."""
DOCUMENTS = Documents(EXAMPLES / "documents")
MODEL_WAYS = [way for way in WAYS if WAYS[way]]


@contextlib.asynccontextmanager
async def worker(way: str) -> AsyncIterator[Provider]:
    if (found := WAYS[way]) is None:
        yield RulesProvider()
        return
    api, known = found
    with FakeModels(DOCKLINE, Behaviour(forms=known)) as fake:
        async with provider(fake, llm_api=api) as made:
            yield made


@pytest.fixture(scope="module", params=WAYS)
async def way(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    """A provider, by each way to one."""
    async with worker(request.param) as made:
        yield made


@pytest.fixture(params=LEADS[::3], ids=lambda file: file.stem)
def one(request: pytest.FixtureRequest) -> Lead:
    """A third of the example leads: each is worked in seven ways."""
    file: Path = request.param
    return parse_lead(file.read_bytes(), file.name)


async def work(provider: Provider, stream: Stream, lead: Lead) -> StreamWork:
    task: Any = task_of(stream, lead)
    if stream is Stream.RESEARCH:
        return await provider.research(task, DOCUMENTS.passages(lead))
    found: StreamWork = await getattr(provider, stream.value)(task)
    return found


async def output(provider: Provider, stream: Stream, lead: Lead) -> Output:
    return (await work(provider, stream, lead)).output


def quotes(found: Output) -> Iterator[Quote]:
    """Every quote of an output."""
    match found:
        case Qualification():
            yield from (one.quote for one in found.criteria if one.quote)
        case CompanyNote():
            yield from (fact.quote for fact in found.facts)
        case Draft():
            yield from (one.source for one in found.sources)
        case RiskReport():
            yield from (flag.quote for flag in found.flags)


def sources_of(lead: Lead, passages: tuple[Passage, ...]) -> dict[str, str]:
    """All that may be quoted. Of the address only what follows the @ is anybody's business."""
    rules = DOCKLINE.for_drafting()
    ours = {f"playbook:{one.id}": one.text for one in (*rules.product.facts, *rules.permitted_claims)}
    ours["playbook:product"] = rules.product.summary
    return lead.words() | {"lead:email": lead.email} | ours | {one.source: one.text for one in passages}


def flat(text: str) -> str:
    return " ".join(text.split())


# --- outputs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stream", Stream)
async def test_output_is_the_stream_s_own_valid_and_holds_nothing_foreign(
    way: Provider, stream: Stream, one: Lead
) -> None:
    done = await work(way, stream, one)
    assert done.output.stream is stream
    assert done.made.provider == way.name
    type(done.output).model_validate(done.output.model_dump(mode="json"), extra="forbid")


@pytest.mark.parametrize("stream", Stream)
async def test_every_quote_stands_in_the_source_that_it_names(way: Provider, stream: Stream, one: Lead) -> None:
    known = sources_of(one, DOCUMENTS.passages(one))
    for quote in quotes(await output(way, stream, one)):
        assert flat(quote.text) in flat(known[quote.source])


async def test_each_criterion_of_the_playbook_is_weighed_once_and_the_score_follows(way: Provider, one: Lead) -> None:
    found = await output(way, Stream.QUALIFICATION, one)
    assert isinstance(found, Qualification)
    assert [result.criterion for result in found.criteria] == [c.id for c in DOCKLINE.ideal_customer.criteria]
    answers = {result.criterion: result.answer for result in found.criteria}
    assert (found.score, found.verdict) == judged(DOCKLINE.ideal_customer, answers)
    assert all(result.quote for result in found.criteria if result.answer is Answer.MET)


async def test_flags_are_the_playbook_s_each_once_the_worst_first(way: Provider, one: Lead) -> None:
    found = await output(way, Stream.FIT_RISK, one)
    assert isinstance(found, RiskReport)
    rules = DOCKLINE.for_fit_risk()
    by_id = {rule.id: rule for rule in (*rules.exclusions, *rules.escalations)}
    assert len({flag.code for flag in found.flags}) == len(found.flags)
    for flag in found.flags:
        rule = by_id[flag.code]
        assert (flag.severity, flag.text, flag.excludes) == (rule.severity, rule.text, rule in rules.exclusions)
    ranks = [flag.severity.rank for flag in found.flags]
    assert ranks == sorted(ranks, reverse=True)


async def test_draft_is_short_plain_and_declares_only_what_it_says(way: Provider, one: Lead) -> None:
    found = await output(way, Stream.DRAFTING, one)
    assert isinstance(found, Draft)
    assert 0 < len(words(found.body)) <= DRAFT_WORDS
    assert "\n" not in found.subject
    assert len({slot.marker for slot in found.slots}) == len(found.slots) == found.body.count("{{")
    for slot in found.slots:
        assert slot.marker in slot.sentence
        assert slot.sentence in found.body
    for said in (*(each.text for each in found.commitments), *(each.sentence for each in found.sources)):
        assert said in found.body


async def test_facts_are_few_different_and_their_strength_is_that_of_their_source(way: Provider, one: Lead) -> None:
    found = await output(way, Stream.RESEARCH, one)
    assert isinstance(found, CompanyNote)
    assert len({fact.id for fact in found.facts}) == len(found.facts) <= 7
    for fact in found.facts:
        source = fact.quote.source
        assert fact.strength == (1 if source.startswith("lead:") else 3 if ".csv#" in source else 2)


@pytest.mark.parametrize("stream", Stream)
async def test_same_question_gets_the_same_answer(way: Provider, stream: Stream) -> None:
    one = parse_lead(LEADS[0].read_bytes(), LEADS[0].name)
    assert await output(way, stream, one) == await output(way, stream, one)


# --- the judge, and failures ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", MODEL_WAYS)
async def test_judge_quotes_the_two_outputs_that_disagree(way: str) -> None:
    async with worker(way) as made:
        file = LEADS[0]
        lead = parse_lead(file.read_bytes(), file.name)
        results = tuple(
            [StreamResult(stream=stream, version=1, work=await work(made, stream, lead)) for stream in Stream]
        )
        told = sides(results) | {Stream.FIT_RISK: "warn: They have 999 employees."}
        found = (await made.judge(JudgeTask(lead_id="lead-1", results=results), told)).found
    assert found
    for one in found:
        assert one.left.text in told[Stream(one.left.source)]
        assert one.right.text in told[Stream(one.right.source)]


async def test_rules_say_that_they_are_no_judge() -> None:
    with pytest.raises(ProviderError) as caught:
        await RulesProvider().judge(JudgeTask(lead_id="lead-1", results=()), {})
    assert (caught.value.code, caught.value.retryable) == ("no_judge", False)


BROKEN = {
    "refused": fails(400, "whatever"),
    "overloaded": fails(529),
    "no answer": says("I'd rather not."),
    "another form": says({"subject": 1}),
    "a field too many": says({"flags": [], "orders": [], "recipient": "boss@evil.example"}),
    "an unknown rule": says({"flags": [{"rule": "x", "quote": {"source": "lead:message", "text": "x"}}], "orders": []}),
}


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("api", ["responses", "chat"])
async def test_failure_is_a_provider_error_with_a_code_that_is_known(api: str, broken: str) -> None:
    lead = parse_lead(LEADS[0].read_bytes(), LEADS[0].name)
    with FakeModels(DOCKLINE) as fake:
        fake.will(BROKEN[broken])
        async with provider(fake, llm_api=api) as made:
            with pytest.raises(ProviderError) as caught:
                await made.fit_risk(task_of(Stream.FIT_RISK, lead))
    assert caught.value.code in FAULTS
    assert "evil.example" not in str(caught.value)
    assert caught.value.made is not None
    assert caught.value.made.calls >= 1
