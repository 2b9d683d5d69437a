"""The laws of the evidence contract, over every finder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.footprint import Access
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import DEFAULT_FINDERS, FootprintPredictor
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import snapshot_of, task


def name_of(finder):
    return getattr(finder, "surface", type(finder).__name__)


@pytest.fixture(scope="module", params=DEFAULT_FINDERS, ids=name_of)
def finder(request):
    return request.param


def test_a_task_that_names_nothing_yields_nothing(finder):
    plain = task("a", "Make the words on the page warmer and/or shorter, e.g. the greeting.")
    assert list(finder.find(plain, RepoMemory(snapshot_of()))) == []


@LAW
@given(tasks=task_lists(at_least=1))
def test_the_answer_depends_on_the_task_and_the_snapshot_alone(finder, tasks):
    alone = [list(finder.find(each, RepoMemory(snapshot_of()))) for each in tasks]
    among = FootprintPredictor([finder]).predict(tasks, RepoMemory(snapshot_of()))
    for each, expected in zip(tasks, alone, strict=True):
        assert [row for row in among.evidence if row.task == each.id] == expected
        assert all(row.task == each.id for row in expected)


@LAW
@given(tasks=task_lists(at_least=1))
def test_every_row_is_a_believable_touch_with_its_quote(finder, tasks):
    for each in tasks:
        for row in finder.find(each, RepoMemory(snapshot_of())):
            assert 0 < row.probability <= 1
            assert row.item
            assert row.quote
            assert not row.creates or row.access == Access.WRITE


@LAW
@given(tasks=task_lists(at_least=1))
def test_an_item_is_named_once_per_access(finder, tasks):
    for each in tasks:
        found = [(row.item, row.access) for row in finder.find(each, RepoMemory(snapshot_of()))]
        assert len(found) == len(set(found))


@LAW
@given(text=st.text(max_size=200))
def test_no_text_is_too_strange(finder, text):
    odd = task("a", "Do it", description=text.replace("\0", ""))
    list(finder.find(odd, RepoMemory(snapshot_of())))
