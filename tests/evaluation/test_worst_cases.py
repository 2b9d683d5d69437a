"""Which pairs are the worst, and what is told of them."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.evaluation import CaseKind, PairCase
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.evaluation.history_scores import ADAPTED, LEARNED, history_scores
from taskpar_ml.evaluation.worst_cases import chosen_pairs, worst_cases
from taskpar_ml.footprints.items import touched_items
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.predicting import predictor_of
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.tellings import ALL_SEEN, task_id, tellings
from tests.evaluation.test_evaluate import history
from tests.support.painted_shop import judged_by, paint

NAN = float("nan")
TOLD = [[0.8, 0.4, 0.2, 0.2, 0.7], [0.1, 0.3, 0.5, 0.9, NAN]]
SHOP = history(
    [[1, 0, 1, 0, 0], [1, 0, 0, NAN, 0]],
    {LEARNED: TOLD, ADAPTED: np.zeros((2, 5)).tolist()},
    counted=[[1, 0, 1, 0, 1], [1, 0, NAN, NAN, 0]],
)


def chosen(kind, most=9):
    found = chosen_pairs(SHOP, known="title", most=most)
    return [(each.batch, each.pair) for each in found if each.kind == kind]


def test_missed_conflicts_come_from_the_lowest_on():
    assert chosen(CaseKind.MISSED) == [(1, 0), (0, 2), (0, 0)]
    assert chosen(CaseKind.MISSED, most=1) == [(1, 0)]


def test_false_alarms_come_from_the_highest_on_and_conflict_in_no_way_that_counts():
    """Not (0, 4) and (1, 2): another kind is known of one, and open of the other."""
    assert chosen(CaseKind.FALSE_ALARM) == [(1, 4), (0, 1), (1, 1), (0, 3)]
    assert chosen(CaseKind.FALSE_ALARM, most=2) == [(1, 4), (0, 1)]


def test_what_was_told_and_how_many_pairs_were_told_more():
    """Nine outcomes are known; nothing is said of one pair, which counts as the riskiest."""
    lowest, *_ = chosen_pairs(SHOP, known="title", most=1)
    assert (lowest.told, lowest.riskier) == (0.1, pytest.approx(8 / 9))
    *_, unsaid = chosen_pairs(SHOP, known="title", most=1)
    assert np.isnan(unsaid.told)
    assert unsaid.riskier == 0
    both = [each for each in chosen_pairs(SHOP, known="title", most=9) if each.told == 0.2]
    assert [each.riskier for each in both] == [pytest.approx(6 / 9)] * 2, "alike is not riskier"


def test_of_none_there_are_none():
    assert chosen_pairs(SHOP, known="title", most=0) == []


@pytest.fixture(scope="module")
def gathering(tmp_path_factory: pytest.TempPathFactory):
    work = tmp_path_factory.mktemp("shop")
    made = paint(work / "shop.git")
    with HistoryStore.open(str(work / "store.sqlite")) as store:
        mined = store.history("shop", create=True)
        mine(made.place, mined)
        yield judged_by(made.place, mined)


@pytest.fixture(scope="module")
def scores(gathering):
    return history_scores(gathering)


@pytest.fixture(scope="module")
def cases(gathering, scores) -> tuple[PairCase, ...]:
    return worst_cases(gathering, scores, known="title", most=4)


def test_cases_tell_who_they_are_of_and_what_became_of_them(gathering, cases):
    assert [each.kind for each in cases] == [CaseKind.MISSED] * 4 + [CaseKind.FALSE_ALARM] * 4
    batches, _ = gathering.mined
    tasks = {task.id[:12]: task for task in batches[-1].tasks}
    for case in cases:
        one, two = tasks[case.earlier.id], tasks[case.later.id]
        order = list(batches[-1].tasks)
        assert order.index(one) < order.index(two)
        assert case.one_author == (one.author == two.author)
        assert (case.repository, case.known) == ("shop", "title")
        both = set(one.paths) & set(two.paths)
        assert set(case.conflicted) | set(case.shared) == both
        is_missed = case.kind == CaseKind.MISSED
        assert case.conflicted == (("src/part0.py",) if is_missed else ())
        assert case.shared == (("CHANGELOG.md",) if is_missed else ()), "that does not count"
        assert case.earlier.title.startswith(r"Paint \x1b[31m part")
        assert len(case.earlier.title) == 100
    assert len({each.one_author for each in cases}) == 2


def test_ranks_and_probabilities_are_those_of_the_scores(scores, cases):
    told = scores.scores["title"][LEARNED]
    known = ~np.isnan(scores.textual)
    for case in cases:
        assert case.p_conflict is not None
        assert case.riskier == pytest.approx((told[known] > case.p_conflict).mean())
    missed = [each.p_conflict for each in cases if each.kind == CaseKind.MISSED]
    assert missed == sorted(told[known & (scores.textual > 0)])[:4]


@pytest.mark.parametrize("known", ["title", ALL_SEEN])
def test_files_are_those_that_the_task_is_believed_to_touch_among_all_of_its_batch(
    gathering, scores, known
):
    batches, _ = gathering.mined
    batch = batches[-1]
    telling = next(each for each in tellings(gathering.place, batch) if each.name == known)
    memory = memory_before(gathering.place, batch, cache=NO_CACHE)
    footprints = predictor_of(gathering.model).footprints.predict(
        telling.tasks, memory, observed=telling.observed
    )
    items = list(touched_items(footprints, memory.snapshot.paths, surfaces=[Surface.FILE]))
    rows = {task.id[:12]: row for row, task in enumerate(batch.tasks)}
    for case in worst_cases(gathering, scores, known=known, most=3):
        for side in (case.earlier, case.later):
            own = [each for each in items if each.task == task_id(rows[side.id])]
            assert [(each.path, each.probability) for each in side.believed] == [
                (each.item, each.probability) for each in own[:3]
            ]
            chances = [each.probability for each in side.believed]
            assert len(chances) == min(len(own), 3) > 0
            assert chances == sorted(chances, reverse=True)
