"""A real HTTP endpoint that answers as told and keeps what it got."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLw0AmfUrTZQ5bGs="
CHUNK = 65_536


@dataclass(frozen=True)
class Answer:
    """One answer: a status, headers, and a body, of which the declared length may promise more than comes."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    promises: int | None = None


@dataclass(frozen=True)
class Got:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    def verified(self, key: str = KEY) -> Any:
        """The body's value, if the signature is right.

        Raises:
            WebhookVerificationError: It is not.
        """
        return Webhook(key).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Where it listens, what it got, and what it answers next; then 200. ``written``: bytes of bodies it got rid of."""

    url: str
    answers: list[Answer] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    written: int = 0

    @property
    def ids(self) -> list[str]:
        """The webhook-id of each request."""
        return [one.headers["webhook-id"] for one in self.got]


@contextlib.contextmanager
def receiving(*answers: Answer) -> Iterator[Receiver]:
    """Listens on a free port while inside."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"] or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(self.path, headers, body))
            answer = receiver.answers.pop(0) if receiver.answers else Answer()
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            length = len(answer.body) if answer.promises is None else answer.promises
            self.send_header("content-length", str(length))
            self.end_headers()
            with contextlib.suppress(OSError):  # a receiver of notices need not be read to the end
                for start in range(0, len(answer.body), CHUNK):
                    self.wfile.write(answer.body[start : start + CHUNK])
                    receiver.written += len(answer.body[start : start + CHUNK])

        do_GET = do_POST  # noqa: N815 - what a followed redirect would call

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/hook/t0ken", list(answers))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
