"""Connecting: which server is meant, and one sentence for each way it can fail. Real servers and real TLS."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from kit import lacking
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from leadbraid.engine.checks import check_search_attributes, has_worker, require_worker
from leadbraid.engine.connection import answers, connect, connect_to, describe_target
from leadbraid.engine.endpoint import Endpoint, read_endpoint, write_endpoint
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.engine.server import EmbeddedServer
from leadbraid.errors import EngineError
from leadbraid.settings import Settings


@workflow.defn(name="Nothing", sandboxed=False)
class Nothing:
    """A workflow for a worker that only has to be there."""

    @workflow.run
    async def run(self) -> None:
        """Do nothing."""


@pytest.fixture(autouse=True)
def no_temporal_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TEMPORAL_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[EmbeddedServer]:
    home = tmp_path_factory.mktemp("connection") / "home"
    async with EmbeddedServer.open(Settings(home=home), port=0, ui_port=0) as server:
        yield server


@pytest.fixture
def nowhere(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "nothing-here")


def temporal(command: str, *, strict: bool = True) -> str:
    program = str(Path(sys.executable).parent / "temporal")
    done = subprocess.run([program, *shlex.split(command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 or not strict, done.stderr
    return done.stdout


async def until(fact: Callable[[], Awaitable[bool]], tries: int = 3_000) -> None:
    for _ in range(tries):
        if await fact():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come true")


async def _soon(value: bool) -> bool:
    return value


async def refusal(settings: Settings) -> str:
    """What a failed connection says; always one sentence on one line."""
    with pytest.raises(EngineError) as refused:
        await connect(settings)
    text = str(refused.value)
    assert text.endswith(".") and "\n" not in text and len(re.findall(r"\.(\s|$)", text)) == 1
    return text


# --- which server is meant


async def test_without_any_server_it_says_how_to_start_one(nowhere: Settings) -> None:
    assert await refusal(nowhere) == (
        "No Temporal server is known: start one with `leadbraid up`, or set TEMPORAL_ADDRESS."
    )


@pytest.mark.server
async def test_the_embedded_server_is_found_by_its_file(embedded: EmbeddedServer) -> None:
    settings = Settings(home=embedded.home)
    client = await connect(settings)
    assert client.service_client.config.target_host == embedded.endpoint.temporal
    assert describe_target(settings) == (
        f"Temporal at {embedded.endpoint.temporal}, namespace default, UI {embedded.endpoint.ui}"
    )


@pytest.mark.server
async def test_the_environment_comes_before_the_file(embedded: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert "127.0.0.1:1 refuses" in await refusal(Settings(home=embedded.home))


@pytest.mark.server
async def test_a_profile_of_the_configuration_file_is_used(
    embedded: EmbeddedServer, nowhere: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text(f'[profile.work]\naddress = "{embedded.endpoint.temporal}"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    monkeypatch.setenv("TEMPORAL_PROFILE", "work")
    await connect(nowhere)


async def test_a_file_left_by_a_power_cut_is_not_taken_for_a_running_server(tmp_path: Path) -> None:
    """Even where another server listens on the port that it names."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        write_endpoint(tmp_path, Endpoint(temporal=f"127.0.0.1:{other.getsockname()[1]}", pid=1))
        assert await refusal(Settings(home=tmp_path)) == (
            f"The Temporal server of {tmp_path} is not running any more: start it with `leadbraid up`."
        )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        pytest.param(
            {"TEMPORAL_CONFIG_FILE": "/no/such.toml"}, "names /no/such.toml, which does not exist", id="missing file"
        ),
        pytest.param({"TEMPORAL_PROFILE": "nope"}, "Profile 'nope' not found", id="unknown profile"),
        pytest.param({"TEMPORAL_NAMESPACE": "x"}, "gives a namespace but no address", id="namespace only"),
        pytest.param({"TEMPORAL_API_KEY": "s3cret"}, "gives an API key, TLS but no address", id="key only"),
        pytest.param({"TEMPORAL_ADDRESS": "http://host:7233"}, "write host:port", id="a URL"),
        pytest.param({"TEMPORAL_ADDRESS": "host"}, "write host:port", id="no port"),
        pytest.param({"TEMPORAL_ADDRESS": "foo bar:1"}, "no reachable address", id="not an address"),
        pytest.param({"TEMPORAL_ADDRESS": "no.such.invalid:1"}, "a host name that nobody knows", id="unknown host"),
        pytest.param({"TEMPORAL_ADDRESS": "127.0.0.1:1"}, "127.0.0.1:1 refuses the connection", id="nothing listens"),
        pytest.param(
            {
                "TEMPORAL_ADDRESS": "127.0.0.1:1",
                "TEMPORAL_TLS_CLIENT_CERT_PATH": "/no/c.pem",
                "TEMPORAL_TLS_CLIENT_KEY_PATH": "/no/c.key",
            },
            "names /no/c.pem, which cannot be read (No such file or directory)",
            id="missing certificate",
        ),
    ],
)
async def test_a_wrong_configuration_gets_one_sentence(
    variables: dict[str, str], sentence: str, nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    said = await refusal(nowhere)
    assert sentence in said and "s3cret" not in said


# --- servers that are there but cannot be used


@pytest.mark.server
async def test_a_missing_namespace_is_named_with_the_command_that_creates_it(
    embedded: EmbeddedServer, nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", embedded.endpoint.temporal)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
    assert (
        f"Temporal at {embedded.endpoint.temporal} has no namespace elsewhere: set TEMPORAL_NAMESPACE, or create it with "
        f"`temporal operator namespace create --address {embedded.endpoint.temporal} --namespace elsewhere`."
    ) == await refusal(nowhere)


@pytest.mark.server
async def test_tls_to_a_server_without_it_is_one_sentence(
    embedded: EmbeddedServer, nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", embedded.endpoint.temporal)
    monkeypatch.setenv("TEMPORAL_API_KEY", "s3cret")
    said = await refusal(nowhere)
    assert "does not speak TLS" in said and "s3cret" not in said


@pytest.mark.parametrize("tls", [pytest.param(False, id="plain"), pytest.param(True, id="TLS")])
async def test_a_port_that_stays_silent_does_not_hold_us(
    tls: bool, nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK alone waits 30 s for the first answer, and for ever for a TLS handshake."""
    monkeypatch.setitem(connect.__globals__, "PATIENCE", timedelta(seconds=0.3))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("TEMPORAL_TLS", str(tls).lower())
        assert "does not answer in time" in await refusal(nowhere)


# --- TLS for real: the embedded server behind a proxy that ends TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("openssl"):
        lacking("the `openssl` command")
    folder = tmp_path_factory.mktemp("certificates")
    _openssl(folder, "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority")
    (folder / "extensions").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    for name in ("server", "client"):
        _openssl(folder, f"req -newkey rsa:2048 -nodes -keyout {name}.key -out {name}.csr -subj /CN={name}")
        _openssl(
            folder,
            f"x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out {name}.pem -days 2 "
            "-extfile extensions",
        )
    return folder


def _openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=True)


@contextlib.asynccontextmanager
async def tls_in_front_of(endpoint: Endpoint, certificates: Path, *, ask_client: bool) -> AsyncIterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    context.set_alpn_protocols(["h2"])
    if ask_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificates / "ca.pem")

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind_reader, behind_writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
        await asyncio.gather(pipe(reader, behind_writer), pipe(behind_reader, writer))

    proxy = await asyncio.start_server(forward, "127.0.0.1", 0, ssl=context)
    try:
        yield f"127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
    finally:
        proxy.close()


@pytest.mark.server
@pytest.mark.parametrize(
    ("ask_client", "given", "outcome"),
    [
        pytest.param(False, {}, "hangs up: if it wants TLS", id="plain to TLS"),
        pytest.param(False, {"TLS": "true"}, "certificate of an unknown authority", id="unknown authority"),
        pytest.param(False, {"TLS_SERVER_CA_CERT_PATH": "ca.pem"}, None, id="TLS"),
        pytest.param(
            False,
            {"TLS_SERVER_CA_CERT_PATH": "ca.pem", "TLS_SERVER_NAME": "example.com"},
            "certificate for another name",
            id="wrong name",
        ),
        pytest.param(True, {"TLS_SERVER_CA_CERT_PATH": "ca.pem"}, "a client certificate", id="no client certificate"),
        pytest.param(
            True,
            {
                "TLS_SERVER_CA_CERT_PATH": "ca.pem",
                "TLS_CLIENT_CERT_PATH": "client.pem",
                "TLS_CLIENT_KEY_PATH": "server.key",
            },
            "cannot be reached with this TLS client certificate",
            id="key of another certificate",
        ),
        pytest.param(
            True,
            {
                "TLS_SERVER_CA_CERT_PATH": "ca.pem",
                "TLS_CLIENT_CERT_PATH": "client.pem",
                "TLS_CLIENT_KEY_PATH": "client.key",
            },
            None,
            id="mutual TLS",
        ),
    ],
)
async def test_tls(
    ask_client: bool,
    given: dict[str, str],
    outcome: str | None,
    embedded: EmbeddedServer,
    certificates: Path,
    nowhere: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"TEMPORAL_{name}", str(certificates / value) if name.endswith("PATH") else value)
    async with tls_in_front_of(embedded.endpoint, certificates, ask_client=ask_client) as address:
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        if outcome:
            assert outcome in await refusal(nowhere)
        else:
            await connect(nowhere)


# --- trying again


@pytest.mark.server
async def test_with_retry_each_reason_is_said_once_and_the_connection_comes(
    embedded: EmbeddedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connect.__globals__, "FIRST_PAUSE", timedelta(milliseconds=10))
    monkeypatch.setitem(connect.__globals__, "LONGEST_PAUSE", timedelta(milliseconds=20))
    said: list[str] = []
    home = tmp_path / "home"
    trying = asyncio.create_task(connect(Settings(home=home), retry=True, say=said.append))
    await until(lambda: _soon(bool(said)))
    home.symlink_to(embedded.home)
    assert isinstance(await trying, Client)
    assert said == ["No Temporal server is known: start one with `leadbraid up`, or set TEMPORAL_ADDRESS."]


async def test_retrying_can_be_cancelled_and_does_not_retry_a_wrong_configuration(
    nowhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trying = asyncio.create_task(connect(nowhere, retry=True))
    await asyncio.sleep(0)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    monkeypatch.setenv("TEMPORAL_PROFILE", "nope")
    with pytest.raises(EngineError, match="Profile 'nope' not found"):
        await connect(nowhere, retry=True)


# --- what a server must have


@pytest.mark.server
async def test_missing_search_attributes_are_named_and_the_command_given_creates_them(embedded: EmbeddedServer) -> None:
    where = f"--address {embedded.endpoint.temporal} --namespace bare"
    temporal(f"operator namespace create {where}")
    client = await _once_known(embedded.endpoint.model_copy(update={"namespace": "bare"}))
    with pytest.raises(EngineError, match=r"^Namespace bare lacks the search attributes LeadState, LeadDue") as lacking:
        await check_search_attributes(client)
    temporal(_command(lacking.value).replace("LeadScore --type Int", "LeadScore --type Keyword"))
    with pytest.raises(
        EngineError, match=r"attributes LeadScore \(Keyword, not Int\): run `temporal .* remove"
    ) as wrong:
        await check_search_attributes(client)
    assert "--name LeadScore --type Int`." in str(wrong.value)


def _command(error: EngineError) -> str:
    found = re.search(r"`temporal ([^`]*create[^`]*)`", str(error))
    assert found
    return found.group(1)


async def _once_known(endpoint: Endpoint) -> Client:
    """A new namespace is known to the whole server a moment after its creation."""
    await until(lambda: answers(endpoint))
    return await connect_to(endpoint)


@pytest.mark.server
async def test_a_worker_is_seen_while_it_runs_and_no_longer(embedded: EmbeddedServer) -> None:
    client = await connect_to(embedded.endpoint)
    with pytest.raises(
        EngineError, match=r"^No worker is running: start one with `python worker.py` \(or `leadbraid up`\)\.$"
    ):
        await require_worker(client)
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[Nothing]):
        await until(lambda: has_worker(client))
        await require_worker(client)
    assert not await has_worker(client)
    async with Worker(client, task_queue=TASK_QUEUE, workflows=[Nothing]):
        await until(lambda: has_worker(client), tries=150)  # sooner than its next beat would tell
    assert not await has_worker(client)


def test_a_damaged_endpoint_file_is_no_endpoint(tmp_path: Path) -> None:
    (tmp_path / "endpoint.json").write_text("{")
    assert read_endpoint(tmp_path) is None
