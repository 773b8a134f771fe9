"""Audit records: how long one takes to make, from a history of about 70 events.

    python benchmarks/audit_records.py

The histories are the golden ones of the tests. Nothing here passes or fails by time.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from leadbraid.audit.history import Run, read_text  # noqa: E402
from leadbraid.audit.pages import as_html  # noqa: E402
from leadbraid.audit.record import make_record  # noqa: E402

HISTORIES = ROOT / "tests" / "replay" / "histories"
ROUNDS = 50


def _milliseconds(work: Callable[[], object]) -> str:
    work()
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return f"{statistics.median(times):6.1f} ms (p95 {statistics.quantiles(times, n=20)[-1]:.1f} ms, n = {ROUNDS})"


def main() -> None:
    """Print the figures."""
    texts = [(HISTORIES / f"{name}.json").read_text("utf-8") for name in ("approved", "approved.delivery")]

    def read() -> list[Run]:
        return [Run(read_text("history", text)) for text in texts]

    events = sum(len(run.events) for run in read())
    record = make_record(read())
    print(f"A sent lead, {events} events with its delivery:")
    print(f"  record as JSON, from the exported files  {_milliseconds(lambda: make_record(read()).to_json())}")
    print(f"  page (HTML) from the record              {_milliseconds(lambda: as_html(record))}")


if __name__ == "__main__":
    main()
