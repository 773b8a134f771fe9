"""Telling staff that a lead needs them: what a notice says, who gets it, and the channels that carry it."""
