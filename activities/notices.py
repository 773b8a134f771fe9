"""Telling staff: `notify` starts the notice's own workflow; the others carry it, one for each channel."""

from __future__ import annotations

from collections.abc import Mapping

from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from leadbraid.engine.names import TASK_QUEUE
from leadbraid.errors import NoticeError
from leadbraid.logs import get_logger
from leadbraid.models import NoticeChannel, NoticeFate, NoticeTask, Told
from leadbraid.notices.channel import Channel

log = get_logger(__name__)


class NoticeActivities:
    """Given the Temporal client and the channels that are on."""

    def __init__(self, client: Client, channels: Mapping[NoticeChannel, Channel]) -> None:
        self._client = client
        self._channels = channels

    @activity.defn(name="notify")
    async def notify(self, task: NoticeTask) -> str:
        """Have staff told, where there is anybody to tell; returns the notice's id, or nothing.

        Doing it again is harmless: one id, one notice.
        """
        if not any(channel.reaches(task) for channel in self._channels.values()):
            return ""
        try:
            await self._client.start_workflow(
                "Notice",
                task,
                id=task.notice_id,
                task_queue=TASK_QUEUE,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                static_summary=f"{task.kind.label}: {task.lead_id}",
            )
        except WorkflowAlreadyStartedError:
            log.info("notice_known", notice_id=task.notice_id)
        return task.notice_id

    @activity.defn(name="send_notice_mail")
    async def send_notice_mail(self, task: NoticeTask) -> Told:
        """By e-mail."""
        return await self._tell(NoticeChannel.MAIL, task)

    @activity.defn(name="send_notice_webhook")
    async def send_notice_webhook(self, task: NoticeTask) -> Told:
        """To the webhook."""
        return await self._tell(NoticeChannel.WEBHOOK, task)

    async def _tell(self, name: NoticeChannel, task: NoticeTask) -> Told:
        channel, info = self._channels.get(name), activity.info()
        if channel is None:
            return Told(channel=name, fate=NoticeFate.OFF)
        try:
            place = await channel.tell(task, since=info.scheduled_time, attempt=info.attempt)
        except NoticeError as error:
            raise _failure(error, name, info.attempt) from None
        fate = NoticeFate.SENT if place else NoticeFate.OFF
        log.info("notice_told", notice_id=task.notice_id, channel=name.value, fate=fate.value)
        return Told(channel=name, fate=fate, note=place[:900], attempts=info.attempt)


def _failure(error: NoticeError, name: NoticeChannel, attempt: int) -> ApplicationError:
    log.warning("notice_failed", channel=name.value, code=error.code, attempt=attempt, retryable=error.retryable)
    return ApplicationError(
        str(error)[:900],
        {"attempt": attempt, "code": error.code},
        type=error.code,
        non_retryable=not error.retryable,
        next_retry_delay=error.retry_after,
    )
