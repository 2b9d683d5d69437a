"""The coded reasons that a pair carries."""

from __future__ import annotations

from collections import Counter

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.estimators.fixed_weights import FixedWeights
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.predictor import ConflictPredictor
from tests.support.workspaces import NAMED_ONLY, snapshot_of, task, workspace


def codes(first, second, **fields):
    """Return the reasons of one pair of tasks, the texts' similarity left out."""
    (scored,) = workspace(first, second, **fields).score()
    return [code for code in scored.codes(0) if not code.startswith("text:")]


def test_items_in_which_the_two_may_meet_are_named():
    text = "Fix src/billing/tax.py, POST /orders and the `invoices` table on port 8080"
    assert codes(task("a", text), task("b", text)) == [
        "file:src/billing/tax.py",
        "endpoint:/orders",
        "table:invoices",
        "resource:port 8080",
    ]


def test_of_equal_items_the_first_path_is_named():
    zone = {"modifies": ["src/**"]}
    others = [task(f"x{n}", modifies=[path]) for n, path in enumerate(["src/auth/*", "src/*/m*"])]
    asked = workspace(task("a", **zone), task("b", **zone), *others)
    (scored,) = asked.score([("a", "b")])
    assert scored.codes(0)[0] == "file:src/auth/login.py and 1 more"


def test_tasks_of_which_nothing_is_known_are_named():
    told = task("b", "Fix src/billing/tax.py")
    assert codes(task("a", "Nothing"), told) == ["unknown:a"]
    assert codes(told, task("c", "Nothing")) == ["unknown:c"]
    assert codes(task("a", "Nothing"), task("c", "None")) == ["unknown:a", "unknown:c"]


def test_a_resource_alone_does_not_make_a_task_known():
    assert codes(task("a", "Use port 8080"), task("b", "Fix README.md")) == ["unknown:a"]


def test_tasks_known_on_different_surfaces_cannot_be_compared():
    first, second = task("a", "Fix README.md"), task("b", "Fix POST /orders")
    assert codes(first, second) == ["incomparable"]


def test_only_similar_texts_are_called_so():
    (alike,) = workspace(task("a", "Paint carts"), task("b", "Paint carts")).score()
    (apart,) = workspace(task("a", "Paint carts"), task("b", "Fix tax")).score()
    assert alike.codes(0)[0] == "text:1.00"
    assert not any(code.startswith("text:") for code in apart.codes(0))


def test_it_is_told_how_past_tasks_fared_in_the_file_where_two_meet():
    tasks = [task("a", "Fix src/a.py"), task("b", "Fix src/a.py"), task("c", "Fix src/c.py")]
    rates = ConflictRates(Counter({"src/a.py": 11, "src/c.py": 1}), Counter({"src/a.py": 7}))
    memory = RepoMemory(snapshot_of(["src/a.py", "src/c.py"]), given=(), rates=rates)
    predictor = ConflictPredictor(FixedWeights(), footprints=NAMED_ONLY)
    context = predictor.context(tasks, memory)
    pairs = PairTable.of(["a", "b", "c"])
    (scored,) = predictor.score(pairs, context)
    assert "collided:7/11" in scored.codes(0)
    assert not any(code.startswith("collided") for row in (1, 2) for code in scored.codes(row))
    unread = predictor.context(tasks, RepoMemory(memory.snapshot, given=()))
    (blind,) = predictor.score(pairs, unread)
    assert not any(code.startswith("collided") for code in blind.codes(0))
