"""Mines every repository of data/corpus.yaml and writes the table of labels, data/labels.csv.

    python pipelines/mine_corpus.py CLONES --store URL [--only OWNER/NAME]... [--workers N]

CLONES is a directory that holds a clone of each repository, bare or not, at CLONES/OWNER/NAME.
A repository whose clone is not there is named and left out. What the store holds already is not
mined again, so the command can be interrupted and run again. Seconds are those of this run: run it
with an empty store to see what mining everything takes.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.history_report import HistoryReport
from taskpar_ml.domain.labels import ConflictKind
from taskpar_ml.domain.mining import MiningReport
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.errors import TaskparError
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.replay.miner import mine
from taskpar_ml.history.report import report_of
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.policy.labels import LabelPolicy

DATA: Final = Path(__file__).parents[1] / "data"

COLUMNS: Final = {
    "repository": "",
    "use": "dev: measured on; train: learned from",
    "commits": "first-parent commits",
    "landings": "automation included",
    "tasks": "landings that are work",
    "mined": "tasks replayed against the 20 before them",
    "pairs": "replayed pairs",
    "sharing": "share of pairs that changed a file in common",
    "positive": "share of known pairs that conflict, default policy",
    "textual": "share of pairs",
    "resource": "share of pairs",
    "logical": "share of pairs",
    "architectural": "share of pairs",
    "dependency": "share of pairs",
    "trivial": "share of pairs",
    "unknown": "share of pairs",
    "by_hunks": "share of pairs in which mapped hunks decided over a file that matters",
    "same_author": "share of pairs of one author",
    "same_author_positive": "share of conflicts that are between tasks of one author",
    "positive_between_authors": "share of known pairs of different authors that conflict",
    "concurrent": "share of pairs really done at the same time",
    "concurrent_positive": "share of those that conflict, by replay",
    "tips_positive": "share of those that conflict, by their tips",
    "seconds": "of mining, this run",
    "pairs_per_second": "this run",
}


@dataclass(frozen=True)
class Row:
    """One line of the table; shares are in [0, 1], ``None`` where there is nothing to share."""

    values: Mapping[str, str | int | float | None]

    @classmethod
    def of(
        cls, slug: str, use: str, mined: MiningReport, report: HistoryReport, seconds: float
    ) -> Row:
        """Return the line of a repository."""
        pairs = report.all_pairs.pairs
        kinds = {each.kind: each.pairs for each in report.kinds}

        def share(count: int, of: int = pairs) -> float | None:
            return count / of if of else None

        def kind(name: ConflictKind) -> float | None:
            return share(kinds.get(name, 0))

        return cls(
            {
                "repository": slug,
                "use": use,
                "commits": mined.commits,
                "landings": report.landings,
                "tasks": report.tasks,
                "mined": report.mined,
                "pairs": pairs,
                "sharing": share(report.sharing.pairs),
                "positive": report.all_pairs.rate,
                "textual": kind(ConflictKind.TEXTUAL),
                "resource": kind(ConflictKind.RESOURCE),
                "logical": kind(ConflictKind.LOGICAL),
                "architectural": kind(ConflictKind.ARCHITECTURAL),
                "dependency": kind(ConflictKind.DEPENDENCY),
                "trivial": kind(ConflictKind.TRIVIAL),
                "unknown": kind(ConflictKind.UNKNOWN),
                "by_hunks": share(report.by_hunks.pairs),
                "same_author": share(report.same_author.pairs),
                "same_author_positive": share(
                    report.same_author.positive, report.all_pairs.positive
                ),
                "positive_between_authors": report.different_authors.rate,
                "concurrent": share(report.concurrent.pairs),
                "concurrent_positive": report.concurrent.rate,
                "tips_positive": report.tips.rate,
                "seconds": round(seconds, 1),
                "pairs_per_second": round(mined.pairs / seconds) if mined.pairs else None,
            }
        )

    def cells(self) -> Iterator[str]:
        """Yield the values as a person reads them."""
        for name, value in self.values.items():
            if value is None:
                yield "-"
            elif isinstance(value, float) and name != "seconds":
                yield f"{value:.2%}"
            else:
                yield f"{value:,}" if isinstance(value, int) else str(value)


def corpus(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield use, name and commit of every repository."""
    uses = YAML(typ="safe").load(path)
    for use, repositories in uses.items():
        for slug, commit in repositories.items():
            yield use, slug, commit


def mined_row(
    clone: Path,
    store: HistoryStore,
    use: str,
    slug: str,
    commit: str,
    *,
    cache: FactCache,
    workers: int,
) -> Row:
    """Mine one repository and return its line."""
    history = store.history(slug, create=True)
    start = time.perf_counter()
    mined = mine(clone, history, until=commit, cache=cache, workers=workers)
    seconds = time.perf_counter() - start
    return Row.of(slug, use, mined, report_of(history, LabelPolicy()), seconds)


def main() -> int:
    """Mine, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--only", action="append", metavar="OWNER/NAME")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--cache", type=Path, metavar="FILE", help="facts of commits, kept")
    parser.add_argument("--corpus", type=Path, default=DATA / "corpus.yaml", metavar="FILE")
    parser.add_argument("--out", type=Path, default=DATA / "labels.csv", metavar="FILE")
    chosen = parser.parse_args()
    cache = NO_CACHE if chosen.cache is None else DiskFactCache(chosen.cache)
    rows = []
    print("| " + " | ".join(name.replace("_", " ") for name in COLUMNS) + " |")
    print("|" + "---|" * len(COLUMNS), flush=True)
    with HistoryStore.open(chosen.store) as store:
        for use, slug, commit in corpus(chosen.corpus):
            clone = chosen.clones / slug
            if chosen.only and slug not in chosen.only:
                continue
            if not clone.exists():
                print(f"{slug}: no clone at {clone}, left out", file=sys.stderr)
                continue
            print(f"mining {slug}", file=sys.stderr, flush=True)
            try:
                row = mined_row(
                    clone, store, use, slug, commit, cache=cache, workers=chosen.workers
                )
            except TaskparError as error:
                print(f"error: {error}", file=sys.stderr)
                return 1
            rows.append(row)
            print("| " + " | ".join(row.cells()) + " |", flush=True)
    with chosen.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(
            [f"{each:.5f}" if isinstance(each, float) else each for each in row.values.values()]
            for row in rows
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
