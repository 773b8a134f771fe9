"""Whether a decision's signature is valid, told by the keyring of the worker."""

from __future__ import annotations

from pathlib import Path

from temporalio import activity
from temporalio.exceptions import ApplicationError

from leadbraid.errors import KeyringError
from leadbraid.models import Checked, VerifyTask
from leadbraid.signing import check, read_keyring


class SigningActivities:
    """Given the file of the keyring."""

    def __init__(self, keyring: Path) -> None:
        self._keyring = keyring

    @activity.defn(name="verify_decision")
    def verify_decision(self, task: VerifyTask) -> Checked:
        """Check a decision against the keyring as it is now, for the run that asks.

        The run is the activity's own. A reset lead replays old signals in a new run, where their signatures no longer
        match: what was signed for one text never counts for another.

        Raises:
            ApplicationError: ``KeyringUnusable``: another try may find the keyring mended.
        """
        run = activity.info().workflow_run_id
        assert run is not None, "only a workflow's activity has a run to verify for"
        try:
            keyring = read_keyring(self._keyring)
        except KeyringError as error:
            raise ApplicationError(str(error), type="KeyringUnusable") from None
        return check(task.decision, task.lead_id, run, keyring)
