"""Parts of a system by who imports whom: communities of the graph of imports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from posixpath import basename, dirname
from typing import Final

import networkx as nx

from taskpar_ml.survey.tested_files import TestedFiles, is_test_file

_SEED: Final = 0
_NO_STEMS: Final = frozenset({"__init__", "__main__", "index", "main", "mod"})
"""Files that are named for their place in a directory."""


class ImportCommunities:
    """Contexts by imports: directories that are one community, and files of no directory.

    The nodes are the directories that another way of drawing holds for parts, and single files that
    it holds for the system as a whole; so a directory is joined with others and never split, and
    files that lie side by side are. Tests belong to what they are about.

    Parameters
    ----------
    paths
        The files to draw contexts of.
    imports
        File to the files that it imports.
    part_of
        Returns the part that a file belongs to by its directory, None for the system as a whole.

    Attributes
    ----------
    communities
        File to the community that it is in, those left out that neither import nor are imported.

    Notes
    -----
    Communities are those of greatest modularity that the Louvain method finds, with nodes in the
    order of their names and a fixed seed: the same files give the same communities. A community is
    named after its largest part. Source: Blondel et al., "Fast unfolding of communities in large
    networks", 2008.
    """

    def __init__(
        self,
        paths: Iterable[str],
        imports: Mapping[str, Sequence[str]],
        part_of: Callable[[str], str | None],
    ) -> None:
        known = sorted(set(paths))
        node_of = {
            path: (1, part) if (part := part_of(path)) is not None else (0, path)
            for path in known
            if not is_test_file(path)
        }
        sizes = Counter(node_of.values())
        nodes = sorted(sizes)
        number = {node: at for at, node in enumerate(nodes)}
        weights: Counter[tuple[int, int]] = Counter()
        for path, targets in sorted(imports.items()):
            for target in targets:
                if path in node_of and target in node_of:
                    first, second = sorted((number[node_of[path]], number[node_of[target]]))
                    weights[first, second] += 1
        graph: nx.Graph[int] = nx.Graph()
        for (first, second), weight in sorted(weights.items()):
            graph.add_edge(first, second, weight=weight)
        name_of: dict[tuple[int, str], str] = {}
        for members in _communities(graph):
            named = sorted((nodes[each] for each in members), key=lambda node: _rank(node, sizes))
            for node in named:
                name_of[node] = _name(named[0])
        self.communities: dict[str, str] = {
            path: name_of[node] for path, node in node_of.items() if node in name_of
        }
        self._add_tests(known, imports)
        self._by_directory = _by_directory(self.communities)

    def of(self, path: str) -> str | None:
        """Return the community of a file; of an unknown one, that of all files beside it."""
        return self.communities.get(path) or self._by_directory.get(dirname(path))

    def _add_tests(self, known: Collection[str], imports: Mapping[str, Sequence[str]]) -> None:
        about = TestedFiles(known, imports).of_test
        for test, files in about.items():
            counted = Counter(self.communities[each] for each in files if each in self.communities)
            if counted:
                self.communities[test] = min(counted, key=lambda name: (-counted[name], name))


def _communities(graph: nx.Graph[int]) -> Sequence[Collection[int]]:
    if not graph.number_of_edges():
        return ()
    found: Sequence[Collection[int]] = nx.community.louvain_communities(graph, seed=_SEED)
    return found


def _rank(node: tuple[int, str], sizes: Mapping[tuple[int, str], int]) -> tuple[int, str]:
    return -sizes[node], node[1]


def _name(node: tuple[int, str]) -> str:
    is_part, name = node
    if is_part:
        return name
    stem = basename(name).partition(".")[0]
    return basename(dirname(name)) or stem if stem in _NO_STEMS else stem


def _by_directory(communities: Mapping[str, str]) -> dict[str, str]:
    """Return the community of each directory whose files are all of one."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, name in communities.items():
        found[dirname(path)].add(name)
    return {place: next(iter(names)) for place, names in found.items() if len(names) == 1}
