"""Keep a copy of the workflow code, so that tests can deploy the code of today over leads of an earlier one.

    python tests/replay/retake.py [REVISION]      default: HEAD

Run it when a version is released. A deploy test (`tests/test_faults.py`) starts leads under this copy; that they go on under
today's code holds what a release promises. Never mend the copy by hand.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EARLIER = Path(__file__).parent / "earlier"


def git(*words: str) -> str:
    """What git says."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def main(revision: str = "HEAD") -> None:
    """Replace the copy."""
    names = [name for name in git("ls-tree", "--name-only", f"{revision}:workflows").split() if name.endswith(".py")]
    shutil.rmtree(EARLIER, ignore_errors=True)
    EARLIER.mkdir()
    for name in names:
        (EARLIER / name).write_text(git("show", f"{revision}:workflows/{name}"), "utf-8")
    print(f"{len(names)} files of {revision} are in {EARLIER.relative_to(ROOT)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
