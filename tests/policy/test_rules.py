"""Each rule by itself: which pairs it speaks of."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.policy.rules import forbidding, permitting
from taskpar_ml.policy.settings import RuleSettings, SafeRule, Scope
from taskpar_ml.policy.shipped_signs import DEFAULT_SIGNS
from taskpar_ml.policy.signs import Category
from tests.support.workspaces import task, workspace

SECURITY = {
    "a1": "src/auth/login.py",
    "a2": "src/auth/session.py",
    "b": "src/billing/auth.py",
    "x": "README.md",
}
"""Security work in two contexts, and other work; ``n`` is security work nobody knows where."""


def security_tasks(**of_all):
    placed = [task(id, modifies=[path], **of_all) for id, path in SECURITY.items()]
    return [*placed, task("n", "Fix security", **of_all)]


def spoken_of(asked, rule, *, no_shared_code=None):
    """Return the pairs that a rule speaks of, None if it is not in force."""
    pairs, rules = asked.pairs(), asked.settings.rules
    unknown = np.zeros(len(pairs), dtype=bool)
    verdicts = [
        *forbidding(pairs, asked.facts, rules),
        *permitting(
            pairs,
            asked.facts,
            rules,
            no_shared_code=unknown if no_shared_code is None else no_shared_code,
        ),
    ]
    for verdict in verdicts:
        if verdict.name == rule:
            rows = np.flatnonzero(verdict.pairs)
            return {f"{pairs.task_a[row]}-{pairs.task_b[row]}" for row in rows}
    return None


def never_security(scope, **of_all):
    rules = {} if scope is None else {"rules": {"never": {"security": scope}}}
    return spoken_of(workspace(*security_tasks(**of_all), settings=rules), "never security")


ALL = {"a1-a2", "a1-b", "a1-n", "a2-b", "a2-n", "b-n"}


def test_by_default_two_tasks_of_a_never_category_are_kept_apart():
    assert never_security(None) == never_security(Scope.SAME_CATEGORY) == ALL


def test_inside_one_context_or_where_a_context_is_unknown():
    assert never_security(Scope.SAME_CONTEXT) == ALL - {"a1-b", "a2-b"}


def test_alone_means_beside_nobody():
    assert never_security(Scope.ALONE) == ALL | {"a1-x", "a2-x", "b-x", "n-x"}


def test_a_rule_that_is_off_does_not_speak():
    assert never_security(Scope.OFF) is None


def test_parallel_safe_lifts_default_rules_and_no_others():
    assert never_security(None, parallel_safe=True) == set()
    assert never_security(Scope.SAME_CATEGORY, parallel_safe=True) == ALL
    one = [task("a", "Fix security", parallel_safe=True), task("b", "Fix security")]
    assert spoken_of(workspace(*one), "never security") == set()


@pytest.mark.parametrize("category", [Category.SCHEMA, Category.CORE, Category.API])
def test_every_never_category_has_its_rule(category):
    label = DEFAULT_SIGNS[category].labels[0]
    asked = workspace(task("a", labels=[label]), task("b", labels=[label]))
    assert spoken_of(asked, f"never {category.value}") == {"a-b"}


def test_a_never_rule_can_be_made_for_any_category():
    tasks = [task("a", labels=["docs"]), task("b", labels=["docs"])]
    settings = {"rules": {"never": {"documentation": "alone"}}}
    assert spoken_of(workspace(*tasks, settings=settings), "never documentation") == {"a-b"}
    assert spoken_of(workspace(*tasks), "never documentation") is None


def test_a_task_that_is_not_parallel_safe_runs_alone():
    asked = workspace(task("a", parallel_safe=False), task("b"), task("c"))
    assert spoken_of(asked, "parallel_safe: false") == {"a-b", "a-c"}


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        ({"paths": ["src/billing/**"]}, {"a-b"}),
        ({"paths": ["**/tax.py", "docs/*"]}, {"a-c"}),
        ({"resources": ["port 8080"]}, {"b-c"}),
        ({"labels": ["Staging"]}, {"a-c"}),
        ({"paths": ["**/tax.py"], "resources": ["port 8080"]}, {"a-b", "a-c", "b-c"}),
        ({}, set()),
    ],
)
def test_a_lock_is_held_by_path_resource_or_label(lock, expected):
    tasks = [
        task("a", modifies=["src/billing/tax.py"], labels=["staging"]),
        task("b", "Fix src/billing/models.py on port 8080"),
        task("c", "Fix docs/guide.md; listen on port 8080", labels=["STAGING"]),
    ]
    asked = workspace(*tasks, settings={"locks": [{"name": "host", **lock}]})
    assert spoken_of(asked, "lock host") == expected


def test_a_path_that_does_not_exist_yet_holds_a_lock_too():
    tasks = [task(id, modifies=[f"migrations/000{id}_*.sql"]) for id in "12"]
    settings = {"locks": [{"name": "migrations", "paths": ["migrations/**"]}]}
    assert spoken_of(workspace(*tasks, settings=settings), "lock migrations") == {"1-2"}


@pytest.mark.parametrize(
    ("rule", "first", "second", "expected"),
    [
        ("documentation", {"modifies": ["docs/*"]}, {}, True),
        ("documentation", {"title": "Document the cart"}, {}, True),
        ("documentation", {"modifies": ["docs/*", "src/auth/*"]}, {}, False),
        ("documentation", {"modifies": ["docs/*"]}, {"modifies": ["README.md"]}, False),
        ("tests", {"modifies": ["tests/*"]}, {}, True),
        ("tests", {"modifies": ["tests/*"]}, {"title": "Add unit tests"}, False),
        ("tests", {"title": "Add a login and tests"}, {}, False),
        ("different-layers", {"labels": ["ui"]}, {"labels": ["backend"]}, True),
        ("different-layers", {"labels": ["ui"]}, {"labels": ["ui"]}, False),
        ("different-layers", {"labels": ["ui"]}, {"labels": ["ui", "backend"]}, False),
        ("different-layers", {"labels": ["ui"]}, {}, False),
        ("different-contexts", {"modifies": ["src/auth/*"]}, {"modifies": ["src/billing/*"]}, True),
        ("different-contexts", {"modifies": ["src/auth/*"]}, {"modifies": ["src/**"]}, False),
        ("different-contexts", {"modifies": ["src/auth/*"]}, {"modifies": ["setup.py"]}, False),
        ("marked-parallel", {"marked_parallel": True}, {"marked_parallel": True}, True),
        ("marked-parallel", {"marked_parallel": True}, {}, False),
    ],
)
def test_safe_patterns(rule, first, second, expected):
    tasks = [task("a", **{"title": "Do it", **first}), task("b", **second)]
    assert spoken_of(workspace(*tasks), f"safe {rule}") == ({"a-b"} if expected else set())
    off = {"rules": {"safe": {rule: False}}}
    assert spoken_of(workspace(*tasks, settings=off), f"safe {rule}") is None


def test_no_shared_code_speaks_where_it_is_told_so():
    asked = workspace(task("a"), task("b"), task("c"))
    mask = np.array([True, False, False])
    assert spoken_of(asked, "safe no-shared-code", no_shared_code=mask) == {"a-b"}


def test_contexts_can_be_drawn():
    tasks = [task("a", modifies=["src/auth/*"]), task("b", modifies=["src/orders/*"])]
    assert spoken_of(workspace(*tasks), "safe different-contexts") == {"a-b"}
    settings = {"contexts": {"people": ["src/auth/**", "src/orders/**"]}}
    joined = workspace(*tasks, settings=settings)
    assert spoken_of(joined, "safe different-contexts") == set()
    assert joined.facts.task_contexts(0) == ("people",)


def test_every_safe_pattern_is_known_to_the_settings():
    pairs = PairTable.of([])
    facts = workspace().facts
    found = permitting(pairs, facts, RuleSettings(), no_shared_code=np.zeros(0, dtype=bool))
    assert [verdict.name for verdict in found] == [f"safe {rule.value}" for rule in SafeRule]
    assert all(verdict.meaning for verdict in found)
