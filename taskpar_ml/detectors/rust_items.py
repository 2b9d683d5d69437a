"""Items of Rust files with their attributes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node, Range

from taskpar_ml.detectors.languages import Language, parser_of
from taskpar_ml.detectors.source import Source, line_of

_HOLDERS: Final = frozenset({"foreign_mod_item", "impl_item", "mod_item", "trait_item"})
"""Items whose bodies hold items."""

_COMMENTS: Final = frozenset({"block_comment", "line_comment"})
_DEFINES: Final = re.compile(rb"\b(?:enum|fn|impl|mod|struct|trait|use)\s")
_MOST_MACROS: Final = 200
"""Macros in place of items whose tokens are parsed in one file."""

_MOST_OWNERS: Final = 20
"""Items within items; what is deeper no person wrote."""

_QUALIFIED: Final = re.compile(r"^<([\w:]{1,200})(?: as [\w:]{1,200})?>::")
"""A type whose function is named: ``<Api as Routes>::``."""


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
    """Return the items of a file, those within modules, traits and implementations included.

    So are those that macros are given in braces, where these stand in place of items.
    """
    return source.once(_items)


def attribute_name(source: Source, node: Node) -> str:
    """Return what an attribute is called, dotted: ``tokio.test``."""
    name = next(iter(node.named_children), None)
    return "" if name is None else dotted(source.on_one_line(name))


def dotted(path: str) -> str:
    """Return a path of Rust with dots, without what it is generic over.

    Examples
    --------
    >>> dotted("crate::users::list"), dotted("Vec::<u8>::new"), dotted("<Api as Routes>::all")
    ('crate.users.list', 'Vec.new', 'Api.all')
    """
    path = _QUALIFIED.sub(r"\1::", path, count=1)
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
    left = _MOST_MACROS
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
            tokens = _tokens(node)
            if tokens is not None and left:
                left -= 1
                inside = _parsed(source, tokens)
                if inside is not None:
                    waiting.append((inside, owner, owners))
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


def _tokens(node: Node) -> Node | None:
    """Return what a macro in place of items is given in braces, None of anything else."""
    call = node.named_children[0] if node.type == "expression_statement" else node
    tokens = call.named_children[-1] if call.type == "macro_invocation" else None
    is_block = tokens is not None and tokens.type == "token_tree"
    return tokens if is_block and tokens is not None and tokens.child_count > 2 else None


def _parsed(source: Source, tokens: Node) -> Node | None:
    """Return tokens in braces as a file of their own, None if they are none.

    ``cfg_rt! { pub fn spawn() {} }`` gives on what it is given, as most macros of that form.
    """
    start, end = tokens.start_byte + 1, tokens.end_byte - 1
    content = source.content
    if content[start - 1 : start] != b"{" or not _DEFINES.search(content, start, end):
        return None
    first, last = tokens.children[0].end_point, tokens.children[-1].start_point
    parser = parser_of(Language.RUST)
    try:
        parser.included_ranges = [Range(first, last, start, end)]
        root = parser.parse(content).root_node
    finally:
        parser.included_ranges = []
    return None if root.has_error else root


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
