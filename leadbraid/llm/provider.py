"""The provider seam: four questions, four typed answers."""

from __future__ import annotations

from typing import Protocol

from leadbraid.models import DraftingTask, FitRiskTask, QualificationTask, ResearchTask, StreamWork
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
