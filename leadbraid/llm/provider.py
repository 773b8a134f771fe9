"""The provider seam: four questions, four typed answers; and a fifth, where a model can see more than the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    QualificationTask,
    ResearchTask,
    Stream,
    StreamWork,
)
from leadbraid.sources.documents import Passage


class Provider(Protocol):
    """Does the work of the streams. Every method raises `ProviderError` when it has nothing usable."""

    name: str

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """Say what is known about the company, from the lead's words and from ``passages`` of local documents."""

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Answer what the lead asked. With ``task.settle``: write it so that those conflicts are gone."""

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """List what should stop or slow us."""

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:
        """Say where two outputs do not go together. ``sides`` are the outputs in words, as a reviewer reads them."""
