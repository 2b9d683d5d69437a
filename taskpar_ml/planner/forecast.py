"""What a plan will come to: it is run many times with luck and conflicts drawn by chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from taskpar_ml.domain.plan import Expected, Forecast
from taskpar_ml.planner.starts import StartRules
from taskpar_ml.simulation.policies import Moment
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.trace import Part, Trace

_SEED: Final = 0
_USUAL_MINUTES: Final = 1_000.0
"""What a task of mean length is run as: fine enough for whole minutes."""
_RUNS: Final = 50
_RUN_TASKS: Final = 1_500
"""Tasks in all runs together, so that large plans do not take minutes."""
MOST_TASKS: Final = 400
"""Largest plan that is run: beyond it no number of runs that says anything ends in seconds."""
_CONSIDERED: Final = 64
"""Waiting tasks that a run looks at when a worker is free, those with the longest chains."""
_INTERVAL: Final = (0.025, 0.975)


class OrderedStarts:
    """The planner's dispatch of tasks of which some wait for others.

    Parameters
    ----------
    rules
        Which tasks may run together, and what each start is worth.
    before
        Pairs of positions of which the first must land before the second starts, acyclic, shape
        ``(m, 2)``.
    """

    name = "planner"

    def __init__(self, rules: StartRules, before: NDArray[np.intp]) -> None:
        self._rules = rules
        self._first, self._second = before.reshape(-1, 2).T
        above = rules.apart[np.triu_indices(len(rules.apart), k=1)]
        self.kept_apart = float(above.mean()) if len(above) else 0.0

    def admit(self, moment: Moment) -> list[int]:
        """Return the tasks that start now, the one that is worth most first."""
        is_open = np.zeros(len(self._rules.minutes), dtype=bool)
        is_open[[*moment.running, *moment.waiting, *moment.parked]] = True
        waits = np.zeros_like(is_open)
        waits[self._second[is_open[self._first]]] = True
        free = [task for task in moment.waiting if not waits[task]]
        if len(free) > _CONSIDERED:
            longest = np.argsort(-self._rules.chain[free], kind="stable")[:_CONSIDERED]
            free = [free[place] for place in sorted(longest.tolist())]
        return self._rules.choose(
            free,
            moment.running,
            [moment.elapsed[task] for task in moment.running],
            most=moment.free,
        )


def forecast(
    order: nx.DiGraph[str], *, ids: Sequence[str], rules: StartRules, workers: int
) -> Forecast | None:
    """Return what continuous dispatch will come to.

    Parameters
    ----------
    order
        Order of the tasks, acyclic; nodes outside ``ids`` are ignored.
    ids
        The tasks, in the order of the rules' positions.
    rules
        Which tasks may run together, how likely they conflict, and how long they take.
    workers
        Most tasks at the same time.

    Returns
    -------
    Forecast
        None for no tasks, and for more than :data:`MOST_TASKS`.

    Notes
    -----
    In every run each pair conflicts with its probability, whatever the others do; each task takes
    its expected time with log-normal luck of the rules' spread; both sides of a conflict write what
    they collide over at uniformly random moments. That pairs conflict independently is an
    assumption: tasks that are vague conflict with many or with none, which widens the interval.
    """
    if not 0 < len(ids) <= MOST_TASKS:
        return None
    position = {task: row for row, task in enumerate(ids)}
    edges = order.subgraph(ids).edges
    before = np.array(
        [(position[first], position[second]) for first, second in edges], dtype=np.intp
    )
    usual = float(rules.minutes.mean())
    in_minutes = StartRules(
        apart=rules.apart,
        risk=rules.risk,
        minutes=np.maximum(rules.minutes / usual * _USUAL_MINUTES, 1),
        chain=rules.chain / usual * _USUAL_MINUTES,
        threshold=rules.threshold,
        watch=rules.watch,
        spread=rules.spread,
    )
    policy = OrderedStarts(in_minutes, before)
    random = np.random.default_rng(_SEED)
    runs = [
        simulate(_drawn(ids, in_minutes, random), policy, workers=workers, watch=rules.watch)
        for _ in range(min(_RUNS, _RUN_TASKS // len(ids)))
    ]
    return Forecast(
        speed_up=_expected([run.speed_up for run in runs]),
        makespan=_expected([run.makespan / _USUAL_MINUTES * usual for run in runs]),
        hits=_expected([run.hits / len(ids) for run in runs]),
        lost=_expected([run.lost for run in runs]),
        runs=len(runs),
    )


def _drawn(ids: Sequence[str], rules: StartRules, random: np.random.Generator) -> Trace:
    """Return tasks with luck and conflicts drawn by chance."""
    size = len(ids)
    luck = np.exp(rules.spread * random.standard_normal(size) - rules.spread**2 / 2)
    minutes = np.maximum(np.rint(rules.minutes * luck), 1).astype(int)
    above = np.triu(random.random((size, size)) < rules.risk, k=1)
    parts: dict[tuple[int, int], tuple[Part, ...]] = {}
    for one, other in np.argwhere(above).tolist():
        first, second = 1 - random.random(2)  # in (0, 1]
        parts[one, other] = ((float(first), float(second)),)
    return Trace(tuple(ids), tuple(minutes.tolist()), above | above.T, parts=parts)


def _expected(values: Sequence[float]) -> Expected:
    low, high = np.quantile(values, _INTERVAL)
    return Expected(mean=float(np.mean(values)), low=float(low), high=float(high))
