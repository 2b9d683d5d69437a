"""Trial merges and merge bases against git's own, on small random histories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path

import pygit2
import pytest

from taskpar_ml import checking
from taskpar_ml.checking import check_overlap
from taskpar_ml.domain.overlap import PairOverlap, Verdict
from taskpar_ml.repo.trial import may_meet
from tests.support.clashes import History

Git = Callable[..., str]

HISTORIES = 60
"""With three branches each: some 170 pairs, about one in eight with several merge bases."""


@pytest.fixture(scope="module")
def compared(
    tmp_path_factory: pytest.TempPathFactory, git: Git
) -> list[tuple[PairOverlap, bool, list[str]]]:
    """Every pair as answered, whether git finds a conflict, and git's merge bases."""
    root = tmp_path_factory.mktemp("random")
    repository = pygit2.init_repository(root, bare=True)
    return [row for seed in range(HISTORIES) for row in rows(root, repository, seed, git)]


def rows(
    root: Path, repository: pygit2.Repository, seed: int, git: Git
) -> Iterator[tuple[PairOverlap, bool, list[str]]]:
    tips = list(dict.fromkeys(map(str, History(repository, seed).grow())))
    report = check_overlap(root, tips, onto=tips[0])
    for pair, (a, b) in zip(report.pairs, combinations(tips, 2), strict=True):
        assert (pair.a, pair.b) == (a, b)
        said = git(root, "merge-tree", "--write-tree", "--messages", a, b, codes=(0, 1))
        bases = git(root, "merge-base", "--all", a, b).split()
        yield pair, "CONFLICT (" in said, bases


def test_merge_bases_are_those_of_git(compared):
    for pair, _, bases in compared:
        assert sorted(pair.bases) == sorted(bases)


def test_with_one_merge_base_the_verdict_is_that_of_git(compared):
    verdicts = Counter()
    for pair, conflict, bases in compared:
        if len(bases) == 1:
            assert (pair.verdict == Verdict.CONFLICT) == conflict, pair
            verdicts[conflict] += 1
    assert min(verdicts.values()) > 40


def test_with_several_merge_bases_the_verdict_is_mostly_that_of_git(compared):
    several = [(pair, conflict) for pair, conflict, bases in compared if len(bases) > 1]
    differing = [pair for pair, conflict in several if (pair.verdict == "conflict") != conflict]
    assert len(several) > 10
    assert len(differing) <= len(several) * 0.05


def test_what_is_not_merged_would_have_been_clean(tmp_path, monkeypatch):
    repository = pygit2.init_repository(tmp_path, bare=True)
    histories = [list(map(str, History(repository, seed).grow(branches=5))) for seed in range(25)]
    tips = [list(dict.fromkeys(each)) for each in histories]
    quick = [check_overlap(tmp_path, each, onto=each[0]) for each in tips]
    merged = []
    monkeypatch.setattr(
        checking, "may_meet", lambda *sides: merged.append(may_meet(*sides)) or True
    )
    assert [check_overlap(tmp_path, each, onto=each[0]) for each in tips] == quick
    assert merged.count(False) > 20
