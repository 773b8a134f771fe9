"""What the offline rules make of the labelled leads: kept in the repository, so that it never falls unnoticed.

Run by `make eval-baseline`, when it has got better or the leads have changed. Kept is what the comparison needs: no
times, which are another machine's, and no words: a change of the file is then a change of what is right.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from leadbraid import __version__
from leadbraid.evaluation.cases import Dataset, read_dataset
from leadbraid.evaluation.figures import figures
from leadbraid.evaluation.kept import as_json, read_result
from leadbraid.evaluation.result import CaseResult, Item, Result, Run
from leadbraid.evaluation.running import Wanted, result_of, work
from leadbraid.evaluation.words import interval, percent
from leadbraid.llm.provider import Provider
from leadbraid.llm.rules import RulesProvider
from leadbraid.playbook import load_playbook

ROOT = Path(__file__).parents[1]
LEADS = ROOT / "evals" / "leads"
BASELINE = ROOT / "evals" / "baseline-rules.json"
GUIDE = ROOT / "docs" / "evaluation.md"
PLAYBOOK = ROOT / "playbooks" / "dockline.yaml"


def evaluated(provider: Provider | None = None, dataset: Dataset | None = None) -> Result:
    """The labelled leads, worked by the example playbook."""
    wanted = Wanted(dataset or read_dataset(LEADS), load_playbook(PLAYBOOK), provider or RulesProvider())
    return result_of(wanted, asyncio.run(work(wanted)), made_at=None, version=__version__)


def trimmed(result: Result) -> Result:
    """Only what a comparison needs."""
    return result.model_copy(update={"cases": tuple(_trimmed(case) for case in result.cases)})


def _trimmed(case: CaseResult) -> CaseResult:
    runs = tuple(
        Run(items=tuple(Item(measure=item.measure, name=item.name, right=item.right) for item in run.items))
        for run in case.runs
    )
    return case.model_copy(update={"about": "", "runs": runs})


def table(result: Result) -> str:
    """What it comes to, as the guide shows it."""
    rows = [
        f"| {one.where} | {one.label} | {one.share.right} of {one.share.total} | {percent(one.share.value)} "
        f"| {interval(one.share.interval)} |"
        for one in figures(result)
    ]
    return "\n".join(["| where | what | right | share | 95 % interval |", "|---|---|---|---|---|", *rows])


def main() -> None:
    """Write it down, in the guide too."""
    result = trimmed(evaluated())
    before = table(read_result(BASELINE)) if BASELINE.exists() else ""
    BASELINE.write_text(as_json(result), "utf-8")
    if before:
        GUIDE.write_text(GUIDE.read_text("utf-8").replace(before, table(result)), "utf-8")
    print(table(result))


if __name__ == "__main__":
    main()
