"""A history to grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.histories import History


@pytest.fixture
def history(tmp_path: Path) -> History:
    """Return an empty repository."""
    return History(tmp_path / "history.git")
