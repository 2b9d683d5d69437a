"""Opening a store twice in one process takes no lock away from the first time."""

from __future__ import annotations

from taskpar_ml.history.store.history_store import HistoryStore
from tests.support.processes import run_python

_OPEN_AND_CLOSE = """
import sys
from taskpar_ml.history.store.history_store import HistoryStore
with HistoryStore.open(sys.argv[1]) as store:
    store.histories()
"""


def test_a_store_that_is_opened_again_keeps_its_locks(tmp_path):
    """Else the last other process to close the file takes the log away from under its feet."""
    place = str(tmp_path / "s.sqlite")
    with HistoryStore.open(place) as first:
        first.history("shop", create=True)
        for _ in range(2):
            HistoryStore.open(place).close()
        run_python(_OPEN_AND_CLOSE, place)
        assert (tmp_path / "s.sqlite-wal").exists()
        first.history("garden", create=True)
        assert [each.name for each in first.histories()] == ["garden", "shop"]
    with HistoryStore.open(place) as again:
        assert [each.name for each in again.histories()] == ["garden", "shop"]
