"""What a model is asked: the instructions, the data set apart from them, and the form of the answer.

Instructions are the stream's text in ``prompts/`` and the playbook's rules. All that somebody else wrote is data: it
goes into sections between lines that hold a boundary which is made anew for each call and which no writer can know.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from leadbraid.models import (
    Answer,
    CommitmentKind,
    CompanyNote,
    Criterion,
    Draft,
    DraftingTask,
    FitRiskTask,
    Lead,
    QualificationTask,
    Quote,
    ResearchTask,
    Stream,
    StreamTask,
    Tone,
    digest,
)
