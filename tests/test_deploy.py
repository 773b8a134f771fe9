"""The Dockerfile's steps by hand, the worker from the built wheel, and files that agree with the code."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kit import lacking
from ruamel.yaml import YAML
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client, ScheduleActionStartWorkflow

from leadbraid.engine import attributes
from leadbraid.engine.checks import check_search_attributes
from leadbraid.engine.names import TASK_QUEUE
from leadbraid.engine.schedule import archive_schedule, ensure_archive_schedule
from leadbraid.settings import Settings

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE: dict[str, Any] = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text("utf-8"))
SETTINGS = {f"LEADBRAID_{name.upper()}" for name in Settings.model_fields if name != "openai_api_key"} | {
    "OPENAI_API_KEY"
}


def steps(text: str) -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", text))
    return [
        (word, rest.strip()) for line in joined.splitlines() if line.strip() for word, _, rest in [line.partition(" ")]
    ]


STEPS = steps(DOCKERFILE)


# --- the Dockerfile, by hand ---------------------------------------------------------------------------------------


class ByHand:
    """Runs the builder stage in an empty folder, and its paths there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.build = folder / "build"
        self.build.mkdir()
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
        self._ignored = ignored

    def run(self) -> None:
        builder = STEPS[: next(number for number, step in enumerate(STEPS[1:], start=1) if step[0] == "FROM")]
        for word, rest in builder:
            if word == "COPY":
                self._copy(*rest.split())
            elif word == "RUN":
                self._shell(rest)

    def _copy(self, *words: str) -> None:
        *sources, target = words
        for source in sources:
            place = self.build / (source if target.startswith(".") else target)
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, place, ignore=self._ignored)
            else:
                shutil.copy2(ROOT / source, place)

    def _shell(self, command: str) -> None:
        command = command.replace("/opt/", f"{self.folder}/opt/")
        command = re.sub(r"^python ", f"{shlex.quote(sys.executable)} ", command)
        ended = subprocess.run(["/bin/sh", "-euc", command], cwd=self.build, capture_output=True, text=True)
        assert ended.returncode == 0, f"{command}\n{ended.stdout[-2000:]}{ended.stderr[-2000:]}"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The environment that the image would run; needs a package index."""
    if not _index_answers():
        lacking("a package index to install the locked requirements from")
    found = ByHand(tmp_path_factory.mktemp("docker"))
    found.run()
    return found.folder / "opt" / "leadbraid" / "bin"


def _index_answers() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest", folder, "idna"]
        return subprocess.run(command, capture_output=True, timeout=60).returncode == 0


def test_labelled_leads_and_the_report_come_with_the_built_wheel(installed: Path, tmp_path: Path) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("LEADBRAID_", "PYTHON"))}
    words = [str(installed / "leadbraid"), "eval", "--provider", "rules", "--limit", "3", "-o", "report.html"]
    ended = subprocess.run(words, cwd=tmp_path, env=clean, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert "3 labelled leads" in ended.stdout
    assert "wholly right" in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.server
def test_worker_from_the_built_wheel_works_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    """Against the real server; the health check says no before, yes while it works."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "LEADBRAID_", "PYTHON"))
    }
    env = clean | {"TEMPORAL_ADDRESS": f"127.0.0.1:{port}", "LEADBRAID_HOME": str(tmp_path / "state")}
    words = [
        word for name, kind in attributes.type_names().items() for word in ("--search-attribute", f"{name}={kind}")
    ]
    server = [
        str(installed / "temporal"),
        "server",
        "start-dev",
        "--headless",
        "--ip",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    work = [str(installed / "python"), "-m", "worker"]
    log = tmp_path / "worker.log"
    with log.open("wb") as stream, subprocess.Popen([*server, *words], stdout=stream, stderr=stream) as temporal:
        with subprocess.Popen(work, cwd=tmp_path, env=env, stderr=stream) as worker:
            _until(lambda: "worker_ready" in log.read_text("utf-8", errors="replace"), log)
            _until(
                lambda: subprocess.run([*work, "--check"], cwd=tmp_path, env=env, stderr=stream).returncode == 0, log
            )
            tried = subprocess.run(
                [str(installed / "leadbraid"), "playbook", "check"],
                cwd=tmp_path,
                env=env,
                capture_output=True,
                text=True,
            )
            assert tried.returncode == 0, tried.stderr
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=60) == 0
        temporal.send_signal(signal.SIGTERM)
        temporal.wait(timeout=60)
    gone = subprocess.run([*work, "--check"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert gone.returncode == 1
    assert len(gone.stderr.strip().splitlines()) == 1


def _until(condition: Any, log: Path) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, log.read_text("utf-8", errors="replace")[-3000:]
        time.sleep(0.1)


def test_dockerfile_keeps_the_rules_of_its_trade() -> None:
    words = [word for word, _ in STEPS]
    assert "ADD" not in words
    last = len(words) - 1 - words[::-1].index("FROM")
    final = STEPS[last:]
    assert ("USER", "10001") in final
    assert [word for word, _ in final].index("USER") < [word for word, _ in final].index("ENTRYPOINT")
    assert not [rest for word, rest in final if word == "RUN" and "pip" in rest]
    assert all(
        "--require-hashes" in rest or "--no-deps" in rest for word, rest in STEPS if word == "RUN" and "pip" in rest
    )
    assert all(":" in rest and "latest" not in rest for word, rest in STEPS if word == "FROM")
    assert not re.search(r"(?i)(password|secret|api_key|token)\s*=", DOCKERFILE)


def test_everything_the_dockerfile_copies_is_let_through() -> None:
    allowed = {
        line[1:].strip("/") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {one for word, rest in STEPS if word == "COPY" and "--from" not in rest for one in rest.split()[:-1]}
    assert copied == allowed
    assert all((ROOT / one).exists() for one in copied)


# --- compose -------------------------------------------------------------------------------------------------------


def test_compose_has_its_services_and_publishes_only_to_this_machine() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"postgresql", "temporal", "setup", "ui", "worker"}
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    images = [service["image"] for service in services.values()]
    assert all(":" in image and not image.endswith(":latest") for image in images)
    assert all("no-new-privileges:true" in service["security_opt"] for service in services.values())
    worker = services["worker"]
    assert (worker["read_only"], worker["cap_drop"]) == (True, ["ALL"])


def test_compose_creates_the_search_attributes_that_the_code_wants() -> None:
    [script] = COMPOSE["services"]["setup"]["command"]
    created = dict(re.findall(r"search-attribute create --name (\w+) --type (\w+)", script))
    assert created == attributes.type_names()


@pytest.mark.server
async def test_compose_prepares_a_fresh_namespace_and_again_without_harm(client: Client, temporal_binary: str) -> None:
    """The script of the service `setup`, as it stands, against the real server."""
    setup = COMPOSE["services"]["setup"]
    command = [word.replace("$$", "$") for word in (*setup["entrypoint"], *setup["command"])]
    namespace = f"compose-{os.getpid()}"
    env = dict(os.environ) | {
        "PATH": f"{Path(temporal_binary).parent}:{os.environ['PATH']}",
        "TEMPORAL_ADDRESS": client.service_client.config.target_host,
        "TEMPORAL_NAMESPACE": namespace,
    }
    for _ in range(2):
        ended = await asyncio.to_thread(subprocess.run, command, env=env, capture_output=True, text=True, timeout=90)
        assert ended.returncode == 0, ended.stderr
        assert "deprecated" not in ended.stderr
    made = await Client.connect(env["TEMPORAL_ADDRESS"], namespace=namespace)
    await check_search_attributes(made)
    told = await made.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=namespace))
    assert told.config.workflow_execution_retention_ttl.ToTimedelta() >= timedelta(days=3650)
    made_by_compose = (await archive_schedule(made).describe()).schedule
    assert not await ensure_archive_schedule(made), "it is there"
    made_by_setup = (await archive_schedule(made).describe()).schedule
    assert made_by_compose.spec.intervals[0].every == made_by_setup.spec.intervals[0].every
    assert made_by_compose.policy == made_by_setup.policy
    assert isinstance(made_by_compose.action, ScheduleActionStartWorkflow)
    assert (made_by_compose.action.workflow, made_by_compose.action.task_queue) == ("ArchiveClosed", TASK_QUEUE)


def test_compose_names_only_settings_that_exist() -> None:
    for name in COMPOSE["services"]["worker"]["environment"]:
        assert name in SETTINGS or name.startswith("TEMPORAL_"), name
    for name in re.findall(r"(?m)^ENV |\b(LEADBRAID_\w+)=", DOCKERFILE):
        assert not name or name in SETTINGS, name


def test_compose_variables_are_in_the_example_file() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text()))
    given = set(re.findall(r"(?m)^(\w+)=", (DEPLOY / ".env.example").read_text()))
    assert wanted == given


# --- docs ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_setting_is_in_the_operating_guide(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "operating.md").read_text("utf-8")


@pytest.mark.parametrize(
    "file", [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *DEPLOY.glob("*.md")], ids=lambda file: file.name
)
def test_links_of_the_docs_lead_somewhere(file: Path) -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", file.read_text("utf-8")):
        assert (file.parent / link).exists(), link
