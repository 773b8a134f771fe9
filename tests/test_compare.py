"""Plans side by side, without a server: figures, evidence, the judgment, what differs, the report, the advice."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import builders
import pytest
from kit import GOLDEN_LEADS, HISTORIES
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter

from leadbraid.cli import app
from leadbraid.compare.advice import AVOIDABLE, Finished, advise, rounds, simulated
from leadbraid.compare.comparison import BUSY, as_data, common_leads, compare, paired
from leadbraid.compare.evidence import Evidence, evidence
from leadbraid.compare.figures import Difference, difference, percentile, spread
from leadbraid.compare.finished import from_files
from leadbraid.compare.judgment import CONDITIONS, Answer, Candidate, judge, weigh
from leadbraid.compare.leads import read_leads
from leadbraid.compare.outputs import Kind, Stage, differences, samenesses, word_diff
from leadbraid.compare.picture import draw, typical_lead
from leadbraid.compare.reading import read_worked
from leadbraid.compare.report import About, html
from leadbraid.compare.worked import Call, Worked
from leadbraid.errors import InputError
from leadbraid.llm.rules import RulesProvider
from leadbraid.models import Brief, Code, Lead, Plan, Stream
from leadbraid.plan import PARALLEL, PARTIAL, SEQUENTIAL, SHIPPED, critical_path
from leadbraid.playbook import load_playbook
from leadbraid.rehearsal import Rehearsal
from leadbraid.sources.documents import Documents

ROOT = Path(__file__).parents[1]
CASES = ROOT / "examples" / "compare"
SECONDS = {Stream.QUALIFICATION: 1.2, Stream.RESEARCH: 4.0, Stream.DRAFTING: 3.0, Stream.FIT_RISK: 1.5}


# --- figures -------------------------------------------------------------------------------------------------------


def test_spread_tells_values_that_were_measured() -> None:
    found = spread([float(n) for n in range(1, 21)])
    assert (found.median, found.low, found.high, found.p95, found.count) == (10.5, 5.0, 15.0, 19.0, 20)
    assert spread([2.0]).p95 == 2.0
    assert percentile([1.0, 2.0], 0) == 1.0


def test_difference_is_that_of_medians_and_pairs_cancel_out_what_makes_a_lead_slow() -> None:
    leads = [float(n * n) for n in range(1, 21)]
    found = difference([one + 0.5 for one in leads], leads)
    assert (round(found.seconds, 6), round(found.low, 6), round(found.high, 6)) == (0.5, 0.5, 0.5)
    assert found.sure
    assert not difference(leads, [one + 0.5 for one in leads]).sure


def test_difference_of_the_same_values_is_not_sure_and_always_the_same() -> None:
    slower, faster = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0], [3.0, 2.0, 4.0, 0.5, 5.0, 9.5, 1.0, 6.0]
    assert not difference(slower, slower).sure
    assert difference(slower, faster) == difference(slower, faster)
    assert not difference(slower, faster).sure


@pytest.mark.parametrize("values", [([1.0], []), ([], []), ([1.0, 2.0], [1.0])])
def test_difference_needs_pairs(values: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="paired"):
        difference(*values)


def test_difference_reads_as_a_sentence() -> None:
    assert Difference(1.8, 1.2, 2.0).words == "1.80 s less (95 % interval 1.20 to 2.00 s)"
    assert Difference(-3.0, -5.7, -1.0).words == "3.00 s more (95 % interval 1.00 to 5.70 s)"
    assert Difference(-3.0, -5.7, 1.0).words == "3.00 s more (95 % interval from 5.70 s more to 1.00 s less)"


# --- the judgment --------------------------------------------------------------------------------------------------

PERFECT = Evidence(
    leads=20,
    foreign_sentences=0,
    schema_failures=0,
    stepping=0,
    clean=0.8,
    redrafted=0.1,
    unknown=0.1,
    two_owners=0,
    unmerged=0,
    conflicts_before=0.5,
    conflicts=0.25,
    gaps=0,
    unsupported=0,
    words=200,
)
GAIN = [("here", Difference(2.0, 1.5, 2.5))]


def candidate(plan: Answer = Answer.PARALLEL, gain: Sequence[tuple[str, Difference]] = GAIN, **worse: Any) -> Candidate:
    return weigh(plan, gain, replace(PERFECT, **worse), PERFECT)


def test_plan_that_is_faster_and_as_clear_is_worth_it() -> None:
    judgment = judge(10, [candidate(Answer.PARTIAL), candidate()])
    assert judgment.answer is Answer.PARALLEL
    assert "2.00 s less" in judgment.reasons[0]


WORSE = {
    "distinct subproblems": {"foreign_sentences": 0.06},
    "clear outputs": {"schema_failures": 0.06},
    "streams keep to their own": {"stepping": 0.11},
    "clean recombination": {"clean": 0.69},
    "tight dependence": {"redrafted": 0.31},
    "fuzzy outputs": {"unknown": 0.51},
    "unclear ownership": {"two_owners": 0.21},
    "undefined merge point": {"unmerged": 0.06},
}


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda one: one.name)
def test_each_condition_alone_decides(condition: Any) -> None:
    worse = WORSE[condition.name]
    judgment = judge(10, [candidate(**worse), candidate(Answer.PARTIAL)])
    assert judgment.answer is Answer.PARTIAL
    assert any(reason.startswith(f"parallel: {condition.name}: ") for reason in judgment.reasons)
    assert judge(10, [candidate(**worse), candidate(Answer.PARTIAL, **worse)]).answer is Answer.KEEP_SEQUENTIAL
    [(measure, value)] = worse.items()
    at_limit = value + 0.01 if condition.falls_short else value - 0.01
    assert candidate(**{measure: at_limit}).worth_it


def test_there_are_four_conditions_for_and_four_against() -> None:
    assert [one.helps for one in CONDITIONS] == [True] * 4 + [False] * 4
    assert set(WORSE) == {one.name for one in CONDITIONS}


def test_what_happens_in_sequence_too_is_no_reason_against_a_plan() -> None:
    dirty = replace(PERFECT, clean=0.1, redrafted=0.9, unmerged=0.5)
    assert weigh(Answer.PARALLEL, GAIN, dirty, dirty).worth_it


@pytest.mark.parametrize(
    "worse",
    [{"conflicts": 0.26}, {"gaps": 0.01}, {"unsupported": 0.01}, {"words": 241}],
    ids=lambda one: next(iter(one)),
)
def test_brief_that_is_less_clear_is_not_worth_it(worse: dict[str, float]) -> None:
    found = candidate(**worse)
    assert not found.clear
    assert "less clear" in found.reasons[0]
    assert candidate(words=240).clear


def test_gain_that_may_be_chance_is_none() -> None:
    judgment = judge(10, [candidate(gain=[("here", Difference(2.0, -0.1, 3.0))])])
    assert judgment.answer is Answer.KEEP_SEQUENTIAL
    assert "not faster for sure here" in judgment.reasons[0]


def test_gain_must_hold_on_the_busy_day_too() -> None:
    judgment = judge(10, [candidate(gain=[*GAIN, (BUSY, Difference(-1.0, -2.0, 0.5))])])
    assert judgment.answer is Answer.KEEP_SEQUENTIAL
    assert judgment.reasons == (
        "parallel is not faster for sure on the busy day: "
        "1.00 s more (95 % interval from 2.00 s more to 0.50 s less) until the review (median)",
    )


def test_under_ten_leads_there_is_no_answer() -> None:
    judgment = judge(9, [candidate()])
    assert judgment.answer is Answer.NOT_ENOUGH
    assert "10 are needed" in judgment.reasons[0]


def test_guide_has_the_table_that_the_code_judges_by() -> None:
    text = (ROOT / "docs" / "plans.md").read_text("utf-8")
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| (at most [^|]+) \| [^|]+ \|$", text, re.MULTILINE)
    assert rows == [(one.name, one.what, one.threshold) for one in CONDITIONS]
    for answer in Answer:
        assert f"`{answer}`" in text
    assert "1.2 times as long" in text
    assert "2,000 times" in text


# --- leads worked in memory, with times laid along each plan's critical path -----------------------------------------


def laid_out(plan: Plan, seconds: dict[Stream, float], redrafts: int) -> tuple[tuple[Call, ...], float]:
    """Calls one after another as the plan has it, and how long it all takes."""
    ends: dict[Stream, float] = {}
    calls = []
    for stream in Stream:
        start = max((ends[wait.on] for wait in plan.waits if wait.stream is stream), default=0.0)
        ends[stream] = start + seconds[stream]
        calls.append(Call(stream, start, start, ends[stream]))
    end = critical_path(plan, seconds)[1]
    for _ in range(redrafts):
        calls.append(Call(Stream.DRAFTING, end, end, end + seconds[Stream.DRAFTING], redraft=True))
        end += seconds[Stream.DRAFTING]
    return tuple(calls), end


PLAYBOOK = load_playbook(ROOT / "playbooks" / "dockline.yaml")


async def rehearsed(lead: Lead, plan: Plan, documents: Path | None = None, stretch: float = 1.0) -> Worked:
    playbook = PLAYBOOK.model_copy(update={"stream_plan": plan})
    sources = Documents(documents)
    brief = await Rehearsal(lead, playbook, RulesProvider(), sources).brief(frozenset())
    unsettled = playbook.model_copy(update={"max_redrafts": 0})
    first = await Rehearsal(lead, unsettled, RulesProvider(), sources).brief(frozenset())
    seconds = {stream: value * stretch for stream, value in SECONDS.items()}
    calls, end = laid_out(plan, seconds, brief.version - 1)
    return Worked(brief.lead_id, plan.name, end, calls, first, brief)


_CASES: dict[str, dict[str, list[Worked]]] = {}


async def rehearsed_case(name: str) -> dict[str, list[Worked]]:
    """Rehearsed once; frozen values in lists of one's own."""
    if name not in _CASES:
        _CASES[name] = await _rehearsed_case(name)
    return {plan: list(worked) for plan, worked in _CASES[name].items()}


async def _rehearsed_case(name: str) -> dict[str, list[Worked]]:
    leads = read_leads([CASES / name / "leads.csv"])
    documents = CASES / name / "documents"
    return {
        plan.name: [
            await rehearsed(lead, plan, documents if documents.exists() else None, 1 + number / 50)
            for number, lead in enumerate(leads)
        ]
        for plan in SHIPPED.values()
    }


@pytest.mark.parametrize(
    ("case", "answer"), [("parallel", "parallel"), ("partial", "partial"), ("keep-sequential", "keep sequential")]
)
async def test_committed_case_gives_its_answer(case: str, answer: str) -> None:
    runs = await rehearsed_case(case)
    found = compare(tuple(SHIPPED.values()), 12, runs, {}, {})
    assert found.judgment.answer == answer
    assert found.leads == 12
    data = as_data(found)
    json.dumps(data)
    assert [one["plan"] for one in data["plans"]] == list(SHIPPED)  # type: ignore[attr-defined]


async def test_evidence_counts_what_the_briefs_show() -> None:
    runs = await rehearsed_case("partial")
    parallel, partial = evidence(runs["parallel"]), evidence(runs["partial"])
    assert (parallel.leads, parallel.redrafted, round(partial.redrafted, 2)) == (12, 1.0, 0.33)
    assert parallel.conflicts_before == 1.0
    assert parallel.conflicts == 0.0
    assert round(parallel.unknown, 3) == 0.167
    failed = [
        replace(one, calls=(replace(one.calls[0], tries=3, failure="bad_output"), *one.calls[1:]))
        for one in runs["parallel"]
    ]
    assert evidence(failed).schema_failures == pytest.approx(
        12 / sum(call.tries for one in failed for call in one.calls)
    )


async def test_overlaps_count_as_sentences_and_as_leads() -> None:
    sample = ROOT / "examples" / "leads" / "13-scored-in-the-notes.json"
    [lead] = read_leads([sample])
    found = evidence([await rehearsed(lead, PARALLEL, ROOT / "examples" / "documents")])
    assert found.stepping == 1.0
    assert 0 < found.foreign_sentences < 0.5
    assert found.clean == 0.0


def test_repeats_of_a_lead_count_as_one() -> None:
    empty = Brief.model_validate(
        {"lead_id": "x", "version": 1, "next_step": {"step": "nurture", "sends": False, "because": []}}
    )

    def run(lead: str, seconds: float) -> Worked:
        return Worked(lead, "p", seconds, (Call(Stream.RESEARCH, 0, 0, seconds),), empty, empty)

    runs = {
        "parallel": [run("a", 1.0), run("a", 9.0), run("a", 2.0), run("b", 1.0)],
        "sequential": [run("a", 5.0), run("b", 4.0), run("c", 100.0)],
    }
    assert common_leads(runs) == ["a", "b"]
    assert paired(runs, "parallel", "sequential").seconds == 3.0


def test_leads_that_the_screen_stopped_are_not_enough() -> None:
    nothing: dict[str, list[Worked]] = {plan: [] for plan in SHIPPED}
    found = compare(tuple(SHIPPED.values()), 3, nothing, {}, {})
    assert found.judgment.answer is Answer.NOT_ENOUGH
    about = About(datetime(2026, 11, 24, tzinfo=UTC), "rules", "real", "book", False)
    assert "Not enough leads to say" in html(found, nothing, about)


async def test_without_the_sequential_plan_there_are_figures_and_no_answer() -> None:
    runs = await rehearsed_case("parallel")
    found = compare((PARALLEL, PARTIAL), 12, {name: runs[name] for name in ("parallel", "partial")}, {}, {})
    assert found.judgment.answer is None
    assert [one.plan for one in found.alone] == ["parallel", "partial"]
    assert "name sequential" in found.judgment.reasons[0]


# --- what differs --------------------------------------------------------------------------------------------------


async def test_outputs_are_compared_before_redrafts_and_at_review() -> None:
    runs = await rehearsed_case("partial")
    drafting = next(
        one for one in samenesses(runs, "sequential") if (one.plan, one.stream) == ("parallel", Stream.DRAFTING)
    )
    assert (drafting.leads, drafting.first, drafting.review) == (12, 4, 12)
    found = list(differences(runs, "sequential"))
    assert {(one.stage, one.plan, one.stream) for one in found} == {(Stage.FIRST, "parallel", Stream.DRAFTING)}
    drafts = {name: [replace(one, brief=one.first) for one in runs[name]] for name in ("parallel", "sequential")}
    assert {one.stage for one in differences(drafts, "sequential")} == {Stage.REVIEW}
    gone = {piece.text for piece in found[0].pieces if piece.kind is Kind.GONE}
    assert gone


def test_word_diff_puts_both_texts_together_again() -> None:
    old, new = "Hello Kim,\n\nwe offer 10 % more.", "Hello Kim,\n\nwe gladly offer 20 % more!"
    pieces = word_diff(old, new)
    assert "".join(one.text for one in pieces if one.kind is not Kind.NEW) == old
    assert "".join(one.text for one in pieces if one.kind is not Kind.GONE) == new
    assert word_diff("same", "same")[0].kind is Kind.SAME


# --- the picture and the report ------------------------------------------------------------------------------------


async def test_picture_puts_all_lanes_on_one_axis() -> None:
    runs = await rehearsed_case("parallel")
    lead = typical_lead(runs, "sequential")
    picture = draw([next(one for one in runs[name] if one.lead_id == lead) for name in ("parallel", "sequential")])
    side_by_side, in_line = picture.lanes
    assert side_by_side.review < in_line.review
    assert [bar.x for bar in side_by_side.bars[:4]] == [picture.left] * 4
    starts = [bar.x for bar in in_line.bars[:4]]
    assert starts == sorted(starts)
    assert len(set(starts)) == 4
    assert max(bar.x + bar.width for bar in in_line.bars) <= in_line.review + 0.1
    assert side_by_side.bottom < in_line.y
    assert "sequential: Qualification 0.00 to" in picture.words


HOSTILE = "</pre><script>alert(1)</script><img src=x onerror=alert(2)> \u202egnp\u0007 {{ 7*7 }} & “quoted”"


async def test_report_escapes_what_strangers_wrote() -> None:
    leads = [
        builders.lead(message=f"{HOSTILE} What does it cost?", company="<b>Evil</b>", event_id=f"evil-{n}")
        for n in range(3)
    ]
    runs = {plan.name: [await rehearsed(lead, plan) for lead in leads] for plan in (PARALLEL, SEQUENTIAL)}
    draft = runs["parallel"][0].brief.draft
    assert draft is not None
    twisted = _with_body(runs["parallel"][0].brief, f"{draft.body} {HOSTILE}")
    runs["parallel"][0] = replace(runs["parallel"][0], brief=twisted)
    evil = Plan(name="<i>evil</i>", streams=tuple(Stream))
    runs[evil.name] = [replace(one, plan=evil.name) for one in runs["parallel"]]
    names = {one.lead_id: "<u>Name</u>" for one in runs["parallel"]}
    about = About(datetime(2026, 11, 24, tzinfo=UTC), "<s>rules</s>", "simulated", "<q>book</q>", True, 1, "", names)
    page = html(compare((PARALLEL, evil, SEQUENTIAL), 3, runs, {}, {}), runs, about)
    for tag in ("<script", "<img", "<b>Evil", "<i>evil", "<u>", "<s>", "<q>", "49", "\u202e", "\x07"):
        assert tag not in _text_part(page), tag
    assert "&lt;script&gt;alert" in page
    assert "\\u202egnp" in page
    assert "Simulated times" in page
    assert "Not enough leads to say" in page
    assert not re.search(r"<[^<>]*(src|href)=|@import|url\(", page)
    assert "default-src 'none'" in page


def _text_part(page: str) -> str:
    """Without numbers of the drawing."""
    return re.sub(r'(x|y|x1|x2|y1|y2|width|height|viewBox)="[^"]*"|<style>.*?</style>', "", page, flags=re.DOTALL)


def _with_body(brief: Brief, body: str) -> Brief:
    data = brief.model_dump(mode="json")
    for result in data["results"]:
        if result["stream"] == "drafting":
            result["work"]["output"]["body"] = body
    return Brief.model_validate(data)


# --- what finished leads say -----------------------------------------------------------------------------------------


async def finished(case: str, plan: Plan) -> list[Finished]:
    leads = read_leads([CASES / case / "leads.csv"])
    worked = (await rehearsed_case(case))[plan.name]
    return [Finished(plan, one, lead) for one, lead in zip(worked, leads, strict=True)]


async def test_leads_that_waited_for_nothing_they_used_are_advised_parallel() -> None:
    advice = advise(await finished("keep-sequential", SEQUENTIAL))
    assert advice.proposed is not None
    assert advice.proposed.plan == PARALLEL
    assert advice.proposed.gain.low > 4
    assert "0 of these leads were worked by parallel" in " ".join(advice.reasons)


async def test_drafts_that_used_what_research_found_cost_a_redraft_without_the_wait() -> None:
    leads = await finished("partial", SEQUENTIAL)
    by = {one.plan.name: one for one in advise(leads).plans}
    assert by["parallel"].redrafted > by["partial"].redrafted
    assert by["partial"].redrafted == by["sequential"].redrafted


async def test_redrafts_that_reading_the_note_avoids_are_gone_where_drafting_waits() -> None:
    one = (await finished("partial", PARALLEL))[1]
    assert [conflict.code for conflict in one.worked.first.open_conflicts] == [Code.CONTRADICTS_NOTE]
    unsettled = one.worked.first.model_copy(update={"redraft": one.worked.first.conflicts})
    one = replace(one, worked=replace(one.worked, first=unsettled))
    assert (rounds(PARALLEL, one), rounds(PARTIAL, one)) == (1, 0)
    assert simulated(PARALLEL, one) == pytest.approx(one.worked.seconds)
    assert simulated(PARTIAL, one) == pytest.approx(7.0 * 1.02)
    assert Code.CONTRADICTS_NOTE in AVOIDABLE


async def test_best_plan_is_kept_and_more_conflicts_are_not_proposed() -> None:
    leads = await finished("parallel", PARALLEL)
    kept = advise(leads)
    assert kept.proposed is not None
    assert kept.proposed.plan == PARALLEL
    assert "no other plan is faster" in kept.reasons[0]
    slow = await finished("keep-sequential", SEQUENTIAL)
    worse = [replace(one, worked=replace(one.worked, brief=_troubled(one.worked.brief))) for one in leads[:10]]
    advice = advise([*slow, *worse])
    assert advice.proposed is not None
    assert advice.proposed.plan == PARTIAL


def _troubled(brief: Brief) -> Brief:
    data = brief.model_dump(mode="json")
    side = {"source": "drafting", "text": "x"}
    conflict = {
        "id": "x",
        "code": "unanswered",
        "severity": "warn",
        "message": "m",
        "left": side,
        "right": side,
        "resolver": "reviewer",
    }
    return Brief.model_validate(data | {"conflicts": [conflict, conflict | {"id": "y"}]})


async def test_nine_leads_are_not_enough_for_advice() -> None:
    advice = advise((await finished("parallel", SEQUENTIAL))[:9])
    assert advice.proposed is None
    assert "9 finished leads" in advice.reasons[0]
    assert advise([]).proposed is None


# --- histories -----------------------------------------------------------------------------------------------------


async def worked_in(name: str) -> Worked | None:
    history = WorkflowHistory.from_json(name, (HISTORIES / f"{name}.json").read_text("utf-8"))
    return await read_worked(history.events, pydantic_data_converter, lead_id=name, plan="p")


async def test_history_tells_calls_redrafts_and_briefs() -> None:
    found = await worked_in("redrafted")
    assert found is not None
    assert found.redrafted
    assert [call.stream for call in found.calls if call.redraft] == [Stream.DRAFTING] * (len(found.calls) - 4)
    assert len(found.first.open_conflicts) > 0
    assert found.seconds >= max(call.ended for call in found.calls)
    assert all(call.scheduled <= call.began <= call.ended for call in found.calls)


async def test_history_tells_which_stream_failed_and_how() -> None:
    found = await worked_in("failed_stream")
    assert found is not None
    [failed] = [call for call in found.calls if not call.ok]
    assert (failed.stream, failed.failure, failed.tries) == (Stream.RESEARCH, "told", 1)


async def test_changes_asked_for_in_the_review_are_no_redrafts() -> None:
    found = await worked_in("changes_then_approved")
    assert found is not None
    assert len(found.calls) == 4
    assert not found.redrafted


async def test_history_without_streams_tells_nothing() -> None:
    assert await worked_in("screened_out") is None


async def test_exported_histories_are_read_and_others_refused(tmp_path: Path) -> None:
    names = ("approved_sequential_plan", "redrafted", "screened_out")
    found = await from_files([HISTORIES / f"{name}.json" for name in names], pydantic_data_converter)
    assert [one.plan.name for one in found] == ["sequential", "parallel"]
    for text in ("", "[]", "{}", '{"events": [{}]}'):
        (tmp_path / "broken.json").write_text(text)
        with pytest.raises(InputError, match=r"broken\.json cannot be used"):
            await from_files([tmp_path / "broken.json"], pydantic_data_converter)
    with pytest.raises(InputError, match="no history of a lead"):
        await from_files([HISTORIES / "approved.delivery.json"], pydantic_data_converter)


# --- the command ---------------------------------------------------------------------------------------------------


def test_leads_come_from_files_and_folders_each_once(tmp_path: Path) -> None:
    one = {"email": "kim@a.example", "message": "We buy."}
    (tmp_path / "a.json").write_text(json.dumps(one, indent=1))
    (tmp_path / "b.jsonl").write_text(
        f"{json.dumps(one | {'source': 'form'})}\n{json.dumps(one | {'event_id': '2'})}\n"
    )
    (tmp_path / "c.csv").write_text("email,message\nkim@b.example,We buy too.\n")
    (tmp_path / "notes.txt").write_text("no leads")
    assert len(read_leads([tmp_path, tmp_path / "c.csv"])) == 3
    assert len(read_leads([ROOT / "examples" / "leads"])) == 18


WRONG = {
    "both times": (["--latency", "research=1", "--provider", "rules"], 2, "give one of them"),
    "no such plan": (["--plans", "zigzag"], 2, "none of parallel,partial,sequential"),
    "a plan twice": (["--plans", "parallel,parallel"], 2, "each name once"),
    "no plan": (["--plans", ","], 2, "at least one plan"),
    "a bad pace": (["--arrivals", "often"], 2, "not a pace such as 20/min"),
    "no pace": (["--arrivals", "0/min"], 2, "not a pace"),
    "slots alone": (["--slots", "2"], 2, "--arrivals"),
    "bad seconds": (["--latency", "research=soon"], 2, "STREAM=SECONDS"),
    "no such file": (["nowhere.csv"], 1, "nowhere.csv cannot be read"),
}


@pytest.mark.parametrize(("args", "status", "told"), WRONG.values(), ids=WRONG)
def test_wrong_use_is_told_in_one_sentence(
    args: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["compare", *args]) == status
    error = capsys.readouterr().err
    assert told in error
    assert len(error.splitlines()) == 1


def test_refused_row_ends_the_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("email,message\nkim@a.example,We buy.\nnot an address,We buy.\n")
    assert app.main(["compare", str(file)]) == 1
    assert "leads.csv: Row 3" in capsys.readouterr().err


def test_empty_folder_and_empty_file_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["compare", str(tmp_path)]) == 1
    assert "holds no file of leads" in capsys.readouterr().err


def test_number_of_paid_calls_is_told_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    # 18 leads by 3 plans, 4 streams each; and 5 of them with one stream that is not called.
    assert app.main(["compare", "--provider", "openai"]) == 1
    told = capsys.readouterr().err
    assert f"{18 * 3 * 5 + 5 * 3 * 4} calls of" in told
    assert "confirm with --yes" in told


def test_plan_has_show_and_advise(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert app.main(["plan", "sequential", "--json"]) == 0
    default = capsys.readouterr().out
    assert app.main(["plan", "show", "sequential", "--json"]) == 0
    assert capsys.readouterr().out == default
    files = [str(HISTORIES / f"{name}.json") for name in ("approved", "redrafted")]
    assert app.main(["plan", "advise", "--history", *files, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] == "not enough leads to say"
    assert app.main(["plan", "advise", "--history", str(tmp_path / "none.json")]) == 1
    assert "cannot be read" in capsys.readouterr().err


def test_advice_of_exported_histories_reads_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    names = [HISTORIES / f"{name}.json" for name in GOLDEN_LEADS]
    assert app.main(["plan", "advise", "--history", *map(str, names)]) == 0
    told = capsys.readouterr().out
    assert "Proposed: keep parallel" in told
    assert "Estimated from" in told
