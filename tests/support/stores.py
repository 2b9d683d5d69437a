"""Stores of both kinds for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from taskpar_ml.history.store.history_store import HistoryStore

KINDS: Final = ("sqlite", "postgresql")


def new_store(request: pytest.FixtureRequest, place: Path) -> str:
    """Return where a store without histories is, of the kind that is the fixture's parameter."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").emptied())
    file = place / "store" / "history.sqlite"
    HistoryStore.open(str(file)).close()
    return str(file)
