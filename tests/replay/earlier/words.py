"""The same person writes again while a lead is open: the newer enquiry hands its words over and ends `attached`.

The open lead answers whether it took them. An enquiry that gets no answer, or a no, is a lead of its own, so nothing
that a person wrote is lost between two leads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.local import LocalActivities
    from leadbraid.engine.attributes import LEAD_CONTACT
    from leadbraid.models import LeadStart, NewWords, RelatedTask, State, Taken
    from leadbraid.models.lead import MESSAGE_LIMIT, STAMP

from workflows.policies import ENQUIRY_ANSWER, LOCAL, WORDS_KEPT

TAKES_WORDS = (
    State.WORKING,
    State.CHANGES_REQUESTED,
    State.IN_REVIEW,
    State.SNOOZED,
    State.HELD,
    State.EXPIRED,
)
"""Afterwards the reply may be out already, and what was written is about something else."""


class Words:
    """What the person wrote since the lead came in."""

    def __init__(self, start: LeadStart) -> None:
        self._start = start
        self._new: list[NewWords] = []
        self._answer: Taken | None = None
        self._asked = ""
        self._leaving = start.carried is None
        self._length = len(start.lead.message)
        self.heard: list[NewWords] = list(start.carried.words) if start.carried else []

    @property
    def contact(self) -> str:
        """The keyed hash of the person's address; empty where the lead came in without one."""
        found = workflow.info().typed_search_attributes.get(LEAD_CONTACT) or ()
        return next((one for one in found if one.startswith("a:")), "")

    # --- this lead is the newer one --------------------------------------------------------------------------------

    async def hand_over(self) -> str:
        """Give the words to the open lead of the same person. Returns its id; empty where this is a lead of its own."""
        try:
            older = await self._open_lead()
            return older if older and await self._given_to(older) else ""
        finally:
            self._leaving = False

    async def _open_lead(self) -> str:
        if not self.contact:
            return ""
        task = RelatedTask(
            lead_id=self._start.lead_id, contact=self.contact, started_at=workflow.info().workflow_start_time
        )
        try:
            return await workflow.execute_local_activity_method(
                LocalActivities.related, task, summary="Does the same person have an open lead?", **LOCAL
            )
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            # Temporal's list does not answer: better two leads than none.
            return ""

    async def _given_to(self, older: str) -> bool:
        words = NewWords(lead_id=self._start.lead_id, at=workflow.now(), message=self._start.lead.message)
        self._asked = older
        try:
            await workflow.get_external_workflow_handle(older).signal("enquiry", words)
            await workflow.wait_condition(
                lambda: self._answer is not None,
                timeout=ENQUIRY_ANSWER,
                timeout_summary="the open lead takes the words in",
            )
        except (FailureError, TimeoutError) as error:
            if isinstance(error, FailureError) and is_cancelled_exception(error):
                raise
            return False
        return self._answer is not None and self._answer.taken

    def answered(self, args: Sequence[Any]) -> None:
        """The open lead's answer came."""
        answer = Taken.model_validate(args[0])
        if self._asked and answer.lead_id == self._asked:
            self._answer = answer

    # --- this lead is the older one --------------------------------------------------------------------------------

    async def offered(self, args: Sequence[Any], state: Callable[[], State | None]) -> None:
        """Take words in where the lead still can, and say whether it did. ``state`` tells None where it has ended.

        Raises:
            ValueError: It is no enquiry.
            IndexError: Nothing came.
        """
        words = NewWords.model_validate(args[0])
        # While this lead may itself end as attached to an older one, nothing can be promised.
        await workflow.wait_condition(lambda: not self._leaving)
        known = any((one.lead_id, one.message) == (words.lead_id, words.message) for one in (*self.heard, *self._new))
        taken = known or (state() in TAKES_WORDS and self._fits(words))
        if taken and not known:
            self._new.append(words)
            self._length += len(words.message) + STAMP
        try:
            answer = Taken(lead_id=self._start.lead_id, taken=taken)
            await workflow.get_external_workflow_handle(words.lead_id).signal("enquiry_taken", answer)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("enquiry_not_answered", extra={"reason": error.message})

    def _fits(self, words: NewWords) -> bool:
        count = len(self.heard) + len(self._new)
        return count < WORDS_KEPT and self._length + len(words.message) + STAMP <= MESSAGE_LIMIT

    @property
    def new(self) -> bool:
        """Whether words wait to be taken in."""
        return bool(self._new)

    def take(self) -> tuple[NewWords, ...]:
        """The words that nobody has seen yet."""
        taken, self._new = tuple(self._new), []
        self.heard += taken
        return taken
