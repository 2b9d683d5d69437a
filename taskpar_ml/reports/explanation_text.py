"""Everything known of one pair, as a person reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from taskpar_ml.domain.explanation import Component, Explanation, Side
from taskpar_ml.reports.text import plain

_EVIDENCE: Final = 15
_QUOTED: Final = 120
_LEAST: Final = 0.005
"""Log odds below which a component says nothing."""


def draw_explanation(explanation: Explanation) -> RenderableType:
    """Return the decision, what speaks for and against it, and what is known of either task."""
    decision = explanation.decision
    verdict = "may run together" if decision.together else "stay apart"
    parts: list[RenderableType] = [
        plain(f"{decision.task_a} and {decision.task_b} {verdict}.", style="bold"),
        plain(f"Decided by: {decision.rule}. {decision.text}."),
        plain(f"Risk by {explanation.model}; threshold {explanation.threshold:g}.", style="dim"),
    ]
    if explanation.order:
        parts.append(plain(f"Order: {' -> '.join(explanation.order)}."))
    for rule in explanation.rules:
        word = "forbids it" if rule.forbids else "speaks for it"
        parts.append(plain(f"Rule '{rule.rule}' {word}: {rule.meaning}."))
    level = explanation.level
    parts.append(plain(f"Level {level.value}: {level.meaning}.", style="dim"))
    parts.append(_components(explanation))
    for side in explanation.sides:
        parts.extend(_side(side))
    return Group(*parts)


def _components(explanation: Explanation) -> Table:
    """Draw the features; where it is told what they add, the weightiest first."""
    told = any(part.adds is not None for part in explanation.components)
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("component", "value", *(["speaks"] if told else []), "meaning"):
        table.add_column(name, overflow="fold")
    parts = sorted(explanation.components, key=lambda part: -abs(part.adds or 0.0))
    for part in parts:
        value = "unknown" if part.value is None else f"{part.value:.3f}"
        table.add_row(
            part.name, value, *([_speaks(part)] if told else []), plain(part.meaning, style="dim")
        )
    return table


def _speaks(part: Component) -> str:
    """Say for or against a conflict, and by how much the odds change."""
    if part.adds is None or abs(part.adds) < _LEAST:
        return ""
    word = "for" if part.adds > 0 else "against"
    return f"{word}, odds x {math.exp(part.adds):.2f}"


def _side(side: Side) -> Iterator[RenderableType]:
    yield plain(f"{side.id}: {side.title}", style="bold")
    kinds = ", ".join(side.categories) or "no category"
    places = ", ".join(side.contexts) or "no context known"
    yield plain(f"  {kinds}; {places}", style="dim")
    if not side.evidence:
        yield Text("  Nothing says what it will touch.")
        return
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("touches", "item", "how", "P", "evidence", "why"):
        table.add_column(name, overflow="fold")
    for row in side.evidence[:_EVIDENCE]:
        table.add_row(
            row.surface,
            plain(row.item),
            row.access,
            f"{row.probability:.2f}",
            ", ".join(row.sources),
            plain("; ".join(row.quotes), style="dim", most=_QUOTED),
        )
    yield table
    if len(side.evidence) > _EVIDENCE:
        yield plain(f"  and {len(side.evidence) - _EVIDENCE} more", style="dim")
