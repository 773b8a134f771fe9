"""No command of a workflow changes unseen: each workflow's fingerprint is the one that is committed."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest
from replay import fingerprint

from leadbraid.replay.run import TYPES

CHANGED = """
What {workflow} issues has changed, in {functions}. A lead that runs now repeats from its history what the code did when
it began, so a command more, fewer, or in another order sticks it.

  1. Is the change meant to touch leads that begin from now on only? Keep the old way for the others:
         if workflow.patched("what-changed"):
             ...the new commands
         else:
             ...the old ones
     `patched` is true for whoever comes here first under the new code, and false for a lead that passed before.
     docs/upgrading.md tells when the old branch may go.
  2. See that nothing breaks: `make test ARGS=tests/test_replay.py`, and `leadbraid replay --live` on your server.
  3. Write it down: `make fingerprints`, and commit tests/replay/fingerprints.json with the change.

{difference}"""


def test_commands_of_each_workflow_are_those_written_down() -> None:
    known, now = json.loads(fingerprint.FILE.read_text("utf-8")), fingerprint.fingerprints()
    assert set(now) == {*TYPES, "ComparedLead"}, "a type that no worker runs, or that is not looked at"
    for workflow_type in sorted(known | now):
        before, after = known.get(workflow_type, {}), now.get(workflow_type, {})
        changed = [name for name in sorted(before | after) if before.get(name) != after.get(name)]
        lines = [
            json.dumps({name: tree.get(name) for name in changed}, indent=1).splitlines() for tree in (before, after)
        ]
        difference = "\n".join(difflib.unified_diff(*lines, "written down", "now", lineterm=""))
        assert not changed, CHANGED.format(workflow=workflow_type, functions=", ".join(changed), difference=difference)


SMALL = '''
from temporalio import workflow

@workflow.defn(name="Small")
class Small:
    @workflow.run
    async def run(self, start: str) -> str:
        """What it does."""
        found = await self._look(start)
        if found:  # a reason
            return found
        await workflow.sleep(5)
        return start

    async def _look(self, start: str) -> str:
        return await workflow.execute_activity(assemble, start, activity_id=f"a-{start}", summary="one")
'''


def _small(folder: Path, old: str = "", new: str = "") -> object:
    assert old in SMALL
    (folder / "small.py").write_text(SMALL.replace(old, new) if old else SMALL)
    return fingerprint.fingerprints(folder)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("found", "other", id="a local has another name"),
        pytest.param("  # a reason", "", id="a comment"),
        pytest.param('"""What it does."""', '"""Other words."""', id="a docstring"),
        pytest.param("(self, start: str) -> str", "(self, start)", id="an annotation"),
        pytest.param('summary="one"', 'summary="two"', id="a summary"),
        pytest.param(
            "start, activity_id", "\n  [start, 1],\n  activity_id", id="another argument, formatted otherwise"
        ),
        pytest.param("sleep(5)", "sleep(6)", id="a longer timer"),
        pytest.param("        found = await", "        more = 1 + 1\n        found = await", id="a calculation"),
    ],
)
def test_fingerprint_stays_where_running_leads_do_not_care(tmp_path: Path, old: str, new: str) -> None:
    assert _small(tmp_path, old, new) == _small(tmp_path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("assemble, start", "screen, start", id="another activity"),
        pytest.param("a-{start}", "b-{start}", id="another activity id"),
        pytest.param("        await workflow.sleep(5)\n", "", id="no timer"),
        pytest.param("        if found:", "        if not found:", id="another condition"),
        pytest.param("            return found\n", "            pass\n", id="no early end"),
        pytest.param("        found = await", "        workflow.upsert_memo({})\n        found = await", id="a memo"),
        pytest.param("await self._look(start)", "start", id="a call less"),
        pytest.param("await workflow.sleep(5)", "workflow.patched('x') and await workflow.sleep(5)", id="a patch"),
    ],
)
def test_fingerprint_changes_where_running_leads_would_break(tmp_path: Path, old: str, new: str) -> None:
    assert _small(tmp_path, old, new) != _small(tmp_path)
