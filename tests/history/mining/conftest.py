"""A crowded history, and stores to mine it into."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.store.repo_history import RepoHistory
from tests.support.histories import History
from tests.support.mined import grow_crowded

SMALL = MiningRecipe(window=5, memory_only=10)


@pytest.fixture(scope="session")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Return a history of 130 landings; do not change it."""
    return grow_crowded(tmp_path_factory.mktemp("crowded") / "shop.git", landings=130)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[HistoryStore]:
    """Return an empty store."""
    with HistoryStore.open(str(tmp_path / "store.sqlite")) as opened:
        yield opened


@pytest.fixture
def mined(store: HistoryStore) -> Callable[..., RepoHistory]:
    """Mine a repository into a history of the store, by default a new one."""

    def run(repo: Path, *, name: str = "shop", **options: object) -> RepoHistory:
        history = store.history(name, create=True)
        mine(repo, history, **{"recipe": SMALL, **options})
        return history

    return run


@pytest.fixture(scope="session")
def whole(crowded: History, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RepoHistory]:
    """Return the crowded history mined at once."""
    place = tmp_path_factory.mktemp("whole") / "store.sqlite"
    with HistoryStore.open(str(place)) as opened:
        history = opened.history("shop", create=True)
        mine(crowded.place, history, recipe=SMALL)
        yield history
