"""Histories as graphs: commits that matter only by their parents and dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pygit2


def make_graph(
    repository: pygit2.Repository,
    graph: Mapping[str, Sequence[str]],
    *,
    dates: Mapping[str, int] | None = None,
) -> dict[str, pygit2.Oid]:
    """Make commits out of names and their parents, parents first; all have an empty tree.

    Parameters
    ----------
    dates
        Minutes after the start; by default each a minute after the one before.
    """
    tree = repository.TreeBuilder().write()
    made: dict[str, pygit2.Oid] = {}
    for number, (name, parents) in enumerate(graph.items()):
        minute = number if dates is None else dates[name]
        who = pygit2.Signature("Test", "test@example.org", 1_700_000_000 + 60 * minute, 0)
        above = [made[parent] for parent in parents]
        made[name] = repository.create_commit(None, who, who, name, tree, above)
    return made
