"""The recipe that every model is held against: retrieval, a learned ranker, plain pair features.

    python pipelines/recipe_study.py CLONES --store URL --rows DIR [--train OWNER/NAME]...

CLONES and the store are those of pipelines/mine_corpus.py. Every train repository and every dev
repository is read once, batch by batch, and what was found is kept in DIR. A gradient-boosted
ranker learns which files tasks touch from what texts, paths and contents say of them; a second
model learns which pairs conflict from how two such footprints overlap. Both are tested on the
newest 30 % of the batches of every dev repository, once without having seen the repository and
once with its first 60 %. Prints the tables of docs/experiments.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import lightgbm as lgb
import numpy as np
from learned_rows import TESTED, print_tables
from numpy.typing import NDArray

from taskpar_ml.estimators.comparison import RESAMPLES, Comparison, JudgedPairs
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.training.recall import RecallAt, recall_at_ten
from taskpar_ml.training.repository_rows import WORDINGS, RepositoryRows

LEARNED: Final = 0.6
"""Share of the batches of a repository that its own models learn from, oldest first."""
_TEXTS: Final = ("content", "path", "past_texts", "similar_tasks")
RANKED_BY: Final = (
    *(f"{name}_share" for name in _TEXTS),
    *(f"{name}_strength" for name in _TEXTS),
    "churn",
    "churn_decayed",
    "since",
)
"""Columns of candidates that the ranker of the recipe sees."""
_RANKER: Final[Mapping[str, Any]] = {
    "n_estimators": 300,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_child_samples": 80,
    "subsample": 0.8,
    "subsample_freq": 1,
    "colsample_bytree": 0.7,
    "reg_lambda": 5.0,
    "verbose": -1,
    "deterministic": True,
    "n_jobs": 1,
}
_PAIRS: Final[Mapping[str, Any]] = {
    **_RANKER,
    "n_estimators": 250,
    "learning_rate": 0.03,
    "num_leaves": 15,
    "min_child_samples": 60,
}
_SEEDS: Final = 3
_FOLDS: Final = 3
"""Groups of train repositories, each ranked by who has not learned from it."""
_LEAST: Final = 0.004
"""P(touch) from which on a file counts."""


def pair_columns(rows: RepositoryRows, touch: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return the plain features of all pairs, shape ``(n_batches, n_wordings, n_pairs, 10)``.

    Expected common files, P(any common file), the likeliest one, cosine and weighted Jaccard of the
    probabilities, cosine by directory, cosine of the texts, breadth of the narrower and of the
    broader task, and P(touch) of the likeliest file of the vaguer one.
    """
    found = []
    n_tasks = rows.existing.shape[1]
    a, b = np.triu_indices(n_tasks, k=1)
    for batch in range(rows.n_batches):
        for wording in range(len(WORDINGS)):
            own = np.flatnonzero(
                (rows.batch == batch) & (rows.wording == wording) & (touch >= _LEAST)
            )
            files = _dense(rows.task[own], rows.path[own], touch[own], n_tasks)
            folders = _dense(rows.task[own], rows.directory[own], touch[own], n_tasks)
            meet = files[a] * files[b]
            expected, breadth = meet.sum(axis=1), files.sum(axis=1)
            likeliest = files.max(axis=1)
            found.append(
                np.stack(
                    [
                        expected,
                        1 - np.prod(1 - meet, axis=1),
                        meet.max(axis=1),
                        _cosine(files)[a, b],
                        expected / np.maximum(breadth[a] + breadth[b] - expected, 1e-9),
                        _cosine(folders)[a, b],
                        rows.cosine[batch, wording],
                        np.minimum(breadth[a], breadth[b]),
                        np.maximum(breadth[a], breadth[b]),
                        np.minimum(likeliest[a], likeliest[b]),
                    ],
                    axis=1,
                )
            )
    shape = rows.n_batches, len(WORDINGS), len(a), -1
    return np.array(found, dtype=np.float32).reshape(shape)


def _dense(
    task: NDArray[np.int16], item: NDArray[np.int32], touch: NDArray[np.float64], n_tasks: int
) -> NDArray[np.float64]:
    """Return P(touch) by task and item; at least one item, so that there is always a largest."""
    names, column = np.unique(item, return_inverse=True)
    dense = np.zeros((n_tasks, max(len(names), 1)))
    np.add.at(dense, (task, column), touch)
    return dense


def _cosine(dense: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.maximum(np.sqrt((dense * dense).sum(axis=1)), 1e-9)
    return np.asarray(dense @ dense.T / np.outer(length, length))


@dataclass(frozen=True)
class Lesson:
    """Rows to learn from; every lesson counts the same, however many rows it has."""

    values: NDArray[np.float32]
    truth: NDArray[np.float32]


def learned(
    lessons: Sequence[Lesson], settings: Mapping[str, Any], *, seeds: int = 1
) -> list[lgb.LGBMClassifier]:
    """Return models that learned from all lessons; rows of unknown truth are left out."""
    known = [~np.isnan(each.truth) for each in lessons]
    values = np.concatenate([each.values[own] for each, own in zip(lessons, known, strict=True)])
    truth = np.concatenate([each.truth[own] for each, own in zip(lessons, known, strict=True)])
    weight = np.concatenate([np.full(own.sum(), 1 / own.sum()) for own in known])
    weight *= len(truth) / len(lessons)
    return [
        lgb.LGBMClassifier(**settings, random_state=seed).fit(values, truth, sample_weight=weight)
        for seed in range(seeds)
    ]


def probability(
    models: Sequence[lgb.LGBMClassifier], values: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the mean probability of some models."""
    flat = values.reshape(-1, values.shape[-1])
    told = [np.asarray(model.predict_proba(flat))[:, 1] for model in models]
    return np.asarray(np.mean(told, axis=0)).reshape(values.shape[:-1])


def candidate_lesson(rows: RepositoryRows, *, until: float = 1.0) -> Lesson:
    """Return the candidates of the first batches of a repository."""
    own = rows.batch < int(rows.n_batches * until)
    return Lesson(_seen(rows)[own], rows.touched[own].astype(np.float32))


def _seen(rows: RepositoryRows) -> NDArray[np.float32]:
    columns = [list(CANDIDATE_COLUMNS).index(name) for name in RANKED_BY]
    return np.asarray(rows.values[:, columns])


def pair_lesson(
    rows: RepositoryRows, columns: NDArray[np.float32], *, until: float = 1.0
) -> Lesson:
    """Return the pairs of the first batches of a repository, in every wording."""
    end = int(rows.n_batches * until)
    truth = np.repeat(rows.textual[:end, None], len(WORDINGS), axis=1)
    return Lesson(columns[:end].reshape(-1, columns.shape[-1]), truth.reshape(-1))


@dataclass(frozen=True)
class Judged:
    """What the recipe says of one dev repository: P(touch) and P(conflict) in both settings."""

    touch: Mapping[str, NDArray[np.float64]]
    risk: Mapping[str, NDArray[np.float64]]


def recipe(train: Sequence[RepositoryRows], dev: Sequence[RepositoryRows]) -> Iterator[Judged]:
    """Learn and judge, dev repository by dev repository."""
    lessons = [candidate_lesson(rows) for rows in train]
    taught: list[Lesson | None] = [None] * len(train)
    for fold in range(min(_FOLDS, len(train))):
        others = [each for place, each in enumerate(lessons) if place % _FOLDS != fold]
        models = learned(others or lessons, _RANKER)
        for place in range(fold, len(train), _FOLDS):
            touch = probability(models, _seen(train[place]))
            taught[place] = pair_lesson(train[place], pair_columns(train[place], touch))
    pairs = [each for each in taught if each is not None]
    general = learned(lessons, _RANKER)
    unseen = learned(pairs, _PAIRS, seeds=_SEEDS)
    for number, rows in enumerate(dev):
        print(f"judging repository {number + 1} of {len(dev)}", file=sys.stderr, flush=True)
        touch = probability(general, _seen(rows))
        columns = pair_columns(rows, touch)
        own = learned([*lessons, candidate_lesson(rows, until=LEARNED)], _RANKER)
        adapted = probability(own, _seen(rows))
        mine = learned([*pairs, pair_lesson(rows, columns, until=LEARNED)], _PAIRS, seeds=_SEEDS)
        yield Judged(
            {"unseen": touch, "own": adapted},
            {
                "unseen": probability(unseen, columns),
                "own": probability(mine, pair_columns(rows, adapted)),
            },
        )


def compared(
    dev: Sequence[RepositoryRows],
    judged: Sequence[Judged],
    wording: int,
    *,
    of: str = "all",
    resamples: int,
) -> Comparison:
    """Return both settings on the tested pairs of all dev repositories.

    Parameters
    ----------
    of
        Which pairs: ``all``, those of ``different authors`` or ``concurrent`` ones.
    """
    found = []
    for rows, said in zip(dev, judged, strict=True):
        begin = int(rows.n_batches * TESTED)
        truth = rows.textual[begin:]
        chosen = ~np.isnan(truth)
        if of == "different authors":
            chosen &= ~rows.one_author[begin:]
        elif of == "concurrent":
            chosen &= rows.concurrent[begin:]
        batch = np.broadcast_to(np.arange(len(truth))[:, None], truth.shape)[chosen]
        if truth[chosen].any():
            scores = {name: risk[begin:, wording][chosen] for name, risk in said.risk.items()}
            scores["texts alone"] = rows.cosine[begin:, wording][chosen].astype(np.float64)
            found.append(JudgedPairs(truth[chosen] > 0, batch, scores))
    return Comparison(found, resamples=resamples)


def tables(
    names: Sequence[str],
    train: Sequence[RepositoryRows],
    dev: Sequence[RepositoryRows],
    resamples: int = RESAMPLES,
) -> Iterator[str]:
    """Yield the lines of all tables."""
    judged = list(recipe(train, dev))
    yield "| text | pairs | conflicts | scored by | AUC | AP | lift | caught at 5 / 10 / 20 % |"
    yield "|---" * 8 + "|"
    for wording, text in enumerate(WORDINGS):
        for of in ("all", "different authors", "concurrent"):
            made = compared(dev, judged, wording, of=of, resamples=resamples)
            if not made.judged:
                continue
            conflicts = [int(each.truth.sum()) for each in made.judged]
            counted = f"{sum(conflicts)} in {len(conflicts)} repositories"
            for setting in made.models:
                auc, precision = (made.value(setting, name) for name in ("AUC", "AP"))
                lift = made.value(setting, "lift").value
                caught = " / ".join(
                    f"{made.value(setting, f'caught at {share} %').value:.0%}"
                    for share in (5, 10, 20)
                )
                yield (
                    f"| {text.value} | {of} | {counted} | {setting} | {auc} | {precision} "
                    f"| {lift:.1f} | {caught} |"
                )
    yield f"\n| text: AUC / AP | scored by | {' | '.join(names)} |"
    yield "|---" * (len(names) + 2) + "|"
    for wording, text in enumerate(WORDINGS):
        made = compared(dev, judged, wording, resamples=resamples)
        for setting in ("unseen", "own"):
            both = zip(made.single(setting, "AUC"), made.single(setting, "AP"), strict=True)
            cells = [f"{auc.value:.3f} / {precision.value:.3f}" for auc, precision in both]
            yield f"| {text.value} | {setting} | {' | '.join(cells)} |"
    yield "\n| text | ranked by | recall@10 | NDCG@10 | candidates hold |\n|---|---|---|---|---|"
    for wording, text in enumerate(WORDINGS):
        for name in ("fixed rule", "unseen", "own"):
            found = [
                recall_at_ten(rows, _touch(rows, said, name), wording, begin=TESTED)
                for rows, said in zip(dev, judged, strict=True)
            ]
            yield f"| {text.value} | {name} | {_cells(found)} |"


def _touch(rows: RepositoryRows, said: Judged, name: str) -> NDArray[np.float64]:
    if name == "fixed rule":
        pooled = rows.values[:, list(CANDIDATE_COLUMNS).index("pooled")]
        return np.asarray(pooled, dtype=np.float64)
    return said.touch[name]


def _cells(found: Sequence[RecallAt]) -> str:
    columns = zip(*found, strict=True)
    return " | ".join(f"{np.mean(column):.3f}" for column in columns)


if __name__ == "__main__":
    sys.exit(print_tables(__doc__, tables))
