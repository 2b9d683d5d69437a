"""Rules about files that two tasks share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.evaluation.cone import RARE_SECONDS, cone_rule, rarely_concurrent_files
from taskpar_ml.evaluation.shared_files import (
    SharedFiles,
    shared_file_count,
    shared_file_jaccard,
    two_shared_files,
)
from taskpar_ml.history.batches import BATCH_SIZE, TaskBatch
from tests.support.landings import landing


def batch(*tasks, before=()) -> TaskBatch:
    return TaskBatch(base="0" * 40, tasks=tasks, before=tuple(before))


def changing(*paths: str, at: int = 1):
    return landing("task", *paths, number=at)


def test_shared_files_are_those_of_sets():
    random = np.random.default_rng(0)
    files = [set(random.choice(9, size=size, replace=False).astype(str)) for size in range(9)]
    found = SharedFiles.of(files)
    pairs = [(one, two) for at, one in enumerate(files) for two in files[at + 1 :]]
    assert found.shared.tolist() == [len(one & two) for one, two in pairs]
    assert found.either.tolist() == [len(one | two) for one, two in pairs]
    assert found.fewer.tolist() == [min(len(one), len(two)) for one, two in pairs]


def test_scores_of_pairs_stand_in_the_order_of_a_pair_table():
    pairs = batch(changing("a", "b", "c"), changing("a", "b"), changing("c"), changing())
    assert shared_file_count(pairs).tolist() == [2, 1, 0, 0, 0, 0]
    assert two_shared_files(pairs).tolist() == [1, 0, 0, 0, 0, 0]
    assert shared_file_jaccard(pairs) == pytest.approx([2 / 3, 1 / 3, 0, 0, 0, 0])


def test_a_file_is_met_under_its_old_name_and_its_new_one():
    moved = landing("move", renamed=[("old.py", "new.py")])
    pairs = batch(moved, changing("old.py"), changing("new.py"))
    assert shared_file_count(pairs).tolist() == [1, 1, 0]
    assert shared_file_jaccard(pairs).tolist() == [0.5, 0.5, 0]


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("ab", "ab", True),
        ("abcd", "abwxyz", True),  # half of the smaller change
        ("abcde", "abwxyz", False),
        ("a", "a", False),  # all of both, but one file
        ("abcde", "ab", True),  # all of the smaller change, a part of the larger
    ],
)
def test_two_tasks_overlap_widely(one, other, told):
    pairs = batch(*(changing(*(f"{name}.py" for name in own)) for own in (one, other)))
    assert cone_rule(pairs).tolist() == [told]


def test_only_source_files_count():
    texts = [f"{name}.md" for name in "wxyz"]
    assert cone_rule(batch(changing(*texts), changing(*texts))).tolist() == [0]
    wide = batch(changing("a.py", "b.py", "c.py", *texts), changing("a.py", "b.py", "d.py"))
    assert cone_rule(wide).tolist() == [1]


def test_two_shared_files_that_seldom_meet_are_enough():
    many = [f"other{number}.py" for number in range(9)]
    tasks = changing("a.py", "b.py", *many[:4]), changing("a.py", "b.py", *many[5:])
    alone = [changing("a.py"), changing("b.py", at=2)]
    assert cone_rule(batch(*tasks)).tolist() == [0], "nothing is known of them"
    assert cone_rule(batch(*tasks, before=alone)).tolist() == [1]
    assert cone_rule(batch(*tasks, before=alone[:1])).tolist() == [0], "one is not enough"
    assert cone_rule(batch(*tasks, before=[*alone, changing("b.py", at=3)])).tolist() == [0]


def test_files_that_tasks_changed_at_one_time_are_not_rare():
    between = [changing("x.py")] * (BATCH_SIZE - 2)
    near = [changing("a.py"), *between, changing("a.py")]
    assert rarely_concurrent_files(near) == set()
    far = [changing("a.py"), changing("y.py"), *between, changing("a.py")]
    assert rarely_concurrent_files(far) == {"a.py", "y.py"}
    assert rarely_concurrent_files([*far, changing("a.py")]) == {"y.py"}
    assert rarely_concurrent_files([changing("a.py"), changing("a.py")], window=1) == {"a.py"}


def test_what_is_old_or_automation_or_no_source_is_not_looked_at():
    newest = replace(changing("b.py", "c.md"), landed_at=2 * RARE_SECONDS)
    old = replace(changing("a.py"), landed_at=RARE_SECONDS - 1)
    assert rarely_concurrent_files([old, newest]) == {"b.py"}
    young = replace(changing("a.py"), landed_at=RARE_SECONDS)
    assert rarely_concurrent_files([young, newest]) == {"a.py", "b.py"}
    robot = replace(landing("bump", "b.py", "d.py", automation="bot"), landed_at=newest.landed_at)
    assert rarely_concurrent_files([robot, newest]) == {"b.py"}
    assert rarely_concurrent_files([newest, replace(newest, landed_at=RARE_SECONDS)]) == set()
    assert rarely_concurrent_files([]) == set()
