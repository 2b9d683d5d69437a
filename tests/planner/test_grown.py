"""What growth allows, as grounds of decisions about pairs."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.growth import Attempt
from taskpar_ml.domain.levels import Level
from taskpar_ml.domain.plan import Because
from taskpar_ml.estimators.constant import ConstantEstimator
from taskpar_ml.planner.admission import Admission
from taskpar_ml.planner.exploring import drawn
from taskpar_ml.planner.grown import GrownTo
from taskpar_ml.readying import ready_question
from tests.support.workspaces import task, workspace

ONE = {"modifies": ["src/billing/tax.py"]}
OTHER = {"modifies": ["src/billing/rates.py"]}


def ids(explorer=False, count=2):
    """Return ids of tasks whose first attempts do or do not try levels, and whose second do not."""
    found = [f"T{number}" for number in range(1_000)]
    wanted = [explorer, False]
    told = {name: [drawn(Attempt(name, number)) < 0.05 for number in (1, 2)] for name in found}
    return [name for name, tried in told.items() if tried == wanted][:count]


def grown(admission=None, running=(), number=1):
    state = Admission.cold(b0=9, threshold=0.5) if admission is None else admission
    return GrownTo(state, frozenset(running), lambda task: Attempt(task, number))


def asked(*tasks, settings=None, risk=0.1):
    estimator = ConstantEstimator("told", risk)
    return workspace(*tasks, settings=settings or {}, estimator=estimator)


def answer(shop, state=None, running=()):
    return ready_question(shop, running).answer(dict.fromkeys(running, 0.0), state)


def names(tasks):
    return {each.id for each in tasks}


def test_pairs_of_a_closed_level_take_turns_and_a_plan_says_what_that_costs():
    first, second = ids()
    shop = asked(task(first, "Round taxes", **ONE), task(second, "Show rates", **OTHER))
    assert len(shop.plan().waves) == 1
    plan = shop.plan(grown=grown())
    assert len(plan.waves) == 2
    (cost,) = plan.rule_costs
    assert (cost.rule, cost.pairs, cost.waves) == ("level afforded", 1, 1)
    told = answer(shop, grown())
    assert len(told.ready) == len(told.waiting) == 1
    assert "[level afforded]" in told.waiting[0].why
    assert "not let run together yet" in told.waiting[0].why


def test_levels_that_have_opened_and_what_is_declared_run_together():
    first, second = ids()
    opened = Admission.cold(b0=9, threshold=0.5).learned([(Level.AFFORDED, False)] * 60)
    tasks = task(first, "Round taxes", **ONE), task(second, "Show rates", **OTHER)
    assert len(answer(asked(*tasks), grown(opened)).ready) == 2
    declared = task(first, "Round taxes", can_run_with=[second], **ONE), tasks[1]
    assert len(answer(asked(*declared), grown()).ready) == 2
    (pair,) = asked(*declared).plan(grown=grown()).neighbours
    assert pair.because is Because.CAN_RUN_WITH


def test_to_who_explores_closed_levels_are_open():
    (usual,), (explorer,) = ids(count=1), ids(explorer=True, count=1)
    shop = asked(task(usual, "Round taxes", **ONE), task(explorer, "Show rates", **OTHER))
    assert len(answer(shop, grown()).ready) == 2
    assert len(answer(shop, grown(number=2)).ready) == 1


@pytest.mark.parametrize(("limit", "expected"), [(None, 0.05), (0.03, 0.03), (0.9, 0.05)])
def test_the_threshold_is_that_of_growth_as_far_as_the_settings_let_it(limit, expected):
    first, second = ids()
    plan = {} if limit is None else {"threshold": limit}
    shop = asked(
        task(first, "Round taxes", **ONE),
        task(second, "Show rates", **OTHER),
        settings={"plan": plan},
    )
    told = answer(shop, grown(Admission.cold(b0=9)))
    assert told.threshold == expected


def test_no_more_start_than_the_bank_has_room_for():
    tasks = [task(name, f"Write {name}", modifies=[f"src/{name}/one.py"]) for name in ids(count=4)]
    shop = asked(*tasks, risk=0.001)
    opened = Admission.cold(b0=2, threshold=0.5).learned(
        [(level, False) for level in Level for _ in range(60)]
    )
    told = answer(shop, grown(opened))
    assert len(told.ready) == 2
    assert {each.why for each in told.waiting} == {
        "the bank has no room for more than the 2 in flight"
    }
    assert shop.plan(grown=grown(opened)).workers == 2


def test_what_is_in_flight_and_unknown_keeps_all_waiting():
    first, second = ids()
    shop = asked(task(first, "Round taxes", **ONE), task(second, "Show rates", **OTHER))
    told = answer(shop, grown(running=["elsewhere"]))
    assert told.ready == ()
    assert told.running == ("elsewhere",)
    assert {each.why for each in told.waiting} == {
        "elsewhere in flight and in no file read here: record what became of it"
    }
    beside = answer(shop, grown(running=[first]))
    assert beside.running == (first,)
    assert names(beside.waiting) == {second}
