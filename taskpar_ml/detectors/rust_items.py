"""Items of Rust files with their attributes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.source import Source, line_of

_HOLDERS: Final = frozenset({"foreign_mod_item", "impl_item", "mod_item", "trait_item"})
"""Items whose bodies hold items."""

_COMMENTS: Final = frozenset({"block_comment", "line_comment"})
_MOST_OWNERS: Final = 20
"""Items within items; what is deeper no person wrote."""


class Item(NamedTuple):
    """A function, type, module or anything else that stands outside of functions.

    Attributes
    ----------
    name
        Dotted through the modules and types that enclose it; empty where it has none.
    owners
        The items that enclose it, outermost first.
    attributes
        What is written before it, without brackets: ``tokio::test``, ``get("/users")``.
    line
        Its first, attributes included.
    """

    name: str
    node: Node
    owners: tuple[Node, ...]
    attributes: tuple[Node, ...]
    line: int


def items(source: Source) -> tuple[Item, ...]:
    """Return the items of a file, those within modules, traits and implementations included."""
    return source.once(_items)


def attribute_name(source: Source, node: Node) -> str:
    """Return what an attribute is called, dotted: ``tokio.test``."""
    name = next(iter(node.named_children), None)
    return "" if name is None else dotted(source.on_one_line(name))


def dotted(path: str) -> str:
    """Return a path of Rust with dots, without what it is generic over.

    Examples
    --------
    >>> dotted("crate::users::list"), dotted("Vec::<u8>::new")
    ('crate.users.list', 'Vec.new')
    """
    if "<" not in path:
        return "".join(path.split()).strip(":").replace("::", ".")
    parts = []
    depth = 0
    for sign in path:
        depth += (sign == "<") - (sign == ">")
        if not depth and sign not in "> \t\n":
            parts.append(sign)
    return ".".join(part for part in "".join(parts).split("::") if part)


def _items(source: Source) -> tuple[Item, ...]:
    if source.tree is None:
        return ()
    found = list(_below(source, source.tree.root_node))
    return tuple(sorted(found, key=lambda each: each.node.start_byte))


def _below(source: Source, root: Node) -> Iterator[Item]:
    waiting: list[tuple[Node, str, tuple[Node, ...]]] = [(root, "", ())]
    while waiting:
        body, owner, owners = waiting.pop()
        attributes: list[Node] = []
        for node in body.named_children:
            kind = node.type
            if kind == "attribute_item":
                attributes += node.named_children[:1]
                continue
            if kind in _COMMENTS:
                continue
            if kind == "ERROR" and not owners:
                waiting.append((node, "", ()))
            name = _name(source, node)
            whole = f"{owner}.{name}" if owner and name else name or owner
            first = attributes[0] if attributes else node
            yield Item(whole if name else "", node, owners, tuple(attributes), line_of(first))
            attributes = []
            inner = node.child_by_field_name("body") if kind in _HOLDERS else None
            if inner is not None and len(owners) < _MOST_OWNERS:
                waiting.append((inner, whole, (*owners, node)))


def _name(source: Source, node: Node) -> str:
    if node.type == "impl_item":
        kind = node.child_by_field_name("type")
        while kind is not None and kind.type in ("generic_type", "reference_type"):
            kind = kind.child_by_field_name("type")
        if kind is not None and kind.type == "scoped_type_identifier":
            kind = kind.child_by_field_name("name")
        is_named = kind is not None and kind.type in ("primitive_type", "type_identifier")
        return source.on_one_line(kind) if is_named else ""
    if not node.type.endswith(("_item", "_definition", "associated_type")):
        return ""
    return source.on_one_line(node.child_by_field_name("name"))


def token_strings(source: Source, nodes: Sequence[Node]) -> list[str]:
    """Return the strings among tokens."""
    found = (string_of(source, each) for each in nodes)
    return [each for each in found if each is not None]


def string_of(source: Source, node: Node | None) -> str | None:
    """Return what a string literal says; None of anything else."""
    if node is None or node.type not in ("raw_string_literal", "string_literal"):
        return None
    written = source.written(node)
    start, end = written.find('"'), written.rfind('"')
    return written[start + 1 : end].replace('\\"', '"') if start < end else None
