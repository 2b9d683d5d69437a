"""Tables of reports, before it is known whether terminals, Markdown or pages show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Cell(NamedTuple):
    """What stands in a cell: text, the interval of a number, and whether that lies above 0."""

    text: str
    interval: str = ""
    is_marked: bool = False

    def __str__(self) -> str:
        shown = f"{self.text} ({self.interval})" if self.interval else self.text
        return f"{shown} *" if self.is_marked else shown


@dataclass(frozen=True)
class ReportTable:
    """A table of a report.

    Attributes
    ----------
    title
        What it shows.
    columns
        Headings.
    rows
        As many cells each as there are columns.
    texts
        How many columns, the first of all, hold text; the others hold numbers.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: int = 1


def bounds_of(low: float | None, high: float | None) -> tuple[float, float] | None:
    """Return an interval; None where batches were too few for any to be drawn otherwise."""
    if low is None or high is None or low == high:
        return None
    return low, high


def number_cell(
    value: float,
    bounds: tuple[float, float] | None,
    form: Callable[[float], str],
    *,
    between: str = "-",
    is_marked: bool = False,
) -> Cell:
    """Return the cell of a number and its interval.

    Parameters
    ----------
    form
        Writes a number; a sign of percent or of times is left out in the interval.
    between
        What stands between the bounds: between signed numbers a dash would be one sign too many.
    is_marked
        Whether the number is to be marked.

    Examples
    --------
    >>> str(number_cell(0.5, (0.25, 0.75), "{:.0%}".format))
    '50% (25-75)'
    """
    if bounds is None:
        return Cell(form(value), "", is_marked)
    interval = between.join(form(each).rstrip("%x") for each in bounds)
    return Cell(form(value), interval, is_marked)
