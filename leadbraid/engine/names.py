"""Names that other programs rely on: the task queues, and the deployment."""

TASK_QUEUE = "leadbraid"
"""Workflows and short activities."""

MODELS_TASK_QUEUE = "leadbraid-models"
"""Streams and the judge: calls of a model, which take seconds and cost money."""

COMPARE_TASK_QUEUE = "leadbraid-compare"
"""Runs that compare plans, apart from real leads."""

DEPLOYMENT = "leadbraid"
"""What Temporal's worker versioning calls all builds of ours together."""


def compare_models_queue(run: str, world: str) -> str:
    """Stream calls of one plan in one comparison: only that comparison's own worker takes them."""
    return f"{COMPARE_TASK_QUEUE}-{run}-{world}"
