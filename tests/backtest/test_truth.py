"""When past tasks would have written what they collide over."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.backtest.truth import parts_of, truth_of, written_share
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mined import FileFinding, FileVerdict, ItemFinding, PairFinding


def pair(earlier, later, *paths, items=(), verdict=FileVerdict.CONFLICT):
    files = tuple(FileFinding(path, verdict) for path in paths)
    return PairFinding(earlier, later, files, items)


def test_each_file_is_written_at_its_moment_by_either_side():
    found = parts_of([pair("a", "b", "src/x.py", "src/y.py")], seed=4)
    assert found == {
        ("a", "b"): tuple(
            (written_share("a", path, seed=4), written_share("b", path, seed=4))
            for path in ("src/x.py", "src/y.py")
        )
    }


def test_files_that_do_not_matter_are_no_part_of_a_conflict():
    found = parts_of([pair("a", "b", "CHANGELOG.md", "src/x.py")], seed=0)
    assert len(found["a", "b"]) == 1
    clean = pair("a", "b", "src/x.py", verdict=FileVerdict.CLEAN)
    assert parts_of([pair("a", "c", "CHANGELOG.md"), clean], seed=0) == {}


def test_what_is_no_file_has_a_moment_too():
    port = ItemFinding(ConflictKind.RESOURCE, "port 8080", "ports-1")
    found = pair("a", "b", items=(port,))
    assert truth_of([found]) == {frozenset("ab"): True}
    ((mine, other),) = parts_of([found], seed=0)["a", "b"]
    assert mine != other


def test_moments_are_uniform_and_another_seed_has_others():
    shares = [written_share(f"task {row}", "x.py", seed=0) for row in range(2_000)]
    assert np.quantile(shares, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.03)
    assert 0 < min(shares) < max(shares) < 1
    assert written_share("a", "x.py", seed=1) != written_share("a", "x.py", seed=0)
