"""What the calls for one output used, added up."""

from __future__ import annotations

import time
from decimal import Decimal

from leadbraid.llm.openai.replies import Reply
from leadbraid.llm.prices import Prices
from leadbraid.models import Made
from leadbraid.models.visible import one_line


class Calls:
    """The calls for one output, the first and what it took to get a usable answer."""

    def __init__(self, provider: str, model: str, prompt: str, prices: Prices) -> None:
        self._provider = provider
        self._asked = model
        self._prompt = prompt
        self._prices = prices
        self._unanswered = 0
        self._began = time.monotonic()
        self._replies: list[Reply] = []

    def answered(self, reply: Reply) -> None:
        """A reply came."""
        self._replies.append(reply)

    def unanswered(self) -> None:
        """None came: the call failed, or took too long."""
        self._unanswered += 1

    @property
    def tokens(self) -> int:
        """Read and written so far, as far as the server tells."""
        return sum((one.tokens_in or 0) + (one.tokens_out or 0) for one in self._replies)

    def made(self) -> Made:
        """How the output was made. Of a call without a reply neither tokens nor cost are known."""
        costs = [self._cost(one) for one in self._replies]
        known = [one for one in costs if one is not None]
        uncounted = sum(one.tokens_in is None or one.tokens_out is None for one in self._replies)
        return Made(
            provider=self._provider,
            model=one_line(self._replies[-1].model.strip() or self._asked) if self._replies else "",
            prompt=self._prompt,
            calls=len(self._replies) + self._unanswered,
            seconds=round(time.monotonic() - self._began, 3),
            tokens_in=self._sum([one.tokens_in for one in self._replies]),
            tokens_out=self._sum([one.tokens_out for one in self._replies]),
            tokens_cached=self._sum([one.tokens_cached for one in self._replies]),
            uncounted=uncounted + self._unanswered,
            cost=sum(known, Decimal(0)) if known else None,
            currency=self._prices.currency if known else "",
            unpriced=costs.count(None) + self._unanswered,
        )

    def _cost(self, reply: Reply) -> Decimal | None:
        names = (reply.model, self._asked)
        return self._prices.cost(names, reply.tokens_in, reply.tokens_out, reply.tokens_cached or 0)

    def _sum(self, told: list[int | None]) -> int | None:
        """What was told, of all calls; None where nothing was."""
        known = [one for one in told if one is not None]
        return sum(known) if known else None
