"""The audit record as a page (HTML) and as text (Markdown), from templates that escape by themselves.

Whatever a template prints is a stranger's until a filter says otherwise: in HTML it is escaped, in Markdown it becomes
a code span or a fenced block, and control and bidirectional characters are written out in both.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from leadbraid.audit.account import Account, who
from leadbraid.audit.schema import AuditRecord
from leadbraid.audit.timeline import Timeline, timeline_of
from leadbraid.audit.timeline_svg import NARROW, WIDE, as_svg
from leadbraid.audit.timeline_text import as_lines
from leadbraid.models.visible import visible

UNIT = timedelta(seconds=1)


def as_html(record: AuditRecord) -> str:
    """A page of its own: no script, nothing loaded from elsewhere, readable in light and dark and on paper."""
    return _HTML.get_template("record.html").render(
        account=Account(record), record=record, timeline=_picture(timeline_of(record))
    )


def _picture(timeline: Timeline) -> Markup:
    """In two widths, of which the page's style shows the one that suits the screen."""
    wide, narrow = (Markup(as_svg(timeline, width)) for width in (WIDE, NARROW))  # noqa: S704 - it escapes
    return Markup('<div class="wide">{}</div><div class="narrow">{}</div>').format(wide, narrow)


def as_markdown(record: AuditRecord) -> str:
    """The same account for a terminal, a ticket or a repository."""
    lines = as_lines(timeline_of(record))
    text = _MARKDOWN.get_template("record.md").render(account=Account(record), record=record, timeline="\n".join(lines))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


# --- filters: what is ours, and how it is written ------------------------------------------------------------------


class _Plain(str):
    """Text of our own making, which needs no guarding."""

    __slots__ = ()


def moment(at: datetime | None) -> _Plain:
    """``2026-11-24 14:39:07.123 UTC``; a dash where there is none."""
    return _Plain(f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d} UTC" if at else "–")


def clock(at: datetime | None) -> _Plain:
    """To the minute."""
    return _Plain(f"{at:%Y-%m-%d %H:%M} UTC" if at else "–")


def span(start: datetime | None, end: datetime | None) -> _Plain:
    """How long something took, in the unit that suits it."""
    if start is None or end is None:
        return _Plain("–")
    seconds = max((end - start) / UNIT, 0.0)
    if seconds < 1:
        return _Plain(f"{seconds * 1000:.0f} ms")
    if seconds < 120:
        return _Plain(f"{seconds:.1f} s")
    if seconds < 7200:
        return _Plain(f"{seconds / 60:.0f} min")
    return _Plain(f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.1f} days")


def words(value: Any) -> _Plain:
    """A value from one of our own lists of names, as people read it: ``changes requested``."""
    found = value.value if isinstance(value, Enum) else str(value)
    return _Plain(found.replace("_", " ") if re.fullmatch(r"[a-z0-9_ -]{0,80}", found) else _span(found))


def short(digest: str) -> _Plain:
    """The beginning of a digest; the whole of it stands elsewhere on the page."""
    found = digest.removeprefix("sha256:")
    return _Plain(f"{found[:12]}…" if re.fullmatch(r"[0-9a-f]{13,}", found) else found or "–")


def pretty(value: Any) -> str:
    """JSON for people."""
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)


# --- Markdown ------------------------------------------------------------------------------------------------------


def _span(text: str) -> str:
    """A code span: nothing in it formats or links (CommonMark 6.1)."""
    flat = " ".join(visible(text, keep="\n").split())
    if not flat:
        return "–"
    ticks = "`" * (_longest_run(flat) + 1)
    pad = " " if "`" in flat else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def _fenced(text: str) -> _Plain:
    """A fenced block, with a fence that nothing in it can close (CommonMark 4.5)."""
    shown = visible(text, keep="\n\t")
    ticks = "`" * max(3, _longest_run(shown) + 1)
    return _Plain(f"{ticks}text\n{shown}\n{ticks}")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _guard_markdown(value: Any) -> Any:
    if isinstance(value, str) and not isinstance(value, _Plain | Enum):
        return _span(value)
    return value.value if isinstance(value, Enum) else value


def _guard_html(value: Any) -> Any:
    if isinstance(value, Markup):
        return value
    found = value.value if isinstance(value, Enum) else value
    return visible(found, keep="\n\t") if isinstance(found, str) else found


def _environment(guard: Callable[[Any], Any], *, html: bool) -> Environment:
    made = Environment(
        loader=PackageLoader("leadbraid.audit"),
        autoescape=html,  # noqa: S701 - Markdown has a guard of its own, in `finalize`
        finalize=guard,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"moment": moment, "clock": clock, "words": words, "short": short, "pretty": pretty, "who": who}
    made.filters |= {"fenced": _fenced, "plain": _Plain}
    made.globals |= {"span": span}
    return made


_HTML = _environment(_guard_html, html=True)
_MARKDOWN = _environment(_guard_markdown, html=False)
