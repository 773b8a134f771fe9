"""What a notice says, on each channel. Pure; the assignee's handle may be a stranger's text and is treated so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from leadbraid.models import NoticeTask
from leadbraid.models.visible import one_line

LEAD_IN_LINK = "{lead}"
_CHAT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "＠", "[": "(", "]": ")", "`": "'"})
"""A chat must neither call a whole channel (`@all`, `<!channel>`) nor show a link under another name."""


def link_of(task: NoticeTask, template: str) -> str:
    """Where the lead can be looked at; empty where no link is set."""
    return template.replace(LEAD_IN_LINK, quote(task.lead_id, safe=""))


def subject(task: NoticeTask) -> str:
    """Of the e-mail. Holds no text that somebody typed."""
    return f"{task.kind.label}: {task.lead_id}"


def letter(task: NoticeTask, link: str) -> str:
    """The text of the e-mail."""
    facts = [("Lead", task.lead_id), ("Due", _due(task)), ("Assigned", one_line(task.assignee, 100) or "to nobody yet")]
    lines = [one_line(task.ask), "", *(f"{name:<10}{value}" for name, value in facts if value)]
    return "\n".join([*lines, "", link or f"leadbraid show {task.lead_id}", ""])


def chat(task: NoticeTask, link: str) -> str:
    """The text for a chat's incoming webhook."""
    assigned = f"Assigned to {one_line(task.assignee, 100)}." if task.assignee else "Assigned to nobody yet."
    due = f"Due {_due(task)}." if task.due else ""
    words = f"{task.kind.label}: {one_line(task.ask)} {due} {assigned} ({task.lead_id})"
    return f"{' '.join(words.split()).translate(_CHAT)} {link}".strip()


def chat_body(task: NoticeTask, link: str) -> bytes:
    """What Slack, Mattermost and Teams-compatible incoming webhooks take."""
    return _json({"text": chat(task, link)})


def generic_body(task: NoticeTask, link: str, since: datetime) -> bytes:
    """The same facts for programs, in the shape that Standard Webhooks proposes: type, timestamp, data."""
    data = {
        "notice_id": task.notice_id,
        "lead_id": task.lead_id,
        "n": task.n,
        "assignee": task.assignee,
        "ask": task.ask,
        "due": _stamp(task.due) if task.due else None,
        "link": link or None,
    }
    return _json({"type": f"lead.{task.kind.value}", "timestamp": _stamp(since), "data": data})


def _due(task: NoticeTask) -> str:
    return f"{task.due.astimezone(UTC):%a %d %b %Y, %H:%M} UTC" if task.due else ""


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _json(value: dict[str, Any]) -> bytes:
    # ASCII only: what is signed as text and what is sent as bytes cannot differ by an encoding then.
    return json.dumps(value, separators=(",", ":")).encode("ascii")
