"""Whether the constants of retrieval still fit: a logistic regression on past tasks.

    python pipelines/footprint_fit.py REPOSITORY[@REVISION]...

Prints by what each gain, and the chance, would be multiplied or replaced to fit the past tasks of
the repositories, with all of the past and with the past cut to so many landings; and what became of
tasks by the probability of their likeliest file. Name repositories on which nothing is measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from footprint_study import changed_files
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from taskpar_ml.domain.footprint import RetrievedTouches
from taskpar_ml.errors import TaskparError
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.pooling import probability_of
from taskpar_ml.footprints.retrieval import retrieve
from taskpar_ml.history.batches import task_batches
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.wordings import Wording, as_task
from taskpar_ml.repo.snapshot import RepoSnapshot

PASTS = (None, 600, 200, 60, 20, 0)
BINS = (0.0, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)


def main() -> None:
    """Print the fits."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repositories", nargs="+", help="path, or path@revision to end with")
    parser.add_argument("--tasks", type=int, default=2_000, help="newest tasks looked at")
    parser.add_argument("--every", type=int, default=10, help="use every n-th batch only")
    chosen = parser.parse_args()
    try:
        batches = [
            (RepoMemory(RepoSnapshot.at(path, batch.base), given=batch.before), batch)
            for place in chosen.repositories
            for path, _, revision in [place.partition("@")]
            for batch in task_batches(
                landings_until(path, revision or "HEAD", limit=4 * chosen.tasks).landings,
                most_tasks=chosen.tasks,
            )[:: chosen.every]
        ]
    except TaskparError as error:
        raise SystemExit(f"error: {error}") from None
    likeliest: list[tuple[float, int]] = []
    for past in PASTS:
        gains, truth, sources = [], [], ()
        for memory, batch in batches:
            given = batch.before if past is None else batch.before[len(batch.before) - past :]
            cut = replace(memory, given=given)
            # What does not depend on the past is made once.
            cut.__dict__["content"] = memory.content
            touched = [
                {path for path in changed_files(each) if path in memory.snapshot.paths}
                for each in batch.tasks
            ]
            for wording in (Wording.TITLE, Wording.FULL):
                tasks = [as_task(each, wording, id=f"t{n}") for n, each in enumerate(batch.tasks)]
                found = retrieve(tasks, cut)
                sources = found.sources
                true = _true(found, touched, memory.snapshot.paths.paths)
                gains.append(found.gains)
                truth.append(true)
                if past is None:
                    likeliest += _likeliest(found, true)
        _print_fit(past, sources, np.concatenate(gains), np.concatenate(truth))
    print("\n| likeliest file | tasks | none of the ten likeliest changed |\n|---|---|---|")
    best, hits = np.array(likeliest).T
    for low, high in pairwise(BINS):
        inside = (best >= low) & (best < high)
        if inside.any():
            print(f"| {low:g} to {high:g} | {inside.sum()} | {(hits[inside] == 0).mean():.2f} |")


def _true(found: RetrievedTouches, touched: Sequence[set[str]], paths: Sequence[str]) -> np.ndarray:
    rows = zip(found.task.tolist(), found.file.tolist(), strict=True)
    return np.array([paths[file] in touched[task] for task, file in rows], dtype=bool)


def _likeliest(found: RetrievedTouches, true: np.ndarray) -> list[tuple[float, int]]:
    """Return P of the likeliest file of each task, and how many of its ten likeliest are true."""
    probability = probability_of(found.gains.sum(axis=1))
    starts = np.flatnonzero(np.r_[True, np.diff(found.task) != 0])
    ends = np.r_[starts[1:], len(found.task)]
    return [
        (float(probability[start]), int(true[start : min(start + 10, end)].sum()))
        for start, end in zip(starts, ends, strict=True)
    ]


def _print_fit(
    past: int | None, sources: Sequence[str], gains: np.ndarray, truth: np.ndarray
) -> None:
    fitted = LogisticRegression(C=100, max_iter=1_000).fit(gains, truth)
    if past is None:
        print(f"| landings | chance | {' | '.join(sources)} |")
        print("|---" * (len(sources) + 2) + "|")
    cells = [
        f"{factor:.2f}" if gains[:, column].any() else "-"
        for column, factor in enumerate(fitted.coef_[0])
    ]
    name = "all" if past is None else str(past)
    print(f"| {name} | {expit(fitted.intercept_[0]):.4f} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
