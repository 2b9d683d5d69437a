"""What speaks for the riskiest pairs of a plan, in words."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.plan import Because, Contribution
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.reports.contribution_text import contribution_words, cures
from taskpar_ml.reports.plan_text import draw_plan
from tests.reports.test_text import HOSTILE, drawn, plan_with

MEET = Contribution(feature="meet", value=0.42, adds=1.0)
ALIKE = Contribution(feature="semantic", value=0.5, adds=0.5)
AGAIN = Contribution(feature="file", value=0.3, adds=0.4)
VAGUE = Contribution(feature="vaguer", value=None, adds=-0.7)


def shown_with(*speaks, because=Because.LOW_RISK):
    plan = plan_with("shop")
    (pair,) = plan.riskiest
    pair = pair.model_copy(update={"speaks": speaks, "because": because})
    return drawn(draw_plan(plan.model_copy(update={"riskiest": (pair,)})), width=250)


@pytest.mark.parametrize(
    "name", [column.name for column in PairVectorizer(LEARNED_EXTRACTORS).columns]
)
def test_every_feature_has_words(name):
    told = contribution_words(Contribution(feature=name, value=1.0, adds=0.1))
    assert told.startswith("odds x 1.11: ")
    assert f" {name} (" not in told


def test_words_say_how_much_what_and_how_large():
    assert contribution_words(MEET) == "odds x 2.72: the chance that both write one file (0.42)"
    assert contribution_words(VAGUE).startswith("odds x 0.50: ")
    assert contribution_words(VAGUE).endswith(" (unknown)")
    other = Contribution(feature="moon_phase", value=3.0, adds=0.1)
    assert contribution_words(other) == "odds x 1.11: moon_phase (3.00)"
    assert contribution_words(MEET.model_copy(update={"adds": 0.004})) == ""


def test_what_makes_a_conflict_likelier_can_be_helped_once():
    found = cures([MEET, ALIKE, AGAIN, VAGUE])
    assert found == [
        "leave the shared part to one of them",
        "say in either text what the other does not do",
    ]
    assert cures([VAGUE]) == []
    assert cures([VAGUE.model_copy(update={"adds": 0.7})]) == [
        "name files in the text of the vaguer one"
    ]
    assert cures([Contribution(feature="moon_phase", value=3.0, adds=0.1)]) == []


def test_a_plan_tells_them_below_the_reason():
    shown = shown_with(MEET, VAGUE)
    assert "both touch shop" in shown
    assert "odds x 2.72: the chance that both write one file (0.42)" in shown
    assert "odds x 0.50" in shown
    assert "To lower them: leave the shared part to one of them." in shown
    assert "To lower them" not in shown_with(VAGUE)
    assert "odds x" not in shown_with()


def test_whoever_must_wait_anyway_gets_no_advice():
    shown = shown_with(MEET, because=Because.ORDER)
    assert "odds x 2.72" in shown
    assert "To lower them" not in shown


def test_features_of_a_foreign_model_are_text_and_nothing_else():
    shown = shown_with(Contribution(feature=HOSTILE, value=0.1, adds=1.0))
    assert "[bold red]x[/]" in shown
    assert "\x1b]0;" not in shown
