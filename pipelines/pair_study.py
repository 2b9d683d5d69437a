"""What judges of pairs reach beside the recipe, and what each kind of feature is worth to them.

    python pipelines/pair_study.py CLONES --store URL --rows DIR --model FOLDER

CLONES, the store and DIR are those of pipelines/train_general.py, and FOLDER is the model that it
wrote. The model, as it is and adapted to the first part of a repository's history, is held against
the recipe of pipelines/recipe_study.py on the same pairs of the newest 30 % of the batches of every
dev repository. Then judges are trained anew with a kind of feature left out, with other trees, with
fewer repositories, and with the labels of every batch shuffled, which must leave nothing to learn.
Prints tables of docs/experiments.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from learned_rows import TEACHERS, options, read_pairs, read_rows
from numpy.typing import NDArray
from recipe_study import recipe
from ruamel.yaml import YAML
from train_general import BATCHES, TAUGHT

from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.boosting import BoostedTrees, Lesson, TreeSettings
from taskpar_ml.estimators.comparison import RESAMPLES, Comparison, JudgedPairs
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import load_model
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.adapting import adapted
from taskpar_ml.training.general import MEMBERS, PAIR_COLUMNS, PairMaterial, others
from taskpar_ml.training.lessons import LEFT_OUT, PAIR_SETTINGS, RISING, pair_lesson
from taskpar_ml.training.repository_rows import RepositoryRows
from taskpar_ml.training.tellings import TELLINGS

TESTED: Final = 0.7
ALL: Final = "as it is"
SHUFFLED: Final = "labels shuffled within batches"
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "conflict rates of files": ("hot_meet", "hot_share", "hot_peak", "hot_all"),
    "how precedents got along": (
        *("past_share", "past_share_close", "past_clash", "past_clash_close"),
    ),
    "rare words": ("rarest", "common"),
    "length of texts": ("terse", "wordy"),
    "similarity of texts": ("semantic",),
    "parts of files": ("region", "region_cosine", "meet_region"),
    "chances of meeting": ("meet", "meet_peak", "file_cosine", "directory_cosine"),
    "breadth": ("narrower", "broader", "vaguer", "surer"),
    "expected sizes": ("smaller_change", "larger_change"),
    "contexts and layers": ("context", "layer"),
    "symbols, tests, endpoints, tables, resources": (
        *("symbol", "test", "api", "database", "resource", "migration"),
    ),
}
"""Kinds of features that are left out in turn."""
LARGER: Final = TreeSettings(trees=250, learning_rate=0.03, leaves=15, least_rows=60)


class Variant(NamedTuple):
    """How judges are trained otherwise."""

    columns: Sequence[str] = PAIR_COLUMNS
    settings: TreeSettings = PAIR_SETTINGS
    held: bool = True
    repositories: Sequence[str] = ()
    shuffled: bool = False


def variants(names: Sequence[str]) -> dict[str, Variant]:
    """Return all of them by name.

    Parameters
    ----------
    names
        Repositories that are learned from.
    """
    found = {ALL: Variant()}
    for kind, left in KINDS.items():
        kept = [name for name in PAIR_COLUMNS if name not in left]
        found[f"without {kind}"] = Variant(columns=kept)
    found["with imports"] = Variant(columns=[*PAIR_COLUMNS, *sorted(LEFT_OUT)])
    found["not held to known directions"] = Variant(held=False)
    found["trees of 15 leaves"] = Variant(settings=LARGER)
    few = [name for name in names if name in TEACHERS]
    if few and len(few) < len(names):
        found[f"learned from {len(few)} repositories"] = Variant(repositories=few)
    found[SHUFFLED] = Variant(shuffled=True)
    return found


def margins(
    variant: Variant,
    material: Mapping[str, PairMaterial],
    dev: Mapping[str, PairMaterial],
) -> dict[str, NDArray[np.float64]]:
    """Train judges and return what they say of dev repositories, by repository.

    Each of shape ``(n_batches, n_tellings, n_pairs)``.
    """
    names = list(variant.repositories or material)
    lessons = {
        name: pair_lesson(material[name].pairs, material[name].labels, variant.columns)
        for name in names
    }
    if variant.shuffled:
        lessons = {name: _shuffled(lesson, material[name]) for name, lesson in lessons.items()}
    told = dict.fromkeys(dev, np.float64(0.0))
    for group in range(MEMBERS):
        trees = BoostedTrees.grown(
            variant.columns,
            [lessons[name] for name in others(names, group, MEMBERS)],
            variant.settings.model_copy(update={"seed": group}),
            rising=[int(variant.held and name in RISING) for name in variant.columns],
        )
        for name, each in dev.items():
            values = each.pairs.columns_of(variant.columns)
            flat = trees.margin(values.reshape(-1, values.shape[-1]))
            told[name] = told[name] + flat.reshape(values.shape[:-1]) / MEMBERS
    return {name: np.asarray(each) for name, each in told.items()}


def _shuffled(lesson: Lesson, material: PairMaterial) -> Lesson:
    """Return a lesson in which pairs have the labels of others of their batch, in all tellings."""
    batches, tellings, pairs, _ = material.pairs.values.shape
    truth = lesson.truth.reshape(batches, tellings, pairs).copy()
    random = np.random.default_rng(0)
    for each in truth:
        each[:] = each[:, random.permutation(pairs)]
    return replace(lesson, truth=truth.reshape(-1))


def compared(
    dev: Mapping[str, RepositoryRows],
    scores: Mapping[str, Mapping[str, NDArray[np.float64]]],
    place: int,
    *,
    resamples: int,
    shuffled: bool = False,
    different: bool = False,
) -> Comparison:
    """Hold models against each other on the tested pairs.

    Parameters
    ----------
    scores
        By model and repository, shape ``(n_batches, n_tellings, n_pairs)``.
    place
        Which telling.
    shuffled
        Whether labels are shuffled within batches.
    different
        Whether only pairs of different authors count.
    """
    judged = []
    random = np.random.default_rng(1)
    for name, rows in dev.items():
        first = int(rows.n_batches * TESTED)
        truth = rows.textual[first:]
        if shuffled:
            truth = np.stack([random.permutation(each) for each in truth])
        known = ~np.isnan(truth)
        if different:
            known &= ~rows.one_author[first:]
        batch = np.broadcast_to(np.arange(len(truth))[:, None], truth.shape)[known]
        judged.append(
            JudgedPairs(
                truth[known] > 0,
                batch.astype(np.int64),
                {model: each[name][first:, place][known] for model, each in scores.items()},
            )
        )
    return Comparison(judged, resamples=resamples)


def tables(
    dev: Mapping[str, PairMaterial],
    train: Mapping[str, PairMaterial],
    teachers: Sequence[RepositoryRows],
    model: LearnedModel,
    resamples: int,
    only: Sequence[str] | None = None,
) -> Iterator[str]:
    """Yield the lines of all tables.

    Parameters
    ----------
    only
        Names of the variants that are trained besides the first; all of them if None.
    """
    labels = {name: each.labels for name, each in dev.items()}
    yield from _beside_the_recipe(dev, labels, teachers, model, resamples)
    found = {}
    for name, variant in variants(list(train)).items():
        if only is not None and name not in (ALL, *only):
            continue
        print(f"learning: {name}", file=sys.stderr, flush=True)
        found[name] = margins(variant, train, dev)
    honest = {name: each for name, each in found.items() if name != SHUFFLED}
    for place, telling in enumerate(TELLINGS):
        made = compared(labels, honest, place, resamples=resamples)
        yield f"\n| {telling} | AUC | AP | difference of AUC | of AP |"
        yield "|---" * 5 + "|"
        for name in honest:
            apart = ["", ""]
            if name != ALL:
                apart = [str(made.difference(name, ALL, each)) for each in ("AUC", "AP")]
            values = [f"{made.value(name, each).value:.3f}" for each in ("AUC", "AP")]
            yield f"| {name} | {' | '.join([*values, *apart])} |"
    yield f"\n| labels shuffled, AUC | {' | '.join(TELLINGS)} |"
    yield "|---" * (len(TELLINGS) + 1) + "|"
    shuffled = [("in test", {SHUFFLED: found[ALL]}, True)]
    if SHUFFLED in found:
        shuffled.append(("in train and test", {SHUFFLED: found[SHUFFLED]}, True))
    for said, scores, tested in shuffled:
        cells = [
            str(
                compared(labels, scores, place, resamples=resamples, shuffled=tested).value(
                    SHUFFLED, "AUC"
                )
            )
            for place in range(len(TELLINGS))
        ]
        yield f"| {said} | {' | '.join(cells)} |"


def _beside_the_recipe(
    dev: Mapping[str, PairMaterial],
    labels: Mapping[str, RepositoryRows],
    teachers: Sequence[RepositoryRows],
    model: LearnedModel,
    resamples: int,
) -> Iterator[str]:
    judged = dict(zip(dev, recipe(teachers, list(labels.values())), strict=True))
    own = {
        name: adapted(model, each.pairs, each.labels.counted, until=TESTED).model
        for name, each in dev.items()
    }
    ours = {
        "unseen": {name: _told(model, each) for name, each in dev.items()},
        "own": {name: _told(own[name], each) for name, each in dev.items()},
    }
    yield "| text | pairs | setting | AUC | AP | AUC over the recipe | AP over | AP, times |"
    yield "|---" * 8 + "|"
    for place, wording in enumerate(TELLINGS[:3]):
        for different in (False, True):
            for setting, told in ours.items():
                scores = {
                    "ours": told,
                    "recipe": {name: each.risk[setting] for name, each in judged.items()},
                }
                made = compared(labels, scores, place, resamples=resamples, different=different)
                over = [made.difference("ours", "recipe", each) for each in ("AUC", "AP")]
                cells = [made.value("ours", each) for each in ("AUC", "AP")]
                times = made.ratio("ours", "recipe", "AP")
                pairs = "different authors" if different else "all"
                row = [wording, pairs, setting, *cells, *over, times]
                yield f"| {' | '.join(map(str, row))} |"
    yield f"\n| AUC over the recipe | setting | {' | '.join(dev)} |"
    yield "|---" * (len(dev) + 2) + "|"
    for place, wording in enumerate(TELLINGS[:3]):
        for setting, told in ours.items():
            scores = {
                "ours": told,
                "recipe": {name: each.risk[setting] for name, each in judged.items()},
            }
            made = compared(labels, scores, place, resamples=resamples)
            single = made.single_difference("ours", "recipe", "AUC")
            yield f"| {wording} | {setting} | {' | '.join(f'{x.value:+.3f}' for x in single)} |"


def _told(model: LearnedModel, material: PairMaterial) -> NDArray[np.float64]:
    values = material.pairs.columns_of(model.pairs.columns)
    flat = model.pairs.margins(values.reshape(-1, values.shape[-1])).mean(axis=0)
    return np.asarray(flat.reshape(values.shape[:-1]))


def main() -> int:
    """Print the tables that the command line asks for, and return the exit code."""
    parser = options(__doc__)
    parser.add_argument("--model", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--only", action="append", metavar="NAME", help="variants that are trained")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help="draws of intervals")
    chosen = parser.parse_args()
    names = list(chosen.train or TAUGHT)
    try:
        model = load_model(chosen.model)
        with HistoryStore.open(chosen.store, create=False) as store:
            train = {name: _material(chosen, store, name, model, batches=BATCHES) for name in names}
            corpus = YAML(typ="safe").load(chosen.corpus)
            dev = {name: _material(chosen, store, name, model) for name in corpus["dev"]}
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    teachers = [train[name].labels for name in names if name in TEACHERS or chosen.train]
    for line in tables(dev, train, teachers, model, chosen.resamples, chosen.only):
        print(line, flush=True)
    return 0


def _material(
    chosen: argparse.Namespace,
    store: HistoryStore,
    name: str,
    model: LearnedModel,
    *,
    batches: int | None = None,
) -> PairMaterial:
    """Return what was kept of a repository, or gather it with the model.

    Rows of train repositories are those that the model learned from: training kept them.
    """
    rows = read_rows(chosen, store, name, lambda: model.ranker.links)
    pairs = read_pairs(chosen, store, name, lambda: (model.ranker, model.effort), batches=batches)
    return PairMaterial(pairs, rows)


if __name__ == "__main__":
    sys.exit(main())
