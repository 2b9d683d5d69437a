"""Past tasks with the size of their changes."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.errors import ModelError
from taskpar_ml.estimators.effort_terms import EffortText
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording
from taskpar_ml.training.effort import trained_effort
from taskpar_ml.training.effort_rows import EffortRows
from tests.support.histories import History


@pytest.fixture
def history(tmp_path):
    made = History(tmp_path / "repo")
    made.commit("Start (#1)", {"a.py": "".join(f"{n}\n" for n in range(100))})
    made.commit("Add `b.py` for tests (#2)\n\nOne line in b.py.", {"b.py": "1\n"})
    made.commit("Shorten (#3)", {"a.py": "0\n1\n"})
    made.commit("Rename nothing (#4)", {"b.py": "2\n"})
    return made


def gathered(history, tasks=10):
    landings = landings_until(history.place, "HEAD", limit=100).landings
    return EffortRows.gathered(history.place, landings, tasks=tasks)


def test_every_task_is_told_in_every_wording_with_its_lines(history):
    rows = gathered(history)
    assert rows.lines.tolist() == [100, 1, 98, 2]
    assert rows.count == 4
    assert [rows.texts[wording][1] for wording in Wording] == [
        EffortText("Add `b.py` for tests"),
        EffortText("Add `b.py` for tests", "One line in b.py."),
        EffortText("Add for tests", "One line in"),
    ]


def test_the_newest_tasks_are_looked_at(history):
    assert gathered(history, tasks=2).lines.tolist() == [98, 2]


def test_sizes_are_over_the_median_of_the_first_tasks_and_later_ones_change_nothing(history):
    rows = gathered(history)
    first = rows.lesson(first=2)
    assert first.log_sizes.tolist() == pytest.approx(np.log([10, 0.1] * 3).tolist())
    assert [text.title for text in first.texts[:2]] == ["Start", "Add `b.py` for tests"]
    assert rows.log_sizes(first=2)[2] == pytest.approx(np.log(9.8))
    assert np.median(rows.log_sizes()) == pytest.approx(0)


def test_a_history_without_tasks_teaches_nothing(tmp_path):
    rows = EffortRows.gathered(tmp_path, [], tasks=10)
    assert rows.count == 0
    assert rows.log_sizes().size == 0
    with pytest.raises(ModelError, match="no task"):
        trained_effort("any", {"a/b": rows}, commits={})
