"""The channels that the settings switch on."""

from __future__ import annotations

from collections.abc import Mapping

from leadbraid.mail.outbox import OutboxFolder
from leadbraid.models import NoticeChannel
from leadbraid.notices.channel import Channel
from leadbraid.notices.mail import MailChannel
from leadbraid.notices.staff import checked_address, read_staff
from leadbraid.notices.webhook import WebhookChannel, read_key
from leadbraid.settings import Settings


def make_channels(settings: Settings) -> Mapping[NoticeChannel, Channel]:
    """The channels that are on; checks all that they need.

    Raises:
        SettingsError: The staff file, an address or the webhook's key cannot be used; says what to do.
    """
    found: dict[NoticeChannel, Channel] = {}
    if settings.staff or settings.notices_to:
        found[NoticeChannel.MAIL] = _mail(settings)
    if settings.webhook_url:
        key = read_key(settings.webhook_key(), settings.webhook_key_variable)
        found[NoticeChannel.WEBHOOK] = WebhookChannel(
            settings.webhook_url, key, body=settings.webhook_body, link=settings.link
        )
    return found


def _mail(settings: Settings) -> Channel:
    read_staff(settings.staff)
    fallback = checked_address(settings.notices_to, "LEADBRAID_NOTICES_TO") if settings.notices_to else ""
    return MailChannel(
        # A folder of their own: whoever sends what lies in the outbox must not take a notice for a reply.
        OutboxFolder(settings.outbox_folder / "notices"),
        sender=settings.mail_from,
        staff=settings.staff,
        fallback=fallback,
        link=settings.link,
    )
