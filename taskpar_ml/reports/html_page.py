"""Pages that need nothing else: no network, no scripts; how tables and plots stand on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from taskpar_ml.reports.plots import Plot
from taskpar_ml.reports.report_tables import Cell, ReportTable
from taskpar_ml.reports.text import printable

_ALLOWED: Final = "default-src 'none'; style-src 'unsafe-inline'"
"""What a browser may load and run: the style within the page."""

_STYLE: Final = """
:root { color-scheme: light dark; --line: #d0d0d0; --dim: #5c5c5c; --good: #0b6b3a; }
@media (prefers-color-scheme: dark) {
  :root { --line: #444; --dim: #a8a8a8; --good: #6fd39b; }
  body { background: #161616; color: #ececec; }
}
body { margin: 0 auto; padding: 1rem; max-width: 75rem; line-height: 1.45;
  font-family: system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { margin-top: 2.5rem; font-size: 1.25rem; }
figure { margin: 1.5rem 0; } figcaption, caption { font-weight: 600; text-align: left; }
.box { overflow-x: auto; margin: 1rem 0; }
.box svg { display: block; min-width: 34rem; max-width: 100%; height: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
.number { text-align: right; white-space: nowrap; }
small { display: block; color: var(--dim); } .above { color: var(--good); font-weight: 600; }
pre { white-space: pre-wrap; } summary { cursor: pointer; font-weight: 600; }
@media print {
  body { max-width: none; padding: 0; font-size: 9pt; background: #fff; color: #000; }
  .box { overflow: visible; } .box svg { min-width: 0; } figure, tr { break-inside: avoid; }
}
"""


def html_page(title: str, body: Iterable[str], *, style: str = "") -> str:
    """Return a page as text.

    Parameters
    ----------
    title
        Anything; what it holds is shown as it is.
    body
        Lines of HTML below the title; whatever they tell from elsewhere has been made safe.
    style
        What the style of this page says besides that of all pages.
    """
    lines = (
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{safe(title)}</title>",
        f"<style>{_STYLE}{style}</style></head>",
        f"<body><main><h1>{safe(title)}</h1>",
        *body,
        "</main></body></html>",
        "",
    )
    return "\n".join(lines)


def heading_lines(title: str, said: Iterable[str]) -> Iterator[str]:
    """Begin a section with sentences."""
    yield f"<section><h2>{safe(title)}</h2>"
    for sentence in said:
        yield f"<p>{safe(sentence)}</p>"


def folded_lines(table: ReportTable) -> Iterator[str]:
    """Yield a table that is closed until it is asked for."""
    yield f"<details><summary>{safe(table.title)}</summary>"
    yield from table_lines(table, named=table.title)
    yield "</details>"


def table_lines(table: ReportTable, *, named: str) -> Iterator[str]:
    """Yield a table in a box that scrolls sideways on its own."""
    yield from _box(named)
    yield "<table>"
    yield f"<caption>{safe(named)}</caption>"
    kinds = ["" if n < table.texts else ' class="number"' for n in range(len(table.columns))]
    heads = zip(kinds, table.columns, strict=True)
    shown = "".join(f'<th scope="col"{kind}>{safe(name)}</th>' for kind, name in heads)
    yield f"<thead><tr>{shown}</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        cells = "".join(
            f'<th scope="row">{_cell(cell)}</th>' if not place else f"<td{kind}>{_cell(cell)}</td>"
            for place, (kind, cell) in enumerate(zip(kinds, row, strict=True))
        )
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table></div>"


def _cell(cell: Cell) -> str:
    shown = safe(cell.text)
    if cell.is_marked:
        shown = f'<span class="above">{shown} *</span>'
    return f"{shown}<small>{safe(cell.interval)}</small>" if cell.interval else shown


def figure_lines(plot: Plot) -> Iterator[str]:
    """Yield a plot below its title, with what it shows in words for who cannot see it."""
    yield f"<figure><figcaption>{safe(plot.title)}</figcaption>"
    yield from _box(plot.title)
    label = f'<svg role="img" aria-label="{safe(plot.description)}"'
    yield plot.svg.replace("<svg", label, 1)
    yield "</div></figure>"


def _box(named: str) -> Iterator[str]:
    """Begin a box that scrolls sideways on its own, by keys as well."""
    yield f'<div class="box" role="region" tabindex="0" aria-label="{safe(named)}">'


def safe(text: str) -> str:
    """Return the text on one line, as what it is and nothing that a browser obeys."""
    return escape(printable(text))
