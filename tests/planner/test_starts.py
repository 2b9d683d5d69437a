"""Which tasks start: by hand, and laws."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.watching import UNWATCHED, Watch, Watching
from taskpar_ml.planner.starts import StartRules
from tests.support.strategies import LAW


def rules_of(minutes, risk=None, *, apart=(), threshold=0.2, chain=None, **settings):
    """Return rules for tasks that take so long, with the risks of those pairs."""
    size = len(minutes)
    kept = np.zeros((size, size), dtype=bool)
    for one, other in apart:
        kept[one, other] = kept[other, one] = True
    risks = np.zeros((size, size))
    for (one, other), value in (risk or {}).items():
        risks[one, other] = risks[other, one] = value
    lengths = np.array(minutes, dtype=float)
    return StartRules(
        apart=kept,
        risk=risks,
        minutes=lengths,
        chain=lengths if chain is None else np.array(chain, dtype=float),
        threshold=threshold,
        **settings,
    )


def test_the_longest_go_first_and_ties_in_the_order_of_the_queue():
    rules = rules_of([10, 30, 20, 30])
    assert rules.choose([0, 1, 2, 3]) == [1, 3, 2, 0]
    assert rules.choose([3, 2, 1, 0], most=2) == [3, 1]


def test_what_waits_for_a_task_counts():
    assert rules_of([10, 30], chain=[50, 30]).choose([0, 1]) == [0, 1]


def test_tasks_that_are_kept_apart_never_start_beside_each_other():
    rules = rules_of([10, 30, 20], apart=[(1, 2)])
    assert rules.choose([0, 1, 2]) == [1, 0]
    assert rules.choose([0, 2], [1], [5.0]) == [0]


def test_who_is_in_the_way_of_many_goes_first():
    #  0.6 x 20 + 0.5 x 10 minutes of the others, who then may run beside each other
    risk, apart = {(0, 1): 0.6, (0, 2): 0.5}, [(0, 1), (0, 2)]
    assert rules_of([10, 20, 10], risk, apart=apart).choose([0, 1, 2]) == [0]
    assert rules_of([10, 20, 10], {(0, 1): 0.1}, apart=apart).choose([0, 1, 2]) == [1, 2]
    #  whoever runs already, or has been chosen, is in nobody's way any more
    company = rules_of([10, 20, 10], risk).beside([0, 1], [2], [5.0])
    assert company.turns.tolist() == [12, 6]
    company.take(1)
    assert company.turns.tolist() == [0, 6]


def test_small_risks_add_up_to_one_that_is_too_high():
    risk = {(0, 3): 0.11, (1, 3): 0.11, (2, 3): 0.01}
    rules = rules_of([40, 30, 20, 10], risk, threshold=0.2)
    assert rules.choose([3], [0, 2], [0.0, 0.0]) == [3]
    assert rules.choose([3], [0, 1], [0.0, 0.0]) == []
    company = rules.beside([3], [0, 1], [0.0, 0.0])
    assert company.crowded.tolist() == [True]
    assert company.hit == pytest.approx([1 - 0.89**2])


def test_a_task_goes_after_a_shorter_one_that_loses_less():
    #  beside 0, task 1 loses 0.15 x about 30 minutes: worth less than task 2
    rules = rules_of([100, 30, 28], {(0, 1): 0.15})
    assert rules.choose([1, 2], [0], [50.0]) == [2, 1]


def test_who_would_lose_more_than_it_does_stays_where_it_is():
    #  10 minutes of work against 0.15 of the 210 that the other would do again
    rules = rules_of([210, 10], {(0, 1): 0.15}, spread=0.01)
    assert rules.choose([1], [0], [205.0]) == [1]  # the other ends first
    assert rules.choose([1], [0], [150.0]) == []
    assert rules.choose([1]) == [1]


def test_checkpoints_let_more_start_than_nobody_watching():
    watched = Watch(Watching.CHECKPOINTS)
    for watch, chosen in ((UNWATCHED, []), (Watch(Watching.TRIAL_MERGES), []), (watched, [1])):
        rules = rules_of([100, 100], {(0, 1): 0.25}, watch=watch, spread=0.1)
        assert rules.choose([1], [0], [80.0]) == chosen


@st.composite
def starts(draw):
    """Return rules, who waits and who runs."""
    size = draw(st.integers(1, 7))
    pairs = list(combinations(range(size), 2))
    risk = {pair: draw(st.sampled_from((0.0, 0.02, 0.1, 0.15, 0.4, 1.0))) for pair in pairs}
    apart = draw(st.sets(st.sampled_from(pairs), max_size=4)) if pairs else ()
    rules = rules_of(
        draw(st.lists(st.integers(1, 90), min_size=size, max_size=size)),
        risk,
        apart=apart,
        threshold=draw(st.sampled_from((0.05, 0.2, 0.5))),
        watch=Watch(draw(st.sampled_from(Watching))),
        spread=draw(st.sampled_from((0.0, 0.6, 1.0))),
    )
    places = draw(st.permutations(range(size)))
    split = draw(st.integers(0, size))
    running = places[:split]
    elapsed = [float(draw(st.integers(0, 99))) for _ in running]
    return rules, places[split:], running, elapsed


@LAW
@given(starts())
def test_laws_of_every_choice(given_start):
    rules, waiting, running, elapsed = given_start
    chosen = rules.choose(waiting, running, elapsed)
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(waiting)
    assert chosen or running or not waiting
    for count in range(len(chosen) + 1):
        assert rules.choose(waiting, running, elapsed, most=count) == chosen[:count]
    beside, times = list(running), list(elapsed)
    for task in chosen:
        assert not rules.apart[task, beside].any()
        alone = rules.beside([task], beside, times)
        assert not beside or (
            alone.hit[0] < rules.threshold and alone.lost[0] < rules.minutes[task]
        )
        beside, times = [*beside, task], [*times, 0.0]
    for task in set(waiting) - set(chosen):  # and nobody waits without a reason
        left = rules.beside([task], beside, times)
        assert left.blocked[0] or left.crowded[0] or left.lost[0] >= rules.minutes[task]


@LAW
@given(starts(), st.randoms())
def test_the_order_of_the_tasks_changes_nothing_but_ties(given_start, chance):
    rules, waiting, running, elapsed = given_start
    # No ties, not even of tasks that would take turns in either order.
    lengths = rules.minutes + np.arange(len(rules.minutes)) / 1000
    chain = lengths + np.arange(len(rules.minutes)) * np.sqrt(2) / 300
    rules = StartRules(rules.apart, rules.risk, lengths, chain, rules.threshold,
                       rules.watch, rules.spread)  # fmt: skip
    shuffled = chance.sample(waiting, len(waiting))
    beside = chance.sample(list(zip(running, elapsed, strict=True)), len(running))
    again = rules.choose(shuffled, [task for task, _ in beside], [each for _, each in beside])
    assert again == rules.choose(waiting, running, elapsed)


@LAW
@given(starts())
def test_a_lower_threshold_never_lets_the_first_choice_be_riskier(given_start):
    rules, waiting, running, elapsed = given_start
    company = rules.beside(waiting, running, elapsed)
    place = company.best()
    if place is not None and running:
        assert company.hit[place] < rules.threshold


def test_nobody_waits_beside_nobody():
    rules = rules_of([5, 5], {(0, 1): 1.0}, watch=UNWATCHED)
    assert rules.choose([0, 1]) == [0]
