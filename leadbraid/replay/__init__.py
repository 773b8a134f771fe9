"""Histories, exported or live, replayed against the workflow code as it is now: what would break, and where."""
