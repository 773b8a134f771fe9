"""A playbook as YAML again, every default filled in."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

from leadbraid.models.playbook import Playbook
from leadbraid.plan import SHIPPED
from leadbraid.playbook.tree import plain_value


def show_effective(playbook: Playbook) -> str:
    """``playbook`` with its defaults, as YAML that gives the same digest when it is read back."""
    values = playbook.model_dump(mode="json", exclude_none=True)
    if SHIPPED.get(playbook.stream_plan.name) == playbook.stream_plan:
        values["stream_plan"] = playbook.stream_plan.name
    out = io.StringIO()
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 100
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(_styled(values), out)
    return out.getvalue()


def _styled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _styled(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_styled(entry) for entry in value]
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    """Lines as a block where a block keeps every character, else in quotes where plain text would be misread."""
    if text.isprintable() and text == text.strip() and isinstance(plain_value(text), str):
        return text
    kind: type[str] = LiteralScalarString if _is_block(text) else DoubleQuotedScalarString
    return kind(text)


def _is_block(text: str) -> bool:
    lines = text.split("\n")
    tidy = all(line.isprintable() and line == line.rstrip() for line in lines)
    return len(lines) > 1 and tidy and bool(lines[0]) and not lines[0].startswith(" ")
