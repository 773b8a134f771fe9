"""Names that other programs rely on: the task queues, and the deployment."""

TASK_QUEUE = "leadbraid"
"""Workflows and short activities."""

MODELS_TASK_QUEUE = "leadbraid-models"
"""Streams and the judge: calls of a model, which take seconds and cost money."""

COMPARE_TASK_QUEUE = "leadbraid-compare"
"""Runs that compare plans, apart from real leads."""

DEPLOYMENT = "leadbraid"
"""What Temporal's worker versioning calls all builds of ours together."""
