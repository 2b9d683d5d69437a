"""Decisions about pairs as a person reads them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from taskpar_ml.estimators.constant import always_conflict, never_conflict
from taskpar_ml.history.conflict_rates import ConflictRates
from tests.support.workspaces import task, workspace

TAX = "src/billing/tax.py"


def said(first, second, **fields):
    decision = (
        workspace(task("a", **first), task("b", **second), **fields).explain("a", "b").decision
    )
    assert decision.together == (decision.because in ("can_run_with", "safe-rule", "low-risk"))
    return f"[{decision.rule}] {decision.text}"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({}, {"depends_on": ["a"]}, "[order] one must land before the other"),
        ({"parallel_safe": False}, {}, "[parallel_safe: false] tagged to run alone"),
        ({}, {"can_run_with": ["a"]}, "[can_run_with] their author lets them run together"),
        (
            {"modifies": ["src/**"]},
            {"modifies": [TAX]},
            "[declared paths] their declared paths overlap",
        ),
        (
            {"modifies": [TAX]},
            {"title": f"Fix {TAX}"},
            f"[likely meeting] both are likely to touch {TAX} (1.00, 0.75)",
        ),
        (
            {"modifies": [TAX]},
            {},
            "[unscored] cannot be scored: nothing says what b will touch. "
            "Name files in its text or give it `modifies`",
        ),
        (
            {"title": f"Fix {TAX}"},
            {"title": "Create POST /orders"},
            "[unscored] cannot be scored: neither files nor endpoints nor tables are known of both",
        ),
        (
            {"title": "Paint carts"},
            {"title": "Write tests"},
            "[safe tests] one side only writes tests",
        ),
        (
            {"modifies": ["README.md"]},
            {"title": f"Fix {TAX}"},
            "[low risk] score 0.00: nothing in common is known",
        ),
    ],
)
def test_the_decision_is_put_into_words(first, second, expected):
    assert said(first, second) == expected


def test_similar_texts_are_called_so():
    found = said({"title": "Paint carts in README.md"}, {"title": f"Paint walls in {TAX}"})
    assert re.fullmatch(
        r"\[low risk\] score 0\.0\d: no common file is known; their texts are similar \(0\.\d\d\)",
        found,
    )


def test_a_risk_at_the_threshold_says_what_the_two_may_touch():
    limits = {"settings": {"rules": {"meeting": 1.0}}}
    fix = {"title": f"Fix {TAX}"}
    assert said(fix, fix, **limits) == (
        f"[risk] score 0.44: both are likely to touch {TAX} (0.75, 0.75)"
    )


def test_what_is_hardly_touched_is_not_called_likely():
    files = [TAX, *(f"src/billing/f{number}.py" for number in range(9))]
    found = said({"title": "Change src/billing/"}, {"title": f"Fix {TAX}"}, files=files)
    assert found == f"[low risk] score 0.12: they come closest in {TAX} (0.15, 0.75)"


def test_a_probability_is_called_one():
    assert said({}, {}, estimator=always_conflict()).startswith("[risk] p_conflict 1.00: ")
    assert said({}, {}, estimator=never_conflict()).startswith("[low risk] p_conflict 0.00: ")


def test_how_past_tasks_fared_in_the_file_is_said():
    rates = ConflictRates(Counter({TAX: 11}), Counter({TAX: 7}))
    asked = workspace(task("a", f"Fix {TAX}"), task("b", f"Fix {TAX}"))
    told = replace(asked, memory=replace(asked.memory, rates=rates))
    assert told.explain("a", "b").decision.text.endswith(
        "(0.75, 0.75); 7 of 11 pairs of past tasks that both changed it collided"
    )
