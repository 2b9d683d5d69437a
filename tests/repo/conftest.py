"""Repositories of every kind, made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def project(new_repository: Callable[..., Path]) -> Path:
    """Three commits; the last holds README.md, src/a.py, src/api/b.py and src/api/v1/c.py."""
    return new_repository(
        {"README.md": "one", "old.txt": "old"},
        {"src/a.py": "a = 1\n", "src/api/b.py": "b = 1\n"},
        {"src/api/v1/c.py": "c = 1\n", "README.md": "three"},
    )
