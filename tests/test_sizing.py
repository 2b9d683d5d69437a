"""What speaks for how long tasks take, and what is said where nothing can."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.task import Task
from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators import shipped
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS, EffortText, effort_columns
from taskpar_ml.estimators.model_folder import save_model
from taskpar_ml.history.recorded_durations import RecordedDuration
from taskpar_ml.planner.durations import estimated_durations
from taskpar_ml.sizing import SizedTasks, sized_tasks
from tests.support.models import tiny_model

TASKS = [Task(id="a", title="Fix a typo"), Task(id="b", title="Rewrite the engine")]


@pytest.fixture
def folder(tmp_path):
    weights = np.zeros(COLUMNS)
    typo, engine = (effort_columns([EffortText(each.title)]) for each in TASKS)
    weights[engine.indices[0]], weights[typo.indices[0]] = 2.0, -2.0
    save_model(tiny_model(EffortModel("made-1", weights, 0.0, 1.2, {})), tmp_path)
    return tmp_path


def test_the_shipped_model_is_there_and_tells_small_from_large():
    found = sized_tasks(TASKS)
    assert not found.notices
    assert found.recorded is None
    assert found.predicted.expected["a"] < found.predicted.expected["b"]


def test_recorded_tasks_give_seconds(folder):
    past = [
        RecordedDuration("x", 300, "Fix a typo"),
        RecordedDuration("y", 900, "Rewrite the engine"),
    ]
    found = sized_tasks(TASKS, past=past, model=folder)
    assert 200 < found.recorded.expected["a"] < 450 < found.recorded.expected["b"] < 1_200
    merged = estimated_durations(TASKS, recorded=found.recorded, predicted=found.predicted)
    assert merged.unit.value == "recorded"
    assert merged.expected == pytest.approx(dict(found.recorded.expected))


def test_a_recorded_task_counts_with_the_text_of_the_file(folder):
    past = [RecordedDuration("b", 900)]
    found = sized_tasks(TASKS, past=past, model=folder)
    assert found.recorded.expected["b"] == pytest.approx(900)
    assert sized_tasks(TASKS, past=[RecordedDuration("z", 900)], model=folder).recorded is None


def test_no_tasks_are_no_trouble(folder):
    found = sized_tasks([], past=[RecordedDuration("b", 900, "x")], model=folder)
    assert dict(found.predicted.expected) == {}


@pytest.mark.parametrize("harm", ["missing", "broken"])
@pytest.mark.parametrize("which", ["model", "effort"])
def test_where_the_shipped_model_cannot_be_read_all_tasks_take_one_and_a_notice_says_so(
    folder, monkeypatch, harm, which
):
    (path,) = folder.glob(f"{which}*.json")
    path.unlink() if harm == "missing" else path.write_text("{")
    monkeypatch.setattr(shipped, "_PLACES", (folder,))
    found = sized_tasks(TASKS, past=[RecordedDuration("a", 60)])
    assert found == SizedTasks(notices=found.notices)
    (notice,) = found.notices
    assert path.name in str(notice)
    assert "of one length" in str(notice)
    merged = estimated_durations(TASKS, recorded=found.recorded, predicted=found.predicted)
    assert merged.expected == {"a": 1, "b": 1}


def test_a_model_that_was_named_and_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ModelFileError, match="cannot be read"):
        sized_tasks(TASKS, model=tmp_path / "none")


def test_a_model_in_which_nobody_sizes_changes_is_no_model_of_sizes(tmp_path):
    save_model(tiny_model(None), tmp_path)
    with pytest.raises(ModelFileError, match="nobody in it says"):
        sized_tasks(TASKS, model=tmp_path)


def test_trees_are_not_read_for_sizes(folder):
    for path in folder.glob("*.txt"):
        path.unlink()
    assert sized_tasks(TASKS, model=folder).predicted is not None
