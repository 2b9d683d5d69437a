"""A made-up backtest: policies with figures that are easy to tell apart."""

from __future__ import annotations

from taskpar_ml.domain.backtest import (
    Backtest,
    Measured,
    Measures,
    OracleProof,
    PolicyResult,
    Recommendation,
    ReplayedBatch,
)
from taskpar_ml.domain.watching import Watching


def measured(mean: float, width: float | None = None) -> Measured:
    """Return a mean in the middle of an interval, or with none."""
    if width is None:
        return Measured(mean=mean, low=None, high=None)
    return Measured(mean=mean, low=mean - width, high=mean + width)


def result(
    policy: str,
    workers: int,
    mean: float,
    watching: Watching | None = Watching.NEVER,
    *,
    lost: float = 0.125,
    threshold: float | None = None,
    beside: float = 0.5,
    is_one_batch: bool = False,
) -> PolicyResult:
    """Return what a policy came to: as fast as ``mean``, ``beside`` faster than all-parallel."""
    width = None if is_one_batch else 0.1
    share = measured(0.05) if is_one_batch else Measured(mean=0.05, low=0.04, high=0.065)
    of = {
        "efficiency": measured(mean, width),
        "of_forecast": measured(mean, width),
        "redone": share,
        "hits": share,
    }
    return PolicyResult(
        policy=policy,
        workers=workers,
        watching=watching,
        threshold=threshold,
        measures=Measures(speed_up=measured(mean, width), lost=measured(lost), **of),
        beside_all_parallel=Measures(
            speed_up=measured(beside, width), lost=measured(-lost, width), **of
        ),
        kept_apart=0.25,
        makespans=(60, 61),
    )


def replayed(
    *results: PolicyResult,
    proved: int,
    watching: tuple[Watching, ...] = (Watching.NEVER,),
    recommended: tuple[Recommendation, ...] = (),
    model: str = "m",
    repository: str = "here",
    workers: tuple[int, ...] = (4,),
    batches: int = 2,
) -> Backtest:
    """Return the replay of batches that are all alike."""
    batch = ReplayedBatch(
        base="0", first="1", last="2", tasks=20, work=99, conflicts=2, unknown=1, unscored=3
    )
    return Backtest(
        repository=repository,
        model=model,
        text="title",
        seed=7,
        sized=True,
        watching=watching,
        sync_cost=0.0,
        lost_share=1.0,
        tasks=40,
        pairs=1380,
        conflicts=0.017,
        unknown=0.002,
        unscored=0.03,
        results=results,
        oracle=tuple(OracleProof(workers=each, proved=proved, gap=0.0123) for each in workers),
        recommended=recommended,
        batches=(batch,) * batches,
    )


def made_up(
    *,
    repository: str = "/src/acme/shop",
    model: str = "m",
    ways: tuple[Watching, ...] = (Watching.NEVER, Watching.CHECKPOINTS),
    workers: tuple[int, ...] = (4, 8),
    other: str = "mentioned paths",
    is_one_batch: bool = False,
) -> Backtest:
    """Return a replay with a planner at two thresholds, all-parallel, another, and all bounds."""
    rows = []
    for number in workers:
        for way in ways:
            gain = 0.1 * ways.index(way)
            for policy, mean, lost, threshold in (
                ("all-parallel", 2.2, 0.4, None),
                (other, 2.0, 0.3, None),
                (f"{model} at 0.1", 2.4, 0.2, 0.1),
                (f"{model} at 0.05", 2.3, 0.1, 0.05),
            ):
                rows.append(
                    result(
                        policy,
                        number,
                        mean + gain,
                        way,
                        lost=lost,
                        threshold=threshold,
                        beside=0.0 if policy == "all-parallel" else 0.2,
                        is_one_batch=is_one_batch,
                    )
                )
        for policy, mean in (("sequential", 1.0), ("perfect forecast", 2.8), ("oracle", 3.3)):
            rows.append(result(policy, number, mean, None, lost=0.0, is_one_batch=is_one_batch))
    recommended = tuple(
        Recommendation(
            watching=way,
            tolerated=0.05,
            is_tolerable=True,
            workers=workers[0],
            threshold=0.1,
            policy=f"{model} at 0.1",
            measures=next(
                each for each in rows if each.watching is way and each.threshold == 0.1
            ).measures,
            alpha=0.1,
            b0=1,
        )
        for way in ways
    )
    batches = 1 if is_one_batch else 2
    return replayed(
        *rows,
        proved=batches - 1,
        watching=ways,
        recommended=recommended,
        model=model,
        repository=repository,
        workers=workers,
        batches=batches,
    )
