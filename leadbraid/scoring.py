"""Score and verdict, from what is known of the ideal-customer criteria. One rule for every provider. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from leadbraid.models import Answer, Verdict
from leadbraid.models.playbook import QualificationRules


def judged(rules: QualificationRules, answers: Mapping[str, Answer]) -> tuple[int, Verdict]:
    """Score (0 to 100) and verdict, of the answers by criterion id; a criterion without one is unknown.

    The score is the weight met, of all weight, rounded half up; the verdict goes by the score as it is shown, and by
    what it would be if all that is unknown were met. A required criterion that is missed decides alone; one that is
    unknown could still do so, which is *unclear*.
    """
    total = sum(one.weight for one in rules.criteria)
    met = sum(one.weight for one in rules.criteria if answers.get(one.id) is Answer.MET)
    missed = sum(one.weight for one in rules.criteria if answers.get(one.id) is Answer.MISSED)
    required = [answers.get(one.id, Answer.UNKNOWN) for one in rules.criteria if one.required]
    score, best = _percent(met, total), _percent(total - missed, total)
    if Answer.MISSED in required or best < rules.qualify_at:
        return score, Verdict.NOT_QUALIFIED
    certain = score >= rules.qualify_at and Answer.UNKNOWN not in required
    return score, Verdict.QUALIFIED if certain else Verdict.UNCLEAR


def _percent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)
