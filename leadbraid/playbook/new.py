"""What `leadbraid playbook new` writes: the smallest playbook worth having, commented. The rest has defaults."""

from __future__ import annotations

from pathlib import Path

NEW_PLAYBOOK = (Path(__file__).parent / "new.yaml").read_text("utf-8")
