"""Rows to learn from: what is asked, what was touched, what became of pairs."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import FileFinding, FileVerdict, ItemFinding, PairFinding
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.history.batches import task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.policy.label_settings import LabelSettings
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.training.candidate_rows import candidate_rows, changed_files, memory_before
from taskpar_ml.training.pair_labels import PairLabels
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.recall import recall_at_ten
from taskpar_ml.training.repository_rows import WORDINGS, RepositoryRows
from taskpar_ml.training.tellings import TELLINGS
from tests.support.grown_shop import grow
from tests.support.histories import History
from tests.support.landings import landing

CLASH = FileFinding("a.py", FileVerdict.CONFLICT)
OPEN = FileFinding("b.py", FileVerdict.UNKNOWN)
PORT = ItemFinding(ConflictKind.RESOURCE, "port 80", "ports-1")


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> History:
    return grow(tmp_path_factory.mktemp("shop") / "shop.git", rounds=9)


@pytest.fixture(scope="module")
def batches(shop):
    return task_batches(landings_until(shop.place).landings, size=8, memory_only=10)


@pytest.fixture(scope="module")
def rows(shop, batches) -> RepositoryRows:
    return gathered(shop.place, batches)


def gathered(place: Path, batches) -> RepositoryRows:
    found = [
        PairFinding(one.id, two.id, (CLASH,) if number % 3 == 0 else ())
        for batch in batches
        for number, (one, two) in enumerate(combinations(batch.tasks, 2))
    ]
    return RepositoryRows.gathered(place, batches, found, policy=LabelPolicy(), cache=NO_CACHE)


def test_labels_stand_in_the_order_of_a_pair_table():
    tasks = [landing(f"task {number}", "a.py", number=number + 1) for number in range(3)]
    first, second, third = (task.id for task in tasks)
    found = [
        PairFinding(first, third, (CLASH,), concurrent=True),
        PairFinding(first, second, (), (PORT,)),
        PairFinding("0" * 40, first, (CLASH,)),
    ]
    labels = PairLabels.of(tasks, found, LabelPolicy())
    assert labels.textual.tolist()[:2] == [0.0, 1.0]
    assert labels.counted.tolist()[:2] == [1.0, 1.0]
    assert np.isnan([labels.textual[2], labels.counted[2]]).all(), "never replayed"
    assert labels.concurrent.tolist() == [False, True, False]
    assert labels.one_author.all()


def test_what_could_not_be_decided_is_unknown_and_the_policy_is_obeyed():
    tasks = [landing(f"task {number}", "a.py", number=number + 1) for number in range(2)]
    first, second = (task.id for task in tasks)
    undecided = [PairFinding(first, second, (OPEN,))]
    assert np.isnan(PairLabels.of(tasks, undecided, LabelPolicy()).textual).all()
    port = [PairFinding(first, second, (), (PORT,))]
    strict = LabelPolicy(LabelSettings(counted=(ConflictKind.TEXTUAL,)))
    assert PairLabels.of(tasks, port, strict).counted.tolist() == [0.0]
    assert PairLabels.of(tasks, port, LabelPolicy()).counted.tolist() == [1.0]


def test_candidates_know_what_was_touched_by_which_task(shop, batches):
    batch = batches[0]
    memory = memory_before(shop.place, batch, cache=NO_CACHE)
    (found,) = candidate_rows(batch, memory, [Wording.TITLE])
    paths = memory.snapshot.paths.paths
    for task, file, touched in zip(
        found.candidates.task, found.candidates.file, found.touched, strict=True
    ):
        assert touched == (paths[file] in changed_files(batch.tasks[task]))
    assert found.touched.any()
    expected = [len(changed_files(task) & set(paths)) for task in batch.tasks]
    assert found.existing.tolist() == expected


def test_rows_of_all_batches_and_wordings_are_kept(rows, batches, tmp_path):
    assert rows.n_batches == len(batches) > 1
    assert set(rows.wording.tolist()) == set(range(len(WORDINGS)))
    assert rows.cosine.shape == (len(batches), len(WORDINGS), 28)
    assert (rows.textual[:, ::3] == 1).all()
    assert rows.values.shape == (len(rows.batch), len(CANDIDATE_COLUMNS))
    rows.save(tmp_path / "rows.npz")
    again = RepositoryRows.load(tmp_path / "rows.npz")
    assert again is not None
    for name in ("values", "touched", "path", "textual", "cosine", "existing"):
        assert np.array_equal(getattr(again, name), getattr(rows, name), equal_nan=True), name


def test_rows_of_other_columns_are_not_taken(rows, tmp_path):
    path = tmp_path / "rows.npz"
    assert RepositoryRows.load(path) is None
    rows.save(path)
    with np.load(path) as kept:
        arrays = dict(kept)
    arrays["columns"] = arrays["columns"][::-1]
    np.savez(path, **arrays)
    assert RepositoryRows.load(path) is None


def test_rows_that_were_written_half_are_not_taken_and_a_failed_write_leaves_the_old(
    rows, tmp_path, monkeypatch
):
    path = tmp_path / "rows.npz"
    rows.save(path)
    whole = path.read_bytes()
    for size in (0, 100, len(whole) // 2, len(whole) - 10):
        path.write_bytes(whole[:size])
        assert RepositoryRows.load(path) is None, size
    path.write_bytes(whole)

    def broken(file, **arrays):
        file.write(b"half")
        raise OSError("the disk is full")

    monkeypatch.setattr(np, "savez", broken)
    with pytest.raises(OSError, match="the disk is full"):
        rows.save(path)
    assert path.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [path]


def test_ten_files_count_and_no_more(rows):
    """A task whose files stand on the places 1, 10 and 11 has two of three found."""
    place = np.arange(15)
    nothing = np.zeros(15, dtype=np.int64)
    touched = np.isin(place, (0, 9, 10))
    one = replace(
        rows,
        batch=nothing.astype(np.int32),
        wording=nothing.astype(np.int8),
        task=nothing.astype(np.int16),
        path=place.astype(np.int32),
        touched=touched,
        existing=np.array([[4]]),
        textual=np.zeros((1, 1), dtype=np.float32),
    )
    found = recall_at_ten(one, -place.astype(float), 0)
    assert found.recall == pytest.approx(2 / 4)
    assert found.held == pytest.approx(3 / 4)
    ideal = (1 / np.log2(np.arange(2, 6))).sum()
    assert found.gain == pytest.approx((1 + 1 / np.log2(11)) / ideal)


def test_nothing_that_lands_later_changes_a_row(shop, batches):
    before = gathered(shop.place, batches[:1])
    shop.commit("Round taxes of an invoice to cents, once more", {"src/billing/tax.py": "other"})
    after = gathered(shop.place, batches[:1])
    assert np.array_equal(before.values, after.values, equal_nan=True)
    assert np.array_equal(before.cosine, after.cosine)


def test_a_perfect_ranking_finds_all_and_the_worst_nothing(rows):
    perfect = recall_at_ten(rows, rows.touched.astype(float), 0)
    assert perfect.recall == perfect.gain == perfect.held > 0.9
    worst = recall_at_ten(rows, -rows.touched.astype(float), 0)
    assert worst.gain < perfect.gain
    pooled = rows.values[:, list(CANDIDATE_COLUMNS).index("pooled")].astype(float)
    assert worst.recall <= recall_at_ten(rows, pooled, 0).recall <= perfect.recall


def test_only_the_later_batches_are_measured_where_asked(rows):
    """A ranking that is right in the last batch alone looks right there."""
    last = rows.batch == rows.n_batches - 1
    score = np.where(last, rows.touched, ~rows.touched).astype(float)
    begin = (rows.n_batches - 1) / rows.n_batches + 1e-9
    assert recall_at_ten(rows, score, 1, begin=begin).gain > recall_at_ten(rows, score, 1).gain


class TestPairRows:
    def test_features_are_those_that_are_served(self, shop, batches):
        sizer = EffortModel("made-1", np.linspace(-1, 1, COLUMNS), 0.5, 1.0, {})
        rows = PairRows.gathered(shop.place, batches[:2], ranker=None, sizer=sizer, cache=NO_CACHE)
        assert rows.values.shape == (2, len(TELLINGS), 28, len(rows.columns))
        memory = memory_before(shop.place, batches[1], cache=NO_CACHE)
        served = ConflictPredictor(
            FixedWeights(), vectorizer=PairVectorizer(LEARNED_EXTRACTORS), sizer=sizer
        )
        told = [
            as_task(each, Wording.FULL, id=f"t{row:06}")
            for row, each in enumerate(batches[1].tasks)
        ]
        pairs = PairTable.of(task.id for task in told)
        (scored,) = served.score(pairs, served.context(told, memory))
        assert rows.columns == scored.features.names
        own = rows.values[1, WORDINGS.index(Wording.FULL)]
        assert np.array_equal(own, scored.features.values.astype(np.float32), equal_nan=True)
        assert not np.isnan(own[:, rows.columns.index("smaller_change")]).any()

    def test_who_ranks_files_changes_the_features(self, shop, batches):
        class Nobody:
            name = "nobody-1"
            links = None
            encoder = None

            def p_touch(self, values):
                return np.zeros(len(values))

        blind = PairRows.gathered(
            shop.place, batches[:1], ranker=Nobody(), sizer=None, cache=NO_CACHE
        )
        meet = blind.values[:, : len(WORDINGS), :, blind.columns.index("meet")]
        assert np.isnan(meet).all()
        seeing = PairRows.gathered(shop.place, batches[:1], ranker=None, sizer=None, cache=NO_CACHE)
        assert (seeing.values[..., seeing.columns.index("meet")] > 0).any()

    def test_rows_are_kept_and_those_of_other_features_are_not_taken(self, shop, batches, tmp_path):
        rows = PairRows.gathered(shop.place, batches[:1], ranker=None, sizer=None, cache=NO_CACHE)
        path = tmp_path / "pairs.npz"
        assert PairRows.load(path) is None
        rows.save(path)
        again = PairRows.load(path)
        assert again is not None
        assert np.array_equal(again.values, rows.values, equal_nan=True)
        PairRows(rows.columns[::-1], rows.values).save(path)
        assert PairRows.load(path) is None
