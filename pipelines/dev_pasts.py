"""Pasts of the dev repositories for studies that replay them: arguments, reading, printing."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from ruamel.yaml import YAML

from taskpar_ml.backtest.mined import mined_findings
from taskpar_ml.backtest.repository import Past, Planner
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.predicting import chosen_predictor
from taskpar_ml.sizing import sized_tasks

CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"
_Found = TypeVar("_Found")


class DevPast(NamedTuple):
    """The past of one repository, who plans, and where facts of its commits are kept.

    ``left_out`` is how many batches lie before those of the past.
    """

    past: Past
    left_out: int
    planner: Planner
    cache: FactCache


def arguments(description: str) -> argparse.ArgumentParser:
    """Return a parser of what such studies are told."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--model", type=Path, metavar="FOLDER")
    parser.add_argument("--tasks", type=int, default=2000)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--cache", type=Path, metavar="FOLDER", help="facts of commits, kept")
    return parser


def dev_past(slug: str, chosen: argparse.Namespace, *, from_share: float) -> DevPast:
    """Read the past of one repository, from a share of its batches on."""
    cache: FactCache = NO_CACHE
    if chosen.cache is not None:
        cache = DiskFactCache(chosen.cache / f"{slug.replace('/', '+')}.sqlite")
    with HistoryStore.open(chosen.store, create=False) as store:
        history = store.history(slug)
        batches, findings = mined_findings(history, tasks=chosen.tasks)
        rates = PastRates.read(history)
    first = int(from_share * len(batches))
    past = Past(chosen.clones / slug, batches[first:], findings, LabelPolicy(), rates)
    predictor = chosen_predictor("learned", model=chosen.model).predictor
    return DevPast(past, first, Planner(predictor, sized_tasks), cache)


def in_each(
    study: Callable[[str, argparse.Namespace], _Found], chosen: argparse.Namespace
) -> list[_Found]:
    """Return what a study comes to in each dev repository."""
    slugs: Sequence[str] = list(YAML(typ="safe").load(chosen.corpus)["dev"])
    if chosen.jobs == 1:
        return [study(slug, chosen) for slug in slugs]
    with ProcessPoolExecutor(chosen.jobs) as pool:
        return list(pool.map(partial(study, chosen=chosen), slugs))


def print_table(title: str, columns: Iterable[str], rows: Iterable[list[str]]) -> None:
    """Print a table as Markdown."""
    names = list(columns)
    print(f"\n## {title}\n")
    print("| " + " | ".join(names) + " |")
    print("|" + "---|" * len(names))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
