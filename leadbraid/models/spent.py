"""What the models' work for one lead has used."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field

from leadbraid.models.base import Line, Model
from leadbraid.models.outputs import Made


class Spent(Model):
    """Calls, tokens and cost so far, those of failed and replaced outputs too.

    ``uncounted`` calls are those whose tokens the server did not tell; ``unpriced`` ones those without a known cost,
    so that ``cost`` is never taken for all of it. ``tokens_cached`` are part of ``tokens_in``.
    """

    calls: int = Field(default=0, ge=0)
    tokens_in: int = Field(default=0, ge=0)
    tokens_out: int = Field(default=0, ge=0)
    tokens_cached: int = Field(default=0, ge=0)
    uncounted: int = Field(default=0, ge=0)
    cost: Decimal = Field(default=Decimal(0), ge=0)
    currency: Line = ""
    unpriced: int = Field(default=0, ge=0)

    @property
    def tokens(self) -> int:
        """Read and written together."""
        return self.tokens_in + self.tokens_out

    def plus(self, made: Made) -> Spent:
        """With the calls of one more output. A cost in another currency than the first counts as unpriced."""
        if not made.calls:
            return self
        foreign = made.cost is not None and self.currency not in ("", made.currency)
        known = made.cost if made.cost is not None and not foreign else Decimal(0)
        return Spent(
            calls=self.calls + made.calls,
            tokens_in=self.tokens_in + (made.tokens_in or 0),
            tokens_out=self.tokens_out + (made.tokens_out or 0),
            tokens_cached=self.tokens_cached + (made.tokens_cached or 0),
            uncounted=self.uncounted + made.uncounted,
            cost=self.cost + known,
            currency=self.currency or made.currency,
            unpriced=self.unpriced + (made.calls if foreign else made.unpriced),
        )
