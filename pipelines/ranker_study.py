"""What each kind of column is worth to a ranker of files.

    python pipelines/ranker_study.py CLONES --store URL --rows DIR [--train OWNER/NAME]...

CLONES and the store are those of pipelines/mine_corpus.py; DIR keeps what was gathered. A ranker
learns from the train repositories and ranks the candidates of the newest 30 % of the batches of
every dev repository: with all columns, with each kind left out, and held to the directions that
are known. Prints the last tables of docs/experiments.md: recall@10 and NDCG@10 are means over
repositories of means over tasks; intervals are of the difference to all columns, from a bootstrap
over batches.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from learned_rows import TESTED, print_tables
from numpy.typing import NDArray

from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.comparison import RESAMPLES, Interval
from taskpar_ml.footprints.candidates import CANDIDATE_COLUMNS
from taskpar_ml.footprints.file_traits import TRAITS
from taskpar_ml.footprints.meanings import MEANING_COLUMNS
from taskpar_ml.footprints.word_links import LINK_COLUMNS
from taskpar_ml.training.recall import TaskRecalls, task_recalls
from taskpar_ml.training.repository_rows import WORDINGS, RepositoryRows

COLUMNS: Final = tuple(CANDIDATE_COLUMNS)
_RULE: Final = ("pooled", "place", "likeliest", "expected")
_NAMES: Final = ("named", "behind", "most_named")
_PAST: Final = ("churn", "churn_rate", "churn_decayed", "churn_lately", "since", "company")
_NEIGHBOURS: Final = ("co_change_gain", "same_name_gain", "same_directory_gain")

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "links between words": tuple(LINK_COLUMNS),
    "meanings of texts": tuple(MEANING_COLUMNS),
    "shares of retrievers": tuple(name for name in COLUMNS if name.endswith("_share")),
    "strengths of retrievers": tuple(name for name in COLUMNS if name.endswith("_strength")),
    "gains of retrievers": tuple(
        name for name in COLUMNS if name.endswith("_gain") and name not in _NEIGHBOURS
    ),
    "gains by neighbours": _NEIGHBOURS,
    "the fixed rule": _RULE,
    "names in texts": _NAMES,
    "length of texts": ("words",),
    "the past of files": _PAST,
    "kinds of files": tuple(name for name in TRAITS if name not in _PAST),
}
"""Kinds of columns that are left out in turn; every column is of one kind."""

ALL: Final = "all columns"
FIXED: Final = "the fixed rule alone"
HELD: Final = "held to known directions"
RISING: Final = frozenset(
    {name for name in COLUMNS if name.endswith(("_share", "_gain"))}
    | {"pooled", "named", "behind", "churn", "churn_rate", "churn_decayed", "churn_lately"}
    | {*LINK_COLUMNS, *MEANING_COLUMNS}
)
"""Columns of which more is never less of a chance, where trees are held to that."""

_SETTINGS: Final = TreeSettings()
_DRAWN: Final = 0.3
"""Share of the files that were not touched that a ranker learns from, to be done in time."""


class Ranked(NamedTuple):
    """How one ranker did, by repository and wording."""

    recalls: list[list[TaskRecalls]]

    def means(self, wording: int, draws: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return recall and gain under each draw of batches, shape ``(n_draws, 2)``.

        Parameters
        ----------
        draws
            By repository: how often each batch was drawn, ``(n_draws, n_batches)``.
        """
        found = []
        for rows, drawn in zip(self.recalls, draws, strict=True):
            tasks = rows[wording]
            weight = drawn[:, tasks.batch]
            both = np.stack([tasks.recall, tasks.gain], axis=1)
            found.append(weight @ both / weight.sum(axis=1, keepdims=True))
        return np.asarray(np.mean(found, axis=0))


def variants() -> dict[str, tuple[tuple[str, ...], bool]]:
    """Return what each compared ranker sees, and whether it is held to known directions."""
    found = {ALL: (COLUMNS, False), HELD: (COLUMNS, True)}
    for kind, names in KINDS.items():
        left = tuple(name for name in COLUMNS if name not in names)
        found[f"without {kind}"] = (left, False)
    return found


def lesson(rows: RepositoryRows, columns: Sequence[int], random: np.random.Generator) -> Lesson:
    """Return what was touched, and a share of the rest that counts for all of it."""
    drawn = rows.touched | (random.random(len(rows.touched)) < _DRAWN)
    truth = rows.touched[drawn].astype(np.float32)
    weight = np.where(truth > 0, 1.0, 1 / _DRAWN).astype(np.float32)
    return Lesson(rows.values[drawn][:, columns], truth, weight)


def ranked(
    train: Sequence[RepositoryRows],
    dev: Sequence[RepositoryRows],
    names: Sequence[str],
    *,
    held: bool,
) -> Ranked:
    """Learn from the train repositories and rank the candidates of the others."""
    columns = [COLUMNS.index(name) for name in names]
    random = np.random.default_rng(0)
    trees = BoostedTrees.grown(
        names,
        [lesson(rows, columns, random) for rows in train],
        _SETTINGS,
        rising=[int(name in RISING) for name in names] if held else (),
    )
    return measured(dev, [trees.margin(rows.values[:, columns]) for rows in dev])


def measured(dev: Sequence[RepositoryRows], touch: Sequence[NDArray[np.float64]]) -> Ranked:
    """Return how well candidates are ranked by what is said of them."""
    return Ranked(
        [
            [task_recalls(rows, said, wording, begin=TESTED) for wording in range(len(WORDINGS))]
            for rows, said in zip(dev, touch, strict=True)
        ]
    )


def tables(
    names: Sequence[str],
    train: Sequence[RepositoryRows],
    dev: Sequence[RepositoryRows],
    resamples: int = RESAMPLES,
) -> Iterator[str]:
    """Yield the lines of all tables."""
    pooled = [rows.values[:, COLUMNS.index("pooled")].astype(np.float64) for rows in dev]
    found = {FIXED: measured(dev, pooled)}
    for name, (columns, held) in variants().items():
        print(f"learning: {name}", file=sys.stderr, flush=True)
        found[name] = ranked(train, dev, columns, held=held)
    random = np.random.default_rng(0)
    draws = []
    for rows in dev:
        size = rows.n_batches - int(rows.n_batches * TESTED)
        drawn = random.integers(0, size, size=(resamples, size))
        counts = [np.bincount(row, minlength=size) for row in drawn]
        draws.append(np.array([np.ones(size), *counts], dtype=np.float64))
    for wording, text in enumerate(WORDINGS):
        yield f"\n| {text.value} | recall@10 | NDCG@10 | difference of recall | of NDCG |"
        yield "|---" * 5 + "|"
        whole = found[ALL].means(wording, draws)
        for name, each in found.items():
            values = each.means(wording, draws)
            apart = ["", ""]
            if name != ALL:
                apart = [_interval(column) for column in (values - whole).T]
            recall, gain = values[0]
            yield f"| {name} | {recall:.3f} | {gain:.3f} | {' | '.join(apart)} |"
    yield f"\n| recall@10 | ranked by | {' | '.join(names)} |"
    yield "|---" * (len(names) + 2) + "|"
    for wording, text in enumerate(WORDINGS):
        for name in (FIXED, ALL):
            cells = [f"{rows[wording].recall.mean():.3f}" for rows in found[name].recalls]
            yield f"| {text.value} | {name} | {' | '.join(cells)} |"


def _interval(values: NDArray[np.float64]) -> str:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return str(Interval(float(values[0]), float(low), float(high)))


if __name__ == "__main__":
    sys.exit(print_tables(__doc__, tables))
