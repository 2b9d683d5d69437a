"""How commands print: tables for people, one JSON form for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from rich.console import Console, RenderableType

JSON_VERSION: Final = 1
_PIPE_WIDTH: Final = 120
"""Columns where there is no terminal to ask."""


def show(renderable: RenderableType) -> None:
    """Print for a person; ``NO_COLOR`` and pipes are honoured."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PIPE_WIDTH)
    console.print(renderable)


def print_json(data: Any) -> None:
    """Print the one JSON form that every command has."""
    print(json.dumps({"schema_version": JSON_VERSION, "data": data}, allow_nan=False))


def say(message: str) -> None:
    """Tell a person something beside the answer, on standard error."""
    from taskpar_ml.reports.text import plain

    if sys.stderr is None:
        return
    Console(stderr=True, highlight=False).print(plain(message, style="dim"), soft_wrap=True)


def say_all(notices: Iterable[object]) -> None:
    """Tell a person several things beside the answer, a line each."""
    for notice in notices:
        say(str(notice))


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that something takes its time; yield what says something else of it."""
    from taskpar_ml.reports.text import plain

    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda said: None
        return
    with Console(stderr=True).status(what) as status:
        yield lambda said: status.update(plain(said))
