"""Git access: a repository at a commit, its paths, and which of them a pattern names."""

from taskpar_ml.repo.checks import check_pattern
from taskpar_ml.repo.git import open_repository, resolve_commit
from taskpar_ml.repo.globs import PathIndex, common_path, example_path, is_literal, matches
from taskpar_ml.repo.snapshot import RepoSnapshot

__all__ = [
    "PathIndex",
    "RepoSnapshot",
    "check_pattern",
    "common_path",
    "example_path",
    "is_literal",
    "matches",
    "open_repository",
    "resolve_commit",
]
