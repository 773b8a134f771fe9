"""The playbook that new leads are worked by, for a lead that is to go on by it."""

from __future__ import annotations

from collections.abc import Callable

from temporalio import activity
from temporalio.exceptions import ApplicationError

from leadbraid.errors import PlaybookError
from leadbraid.models import CurrentPlaybook, Playbook, model_digest


class PlaybookActivities:
    """Given what reads the playbook's file."""

    def __init__(self, load: Callable[[], Playbook]) -> None:
        self._load = load

    @activity.defn(name="current_playbook")
    def current_playbook(self) -> CurrentPlaybook:
        """Read it as it is now.

        Raises:
            ApplicationError: ``bad_playbook``, with the first finding; trying again does not help.
        """
        try:
            found = self._load()
        except PlaybookError as error:
            first = str(error).splitlines()[0]
            raise ApplicationError(first[:900], type=error.code, non_retryable=True) from None
        return CurrentPlaybook(playbook=found, digest=model_digest(found))
