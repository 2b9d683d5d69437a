"""What earlier tasks said and changed."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.footprints.past_tasks import PastTasks, memory_key
from taskpar_ml.footprints.past_texts import PastTextRetriever
from taskpar_ml.footprints.queries import Queries
from taskpar_ml.footprints.similar_tasks import SimilarTaskRetriever
from tests.support.landings import landing
from tests.support.workspaces import task

PATHS = ("cart.py", "login.py", "tax.py")
PAST = [
    landing("Round the taxes of a cart", "cart.py", "old_tax.py"),
    landing("Remember the login", "login.py"),
    landing("Bump taxes from 1 to 2", "login.py", automation="dependencies"),
    landing("Move the taxes", renamed=[("old_tax.py", "tax.py")]),
]


def relevance(retriever, *titles):
    tasks = [task(f"t{number}", title) for number, title in enumerate(titles)]
    ranking = retriever(PastTasks.of(PAST, PATHS)).rank(Queries.of(tasks))
    return ranking.relevance, ranking.quote


def test_automation_is_no_past_task():
    past = PastTasks.of(PAST, PATHS)
    assert past.n_past == 3
    assert past.touched.toarray().tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
    assert [past.title(row) for row in range(3)] == [
        "Round the taxes of a cart",
        "Remember the login",
        "Move the taxes",
    ]


def test_tasks_keep_their_ids_when_they_are_kept():
    numbered = [landing("one", "tax.py", number=7), landing("two", "tax.py", number=8)]
    past = PastTasks.of(numbered, PATHS)
    kept = PastTasks.from_arrays(past.arrays(), n_files=len(PATHS))
    assert past.ids == kept.ids == tuple(each.id for each in numbered)
    assert PastTasks.of([], PATHS).ids == ()


def test_a_file_keeps_its_past_when_it_is_renamed():
    before = landing("Introduce taxes", "old_tax.py")
    past = PastTasks.of([before, *PAST], PATHS)
    assert past.touched.toarray()[0].tolist() == [0, 0, 1]


@pytest.mark.parametrize("retriever", [SimilarTaskRetriever, PastTextRetriever])
def test_files_of_tasks_that_said_the_same_are_relevant(retriever):
    found, quote = relevance(retriever, "Taxes are wrong", "login", "unheard of", "the")
    assert found[0, 2] > found[0, 0] > found[0, 1] == 0
    assert found[1, 1] > 0
    assert not found[1, [0, 2]].any()
    assert not found[2:].any()
    assert "login" in quote(1, 1)


def test_a_similar_task_is_quoted_by_its_title():
    _, quote = relevance(SimilarTaskRetriever, "Cart taxes")
    assert quote(0, 0) == "similar task: Round the taxes of a cart"


def test_the_newer_of_two_equal_precedents_counts_more():
    past = [landing("Fix taxes", "cart.py"), landing("Fix taxes", "tax.py")]
    ranking = SimilarTaskRetriever(PastTasks.of(past, PATHS)).rank(
        Queries.of([task("a", "Fix taxes")])
    )
    assert ranking.relevance[0, 2] > ranking.relevance[0, 0] > 0


@pytest.mark.parametrize("retriever", [SimilarTaskRetriever, PastTextRetriever])
@pytest.mark.parametrize("paths", [(), PATHS])
def test_without_a_past_nothing_is_relevant(retriever, paths):
    ranking = retriever(PastTasks.of([], paths)).rank(Queries.of([task("a", "tax")]))
    assert ranking.relevance.shape == (1, len(paths))
    assert not ranking.relevance.any()


def test_the_memory_survives_as_arrays():
    past = PastTasks.of([landing("Größe \udcff 修复", "tax.py"), *PAST], PATHS)
    again = PastTasks.from_arrays(past.arrays(), n_files=3)
    assert np.array_equal(again.touched.toarray(), past.touched.toarray())
    assert [again.title(row) for row in range(4)] == [past.title(row) for row in range(4)]
    for name, array in past.arrays().items():
        assert np.array_equal(again.arrays()[name], array)


def test_a_key_names_position_paths_and_settings():
    keys = {
        memory_key(newest, paths, settings)
        for newest in ("a" * 40, "b" * 40)
        for paths in (("x", "y"), ("x", "y", "z"))
        for settings in ("5000 {}", "10 {}")
    }
    assert len(keys) == 8
