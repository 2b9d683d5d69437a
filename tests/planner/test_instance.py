"""The tasks of a plan in numbers, and what cutting changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.domain.watching import UNWATCHED
from taskpar_ml.estimators.constant import ConstantEstimator, never_conflict
from taskpar_ml.planner.instance import Instance
from taskpar_ml.planner.splitting import _freer
from taskpar_ml.planner.starts import StartRules
from taskpar_ml.readying import ready_tasks
from tests.support.scheduling import matrix
from tests.support.workspaces import task, workspace


def instance_of(durations, before=(), *, risk=None, apart=(), running=()):
    size = len(durations)
    lengths = np.array(durations, dtype=float)
    rules = StartRules(
        apart=matrix(size, apart),
        risk=np.zeros((size, size)) if risk is None else np.array(risk, dtype=float),
        minutes=lengths,
        chain=lengths,
        threshold=0.5,
        watch=UNWATCHED,
        spread=0.0,
    )
    return Instance(
        names=tuple("abcdef"[:size]),
        durations=lengths,
        before=np.array(before, dtype=np.intp).reshape(-1, 2),
        rules=rules,
        running=running,
        workers=3,
        budget=None,
        minute=0.01,
    )


RISK = [[0, 0.2, 0.1], [0.2, 0, 0], [0.1, 0, 0]]


def test_losses_and_weights_are_those_of_starting_together():
    problem = instance_of([2, 1, 1], risk=RISK).problem
    assert problem.minutes.tolist() == [200, 100, 100]
    # Without any doubt about durations the longer of the two loses its run.
    assert problem.loss[0, 1] == pytest.approx(0.2 * 200 * 1000, rel=0.01)
    assert problem.loss[1, 2] == 0
    assert problem.weight[0, 1] == pytest.approx(-np.log(0.8) * 1e6, rel=1e-5)
    assert np.array_equal(problem.loss, problem.loss.T)


def test_a_task_that_is_cut_is_two_halves_with_half_the_risk():
    cut = instance_of([2, 1, 1], [(0, 1), (2, 0)], risk=RISK, apart=[(0, 2)]).split(0)
    assert cut.names == ("a", "b", "c", "a")
    assert cut.durations.tolist() == [1, 1, 1, 1]
    assert sorted(map(tuple, cut.before.tolist())) == [(0, 1), (2, 0), (2, 3), (3, 1)]
    assert cut.rules.risk[0].tolist() == [0, 0.1, 0.05, 0]
    assert cut.rules.risk[3].tolist() == [0, 0.1, 0.05, 0]
    assert cut.rules.risk[1].tolist() == [0.1, 0, 0, 0.1]
    assert cut.rules.apart[3].tolist() == [False, False, True, False]
    assert not cut.rules.apart[0, 3]


def test_a_cut_makes_no_two_tasks_riskier_and_parts_none():
    plan = instance_of([1, 1, 1], risk=[[0, 0.1, 0], [0.1, 0, 0.2], [0, 0.2, 0]], apart=[(0, 2)])
    other = replace(
        plan,
        rules=replace(
            plan.rules,
            apart=matrix(3, [(1, 2)]),
            risk=np.array([[0, 0.3, 0.4], [0.3, 0, 0], [0.4, 0, 0]]),
        ),
    )
    rules = _freer(plan, other).rules
    assert not rules.apart.any()  # 1 and 2 ran together before, 0 and 2 may do so now
    assert rules.risk[0, 1] == 0.1  # no riskier than it was
    assert rules.risk[0, 2] == 0.4  # of two that stayed apart only the new risk is known
    assert rules.risk[1, 2] == 0.2  # theirs would have parted them


TAX = {"modifies": ["src/billing/tax.py"]}


def test_whatever_a_running_task_waited_for_it_no_longer_waits():
    space = workspace(
        task("a", estimate=1, modifies=["README.md"]),
        task("b", estimate=1, **TAX, depends_on=["a"], status="in progress"),
        task("c", estimate=1, modifies=["docs/guide.md"], depends_on=["b"]),
        estimator=never_conflict(),
    )
    assert space.plan().waves == (("b",), ("a",), ("c",))


def first_started(*tasks, **fields):
    settings = {"plan": {"workers": 3, "threshold": 0.5}}
    return ready_tasks(workspace(*tasks, settings=settings, **fields)).ready[0].id


def test_what_runs_alone_or_is_unknown_is_in_nobodys_way():
    files = ("README.md", "docs/guide.md", "src/auth/login.py")
    long = [task(f"z{row}", estimate=2, modifies=[path]) for row, path in enumerate(files)]
    never = {"estimator": never_conflict()}
    assert first_started(task("alone", estimate=1, parallel_safe=False), *long, **never) == "z0"
    assert first_started(task("vague", estimate=1), *long) == "z0"
    # Those that declare one file have to take turns: 2 and 1 + 2 against 2.5.
    same = [task(name, estimate=2, **TAX) for name in ("y0", "y1")]
    free = task("z9", estimate=2.5, modifies=["frontend/cart.tsx"])
    assert first_started(task("y2", estimate=1, **TAX), *same, free, **never) == "y0"


def test_small_risks_beside_many_count_for_turns():
    files = ("README.md", "docs/guide.md", "src/auth/login.py", "docs/api.md")
    tasks = [task(f"t{row}", estimate=1, modifies=[path]) for row, path in enumerate(files)]
    risky = {"estimator": ConstantEstimator("risky-1", 0.1)}
    # t3 may run beside all others, whom it meets no more: it is worth its own length alone.
    tasks[3] = task("t3", estimate=1.1, modifies=[files[3]], can_run_with=["t0", "t1", "t2"])
    assert first_started(*tasks, **risky) == "t0"


@pytest.mark.parametrize("durations", [[1e12, 1e-9, 1], [1e-300, 1, 1e12], [5e-324, 5e-324, 1]])
def test_durations_of_any_size_can_be_planned(durations):
    instance = replace(instance_of(durations, risk=RISK), minute=sum(durations) / 3 / 1_000)
    problem = instance.problem
    assert problem.minutes.min() == 1
    assert problem.minutes.max() <= 3_000
    huge = replace(instance, minute=1e-9 * sum(durations))
    assert huge.problem.minutes.max() == 10_000_000
