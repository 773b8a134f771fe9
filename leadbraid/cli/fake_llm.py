"""Command `fake-llm`: a model's server on this machine that needs no key."""

from __future__ import annotations

import errno
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leadbraid.cli.console import UsageError, say, settings
from leadbraid.errors import EngineError
from leadbraid.playbook import load_playbook

if TYPE_CHECKING:
    from leadbraid.llm.fake import Behaviour, Failing, FakeModels
    from leadbraid.models import Playbook


def fake_llm(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 for a free one.")] = 8400,
    playbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The playbook it knows; default: the setting's.")
    ] = None,
    fail: Annotated[
        list[str] | None,
        typer.Option(metavar="[JOB:]KIND[=SHARE]", help="Fail so, in a share of the requests; may be repeated."),
    ] = None,
    obey: Annotated[bool, typer.Option("--obey", help="Obey every order that stands in a lead's text.")] = False,
    latency: Annotated[float, typer.Option(min=0, max=600, help="Seconds before each answer.")] = 0.0,
    no_schemas: Annotated[
        bool, typer.Option("--no-schemas", help="Refuse strict schemas, as older servers do.")
    ] = False,
    no_json: Annotated[
        bool, typer.Option("--no-json", help="Refuse JSON mode too, as the simplest servers do.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Another one fails on other requests.")] = 0,
    model: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Serve this model only; may be repeated. Default: any.")
    ] = None,
    faults: Annotated[bool, typer.Option("--faults", help="List the faults, and do no more.")] = False,
) -> None:
    """A model server for trying things out: both OpenAI APIs, no key, nothing leaves this machine. Ctrl-C stops it."""
    from leadbraid.llm.fake import FAULTS, Behaviour

    if faults:
        for kind, fault in FAULTS.items():
            say(f"{kind:<20} {fault.sentence}")
        return
    behaviour = Behaviour(
        obey=obey,
        forms=_forms(no_schemas=no_schemas, no_json=no_json),
        models=tuple(model or ()),
        failing=tuple(_failing(one) for one in fail or ()),
        latency=latency,
        seed=seed,
    )
    book = load_playbook(playbook or settings().playbook)
    with _started(book, behaviour, port) as server:
        _announce(server, behaviour)
        _until_stopped()


def _forms(*, no_schemas: bool, no_json: bool) -> frozenset[str]:
    """The forms of an answer that it knows; without JSON there are no schemas either."""
    json = frozenset() if no_json else frozenset({"json_object"})
    return json | {"text"} | (frozenset() if no_schemas or no_json else {"json_schema"})


def _failing(text: str) -> Failing:
    from leadbraid.llm.fake import Failing

    try:
        return Failing.read(text)
    except ValueError as error:
        raise UsageError(f"--fail: {error}") from None


def _started(playbook: Playbook, behaviour: Behaviour, port: int) -> FakeModels:
    from leadbraid.llm.fake import FakeModels

    try:
        return FakeModels(playbook, behaviour, port=port, log=say)
    except OSError as error:
        used = error.errno == errno.EADDRINUSE
        why = "is in use" if used else f"cannot be opened ({error.strerror})"
        raise EngineError(f"Port {port} of 127.0.0.1 {why}; choose another with --port, or 0 for a free one.") from None


def _announce(server: FakeModels, behaviour: Behaviour) -> None:
    say(f"Fake model server {server.url}")
    say("It answers by rules, not by a model. In another terminal:")
    say("")
    name = f" LEADBRAID_LLM_MODEL={behaviour.models[0]}" if behaviour.models else ""
    say(f"  LEADBRAID_LLM=openai LEADBRAID_LLM_BASE_URL={server.url}{name} leadbraid demo --hands-free")
    say("")
    if behaviour.obey:
        say("It OBEYS every order that stands in a lead's text.")
    for one in behaviour.failing:
        say(f"It FAILS: {one.kind} in {one.share:.0%} of the requests for {one.job or 'every job'}.")
    say("Ready. Ctrl-C stops. One line for each request: number, path, job, what was done, status, time.")


def _until_stopped() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
