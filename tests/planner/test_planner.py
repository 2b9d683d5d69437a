"""Plans with their reasons, costs and advice."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.plan import Because
from taskpar_ml.estimators.constant import ConstantEstimator, never_conflict
from tests.support.workspaces import task, workspace

TAX = {"modifies": ["src/billing/tax.py"]}


def plan_of(*tasks, **fields):
    return workspace(*tasks, **fields).plan()


def costs(plan):
    return {cost.rule: (cost.pairs, cost.waves, cost.makespan_share) for cost in plan.rule_costs}


def test_lifting_a_rule_really_plans_again():
    tasks = [
        task("a", "Change the schema of src/auth/login.py", estimate=1),
        task("b", "Change the schema of src/billing/tax.py", estimate=3),
        task("c", "Change the schema of src/orders/api.py", estimate=1, parallel_safe=False),
    ]
    plan = plan_of(*tasks)
    assert plan.waves == (("b",), ("a",), ("c",))
    assert costs(plan) == {
        # Without it, a and b run together; c stays alone.
        "never schema": (1, 1, 1 / 5),
        # Without it, the never-rule keeps c apart all the same.
        "parallel_safe: false": (2, 0, 0),
    }


def test_a_suggested_order_costs_what_its_absence_would_save():
    tasks = [
        task("a", "Create POST /orders"),
        task("b", "Paint warmer carts that call POST /orders"),
    ]
    plan = plan_of(*tasks)
    assert plan.waves == (("a",), ("b",))
    assert costs(plan) == {"suggested order": (1, 1, 0.5)}


def test_rules_that_decided_nothing_cost_nothing_and_are_not_listed():
    assert plan_of(task("a", **TAX), task("b", modifies=["README.md"])).rule_costs == ()
    ordered = plan_of(task("a", **TAX), task("b", **TAX, depends_on=["a"]))
    assert ordered.rule_costs == ()


def test_dearest_rules_come_first():
    tasks = [task(id, "Change the schema") for id in "abc"]
    tasks += [task("x", **TAX), task("y", **TAX)]
    rules = [cost.rule for cost in plan_of(*tasks, settings={"plan": {"workers": 9}}).rule_costs]
    shares = [cost.makespan_share for cost in plan_of(*tasks).rule_costs]
    assert "never schema" in rules
    assert shares == sorted(shares, reverse=True)


def test_the_landing_of_a_task_that_frees_most_comes_first():
    tasks = [
        task("a"),
        task("b"),
        task("c", depends_on=["a"]),
        task("d", depends_on=["b"]),
        task("e", depends_on=["b"]),
        task("f", depends_on=["a", "b"]),
        task("g", depends_on=["d"]),
    ]
    plan = plan_of(*tasks)
    assert plan.startable == ("a", "b")
    found = [(each.task, each.frees) for each in plan.opportunities]
    assert found == [("b", ("d", "e")), ("a", ("c",))]


def test_held_tasks_are_named_and_left_out_of_everything():
    tasks = [
        task("a", status="deferred"),
        task("b", "B", depends_on=["a"]),
        task("c", can_run_with=["b"]),
        task("d", depends_on=["b"]),
    ]
    plan = plan_of(*tasks, groups=[{"parallel": ["b", "c"]}])
    assert plan.waves == (("c",),)
    assert [(each.id, each.title) for each in plan.held] == [("b", "B"), ("d", "Do it")]
    assert plan.sequential_duration == 1


def test_running_tasks_go_first_then_long_chains_that_count_by_priority_then_file_order():
    tasks = [
        task("other", estimate=1),
        task("file", estimate=1),
        task("high", priority="High", estimate=1),
        task("chain", priority="low", estimate=1),
        task("after", depends_on=["chain"], estimate=2),
        task("running", status="in progress", priority="low", estimate=1),
        task("rank", priority="P0", estimate=1),
    ]
    plan = plan_of(*tasks, settings={"plan": {"workers": 1}}, estimator=never_conflict())
    # The chain takes 3, and counts for 2.1; the highest priority lets 1 count for 2.
    order = ["running", "chain", "rank", "after", "high", "other", "file"]
    assert [wave[0] for wave in plan.waves] == order


def why(*tasks, **fields):
    return {each.id: each.why_not_earlier for each in plan_of(*tasks, **fields).tasks}


def test_every_task_says_what_keeps_it_out_of_the_wave_before():
    assert why(task("a"), task("b", depends_on=["a"]))["b"] == "after a (depends_on)"
    assert why(task("a", **TAX), task("b", **TAX))["b"] == (
        "apart from a [declared paths]: their declared paths overlap"
    )
    alone = {"settings": {"plan": {"workers": 1}}, "estimator": never_conflict()}
    assert why(task("a"), task("b"), **alone) == {"a": "", "b": "all 1 workers are busy"}
    phases = [{"parallel": ["b"]}, {"parallel": ["a"]}]
    assert why(task("a"), task("b"), groups=phases)["a"] == "after b (execution_groups)"


def test_neighbours_and_riskiest_pairs_carry_their_reasons():
    tasks = [
        task("a", modifies=["src/billing/*"]),
        task("b", "Fix src/billing/tax.py", can_run_with=["a"]),
        task("c", "Fix README.md"),
    ]
    plan = plan_of(*tasks)
    assert plan.waves == (("a", "b", "c"),)
    first, *rest = plan.neighbours
    assert (first.task_a, first.task_b, first.because) == ("a", "b", Because.CAN_RUN_WITH)
    assert first.p_conflict is None
    assert first.score == pytest.approx(0.4 * 0.75 / 3, abs=0.2)
    assert "file:src/billing/tax.py" in first.reasons
    assert {each.because for each in rest} == {Because.LOW_RISK}
    assert plan.riskiest[0] == first
    assert plan.pairs_by_reason == {"can_run_with": 1, "low risk": 2}


def test_tasks_of_which_nothing_is_known_are_listed():
    plan = plan_of(task("b"), task("a"), task("c", **TAX))
    assert plan.unknown == ("b", "a")


def test_an_empty_plan_is_a_plan():
    plan = plan_of(task("a", status="done"))
    assert (plan.waves, plan.groups, plan.tasks, plan.speed_up) == ((), (), (), 1.0)


def test_one_task_is_a_plan():
    plan = plan_of(task("a", estimate=2.5))
    assert (plan.waves, plan.makespan, plan.neighbours) == ((("a",),), 2.5, ())


def started(*tasks, workers=1, **fields):
    """Return which of them start, in order."""
    answer = workspace(*tasks, settings={"plan": {"workers": workers}}, **fields).ready()
    return [each.id for each in answer.ready]


def test_a_high_priority_counts_as_much_as_some_length():
    def tasks(longer):
        return (
            task("a", modifies=["README.md"], estimate=longer),
            task("b", **TAX, estimate=1, priority="high"),
        )

    assert started(*tasks(1.3)) == ["b"]
    assert started(*tasks(1.5)) == ["a"]


def test_a_risk_that_somebody_took_upon_himself_keeps_no_task_from_starting():
    allowed = (task("a", **TAX, can_run_with=["b"]), task("b", modifies=["README.md"]))
    risky = {"estimator": ConstantEstimator("sure-1", 0.9), "workers": 2}
    assert started(*allowed, **risky) == ["a", "b"]
    plain = (task("a", **TAX), task("b", modifies=["README.md"]))
    assert started(*plain, **risky) == ["a"]


def test_a_forecast_takes_luck_into_account():
    (one,) = (plan_of(task("a", **TAX, estimate=2)),)
    assert one.expected.makespan.low < 2 < one.expected.makespan.mean < one.expected.makespan.high
    # The middle is 2; with a deviation of one half the mean is an eighth above it.
    assert one.expected.makespan.mean == pytest.approx(2 * 2.71828**0.125, rel=0.1)
