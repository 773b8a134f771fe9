"""The commands by name, and what happens when one fails."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import NoReturn

import typer

import activities
import workflows
from leadbraid import __version__
from leadbraid.cli import (
    audit,
    bulk,
    compare,
    demo,
    doctor,
    evaluate,
    fake_llm,
    leads,
    plan,
    playbook,
    prompts,
    replay,
    setup,
    signing_keys,
    timeline,
    up,
)
from leadbraid.cli.console import UsageError, say, tell_error
from leadbraid.engine.runtime import leave
from leadbraid.errors import FindingsError, LeadbraidError

app = typer.Typer(
    name="leadbraid",
    help="Inbound leads worked in parallel, merged once, sent only by a person.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("up")(up.up)
app.command("demo")(demo.demo)
app.command("setup")(setup.setup)
app.command("submit")(leads.submit)
app.command("import")(bulk.import_)
app.command("export")(bulk.export)
app.command("try")(leads.try_)
app.command("queue")(leads.queue)
app.command("show")(leads.show)
app.command("decide")(leads.decide)
app.command("compare")(compare.compare)
app.command("eval")(evaluate.evaluate)
app.command("replay")(replay.replay)
app.command("timeline")(timeline.timeline)
app.command("doctor")(doctor.doctor)
app.command("fake-llm")(fake_llm.fake_llm)
app.add_typer(audit.app, name="audit")
app.add_typer(plan.app, name="plan")
app.add_typer(playbook.app, name="playbook")
app.add_typer(prompts.app, name="prompts")
app.add_typer(signing_keys.app, name="signing-keys")


def _version(wanted: bool) -> None:
    if wanted:
        say(f"leadbraid {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Inbound leads worked in parallel, merged once, sent only by a person."""


def main(args: list[str] | None = None) -> int:
    """Entry point; returns the exit status: 0, 1 (it did not work), 2 (used wrongly), 130 (Ctrl-C)."""
    given = sys.argv[1:] if args is None else args
    as_json = "--json" in given
    try:
        _require_own_packages()
        return int(typer.main.get_command(app).main(given, prog_name="leadbraid", standalone_mode=False) or 0)
    except UsageError as error:
        tell_error(str(error), code=error.code, as_json=as_json)
        return 2
    except LeadbraidError as error:
        findings = error.findings if isinstance(error, FindingsError) else ()
        tell_error(str(error), code=error.code, as_json=as_json, findings=findings)
        return 1
    except typer.exceptions.TyperException as error:
        return _used_wrongly(error, given, as_json=as_json)
    except (KeyboardInterrupt, asyncio.CancelledError, typer.Abort):
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone (`leadbraid queue | head`); closing quietly is what a pipe expects.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def entry() -> NoReturn:
    """What the installed command runs."""
    leave(main())


def _used_wrongly(error: Exception, given: list[str], *, as_json: bool) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error}\n")
        return 2
    message = getattr(error, "format_message", lambda: str(error))().replace("\n", " ")
    known = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    command = " ".join(["leadbraid", *(word for word in given[:1] if word in known)])
    tell_error(f"{message.rstrip('.')}. See `{command} --help`.", code="usage", as_json=as_json)
    return 2


def _require_own_packages() -> None:
    """The names `workflows` and `activities` are common; another package's must not be run by mistake."""
    ours = Path(__file__).parents[2]
    for module in (workflows, activities):
        found = Path(str(module.__file__)).parents[1]
        if found != ours:
            raise LeadbraidError(
                f"The package {module.__name__!r} comes from {found}, which is not Leadbraid. "
                "Install Leadbraid into an environment of its own."
            )
