"""Replays the newest tasks of every mined dev repository, and prints the table of docs/backtest.md.

    python pipelines/backtest_study.py CLONES --store URL [--model FOLDER] [--tasks N] [--text TEXT]

CLONES and the store are those of pipelines/mine_corpus.py. Fixed weights are compared, and, with a
model, what it has learned, at several thresholds of risk. Shares of the oracle's speed-up, tasks
redone and work lost are means over batches; the last rows are means over repositories.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Final

from ruamel.yaml import YAML

from taskpar_ml.backtest.mined import mined_batches
from taskpar_ml.backtest.repository import ReplayOptions, backtest
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.model_folder import load_model
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.history.wordings import wording_named
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.predicting import predictor_of

THRESHOLDS: Final = (0.02, 0.05, 0.1, 0.2)
"""Risks from which a learned model keeps tasks apart."""
CORPUS: Final = Path(__file__).parents[1] / "data" / "corpus.yaml"


def main() -> int:
    """Replay and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--model", type=Path, metavar="FOLDER")
    parser.add_argument("--tasks", type=int, default=500)
    parser.add_argument("--text", default="title+body")
    parser.add_argument("--cache", type=Path, metavar="FILE", help="facts of commits, kept")
    chosen = parser.parse_args()
    cache = NO_CACHE if chosen.cache is None else DiskFactCache(chosen.cache)
    wording = wording_named(chosen.text)
    found: dict[tuple[int, str], list[tuple[float, ...]]] = defaultdict(list)
    columns = ("repository", "workers", "policy", "speed-up", "of the oracle's", "redone")
    print("| " + " | ".join((*columns, "work lost", "apart")) + " |")
    print("|---|---|---|---|---|---|---|---|")
    try:
        learned = None if chosen.model is None else predictor_of(load_model(chosen.model))
        with HistoryStore.open(chosen.store, create=False) as store:
            for slug in YAML(typ="safe").load(chosen.corpus)["dev"]:
                history = store.history(slug)
                batches, truth = mined_batches(history, LabelPolicy(), tasks=chosen.tasks)
                replay = partial(backtest, chosen.clones / slug, batches, truth=truth, cache=cache)
                results = list(replay(options=ReplayOptions(wording=wording)).results)
                if learned is not None:
                    options = ReplayOptions(wording=wording, thresholds=THRESHOLDS)
                    rates = PastRates.read(history)
                    more = replay(options=options, predictor=learned, rates=rates).results
                    seen = {(each.workers, each.policy) for each in results}
                    results += [each for each in more if (each.workers, each.policy) not in seen]
                for each in results:
                    measures = each.measures
                    means = (
                        measures.speed_up.mean,
                        measures.efficiency.mean,
                        measures.redone.mean,
                        measures.lost.mean,
                        each.kept_apart,
                    )
                    found[each.workers, each.policy].append(means)
                    print(
                        _row(slug.rpartition("/")[2], each.workers, each.policy, means), flush=True
                    )
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for (workers, policy), rows in found.items():
        means = tuple(sum(column) / len(rows) for column in zip(*rows, strict=True))
        print(_row(f"mean of {len(rows)}", workers, policy, means))
    return 0


def _row(name: str, workers: int, policy: str, means: tuple[float, ...]) -> str:
    speed, share, *rates = means
    cells = (name, str(workers), policy, f"{speed:.2f}", f"{share:.2f}")
    return "| " + " | ".join((*cells, *(f"{each:.1%}" for each in rates))) + " |"


if __name__ == "__main__":
    sys.exit(main())
