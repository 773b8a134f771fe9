"""Every workflow type: what a worker runs, and what a replay holds histories against."""

from __future__ import annotations

from workflows.archive import ArchiveClosed
from workflows.delivery import Delivery
from workflows.lead_followup import LeadFollowUp
from workflows.notice import Notice

WORKFLOWS: tuple[type, ...] = (LeadFollowUp, Delivery, Notice, ArchiveClosed)
