"""Temporal for this project: names, connection, search attributes, the embedded server."""
