"""Which people have approved exactly the same: several may have to, and they must be different ones."""

from __future__ import annotations

import unicodedata

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from leadbraid.models import Approved, Brief, Decision
    from leadbraid.models.playbook import Approvals as Policy

from workflows.refused import Refused


class Approvals:
    """Who has approved what so far. Another version, text or step begins anew."""

    def __init__(self, approved: Approved | None = None, by: tuple[str, ...] = ()) -> None:
        self.approved = approved
        self.by = by
        """The people, in the order in which they approved."""

    def clear(self) -> None:
        """Nobody has approved anything."""
        self.approved, self.by = None, ()

    def check_words(self, decision: Decision, seen: Brief, policy: Policy) -> None:
        """Whether this person may approve words that they may have written.

        Raises:
            Refused: They wrote them, and the policy wants another person.
        """
        own = seen.edited_by and same(seen.edited_by) == same(decision.reviewer)
        if policy.not_last_editor and not decision.edited and own:
            raise Refused("own_words", f"{seen.edited_by} wrote this reply; another person must approve it.")

    def check_person(self, decision: Decision, approved: Approved) -> None:
        """Whether this is another person than those who have approved exactly this.

        Raises:
            Refused: They have approved it already.
        """
        if self.approved == approved and same(decision.reviewer) in {same(one) for one in self.by}:
            raise Refused("already_approved", f"{decision.reviewer} has approved this; another person must, too.")

    def add(self, decision: Decision, approved: Approved, policy: Policy) -> int:
        """Count it. Returns how many people have approved exactly this.

        Who writes the words and approves them at once is none of them where the policy wants other people.
        """
        if approved != self.approved:
            self.approved, self.by = approved, ()
        if not (decision.edited and policy.not_last_editor):
            self.by = (*self.by, decision.reviewer)
        return len(self.by)


def same(name: str) -> str:
    """The form in which two names are the same person: case, blanks and invisible characters make no other one."""
    shown = "".join(char for char in unicodedata.normalize("NFKC", name) if unicodedata.category(char) != "Cf")
    return " ".join(shown.split()).casefold()
