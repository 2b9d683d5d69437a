"""A replay of the past as one page that needs nothing else: no network, no scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Final

from taskpar_ml.domain.backtest import Backtest, OracleProof
from taskpar_ml.reports.backtest_plots import frontier_plot
from taskpar_ml.reports.backtest_tables import (
    BESIDE,
    assumed_words,
    batch_table,
    policy_tables,
    ways_table,
)
from taskpar_ml.reports.backtest_text import doubt_words, recommendation_words, replayed_words
from taskpar_ml.reports.html_page import (
    figure_lines,
    folded_lines,
    heading_lines,
    html_page,
    safe,
    table_lines,
)
from taskpar_ml.reports.text import counted

_STYLE: Final = """
@media print { .box, figure { break-inside: avoid; } h2, h2 + p { break-after: avoid; } }
"""


def backtest_page(found: Backtest) -> str:
    """Return the page as text; the same replay gives the same text."""
    name = PurePath(found.repository).name or "this repository"
    title = f"The past of {name}, replayed side by side"
    return html_page(title, _lines(found), style=_STYLE)


def _lines(found: Backtest) -> Iterator[str]:
    said = (
        *replayed_words(found),
        f"The planner dispatches by the risks that {found.model} tells.",
        *assumed_words(found),
    )
    yield from heading_lines("What was replayed", said)
    ways = ways_table(found)
    yield from table_lines(ways, named=ways.title)
    yield "</section>"
    if found.recommended:
        yield from heading_lines("Recommended", map(recommendation_words, found.recommended))
        yield "</section>"
    for proof in found.oracle:
        yield from _workers(found, proof)
    yield from heading_lines("Batches", ())
    yield from folded_lines(batch_table(found))
    yield "</section>"


def _workers(found: Backtest, proof: OracleProof) -> Iterator[str]:
    doubt = doubt_words(proof, batches=len(found.batches))
    proved = "Every schedule of the oracle is proved to be the shortest."
    yield from heading_lines(counted(proof.workers, "worker"), (doubt or proved,))
    yield from figure_lines(frontier_plot(found, proof.workers))
    yield f"<p>{safe(BESIDE)}</p>"
    for table in policy_tables(found, proof.workers):
        yield from table_lines(table, named=table.title)
    yield "</section>"
