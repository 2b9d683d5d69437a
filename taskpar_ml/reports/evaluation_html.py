"""How well a model predicts, as one page that needs nothing else: no network, no scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Final

from taskpar_ml.domain.evaluation import Evaluation
from taskpar_ml.reports.evaluation_cases import case_section
from taskpar_ml.reports.evaluation_plots import Plot, evaluation_plots
from taskpar_ml.reports.evaluation_tables import Cell, ReportTable, evaluation_sections
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


def evaluation_page(found: Evaluation) -> str:
    """Return the page as text; the same evaluation gives the same text."""
    return "\n".join((*_lines(found), ""))


def _lines(found: Evaluation) -> Iterator[str]:
    title = f"How well {_safe(found.model)} predicts conflicts"
    yield "<!DOCTYPE html>"
    yield '<html lang="en">'
    yield '<head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{title}</title>"
    yield f"<style>{_STYLE}</style></head>"
    yield f"<body><main><h1>{title}</h1>"
    for section in evaluation_sections(found):
        yield f"<section><h2>{_safe(section.title)}</h2>"
        for sentence in section.said:
            yield f"<p>{_safe(sentence)}</p>"
        for table in section.tables:
            yield from _table(table, named=table.title or section.title)
        if section.known is not None:
            for plot in evaluation_plots(found, section.known):
                yield from _figure(plot)
        yield "</section>"
    yield from _cases(found)
    if found.facts:
        facts = json.dumps(found.facts, indent=2, ensure_ascii=False)
        yield "<section><h2>What the model says of itself</h2>"
        yield "<pre>"
        for line in facts.splitlines():
            indent = len(line) - len(line.lstrip(" "))
            yield f"{' ' * indent}{_safe(line)}"
        yield "</pre></section>"
    yield "</main></body></html>"


def _cases(found: Evaluation) -> Iterator[str]:
    section = case_section(found)
    if section is None:
        return
    yield f"<section><h2>{_safe(section.title)}</h2>"
    for sentence in section.said:
        yield f"<p>{_safe(sentence)}</p>"
    for table in section.tables:
        yield f"<details><summary>{_safe(table.title)}</summary>"
        yield from _table(table, named=table.title)
        yield "</details>"
    yield "</section>"


def _table(table: ReportTable, *, named: str) -> Iterator[str]:
    yield from _box(named)
    yield "<table>"
    yield f"<caption>{_safe(named)}</caption>"
    kinds = ["" if n < table.texts else ' class="number"' for n in range(len(table.columns))]
    heads = zip(kinds, table.columns, strict=True)
    shown = "".join(f'<th scope="col"{kind}>{_safe(name)}</th>' for kind, name in heads)
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
    shown = _safe(cell.text)
    if cell.is_marked:
        shown = f'<span class="above">{shown} *</span>'
    return f"{shown}<small>{_safe(cell.interval)}</small>" if cell.interval else shown


def _figure(plot: Plot) -> Iterator[str]:
    yield f"<figure><figcaption>{_safe(plot.title)}</figcaption>"
    yield from _box(plot.title)
    label = f'<svg role="img" aria-label="{_safe(plot.description)}"'
    yield plot.svg.replace("<svg", label, 1)
    yield "</div></figure>"


def _box(named: str) -> Iterator[str]:
    """Begin a box that scrolls sideways on its own, by keys as well."""
    yield f'<div class="box" role="region" tabindex="0" aria-label="{_safe(named)}">'


def _safe(text: str) -> str:
    """Return the text on one line, as what it is and nothing that a browser obeys."""
    return escape(printable(text))
