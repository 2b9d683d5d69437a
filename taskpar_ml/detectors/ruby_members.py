"""What Ruby files, classes and modules hold, without what is local to a method."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.ruby_syntax import (
    arguments_of,
    block_of,
    constant_of,
    dotted,
    literal,
    receiver_of,
    verb_of,
)
from taskpar_ml.detectors.source import Source

_DEEPEST: Final = 40
"""Classes within classes and conditions that are gone into."""
_MADE_CLASSES: Final = frozenset({"Class.new", "Struct.new", "Data.define", "Module.new"})
_TRANSPARENT: Final = frozenset({"class_methods", "included", "prepended", "class_eval"})
"""Methods whose block is read as if it were in the class."""
_CONDITIONS: Final = frozenset({"if", "unless", "then", "else", "elsif", "begin", "ERROR"})
_VISIBILITIES: Final = {"private": False, "protected": False, "public": True}


class Member(NamedTuple):
    """A class, module, method, constant or call in a body.

    Attributes
    ----------
    node
        The class, module, method, assignment or call.
    owner
        Dotted name of the class or module that it stands in, empty at the top.
    public
        Whether it follows no ``private`` or ``protected``.
    is_made
        Whether an assignment makes a class.
    """

    node: Node
    owner: str
    public: bool
    is_made: bool = False

    @property
    def name(self) -> str:
        """Dotted name of a class or module."""
        field = "left" if self.is_made else "name"
        own = dotted(constant_of(self.node.child_by_field_name(field)))
        return f"{self.owner}.{own}" if self.owner else own


def members(source: Source) -> tuple[Member, ...]:
    """Return what a file and its classes and modules hold, in the order of the file."""
    return source.once(_members)


def superclass_of(node: Node) -> str:
    """Return the superclass of a class, as written; nothing if it has none."""
    found = node.child_by_field_name("superclass")
    inner = found.named_children if found is not None else []
    return constant_of(inner[0]) if inner else ""


def _members(source: Source) -> tuple[Member, ...]:
    return () if source.tree is None else tuple(_within(source.tree.root_node.children, "", 0))


def _within(nodes: Iterable[Node], owner: str, depth: int) -> Iterator[Member]:
    """Yield the members of one body."""
    if depth > _DEEPEST:
        return
    public = True
    hidden: set[str] = set()
    found: list[Member] = []
    for node in nodes:
        kind = node.type
        if kind == "identifier":
            public = _VISIBILITIES.get(verb_of(node), public)
        elif kind == "call":
            verb = verb_of(node)
            if verb in _VISIBILITIES or verb in ("private_class_method", "private_constant"):
                shown = _VISIBILITIES.get(verb, False)
                given = arguments_of(node)
                hidden.update(name for each in given if not shown and (name := literal(each)))
                nested = [each for each in given if each.type not in ("simple_symbol", "string")]
                found += (each._replace(public=shown) for each in _within(nested, owner, depth + 1))
            elif verb in _TRANSPARENT:
                found += _within(block_of(node), owner, depth + 1)
            else:
                found.append(Member(node, owner, public))
        elif kind in ("class", "module"):
            member = Member(node, owner, True)
            found.append(member)
            found += _within(_body(node), member.name, depth + 1)
        elif kind == "singleton_class":
            found += _within(_body(node), owner, depth + 1)
        elif kind in ("method", "singleton_method"):
            found.append(Member(node, owner, public or kind == "singleton_method"))
        elif kind == "assignment":
            found += _assigned(node, owner, depth)
        elif kind in _CONDITIONS:
            found += _within(node.named_children, owner, depth + 1)
    for member in found:
        own = member.node.child_by_field_name(
            "left" if member.node.type == "assignment" else "name"
        )
        is_hidden = bool(hidden) and own is not None and _text(own) in hidden
        yield member._replace(public=False) if is_hidden and member.owner == owner else member


def _assigned(node: Node, owner: str, depth: int) -> Iterator[Member]:
    """Yield a constant, and what is in the class that it is made."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or left.type not in ("constant", "scope_resolution"):
        return
    made = constant_of(receiver_of(right)) + "." + verb_of(right) if right is not None else ""
    member = Member(node, owner, True, made in _MADE_CLASSES)
    yield member
    if member.is_made and right is not None:
        yield from _within(block_of(right), member.name, depth + 1)


def _body(node: Node) -> list[Node]:
    body = node.child_by_field_name("body")
    return [] if body is None else body.children


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
