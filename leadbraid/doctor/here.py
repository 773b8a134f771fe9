"""What can be told without Temporal: the settings of this machine and the files they name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from leadbraid.doctor.check import Check, from_error, ok, warning, wrong
from leadbraid.errors import LeadbraidError, PlaybookError
from leadbraid.llm import make_provider
from leadbraid.llm.openai.prompts import Prompts
from leadbraid.notices.configured import make_channels
from leadbraid.notices.staff import read_staff
from leadbraid.playbook import check_playbook
from leadbraid.settings import PREFIX, ProviderName, Settings
from leadbraid.sources.folder import opened_folder
from leadbraid.sources.suppression import read_suppressed


def examine_here(settings: Settings) -> list[Check]:
    """Every check of this machine. Each stands for itself: one that goes wrong stops no other."""
    return [_guarded(what, look, settings) for what, look in _LOOKS.items()]


def _guarded(what: str, look: Callable[[str, Settings], Check], settings: Settings) -> Check:
    try:
        return look(what, settings)
    except LeadbraidError as error:
        return from_error(what, error)


def _settings(what: str, settings: Settings) -> Check:
    """Names only: a value may be a secret."""
    names = sorted(_variable(name) for name in settings.model_fields_set)
    return ok(what, f"set: {', '.join(names)}" if names else "all as they come")


def _variable(field: str) -> str:
    return field.upper() if field == "openai_api_key" else f"{PREFIX}{field.upper()}"


def _playbook(what: str, settings: Settings) -> Check:
    path = settings.playbook
    try:
        checked = check_playbook(path)
    except PlaybookError as error:
        more = f" (and {len(error.findings) - 1} more)" if len(error.findings) > 1 else ""
        return wrong(what, f"{error.findings[0]}{more}", f"see `leadbraid playbook check {path}`")
    name = f"{checked.playbook.name}, plan {checked.playbook.stream_plan.name} ({path})"
    if checked.warnings:
        return warning(
            what,
            f"{name}: {len(checked.warnings)} worth a second look, first: {checked.warnings[0].problem}",
            f"see `leadbraid playbook check {path}`",
        )
    return ok(what, name)


def _provider(what: str, settings: Settings) -> Check:
    make_provider(settings)
    if settings.provider is ProviderName.RULES:
        return ok(what, "rules: works offline, no model is asked")
    key = "set" if settings.openai_api_key else "not set"
    where = "another server (LEADBRAID_LLM_BASE_URL)" if settings.llm_base_url else "the default server"
    own = sorted(Prompts.load(settings.llm_prompts).replaced)
    prompts = f"own prompts for {', '.join(own)}" if own else "prompts as they come"
    api = f"{settings.llm_api.value} API"
    return ok(what, f"openai: model {settings.llm_model} at {where}, {api}, key {key}, {prompts}")


def _documents(what: str, settings: Settings) -> Check:
    if settings.documents is None:
        return ok(what, "off: research has the lead's own words only")
    with opened_folder(settings.documents) as folder:
        return ok(what, f"{len(folder.names())} files in {settings.documents}")


def _suppression(what: str, settings: Settings) -> Check:
    if settings.suppression is None:
        return ok(what, "off: no list of people who must not be written to")
    entries = len(read_suppressed(settings.suppression))
    if not entries:
        return warning(what, f"{settings.suppression} is empty", "see that it is the right file")
    return ok(what, f"{entries} entries in {settings.suppression}")


def _outbox(what: str, settings: Settings) -> Check:
    folder = settings.outbox_folder
    if reason := _not_writable(folder):
        return wrong(
            what, f"the outbox folder {folder} {reason}", "set LEADBRAID_OUTBOX to a folder that can be written"
        )
    if settings.mail_from == type(settings).model_fields["mail_from"].default:
        return warning(
            what, f"replies would come from {settings.mail_from}", "set LEADBRAID_MAIL_FROM where you submit"
        )
    return ok(what, f"replies from {settings.mail_from} are written to {folder}")


def _archive(what: str, settings: Settings) -> Check:
    folder = settings.archive_folder
    if reason := _not_writable(folder):
        return wrong(what, f"the archive {folder} {reason}", "set LEADBRAID_ARCHIVE to a folder that can be written")
    return ok(what, f"bundles of closed leads are kept in {folder}")


def _not_writable(folder: Path) -> str:
    """It is made when it is first needed, so the nearest folder that is there counts."""
    there = next((path for path in (folder, *folder.absolute().parents) if path.exists()), Path("/"))
    if not there.is_dir():
        return f"cannot be made: {there} is a file"
    return "" if os.access(there, os.W_OK | os.X_OK) else "cannot be written"


def _notices(what: str, settings: Settings) -> Check:
    if not settings.notices:
        return ok(what, "off: staff are not told that leads wait (docs/notices.md)")
    make_channels(settings)
    ways = [_mail(settings), _webhook(settings), "with a link" if settings.link else "no link (LEADBRAID_LINK)"]
    return ok(what, "; ".join(way for way in ways if way))


def _mail(settings: Settings) -> str:
    if not (settings.staff or settings.notices_to):
        return ""
    common = "and the common address" if settings.notices_to else "but no LEADBRAID_NOTICES_TO for unassigned leads"
    return f"mail to those of the staff file ({len(read_staff(settings.staff))}), {common}"


def _webhook(settings: Settings) -> str:
    """The host only: what follows it may be a secret."""
    if settings.webhook_url is None:
        return ""
    host = urlsplit(settings.webhook_url.get_secret_value()).hostname
    return f"webhook at {host}, {settings.webhook_body.value}, signed"


_LOOKS: dict[str, Callable[[str, Settings], Check]] = {
    "settings": _settings,
    "playbook": _playbook,
    "provider": _provider,
    "documents": _documents,
    "suppression": _suppression,
    "outbox": _outbox,
    "archive folder": _archive,
    "notices": _notices,
}
