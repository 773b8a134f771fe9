"""The evaluation: labels, grading, running, comparing, and what is kept of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import MESSAGE, playbook
from eval_baseline import BASELINE, LEADS, PLAYBOOK, evaluated, trimmed

from leadbraid.errors import DatasetError, InputError, ProviderError
from leadbraid.evaluation import running
from leadbraid.evaluation.cases import read_case, read_dataset, unknown_to
from leadbraid.evaluation.comparing import Judgment, compare
from leadbraid.evaluation.figures import figures, gaps, injections, kinds, spent, unsteady
from leadbraid.evaluation.grading import grade, holds, saying
from leadbraid.evaluation.kept import as_json, read_result
from leadbraid.evaluation.labels import Gold
from leadbraid.evaluation.report import html
from leadbraid.evaluation.result import CaseResult, Item, Measure, Named, Result, Run, Spent
from leadbraid.evaluation.running import Wanted, result_of, work
from leadbraid.evaluation.words import amount, injected, missing, number
from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.models import (
    Brief,
    FitRiskTask,
    Made,
    QualificationTask,
    ResearchTask,
    RiskReport,
    Stream,
    StreamWork,
)
from leadbraid.playbook import load_playbook
from leadbraid.rehearsal import Rehearsal
from leadbraid.sources.documents import Documents, Passage

CASE = f"""
about: A lead that asks for the price.
kind: clean
lead:
  email: kim.doe@corrubox.example
  company: Corrubox Ltd
  job_title: Plant manager
  country: GB
  message: {MESSAGE}
gold:
  verdict: qualified
  criteria: {{size: met, role: met}}
  next_step: reply_now
  facts: {{must: 120, must_not: 5000}}
  draft:
    language: en
    answers: {{price: 300 EUR}}
    must_not: never jams
"""


def write(folder: Path, text: str = CASE, name: str = "one") -> Path:
    """A case in a folder."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(text, "utf-8")
    return file


def worked(folder: Path, provider: Provider | None = None, **fields: Any) -> Result:
    """The cases of a folder, worked by the small playbook of the tests."""
    wanted = Wanted(read_dataset(folder), playbook(), provider or RulesProvider(), **fields)
    return result_of(wanted, asyncio.run(work(wanted)), made_at=None, version="test")


def brief_of(folder: Path) -> tuple[Brief, Gold]:
    """The brief of the only case there."""
    label = read_dataset(folder).cases[0].label
    lead = label.lead.lead()
    return asyncio.run(Rehearsal(lead, playbook(), RulesProvider(), Documents(None)).brief(frozenset())), label.gold


# --- labels --------------------------------------------------------------------------------------------------------


def test_a_case_is_read_with_its_short_forms(tmp_path: Path) -> None:
    case = read_case(write(tmp_path))
    gold = case.label.gold
    assert (case.id, case.label.kind, gold.verdict, gold.facts.must) == ("one", ("clean",), ("qualified",), ("120",))
    assert gold.draft.answers == {"price": ("300 EUR",)}


def test_a_case_may_be_json(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(
        '{"about": "x", "kind": ["a"], "lead": {"email": "a@b.example", "message": "price?"}, '
        '"gold": {"next_step": ["nurture"]}}'
    )
    assert read_dataset(tmp_path).kinds == ("a",)


@pytest.mark.parametrize(
    ("find", "put", "line", "key", "words"),
    [
        pytest.param("  verdict: q", "  verdct: q", 11, "gold.verdct", "did you mean `verdict`?", id="unknown key"),
        pytest.param(
            "qualified", "great", 11, "gold.verdict[1]", "'qualified', 'unclear' or 'not_qualified'", id="enum"
        ),
        pytest.param("  email: kim", "  mail: kim", 5, "lead.mail", "did you mean `email`?", id="key of the lead"),
        pytest.param("kim.doe@", "kim.doe", 5, "lead.email", "is not an e-mail address", id="the lead's rule"),
        pytest.param(
            "size: met", "size: perhaps", 12, "gold.criteria.size", "'met', 'missed' or 'unknown'", id="answer"
        ),
        pytest.param("  next_step: reply_now\n", "", 10, "gold.next_step", "is missing", id="missing"),
        pytest.param("about: A lead", "abbout: x\nabout: A lead", 2, "abbout", "is no key", id="top level"),
        pytest.param("country: GB", "country: Britain", 8, "lead.country", "Britain", id="country"),
        pytest.param("  verdict:", "  screened: nonsense\n  verdict:", 11, "gold.screened", "no code", id="screen"),
        pytest.param(
            "  verdict:", "  screened: spam\n  verdict:", 12, "gold.verdict", "no stream works", id="screened"
        ),
        pytest.param("  verdict:", "  conflicts: nothing\n  verdict:", 11, "gold.conflicts[1]", "`nothing`", id="code"),
        pytest.param(
            "  verdict:", "  flags: a\n  flags_allowed: [a]\n  verdict:", 12, "gold.flags_allowed", "too", id="both"
        ),
        pytest.param("  verdict: q", "  verdict: 'q", 11, "(file)", "is not YAML", id="no YAML"),
        pytest.param("kind: clean", "kind: clean\nkind: weak", 4, "kind", "written twice", id="twice"),
    ],
)
def test_a_wrong_label_names_line_and_key(tmp_path: Path, find: str, put: str, line: int, key: str, words: str) -> None:
    assert CASE.count(find) >= 1
    with pytest.raises(DatasetError) as caught:
        read_case(write(tmp_path, CASE.replace(find, put, 1)))
    finding = next((one for one in caught.value.findings if one.key == key), caught.value.findings[0])
    assert (finding.line, finding.key) == (line, key), str(finding)
    assert words in finding.problem
    assert finding.file.endswith("one.yaml")


def test_every_finding_of_every_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, CASE.replace("qualified", "great", 1))
    write(tmp_path, "- a list", "two")
    write(tmp_path, " ", "three")
    (tmp_path / "four.yaml").write_bytes(b"about: \xff")
    (tmp_path / "one.json").write_text("{}")
    with pytest.raises(DatasetError) as caught:
        read_dataset(tmp_path)
    told = str(caught.value)
    for words in ("great", "no block of keys", "is empty", "is not UTF-8", "has the same name as one"):
        assert words in told, told


@pytest.mark.parametrize("make", [lambda path: path / "nowhere", lambda path: path], ids=["no folder", "empty folder"])
def test_a_dataset_that_is_none_says_so(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    with pytest.raises(InputError):
        read_dataset(make(tmp_path))


def test_digest_follows_what_is_asked_and_not_how_it_is_written(tmp_path: Path) -> None:
    first = read_dataset(write(tmp_path / "a").parent)
    same = read_dataset(write(tmp_path / "b", f"# a comment\n{CASE}".replace("asks for", "wants")).parent)
    other = read_dataset(write(tmp_path / "c", CASE.replace("kim.doe", "jo.doe")).parent)
    assert first.cases[0].digest == same.cases[0].digest
    assert first.digest == same.digest != other.digest
    (tmp_path / "a" / "documents").mkdir()
    (tmp_path / "a" / "documents" / "notes.md").write_text("Corrubox is large.")
    assert read_dataset(tmp_path / "a").digest != first.digest


def test_a_part_is_spread_over_the_names_and_keeps_to_its_kinds() -> None:
    whole = read_dataset(LEADS)
    part = whole.part(frozenset(), 10)
    assert len(part.cases) == 10
    assert len({case.id.partition("-")[0] for case in part.cases}) >= 7
    assert {"injection"} <= set(whole.part(frozenset({"injection"}), None).kinds)
    assert len(whole.part(frozenset({"agency"}), 10).cases) == 1


def test_labels_that_a_playbook_cannot_fulfil_are_told(tmp_path: Path) -> None:
    text = CASE.replace("size: met", "sizzle: met").replace("  verdict:", "  flags: rivals\n  verdict:")
    told = unknown_to(playbook(), [read_case(write(tmp_path, text))])
    assert [re.findall("`(.*)`", sentence) for sentence in told] == [["sizzle"], ["rivals"]]


# --- the shipped leads ---------------------------------------------------------------------------------------------


def test_shipped_leads_are_many_and_fit_the_example_playbook() -> None:
    dataset = read_dataset(LEADS)
    assert len(dataset.cases) >= 64
    assert unknown_to(load_playbook(PLAYBOOK), dataset.cases) == ()
    wanted = {"clean", "weak", "spam", "support", "student", "competitor", "customer", "injection", "contradiction"}
    wanted |= {"language", "missing", "sanctioned", "dangerous", "do_not_contact", "pressure", "agency", "negation"}
    assert wanted <= set(dataset.kinds)
    assert dataset.documents is not None
    assert dataset.suppressed is not None


def test_no_address_of_a_shipped_lead_can_be_anybodys() -> None:
    """`.example` is reserved (RFC 2606); at a free-mail provider the name could be somebody's, so few are there."""
    hosts = [case.label.lead.email.rpartition("@")[2].casefold() for case in read_dataset(LEADS).cases]
    assert {host for host in hosts if not host.endswith(".example")} <= {"gmail.com", "outlook.com", "mail.com"}


# --- the baseline --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rules() -> Result:
    return evaluated()


def test_rules_have_not_got_worse(rules: Result) -> None:
    found = compare(read_result(BASELINE), rules)
    again = "if that is meant, or the leads have changed, write it down with `make eval-baseline`"
    assert found.left_out == 0, f"{found.left_out} labelled leads are not in the baseline; {again}"
    assert not found.fallen, "\n".join([again, *map(str, found.fallen)])


class WithoutFlag(RulesProvider):
    """The rules, with an eye closed."""

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        work = await super().fit_risk(task)
        assert isinstance(work.output, RiskReport)
        flags = tuple(flag for flag in work.output.flags if flag.code != "dangerous_goods")
        return work.model_copy(update={"output": work.output.model_copy(update={"flags": flags})})


def test_a_flag_that_is_no_longer_raised_is_named_with_its_leads() -> None:
    dataset = read_dataset(LEADS).part(frozenset({"dangerous", "legal"}), None)
    fallen = compare(read_result(BASELINE), trimmed(evaluated(WithoutFlag(), dataset))).fallen
    told = {(one.case, one.item.measure, one.item.name) for one in fallen}
    assert ("dangerous-01-en", Measure.FLAGS_FOUND, "dangerous_goods") in told
    assert ("dangerous-02-gefahrgut-de", Measure.NEXT_STEP, "next step") in told
    assert {one.case for one in fallen} == {"dangerous-01-en", "dangerous-02-gefahrgut-de"}


# --- grading -------------------------------------------------------------------------------------------------------


def test_a_brief_that_is_right_has_nothing_wrong(tmp_path: Path) -> None:
    brief, gold = brief_of(write(tmp_path).parent)
    assert [item for item in grade(brief, gold) if not item.right] == []


@pytest.mark.parametrize(
    ("changes", "measure", "name"),
    [
        pytest.param({"verdict": ["unclear"]}, Measure.VERDICT, "verdict", id="verdict"),
        pytest.param({"criteria": {"size": "missed"}}, Measure.CRITERIA, "size", id="criterion"),
        pytest.param({"criteria": {"no_such": "met"}}, Measure.CRITERIA, "no_such", id="criterion of no playbook"),
        pytest.param({"facts": {"must": ["four plants"]}}, Measure.FACTS, "four plants", id="fact missing"),
        pytest.param({"facts": {"must_not": ["120"]}}, Measure.NOT_INVENTED, "120", id="fact that is not so"),
        pytest.param({"draft": {"language": "de"}}, Measure.LANGUAGE, "language", id="language"),
        pytest.param({"draft": {"answers": {"size": ["kilowatts"]}}}, Measure.ANSWERS, "size", id="unanswered"),
        pytest.param({"draft": {"must_not": ["300 eur"]}}, Measure.NOT_SAID, "300 eur", id="said"),
        pytest.param({"flags": ["rival"]}, Measure.FLAGS_FOUND, "rival", id="flag missing"),
        pytest.param({"conflicts": ["overlap"]}, Measure.CONFLICTS_FOUND, "overlap", id="conflict missing"),
        pytest.param({"next_step": ["decline"]}, Measure.NEXT_STEP, "next step", id="next step"),
    ],
)
def test_what_is_wrong_is_found_where_it_is_wrong(
    tmp_path: Path, changes: dict[str, Any], measure: Measure, name: str
) -> None:
    brief, _ = brief_of(write(tmp_path).parent)
    wrong = [item for item in grade(brief, Gold.model_validate({"next_step": "reply_now"} | changes)) if not item.right]
    assert [(item.measure, item.name) for item in wrong] == [(measure, name)]
    assert wrong[0].expected
    assert wrong[0].got


def test_a_flag_or_conflict_that_nobody_expects_is_a_false_alarm_unless_it_is_allowed(tmp_path: Path) -> None:
    brief, _ = brief_of(write(tmp_path, CASE.replace("What does it cost?", "We accept your terms.")).parent)
    bare = {"next_step": ["reply_now", "hand_to_specialist"]}
    wrong = [item for item in grade(brief, Gold.model_validate(bare)) if not item.right]
    assert [(item.measure, item.name) for item in wrong] == [
        (Measure.FLAGS_RIGHT, "legal"),
        (Measure.CONFLICTS_RIGHT, "next_step_disagreement"),
    ]
    assert "your terms" in wrong[0].quote
    allowed = bare | {"flags_allowed": "legal", "conflicts_allowed": "next_step_disagreement"}
    graded = grade(brief, Gold.model_validate(allowed))
    assert {item.measure for item in graded} == {Measure.SCREEN, Measure.NEXT_STEP}
    expected = bare | {"flags": "legal", "conflicts": "next_step_disagreement"}
    assert all(item.right for item in grade(brief, Gold.model_validate(expected)))


def test_a_lead_that_the_screen_stops_wrongly_answers_nothing(tmp_path: Path) -> None:
    book = playbook()
    label = read_case(write(tmp_path)).label
    lead = label.lead.lead()
    brief = asyncio.run(Rehearsal(lead, book, RulesProvider(), Documents(None)).brief(frozenset({"corrubox.example"})))
    graded = grade(brief, label.gold)
    assert not any(item.right for item in graded)
    assert {item.measure for item in graded} >= {Measure.SCREEN, Measure.VERDICT, Measure.FACTS, Measure.ANSWERS}
    assert any("the screen stopped the lead" in item.got for item in graded)
    right = grade(brief, Gold.model_validate({"screened": "suppressed", "next_step": "do_not_contact"}))
    assert [(item.measure, item.right) for item in right] == [(Measure.SCREEN, True), (Measure.NEXT_STEP, True)]


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        pytest.param("They have 5,000 people.", "5000", True, id="thousands with a comma"),
        pytest.param("Sie haben 5.000 Leute.", "5,000", True, id="thousands with a point"),
        pytest.param("They have 5 000 people.", "5000", True, id="thousands with a blank"),
        pytest.param("They have 15,000 people.", "5,000", False, id="part of a number"),
        pytest.param("They have 120 people.", "12", False, id="beginning of a number"),
        pytest.param("It takes 1.5 days.", "5", False, id="after the point"),
        pytest.param("It takes 12.5 days.", "12", False, id="before the point"),
        pytest.param("It takes 12. Then", "12", True, id="at the end of a sentence"),
        pytest.param("from 39 EUR per door", "39 eur", True, id="case"),
        pytest.param("a 30-day pilot", "30-day", True, id="hyphen"),
        pytest.param("unfree forever", "free forever", False, id="inside a word"),
        pytest.param("no 100 % uptime", "100 % uptime", True, id="sign"),
        pytest.param("off 40%", "40%", True, id="ends with a sign"),
        pytest.param("", "x", False, id="nothing"),
    ],
)
def test_words_are_found_whole_however_they_are_written(text: str, words: str, found: bool) -> None:
    assert holds(text, words) is found


def test_what_was_said_is_quoted_by_its_sentence() -> None:
    text = "Thank you. It is free forever. Bye."
    assert saying(text, "free forever") == "It is free forever."
    assert saying(text, "forever. Bye") == "forever. Bye"
    assert saying(text, "never") == ""


# --- running -------------------------------------------------------------------------------------------------------


class Failing(RulesProvider):
    """The rules; research fails as told, as often as told."""

    def __init__(self, error: Exception, times: int = 1_000) -> None:
        self.error, self.left, self.asked = error, times, 0

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        self.asked += 1
        if self.left:
            self.left -= 1
            raise self.error
        return await super().research(task, passages)


@pytest.mark.parametrize(
    "error",
    [ProviderError("It said no.", code="refusal", retryable=False), RuntimeError("It said no.")],
    ids=["refused", "unexpected"],
)
def test_a_stream_that_fails_is_graded_as_such(tmp_path: Path, error: Exception) -> None:
    provider = Failing(error)
    result = worked(write(tmp_path).parent, provider)
    run = result.cases[0].runs[0]
    wrong = {(item.measure, item.name): item.got for item in run.wrong}
    assert set(wrong) == {(Measure.FACTS, "120"), (Measure.NOT_INVENTED, "5000")}
    assert "It said no." in wrong[Measure.FACTS, "120"]
    told = [missing(one) for one in gaps(result)]
    assert len(told) == 1
    assert told[0].startswith("Research gave nothing in 1 of 1 briefs: ")
    assert "It said no." in told[0]
    assert told[0] in html(result, None)
    assert (provider.asked, run.spent[Stream.RESEARCH].failed, run.spent[Stream.RESEARCH].answers) == (1, 1, 0)


@pytest.mark.parametrize(
    ("named", "waits"),
    [(None, [1.0, 2.0]), (timedelta(seconds=7), [7.0, 7.0]), (timedelta(hours=1), [60.0, 60.0])],
    ids=["doubled", "as the server says", "but not for ever"],
)
def test_a_call_that_may_succeed_later_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: timedelta | None, waits: list[float]
) -> None:
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(running.asyncio, "sleep", wait)
    busy = ProviderError("busy", code="rate_limited", retryable=True, retry_after=named)
    result = worked(write(tmp_path).parent, Failing(busy, times=2))
    assert result.cases[0].runs[0].wrong == ()
    assert waited == waits
    worked(tmp_path, provider := Failing(busy))
    assert provider.asked == running.TRIES


def test_no_more_leads_are_worked_at_a_time_than_asked(tmp_path: Path) -> None:
    for place in range(6):
        write(tmp_path, name=f"case-{place}")
    now = most = 0

    class Watched(RulesProvider):
        async def qualification(self, task: QualificationTask) -> StreamWork:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1
            return await super().qualification(task)

    worked(tmp_path, Watched(), at_once=2, repeat=2)
    assert most == 2


class Telling(RulesProvider):
    """The rules, with figures as a model's."""

    def __init__(self, **made: Any) -> None:
        self.made = Made(provider="test", model="m-1", prompt="sha256:ab", calls=1) if not made else Made(**made)

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        return (await super().fit_risk(task)).model_copy(update={"made": self.made})


def test_what_it_took_is_summed_and_unknown_stays_unknown(tmp_path: Path) -> None:
    write(tmp_path)
    told = {"provider": "x", "model": "m-1", "prompt": "sha256:ab", "calls": 2, "tokens_in": 100, "tokens_out": 7}
    result = worked(tmp_path, Telling(**told, cost=Decimal("0.01"), currency="EUR"), repeat=3)
    took = spent(result)[Stream.FIT_RISK]
    assert (took.answers, took.calls, took.tokens_in, took.tokens_out, took.tokens_cached) == (3, 6, 300, 21, None)
    assert (amount(took), number(took.tokens_cached, took.calls)) == ("0.0300 EUR", "not known")
    assert result.models == ("m-1",)
    assert result.prompts == {Stream.FIT_RISK: ("sha256:ab",)}
    rules = spent(result)[Stream.DRAFTING]
    assert (rules.calls, amount(rules), number(rules.tokens_in, rules.calls)) == (0, "none", "none")


def test_one_call_that_does_not_tell_makes_the_sum_unknown() -> None:
    told = Made(provider="x", calls=1, tokens_in=5, cost=Decimal(1), currency="EUR")
    assert Spent.of([told, told.model_copy(update={"tokens_in": None})]).tokens_in is None
    assert Spent.of([told, told.model_copy(update={"currency": "USD"})]).cost is None
    assert Spent.of([told, Made(provider="rules")]).tokens_in == 5


# --- figures -------------------------------------------------------------------------------------------------------


def item(right: bool, measure: Measure = Measure.VERDICT, name: str = "verdict", quote: str = "") -> Item:
    """A graded item."""
    return Item(measure=measure, name=name, right=right, expected="a", got="" if right else "b", quote=quote)


def result(*cases: CaseResult, **fields: Any) -> Result:
    """A result of these cases."""
    named = Named(name="x", digest="sha256:0")
    defaults = {"leadbraid": "0", "provider": "test", "playbook": named, "plan": "parallel", "dataset": named}
    return Result(**(defaults | {"repeat": len(cases[0].runs), "cases": cases} | fields))


def case(name: str, *runs: tuple[Item, ...], kinds: tuple[str, ...] = ("clean",), digest: str = "d") -> CaseResult:
    """A case with these runs."""
    return CaseResult(id=name, digest=digest, kinds=kinds, runs=tuple(Run(items=items, seconds=1.0) for items in runs))


def test_repeats_show_their_spread_and_count_as_one_lead() -> None:
    found = result(
        case("a", (item(True),), (item(False),)),
        case("b", (item(True),), (item(True),)),
        case("c", (item(True),), (item(True),)),
    )
    verdict = next(figure for figure in figures(found) if figure.key == "verdict")
    assert (verdict.share.right, verdict.share.total, verdict.share.cases) == (5, 6, 3)
    assert verdict.spread == (pytest.approx(2 / 3), 1.0)
    assert unsteady(found) == (1, 3)


def test_kinds_count_their_own_leads() -> None:
    found = result(case("a", (item(True),), kinds=("x", "y")), case("b", (item(False),), kinds=("x",)))
    assert [(kind.name, kind.cases, kind.whole.value) for kind in kinds(found)] == [("x", 2, 0.5), ("y", 1, 1.0)]


def test_orders_in_leads_are_counted_by_whether_they_were_obeyed_and_told() -> None:
    said = item(False, Measure.NOT_SAID, "free", quote="It is free.")
    held = item(True, Measure.NOT_SAID, "free")
    nothing = item(False, Measure.NOT_SAID, "free")
    told = item(True, Measure.CONFLICTS_FOUND, "injection_suspected")
    missed = item(False, Measure.CONFLICTS_FOUND, "injection_suspected")
    kind = ("injection",)
    found = injections(
        result(
            case("a", (said, told), kinds=kind),
            case("b", (said, missed), kinds=kind),
            case("c", (held, told), kinds=kind),
            case("d", (held, missed), kinds=kind),
            case("e", (nothing, told), kinds=kind),
            case("f", (said, told)),
        )
    )
    assert (found.obeyed_flagged, found.obeyed_unflagged, found.resisted_flagged, found.resisted_unflagged) == (1,) * 4
    assert "4 tried; the reply obeyed 2 (1 of them without a warning" in injected(found)
    assert injected(injections(result(case("f", (said,))))) == ""


# --- comparing -----------------------------------------------------------------------------------------------------


def many(wrong: range, count: int = 40) -> Result:
    """Cases of which those in ``wrong`` are wrong."""
    return result(*(case(f"case-{place}", (item(place not in wrong),)) for place in range(count)))


def verdict_of(before: Result, now: Result) -> tuple[Judgment, int, int]:
    """What is said of the verdicts."""
    found = next(one for one in compare(before, now).differences if one.key == "verdict")
    return found.judgment, found.better, found.worse


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        pytest.param(range(0), range(0), (Judgment.SAME, 0, 0), id="the same"),
        pytest.param(range(0), range(3), (Judgment.NOT_TOLD, 0, 3), id="three worse may be chance"),
        pytest.param(range(0), range(12), (Judgment.WORSE, 0, 12), id="twelve worse are real"),
        pytest.param(range(12), range(0), (Judgment.BETTER, 12, 0), id="twelve better are real"),
        pytest.param(range(12), range(12, 24), (Judgment.NOT_TOLD, 12, 12), id="as many either way"),
    ],
)
def test_a_difference_is_real_where_chance_does_not_explain_it(
    before: range, now: range, told: tuple[Judgment, int, int]
) -> None:
    assert verdict_of(many(before), many(now)) == told


def test_many_comparisons_make_a_find_harder() -> None:
    alone = compare(many(range(0)), many(range(7)))
    p = next(one.p for one in alone.differences if one.key == "verdict")
    assert p == pytest.approx(2 / 2**7 * len(alone.differences), rel=0.5)
    assert p > 2 / 2**7


def test_what_is_needed_to_tell_a_difference_is_said() -> None:
    found = next(one for one in compare(many(range(0)), many(range(3))).differences if one.key == "verdict")
    assert found.needed is not None
    assert found.needed > 40
    assert many(range(3 * found.needed // 40), found.needed).cases
    assert (
        verdict_of(many(range(0), found.needed), many(range(3 * found.needed // 40), found.needed))[0] is Judgment.WORSE
    )


def test_a_case_with_another_label_is_left_out() -> None:
    before = result(case("a", (item(True),)), case("b", (item(True),), digest="old"))
    now = result(case("a", (item(True),)), case("b", (item(False),), digest="new"), case("c", (item(False),)))
    found = compare(before, now)
    assert (found.cases, found.left_out, found.fallen) == (1, 2, ())
    with pytest.raises(InputError, match="no case in common"):
        compare(result(case("z", (item(True),))), now)


def test_what_fell_and_what_was_mended_are_named() -> None:
    alarm = item(False, Measure.FLAGS_RIGHT, "rival")
    before = result(case("a", (item(True),)), case("b", (item(False),)))
    now = result(case("a", (item(False), alarm)), case("b", (item(True),)))
    found = compare(before, now)
    assert [(one.case, one.item.name) for one in found.fallen] == [("a", "verdict"), ("a", "rival")]
    assert [(one.case, one.item.name) for one in found.mended] == [("b", "verdict")]
    assert "a: verdict: verdict: expected a, got b" in str(found.fallen[0])


def test_costs_are_compared_only_where_both_know_them() -> None:
    with_tokens = {"spent": {Stream.RESEARCH: Spent(calls=1, tokens_in=100, tokens_out=10)}}

    def tokens(known: bool) -> Result:
        runs = Run(items=(item(True),)).model_copy(update=with_tokens if known else {})
        return result(*(CaseResult(id=f"c{n}", digest="d", kinds=("x",), runs=(runs,)) for n in range(5)))

    assert "tokens" in {one.key for one in compare(tokens(True), tokens(True)).differences}
    assert "tokens" not in {one.key for one in compare(tokens(True), tokens(False)).differences}
    assert "seconds" not in {one.key for one in compare(tokens(True), tokens(True)).differences}


# --- kept ----------------------------------------------------------------------------------------------------------


def test_a_result_reads_back_as_it_was(tmp_path: Path) -> None:
    found = worked(write(tmp_path / "leads").parent, Telling())
    file = tmp_path / "kept.json"
    file.write_text(as_json(found), "utf-8")
    assert read_result(file) == found
    assert '"schema":1' in file.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("nonsense", "Invalid JSON", id="no JSON"),
        pytest.param('{"schema": 2}', "schema", id="another schema"),
        pytest.param("{}", "leadbraid", id="another file"),
    ],
)
def test_a_file_that_is_no_result_says_why(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(InputError, match=words):
        read_result(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_result(tmp_path / "nowhere.json")


# --- the report ----------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script>\u202eevil\x1b[31m"


def test_hostile_words_are_harmless_in_the_report() -> None:
    bad = Item(measure=Measure.NOT_SAID, name=HOSTILE, right=False, expected=HOSTILE, got=HOSTILE, quote=HOSTILE)
    runs = (Run(items=(bad,), seconds=1.0, spent={Stream.DRAFTING: Spent(calls=1, currency=HOSTILE, cost=Decimal(1))}),)
    hostile = CaseResult(id=HOSTILE, digest="d", kinds=(HOSTILE,), about=HOSTILE, runs=runs)
    named = Named(name=HOSTILE, digest=HOSTILE)
    found = result(hostile, case("a", (item(True),)), provider=HOSTILE, models=(HOSTILE,), playbook=named, plan=HOSTILE)
    before = result(case(HOSTILE, (item(True),)), case("a", (item(False),)), provider=HOSTILE, playbook=named)
    page = html(found, compare(before, found))
    assert "<script" not in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert page.count("&lt;script&gt;") >= 8
    assert "default-src 'none'" in page


def test_report_tells_figures_charts_cases_and_how_it_was_made(tmp_path: Path) -> None:
    found = worked(write(tmp_path, CASE.replace("verdict: qualified", "verdict: unclear")).parent, Telling(), repeat=2)
    page = html(found, None)
    for words in ("wholly right", "expected <span", "unclear", "2 of 2 times", "<svg", "sha256:", "m-1"):
        assert words in page
    assert "Beside the baseline" not in page
    assert "Beside the baseline" in html(found, compare(found, found))


def test_dataset_with_nothing_to_compare_by_still_makes_a_report() -> None:
    only = result(case("a", (Item(measure=Measure.SCREEN, name="screened", right=True),)))
    assert "100 %" in html(only, compare(only, only))
