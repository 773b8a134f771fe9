"""Leadbraid: inbound leads worked in parallel, merged once, sent only by a person."""

__version__ = "0.1.0"
