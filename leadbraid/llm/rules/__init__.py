"""The offline provider: real work on the lead and the playbook by documented rules, and *unknown* where they end."""

from __future__ import annotations

from collections.abc import Mapping

from leadbraid.errors import ProviderError
from leadbraid.llm.rules.drafting import drafting
from leadbraid.llm.rules.fit_risk import fit_risk
from leadbraid.llm.rules.qualification import qualification
from leadbraid.llm.rules.research import research
from leadbraid.models import (
    DraftingTask,
    FitRiskTask,
    Judgement,
    JudgeTask,
    Made,
    QualificationTask,
    ResearchTask,
    Stream,
    StreamWork,
)
from leadbraid.models.outputs import Output
from leadbraid.sources.documents import Passage


class RulesProvider:
    """Implements the provider protocol without a model, a key or a network. The same task gives the same answer."""

    name = "rules"

    async def qualification(self, task: QualificationTask) -> StreamWork:
        """Weigh the ideal-customer criteria, one by one."""
        return self._work(qualification(task))

    async def research(self, task: ResearchTask, passages: tuple[Passage, ...]) -> StreamWork:
        """Say what is known about the company, from the lead's words and from ``passages`` of local documents."""
        return self._work(research(task, passages))

    async def drafting(self, task: DraftingTask) -> StreamWork:
        """Fill the reply pattern that fits, settle conflicts, or follow a reviewer's note."""
        return self._work(drafting(task))

    async def fit_risk(self, task: FitRiskTask) -> StreamWork:
        """Apply the playbook's exclusions and escalations."""
        return self._work(fit_risk(task))

    async def judge(self, task: JudgeTask, sides: Mapping[Stream, str]) -> Judgement:  # noqa: ARG002 - the seam's
        """Rules see nothing beyond the merge point's own cross-checks.

        Raises:
            ProviderError: Always; asking rules for what they cannot see must not look like an answer.
        """
        raise ProviderError(
            "The provider rules judges nothing beyond the cross-checks.", code="no_judge", retryable=False
        )

    def _work(self, output: Output) -> StreamWork:
        return StreamWork(output=output, made=Made(provider=self.name))
