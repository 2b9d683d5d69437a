"""A replay as a table."""

from __future__ import annotations

import io

from rich.console import Console

from taskpar_ml.domain.watching import Watching
from taskpar_ml.reports.backtest_text import draw_backtest
from tests.support.backtests import replayed, result


def drawn(found):
    console = Console(file=io.StringIO(), width=120, highlight=False)
    console.print(draw_backtest(found))
    return console.file.getvalue()


def test_every_policy_of_a_number_of_workers_has_a_row():
    shown = drawn(replayed(result("one[/]", 4, 3.14), result("two", 8, 2.5), proved=2))
    (row,) = (line for line in shown.splitlines() if "one[/]" in line)
    expected = "one[/] 3.14 (3.04-3.24) 3.14 (3.04-3.24) 5.0% (4.0-6.5) 12.5% 25.0%"
    assert " ".join(row.split()) == expected
    assert "two" not in shown  # its number of workers was not replayed
    assert "40 past tasks in 2 batches, told by title; durations of seed 7." in shown
    assert "Of 1,380 pairs 1.7% conflict; of 0.2% that is not known" in shown
    assert "not proved" not in shown


def test_what_the_oracle_could_not_prove_is_said():
    shown = drawn(replayed(result("oracle", 4, 3.5), proved=1))
    assert "not proved to be the shortest in 1 batch; it is at most 1.2% too long" in shown


def test_several_ways_to_watch_stand_side_by_side():
    ways = (Watching.NEVER, Watching.CHECKPOINTS)
    shown = drawn(
        replayed(
            result("sequential", 4, 1.0, None),
            result("all", 4, 2.0, Watching.NEVER),
            result("all", 4, 2.5, Watching.CHECKPOINTS),
            proved=2,
            watching=ways,
        )
    )
    lines = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert lines["4"][2:] == ["never", "checkpoints"]
    assert lines["sequential"] == ["sequential", "1.00", "1.00"]
    assert lines["all"] == ["all", "2.00", "5.0%", "12.5%", "2.50", "5.0%", "12.5%"]
