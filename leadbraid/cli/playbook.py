"""Commands `playbook new`, `playbook check` and `playbook show`."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from leadbraid.cli.console import say, say_json, settings
from leadbraid.errors import InputError
from leadbraid.playbook import NEW_PLAYBOOK, check_playbook, load_playbook, playbook_digest, show_effective

app = typer.Typer(
    help="The business's rules: write a new playbook, check one, show one with its defaults.", no_args_is_help=True
)
File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Default: the playbook of the settings.")]


@app.command("new")
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it.")] = Path("playbook.yaml"),
) -> None:
    """Write a commented playbook to start from. An existing file is never overwritten."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(NEW_PLAYBOOK)
    except FileExistsError:
        raise InputError(f"{file} is there already; give another name.") from None
    except OSError as error:
        raise InputError(f"{file} cannot be written: {error.strerror}.") from None
    say(f"Wrote {file}.")
    say(f"Check it with `leadbraid playbook check {file}`, try it with `leadbraid try LEAD --playbook {file}`.")


@app.command("check")
def check(file: File = None, as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Say what is wrong in a playbook, each with file, line, key, and what would be right."""
    path = file or settings().playbook
    checked = check_playbook(path)
    playbook = checked.playbook
    if as_json:
        warnings = [dataclasses.asdict(finding) for finding in checked.warnings]
        say_json({"digest": playbook_digest(playbook), "warnings": warnings})
        return
    for finding in checked.warnings:
        say(f"warning: {finding}")
    say(f"{path} is fine: {playbook.name}, plan {playbook.stream_plan.name}, {playbook_digest(playbook)}")


@app.command("show")
def show(
    file: File = None,
    effective: Annotated[bool, typer.Option("--effective", help="With every default filled in.")] = False,
) -> None:
    """Print a playbook; with --effective, as leads see it, defaults included."""
    path = file or settings().playbook
    playbook = load_playbook(path)
    say(show_effective(playbook) if effective else path.read_text("utf-8"))
