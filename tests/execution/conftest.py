"""A repository, and the workshop of a run in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from taskpar_ml.execution.workshop import Workshop
from tests.support.yards import Yard


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    """Return a repository with three files."""
    files = {"a.txt": "a\n", "b.txt": "b\n", "docs/c.md": "# C\n\none\n"}
    return Yard(tmp_path / "shop", files)


@pytest.fixture
def workshop(yard: Yard, tmp_path: Path) -> Workshop:
    """Return a workshop that is prepared at the head of the repository."""
    made = Workshop(tmp_path / "run", "run-1", yard.common)
    made.prepare(yard.base)
    return made
