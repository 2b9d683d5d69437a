"""Laws of every plan, whatever the tasks."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.plan import Because
from taskpar_ml.estimators.constant import always_conflict, never_conflict
from taskpar_ml.policy.settings import RuleSettings
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import task, workspace

NO_RULES_NO_LIMITS = {"rules": RuleSettings.none(), "plan": {"workers": 10_000}}


@LAW
@given(task_lists(tagged=False))
def test_where_nothing_conflicts_the_waves_are_the_topological_generations(chosen):
    free = workspace(*chosen, settings=NO_RULES_NO_LIMITS, estimator=never_conflict())
    generations = [set(each) for each in nx.topological_generations(free.declared_order)]
    assert [set(wave) for wave in free.plan().waves] == generations


@LAW
@given(task_lists(tagged=False))
def test_where_everything_conflicts_tasks_run_one_at_a_time(chosen):
    serial = workspace(*chosen, settings=NO_RULES_NO_LIMITS, estimator=always_conflict())
    waves = serial.plan().waves
    assert sorted(waves) == sorted((each.id,) for each in chosen)
    assert serial.plan().speed_up == 1.0


@LAW
@given(task_lists(), st.integers(1, 4))
def test_every_plan_keeps_its_promises(chosen, workers):
    limits = {"plan": {"workers": workers}, "locks": [{"name": "host", "labels": ["staging"]}]}
    asked = workspace(*chosen, settings=limits)
    plan = asked.plan()
    placed = [name for wave in plan.waves for name in wave]
    held = [each.id for each in plan.held]
    assert sorted(placed + held) == sorted(each.id for each in asked.task_set.work)
    assert all(0 < len(wave) <= workers for wave in plan.waves)

    wave_of = {name: number for number, wave in enumerate(plan.waves) for name in wave}
    for before, after in nx.transitive_closure_dag(asked.declared_order).edges:
        if before in wave_of and after in wave_of:
            assert wave_of[before] < wave_of[after]
        if before in held:
            assert after not in wave_of

    tasks = asked.task_set.by_id
    neighbours = {(each.task_a, each.task_b): each for each in plan.neighbours}
    together = [tuple(sorted(pair)) for wave in plan.waves for pair in combinations(wave, 2)]
    assert sorted(neighbours) == sorted(together)
    for first, second in together:
        reason = neighbours[first, second]
        assert reason.together
        assert None in (tasks[first].parallel_safe, tasks[second].parallel_safe) or (
            tasks[first].parallel_safe and tasks[second].parallel_safe
        )
        assert not {"staging"} <= set(tasks[first].labels) & set(tasks[second].labels)
        if reason.score is None:
            assert reason.because in (Because.SAFE_RULE, Because.CAN_RUN_WITH)
    for each in plan.tasks:
        assert bool(each.why_not_earlier) == (each.wave > 0)
    for each in plan.suggested_dependencies:
        if each.followed:
            assert wave_of[each.before] < wave_of[each.after]


@LAW
@given(task_lists())
def test_an_explanation_says_what_the_plan_says(chosen):
    asked = workspace(*chosen)
    plan = asked.plan()
    for each in (*plan.neighbours, *plan.riskiest):
        assert asked.explain(each.task_a, each.task_b).decision == each


def test_a_task_that_is_held_takes_no_part_in_what_is_said_of_others():
    tasks = [
        task("a", "Create POST /orders"),
        task("b", "Call POST /orders"),
        task("c", "Create POST /orders", depends_on=["d"]),
        task("d", status="deferred"),
    ]
    asked = workspace(*tasks)
    assert asked.plan().waves == (("a",), ("b",))
    assert asked.explain("a", "b").decision.rule == "suggested order"
