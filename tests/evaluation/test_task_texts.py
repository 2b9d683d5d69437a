"""Past tasks told by a tracker: which texts, of which pairs, and what is said of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.evaluation import ALL
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.task_text import TaskText
from taskpar_ml.evaluation.history_scores import ADAPTED, LEARNED, HistoryScores, history_scores
from taskpar_ml.evaluation.repositories import evaluated
from taskpar_ml.evaluation.task_texts import (
    TASK_TEXT,
    TEXT_OR_TITLE,
    TEXT_TELLINGS,
    TITLE_INSTEAD,
    TaskTexts,
    text_scores,
)
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.predicting import predictor_of
from taskpar_ml.training.candidate_rows import memory_before
from taskpar_ml.training.tellings import TELLINGS, task_id
from tests.support.painted_shop import judged_by, paint

TOLD = (0, 3, 7)
"""Places in the batch of the tasks that a tracker tells of; the first two conflict."""


def said(task: str, written_at: int, *, source: str = "#1", title: str = "Red paint") -> TaskText:
    return TaskText(task, title, f"Of {source} at {written_at}.", written_at, source)


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory):
    """Return the newest batch of a shop, with texts of three of its tasks and of one too late."""
    work = tmp_path_factory.mktemp("shop")
    made = paint(work / "shop.git")
    with HistoryStore.open(str(work / "store.sqlite")) as store:
        history = store.history("shop", create=True)
        mine(made.place, history)
        yield judged_by(made.place, history)


@pytest.fixture(scope="module")
def untold(mined) -> HistoryScores:
    return history_scores(mined)


@pytest.fixture(scope="module")
def told(mined, untold) -> Iterator[HistoryScores]:
    """Return the scores after texts were joined; those without were gathered before."""
    batch = mined.mined[0][-1]
    base = mined.history.position_of(batch.base).time
    ids = [task.id for task in batch.tasks]
    parts = ["src/part0.py is red", "src/part0.py is blue", "src/part2 is green"]
    mined.history.append_texts(
        [said(ids[row], base - 1, title=part) for row, part in zip(TOLD, parts, strict=True)]
        # Known before the work on it began, and after the batch could be planned.
        + [said(ids[9], base, title="Too late")]
        + [said(batch.before[5].id, base - 9, title="Of the past")]
    )
    return history_scores(mined)


def test_only_texts_from_before_the_base_are_told(mined, told):
    batch = mined.mined[0][-1]
    telling = TaskTexts.of(mined.history, [batch]).telling(0)
    titles = [task.title for task in telling.tasks]
    assert [titles[row] for row in TOLD] == [
        *("src/part0.py is red", "src/part0.py is blue", "src/part2 is green"),
    ]
    assert telling.tasks[3].description.startswith("Of #1 at ")
    others = [row for row in range(20) if row not in TOLD]
    for row in others:
        assert telling.tasks[row] == as_task(batch.tasks[row], Wording.TITLE, id=task_id(row))
    assert told.texts == 3


def test_pairs_are_those_that_are_told_so(told):
    pairs = list(combinations(range(20), 2))
    both = {pair for pair in pairs if set(pair) <= set(TOLD)}
    some = {pair for pair in pairs if set(pair) & set(TOLD)}
    assert len(both) == 3
    for known, expected in ((TASK_TEXT, both), (TITLE_INSTEAD, both), (TEXT_OR_TITLE, some)):
        marked = {pairs[place] for place in np.flatnonzero(told.told[known][0])}
        assert marked == expected
    assert set(told.told) == set(TEXT_TELLINGS)


def test_scores_are_those_of_tasks_with_these_texts(mined, told):
    """Of the three tasks alone: an answer does not depend on the others."""
    batch = mined.mined[0][-1]
    memory = memory_before(
        mined.place, batch, cache=NO_CACHE, rates=PastRates.read(mined.history).before(batch)
    )
    telling = TaskTexts.of(mined.history, [batch]).telling(0)
    tasks = [telling.tasks[row] for row in TOLD]
    predictor = predictor_of(mined.model)
    context = predictor.context(tasks, memory)
    (scored,) = predictor.score(PairTable.of(task.id for task in tasks), context)
    own = told.scores[TASK_TEXT][LEARNED][told.told[TASK_TEXT]]
    assert own.tolist() == scored.estimates.p_conflict.tolist()
    titles = told.scores["title"]
    assert told.scores[TITLE_INSTEAD] == titles
    assert own.tolist() != titles[LEARNED][told.told[TASK_TEXT]].tolist()
    assert list(told.scores[TASK_TEXT]) == list(titles), "everybody speaks who speaks of titles"


def test_features_tell_how_often_tasks_had_conflicted_before(mined, told):
    """Whoever estimates by that alone says it."""

    def estimate(features):
        return SimpleNamespace(p_conflict=features["hot_meet"])

    model = SimpleNamespace(
        effort=None, ranker=mined.model.ranker, pairs=SimpleNamespace(estimate=estimate)
    )
    batch = mined.mined[0][-1]
    found = text_scores(
        mined.place,
        TaskTexts.of(mined.history, [batch]),
        {"hot": model},
        rates=PastRates.read(mined.history),
        cache=NO_CACHE,
    )["hot"]
    both = found[told.told[TASK_TEXT]]
    assert not np.isnan(both).any()
    assert both[0] == both.max() > 0, "the two that name the file that all conflict in"


def test_other_tellings_stay_as_they_were(untold, told):
    assert list(untold.scores) == list(TELLINGS)
    assert list(told.scores) == [*TELLINGS, *TEXT_TELLINGS]
    assert (untold.told, untold.texts) == ({}, 0)
    for known in TELLINGS:
        for model, score in untold.scores[known].items():
            np.testing.assert_array_equal(score, told.scores[known][model])


def test_tables_and_counts_are_of_these_pairs(mined, told):
    found = evaluated([mined], mined.model, resamples=5, worst=2, worst_of=[TASK_TEXT])
    (shop,) = found.repositories
    assert (shop.texts, shop.text_pairs, shop.text_conflicts) == (3, 3, 1)
    rows = {
        each.known: each.conflicts
        for each in found.judged
        if (each.pairs, each.repository, each.model) == (ALL, "shop", LEARNED)
    }
    assert list(rows) == [*TELLINGS, *TEXT_TELLINGS]
    assert rows[TASK_TEXT] == rows[TITLE_INSTEAD] == 1
    some = told.textual[told.told[TEXT_OR_TITLE]].sum()
    assert rows[TEXT_OR_TITLE] == some > 1
    deciles = [each for each in found.deciles if each.known == TASK_TEXT]
    assert sum(each.pairs for each in deciles if each.model == ADAPTED) == 3
    ids = [mined.mined[0][-1].tasks[row].id[:12] for row in TOLD]
    assert [(each.earlier.id, each.later.id) for each in found.cases[:1]] == [(ids[0], ids[1])]
    assert len(found.cases) == 3, "one conflict, two of the other pairs"
    assert {each.earlier.id for each in found.cases} <= set(ids)
    believed = [each.path for each in found.cases[0].earlier.believed]
    assert "src/part0.py" in believed


def test_several_texts_of_a_task_are_told_in_their_newest_wordings(mined, told, tmp_path):
    batch = mined.mined[0][-1]
    task = batch.tasks[5].id
    base = mined.history.position_of(batch.base).time
    mined.history.append_texts(
        [
            said(task, base - 5, source="#2", title="Second"),
            said(task, base - 9, source="#1", title="First, before"),
            said(task, base - 7, source="#1", title=" First,\nnow "),
            said(task, base + 1, source="#2", title="Second, after"),
        ]
    )
    texts = TaskTexts.of(mined.history, [batch])
    one = texts.telling(0).tasks[5]
    assert one.title == "First, now"
    expected = [f"Of #1 at {base - 7}.", "Second", f"Of #2 at {base - 5}."]
    assert one.description.split("\n\n") == expected
