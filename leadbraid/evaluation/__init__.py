"""The evaluation: labelled leads, worked as any others are, and how much of what came out is right."""
