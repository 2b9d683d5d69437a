"""Tasks to make."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.items import Tasks


@pytest.fixture
def tasks(tmp_path: Path) -> Tasks:
    """Return a repository in which tasks are made."""
    return Tasks(tmp_path)
