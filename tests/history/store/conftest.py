"""Stores of both kinds, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from tests.support.stores import KINDS, new_store


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return where a store without histories is."""
    return new_store(request, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[HistoryStore]:
    """Return an open store without histories."""
    with HistoryStore.open(url) as opened:
        yield opened


@pytest.fixture
def shop(store: HistoryStore) -> RepoHistory:
    """Return an empty history."""
    return store.history("shop", create=True)
