"""The seam to whoever does the work of the streams: one protocol, several providers."""
