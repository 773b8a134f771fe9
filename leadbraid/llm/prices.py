"""What calls cost, by the operator's own price table. Nothing is known of prices here: an unknown one stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from leadbraid.errors import SettingsError
from leadbraid.playbook.tree import Unreadable, read_tree

MOST_BYTES = 100_000
_PER = Decimal(1_000_000)
_AS_SHOWN = "write it as docs/models.md shows"
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class Price(BaseModel):
    """Of one model, for a million tokens. Without ``cached``, cached tokens cost what others do."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: Amount
    output: Amount
    cached: Amount | None = None

    def of(self, tokens_in: int, tokens_out: int, tokens_cached: int) -> Decimal:
        """The cost; ``tokens_cached`` are part of ``tokens_in``."""
        cached = min(tokens_cached, tokens_in)
        rate = self.input if self.cached is None else self.cached
        return ((tokens_in - cached) * self.input + cached * rate + tokens_out * self.output) / _PER


class Prices(BaseModel):
    """The table: a currency, and the price of each model by the name that the server reports or the settings hold."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "USD"
    models: Mapping[str, Price] = {}

    @classmethod
    def load(cls, file: Path | None) -> Self:
        """The table of a YAML file; an empty one where there is none.

        Raises:
            SettingsError: The file cannot be read, or is no price table.
        """
        if file is None:
            return cls()
        try:
            return cls.model_validate(_values(file))
        except OSError as error:
            problem = f"cannot be read ({error.strerror}): correct it"
        except UnicodeError:
            problem = "is not UTF-8 text: save it as such"
        except Unreadable as error:
            problem = f"is no YAML text (line {error.line}: {error.text}): {_AS_SHOWN}"
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            problem = f"is no price table ({where}: {first['msg']}): {_AS_SHOWN}"
        raise SettingsError(f"LEADBRAID_LLM_PRICES is {file}, which {problem}.")

    def cost(
        self, names: tuple[str, ...], tokens_in: int | None, tokens_out: int | None, cached: int
    ) -> Decimal | None:
        """What a call cost; None where its tokens or its model's price are unknown. The first known name counts."""
        price = next((self.models[name] for name in names if name in self.models), None)
        if price is None or tokens_in is None or tokens_out is None:
            return None
        return price.of(tokens_in, tokens_out, cached)


def _values(file: Path) -> object:
    """The values of the file.

    Raises:
        Unreadable: It is no YAML, or names something twice.
    """
    if file.stat().st_size > MOST_BYTES:
        raise Unreadable(1, f"the file is larger than {MOST_BYTES // 1000} kB")
    text = file.read_text("utf-8-sig")
    if not text.strip():
        raise Unreadable(1, "the file is empty")
    tree = read_tree(text)
    for problem in tree.problems:
        raise Unreadable(
            problem.line or tree.line(problem.path), f"{problem.path[-1] if problem.path else ''} {problem.text}"
        )
    return tree.data
