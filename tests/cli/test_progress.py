"""What a terminal shows of a long run: no figure before there is one."""

from __future__ import annotations

import io
import re
import sys
import time
from collections.abc import Callable

import pytest

from taskpar_ml.cli.output import working
from taskpar_ml.cli.progress import showing_progress
from taskpar_ml.domain.mining import MiningProgress

Show = Callable[..., str]


class Terminal(io.StringIO):
    """A terminal that remembers what it was shown."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Report progress of 200 commits, and return what was shown, without colours."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")

    def run(*reports: tuple[int, int], on: type[io.StringIO] = Terminal) -> str:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", on())
            with showing_progress("Replaying") as report:
                for done, pairs in reports:
                    time.sleep(0.01)
                    report(MiningProgress(done=done, total=200, pairs=pairs))
            return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sys.stderr.getvalue())

    return run


def names(shown: str) -> set[str]:
    """Return what of all that there may be is shown."""
    return {each for each in ("Replaying", "%", "pairs", "/s", "left") if each in shown}


def test_before_the_first_report_something_is_read(show):
    shown = show()
    assert "Reading" in shown
    assert names(shown) == set()


def test_a_first_report_without_pairs_has_no_rate_and_no_time_left(show):
    shown = show((40, 0))
    assert "20%" in shown
    assert names(shown) == {"Replaying", "%"}


def test_rate_and_time_left_are_shown_when_they_are_known(show):
    shown = show((40, 40_000), (50, 50_000))
    assert re.search(r"25%, 50,000 pairs, [\d,]+/s, 0:00:01 left", shown)


def test_the_end_has_no_time_left(show):
    *_, end = show((100, 10), (200, 20)).rpartition("100%, ")
    assert names(end) == {"pairs", "/s"}


def test_what_is_no_terminal_is_shown_nothing(show):
    assert show((100, 10), on=io.StringIO) == ""


@pytest.mark.parametrize(("on", "is_shown"), [(Terminal, True), (io.StringIO, False)])
def test_what_works_can_say_what_it_does_and_nothing_of_it_is_markup(monkeypatch, on, is_shown):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", on())
        with working("Reading histories") as say:
            time.sleep(0.1)
            say("[red]shop[/]: files of batch 1 of 2 \x07")
            time.sleep(0.2)
        shown = sys.stderr.getvalue()
    for said in ("Reading histories", "[red]shop[/]: files of batch 1 of 2 \\x07"):
        assert (said in shown) == is_shown
