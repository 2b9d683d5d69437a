"""What two tasks have in common by where in their files they work."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from taskpar_ml.domain.footprint import Places
from taskpar_ml.domain.layers import Layer
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.breadth import Breadth
from taskpar_ml.features.chances import MeetingChances
from taskpar_ml.features.imports import ImportLinks
from taskpar_ml.features.layers import LayerOverlap
from taskpar_ml.features.migrations import MigrationHeads
from taskpar_ml.features.regions import RegionOverlap
from tests.support.strategies import LAW

EXTRACTORS = (
    Breadth(),
    MeetingChances(),
    RegionOverlap(),
    ImportLinks(),
    LayerOverlap(),
    MigrationHeads(),
)


@dataclass(frozen=True)
class World:
    """Places as dense arrays, one row a task."""

    files: np.ndarray
    regions: np.ndarray
    migrations: np.ndarray
    imports: np.ndarray
    layers: np.ndarray

    def values(self, extractor, order=None):
        """Return the values of every pair of tasks, which stand in some order."""
        rows = np.arange(len(self.files)) if order is None else np.asarray(order)
        places = Places(
            files=sparse.csr_array(self.files[rows]),
            regions=sparse.csr_array(self.regions[rows]),
            migrations=sparse.csr_array(self.migrations[rows]),
            imports=sparse.csr_array(self.imports),
            layers=self.layers.astype(np.int8),
            directories=sparse.csr_array(_in_pairs(self.files.shape[1])),
            known=self.files[rows].any(axis=1),
        )
        pairs = PairTable.of([f"t{at:02}" for at in range(len(rows))])
        context = SimpleNamespace(footprints=SimpleNamespace(places=places))
        found = extractor.extract(pairs, context)
        assert found.shape == (len(pairs), len(extractor.columns))
        return {
            frozenset((int(rows[a]), int(rows[b]))): row.tobytes()
            for a, b, row in zip(pairs.a, pairs.b, found, strict=True)
        }


def _in_pairs(files):
    """Return directories that hold two files each."""
    return np.repeat(np.eye((files + 1) // 2), 2, axis=0)[:files]


def world(seed, *, tasks=5, files=9, regions=14, lines=3):
    chance = np.random.default_rng(seed)

    def likely(width, steps):
        some = chance.integers(1, steps + 1, (tasks, width)) / steps
        return np.where(chance.random((tasks, width)) < 0.5, some, 0.0)

    imports = (chance.random((files, files)) < 0.4).astype(float)
    np.fill_diagonal(imports, 0)
    written = likely(files, 256)
    known = written.any(axis=1)[:, None]
    return World(
        written,
        np.where(known, likely(regions, 4096), 0.0),
        np.where(known, chance.random((tasks, lines)), 0.0),
        imports,
        chance.integers(-1, len(Layer), files),
    )


def two(files, *, regions=((0,), (0,)), migrations=((0,), (0,)), imports=None, layers=None):
    """Return a world of two tasks."""
    width = len(files[0])
    return World(
        np.array(files, dtype=float),
        np.array(regions, dtype=float),
        np.array(migrations, dtype=float),
        np.zeros((width, width)) if imports is None else np.array(imports, dtype=float),
        np.full(width, -1) if layers is None else np.array(layers),
    )


def values(extractor, some):
    (row,) = some.values(extractor).values()
    return np.frombuffer(row).tolist()


@pytest.mark.parametrize("extractor", EXTRACTORS, ids=lambda each: type(each).__name__)
class TestLaws:
    @LAW
    @given(seed=st.integers(0, 10_000), data=st.data())
    def test_neither_the_order_of_tasks_nor_other_tasks_change_a_bit(self, extractor, seed, data):
        some = world(seed)
        whole = some.values(extractor)
        order = data.draw(st.permutations(range(5)))[: data.draw(st.integers(2, 5))]
        part = some.values(extractor, order)
        assert part == {pair: whole[pair] for pair in part}

    def test_what_is_not_known_is_nan(self, extractor):
        some = two([[0, 0], [1, 1]], regions=[[0, 0], [1, 1]], layers=[0, 1])
        assert np.isnan(values(extractor, some)).all()


def test_tasks_in_one_file_are_near_as_far_as_they_share_its_parts():
    near = two([[1], [1]], regions=[[0.5, 0.5, 0], [0.5, 0, 0.5]])
    share, cosine = values(RegionOverlap(), near)
    assert share == pytest.approx(0.25 / (1 + 1 - 0.25))
    assert cosine == pytest.approx(0.5)
    apart = two([[1], [1]], regions=[[1, 0], [0, 1]])
    assert values(RegionOverlap(), apart) == [0, 0]
    same = two([[1], [1]], regions=[[1, 1], [1, 1]])
    assert values(RegionOverlap(), same) == pytest.approx([1, 1])


def test_links_count_imports_both_ways_by_their_share():
    # The first file imports the second and the third, the third imports the first.
    imports = [[0, 1, 1], [0, 0, 0], [1, 0, 0]]
    forth = values(ImportLinks(), two([[1, 0, 0], [0, 0.5, 0]], imports=imports))
    assert forth[0] == pytest.approx(0.5 * 0.5)
    both = values(ImportLinks(), two([[1, 0, 0], [0, 0, 1]], imports=imports))
    assert both[0] == pytest.approx(0.5 + 1.0)
    assert both[1] == pytest.approx((1 / 6**0.5) * 2)
    none = values(ImportLinks(), two([[1, 0, 0], [0, 1, 0]]))
    assert none == [0, 0]


def test_files_that_import_the_same_are_kin_without_a_link():
    imports = [[0, 0, 1], [0, 0, 1], [0, 0, 0]]
    links, kin = values(ImportLinks(), two([[1, 0, 0], [0, 1, 0]], imports=imports))
    assert links == 0
    assert kin == pytest.approx(0.5)


def test_layers_overlap_by_the_shares_of_what_is_written():
    some = two([[1, 1, 0.5], [0, 1, 1]], layers=[0, 1, -1])
    assert values(LayerOverlap(), some) == [0.5]
    outside = two([[1, 0], [0, 1]], layers=[0, -1])
    assert np.isnan(values(LayerOverlap(), outside)).all()


def test_lines_of_migrations_that_both_extend_add_up():
    some = two([[1], [1]], migrations=[[0.5, 1.0, 0.3], [0.5, 0.5, 0.0]])
    assert values(MigrationHeads(), some) == pytest.approx([0.75])
    none = two([[1], [1]], migrations=[[0.5, 0.0], [0.0, 0.5]])
    assert values(MigrationHeads(), none) == [0]


def test_a_file_that_imports_much_is_less_kin_to_each_of_it():
    imports = np.zeros((4, 4))
    imports[0, 1] = imports[0, 3] = imports[2, 3] = 1
    some = two([[1, 0, 0, 0], [0, 0, 1, 0]], imports=imports)
    assert values(ImportLinks(), some)[1] == pytest.approx(1 / (3 * 2) ** 0.5)
    # Of a task in two files, the one that imports nothing weighs as much as all of the other.
    wide = two([[1, 1, 0, 0], [0, 0, 1, 0]], imports=imports)
    own = np.array([1 / 3**0.5, 1 + 1 / 3**0.5, 0, 1 / 3**0.5])
    other = np.array([0, 0, 1, 1]) / 2**0.5
    expected = own @ other / (np.linalg.norm(own) * np.linalg.norm(other))
    assert values(ImportLinks(), wide)[1] == pytest.approx(expected)


def test_chances_of_a_meeting_are_those_of_independent_writes():
    some = two(
        [[0.5, 0.25, 0.0, 0.75], [0.5, 0.5, 0.5, 0.0]], regions=[[0.5, 0.0, 0.25], [0.25, 1, 0.5]]
    )
    meet, peak, region, files, folders = values(MeetingChances(), some)
    assert meet == pytest.approx(1 - (1 - 0.25) * (1 - 0.125), abs=1e-4)
    assert peak == pytest.approx(0.25, rel=0.02)
    assert region == pytest.approx(1 - (1 - 0.125) ** 2, abs=1e-4)
    first, second = np.array([0.5, 0.25, 0, 0.75]), np.array([0.5, 0.5, 0.5, 0])
    norm = np.linalg.norm
    assert files == pytest.approx(first @ second / (norm(first) * norm(second)))
    first, second = np.array([0.75, 0.75]), np.array([1.0, 0.5])
    assert folders == pytest.approx(first @ second / (norm(first) * norm(second)))


def test_certain_writes_of_one_file_all_but_certainly_meet():
    assert values(MeetingChances(), two([[1], [1]], regions=[[1], [0]]))[0] > 0.85
    assert values(MeetingChances(), two([[1, 0], [0, 1]], regions=[[1], [0]]))[:4] == [0, 0, 0, 0]


def test_breadth_tells_the_narrower_from_the_broader_task_and_the_vaguer_from_the_surer():
    some = two([[0.25, 0.25, 0.25, 0.5], [0.75, 0.0, 0.0, 0.0]])
    assert values(Breadth(), some) == [0.75, 1.25, 0.5, 0.75]
