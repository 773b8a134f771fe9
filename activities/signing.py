"""stub until merge"""

from temporalio import activity

from leadbraid.models import Checked, VerifyTask


class SigningActivities:
    @activity.defn(name="verify_decision")
    def verify_decision(self, task: VerifyTask) -> Checked:
        return Checked(valid=False, reason="not yet")
