"""Plans side by side: the same leads worked by each, what that took, what came of it, and whether it is worth it."""
