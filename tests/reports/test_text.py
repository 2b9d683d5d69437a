"""Hostile text stays text."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from taskpar_ml.domain.plan import Because, PairReason, Plan, PlannedTask
from taskpar_ml.reports.plan_text import draw_plan
from taskpar_ml.reports.text import printable

HOSTILE = "[bold red]x[/] \x1b]0;owned\x07 \u202egnp.exe \udcff {{workflow.name}}\r\nline"


def drawn(renderable, *, width=100):
    console = Console(file=io.StringIO(), width=width, force_terminal=True, highlight=False)
    console.print(renderable)
    return console.file.getvalue()


def plan_with(title):
    reason = PairReason(
        task_a="a",
        task_b="b",
        together=True,
        because=Because.LOW_RISK,
        rule="low risk",
        score=0.1,
        text=f"both touch {title}",
    )
    tasks = [
        PlannedTask(id=name, title=title, duration=1, duration_from="usual", wave=0, start=0)
        for name in "ab"
    ]
    return Plan(
        groups=(),
        tasks=tuple(tasks),
        workers=2,
        sequential_duration=2,
        makespan=1,
        model=title,
        threshold=0.3,
        repository=title,
        commit=None,
        neighbours=(reason,),
        riskiest=(reason,),
        notices=(title,),
    )


def test_nothing_that_steers_a_terminal_gets_through():
    shown = printable(HOSTILE)
    assert shown.isprintable()
    assert "\\x1b]0;owned\\x07" in shown
    assert "\\u202e" in shown


def test_a_plan_shows_hostile_titles_as_they_are_written():
    shown = drawn(draw_plan(plan_with(HOSTILE)), width=300)
    assert "[bold red]x[/]" in shown
    assert "\x1b]0;" not in shown
    assert "\u202e" not in shown
    shown.encode("utf-8")


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_a_plan_fits_any_terminal(width):
    shown = drawn(draw_plan(plan_with("A title of some length, with words " * 5)), width=width)
    assert "Nothing to plan" not in shown


def test_long_text_ends_in_an_ellipsis():
    assert printable("abcdef", most=4) == "abc…"
    assert printable("abcd", most=4) == "abcd"
