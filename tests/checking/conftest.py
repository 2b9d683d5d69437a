"""A repository with branches that clash."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.merging import LONG, changed

Git = Callable[..., str]


@pytest.fixture
def branches(new_repository: Callable[..., Path], git: Git) -> Path:
    """Branches one, two and three: one and two in the same line, three in another."""
    root = new_repository({"f": LONG, "g": "g\n"})
    for name, line in (("one", 3), ("two", 3), ("three", 12)):
        git(root, "checkout", "-q", "-b", name, "main")
        (root / "f").write_text(changed(LONG, line, name))
        git(root, "commit", "-q", "-a", "-m", name)
    git(root, "checkout", "-q", "main")
    return root
