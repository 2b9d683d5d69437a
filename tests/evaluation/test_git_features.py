"""Light features of two branches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.evaluation.git_features import GIT_FEATURES, WORDS, git_features
from taskpar_ml.evaluation.own_work import OwnCommit, OwnWork
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.changed_lines import LineCounts
from tests.support.landings import landing

DAY = 24 * 60 * 60
SMALL = OwnWork((OwnCommit("ada", 100, "Change"),), LineCounts(1, 0))
LARGE = OwnWork(
    (
        OwnCommit("ada", 10 * DAY, "Fix a bug, fixes #3"),
        OwnCommit("bob", 3 * DAY, "Add"),
        OwnCommit("bob", 3 * DAY - 1, "Use the address"),
    ),
    LineCounts(30, 7),
)


@pytest.fixture
def told() -> dict[str, float]:
    """Return the features of a small task and a large one."""
    changes = (
        FileChange("a.py", ChangeStatus.MODIFIED),
        FileChange("b.py", ChangeStatus.ADDED),
        FileChange("c.py", ChangeStatus.ADDED),
        FileChange("d.py", ChangeStatus.DELETED),
        FileChange("f.py", ChangeStatus.RENAMED, "e.py"),
    )
    one = landing("one", "a.py", "e.py", number=1)
    two = replace(landing("two", number=2), changes=changes, changed=len(changes))
    batch = TaskBatch(base="0" * 40, tasks=(one, two), before=())
    (row,) = git_features(batch, {one.id: SMALL, two.id: LARGE})
    return dict(zip(GIT_FEATURES, row.tolist(), strict=True))


def test_what_both_tasks_have_is_added_up(told):
    expected = {
        "shared_files": 2,
        "commits": 1 + 3,
        "commits_last_week": 1 + 2,
        "files_added": 2,
        "files_modified": 2 + 1,
        "files_deleted": 1,
        "files_renamed": 1,
        "lines_added": 1 + 30,
        "lines_deleted": 7,
        "developers": 1 + 2,
        "message_min": 6 + 3,
        "message_max": 6 + 19,
        "message_mean": 6 + (19 + 3 + 15) / 3,
        "message_median": 6 + 15,
        "hours": (7 * DAY + 1) / 3600,
    }
    assert {name: told[name] for name in expected} == pytest.approx(expected)


def test_words_are_counted_in_all_messages_whatever_their_case(told):
    counted = {word: told[f"word_{word}"] for word in WORDS if told[f"word_{word}"]}
    assert counted == {"fix": 2, "bug": 1, "add": 2, "use": 1, "change": 1}


def test_every_column_is_named_once_and_explained():
    assert len(GIT_FEATURES) == 27, "the 28 of the paper without copied files"
    assert all(GIT_FEATURES.values())


@pytest.mark.parametrize("tasks", [(), (landing("alone", "a.py"),)])
def test_a_batch_without_pairs_has_columns(tasks):
    batch = TaskBatch(base="0" * 40, tasks=tasks, before=())
    works = {task.id: SMALL for task in tasks}
    assert git_features(batch, works).shape == (0, len(GIT_FEATURES))
