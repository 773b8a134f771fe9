"""What happens to a lead, durably. Deterministic; the world is in ``activities/``."""
