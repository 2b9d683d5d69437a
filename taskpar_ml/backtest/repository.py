"""The past of a repository, replayed."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taskpar_ml.backtest.durations import imagined_minutes
from taskpar_ml.backtest.figures import oracle_proof, policy_results
from taskpar_ml.backtest.oracle import EFFORT
from taskpar_ml.backtest.replay import ScoredTrace, replay, risk_below
from taskpar_ml.backtest.scores import batch_scores
from taskpar_ml.domain.backtest import Backtest, ReplayedBatch
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.changed_lines import changed_lines
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.view import HistoryView
from taskpar_ml.history.wordings import Wording
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.simulation.trace import Trace, Truth

DEFAULT_WORKERS: Final = (4, 8)
"""Numbers of workers that are replayed unless others are asked for."""


@dataclass(frozen=True)
class ReplayOptions:
    """How the past is replayed.

    Attributes
    ----------
    workers
        Numbers of workers, each replayed on its own.
    seed
        Which durations the tasks are given.
    wording
        How much the tasks say.
    thresholds
        Risks from which two tasks stay apart, each a policy; that of the estimator if empty.
    effort
        How long the oracle searches per batch, in the solver's deterministic units.
    """

    workers: Sequence[int] = DEFAULT_WORKERS
    seed: int = 0
    wording: Wording = Wording.FULL
    thresholds: Sequence[float] = ()
    effort: float = EFFORT


def backtest(
    repo: str | Path,
    batches: Sequence[TaskBatch],
    *,
    truth: Truth,
    options: ReplayOptions | None = None,
    predictor: ConflictPredictor | None = None,
    rates: PastRates | None = None,
    cache: FactCache = NO_CACHE,
) -> Backtest:
    """Replay batches of past tasks under every policy.

    Parameters
    ----------
    repo
        The repository that they are from.
    batches
        At least one, oldest first.
    truth
        Which landings conflict.
    options
        How they are replayed.
    predictor
        Who scores pairs; the fixed weights by default.
    rates
        The replayed history that the batches are from, for who asks how often tasks conflict in
        which file.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository lacks what is needed.
    ReplayError
        If a landing stands in a batch twice.
    """
    options = options or ReplayOptions()
    judge = predictor or ConflictPredictor(FixedWeights())
    scored = [
        ScoredTrace(
            trace,
            batch_scores(
                repo,
                batch,
                judge,
                wording=options.wording,
                cache=cache,
                rates=None if rates is None else rates.before(batch),
            ),
        )
        for batch, trace in zip(batches, _traces(repo, batches, truth, options.seed), strict=True)
    ]
    name = judge.estimator.name
    thresholds = options.thresholds or (judge.estimator.threshold,)
    compared = [risk_below(f"{name} < {each:g}", each) for each in dict.fromkeys(thresholds)]
    replayed = [
        replay(scored, compared, workers=workers, effort=options.effort)
        for workers in dict.fromkeys(options.workers)
    ]
    rows = [_described(*each) for each in zip(batches, scored, strict=True)]
    pairs = sum(each.trace.pairs for each in scored)
    return Backtest(
        repository=os.fspath(repo),
        model=name,
        text=options.wording.value,
        seed=options.seed,
        tasks=sum(row.tasks for row in rows),
        pairs=pairs,
        conflicts=sum(row.conflicts for row in rows) / max(pairs, 1),
        unknown=sum(row.unknown for row in rows) / max(pairs, 1),
        unscored=sum(row.unscored for row in rows) / max(pairs, 1),
        results=tuple(result for each in replayed for result in policy_results(each)),
        oracle=tuple(map(oracle_proof, replayed)),
        batches=tuple(rows),
    )


def _traces(repo: str | Path, batches: Sequence[TaskBatch], truth: Truth, seed: int) -> list[Trace]:
    """Return what is replayed; the usual size of a change is that of all batches together."""
    view = HistoryView.at(repo, batches[-1].tasks[-1].id)
    tasks = [task for batch in batches for task in batch.tasks]
    minutes = imagined_minutes({task.id: changed_lines(view, task) for task in tasks}, seed=seed)
    return [
        Trace.of([task.id for task in batch.tasks], minutes=minutes, truth=truth)
        for batch in batches
    ]


def _described(batch: TaskBatch, scored: ScoredTrace) -> ReplayedBatch:
    trace = scored.trace
    return ReplayedBatch(
        base=batch.base,
        first=trace.tasks[0],
        last=trace.tasks[-1],
        tasks=len(trace),
        work=trace.work,
        conflicts=int(trace.conflicts.sum()) // 2,
        unknown=trace.unknown,
        unscored=scored.unscored,
    )
