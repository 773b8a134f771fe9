"""Names that other programs rely on."""

TASK_QUEUE = "leadbraid"
"""Workflows and short activities."""
MODELS_TASK_QUEUE = "leadbraid-models"
"""The streams: whatever may call a model."""
COMPARE_TASK_QUEUE = "leadbraid-compare"
"""Runs of the same lead under several plans."""
