"""Tags that contradict each other, or a rule, are spelled out with the side that wins."""

from __future__ import annotations

from tests.support.workspaces import task, workspace

TAX = {"modifies": ["src/billing/tax.py"]}


def notices(*tasks, **fields):
    return [
        notice.rpartition("tasks.yaml: ")[2]
        for notice in workspace(*tasks, **fields).plan().notices
        if "earlier tasks are known" not in notice
    ]


def test_can_run_with_against_a_dependency():
    tasks = [
        task("a", can_run_with=["c"], place="tasks.yaml:3"),
        task("b", depends_on=["a"]),
        task("c", depends_on=["b"]),
    ]
    assert notices(*tasks) == [
        "tasks.yaml:3: task a: can_run_with c contradicts the order a -> b -> c. The order wins."
    ]


def test_can_run_with_against_a_tag_a_lock_and_a_rule():
    tasks = [
        task("a", "Change the schema", labels=["x"], can_run_with=["b"]),
        task("b", "Change the schema", labels=["x"], parallel_safe=False),
    ]
    settings = {"locks": [{"name": "host", "labels": ["x"]}]}
    begin = "a: task a: can_run_with b contradicts"
    assert notices(*tasks, settings=settings) == [
        f"{begin} 'parallel_safe: false' (tagged to run alone). The rule wins.",
        f"{begin} 'lock host' (both hold the lock). The rule wins.",
        f"{begin} 'never schema' (two schema changes). The rule wins.",
    ]


def test_can_run_with_against_declared_paths():
    tasks = [task("a", **TAX), task("b", **TAX, can_run_with=["a"])]
    assert notices(*tasks) == [
        "b: task b: can_run_with a though their declared paths overlap. "
        "Your word wins: they may collide."
    ]


def test_a_parallel_group_against_a_rule_names_the_group():
    tasks = [task("a", **TAX), task("b", **TAX)]
    (notice,) = notices(*tasks, groups=[{"parallel": ["a", "b"]}])
    assert notice == (
        "execution_groups: a and b in one parallel group though their declared paths overlap. "
        "Your word wins: they may collide."
    )


def test_parallel_safe_against_a_shipped_and_a_configured_rule():
    safe = task("a", "Change the schema", parallel_safe=True)
    assert notices(safe) == [
        "a: task a: parallel_safe: true lifts the default rule 'never schema'. "
        "Predicted and declared conflicts still hold."
    ]
    settings = {"rules": {"never": {"schema": "alone"}}}
    assert notices(safe, settings=settings) == [
        "a: task a: parallel_safe: true contradicts the configured rule 'never schema'. "
        "The rule wins; change it in taskpar.toml if that is not meant."
    ]
    assert notices(safe, settings={"rules": {"never": {"schema": "off"}}}) == []


def test_tags_that_agree_are_not_mentioned():
    tasks = [task("a", can_run_with=["b"], parallel_safe=True), task("b"), task("c", **TAX)]
    assert notices(*tasks) == []
