"""Commands `prompts show` and `prompts export`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from leadbraid.bulk.writing import whole_file
from leadbraid.cli.console import UsageError, say, say_json, settings
from leadbraid.errors import InputError
from leadbraid.llm.openai.prompts import DATA, NAMES, Prompts
from leadbraid.models.visible import visible

app = typer.Typer(
    help="What a model is told: show the prompts in force, or write them to a folder to change them.",
    no_args_is_help=True,
)


@app.command("show")
def show(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help=f"One of {', '.join(NAMES)}.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the prompts with their versions, or print one as a model is told it."""
    prompts = Prompts.load(settings().llm_prompts)
    if name is not None and name not in NAMES:
        raise UsageError(f"There is no prompt {name[:40]!r}; there are {', '.join(NAMES)}.")
    if as_json:
        chosen = [name] if name else list(NAMES)
        say_json([_as_data(prompts, one) for one in chosen])
    elif name:
        say(visible(prompts.text(name).rstrip("\n"), keep="\n\t"))
    else:
        for one in NAMES:
            whose = "yours" if one in prompts.replaced else "packaged"
            say(f"{one:<14} {whose:<9} {'part of each' if one == DATA else prompts.digest(one)}")


def _as_data(prompts: Prompts, name: str) -> dict[str, str | bool]:
    return {
        "name": name,
        "digest": "" if name == DATA else prompts.digest(name),
        "replaced": name in prompts.replaced,
        "text": prompts.text(name),
    }


@app.command("export")
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write them; made where it is missing.")],
) -> None:
    """Write the prompts in force to a folder, to change them there. An existing file is never overwritten."""
    prompts = Prompts.load(settings().llm_prompts)
    there = [one for one in NAMES if os.path.lexists(folder / f"{one}.txt")]
    if there:
        raise InputError(f"{folder / f'{there[0]}.txt'} is there already; name another folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}.") from None
    for one in NAMES:
        with whole_file(folder / f"{one}.txt") as stream:
            stream.write(prompts.text(one))
    say(f"Wrote {len(NAMES)} prompts to {folder}. Use them with LEADBRAID_LLM_PROMPTS={folder}; delete what you keep.")
