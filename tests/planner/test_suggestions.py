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
        ("Add a function `net_total` to the cart", "Show what net_total() returns", "net_total"),
        ("Add `Rates.parse()` for files", "Call `shop.Rates.parse`", "Rates.parse"),
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
        ("Add a function `net_total`", "Add net_total()"),
        ("Add a function `net_total`", "Show the net total"),
        ("Use json_dumps() in the cart", "Call json_dumps() for the guide"),
        ("Add the option `verbose`", "Read `verbose`"),
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


STORE = {"src/store/blobs.py": "def blobs(): ...", "src/mail/send.py": "def send(): ..."}


def decided(title, *others, **fields):
    tasks = [task("z", title, modifies=fields.pop("modifies", [])), *others]
    return suggested(*tasks, files=STORE, **fields)


def test_what_one_decides_comes_before_the_tasks_that_name_it():
    others = task("a", "Write by the storage layout"), task("b", "Send mails")
    assert decided("Decide the storage layout", *others) == {("z", "a", "storage layout"): True}


def test_a_plan_says_why_a_decision_comes_first():
    plan = workspace(
        task("z", "Decide the storage layout"), task("a", "Write by the storage layout")
    ).plan()
    assert plan.waves == (("z",), ("a",))
    (found,) = plan.suggested_dependencies
    assert (found.surface, found.why) == (
        "decision",
        "it decides the storage layout: run first in its context",
    )
    assert "it decides the storage layout" in plan.tasks[1].why_not_earlier


@pytest.mark.parametrize(
    ("zone", "found"), [("src/store/blobs.py", True), ("src/mail/send.py", False)]
)
def test_a_decision_holds_for_its_context_only(zone, found):
    other = task("a", "Write by the storage layout", modifies=["src/store/*"])
    assert bool(decided("Decide the storage layout", other, modifies=[zone])) is found


def test_a_single_word_needs_contexts_that_are_known():
    named = task("a", "Send through the queue"), task("b", "Queue it", modifies=["src/mail/*"])
    assert decided("Choose the queue", *named) == {}
    assert decided("Choose the queue", *named, modifies=["src/mail/send.py"]) == {
        ("z", "b", "queue"): True
    }


def test_what_two_tasks_decide_suggests_nothing():
    others = task("a", "Choose the storage layout"), task("b", "Write by the storage layout")
    assert decided("Decide the storage layout", *others) == {}


def test_a_declared_order_or_permission_wins_over_a_decision():
    reader = task("a", "Write by the storage layout", blocks=["z"])
    assert decided("Decide the storage layout", reader) == {}
    reader = task("a", "Write by the storage layout", can_run_with=["z"])
    assert decided("Decide the storage layout", reader) == {}


def test_files_that_use_what_another_creates_wait_for_it():
    files = {"src/report.py": "def report(db):\n    db.execute('SELECT id FROM invoices')\n"}
    makes = task("b", "Create the `invoices` table")
    uses = task("a", "Speed it up", modifies=["src/report.py"])
    assert suggested(makes, uses, files=files) == {("b", "a", "invoices"): True}
    assert suggested(makes, uses, files={"src/report.py": ""}) == {}
