"""What a repository is remembered by, on disk and through changes of the clone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from taskpar_ml.array_store import ArrayStore
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.repo.snapshot import RepoSnapshot

Git = Callable[..., str]


@pytest.fixture
def clone(tmp_path: Path, git: Git, new_repository: Callable[..., Path]) -> Path:
    """A clone of the last two of four commits, each of which changed a file of its own."""
    origin = new_repository(*({f"{name}.py": name} for name in ("a", "b", "c", "d")))
    git(tmp_path, "clone", "-q", "--depth", "2", origin.as_uri(), "cut")
    return tmp_path / "cut"


def files_of_the_past(root: Path, arrays: ArrayStore | None = None) -> set[str]:
    """Return the files that remembered tasks have changed."""
    memory = RepoMemory(RepoSnapshot.at(root, arrays=arrays))
    changed = memory.past.touched.sum(axis=0) > 0
    return {path for path, was in zip(memory.snapshot.paths.paths, changed, strict=True) if was}


def test_a_past_fetched_later_is_not_hidden_by_what_was_remembered(
    clone: Path, tmp_path: Path, git: Git
) -> None:
    store = ArrayStore(tmp_path / "arrays")
    before = files_of_the_past(clone, store)
    git(clone, "fetch", "-q", "--unshallow")
    assert before < files_of_the_past(clone)
    assert files_of_the_past(clone, store) == files_of_the_past(clone)


def test_the_past_of_a_cut_clone_is_remembered(clone: Path, tmp_path: Path) -> None:
    store = ArrayStore(tmp_path / "arrays")
    known = files_of_the_past(clone, store)
    assert len(list((tmp_path / "arrays").glob("past-tasks-*/*"))) == 1
    assert files_of_the_past(clone, store) == known
