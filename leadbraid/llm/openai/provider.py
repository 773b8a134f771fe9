"""The provider `openai`: any server that speaks one of OpenAI's APIs, asked once for each stream.

Three things happen here and nowhere else: a call is made, whatever goes wrong becomes a `ProviderError`, and an answer
becomes an output. Temporal tries again what may succeed later; here only two things are asked twice: an answer that
does not fit is sent back once with what is wrong, and a server that does not know a form is asked in a simpler one. A
model decides only what it was asked; scores, severities, strengths and the recipient are ours, and a quote that does
not stand in its source is never passed on.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self, TypeVar

from openai import AsyncOpenAI
from pydantic import ValidationError
from pydantic_core import from_json

from leadbraid.llm.openai.answers import draft_of, judged_of, note_of, qualification_of, report_of
from leadbraid.llm.openai.apis import Api, Ask, Choice, Form, make_api
from leadbraid.llm.openai.calls import Calls
from leadbraid.llm.openai.client import client_for, is_openais_own
from leadbraid.llm.openai.failures import Unfit, misfit, named, provider_error, refuses_form
from leadbraid.llm.openai.forms import AnswerT
from leadbraid.llm.openai.json_text import json_in
from leadbraid.llm.openai.prompts import Prompts
from leadbraid.llm.openai.questions import Question, Questions
from leadbraid.llm.openai.replies import ANSWER_LIMIT, Reply
from leadbraid.llm.prices import Prices
from leadbraid.llm.rules.fit_risk import raised_flags
from leadbraid.logs import get_logger
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    QualificationTask,
    ResearchTask,
    Stream,
    StreamWork,
)
from leadbraid.per_job import JOBS
from leadbraid.settings import Settings
from leadbraid.sources.passage import Passage

LEAST_TOKENS = 1_000
"""What a model must be allowed to write, or its answer is cut off: then the call is not worth making."""
CHARS_PER_TOKEN = 3
"""Few, so that the budget is not taken for larger than it is: English has about four, German and marked text fewer."""

SHOWN_AGAIN = 10_000
"""Characters of a wrong answer that a model is shown with what is wrong."""

OutputT = TypeVar("OutputT")
log = get_logger(__name__)


@dataclass(frozen=True)
class Terms:
    """What an operator allows: seconds for one answer, and tokens for one lead."""

    timeout: timedelta
    lead_tokens: int


class OpenAIProvider:
    """Does the work of the streams with a model, and judges their outputs."""

    name = "openai"

    def __init__(
        self,
        client: AsyncOpenAI,
        api: Api,
        choices: Mapping[str, Choice],
        terms: Terms,
        *,
        prompts: Prompts | None = None,
        prices: Prices | None = None,
    ) -> None:
        self._client = client
        self._api = api
        self._choices = choices
        self._terms = terms
        self._questions = Questions(prompts or Prompts.load())
        self._prices = prices or Prices()
        self._forms: dict[str, Form] = {}
        """What each model's server was found not to know, for as long as this process lives."""

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The provider that the settings describe.

        Raises:
            SettingsError: There is neither a key nor a server of one's own, or something of it cannot be used.
        """
        return cls(
            client_for(settings),
            make_api(settings.llm_api, openais_own=is_openais_own(settings)),
            {job: _choice(settings, job) for job in JOBS},
            Terms(timedelta(seconds=settings.llm_timeout), settings.llm_lead_tokens),
            prompts=Prompts.load(settings.llm_prompts),
            prices=Prices.load(settings.llm_prices),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""
        question = self._questions.about_qualification(task, _boundary())
        output, calls = await self._ask(
            question, task.spent, lambda given: qualification_of(given, question, task.rules)
        )
        return StreamWork(output=output, made=calls.made())

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """Say what is known about the company, from the lead's words and from ``passages`` of local documents."""
        question = self._questions.about_company(task, passages, _boundary())
        output, calls = await self._ask(question, task.spent, lambda given: note_of(given, question, passages))
        return StreamWork(output=output, made=calls.made())

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Answer what the lead asked. With ``task.settle``: write it so that those conflicts are gone."""
        question = self._questions.about_reply(task, _boundary())
        output, calls = await self._ask(question, task.spent, lambda given: draft_of(given, question, task.note))
        return StreamWork(output=output, made=calls.made())

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """List what should stop or slow us."""
        question, certain = self._questions.about_risks(task, _boundary()), raised_flags(task)
        rules = task.rules
        output, calls = await self._ask(question, task.spent, lambda given: report_of(given, question, rules, certain))
        return StreamWork(output=output, made=calls.made())

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:
        """Say where two outputs do not go together. ``sides`` are the outputs in words, as a reviewer reads them."""
        question = self._questions.about_disagreements(sides, _boundary())
        (found, dropped), calls = await self._ask(question, task.spent, lambda given: judged_of(given, sides))
        return Judgement(found=found, dropped=dropped, made=calls.made())

    async def _ask(
        self, question: Question[AnswerT], spent: int, output_of: Callable[[AnswerT], OutputT]
    ) -> tuple[OutputT, Calls]:
        """Ask, read, and make the output.

        Raises:
            ProviderError: Whatever went wrong. Its cause is cut off, since foreign errors quote what they failed on.
        """
        choice = self._choices[question.job]
        calls = Calls(self.name, choice.model, question.prompt, self._prices)
        try:
            ask = self._within_budget(_first(question, choice), choice, spent)
            # The client's time-out is for each read; a server that sends a byte a second would hold the stream.
            async with asyncio.timeout(self._terms.timeout.total_seconds()):
                return await self._answer(ask, question, output_of, calls, spent), calls
        except Exception as error:
            failed = provider_error(error)
            failed.made = calls.made()
            raise failed from None

    def _within_budget(self, ask: Ask, choice: Choice, spent: int) -> Ask:
        """The call, with no more tokens to write than the lead has left of what ``choice`` allows.

        Raises:
            ProviderError: Too few are left.
        """
        read = (len(ask.told) + sum(map(len, ask.turns))) // CHARS_PER_TOKEN
        left = self._terms.lead_tokens - spent - read
        if left < min(LEAST_TOKENS, choice.max_tokens):
            raise named("budget_spent", budget=f"{self._terms.lead_tokens:,}")
        return replace(ask, choice=replace(choice, max_tokens=min(choice.max_tokens, left)))

    async def _answer(
        self, ask: Ask, question: Question[AnswerT], output_of: Callable[[AnswerT], OutputT], calls: Calls, spent: int
    ) -> OutputT:
        reply, ask = await self._send(ask, calls)
        try:
            return _output(reply, question, output_of)
        except Unfit as unfit:
            log.info("model_asked_again", job=question.job, why=str(unfit))
            again = ask.again(reply.text[:SHOWN_AGAIN], str(unfit))
            again = self._within_budget(again, self._choices[question.job], spent + calls.tokens)
            reply, _ = await self._send(again, calls)
            return _output(reply, question, output_of)

    async def _send(self, ask: Ask, calls: Calls) -> tuple[Reply, Ask]:
        """Make the call, in the fullest form that the server knows; returns it too, for a second one."""
        model = ask.choice.model
        while True:
            ask = replace(ask, form=self._forms.get(model, Form.SCHEMA))
            try:
                reply = self._api.read(await self._api.send(self._client, ask))
            except asyncio.CancelledError:  # also when the time is up
                calls.unanswered()
                raise
            except Exception as error:
                if ask.form is Form.TEXT or not refuses_form(error):
                    calls.unanswered()
                    raise
                self._forms[model] = Form(ask.form + 1)
                log.info("simpler_form", model=model, form=self._forms[model].name.lower())
                continue
            calls.answered(reply)
            if reply.problem:
                raise reply.problem
            return reply, ask


def _first(question: Question[Any], choice: Choice) -> Ask:
    return Ask(question.job, choice, question.instructions, (question.data.text,), question.answer)


def _output(reply: Reply, question: Question[AnswerT], output_of: Callable[[AnswerT], OutputT]) -> OutputT:
    """The output that the answer makes.

    Raises:
        Unfit: It makes none.
    """
    try:
        return output_of(_read(reply, question))
    except ValidationError as error:
        raise Unfit(f"does not fit its form ({misfit(error)})") from None


def _read(reply: Reply, question: Question[AnswerT]) -> AnswerT:
    """The answer, in its form. Its size is looked at first: all else takes time by it.

    Raises:
        Unfit: It is empty, too large or no JSON.
        ValidationError: It has another form.
    """
    if not reply.text.strip():
        raise Unfit("is empty")
    if len(reply.text) > ANSWER_LIMIT:
        raise Unfit("is too large")
    try:
        values = from_json(json_in(reply.text), allow_inf_nan=False)
    except ValueError:
        raise Unfit("is no JSON") from None
    answer = question.answer.model_validate(question.data.unmarked(values))
    if question.data.boundary in answer.model_dump_json():
        raise Unfit("holds the boundary of the data")
    return answer


def _choice(settings: Settings, job: str) -> Choice:
    return Choice(
        model=settings.llm_models.of(job) or "",
        max_tokens=settings.llm_token_limits.of(job) or 0,
        temperature=settings.llm_temperatures.of(job),
        effort=settings.llm_efforts.of(job),
    )


def _boundary() -> str:
    """128 bits that no writer of a lead can guess. This is the edge: activities call it, workflows never."""
    return secrets.token_hex(16)
