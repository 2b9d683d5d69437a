"""Batches that are watched: by hand, by law, by another simulator that only sees the clock."""

from __future__ import annotations

import random
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.watching import CHECKPOINTS, UNWATCHED, Watch, Watching
from taskpar_ml.errors import ReplayError, SettingsError
from taskpar_ml.simulation.policies import AllParallel, RiskBelow, Sequential
from taskpar_ml.simulation.simulator import simulate
from taskpar_ml.simulation.timeline import Run
from taskpar_ml.simulation.trace import Trace
from tests.support.strategies import LAW
from tests.support.traces import trace_of, traces

TRIALS = Watch(Watching.TRIAL_MERGES)
CHECKED = Watch(Watching.CHECKPOINTS)
AT_ONCE = Watch(Watching.AT_ONCE)
LIVE = (TRIALS, CHECKED, AT_ONCE)


def written(minutes, parts):
    """Return tasks that collide over what they write after those shares of their runs."""
    names = "abcdefghijklmnopqrst"[: len(minutes)]
    truth = {frozenset((one, other)): False for one in names for other in names if one != other}
    by_name = {(names[one], names[other]): shares for (one, other), shares in parts.items()}
    truth.update({frozenset(ends): True for ends in by_name})
    taken = dict(zip(names, minutes, strict=True))
    return Trace.of(names, minutes=taken, truth=truth, parts=by_name)


def test_the_side_with_less_work_is_parked_when_both_have_written():
    #  a: 0 ........ 10 writes at 5;  b waits for a worker until 3, writes at 3 + 2
    trace = written([10, 3, 4], {(0, 2): [(0.5, 0.5)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=TRIALS)
    assert ran.runs == (Run(1, 0, 3), Run(2, 3, 5, (0,)), Run(0, 0, 10), Run(2, 10, 14))
    assert (ran.hits, ran.lost) == (1, 2 / 17)


def test_of_two_that_began_together_the_later_to_arrive_is_parked():
    trace = written([10, 10], {(0, 1): [(0.2, 0.3)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=TRIALS)
    assert ran.runs == (Run(1, 0, 3, (0,)), Run(0, 0, 10), Run(1, 10, 20))


def test_the_first_thing_that_both_have_written_decides():
    trace = written([10, 10], {(0, 1): [(0.9, 0.9), (0.4, 0.1)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=TRIALS)
    assert ran.runs[0] == Run(1, 0, 4, (0,))


def test_a_parked_task_waits_for_its_counterpart_while_others_start():
    trace = written([10, 10, 2], {(0, 1): [(0.1, 0.2)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=TRIALS)
    assert ran.runs == (Run(1, 0, 2, (0,)), Run(2, 2, 4), Run(0, 0, 10), Run(1, 10, 20))


def test_what_is_written_after_the_other_landed_collides_with_the_target():
    trace = written([2, 10], {(0, 1): [(0.5, 0.6)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=TRIALS)
    assert ran.runs == (Run(0, 0, 2), Run(1, 0, 6, (0,)), Run(1, 6, 16))


def test_a_checkpoint_between_the_landing_and_the_writing_keeps_them_from_colliding():
    trace = written([2, 12], {(0, 1): [(0.5, 0.6)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=CHECKED)
    assert ran.runs == (Run(0, 0, 2), Run(1, 0, 12))
    # written at 3, before the checkpoint of that minute
    early = written([2, 12], {(0, 1): [(0.5, 0.25)]})
    assert simulate(early, AllParallel(), workers=2, watch=CHECKED).hits == 1
    # landed at 7, written at 8, and the next checkpoint comes at 9
    late = written([7, 12], {(0, 1): [(0.5, 8 / 12)]})
    assert simulate(late, AllParallel(), workers=2, watch=CHECKED).hits == 1
    assert simulate(late, AllParallel(), workers=2, watch=AT_ONCE).hits == 0


def test_a_sync_takes_time_and_moves_what_comes_after_it():
    trace = trace_of([2, 20])
    costly = Watch(Watching.CHECKPOINTS, sync_cost=0.05)
    ran = simulate(trace, AllParallel(), workers=2, watch=costly)
    assert ran.runs == (Run(0, 0, 2), Run(1, 0, 21))
    at_once = Watch(Watching.AT_ONCE, sync_cost=0.1)
    assert simulate(trace, AllParallel(), workers=2, watch=at_once).runs[1] == Run(1, 0, 22)
    # the part of b that is due at 10 is written at 11, when c has written its own
    parts = {(1, 2): [(0.5, 1.0)]}
    moved = written([2, 20, 9], parts)
    ran = simulate(moved, AllParallel(), workers=2, watch=costly)
    assert ran.runs[1] == Run(2, 2, 11, (1,))


def test_half_of_the_work_of_a_parked_task_may_be_kept():
    trace = written([10, 10], {(0, 1): [(0.2, 0.6)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=Watch(Watching.TRIAL_MERGES, 0.0, 0.5))
    assert ran.runs == (Run(1, 0, 6, (0,), kept=3), Run(0, 0, 10), Run(1, 10, 17))
    assert ran.lost == 3 / 20


class Seeing:
    """Remembers what it was shown, and starts everything."""

    name = "seeing"
    kept_apart = 0.0

    def __init__(self):
        self.seen = []

    def admit(self, moment):
        self.seen.append((dict(moment.elapsed), dict(moment.seen), moment.free))
        return moment.waiting


def test_a_policy_sees_how_much_of_whom_somebody_saw():
    trace = written([10, 4, 8, 1], {(0, 1): [(0.2, 0.5)]})
    policy = Seeing()
    simulate(trace, policy, workers=2, watch=TRIALS)
    assert policy.seen == [
        ({}, {}, 2),
        ({0: 2}, {0: 0.2, 1: 0.5}, 1),  # b was parked after half of its work, c starts
        ({}, {1: 0.5}, 2),  # a and c have landed
    ]


def test_unwatched_nothing_is_seen_but_what_was_to_land():
    policy = Seeing()
    simulate(trace_of([10, 4, 8], {(0, 1)}), policy, workers=2)
    assert [seen for _, seen, _ in policy.seen] == [{}, {}, {0: 1.0}]


def by_the_clock(trace, workers, watch, apart):
    """Return (task, start, finish, hit) of every run, stepping through the minutes."""
    size = len(trace)
    waits = {task: (1, task) for task in range(size)}
    holds, runs, landed, done = {}, {}, {}, []
    parts = {(one, other): shares for one in range(size)
             for other, shares in trace.colliding[one].items()}  # fmt: skip
    now = 0

    def reached(task, share):
        return now - runs[task]["start"] >= ceil(share * trace.minutes[task])

    def collisions():
        for (one, other), shares in parts.items():
            for mine, theirs in shares if one in runs else ():
                if other in landed and other not in runs[one]["base"] and reached(one, mine):
                    yield one, other
                if other in runs and reached(one, mine) and reached(other, theirs):
                    later = max((one, other), key=lambda task: (runs[task]["start"], task))
                    yield later, one + other - later

    while waits or runs:
        while watch.is_live and (met := min(collisions(), default=None)):
            parked, other = met
            done.append((parked, runs.pop(parked)["start"], now, True))
            waits[parked], holds[parked] = (0, parked), other
        for task in [task for task in sorted(runs) if reached(task, 1.0)]:
            run = runs.pop(task)
            hit = any(
                other in landed and other not in run["base"] for other in trace.colliding[task]
            )
            done.append((task, run["start"], now, hit))
            if hit:
                waits[task] = (0, task)
            else:
                landed[task] = now
        for task, run in runs.items():
            points = {run["start"] + ceil(share * trace.minutes[task]) for share in CHECKPOINTS}
            if watch.mode is Watching.AT_ONCE or (
                watch.mode is Watching.CHECKPOINTS and now in points
            ):
                run["base"] = set(landed)
        for task in sorted(waits, key=waits.get):
            free = task not in holds or holds[task] in landed
            if free and len(runs) < workers and not any(apart[task][other] for other in runs):
                del waits[task]
                runs[task] = {"start": now, "base": set(landed)}
        now += 1
    return sorted(done)


@pytest.mark.parametrize("watch", [UNWATCHED, *LIVE], ids=lambda watch: watch.mode.value)
@pytest.mark.parametrize("seed", range(60))
def test_both_tell_the_same(seed, watch):
    chance = random.Random(seed)
    size = chance.randint(2, 10)
    minutes = [chance.randint(1, chance.choice((4, 25))) for _ in range(size)]
    share = chance.choice((0.1, 0.3, 0.7))
    parts = {
        (one, other): [
            (chance.choice((chance.random() or 1.0, 0.25, 0.5, 1.0)), chance.random() or 1.0)
            for _ in range(chance.randint(1, 2))
        ]
        for other in range(size)
        for one in range(other)
        if chance.random() < share
    }
    apart = np.zeros((size, size), dtype=bool)
    if chance.random() < 0.5:
        for one in range(size):
            for other in range(one):
                apart[one, other] = apart[other, one] = chance.random() < 0.2
    trace, workers = written(minutes, parts), chance.randint(1, 5)
    policy = RiskBelow("apart", apart.astype(float), threshold=0.5)
    ran = simulate(trace, policy, workers=workers, watch=watch)
    told = sorted((run.task, run.start, run.finish, bool(run.hit_by)) for run in ran.runs)
    assert told == by_the_clock(trace, workers, watch, apart.tolist())


@st.composite
def watches(draw):
    """Return a way to watch, with its costs."""
    share = st.sampled_from((0.0, 0.02, 0.3, 1.0))
    return Watch(draw(st.sampled_from(Watching)), draw(share), draw(share))


@st.composite
def written_traces(draw):
    """Return a trace of which both sides of each conflict write at some time."""
    plain = draw(traces(longest=20))
    share = st.floats(0.01, 1.0)
    parts = {
        (one, other): draw(st.lists(st.tuples(share, share), min_size=1, max_size=2))
        for one in range(len(plain))
        for other in plain.colliding[one]
        if one < other
    }
    return written(plain.minutes, parts)


@LAW
@given(written_traces(), st.integers(1, 5), watches())
def test_every_task_lands_once_and_no_more_run_than_may(trace, workers, watch):
    ran = simulate(trace, AllParallel(), workers=workers, watch=watch)
    assert sorted(run.task for run in ran.runs if not run.hit_by) == list(range(len(trace)))
    for minute in range(ran.makespan):
        assert 1 <= sum(run.start <= minute < run.finish for run in ran.runs) <= workers
    for task, minutes in enumerate(trace.minutes):
        mine = [run for run in ran.runs if run.task == task]
        assert all(run.start < run.finish or run.hit_by for run in mine)
        assert sum(run.kept for run in mine) < minutes
        if not watch.sync_cost:
            assert sum(run.minutes - run.lost for run in mine) == minutes


@LAW
@given(written_traces(), st.integers(1, 5), watches())
def test_who_was_hit_starts_again_after_who_hit_it_landed(trace, workers, watch):
    ran = simulate(trace, AllParallel(), workers=workers, watch=watch)
    landed = {run.task: run.finish for run in ran.runs if not run.hit_by}
    for run in ran.runs:
        again = [each for each in ran.runs if each.task == run.task and each.start >= run.finish]
        for other in run.hit_by:
            assert trace.conflicts[run.task, other]
            assert all(landed[other] <= each.start for each in again if each is not run)


@LAW
@given(written_traces(), st.sampled_from(LIVE))
def test_alone_nothing_is_hit_and_neither_is_who_keeps_the_truth_apart(trace, watch):
    assert simulate(trace, Sequential(), workers=3, watch=watch).hits == 0
    truth = RiskBelow("truth", trace.conflicts.astype(float), threshold=0.5)
    assert simulate(trace, truth, workers=3, watch=watch).hits == 0


@LAW
@given(written_traces(), st.integers(2, 5))
def test_two_tasks_lose_no_more_the_better_they_are_watched(trace, workers):
    """Of one pair alone: with more tasks an early end may bring others together."""
    pair = written(trace.minutes[:2], {k: v for k, v in trace.parts.items() if k == (0, 1)})
    lost = [simulate(pair, AllParallel(), workers=workers, watch=watch).lost
            for watch in (UNWATCHED, TRIALS, CHECKED, AT_ONCE)]  # fmt: skip
    assert lost == sorted(lost, reverse=True)


@pytest.mark.parametrize("name", ["sync_cost", "lost_share"])
@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_lie_between_nothing_and_everything(name, share):
    with pytest.raises(SettingsError, match=rf"^{name}: must lie in \[0, 1\]"):
        Watch(**{name: share})


@pytest.mark.parametrize("share", [0.0, 1.5, -1.0])
def test_what_is_written_lies_inside_the_run(share):
    with pytest.raises(ReplayError, match=r"^a and b: what they write must lie in \(0, 1\]"):
        written([2, 2], {(0, 1): [(0.5, share)]})


def test_a_parked_task_always_has_something_left_to_do():
    trace = written([10, 10], {(0, 1): [(1.0, 1.0)]})
    ran = simulate(trace, AllParallel(), workers=2, watch=Watch(Watching.TRIAL_MERGES, 0.0, 0.0))
    assert ran.runs == (Run(1, 0, 10, (0,), kept=9), Run(0, 0, 10), Run(1, 10, 11))
