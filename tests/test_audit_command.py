"""Command `audit` on exported histories: formats, files, and what a person is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadbraid.audit.schema import SCHEMA
from leadbraid.cli import main

HISTORIES = Path(__file__).parent / "replay" / "histories"
APPROVED = [
    part for name in ("approved", "approved.delivery") for part in ("--history", str(HISTORIES / f"{name}.json"))
]


def test_markdown_is_the_default_and_answers_first(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["audit", *APPROVED]) == 0
    text = capfdbinary.readouterr().out.decode()
    answer = text.split("## ")[1]
    assert answer.startswith("The answer")
    assert "A reply was sent to `approved@example.com`" in answer
    assert "Approved, claimed by `ana`" in answer
    assert "are the same bytes" in answer


@pytest.mark.parametrize(
    ("ending", "begins"), [("html", b"<!doctype html>"), ("md", b"# Audit record"), ("json", b'{"approvals"')]
)
def test_ending_of_the_file_chooses_the_format(ending: str, begins: bytes, tmp_path: Path) -> None:
    file = tmp_path / f"x.{ending}"
    assert main(["audit", *APPROVED, "-o", str(file)]) == 0
    assert file.read_bytes().startswith(begins)


def test_json_names_its_schema_and_the_schema_is_printed(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["audit", "lead", *APPROVED, "--format", "json"]) == 0
    record = json.loads(capfdbinary.readouterr().out)
    assert record["schema"] == SCHEMA
    assert main(["audit", "schema"]) == 0
    schema = json.loads(capfdbinary.readouterr().out)
    assert set(schema["properties"]) == set(record)


@pytest.mark.parametrize(
    ("args", "status", "says"),
    [
        (["audit", "lead-0", *APPROVED], 2, "Name a lead, or histories"),
        (["audit", "lead"], 2, "Name a lead, or histories"),
        (["audit", "--history", "nowhere.json"], 1, "nowhere.json cannot be read"),
        (["audit", *APPROVED, "-o", "/nowhere/x.html"], 1, "/nowhere/x.html cannot be written"),
        (["audit", *APPROVED, "--format", "pdf"], 2, "pdf"),
    ],
    ids=["both", "neither", "no-file", "no-folder", "no-format"],
)
def test_wrong_use_is_one_sentence(args: list[str], status: int, says: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(args) == status
    told = capfd.readouterr().err.strip()
    assert says in told
    assert len(told.splitlines()) == 1
