"""Workspaces out of a few lines: tasks as mappings, a repository as paths and texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pygit2

from taskpar_ml.domain.footprint import ObservedWork
from taskpar_ml.domain.groups import ExecutionGroup
from taskpar_ml.domain.landing import Landing
from taskpar_ml.domain.task import Task
from taskpar_ml.domain.taskset import Barrier, TaskDocument
from taskpar_ml.estimators.contract import ConflictEstimator
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.relevance import GAIN
from taskpar_ml.policy.settings import Settings
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.repo.path_index import PathIndex
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.tasks import assemble
from taskpar_ml.workspace import Workspace

SHOP = (
    "README.md",
    "docs/guide.md",
    "docs/api.md",
    "src/auth/login.py",
    "src/auth/session.py",
    "src/billing/invoice.py",
    "src/billing/tax.py",
    "src/billing/models.py",
    "src/orders/models.py",
    "src/orders/api.py",
    "frontend/cart.tsx",
    "migrations/0001_start.sql",
    "tests/test_login.py",
)
"""A small shop: a little of everything."""


NAMED_ONLY = FootprintPredictor(without=(*GAIN, *NEIGHBOUR_GAIN))
"""Predicts what tasks name, and nothing that their texts are only about."""


@dataclass(frozen=True)
class GivenFiles:
    """Contents that a test made up."""

    contents: Mapping[str, str]

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the beginning of a made-up file."""
        return self.contents[path].encode()[:limit] if path in self.contents else None

    def blob_ids(self) -> dict[str, bytes]:
        """Return the ids that git would give the contents."""
        return {path: pygit2.hash(text.encode()).raw for path, text in self.contents.items()}

    def read_blob(self, identity: bytes, limit: int) -> bytes | None:
        """Return the beginning of a made-up content."""
        return next(
            (self.read(path, limit) for path, id in self.blob_ids().items() if id == identity), None
        )

    def blob_size(self, identity: bytes) -> int | None:
        """Return the length of a made-up content."""
        content = self.read_blob(identity, 1 << 30)
        return None if content is None else len(content)


def snapshot_of(files: Mapping[str, str] | Iterable[str] = SHOP) -> RepoSnapshot:
    """Return a snapshot of files that exist nowhere."""
    contents = dict(files) if isinstance(files, Mapping) else dict.fromkeys(files, "")
    return RepoSnapshot(
        repository="shop",
        commit="0" * 40,
        paths=PathIndex(contents),
        _source=GivenFiles(contents),
    )


def task(id: str, title: str = "Do it", **fields: Any) -> Task:
    """Return a task; lists may be given as lists."""
    return Task.model_validate({"id": id, "title": title, **fields})


def workspace(
    *tasks: Task | Mapping[str, Any],
    files: Mapping[str, str] | Iterable[str] = SHOP,
    settings: Mapping[str, Any] | None = None,
    estimator: ConflictEstimator | None = None,
    groups: Sequence[Mapping[str, Sequence[str]]] = (),
    barriers: Sequence[Barrier] = (),
    retrieval: bool = False,
    past: Sequence[Landing] = (),
    observed: Mapping[str, ObservedWork] | None = None,
) -> Workspace:
    """Return a workspace of tasks (``title`` may be left out) and a made-up repository.

    Unless ``retrieval`` is asked for, only what tasks name counts, as the tests of all else want.
    """
    document = TaskDocument(
        path="tasks.yaml",
        format="taskpar",
        tasks=tuple(each if isinstance(each, Task) else task(**each) for each in tasks),
        groups=tuple(ExecutionGroup.model_validate(group) for group in groups),
        barriers=tuple(barriers),
    )
    return Workspace(
        task_set=assemble([document]),
        memory=RepoMemory(snapshot_of(files), given=past),
        predictor=ConflictPredictor(
            estimator or FixedWeights(),
            footprints=FootprintPredictor() if retrieval else NAMED_ONLY,
        ),
        settings=Settings(**(settings or {})),
        observed=observed or {},
    )
