"""What the words of an order to a reader are about. ``vocabulary/`` says how each language puts it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, auto


class Concept(StrEnum):
    """A meaning that a word or a phrase can carry."""

    # --- forget what you were told ---
    FORGET = auto()
    RULES = auto()
    TOLD = auto()
    EARLIER = auto()
    YOURS = auto()
    VOID = auto()
    ALTER = auto()
    OUR_RULES = auto()
    OWN_MAIL = auto()
    OBEY = auto()
    ONLY = auto()
    THIS_TEXT = auto()
    # --- be somebody else ---
    ROLE = auto()
    MACHINE = auto()
    FREE = auto()
    STAFF = auto()
    AUTHORITY = auto()
    DISABLE = auto()
    CHECKS = auto()
    # --- judge us well ---
    RATE = auto()
    RATED = auto()
    LEAD = auto()
    SCORE = auto()
    TOP = auto()
    GOOD = auto()
    CRITERIA = auto()
    REGARDLESS = auto()
    MUST = auto()
    RECOMMEND = auto()
    # --- nobody need look ---
    APPROVE = auto()
    APPROVED = auto()
    SKIP = auto()
    JUMP = auto()
    DONE = auto()
    REVIEW = auto()
    HIDE = auto()
    MENTION = auto()
    NOT = auto()
    TELL = auto()
    TELL_NOT = auto()
    WATCHER = auto()
    PRETEND = auto()
    RISK = auto()
    LOW = auto()
    # --- let something out, or in ---
    CHANGE = auto()
    RECIPIENT = auto()
    SEND = auto()
    INTERNAL = auto()
    REVEAL = auto()
    SECRET = auto()
    INSERT = auto()
    REPLY = auto()
    VERBATIM = auto()
    PROMISE = auto()
    FETCH = auto()
    LINK = auto()
    RUN = auto()
    TOOL = auto()
    ANSWER = auto()
    ONE_WORD = auto()
    # --- to whom it is said ---
    TO_WHOM = auto()
    DEAR = auto()
    IF_YOU_ARE = auto()
    ROBOT = auto()
    READS = auto()
    ACT = auto()
    # --- who is not ordered ---
    SELF = auto()
    HARMLESS = auto()


Words = Mapping[Concept, str]
"""Phrases by concept, with ``|`` between them; ``*`` stands for any rest of a word. Case and accents do not count."""
