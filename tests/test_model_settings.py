"""Settings of the models, the price table and the prompts: what is read, and one sentence for what is wrong."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from leadbraid.cli import main
from leadbraid.errors import SettingsError
from leadbraid.llm import provider_told
from leadbraid.llm.openai.prompts import NAMES, Prompts
from leadbraid.llm.prices import Prices
from leadbraid.models import Made, Spent
from leadbraid.per_job import JOBS, PerJob, per_job
from leadbraid.settings import Settings, load_settings

# --- one value for all jobs, and exceptions ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", PerJob(None)),
        ("3", PerJob(3)),
        (" 3 , drafting = 4,judge=5 ", PerJob(3, (("drafting", 4), ("judge", 5)))),
        ("drafting=4, 3", PerJob(3, (("drafting", 4),))),
        ("drafting=4", PerJob(None, (("drafting", 4),))),
    ],
)
def test_a_value_for_all_jobs_and_exceptions(text: str, read: PerJob[int]) -> None:
    assert per_job(text, int) == read


def test_an_exception_counts_for_its_job_alone() -> None:
    found = per_job("3, drafting=4", int)
    assert [found.of(job) for job in JOBS] == [3, 3, 4, 3, 3]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LLM_MODEL", "gpt-5, draftin=gpt-4", "'draftin' is no job of a model; did you mean drafting?"),
        ("LLM_MODEL", "gpt-5, shoes=gpt-4", "there are qualification, research, drafting, fit_risk, judge"),
        ("LLM_MODEL", "gpt-5, judge=a, judge=b", "judge is named twice"),
        ("LLM_MODEL", "gpt-5, gpt-4", "two values without a job"),
        ("LLM_MODEL", "drafting=gpt-5", "name a value for all jobs first"),
        ("LLM_MODEL", "my model", "no blanks"),
        ("LLM_TEMPERATURE", "2.1", "a temperature is a number from 0 to 2"),
        ("LLM_TEMPERATURE", "nan", "a temperature is a number from 0 to 2"),
        ("LLM_TEMPERATURE", "judge=-1", "a temperature is a number from 0 to 2"),
        ("LLM_EFFORT", "very high", "an effort is one word"),
        ("LLM_MAX_TOKENS", "12", "a whole number from 500 to 1000000"),
        ("LLM_MAX_TOKENS", "16_000", "a whole number from 500 to 1000000"),
        ("LLM_API", "soap", "'responses' or 'chat'"),
        ("LLM_RATE", "0", "greater than 0"),
        ("LLM_CONCURRENCY", "0", "greater than or equal to 1"),
        ("LLM_LEAD_TOKENS", "10", "greater than or equal to 1000"),
        ("LLM_TEMPERTURE", "1", "Did you mean LEADBRAID_LLM_TEMPERATURE?"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"LEADBRAID_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert f"LEADBRAID_{name}" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "rules (offline; no model is asked, since OPENAI_API_KEY is not set)"),
        ({"llm": "rules", "OPENAI_API_KEY": "sk-secret"}, "rules (offline; no model is asked)"),
        (
            {"OPENAI_API_KEY": "sk-secret"},
            "openai (gpt-5-mini at api.openai.com, responses API, since OPENAI_API_KEY is set)",
        ),
        (
            {"llm": "openai", "llm_base_url": "http://127.0.0.1:8/v1", "llm_api": "chat"},
            "openai (gpt-5-mini at 127.0.0.1:8, chat API)",
        ),
    ],
)
def test_a_start_says_who_works_and_why(fields: dict[str, str], told: str) -> None:
    assert provider_told(Settings(_env_file=None, **fields)) == told  # type: ignore[arg-type]


# --- prices --------------------------------------------------------------------------------------------------------


def table(folder: Path, text: str) -> Path:
    file = folder / "prices.yaml"
    file.write_text(text)
    return file


def test_a_cost_is_that_of_a_million_tokens_shared_out(tmp_path: Path) -> None:
    prices = Prices.load(
        table(tmp_path, "models:\n  a: {input: 3, output: 15}\n  b: {input: 1, cached: 0.1, output: 2}")
    )
    assert prices.cost(("a",), 1_000_000, 100_000, 500_000) == Decimal("4.5")
    assert prices.cost(("b",), 1_000_000, 0, 500_000) == Decimal("0.55")
    assert prices.cost(("new-name", "a"), 1_000_000, 0, 0) == Decimal(3)
    assert prices.cost(("c",), 1, 1, 0) is None
    assert prices.cost(("a",), None, 1, 0) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: [", "is no YAML text (line"),
        ("", "line 1: the file is empty"),
        ("currency: EUR\ncurrency: USD", "line 2: currency"),
        ("models:\n  a: {input: -1, output: 1}", "models.a.input"),
        ("models:\n  a: {input: cheap, output: 1}", "models.a.input"),
        ("models:\n  a: {input: .inf, output: 1}", "models.a.input"),
        ("models:\n  a: {input: 1}", "models.a.output"),
        ("currency: euro", "currency"),
        ("price: 3", "price"),
    ],
)
def test_a_wrong_price_table_is_one_sentence(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Prices.load(table(tmp_path, text))
    assert said in str(caught.value)
    assert "LEADBRAID_LLM_PRICES" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_price_table_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        Prices.load(tmp_path / "none.yaml")


# --- adding up -----------------------------------------------------------------------------------------------------


def used(**fields: object) -> Made:
    rest = {
        "provider": "openai",
        "calls": 1,
        "tokens_in": 10,
        "tokens_out": 2,
        "cost": Decimal("0.1"),
        "currency": "EUR",
    }
    return Made.model_validate(rest | fields)


def test_what_is_unknown_is_counted_and_never_taken_for_nothing() -> None:
    spent = Spent()
    for made in (
        used(),
        used(cost=None, currency="", unpriced=1),
        used(tokens_in=None, uncounted=1),
        used(currency="USD"),
        Made(provider="rules"),
    ):
        spent = spent.plus(made)
    assert (spent.calls, spent.tokens_in, spent.tokens_out, spent.uncounted) == (4, 30, 8, 1)
    assert (spent.cost, spent.currency, spent.unpriced) == (Decimal("0.2"), "EUR", 2)


def test_an_attempt_carries_what_earlier_ones_used() -> None:
    both = used().plus(used(calls=2, tokens_cached=5))
    assert (both.calls, both.tokens_in, both.tokens_cached, both.cost) == (3, 20, 5, Decimal("0.2"))
    failed = used(tokens_in=None, tokens_out=None, cost=None, currency="", uncounted=1, unpriced=1)
    for made in (used().plus(failed), failed.plus(used())):
        assert (made.calls, made.tokens_in, made.uncounted, made.cost, made.unpriced) == (2, 10, 1, Decimal("0.1"), 1)
    assert used().plus(used(currency="USD")).unpriced == 1
    assert used().plus(Made(provider="rules")).calls == 1
    assert Made(provider="").plus(used()) == used()


# --- prompts -------------------------------------------------------------------------------------------------------


def test_prompts_are_listed_with_their_versions_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "show"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(NAMES)
    assert main(["prompts", "show", "drafting"]) == 0
    assert "You draft the first reply" in capsys.readouterr().out
    assert main(["prompts", "show", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["name"]: one["digest"] for one in found if one["digest"]} == {
        job: Prompts.load().digest(job) for job in JOBS
    }
    assert main(["prompts", "show", "shoes"]) == 2
    assert "'shoes'" in capsys.readouterr().err


def test_exported_prompts_replace_the_packaged_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "mine"
    assert main(["prompts", "export", str(folder)]) == 0
    for name in NAMES[1:]:
        (folder / f"{name}.txt").unlink()
    assert main(["prompts", "export", str(folder)]) == 1
    before = Prompts.load()
    (folder / "qualification.txt").write_text("# Your task\n\nBe strict.\n")
    monkeypatch.setenv("LEADBRAID_LLM_PROMPTS", str(folder))
    capsys.readouterr()
    assert main(["prompts", "show"]) == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.split()[1] == "yours"
    assert {line.split()[1] for line in others} == {"packaged"}
    after = Prompts.load(folder)
    assert after.digest("qualification") != before.digest("qualification")
    assert after.digest("drafting") == before.digest("drafting")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("drafting.txt", " \n", "is empty"),
        ("drafting.txt", "x" * 40_001, "at most 40000"),
        ("data.txt", "Read {boundary} alone.", "must name {boundary} and {mark}"),
        ("draft.txt", "Write.", "holds only qualification.txt"),
        ("drafting.md", "Write.", "holds only qualification.txt"),
    ],
)
def test_a_prompt_that_cannot_be_used_is_one_sentence(name: str, text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SettingsError) as caught:
        Prompts.load(tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_ordinary_file_is_no_prompt(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "drafting.txt")
    with pytest.raises(SettingsError, match="no ordinary file"):
        Prompts.load(tmp_path)
    (tmp_path / "drafting.txt").unlink()
    with (tmp_path / "drafting.txt").open("wb") as sparse:
        sparse.truncate(1_000_000_000)
    with pytest.raises(SettingsError, match="too large"):
        Prompts.load(tmp_path)


def test_a_folder_of_prompts_that_is_missing_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="LEADBRAID_LLM_PROMPTS"):
        Prompts.load(tmp_path / "none")
