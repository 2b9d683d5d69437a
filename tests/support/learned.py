"""Made-up rows to learn from, and the studies that learn."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np

from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.training.repository_rows import WORDINGS, RepositoryRows

BATCHES, TASKS, FILES = 20, 20, 12
PAIRS = TASKS * (TASKS - 1) // 2
PIPELINES = Path(__file__).parents[2] / "pipelines"


MEANT = [list(CANDIDATE_COLUMNS).index(name) for name in MEANING_COLUMNS]


def study_named(name: str) -> ModuleType:
    """Return a study, with what it shares with others beside it."""
    if str(PIPELINES) not in sys.path:
        sys.path.insert(0, str(PIPELINES))
    return importlib.import_module(name)


def made(seed: int) -> RepositoryRows:
    """Return rows in which contents tell what is touched, and common files tell what conflicts."""
    random = np.random.default_rng(seed)
    wordings = len(WORDINGS)
    shape = BATCHES, wordings, TASKS, FILES
    touched = random.random((BATCHES, 1, TASKS, FILES)) < 0.15
    at = np.indices(shape).reshape(4, -1)
    values = np.zeros((at.shape[1], len(CANDIDATE_COLUMNS)), dtype=np.float32)
    told = np.broadcast_to(touched, shape).reshape(-1)
    values[:, MEANT] = np.nan
    values[:, list(CANDIDATE_COLUMNS).index("content_share")] = told + random.normal(
        0, 0.2, told.size
    )
    a, b = np.triu_indices(TASKS, k=1)
    own = touched[:, 0]
    truth = (own[:, a] & own[:, b]).any(axis=-1) & (random.random((BATCHES, PAIRS)) < 0.6)
    return RepositoryRows(
        batch=at[0].astype(np.int32),
        wording=at[1].astype(np.int8),
        task=at[2].astype(np.int16),
        path=at[3].astype(np.int32),
        directory=(at[3] // 3).astype(np.int32),
        values=values,
        touched=told,
        existing=own.sum(axis=-1),
        cosine=random.random((BATCHES, wordings, PAIRS)).astype(np.float32),
        textual=truth.astype(np.float32),
        counted=truth.astype(np.float32),
        one_author=random.random((BATCHES, PAIRS)) < 0.3,
        concurrent=np.zeros((BATCHES, PAIRS), dtype=bool),
    )


def told_meanings(rows: RepositoryRows) -> RepositoryRows:
    """Return the rows with votes by meaning, which tell a little of what is touched."""
    values = rows.values.copy()
    votes = np.random.default_rng(1).random((len(values), len(MEANT)))
    values[:, MEANT] = votes * (1 + rows.touched[:, None])
    return replace(rows, values=values)
