"""Scored pairs as a person reads them: the riskiest, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from taskpar_ml.reports.text import plain

_SHOWN: Final = 20


def draw_pairs(tables: Iterable[pa.Table]) -> RenderableType:
    """Draw the twenty riskiest pairs and the numbers of all."""
    total = unscored = 0
    top: list[dict[str, Any]] = []
    for table in tables:
        risk = pc.coalesce(table["p_conflict"], table["score"])
        total += len(table)
        unscored += table["score"].null_count
        order = pc.sort_indices(table.append_column("risk", risk), [("risk", "descending")])
        best = table.append_column("risk", risk).take(order[:_SHOWN]).to_pylist()
        top = sorted([*top, *best], key=lambda row: -(row["risk"] or 0.0))[:_SHOWN]
    drawn = Table(box=box.SIMPLE_HEAD)
    for name in ("pair", "p_conflict", "score", "kind", "reasons"):
        drawn.add_column(name, overflow="fold")
    for row in top:
        drawn.add_row(
            plain(f"{row['task_a']} + {row['task_b']}"),
            _number(row["p_conflict"]),
            _number(row["score"]),
            row["kind"] or "",
            plain(", ".join(row["reasons"]), style="dim"),
        )
    shown = f"{len(top)} of {total} pairs, riskiest first"
    tail = f"; {unscored} cannot be scored" if unscored else ""
    model = f". Model: {top[0]['model']}" if top else ""
    return Group(drawn, plain(f"{shown}{tail}{model}."))


def _number(value: float | None) -> str:
    return "?" if value is None else f"{value:.2f}"
