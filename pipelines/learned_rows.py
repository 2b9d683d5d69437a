"""Rows of train and of dev repositories, gathered once and kept: what studies of learning share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

from ruamel.yaml import YAML

from taskpar_ml.backtest.mined import mined_findings
from taskpar_ml.errors import TaskparError, UnknownHistoryError
from taskpar_ml.estimators.comparison import RESAMPLES
from taskpar_ml.estimators.contract import ChangeSizer
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.ranker import TouchRanker
from taskpar_ml.footprints.word_links import WordLinks
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.sentence_encoder import MINILM, wanted_encoder
from taskpar_ml.training.link_counts import LinkCounts, links_of
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.repository_rows import RepositoryRows

CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"
TEACHERS: Final = (
    "celery/celery",
    "aio-libs/aiohttp",
    "fastapi/fastapi",
    "axios/axios",
    "caddyserver/caddy",
)
"""Train repositories that are learned from unless others are named."""
TASKS: Final = 2_000
"""Newest tasks of a repository that are looked at."""
KEPT: Final = "what was gathered, kept: take another DIR when more is mined"
_ALL: Final = 1 << 40
"""Landings that are read for links between words: every one."""
TESTED: Final = 0.7
"""Share of the batches of a dev repository that stand before those that are tested."""


Tables: TypeAlias = Callable[
    [Sequence[str], Sequence[RepositoryRows], Sequence[RepositoryRows], int], Iterable[str]
]
"""From names of dev repositories, rows of train and of dev ones, and how often batches are drawn to
the lines of tables."""


def print_tables(said: str | None, tables: Tables) -> int:
    """Gather what the command line names, print tables of it, and return the exit code.

    Parameters
    ----------
    said
        What the study is for.
    tables
        Who makes them.
    """
    parser = options(said)
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help="draws of intervals")
    chosen = parser.parse_args()
    try:
        names, train, dev = learned_rows(chosen)
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in tables(names, train, dev, chosen.resamples):
        print(line, flush=True)
    return 0


def options(said: str | None) -> argparse.ArgumentParser:
    """Return the options that everybody has who gathers rows.

    Parameters
    ----------
    said
        What the command is for.
    """
    parser = argparse.ArgumentParser(description=(said or "").partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--rows", required=True, type=Path, metavar="DIR", help=KEPT)
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--train", action="append", metavar="OWNER/NAME")
    parser.add_argument("--tasks", type=int, default=TASKS, help="newest tasks looked at")
    return parser


def learned_rows(
    chosen: argparse.Namespace,
) -> tuple[list[str], list[RepositoryRows], list[RepositoryRows]]:
    """Return the names of the dev repositories, and the rows of train and of dev repositories.

    Links between words are learned from every train repository of the corpus that was mined or of
    which a clone is there, and from those that are named; the rows of one of these take them from
    the others.

    Raises
    ------
    TaskparError
        If a repository was not mined, or cannot be read.
    """
    corpus = YAML(typ="safe").load(chosen.corpus)
    dev, train = list(corpus["dev"]), list(chosen.train or TEACHERS)
    chosen.rows.mkdir(parents=True, exist_ok=True)
    with HistoryStore.open(chosen.store, create=False) as store:
        known = {**dict.fromkeys(train), **corpus.get("train", {})}
        counts = dict(link_counts(chosen, store, known))
        found = {
            slug: read_rows(
                chosen,
                store,
                slug,
                lambda slug=slug: links_of([each for name, each in counts.items() if name != slug]),
            )
            for slug in (*train, *dev)
        }
    return dev, [found[slug] for slug in train], [found[slug] for slug in dev]


def link_counts(
    chosen: argparse.Namespace, store: HistoryStore, slugs: Mapping[str, str | None]
) -> Iterator[tuple[str, LinkCounts]]:
    """Yield the counts of repositories that were mined, or else of which a clone is there.

    Parameters
    ----------
    slugs
        By repository: the commit up to which a clone is read, if it is.
    """
    for slug, commit in slugs.items():
        try:
            with store.history(slug).at_one_moment() as reader:
                yield slug, LinkCounts.of(placed.landing for placed in reader.landings())
        except UnknownHistoryError:
            clone = chosen.clones / slug
            if commit is not None and clone.exists():
                yield slug, LinkCounts.of(landings_until(clone, commit, limit=_ALL).landings)


def read_rows(
    chosen: argparse.Namespace,
    store: HistoryStore,
    slug: str,
    links: Callable[[], WordLinks | None],
) -> RepositoryRows:
    """Return the rows of one repository, from disk where they were gathered before.

    Parameters
    ----------
    links
        Makes links between words, learned from other repositories, if they are needed.
    """
    path = kept_file(chosen.rows, slug, "npz")
    rows = RepositoryRows.load(path)
    if rows is None:
        print(f"looking at {slug}", file=sys.stderr, flush=True)
        batches, found = mined_findings(store.history(slug), tasks=chosen.tasks)
        facts = DiskFactCache(kept_file(chosen.rows, slug, "sqlite"))
        rows = RepositoryRows.gathered(
            chosen.clones / slug,
            batches,
            found,
            policy=LabelPolicy(),
            cache=facts,
            links=links(),
            encoder=wanted_encoder(MINILM),
        )
        rows.save(path)
    return rows


def read_pairs(
    chosen: argparse.Namespace,
    store: HistoryStore,
    slug: str,
    tellers: Callable[[], tuple[TouchRanker, ChangeSizer | None]],
    *,
    batches: int | None = None,
) -> PairRows:
    """Return the features of the pairs of one repository, from disk where they were made before.

    Parameters
    ----------
    tellers
        Makes who ranks files and who sizes changes, if they are needed.
    batches
        How many of the newest batches are wanted; all of them if None.
    """
    path = kept_file(chosen.rows, slug, "pairs.npz")
    pairs = PairRows.load(path)
    if pairs is None:
        ranker, sizer = tellers()
        print(f"looking at pairs of {slug}", file=sys.stderr, flush=True)
        history = store.history(slug)
        found, _ = mined_findings(history, tasks=chosen.tasks)
        pairs = PairRows.gathered(
            chosen.clones / slug,
            found if batches is None else found[-batches:],
            ranker=ranker,
            sizer=sizer,
            rates=PastRates.read(history),
            cache=DiskFactCache(kept_file(chosen.rows, slug, "sqlite")),
        )
        pairs.save(path)
    return pairs


def kept_file(directory: Path, slug: str, ending: str) -> Path:
    """Return where something of a repository is kept."""
    return directory / f"{slug.replace('/', '+')}.{ending}"
