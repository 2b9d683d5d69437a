"""The windows of merge queues, as a rival."""

from __future__ import annotations

from taskpar_ml.backtest.windows import Window, Windowed
from taskpar_ml.simulation.policies import AllParallel
from taskpar_ml.simulation.simulator import simulate
from tests.support.traces import trace_of


def test_a_window_widens_by_one_and_halves_down_to_its_floor():
    window = Window(3, floor=3)
    for _ in range(10):
        window.land()
    assert window.width == 13
    widths = []
    for _ in range(4):
        window.hit()
        widths.append(window.width)
    assert widths == [6, 3, 3, 3]


def test_a_window_stays_below_its_ceiling():
    window = Window(ceiling=4)
    assert window.width == 4
    window.hit()
    assert window.width == 3
    for _ in range(3):
        window.land()
    assert window.width == 4
    low = Window(ceiling=2)
    low.hit()
    assert low.width == 2, "the floor is no higher than the ceiling"


def test_no_more_run_than_the_window_lets():
    window = Window(2, floor=1)
    timeline = simulate(trace_of([5] * 6), Windowed("window", AllParallel(), window), workers=9)
    starts = sorted(run.start for run in timeline.runs)
    assert starts == [0, 0, 5, 5, 5, 5], "two, and after two landings four"
    # What lands last is told when somebody asks next.
    assert window.width == 4


def test_a_hit_halves_it():
    window = Window(4, floor=1)
    clash = trace_of([5, 6, 7, 8], conflicts=[(0, 1)])
    simulate(clash, Windowed("window", AllParallel(), window), workers=4)
    # The first lands (5), the second is hit (2) and starts again, the third lands (3).
    assert (window.width, window.running) == (3, {1, 3})
    simulate(trace_of([1]), Windowed("window", AllParallel(), window), workers=4)
    assert window.width == 5, "what was left has landed"


def test_batches_share_a_window():
    window = Window(1, floor=1)
    for _ in range(2):
        simulate(trace_of([1] * 4), Windowed("window", AllParallel(), window), workers=9)
    assert window.width == 5, "four of the first batch, and who is left is told later"
