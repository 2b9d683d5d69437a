"""Orders that texts suggest."""

from __future__ import annotations

import pytest

from tests.support.workspaces import task, workspace


def suggested(*tasks, **fields):
    plan = workspace(*tasks, **fields).plan()
    found = {(each.before, each.after, each.item): each for each in plan.suggested_dependencies}
    return {key: each.followed for key, each in found.items()}


@pytest.mark.parametrize(
    ("makes", "uses", "item"),
    [
        ("Create src/new/a.py", "Use src/new/a.py", "src/new/a.py"),
        ("Create src/new/a.py", "Fix src/new/a.py", "src/new/a.py"),
        ("Create the `invoices` table", "Read the `invoices` table", "invoices"),
        ("Create POST /orders", "Call POST /orders", "/orders"),
        ("Add a queue named `mails`", "Use the `mails` queue", "service mails"),
    ],
)
def test_what_one_creates_another_uses_later(makes, uses, item):
    assert suggested(task("b", makes), task("a", uses)) == {("b", "a", item): True}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Create src/new/a.py", "Create src/new/a.py"),
        ("Fix src/billing/tax.py", "Use src/billing/tax.py"),
        ("Add a column to the users table", "Read the users table"),
        ("Add tests for POST /orders", "Call POST /orders"),
    ],
)
def test_what_several_create_or_nobody_suggests_nothing(first, second):
    assert suggested(task("a", first), task("b", second)) == {}


def test_a_declared_order_needs_no_suggestion():
    makes, uses = task("a", "Create src/new/a.py"), task("b", "Use src/new/a.py")
    assert suggested(makes, uses.model_copy(update={"depends_on": ("a",)})) == {}
    assert suggested(makes.model_copy(update={"depends_on": ("b",)}), uses) == {}


def test_of_two_tasks_that_make_what_the_other_uses_one_goes_first():
    one = task("a", "Create src/new/a.py and use src/new/b.py")
    other = task("b", "Create src/new/b.py and use src/new/a.py")
    assert sorted(suggested(one, other).values()) == [False, True]


@pytest.mark.parametrize("by", ["can_run_with", "group"])
def test_tasks_that_their_author_lets_run_together_are_not_put_in_order(by):
    makes, uses = task("a", "Create src/new/a.py"), task("b", "Use src/new/a.py")
    if by == "group":
        asked = workspace(makes, uses, groups=[{"parallel": ["a", "b"]}])
    else:
        asked = workspace(makes, uses.model_copy(update={"can_run_with": ("a",)}))
    assert asked.plan().waves == (("a", "b"),)
    assert asked.plan().suggested_dependencies == ()


def test_suggestions_can_be_switched_off():
    tasks = [task("a", "Create src/new/a.py"), task("b", "Use src/new/a.py")]
    assert suggested(*tasks, settings={"rules": {"suggested": False}}) == {}
