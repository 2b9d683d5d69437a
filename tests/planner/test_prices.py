"""What collisions cost, held against the simulator that makes them happen."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.planner.prices import collision_prices, remaining_minutes
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.trace import Trace
from tests.support.strategies import LAW

SHARES = (1 / 8, 3 / 8, 5 / 8, 7 / 8)
CERTAIN = 0.0


class StartsAt:
    """Starts ``late`` as soon as ``filler`` has landed, and the first task at once."""

    name = "starts at"
    kept_apart = 0.0

    def admit(self, moment):
        first = not moment.elapsed and 1 in moment.waiting
        if first:
            return [task for task in moment.waiting if task < 2]
        return [task for task in moment.waiting if not moment.running or 0 in moment.elapsed]


def simulated(starting, ran, left, watch):
    """Return the share of hits and the mean of minutes lost over all moments of writing."""
    names = ("running", "filler", "starting") if ran else ("running", "starting")
    minutes = {"running": ran + left, "filler": ran, "starting": starting}
    truth = {frozenset(("running", "starting")): True}
    hits, lost = [], []
    for part in product(SHARES, SHARES):
        trace = Trace.of(
            names, minutes=minutes, truth=truth, parts={("running", "starting"): [part]}
        )
        timeline = simulate(trace, StartsAt(), workers=2, watch=watch)
        hits.append(min(timeline.hits, 1))
        lost.append(sum(run.lost for run in timeline.runs[:3] if run.hit_by))
    return np.mean(hits), np.mean(lost)


def priced(starting, ran, left, watch, spread=CERTAIN):
    prices = collision_prices(
        np.array([float(starting)]),
        np.array([float(ran)]),
        np.array([float(left)]),
        watch=watch,
        spread=spread,
    )
    return prices.hit[0, 0], prices.lost[0, 0]


@pytest.mark.parametrize("watch", [Watch(mode) for mode in Watching], ids=lambda each: each.mode)
@pytest.mark.parametrize(
    ("starting", "ran", "left"),
    [(64, 0, 80), (80, 0, 64), (64, 40, 16), (16, 40, 64), (160, 8, 16), (8, 80, 88), (64, 16, 80)],
)
def test_prices_are_what_the_simulator_makes_of_two_tasks(starting, ran, left, watch):
    assert priced(starting, ran, left, watch) == pytest.approx(
        simulated(starting, ran, left, watch)
    )


def test_a_parked_task_loses_the_share_that_is_not_kept():
    whole = priced(64, 40, 16, Watch(Watching.TRIAL_MERGES))
    half = priced(64, 40, 16, Watch(Watching.TRIAL_MERGES, lost_share=0.5))
    assert half == (whole[0], whole[1] / 2)


def test_unwatched_it_is_not_sure_who_ends_later():
    _, lost = priced(60, 30, 60, UNWATCHED, spread=0.6)
    assert lost == pytest.approx((60 + 90) / 2)
    _, mostly_mine = priced(600, 30, 60, UNWATCHED, spread=0.6)
    assert 560 < mostly_mine < 600


DURATIONS = st.floats(1, 1000)


@LAW
@given(DURATIONS, st.floats(0, 1000), DURATIONS, st.sampled_from(Watching), st.floats(0, 2))
def test_no_price_is_beyond_what_there_is_to_lose(starting, ran, left, mode, spread):
    hit, lost = priced(starting, ran, left, Watch(mode), spread)
    assert 0 <= hit <= 1
    assert 0 <= lost <= max(starting, ran + left) * (1 + 1e-9)


@LAW
@given(DURATIONS, st.floats(0, 1000), DURATIONS)
def test_the_better_tasks_are_watched_the_fewer_are_hit(starting, ran, left):
    hits = [priced(starting, ran, left, Watch(mode))[0] for mode in Watching]
    assert hits == sorted(hits, reverse=True)


@LAW
@given(DURATIONS, st.floats(0, 1e5), st.floats(0, 2))
def test_something_is_always_left_and_a_task_that_begins_has_all_of_it(expected, ran, spread):
    times = np.array([expected]), np.array([ran])
    (left,) = remaining_minutes(*times, spread=spread)
    assert left > 0
    (whole,) = remaining_minutes(times[0], np.zeros(1), spread=spread)
    assert whole == pytest.approx(expected)


def test_what_is_left_is_the_mean_of_those_that_still_run():
    random = np.random.default_rng(0)
    minutes = 60 * np.exp(0.6 * random.standard_normal(1_000_000) - 0.6**2 / 2)
    for ran in (10.0, 60.0, 200.0):
        (left,) = remaining_minutes(np.array([60.0]), np.array([ran]), spread=0.6)
        assert left == pytest.approx((minutes[minutes > ran] - ran).mean(), rel=0.03)
