"""What Go files declare at their top."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from taskpar_ml.detectors.source import Source


def declarations(source: Source) -> tuple[Node, ...]:
    """Return the declarations of a file, imports included."""
    return source.once(_declarations)


def _declarations(source: Source) -> tuple[Node, ...]:
    return () if source.tree is None else tuple(_in(source.tree.root_node))


def _in(root: Node) -> Iterator[Node]:
    for node in root.named_children:
        if node.type.endswith("_declaration"):
            yield node
        elif node.type == "ERROR":
            # What is broken holds what is not.
            yield from (each for each in node.named_children if "_declaration" in each.type)
