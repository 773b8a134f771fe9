"""Text that gives orders to its reader: what is looked for (``orders``, ``forms``), and where it may hide."""

from __future__ import annotations

from leadbraid.conflicts.injection.rule import injection_suspected, instructs

__all__ = ["injection_suspected", "instructs"]
