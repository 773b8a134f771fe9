"""stub until merge"""

from temporalio import activity

from leadbraid.models import NoticeTask


class NoticeActivities:
    @activity.defn(name="notify")
    async def notify(self, task: NoticeTask) -> str:
        return ""
