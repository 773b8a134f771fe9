"""Command `eval`: labelled leads, worked and graded; and whether that is better than what one had."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leadbraid import __version__, logs
from leadbraid.bulk.writing import whole_file
from leadbraid.cli.console import UsageError, confirm_calls, now, run, say, settings
from leadbraid.cli.evaluation_tables import evaluation_tables
from leadbraid.cli.leads import PlaybookFile
from leadbraid.cli.plan import plan_named
from leadbraid.cli.progress import progress
from leadbraid.evaluation.cases import Dataset, read_dataset, unknown_to
from leadbraid.evaluation.comparing import compare
from leadbraid.evaluation.kept import as_json, read_result
from leadbraid.evaluation.report import html
from leadbraid.evaluation.result import Result
from leadbraid.evaluation.running import Wanted, Worked, result_of, work
from leadbraid.llm import make_provider
from leadbraid.models import Playbook
from leadbraid.models.visible import one_line
from leadbraid.playbook import load_playbook
from leadbraid.settings import ROOT, ProviderName, Settings

SHIPPED = ROOT / "evals" / "leads"


def evaluate(
    dataset: Annotated[
        Path | None, typer.Argument(metavar="[DATASET]", help="Folder of labelled leads; else the shipped ones.")
    ] = None,
    provider: Annotated[ProviderName | None, typer.Option(help="Who does the work; else as the settings say.")] = None,
    model: Annotated[str | None, typer.Option(help="Another model, by the name that the server knows.")] = None,
    prompts: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Prompts that replace the packaged ones, for a model.")
    ] = None,
    playbook: PlaybookFile = None,
    plan: Annotated[
        str | None, typer.Option(metavar="NAME|FILE", help="Another plan: a shipped one, or that of a playbook.")
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, max=50, help="How often each lead is worked: models vary.")] = 1,
    at_once: Annotated[int, typer.Option(min=1, max=100, help="Leads at a time.")] = 4,
    only: Annotated[
        list[str] | None, typer.Option(metavar="KIND", help="Only this kind; several: any of them.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many, spread evenly over their names.")] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Compare with a result that --json wrote before.")
    ] = None,
    fail_on_worse: Annotated[
        bool, typer.Option("--fail-on-worse", help="Exit with status 1 where something is really worse.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the whole report, as HTML.")
    ] = None,
    json_to: Annotated[
        Path | None, typer.Option("--json", metavar="FILE|-", help="Write the result, for --baseline and programs.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before calls of a model that may cost money.")] = False,
) -> None:
    """Work labelled leads and grade what comes out, with intervals; tell which differences to a baseline are real."""
    if fail_on_worse and not baseline:
        raise UsageError("--fail-on-worse needs something to be worse than: give --baseline FILE.")
    found = _settings(provider, model, prompts)
    before = read_result(baseline) if baseline else None
    cases = read_dataset(dataset or SHIPPED)
    chosen = cases.part(_kinds(cases, only), limit)
    wanted = Wanted(chosen, _rules(found, playbook, plan), make_provider(found), repeat, at_once)
    for sentence in unknown_to(wanted.playbook, wanted.dataset.cases):
        typer.echo(one_line(sentence, 300), err=True)
    if found.provider is ProviderName.OPENAI:
        _confirm(wanted, found, yes=yes)
    result = result_of(wanted, run(_worked(wanted)), made_at=now(), version=__version__, only=tuple(only or ()))
    beside = compare(before, result) if before else None
    if output:
        with whole_file(output) as stream:
            stream.write(html(result, beside))
    _write_json(result, json_to)
    if json_to != Path("-"):
        evaluation_tables(result, beside)
        if output:
            say(f"\nThe whole report: {output}")
    if fail_on_worse and beside and beside.really_worse:
        raise typer.Exit(1)


def _settings(provider: ProviderName | None, model: str | None, prompts: Path | None) -> Settings:
    found = settings()
    wanted = {"llm": provider, "llm_model": model, "llm_prompts": prompts}
    found = found.model_copy(update={name: value for name, value in wanted.items() if value})
    if prompts and found.provider is not ProviderName.OPENAI:
        raise UsageError(f"--prompts are for a model, and {found.provider} is none: add --provider openai.")
    if model and found.provider is not ProviderName.OPENAI:
        raise UsageError(f"--model belongs to a model, and {found.provider} is none: add --provider openai.")
    if found.log_level == "info":
        logs.configure("error", found.log_format)  # a line for each of hundreds of calls would bury the answer
    return found


def _rules(found: Settings, playbook: Path | None, plan: str | None) -> Playbook:
    rules = load_playbook(playbook or found.playbook)
    return rules.model_copy(update={"stream_plan": plan_named(plan, "--plan")}) if plan else rules


def _kinds(cases: Dataset, only: list[str] | None) -> frozenset[str]:
    """The kinds that were asked for; none where all are meant.

    Raises:
        UsageError: No case is of such a kind; names those there are.
    """
    for kind in only or ():
        if kind not in cases.kinds:
            raise UsageError(f"--only {one_line(kind, 40)!r} is no kind of these leads ({', '.join(cases.kinds)}).")
    return frozenset(only or ())


def _confirm(wanted: Wanted, found: Settings, *, yes: bool) -> None:
    calls = wanted.total * (len(wanted.playbook.stream_plan.streams) + 1)  # one more for the judge
    where = one_line(found.llm_server, 80)
    times = f", {wanted.repeat} times each" if wanted.repeat > 1 else ""
    told = (
        f"up to {calls:,} calls of {found.llm_model} at {where}, and more for redrafts and further tries "
        f"({len(wanted.dataset.cases)} leads{times})"
    )
    confirm_calls(told, yes=yes)


async def _worked(wanted: Wanted) -> Worked:
    done = 0
    with progress(wanted.total, lambda: (done, f"{done} of {wanted.total} leads")) as step:

        def moved() -> None:
            nonlocal done
            done += 1
            step()

        return await work(wanted, moved)


def _write_json(result: Result, to: Path | None) -> None:
    if to == Path("-"):
        say(as_json(result).rstrip("\n"))
    elif to:
        with whole_file(to) as stream:
            stream.write(as_json(result))
