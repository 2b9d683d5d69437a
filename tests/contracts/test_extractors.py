"""The laws of the extractor contract, over every extractor."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.predictor import ConflictPredictor
from tests.support.code_shop import CODE_AND_SHOP
from tests.support.landings import landing
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import snapshot_of, task

MEMORY = RepoMemory(
    snapshot_of(CODE_AND_SHOP),
    given=[
        landing("Round the taxes", "src/billing/tax.py", "src/billing/invoice.py"),
        landing("Answer orders with the total", "src/orders/api.py", "src/billing/tax.py"),
    ],
    rates=ConflictRates(
        Counter({"src/billing/tax.py": 9, "src/orders/api.py": 4}),
        Counter({"src/billing/tax.py": 7}),
    ),
)

BOUNDS = {"in [0, 1]": (0, 1), "0 or more": (0, np.inf), "any number": (-np.inf, np.inf)}
PREDICTOR = ConflictPredictor(
    FixedWeights(),
    sizer=EffortModel("made-1", np.linspace(-1, 1, COLUMNS), 0.5, 1.0, {}),
)


@pytest.fixture(
    scope="module",
    params=LEARNED_EXTRACTORS,
    ids=lambda each: "-".join(column.name for column in each.columns),
)
def extractor(request):
    return request.param


def values(extractor, tasks, *, rows=10_000):
    """Return the values of every pair, as bytes, under its key."""
    context = PREDICTOR.context(tasks, MEMORY)
    pairs = PairTable.of(context.footprints.tasks)
    found = [extractor.extract(block, context) for block in pairs.blocks(rows)]
    keys = zip(pairs.task_a, pairs.task_b, strict=True)
    return {key: row.tobytes() for key, row in zip(keys, np.concatenate(found), strict=True)}


def test_the_shape_is_that_of_pairs_and_columns(extractor):
    context = PREDICTOR.context([task("a"), task("b")], MEMORY)
    for pairs in (PairTable.of(["a", "b"]), PairTable.chosen(["a", "b"], [])):
        assert extractor.extract(pairs, context).shape == (len(pairs), len(extractor.columns))


@LAW
@given(tasks=task_lists(at_least=2))
def test_swapping_the_two_tasks_changes_nothing(extractor, tasks):
    names = sorted(each.id for each in tasks)
    other = dict(zip(names, reversed(names), strict=True))
    swapped = [each.model_copy(update={"id": other[each.id]}) for each in tasks]
    expected = {
        tuple(sorted((other[a], other[b]))): row for (a, b), row in values(extractor, tasks).items()
    }
    assert values(extractor, swapped) == expected


@LAW
@given(tasks=task_lists(at_least=3), data=st.data())
def test_values_do_not_depend_on_other_tasks(extractor, tasks, data):
    few = data.draw(st.lists(st.sampled_from(tasks), min_size=2, unique_by=lambda each: each.id))
    whole = values(extractor, tasks)
    part = values(extractor, few)
    assert part == {key: whole[key] for key in part}


@LAW
@given(tasks=task_lists(at_least=2), rows=st.integers(1, 8))
def test_values_do_not_depend_on_the_size_of_blocks(extractor, tasks, rows):
    assert values(extractor, tasks, rows=rows) == values(extractor, tasks)


def test_what_is_not_known_is_nan_and_never_zero(extractor):
    # "?" holds no word, so that not even the texts can be compared.
    tasks = [task("mute", "?"), task("told", "Fix src/a.py, `users` table, GET /users")]
    (row,) = values(extractor, tasks).values()
    assert np.isnan(np.frombuffer(row)).all()


@LAW
@given(tasks=task_lists(at_least=2))
def test_values_lie_where_their_meaning_says(extractor, tasks):
    rows = [np.frombuffer(row) for row in values(extractor, tasks).values()]
    for column, found in zip(extractor.columns, np.array(rows).T, strict=True):
        least, most = next(bounds for said, bounds in BOUNDS.items() if said in column.meaning)
        assert np.all(np.isnan(found) | ((found >= least) & (found <= most)))


def test_every_column_says_what_it_means(extractor):
    for column in extractor.columns:
        assert column.name.isidentifier()
        assert "NaN" in column.meaning
