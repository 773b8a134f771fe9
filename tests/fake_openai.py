"""A server on 127.0.0.1 that speaks both APIs as far as a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Scripted:
    """One answer; ``chat`` instead of ``body`` where Chat Completions is asked. ``drip``: after the body, this many bytes more, one each ``pause`` seconds (0: as fast as it goes)."""

    body: bytes = b""
    chat: bytes | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: int = 0
    pause: float = 0.0
    hang_up: bool = False


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def response(text: str, **fields: Any) -> dict[str, Any]:
    """A response of the Responses API whose answer is ``text``, reasoning before it as real ones have."""
    return {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "model": "fake-model-2",
        "error": None,
        "incomplete_details": None,
        "output": [
            {"type": "reasoning", "id": "rs_1", "summary": []},
            {
                "type": "message",
                "id": "msg_1",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
            },
        ],
        "usage": {
            "input_tokens": 321,
            "input_tokens_details": {"cached_tokens": 64},
            "output_tokens": 45,
            "total_tokens": 366,
        },
    } | fields


def says(answer: Any, **fields: Any) -> Scripted:
    """The model answers with ``answer``, as JSON unless it is text already."""
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return both(response(text, **fields), completion(text))


def both(of_responses: dict[str, Any], of_chat: dict[str, Any]) -> Scripted:
    """The same, as either API says it."""
    made = [json.dumps(one).encode() for one in (of_responses, of_chat)]
    return Scripted(made[0], made[1], headers={"content-type": "application/json"})


def completion(text: str | None, finish: str = "stop", refusal: str | None = None) -> dict[str, Any]:
    """A chat completion whose answer is ``text``."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_772_000_000,
        "model": "fake-model-2",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {
            "prompt_tokens": 321,
            "completion_tokens": 45,
            "total_tokens": 366,
            "prompt_tokens_details": {"cached_tokens": 64},
        },
    }


def fails(
    status: int, code: str | None = None, message: str = "no", param: str | None = None, **headers: str
) -> Scripted:
    """An error as the API words it; ``retry_after`` becomes the header ``retry-after``."""
    body = {"error": {"message": message, "type": code, "param": param, "code": code}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Scripted(json.dumps(body).encode(), status=status, headers={"content-type": "application/json"} | named)


class FakeOpenAI:
    """The server. Answers are given in order, the last one again and again; without any it fails with a 500."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.busiest = 0
        self._busy = 0
        self._counting = threading.Lock()
        self._answers: deque[Scripted | Callable[[], Scripted]] = deque()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        """What ``LEADBRAID_LLM_BASE_URL`` is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def will(self, *answers: Scripted | Callable[[], Scripted]) -> None:
        """Answer so from now on; a function is asked when its turn has come."""
        self._answers = deque(answers)

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """One more call is being answered."""
        with self._counting:
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            yield
        finally:
            with self._counting:
                self._busy -= 1

    def next_answer(self) -> Scripted:
        """The answer whose turn it is."""
        if not self._answers:
            return fails(500, message="not scripted")
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        return answer if isinstance(answer, Scripted) else answer()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _for_path(scripted: Scripted, path: str) -> Scripted:
    asked_for_chat = path.endswith("/chat/completions") and scripted.chat is not None
    return replace(scripted, body=scripted.chat or b"") if asked_for_chat else scripted


def _handler(fake: FakeOpenAI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            fake.asked.append(Asked(self.path, headers, json.loads(body)))
            heard_enough = contextlib.suppress(BrokenPipeError, ConnectionResetError)
            with heard_enough, fake.busy():
                self._answer(_for_path(fake.next_answer(), self.path))
            self.close_connection = True

        def _answer(self, scripted: Scripted) -> None:
            time.sleep(scripted.wait)
            if scripted.hang_up:
                return
            self.send_response(scripted.status)
            for name, value in scripted.headers.items():
                self.send_header(name, value)
            if not scripted.drip:
                self.send_header("content-length", str(len(scripted.body)))
            self.end_headers()
            self.wfile.write(scripted.body)
            self._drip(scripted)

        def _drip(self, scripted: Scripted) -> None:
            if scripted.pause:
                for _ in range(scripted.drip):
                    self.wfile.write(b" ")
                    time.sleep(scripted.pause)
            else:
                for start in range(0, scripted.drip, 65_536):
                    self.wfile.write(b" " * min(65_536, scripted.drip - start))

        def log_message(self, *args: Any) -> None:
            pass

    return Handler
