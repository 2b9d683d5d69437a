"""What is said of a run."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from taskpar_ml.domain.run_report import AttemptStatus, RunStatus
from taskpar_ml.domain.runs import LandMode
from taskpar_ml.reports.run_text import attempt_words, draw_progress, draw_run

AT = datetime(2026, 1, 1, tzinfo=UTC)


def attempt(**told):
    usual = {
        "task": "a\x1b[31m",
        "attempt": 1,
        "phase": "running",
        "rounds": 1,
        "asked_for": "work",
        "base": "b" * 40,
        "begun_at": AT,
        "since": AT,
        "ended_at": None,
        "ending": None,
        "why": "",
        "hit": False,
        "because_of": (),
        "conflicts": (),
        "mended": (),
        "waits_for": (),
        "refused": 0,
        "tokens": None,
        "money": None,
        "currency": None,
        "landed_as": None,
        "work": None,
    }
    return AttemptStatus(**{**usual, **told})


def status(*attempts, **told):
    usual = {
        "run": "run-1",
        "base": "b" * 40,
        "target": "t",
        "tip": "c" * 40,
        "mode": LandMode.MERGE,
        "bank": "main",
        "is_paused": False,
        "rolled_back": None,
        "landed": (),
        "given_up": (),
        "verifying": (),
        "attempts": attempts,
    }
    return RunStatus(**{**usual, **told})


def drawn(renderable):
    console = Console(width=100, file=io.StringIO())
    with console.capture() as captured:
        console.print(renderable)
    return captured.get()


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({}, "works"),
        ({"asked_for": "repair"}, "works (repair)"),
        ({"asked_for": "land"}, "is landed"),
        ({"phase": "kept"}, "waits to land"),
        ({"phase": "kept", "waits_for": ("x", "y")}, "waits for x, y"),
        ({"ending": "parked"}, "parked"),
        ({"ending": "merged", "landed_as": "d" * 40}, f"merged as {'d' * 10}"),
    ],
)
def test_how_an_attempt_stands(told, words):
    assert attempt_words(attempt(**told)) == words


def test_who_is_in_flight_is_drawn_and_nothing_steers_the_terminal():
    shown = status(
        attempt(),
        attempt(task="done", ending="failed"),
        landed=("x", "y"),
        given_up=("done",),
        verifying=("z",),
    )
    told = drawn(draw_progress(shown, now=AT + timedelta(minutes=62), waiting=3))
    assert "run-1: 2 landed, 1 in flight, 3 waiting, 1 given up, 1 verified" in told
    assert "works" in told
    assert "1:02:00" in told
    assert "done" not in told
    assert "\x1b" not in told


def test_what_was_given_up_is_said_with_where_its_work_is():
    given_up = attempt(task="a", ending="parked", why="In conflict: `x`.\nmore", work="refs/w")
    told = " ".join(drawn(draw_run(status(given_up, given_up=("a",)))).split())
    assert "a is given up. Its work: git switch --create a refs/w" in told
    assert "In conflict: `x`." in told
    assert "more" not in told
