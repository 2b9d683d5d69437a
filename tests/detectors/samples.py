"""One small file of each kind that detectors read, for what must hold of all of them."""

from __future__ import annotations

from typing import Final

PYTHON: Final = {
    "app/users.py": b"""\
from __future__ import annotations

import os.path
from .models import User as Person

LIMIT = 10


@cached
class Users(Base):
    async def find(self, name: str) -> Person:
        return self.session.query(Person).get(name)
""",
}

SAMPLES: Final[dict[str, bytes]] = {**PYTHON}
"""Path to content."""
