"""The fake on the wire: a server on this machine that speaks both of OpenAI's APIs, and can misbehave in every way."""

from __future__ import annotations

import contextlib
import itertools
import json
import select
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from leadbraid.llm.fake.exchange import Exchange, Prompts
from leadbraid.llm.fake.faults import FAULTS, Failing
from leadbraid.llm.fake.honest import honest
from leadbraid.llm.fake.obedient import obedient
from leadbraid.llm.fake.refusals import FORMS, refusal
from leadbraid.llm.fake.request import PATHS, Asked
from leadbraid.llm.fake.wire import Scripted, as_json, as_model, error
from leadbraid.models import Playbook
from leadbraid.models.visible import one_line

LOOPBACK = "127.0.0.1"
BODY_LIMIT = 10_000_000
"""Bytes of one request."""
_BLOCK = 65_536

Script = Scripted | Callable[[Exchange], Scripted]
"""What a test tells the server to send: bytes, or how to make them of the request."""


@dataclass(frozen=True)
class Behaviour:
    """How the model is.

    ``forms``: the forms of an answer that it knows; ``models``: those it serves (none: any name); ``latency``: seconds
    before each answer.
    """

    obey: bool = False
    forms: frozenset[str] = FORMS
    models: tuple[str, ...] = ()
    failing: tuple[Failing, ...] = ()
    latency: float = 0.0
    seed: int = 0


class FakeModels:
    """The server, as a context manager.

    What a test scripts is sent in order, the last of it again and again. Where nothing is scripted the model answers.

    Args:
        playbook: The rules that the model knows beside what a request tells.
        behaviour: How it is.
        port: 0 for a free one.
        log: Given one line a request, without any text of it.
    """

    def __init__(
        self,
        playbook: Playbook,
        behaviour: Behaviour | None = None,
        *,
        port: int = 0,
        log: Callable[[str], object] | None = None,
    ) -> None:
        self.asked: list[Asked] = []
        self.behaviour = behaviour or Behaviour()
        self.stopping = threading.Event()
        self._playbook = playbook
        self._log = log
        self._script: deque[Script] = deque()
        self._prompts = Prompts()
        self._numbers = itertools.count(1)
        self._server = _Server((LOOPBACK, port), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """What ``LEADBRAID_LLM_BASE_URL`` is set to."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/v1"

    def will(self, *script: Script) -> None:
        """Answer so from now on; with nothing, as the model would."""
        self._script = deque(script)

    def answer(self, asked: Asked) -> Scripted:
        """What is sent for a request."""
        number = next(self._numbers)
        self.asked.append(asked)
        began = time.monotonic()
        try:
            told, sent = self._answer(asked, number)
        except Exception as failed:  # a request that only looks like Leadbraid's: nothing of it may be shown
            told, sent = f"fails ({type(failed).__name__})", error(500, "The fake failed.", kind="server_error")
        seconds = time.monotonic() - began
        job = asked.job or "another's request"
        if self._log:
            self._log(f"{number}  {one_line(asked.path, 60)}  {job}  {told}  {sent.status}  {seconds:.3f} s")
        return sent

    def _answer(self, asked: Asked, number: int) -> tuple[str, Scripted]:
        if self._script:
            script = self._script.popleft() if len(self._script) > 1 else self._script[0]
            return "scripted", script if isinstance(script, Scripted) else script(self._exchange(asked, "", number))
        behaviour = self.behaviour
        if refused := refusal(asked, behaviour.models, behaviour.forms):
            return "refused", refused
        text = (obedient if behaviour.obey else honest)(asked, self._playbook)
        exchange = self._exchange(asked, text, number)
        hits = (one for one in behaviour.failing if one.hits(asked.job, number, behaviour.seed))
        if failing := next(hits, None):
            return failing.kind, FAULTS[failing.kind].make(exchange)
        sent = exchange.honest()
        return ("obeys" if behaviour.obey else "answers"), replace(sent, wait=behaviour.latency)

    def _exchange(self, asked: Asked, text: str, number: int) -> Exchange:
        created = int(time.time())  # noqa: TID251 - this is the edge
        number += self.behaviour.seed * 1_000_000
        return Exchange(asked, text, number=number, created=created, cached=self._prompts.cached(asked.prompt))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is not worth a traceback on the screen."""


def _handler(fake: FakeModels) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        models = fake

    return Handler


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    models: FakeModels
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        size = self.headers.get("content-length", "")
        if not size.isdecimal() or int(size) > BODY_LIMIT:
            self.close_connection = True
            self._send(error(413, "The request is too large, or does not tell its size.", kind="invalid_request_error"))
            return
        body = self.rfile.read(int(size))
        asked = _asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        self._send(self.models.answer(asked) if asked.path in PATHS else _no_such(self.command, self.path))

    def do_GET(self) -> None:
        names = self.models.behaviour.models or ("fake-model",)
        listed = {f"/v1/models/{name}": as_model(name) for name in names}
        listed["/v1/models"] = {"object": "list", "data": [as_model(name) for name in names]}
        found = listed.get(self.path)
        self._send(as_json(found) if found else _no_such(self.command, self.path))

    def _send(self, scripted: Scripted) -> None:
        with contextlib.suppress(ConnectionError):  # the client had heard enough
            if not self._waited(scripted.wait):
                self.close_connection = True
                return
            if not scripted.hang_up:
                self._write(scripted)
        if scripted.hang_up or scripted.reset or scripted.drip:
            self.close_connection = True
        if scripted.reset:
            # Closed with a time of nought to linger, a connection ends with a reset instead of an orderly goodbye.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _waited(self, seconds: float) -> bool:
        """Wait; False where the client went away, or the server stops, before the time was up."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.models.stopping.is_set() or self._gone(min(left, 0.05)):
                return False
        return True

    def _gone(self, seconds: float) -> bool:
        readable, _, _ = select.select([self.connection], [], [], seconds)
        return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)

    def _write(self, scripted: Scripted) -> None:
        self.send_response(scripted.status)
        named = {name.lower() for name in scripted.headers}
        for name, value in scripted.headers.items():
            self.send_header(name, value)
        if scripted.drip:
            self.send_header("connection", "close")
        elif "content-length" not in named:
            self.send_header("content-length", str(len(scripted.body)))
        self.end_headers()
        self.wfile.write(scripted.body)
        self._drip(scripted)

    def _drip(self, scripted: Scripted) -> None:
        step = 1 if scripted.pause else _BLOCK
        for start in range(0, scripted.drip, step):
            self.wfile.write(b" " * min(step, scripted.drip - start))
            if scripted.pause and not self._waited(scripted.pause):
                return

    def send_response(self, code: int, message: str | None = None) -> None:
        """The status line and no more: a scripted answer may have a date of its own."""
        self.send_response_only(code, message)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - what the base class calls it
        """Requests are logged by `FakeModels`, and without what a client wrote."""


def _asked(path: str, headers: dict[str, str], body: bytes) -> Asked:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    readable = isinstance(told, dict)
    return Asked(path.partition("?")[0], headers, told if readable else {}, readable)


def _no_such(method: str, path: str) -> Scripted:
    return error(404, f"Invalid URL ({method} {one_line(path, 100)})", kind="invalid_request_error")
