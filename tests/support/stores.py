"""Stores of both kinds for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.schema import KNOWN_VERSIONS
from taskpar_ml.history.store.tables import VERSION_TABLE

KINDS: Final = ("sqlite", "postgresql")
_MADE_BY: Final = {
    "0002": ("answers", "trials"),
    "0003": ("shadows", "predictions"),
    "0004": ("growth", "banks"),
    "0005": ("run_steps", "runs"),
}
"""Tables that each version of the store added, those first that name others."""


def new_store(request: pytest.FixtureRequest, place: Path) -> str:
    """Return where a store without histories is, of the kind that is the fixture's parameter."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres").emptied())
    file = place / "store" / "history.sqlite"
    HistoryStore.open(str(file)).close()
    return str(file)


def take_back(store: HistoryStore, version: str) -> None:
    """Make a store one of an older version."""
    assert {"0001", *_MADE_BY} == {*KNOWN_VERSIONS}
    with store._database.writing() as connection:
        for later, names in sorted(_MADE_BY.items(), reverse=True):
            for name in names if later > version else ():
                connection.execute(text(f"DROP TABLE taskpar_{name}"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'"))
