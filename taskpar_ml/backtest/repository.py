"""The past of a repository, replayed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from taskpar_ml.backtest.durations import expected_minutes, imagined_minutes
from taskpar_ml.backtest.figures import oracle_proof, policy_results
from taskpar_ml.backtest.oracle import EFFORT
from taskpar_ml.backtest.recommendation import recommended
from taskpar_ml.backtest.replay import (
    PolicyMaker,
    ScoredTrace,
    growing,
    replay,
    score_below,
    weighed,
)
from taskpar_ml.backtest.scores import (
    FIXED,
    EffortForecaster,
    baseline_scores,
    batch_memory,
    batch_tasks,
    seen_risk,
    told_pairs,
)
from taskpar_ml.backtest.truth import parts_of, truth_of
from taskpar_ml.backtest.weighed import Forecast
from taskpar_ml.domain.backtest import Backtest, ReplayedBatch
from taskpar_ml.domain.caches import NO_CACHE
from taskpar_ml.domain.mined import PairFinding
from taskpar_ml.domain.protocols import FactCache
from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.evaluation.unlearned import MENTIONED
from taskpar_ml.history.batches import TaskBatch
from taskpar_ml.history.changed_lines import changed_lines
from taskpar_ml.history.past_rates import PastRates
from taskpar_ml.history.view import HistoryView
from taskpar_ml.history.wordings import Wording
from taskpar_ml.policy.labels import LabelPolicy
from taskpar_ml.predictor import ConflictPredictor
from taskpar_ml.simulation.trace import Trace
from taskpar_ml.sizing import nothing_sized

DEFAULT_WORKERS: Final = (4, 8)
"""Numbers of workers that are replayed unless others are asked for."""
THRESHOLDS: Final = (0.05, 0.1, 0.2, 0.3)
"""Probabilities of a hit at which a planner is replayed unless others are asked for."""
ALL_WATCHING: Final = tuple(Watching)
"""Ways to watch that are replayed unless others are asked for: all there are."""
TOLERATED: Final = 0.05
"""Most hits per task that are borne unless somebody says otherwise."""
_NAMED_IN_COMMON: Final = 1e-9
"""Share of mentioned paths in common from which tasks stay apart: any at all."""


@dataclass(frozen=True)
class ReplayOptions:
    """How the past is replayed.

    Attributes
    ----------
    workers
        Numbers of workers, each replayed on its own.
    seed
        Which durations the tasks are given, and when they write what they collide over.
    sized
        Whether larger changes take longer; all take as long but for luck if not.
    wording
        How much the tasks say.
    thresholds
        Probabilities of a hit from which tasks are not started, each a policy.
    watching
        Ways in which running tasks are watched, each replayed on its own.
    sync_cost, lost_share
        What watching costs: see :class:`~taskpar_ml.domain.watching.Watch`.
    tolerated
        Most hits per task that a recommendation may have.
    effort
        How long the oracle searches per batch, in the solver's deterministic units.
    """

    workers: Sequence[int] = DEFAULT_WORKERS
    seed: int = 0
    sized: bool = True
    wording: Wording = Wording.FULL
    thresholds: Sequence[float] = THRESHOLDS
    watching: Sequence[Watching] = ALL_WATCHING
    sync_cost: float = 0.0
    lost_share: float = 1.0
    tolerated: float = TOLERATED
    effort: float = EFFORT

    @property
    def watches(self) -> list[Watch]:
        """The ways to watch with their costs; not watching costs nothing."""
        return [
            UNWATCHED if mode is Watching.NEVER else Watch(mode, self.sync_cost, self.lost_share)
            for mode in dict.fromkeys(self.watching)
        ]


class Past(NamedTuple):
    """What is replayed.

    Attributes
    ----------
    repo
        The repository.
    batches
        At least one, oldest first.
    findings
        What is known of their pairs.
    policy
        What counts as a conflict.
    rates
        The replayed history that the batches are from, for who asks how often tasks conflict in
        which file.
    """

    repo: str | Path
    batches: Sequence[TaskBatch]
    findings: Sequence[PairFinding]
    policy: LabelPolicy
    rates: PastRates | None = None


class Planner(NamedTuple):
    """Who plans.

    Attributes
    ----------
    predictor
        Who says how risky pairs are.
    efforts
        Who says how long tasks take; they are taken for equally long by default.
    """

    predictor: ConflictPredictor
    efforts: EffortForecaster = nothing_sized


def scored_batches(
    past: Past,
    planner: Planner,
    options: ReplayOptions,
    *,
    cache: FactCache = NO_CACHE,
) -> Iterator[ScoredTrace]:
    """Yield batches with all that may be known of them, oldest first.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository lacks what is needed.
    ReplayError
        If a landing stands in a batch twice.
    """
    is_live = any(watch.is_live for watch in options.watches)
    for batch, trace in zip(past.batches, traces_of(past, options), strict=True):
        rates = None if past.rates is None else past.rates.before(batch)
        memory = batch_memory(past.repo, batch, cache=cache, rates=rates)
        tasks = batch_tasks(batch, options.wording)
        estimated = planner.efforts(tasks).estimated(tasks).of
        minutes = expected_minutes([estimated[task.id] for task in tasks])
        spread = median(each.spread for each in estimated.values())
        seen = None
        if is_live:
            seen = seen_risk(
                batch, memory, planner.predictor, wording=options.wording, seed=options.seed
            )
        told = told_pairs(tasks, memory, planner.predictor)
        forecast = Forecast(
            told.risk, told.is_probability, minutes, spread, seen=seen, levels=told.levels
        )
        yield ScoredTrace(trace, forecast, baseline_scores(tasks, memory))


def planner_names(name: str, thresholds: Iterable[float]) -> dict[str, float]:
    """Return how tables call a planner at each threshold, and the threshold."""
    return {f"{name} at {each:g}": each for each in thresholds}


def grown_name(name: str) -> str:
    """Return how tables call a planner that grows from a cold start."""
    return f"{name} growing"


def compared_policies(planners: Mapping[str, float], *, name: str) -> list[PolicyMaker]:
    """Return what is compared: baselines, and a planner at its thresholds and as it grows.

    Parameters
    ----------
    planners
        Thresholds by the names that tables call the planner by.
    name
        How they call the one that grows.
    """
    fixed = FixedWeights()
    return [
        score_below(MENTIONED, MENTIONED, _NAMED_IN_COMMON),
        score_below(f"{fixed.name} < {fixed.threshold:g}", FIXED, fixed.threshold),
        *(weighed(each, threshold) for each, threshold in planners.items()),
        growing(name),
    ]


def backtest(
    past: Past,
    planner: Planner,
    options: ReplayOptions | None = None,
    *,
    cache: FactCache = NO_CACHE,
) -> Backtest:
    """Replay batches of past tasks under every policy.

    Parameters
    ----------
    planner
        Whose dispatch is compared with the baselines.
    options
        How they are replayed.

    Raises
    ------
    RepositoryError
        One of its leaves if the repository lacks what is needed.
    ReplayError
        If a landing stands in a batch twice.
    """
    options = options or ReplayOptions()
    scored = list(scored_batches(past, planner, options, cache=cache))
    estimator = planner.predictor.estimator
    planners = planner_names(estimator.name, options.thresholds)
    replayed = [
        replay(
            scored,
            compared_policies(planners, name=grown_name(estimator.name)),
            workers=workers,
            watches=options.watches,
            effort=options.effort,
        )
        for workers in dict.fromkeys(options.workers)
    ]
    results = tuple(result for each in replayed for result in policy_results(each, planners))
    rows = [_described(*each) for each in zip(past.batches, scored, strict=True)]
    pairs = sum(each.trace.pairs for each in scored)
    return Backtest(
        repository=os.fspath(past.repo),
        model=estimator.name,
        text=options.wording.value,
        seed=options.seed,
        sized=options.sized,
        watching=tuple(watch.mode for watch in options.watches),
        sync_cost=options.sync_cost,
        lost_share=options.lost_share,
        tasks=sum(row.tasks for row in rows),
        pairs=pairs,
        conflicts=sum(row.conflicts for row in rows) / max(pairs, 1),
        unknown=sum(row.unknown for row in rows) / max(pairs, 1),
        unscored=sum(row.unscored for row in rows) / max(pairs, 1),
        results=results,
        oracle=tuple(map(oracle_proof, replayed)),
        recommended=tuple(recommended(replayed, results, planners, tolerated=options.tolerated)),
        batches=tuple(rows),
    )


def traces_of(past: Past, options: ReplayOptions) -> list[Trace]:
    """Return what is replayed, batch by batch.

    Of the options the seed counts, and whether larger changes take longer. The usual size of a
    change is that of all batches together.
    """
    view = HistoryView.at(past.repo, past.batches[-1].tasks[-1].id)
    tasks = [task for batch in past.batches for task in batch.tasks]
    lines = {task.id: changed_lines(view, task) if options.sized else 1 for task in tasks}
    minutes = imagined_minutes(lines, seed=options.seed)
    truth = truth_of(past.findings, past.policy)
    parts = parts_of(past.findings, seed=options.seed, policy=past.policy)
    return [
        Trace.of([task.id for task in batch.tasks], minutes=minutes, truth=truth, parts=parts)
        for batch in past.batches
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
