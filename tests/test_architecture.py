"""What must stay true of the whole: directions, names, ownership, and what is imported where."""

from __future__ import annotations

import ast
import importlib.metadata
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from temporalio import activity, workflow

from activities.assemble import assemble
from activities.delivery import DeliveryActivities
from activities.local import LocalActivities
from activities.notices import NoticeActivities
from activities.playbook import PlaybookActivities
from activities.signing import SigningActivities
from activities.streams import StreamActivities
from leadbraid.models import (
    CompanyNote,
    Draft,
    DraftingTask,
    FitRiskTask,
    Playbook,
    Qualification,
    QualificationTask,
    ResearchTask,
    RiskReport,
    Stream,
    Tone,
)
from leadbraid.models.tasks import StreamTask
from leadbraid.plan import RULES_OWNED
from workflows.compared import ComparedLead
from workflows.delivery import Delivery
from workflows.lead_followup import LeadFollowUp
from workflows.notice import Notice

ROOT = Path(__file__).parents[1]
PURE = (
    *("screen", "merge", "conflicts", "next_step", "plan", "text", "scoring", "hours", "owners", "written"),
    *(f"evaluation/{name}" for name in ("labels", "result", "grading", "figures", "comparing", "picture", "words")),
    *(f"compare/{name}" for name in ("worked", "evidence", "judgment", "comparison", "outputs", "picture", "advice")),
)
RANKS = (
    ("leadbraid.models", "leadbraid.errors"),
    (
        "leadbraid.plan",
        "leadbraid.text",
        "leadbraid.scoring",
        "leadbraid.hours",
        "leadbraid.owners",
        "leadbraid.per_job",
        "leadbraid.written",
    ),
    (
        "leadbraid.screen",
        "leadbraid.conflicts",
        "leadbraid.next_step",
        "leadbraid.merge",
        "leadbraid.playbook",
        "leadbraid.enquiry",
    ),
    (
        "leadbraid.settings",
        "leadbraid.logs",
        "leadbraid.sources",
        "leadbraid.mail",
        "leadbraid.signing",
        "leadbraid.notices",
        "leadbraid.llm",
        "leadbraid.engine",
    ),
    ("activities",),
    ("workflows",),
    (
        "leadbraid.intake",
        "leadbraid.leads",
        "leadbraid.render",
        "leadbraid.rehearsal",
        "leadbraid.audit",
        "leadbraid.compare",
        "leadbraid.evaluation",
        "leadbraid.replay",
        "leadbraid.doctor",
        "leadbraid.bulk",
    ),
    ("leadbraid.demo", "leadbraid.cli", "leadbraid.__main__"),
    ("worker",),
)
"""From the inside out: a room may import from its own rank and those above it."""
LAZY = {("leadbraid.cli", "worker"), ("leadbraid.demo", "leadbraid.cli"), ("leadbraid.cli", "workflows")}
"""`up` and `demo` start the worker; they import it when they run."""


def _files() -> list[Path]:
    found = [*ROOT.glob("leadbraid/**/*.py"), *ROOT.glob("workflows/*.py"), *ROOT.glob("activities/*.py")]
    return [*found, ROOT / "worker.py"]


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imports(file: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _rank(module: str) -> tuple[int, str] | None:
    for number, rooms in enumerate(RANKS):
        for room in rooms:
            if module == room or module.startswith(f"{room}."):
                return number, room
    return None


@pytest.mark.parametrize("file", _files(), ids=_module)
def test_imports_go_in_one_direction(file: Path) -> None:
    own = _rank(_module(file))
    if own is None:
        assert _module(file) == "leadbraid"
        return
    for imported in _imports(file):
        other = _rank(imported)
        if other and other[0] > own[0]:
            assert (own[1], other[1]) in LAZY, f"{_module(file)} imports {imported}"


@pytest.mark.parametrize("name", PURE)
def test_pure_rules_touch_no_world(name: str) -> None:
    files = [ROOT / "leadbraid" / f"{name}.py"] if (ROOT / "leadbraid" / f"{name}.py").exists() else []
    files += list((ROOT / "leadbraid" / name).glob("*.py"))
    assert files
    banned = {
        "temporalio",
        "os",
        "pathlib",
        "socket",
        "time",
        "random",
        "subprocess",
        "httpx",
        "httpx2",
        "openai",
        "asyncio",
    }
    for file in files:
        assert not {imported.split(".")[0] for imported in _imports(file)} & banned, file


def test_workflow_code_calls_nothing_that_a_changed_rule_could_answer_differently() -> None:
    allowed = (
        "leadbraid.models",
        "leadbraid.plan",
        "leadbraid.errors",
        "leadbraid.engine.names",
        "leadbraid.engine.attributes",
    )
    for file in (ROOT / "workflows").glob("*.py"):
        ours = {one for one in _imports(file) if one.startswith("leadbraid.")}
        assert not [one for one in ours if not one.startswith(allowed) and one != "leadbraid.engine"], file


def test_workflows_do_not_pull_in_the_world() -> None:
    code = "import sys, workflows.lead_followup, workflows.notice; print([m for m in %r if m in sys.modules])"
    world = [
        "openai",
        "httpx",
        "httpx2",
        "standardwebhooks",
        "aiosmtplib",
        "fastapi",
        "jinja2",
        "email_validator",
        "ruamel.yaml",
        "typer",
    ]
    ended = subprocess.run([sys.executable, "-c", code % world], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ended.stdout.strip() == "[]"


def test_no_other_distribution_owns_our_names() -> None:
    owners = importlib.metadata.packages_distributions()
    for name in ("workflows", "activities", "worker", "leadbraid"):
        assert set(owners.get(name, ["leadbraid"])) == {"leadbraid"}


# --- registered names ----------------------------------------------------------------------------------------------


def test_registered_names_are_those_that_running_leads_know() -> None:
    workflows = {
        workflow._Definition.must_from_class(one).name for one in (LeadFollowUp, Delivery, Notice, ComparedLead)
    }
    assert workflows == {"LeadFollowUp", "Delivery", "Notice", "ComparedLead"}
    names = set()
    owners = (
        StreamActivities,
        LocalActivities,
        DeliveryActivities,
        PlaybookActivities,
        SigningActivities,
        NoticeActivities,
    )
    for owner in owners:
        for _, method in inspect.getmembers(owner, inspect.isfunction):
            if definition := activity._Definition.from_callable(method):
                names.add(definition.name)
    names.add(activity._Definition.must_from_callable(assemble).name)
    assert names == {
        "qualification",
        "research",
        "judge",
        "drafting",
        "fit_risk",
        "assemble",
        "screen",
        "related",
        "open_review",
        "current_playbook",
        "transmit",
        "look_up",
        "delivery_outcome",
        "verify_decision",
        "notify",
        "send_notice_mail",
        "send_notice_webhook",
    }


def test_messages_of_a_lead_are_those_that_other_programs_know() -> None:
    definition = workflow._Definition.must_from_class(LeadFollowUp)
    assert set(definition.signals) == {"review", "delivery", "enquiry", "enquiry_taken", None}
    assert set(definition.updates) == {"decide"}
    assert set(definition.queries) == {"brief", "lead", "status"}


# --- ownership -----------------------------------------------------------------------------------------------------


def test_each_output_field_has_one_owner() -> None:
    outputs = (Qualification, CompanyNote, Draft, RiskReport)
    fields = [field for output in outputs for field in output.model_fields if field != "stream"]
    assert len(fields) == len(set(fields))
    assert [output.model_fields["stream"].default for output in outputs] == list(Stream)


def test_field_of_another_stream_is_refused() -> None:
    honest = Draft(subject="Hello", body="Hello", language="en", tone=Tone.MEASURED).model_dump()
    Draft.model_validate(honest, extra="forbid")
    with pytest.raises(ValidationError):
        Draft.model_validate(honest | {"score": 100}, extra="forbid")


def test_each_playbook_key_has_at_most_one_owner() -> None:
    owned = [key for keys in RULES_OWNED.values() for key in keys]
    assert len(owned) == len(set(owned))
    assert set(owned) <= set(Playbook.model_fields)


def test_task_of_a_stream_holds_only_what_it_owns_or_waits_for() -> None:
    shared = set(StreamTask.model_fields)
    assert shared == {"lead_id", "lead", "version", "before", "note", "spent", "instead_of"}
    own = {
        task: set(task.model_fields) - shared for task in (QualificationTask, ResearchTask, DraftingTask, FitRiskTask)
    }
    assert own == {
        QualificationTask: {"rules"},
        ResearchTask: set(),
        DraftingTask: {"rules", "settle", "previous"},
        FitRiskTask: {"rules"},
    }


# --- what is in the repository -------------------------------------------------------------------------------------


def test_locks_carry_hashes_and_no_addresses() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text()
        assert "://" not in text, lock
        pinned = re.findall(r"^[a-z0-9._-]+(?:\[.*\])?==", text, re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)


def test_readme_says_what_it_is_first() -> None:
    first = next(
        line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if line and not line.startswith("#")
    )
    assert "parallel" in first
    assert "merged once" in first
    assert "sent only by a person" in first
