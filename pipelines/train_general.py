"""Trains the general model that is shipped in models/general.

    python pipelines/train_general.py CLONES --store URL --rows DIR --out FOLDER

CLONES and the store are those of pipelines/mine_corpus.py; DIR keeps what was gathered, so that the
command can be interrupted. Links between words are counted, and sizes of changes are learned, in
every train repository of the corpus that was mined or of which a clone is there; files and pairs
are learned from those of TAUGHT, which are of many languages and of a size that is read in minutes.
No dev repository is looked at.

With TASKPAR_SEMANTIC=on and the semantic extra installed, rows tell what texts mean, and the model
has trees of its own for where that is known; with --onto they are all that is learned.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from effort_rows import rows_of
from learned_rows import link_counts, options, read_pairs, read_rows
from ruamel.yaml import YAML

from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.effort_file import rounded
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import load_model, save_model
from taskpar_ml.estimators.touch_model import TouchModel
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.training.effort import effort_of, trained_effort
from taskpar_ml.training.effort_rows import EffortRows
from taskpar_ml.training.general import (
    FOLDS,
    PairMaterial,
    learned_model,
    learned_ranker,
    of_group,
    others,
    seeing_ranker,
)
from taskpar_ml.training.link_counts import LinkCounts, links_of
from taskpar_ml.training.repository_rows import RepositoryRows

NAME: Final = "general-3"
EFFORT: Final = "effort-1"
TAUGHT: Final = (
    "celery/celery",
    "aio-libs/aiohttp",
    "fastapi/fastapi",
    "axios/axios",
    "caddyserver/caddy",
    "psf/black",
    "python-poetry/poetry",
    "clap-rs/clap",
    "jekyll/jekyll",
    "github/spec-kit",
    "traefik/traefik",
    "vuejs/core",
    "sidekiq/sidekiq",
    "simonw/llm",
)
_Found = TypeVar("_Found")

ONTO: Final = "a model to which is added alone what it can tell of files by what texts mean"
BATCHES: Final = 60
"""Newest batches of each of which pairs are learned from: many repositories tell more than much
of one."""


def main() -> int:
    """Train what the command line names, and return the exit code."""
    parser = options(__doc__)
    parser.add_argument("--out", required=True, type=Path, metavar="FOLDER")
    parser.add_argument("--onto", type=Path, metavar="FOLDER", help=ONTO)
    parser.add_argument("--threads", type=int, default=1)
    chosen = parser.parse_args()
    try:
        save_model(trained(chosen), chosen.out)
    except (TaskparError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def trained(chosen: argparse.Namespace) -> LearnedModel:
    """Return the model that the command line asks for.

    Raises
    ------
    TaskparError
        If a repository was not mined, or cannot be read.
    """
    corpus = YAML(typ="safe").load(chosen.corpus)
    names = list(chosen.train or TAUGHT)
    chosen.rows.mkdir(parents=True, exist_ok=True)
    with HistoryStore.open(chosen.store, create=False) as store:
        known = {**dict.fromkeys(names), **corpus.get("train", {})}
        counts = dict(link_counts(chosen, store, known))
        rows = {
            name: read_rows(
                chosen,
                store,
                name,
                lambda name=name: links_of(list(_without(counts, [name]).values())),
            )
            for name in names
        }
        if chosen.onto is not None:
            model = load_model(chosen.onto)
            ranker = seeing_ranker(model.ranker, rows, threads=chosen.threads)
            return replace(model, ranker=ranker)
        sized = {slug: rows_of(chosen, store, slug, str(commit)) for slug, commit in known.items()}
        efforts = {slug: each for slug, each in sized.items() if each is not None}
        material = _material(chosen, store, rows, counts, efforts)
    print("learning", file=sys.stderr, flush=True)
    ranker = learned_ranker(f"{NAME}-files", rows, counts, threads=chosen.threads)
    if all(each.tells_meanings for each in rows.values()):
        ranker = seeing_ranker(ranker, rows, threads=chosen.threads)
    return learned_model(
        NAME,
        ranker,
        material,
        effort=rounded(trained_effort(EFFORT, efforts, commits=known)),
        facts={**_facts(corpus, names, rows, material), "links counted in": sorted(counts)},
        threads=chosen.threads,
    )


def _material(
    chosen: argparse.Namespace,
    store: HistoryStore,
    rows: dict[str, RepositoryRows],
    counts: dict[str, LinkCounts],
    efforts: dict[str, EffortRows],
) -> dict[str, PairMaterial]:
    """Return what judges of pairs learn from, told by those who did not learn from it."""
    names = list(rows)

    @cache
    def tellers(group: int) -> tuple[TouchModel, EffortModel]:
        print(f"learning to rank, group {group + 1} of {FOLDS}", file=sys.stderr, flush=True)
        left = others(names, group, FOLDS)
        seen = {name: rows[name] for name in left}
        away = of_group(names, group, FOLDS)
        known = _without(counts, away)
        ranker = learned_ranker(f"files-{group}", seen, known, threads=chosen.threads)
        return ranker, effort_of(f"effort-{group}", _without(efforts, away).values())

    material = {}
    for group in range(FOLDS):
        for name in of_group(names, group, FOLDS):
            pairs = read_pairs(
                chosen, store, name, lambda group=group: tellers(group), batches=BATCHES
            )
            material[name] = PairMaterial(pairs, rows[name])
    return material


def _without(counts: dict[str, _Found], names: list[str]) -> dict[str, _Found]:
    return {name: each for name, each in counts.items() if name not in names}


def _facts(
    corpus: dict[str, dict[str, str]],
    names: list[str],
    rows: dict[str, RepositoryRows],
    material: dict[str, PairMaterial],
) -> dict[str, object]:
    return {
        "repositories": {
            name: {
                "commit": corpus["train"].get(name),
                "tasks": int(rows[name].existing.size),
                "candidates": len(rows[name].touched),
                "pairs": int(material[name].pairs.values.shape[0] * rows[name].textual.shape[1]),
                "conflicts": int(
                    (rows[name].counted[-len(material[name].pairs.values) :] == 1).sum()
                ),
            }
            for name in names
        },
    }


if __name__ == "__main__":
    sys.exit(main())
