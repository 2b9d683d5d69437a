"""What columns are worth to a ranker."""

from __future__ import annotations

from types import ModuleType

import pytest

from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from tests.support.learned import made, study_named


@pytest.fixture(scope="module")
def study() -> ModuleType:
    return study_named("ranker_study")


def test_every_column_is_of_one_kind(study):
    names = [name for kind in study.KINDS.values() for name in kind]
    assert sorted(names) == sorted(CANDIDATE_COLUMNS)
    assert set(CANDIDATE_COLUMNS) > study.RISING


def last_of(lines, name):
    """Return the recall of a ranker in the last of the tables by wording."""
    return [line.split("|")[2] for line in lines if line.startswith(f"| {name} |")][-1]


def test_columns_that_tell_what_is_touched_are_seen_to_be_worth_it(study):
    lines = list(study.tables(["a", "b"], [made(1), made(2)], [made(3), made(4)], 50))
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in lines
        if line.startswith("| ") and line.count("|") == 6
    }
    whole, blind = rows["all columns"], rows["without shares of retrievers"]
    assert float(whole[0]) > float(rows["the fixed rule alone"][0]) + 0.05
    assert blind[2].startswith("-")
    assert float(blind[2].split()[-1].strip(")")) < 0, "the whole interval is below zero"
    assert whole[2:] == ["", ""]
    kept = rows["without kinds of files"]
    assert abs(float(kept[2].split()[0])) < 0.02
    assert len(lines) == 3 * (len(study.variants()) + 3) + 2 + 3 * 2
    single = [float(cell) for cell in lines[-1].split("|")[3:5]]
    assert sum(single) / 2 == pytest.approx(float(last_of(lines, "all columns")), abs=2e-3)
