"""Notice: one message to staff, tried for a day on each channel, so that retries cost the lead nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, RetryState, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.notices import NoticeActivities
    from leadbraid.models import NoticeChannel, NoticeFate, NoticeResult, NoticeTask, Told

from workflows.policies import NOTICE

_ACTIVITIES: dict[NoticeChannel, Callable[[NoticeActivities, NoticeTask], Awaitable[Told]]] = {
    NoticeChannel.MAIL: NoticeActivities.send_notice_mail,
    NoticeChannel.WEBHOOK: NoticeActivities.send_notice_webhook,
}


@workflow.defn(name="Notice")
class Notice:
    """Tells staff on every channel; a channel that fails never stops another."""

    @workflow.init
    def __init__(self, task: NoticeTask) -> None:
        self._task = task
        self._told: dict[NoticeChannel, Told] = {}

    @workflow.run
    async def run(self, task: NoticeTask) -> NoticeResult:  # noqa: ARG002 - kept by `workflow.init`
        """Tell all channels at the same time; ends when each has told it or given up."""
        self._show()
        told = await asyncio.gather(*(self._tell(channel) for channel in NoticeChannel))
        result = NoticeResult(told=tuple(told))
        if result.gave_up:
            # The list of workflows shows a memo, not a result: this is how `leadbraid doctor` finds it.
            workflow.upsert_memo({"gave_up": ", ".join(one.channel.value for one in result.gave_up)})
        return result

    async def _tell(self, channel: NoticeChannel) -> Told:
        try:
            told = await workflow.execute_activity_method(
                _ACTIVITIES[channel],
                self._task,
                activity_id=channel.value,
                summary=f"Tell staff by {channel.value}",
                **NOTICE,
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            told = _given_up(channel, error)
        self._told[channel] = told
        self._show()
        return told

    def _show(self) -> None:
        lines = [f"- {channel.value}: {self._words(channel)}" for channel in NoticeChannel]
        title = f"{self._task.kind.label}: `{self._task.lead_id}`"
        workflow.set_current_details("\n".join([title, "", *lines]))

    def _words(self, channel: NoticeChannel) -> str:
        told = self._told.get(channel)
        if told is None:
            return "being told (pending activities show the attempts)"
        return {
            NoticeFate.SENT: "told",
            NoticeFate.OFF: "nobody to tell here",
            NoticeFate.FAILED: f"gave up: {told.note}",
        }[told.fate]


def _given_up(channel: NoticeChannel, error: ActivityError) -> Told:
    """With the words and the number of the last attempt, where it left any."""
    last = _last_attempt(error)
    words = last.message if last else str(error.cause or error)
    if error.retry_state is RetryState.TIMEOUT:
        words = f"tried for a day, last: {words}"
    details = last.details if isinstance(last, ApplicationError) else ()
    attempts = int(details[0]["attempt"]) if details else 0
    return Told(channel=channel, fate=NoticeFate.FAILED, note=words[:900], attempts=attempts)


def _last_attempt(error: ActivityError) -> FailureError | None:
    """A time-out of all attempts together has the last one's failure as its cause."""
    cause = error.cause
    inner = cause.__cause__ if cause else None
    if isinstance(inner, ApplicationError):
        return inner
    return cause if isinstance(cause, FailureError) else None
