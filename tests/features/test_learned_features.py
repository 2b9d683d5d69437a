"""Features of what was learned and seen: values that can be worked out by hand."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from taskpar_ml.domain.footprint import EvidenceLevel
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.hot_files import HotFiles
from taskpar_ml.features.knowledge import Knowledge
from taskpar_ml.features.rare_words import RareWords
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.file_rates import FileRates

PAIR = PairTable.of(["a", "b"])


def values(extractor, **context):
    return dict(
        zip(
            (column.name for column in extractor.columns),
            extractor.extract(PAIR, SimpleNamespace(**context))[0],
            strict=True,
        )
    )


def hot(files, rates):
    matrix = sparse.csr_array(np.array(files))
    places = SimpleNamespace(files=matrix, known=np.array([True, True]))
    return values(HotFiles(), footprints=SimpleNamespace(places=places), rates=rates)


def test_files_in_which_tasks_conflicted_count_by_how_likely_both_change_them():
    rates = FileRates(
        np.array([0.9, 0.1]), np.array([9, 9]), np.array([8, 1]), 0.4, ConflictRates(Counter())
    )
    found = hot([[0.5, 0.8], [0.5, 0.5]], rates)
    first, second = 0.25, 0.4
    assert found["hot_meet"] == pytest.approx(1 - (1 - first * 0.9) * (1 - second * 0.1), abs=1e-3)
    assert found["hot_share"] == pytest.approx((first * 0.9 + second * 0.1) / (first + second))
    peak = (first**6 * 0.9 + second**6 * 0.1) / (first**6 + second**6)
    assert found["hot_peak"] == pytest.approx(peak)
    assert found["hot_all"] == 0.4


def test_without_a_past_of_conflicts_nothing_is_known_of_them():
    assert np.isnan(list(hot([[0.5], [0.5]], None).values())).all()


def test_the_rarest_common_word_and_the_lengths_are_told():
    rare = sparse.csr_array(np.array([[1.0, 0.5, 0.0, 0.25], [0.0, 0.5, 0.75, 0.25]]))
    found = values(RareWords(), rare_terms=rare)
    assert found["rarest"] == pytest.approx(0.5, abs=0.01)
    assert found["common"] == pytest.approx(0.75)
    assert (found["terse"], found["wordy"]) == (1.5, 1.75)


@pytest.mark.parametrize(
    ("levels", "begun", "finished"),
    [
        ((EvidenceLevel.PREDICTED, EvidenceLevel.PREDICTED), 0, 0),
        ((EvidenceLevel.PARTIAL, EvidenceLevel.OBSERVED), 1, 1),
        ((EvidenceLevel.OBSERVED, EvidenceLevel.OBSERVED), 0, 2),
    ],
)
def test_how_much_was_seen_of_both_tasks_is_counted(levels, begun, finished):
    places = SimpleNamespace(known=np.array([True, True]))
    found = values(Knowledge(), footprints=SimpleNamespace(levels=levels, places=places))
    assert found == {"begun": begun, "finished": finished}
