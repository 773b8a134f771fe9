"""Temporal for this project: names, search attributes, connection, embedded server."""
