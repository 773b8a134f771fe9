"""The forms in which an account is written."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from leadbraid.audit.pages import as_html, as_markdown
from leadbraid.audit.schema import AuditRecord


class Format(StrEnum):
    """How the account is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"

    @property
    def ending(self) -> str:
        """Of a file with it."""
        return ".md" if self is Format.MARKDOWN else f".{self.value}"


def rendered(record: AuditRecord, form: Format) -> bytes:
    """The account in that form."""
    match form:
        case Format.JSON:
            return record.to_json()
        case Format.HTML:
            return as_html(record).encode()
        case Format.MARKDOWN:
            return as_markdown(record).encode()
        case _:
            assert_never(form)
