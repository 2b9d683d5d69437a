"""Mining into PostgreSQL comes to what mining into a file comes to."""

from __future__ import annotations

from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from tests.history.mining.conftest import SMALL
from tests.support.mined import content


def test_a_history_is_mined_into_postgresql(postgres, crowded, whole):
    with HistoryStore.open(postgres.emptied()) as store:
        history = store.history("shop", create=True)
        mine(crowded.place, history, recipe=SMALL, workers=2)
        assert content(history) == content(whole)
        assert mine(crowded.place, history, recipe=SMALL).pairs == 0
