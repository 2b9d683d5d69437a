"""Orders that nobody declared: one task creates what another uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final

import networkx as nx

from taskpar_ml.domain.footprint import Access, Evidence, Footprints
from taskpar_ml.domain.plan import SuggestedDependency

SUGGESTED_ORDER: Final = "suggested order"
"""How plans call the rule that follows suggested dependencies."""


def suggested_dependencies(
    footprints: Footprints, graph: nx.DiGraph[str], *, among: Collection[str]
) -> tuple[SuggestedDependency, ...]:
    """Return pairs of which the first seems to create something that the second names.

    Parameters
    ----------
    footprints
        Evidence with its ``creates`` marks.
    graph
        Declared order; pairs that it orders already are left out.
    among
        Tasks of interest.

    Notes
    -----
    An item that several tasks seem to create suggests no order: those tasks collide instead.
    """
    by_item: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for row in footprints.evidence:
        if row.task in among:
            by_item[row.surface.value, row.item].append(row)
    found: dict[tuple[str, str], SuggestedDependency] = {}
    for (surface, item), rows in sorted(by_item.items()):
        makers = {row.task for row in rows if row.creates and row.access == Access.WRITE}
        if len(makers) != 1:
            continue
        (maker,) = makers
        later = nx.descendants(graph, maker)
        earlier = nx.ancestors(graph, maker)
        for user in sorted({row.task for row in rows} - makers - later - earlier):
            found.setdefault(
                (maker, user),
                SuggestedDependency(
                    before=maker, after=user, surface=surface, item=item, followed=False
                ),
            )
    return tuple(found.values())
