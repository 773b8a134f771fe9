"""The command `eval`, as it is used: in this process, without a server."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from eval_baseline import BASELINE, ROOT, table

from leadbraid.cli import main
from leadbraid.cli.evaluate import SHIPPED
from leadbraid.evaluation.cases import read_case
from leadbraid.evaluation.kept import read_result
from leadbraid.evaluation.labels import Gold

GUIDE = (ROOT / "docs" / "evaluation.md").read_text("utf-8")
CASE = """
about: A lead that asks for the price.
kind: clean
lead: {email: kim@corrubox.example, country: GB, message: What does Dockline cost for 12 dock doors?}
gold:
  next_step: ask_for_details
  draft: {answers: {pricing: 39 EUR}}
"""


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of who runs the tests, and a folder of one's own."""
    for name in list(os.environ):
        if name.startswith(("LEADBRAID_", "OPENAI_", "TEMPORAL_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    yield


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    """A dataset of two."""
    folder = tmp_path / "leads"
    folder.mkdir()
    (folder / "one.yaml").write_text(CASE)
    (folder / "two.yaml").write_text(CASE.replace("clean", "spam").replace("39 EUR", "no such words"))
    return folder


def test_shipped_leads_are_worked_without_server_network_or_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--limit", "12"]) == 0
    told = capsys.readouterr()
    assert "12 labelled leads: rules, plan parallel, playbook dockline" in told.out
    for words in ("wholly right", "next step", "95 % interval", "By kind of lead", "What it took"):
        assert words in told.out
    assert told.err == ""


def test_own_leads_are_graded_and_both_files_written(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(leads), "-o", "report.html", "--json", "result.json", "--repeat", "2"]) == 0
    assert "2 labelled leads, 2 times each" in capsys.readouterr().out
    assert "no such words" in Path("report.html").read_text("utf-8")
    result = json.loads(Path("result.json").read_text("utf-8"))
    assert (result["schema"], result["provider"], result["repeat"]) == (1, "rules", 2)
    assert result["made_at"].startswith("20")
    assert [len(case["runs"]) for case in result["cases"]] == [2, 2]
    wrong = [item for item in result["cases"][1]["runs"][0]["items"] if not item["right"]]
    assert [(item["measure"], item["name"], item["expected"]) for item in wrong] == [
        ("answers", "pricing", "no such words")
    ]


def test_json_to_standard_output_is_json_alone(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(leads), "--json", "-", "--only", "clean"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [case["id"] for case in result["cases"]] == ["one"]
    assert result["only"] == ["clean"]


def test_a_run_beside_its_own_baseline_differs_in_nothing(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(leads), "--json", "before.json"]) == 0
    assert main(["eval", str(leads), "--baseline", "before.json", "--fail-on-worse"]) == 0
    told = capsys.readouterr().out
    assert "Compared on the 2 leads that both have" in told
    assert "Got worse" not in told


def test_fail_on_worse_tells_what_is_really_worse_and_ends_with_1(
    leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in range(14):
        (leads / f"more-{place}.yaml").write_text(CASE)
    assert main(["eval", str(leads), "--json", "before.json"]) == 0
    book = (ROOT / "playbooks" / "dockline.yaml").read_text("utf-8").replace("39 EUR", "41 EUR")
    Path("dearer.yaml").write_text(book, "utf-8")
    beside = ["eval", str(leads), "--playbook", "dearer.yaml", "--baseline", "before.json"]
    assert main(beside) == 0
    capsys.readouterr()
    assert main([*beside, "--fail-on-worse"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"Really worse at this number of leads: .*answers", told)
    assert "Got worse" in told
    assert "more-0: answers: pricing" in told


def test_another_plan_is_used_and_told(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(leads), "--plan", "sequential"]) == 0
    assert "plan sequential" in capsys.readouterr().out


def test_labels_that_the_playbook_cannot_fulfil_are_told_on_standard_error(
    leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (leads / "one.yaml").write_text(CASE.replace("gold:\n", "gold:\n  flags: hazardd\n"))
    assert main(["eval", str(leads)]) == 0
    assert "has no flag `hazardd`" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        pytest.param(["--fail-on-worse"], 2, "--baseline", id="worse than nothing"),
        pytest.param(["--model", "m"], 2, "--provider openai", id="a model for rules"),
        pytest.param(["--only", "klean"], 2, "clean, spam", id="unknown kind"),
        pytest.param(["--plan", "zigzag"], 2, "none of parallel", id="unknown plan"),
        pytest.param(["--baseline", "nowhere.json"], 1, "cannot be read", id="no baseline"),
        pytest.param(["--baseline", "leads/one.yaml"], 1, "is no result", id="another file"),
        pytest.param(["--playbook", "nowhere.yaml"], 1, "cannot be read", id="no playbook"),
        pytest.param(["--output", "no/such/folder/x.html"], 1, "cannot be written", id="no folder"),
    ],
)
def test_wrong_use_is_one_sentence(
    leads: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, told: str
) -> None:
    assert main(["eval", str(leads), *words]) == status
    error = capsys.readouterr().err
    assert told in error
    assert len(error.strip().splitlines()) == 1


def test_wrong_labels_are_a_line_each_with_file_line_and_key(leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (leads / "one.yaml").write_text(CASE.replace("next_step: ask", "next_step: ask_me_ask"))
    (leads / "two.yaml").write_text(CASE.replace("about:", "abbout:"))
    assert main(["eval", str(leads)]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert any("one.yaml:6: gold.next_step[1]: " in line for line in lines)
    assert any("two.yaml:2: abbout: " in line for line in lines)


def test_calls_of_a_model_are_confirmed_first(
    leads: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    assert main(["eval", str(leads), "--repeat", "3", "--model", "m-1"]) == 1
    told = capsys.readouterr().err
    assert "up to 30 calls of m-1" in told
    assert "--yes" in told


# --- what is shipped and what is written ---------------------------------------------------------------------------


def test_shipped_leads_lie_where_the_package_looks_for_them() -> None:
    assert SHIPPED.is_dir()
    assert BASELINE.parent == SHIPPED.parent
    assert '"evals" = "leadbraid/share/evals"' in (ROOT / "pyproject.toml").read_text("utf-8")


def test_guide_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--help"]) == 0
    options = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {"--baseline", "--fail-on-worse", "--at-once"} <= options
    assert {option for option in options if option not in GUIDE} == set()


def test_label_in_the_guide_is_one_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "guide.yaml").write_text(GUIDE.partition("```yaml\n")[2].partition("```")[0], "utf-8")
    gold = read_case(tmp_path / "guide.yaml").label.gold
    assert {name for name in Gold.model_fields if name not in gold.model_fields_set} == {"screened"}


def test_figures_in_the_guide_are_those_that_are_kept() -> None:
    """The guide's table says what the kept baseline says: written by `make eval-baseline`, never by hand."""
    assert table(read_result(BASELINE)) in GUIDE
