"""What a repository's own past adds to a model that has not learned from it, by how much there is.

    python pipelines/adaptation_study.py CLONES --store URL --rows DIR

CLONES and the store are those of pipelines/mine_corpus.py; DIR keeps what was gathered. Of each dev
repository the newest 30 % of the batches are tested; the model learns from the newest tasks before
them, as `taskpar train` does. Intervals are those of a paired bootstrap of whole batches.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from learned_rows import CORPUS, KEPT, TESTED, kept_file
from numpy.typing import NDArray
from ruamel.yaml import YAML

from taskpar_ml.domain.scored import PairFeatures
from taskpar_ml.errors import TaskparError
from taskpar_ml.estimators.comparison import (
    RESAMPLES,
    Comparison,
    Interval,
    JudgedPairs,
    drawn_batches,
    interval_of,
)
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import load_model
from taskpar_ml.estimators.shipped import shipped_model
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.history.batches import BATCH_SIZE
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.training.adapting import Adaptation, adapted
from taskpar_ml.training.own import MOST_TASKS, own_past
from taskpar_ml.training.own_labels import OwnLabels
from taskpar_ml.training.pair_rows import PairRows
from taskpar_ml.training.tellings import TELLINGS

AMOUNTS: Final = (50, 200, 1_000, MOST_TASKS)
"""Newest tasks before the tested ones that are learned from."""
UNSEEN: Final = "unseen"


@dataclass(frozen=True)
class Past:
    """The rows of one repository."""

    slug: str
    pairs: PairRows
    counted: NDArray[np.float32]

    @property
    def first(self) -> int:
        """The first batch that is tested."""
        return int(len(self.counted) * TESTED)

    def adapted(self, model: LearnedModel, tasks: int) -> Adaptation:
        """Return the model as it knows the repository by its newest tasks before the tested."""
        begin = max(self.first - tasks // BATCH_SIZE, 0)
        known = slice(begin, self.first)
        rows = PairRows(self.pairs.columns, self.pairs.values[known])
        return adapted(model, rows, self.counted[known])

    def told(self, model: LearnedModel, telling: int) -> NDArray[np.float64]:
        """Return what a model says of the tested pairs."""
        values = self.pairs.values[self.first :, telling]
        flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
        said = model.pairs.estimate(PairFeatures(self.pairs.columns, flat)).p_conflict
        return said.reshape(values.shape[:-1])


def main() -> int:
    """Print the tables, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clones", type=Path, metavar="CLONES")
    parser.add_argument("--store", required=True, metavar="URL")
    parser.add_argument("--rows", required=True, type=Path, metavar="DIR", help=KEPT)
    parser.add_argument("--corpus", type=Path, default=CORPUS, metavar="FILE")
    parser.add_argument("--only", action="append", metavar="OWNER/NAME")
    parser.add_argument("--model", type=Path, metavar="FOLDER", help="another than the shipped one")
    parser.add_argument("--resamples", type=int, default=RESAMPLES, help="draws of intervals")
    chosen = parser.parse_args()
    chosen.rows.mkdir(parents=True, exist_ok=True)
    try:
        model = load_model(chosen.model or shipped_model())
        slugs = chosen.only or list(YAML(typ="safe").load(chosen.corpus)["dev"])
        with HistoryStore.open(chosen.store, create=False) as store:
            pasts = [_past(chosen, store, slug, model) for slug in slugs]
    except TaskparError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for line in tables(pasts, model, chosen.resamples):
        print(line, flush=True)
    return 0


def _past(chosen: argparse.Namespace, store: HistoryStore, slug: str, model: LearnedModel) -> Past:
    """Return the rows of one repository, from disk where they were gathered before."""
    history, place = store.history(slug), kept_file(chosen.rows, slug, "pairs.npz")
    past = own_past(history, tasks=MOST_TASKS)
    pairs = PairRows.load(place)
    if pairs is None or len(pairs.values) != len(past.batches):
        print(f"looking at pairs of {slug}", file=sys.stderr, flush=True)
        pairs = PairRows.gathered(
            chosen.clones / slug,
            past.batches,
            ranker=model.ranker,
            sizer=model.effort,
            rates=PastRates.read(history),
            cache=DiskFactCache(kept_file(chosen.rows, slug, "sqlite")),
        )
        pairs.save(place)
    labels = OwnLabels.of(history, past.batches, past.found, LabelPolicy())
    return Past(slug, pairs, labels.counted)


def tables(pasts: Sequence[Past], model: LearnedModel, resamples: int) -> Iterator[str]:
    """Yield the lines of both tables: what was gained, and how each model was adapted."""
    own = {amount: [past.adapted(model, amount) for past in pasts] for amount in AMOUNTS}
    yield "| told | tasks | AUC | gained | AP | gained | log loss | gained |"
    yield "|---|---|---|---|---|---|---|---|"
    for telling, said in enumerate(TELLINGS):
        judged = [_judged(past, telling, model, own, place) for place, past in enumerate(pasts)]
        compared = Comparison(judged, resamples=resamples)
        loss = _losses(judged, resamples)
        for name in (UNSEEN, *map(_name, AMOUNTS)):
            cells = [said, name]
            for measure in ("AUC", "AP"):
                gained = compared.difference(name, UNSEEN, measure)
                cells += [f"{compared.value(name, measure).value:.3f}", _signed(gained, 3)]
            gained = interval_of(loss[name] - loss[UNSEEN])
            cells += [f"{loss[name][0]:.4f}", _signed(gained, 4)]
            yield f"| {' | '.join(cells)} |"
    yield ""
    yield "| repository | tasks | batches | conflicts | way | trees, so far | calibration, so far |"
    yield "|---|---|---|---|---|---|---|"
    for amount, found in own.items():
        for past, each in zip(pasts, found, strict=True):
            so_far = [f"{way.difference:+.4f} ± {way.error:.4f}" for way in each.tried[1:]]
            yield (
                f"| {past.slug} | {_name(amount)} | {each.batches} | {each.conflicts} "
                f"| {each.way} | {' | '.join(so_far or ['', ''])} |"
            )


def _judged(
    past: Past,
    telling: int,
    model: LearnedModel,
    own: dict[int, list[Adaptation]],
    place: int,
) -> JudgedPairs:
    truth = past.counted[past.first :]
    known = ~np.isnan(truth)
    batch = np.broadcast_to(np.arange(len(truth))[:, None], truth.shape)
    said = {UNSEEN: past.told(model, telling)}
    for amount, found in own.items():
        said[_name(amount)] = past.told(found[place].model, telling)
    scores = {name: each[known] for name, each in said.items()}
    return JudgedPairs(truth[known] > 0, batch[known].astype(np.int64), scores)


def _losses(judged: Sequence[JudgedPairs], resamples: int) -> dict[str, NDArray[np.float64]]:
    """Return the log loss of every model, mean over repositories, draw by draw."""
    random = np.random.default_rng(0)
    found: dict[str, list[NDArray[np.float64]]] = {}
    for each in judged:
        size = int(each.batch.max()) + 1
        draws = np.array([np.ones(size), *drawn_batches(size, resamples, random)])
        weight = draws[:, each.batch]
        for name, said in each.scores.items():
            loss = -np.log(np.where(each.truth, said, 1 - said))
            found.setdefault(name, []).append(weight @ loss / weight.sum(axis=1))
    return {name: np.mean(rows, axis=0) for name, rows in found.items()}


def _signed(found: Interval, digits: int) -> str:
    """Return a difference with its interval."""
    if not any(found):
        return ""
    value, low, high = (f"{each:+.{digits}f}" for each in found)
    return f"{value} ({low} to {high})"


def _name(amount: int) -> str:
    return "all" if amount == MOST_TASKS else f"{amount:,}"


if __name__ == "__main__":
    sys.exit(main())
