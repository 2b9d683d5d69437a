"""Plans with their reasons, costs and advice."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.plan import Because
from taskpar_ml.estimators.constant import ConstantEstimator, never_conflict
from taskpar_ml.readying import ready_tasks
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
    answer = ready_tasks(workspace(*tasks, settings={"plan": {"workers": workers}}, **fields))
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


def limits(plan):
    return {cost.limit: cost.makespan_share for cost in plan.limit_costs}


def test_limits_cost_what_their_absence_would_save():
    files = ({"modifies": ["README.md"]}, TAX, {"modifies": ["docs/guide.md"]})
    free = [task(name, estimate=1, **where) for name, where in zip("abc", files, strict=True)]
    never = {"estimator": never_conflict()}
    assert limits(plan_of(*free, **never)) == {}
    narrow = plan_of(*free, settings={"plan": {"workers": 1}}, **never)
    assert limits(narrow) == {"workers": pytest.approx(2 / 3)}
    ordered = [free[0], task("b", estimate=1, **TAX, depends_on=["a"]), free[2]]
    assert limits(plan_of(*ordered, **never)) == {"order": 0.5}
    strict = {"plan": {"threshold": 0.1}}
    risky = plan_of(*free, estimator=ConstantEstimator("risky-1", 0.2), settings=strict)
    assert 0 < limits(risky)["threshold"] < 2 / 3  # without it, work would be lost


def test_a_budget_bounds_the_hits_that_are_expected_and_costs():
    files = ({"modifies": ["README.md"]}, TAX)
    tasks = [task(name, estimate=1, **where) for name, where in zip("ab", files, strict=True)]
    risky = {"estimator": ConstantEstimator("risky-1", 0.01)}
    assert plan_of(*tasks, **risky).waves == (("a", "b"),)
    bound = plan_of(*tasks, settings={"plan": {"budget": 0.009}}, **risky)
    assert bound.waves == (("a",), ("b",))
    assert 0 < limits(bound)["budget"] < 0.5
    assert plan_of(*tasks, settings={"plan": {"budget": 0.011}}, **risky).waves == (("a", "b"),)


def test_what_collisions_cost_is_weighed_against_the_makespan():
    tasks = [
        task("a", estimate=10, modifies=["README.md"]),
        task("b", estimate=1, **TAX),
    ]
    risky = plan_of(*tasks, estimator=ConstantEstimator("risky-1", 0.2), settings=LOOSE)
    # 1 more in sequence against 0.2 x about 10 of work that would be lost, shared by 2 workers
    assert risky.waves == (("a", "b"),)
    assert risky.in_waves.lost == pytest.approx(0.2 * 10, rel=0.05)
    assert risky.in_waves.expected == pytest.approx(10 + 2 / 2, rel=0.01)
    assert risky.speed_up == pytest.approx(11 / risky.in_waves.expected)
    riskier = plan_of(*tasks, estimator=ConstantEstimator("risky-1", 0.4), settings=LOOSE)
    assert riskier.waves == (("a",), ("b",))
    assert riskier.tasks[1].why_not_earlier.startswith("more is expected to be lost")


LOOSE = {"plan": {"threshold": 0.9, "workers": 2}}


def test_of_what_is_in_the_way_that_comes_first_whose_cutting_saves_most():
    tasks = [task(name, f"Fix {name} in src/billing/tax.py", estimate=1) for name in "abc"]
    plan = plan_of(*tasks)
    assert len(plan.waves) == 3
    first = plan.splits[0]
    assert (first.what, first.name) == ("file", "src/billing/tax.py")
    assert first.tasks == ("a", "b", "c")
    assert first.makespan_share == pytest.approx(2 / 3, abs=0.01)
    shares = [each.makespan_share for each in plan.splits]
    assert shares == sorted(shares, reverse=True)


def test_a_long_task_is_worth_cutting_and_a_running_one_cannot_be_cut():
    def tasks(**fields):
        return [
            task("long", estimate=10, modifies=["README.md"], **fields),
            task("short", estimate=1, **TAX),
            task("after", estimate=1, modifies=["docs/guide.md"], depends_on=["long"]),
        ]

    plan = plan_of(*tasks(), estimator=never_conflict())
    first = plan.splits[0]
    assert (first.what, first.name, first.tasks) == ("task", "long", ("long",))
    assert first.makespan_share == pytest.approx(5 / 11, abs=0.01)
    running = plan_of(*tasks(status="in progress"), estimator=never_conflict())
    assert "long" not in {each.name for each in running.splits}


def test_each_task_has_a_start_of_its_own():
    tasks = [
        task("a", estimate=1, modifies=["README.md"]),
        task("b", estimate=5, **TAX),
        task("c", estimate=1, modifies=["docs/guide.md"], depends_on=["a"]),
    ]
    plan = plan_of(*tasks, estimator=never_conflict())
    starts = {each.id: each.start for each in plan.tasks}
    assert starts["a"] == starts["b"] == 0
    assert starts["c"] == pytest.approx(1, abs=0.01)
    assert plan.in_starts.expected == pytest.approx(5, abs=0.01)
    assert plan.in_waves.expected == pytest.approx(6, abs=0.01)
    assert plan.in_starts.is_optimal
    assert plan.in_starts.bound == pytest.approx(5, abs=0.01)


def test_the_order_of_the_input_changes_ties_alone():
    tasks = [task(name, estimate=place + 1, **TAX) for place, name in enumerate("abc")]
    tasks += [task(name, estimate=2, modifies=["README.md"]) for name in "de"]
    tasks += [task("f", estimate=4, modifies=["docs/guide.md"])]
    one, other = plan_of(*tasks), plan_of(*reversed(tasks))
    assert one.in_waves == other.in_waves
    assert one.in_starts == other.in_starts
    # d and e are alike: the one that stands first in the file goes first.
    assert [sorted(wave) for wave in one.waves] == [["c", "d", "f"], ["b", "e"], ["a"]]
    assert [sorted(wave) for wave in other.waves] == [["c", "e", "f"], ["b", "d"], ["a"]]


def test_an_earlier_plan_is_kept_where_that_costs_little():
    files = ("README.md", "docs/guide.md", "src/auth/login.py", "src/billing/tax.py")
    tasks = [
        task(name, estimate=1, modifies=[path]) for name, path in zip("abcd", files, strict=True)
    ]
    space = workspace(*tasks, settings=LOOSE, estimator=never_conflict())
    assert space.plan().moved is None
    kept = space.plan({"a": 0, "c": 0, "b": 3, "d": 3})
    assert [set(wave) for wave in kept.waves] == [{"a", "c"}, {"b", "d"}]
    assert kept.moved == ()
    assert kept.in_waves.is_optimal
    far = space.plan({"a": 0, "b": 1, "c": 2, "d": 3})
    assert len(far.waves) == 2
    assert len(far.moved) == 2
