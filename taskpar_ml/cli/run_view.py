"""What whoever runs tasks sees: a table that moves on a terminal, and lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from rich.live import Live

    from taskpar_ml.domain.run_report import AttemptStatus
    from taskpar_ml.execution.run_state import RunState

_MOVES: Final = 1.0
"""Seconds after which times on a terminal are told anew."""


class RunView:
    """Shows how a run goes on, on standard error.

    On a terminal a table of those that are in flight, and lines for what ended above it; elsewhere
    a line for whatever has changed.

    Parameters
    ----------
    run
        What the run is called.
    waiting
        Returns how many tasks have not begun.
    """

    def __init__(self, run: str, waiting: Callable[[RunState], int]) -> None:
        self._run, self._waiting = run, waiting
        self._said: dict[tuple[str, int], str] = {}
        self._is_paused = self._says_waiting = False
        self._steps = -1
        self._drawn_at = 0.0
        self._live: Live | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if sys.stderr is not None and sys.stderr.isatty():
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True, highlight=False)
            live = Live(console=console, auto_refresh=False, transient=True)
            self._live = self._stack.enter_context(live)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def look(self, state: RunState, waits: bool) -> None:
        """Say what is new.

        Parameters
        ----------
        waits
            Whether nothing is left to do but to wait for what others run.
        """
        from taskpar_ml.execution.reporting import status_of

        is_new = state.steps != self._steps
        if waits and not self._says_waiting:
            self._say(f"{self._run} waits for tasks that others run: `taskpar budget` names them.")
        self._says_waiting = waits
        if not is_new and time.monotonic() - self._drawn_at < _MOVES:
            return
        status = status_of(state, run=self._run)
        if is_new:
            self._steps = state.steps
            self._say_pauses(state)
            for each in status.attempts:
                self._say_moved(each)
        if self._live is not None:
            from datetime import UTC, datetime

            from taskpar_ml.reports.run_text import draw_progress

            waiting = self._waiting(state)
            drawn = draw_progress(status, now=datetime.now(UTC), waiting=waiting)
            self._live.update(drawn, refresh=True)
        self._drawn_at = time.monotonic()

    def _say_pauses(self, state: RunState) -> None:
        if state.is_paused != self._is_paused:
            self._is_paused = state.is_paused
            said = "is paused: nothing starts" if state.is_paused else "goes on"
            self._say(f"{self._run} {said}.")

    def _say_moved(self, each: AttemptStatus) -> None:
        from taskpar_ml.reports.run_text import attempt_words

        words = attempt_words(each)
        if self._said.get((each.task, each.attempt)) == words:
            return
        self._said[each.task, each.attempt] = words
        if self._live is None or each.ending is not None:
            self._say(f"{self._run}: {each.task} (attempt {each.attempt}) {words}.")

    def _say(self, message: str) -> None:
        from taskpar_ml.cli.output import say
        from taskpar_ml.reports.text import plain

        if self._live is None:
            say(message)
        else:
            self._live.console.print(plain(message, style="dim"))
