"""Settings with exceptions: one value for all jobs of a model, others for some: `gpt-5-mini, drafting=gpt-5`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, TypeVar

from leadbraid.models.outputs import Stream

JUDGE = "judge"
JOBS = (*(stream.value for stream in Stream), JUDGE)
"""What a model is asked for: the four streams, and to judge their outputs."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class PerJob(Generic[Value]):
    """A value for each job. ``general`` is None where only exceptions are given."""

    general: Value | None
    exceptions: tuple[tuple[str, Value], ...] = ()

    def of(self, job: str) -> Value | None:
        """The value for ``job``."""
        return dict(self.exceptions).get(job, self.general)


def per_job(text: str, read: Callable[[str], Value]) -> PerJob[Value]:
    """Read ``value, job=value, …``; each part may be left out.

    Raises:
        ValueError: A job is unknown or named twice, there are two general values, or ``read`` refuses a value.
    """
    general: list[Value] = []
    exceptions: dict[str, Value] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        job, named, value = (word.strip() for word in part.partition("="))
        if not named:
            general.append(read(part))
        elif job not in JOBS:
            raise ValueError(f"{job[:40]!r} is no job of a model{_meant(job)}")
        elif job in exceptions:
            raise ValueError(f"{job} is named twice")
        else:
            exceptions[job] = read(value)
    if len(general) > 1:
        raise ValueError("there are two values without a job; write one, then job=value for each exception")
    return PerJob(general[0] if general else None, tuple(exceptions.items()))


def _meant(job: str) -> str:
    near = get_close_matches(job, JOBS, n=1)
    return f"; did you mean {near[0]}?" if near else f"; there are {', '.join(JOBS)}"
