"""Calls in Python code, by the last name of what is called, and their arguments."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from tree_sitter import Node

from taskpar_ml.detectors.python_definitions import decorations as decorated
from taskpar_ml.detectors.python_uses import used
from taskpar_ml.detectors.source import Source, line_of, text_of


class Call(NamedTuple):
    """A call.

    Attributes
    ----------
    name
        Last name of what is called: ``get`` of ``app.get("/")``.
    receiver
        What stands before that name, as written; empty if nothing does.
    positional
        Arguments up to the first that is unpacked.
    """

    name: str
    receiver: str
    node: Node
    positional: tuple[Node, ...]
    named: dict[str, Node]

    @property
    def line(self) -> int:
        """First line."""
        return line_of(self.node)

    def argument(self, name: str, at: int | None = None) -> Node | None:
        """Return an argument by its name, or else by its position."""
        if name in self.named:
            return self.named[name]
        return self.positional[at] if at is not None and at < len(self.positional) else None

    @property
    def assigned_to(self) -> str:
        """What the result is assigned to, as written; empty if to nothing."""
        parent = self.node.parent
        if parent is None or parent.type not in {"assignment", "named_expression"}:
            return ""
        left = parent.child_by_field_name("left") or parent.child_by_field_name("name")
        return _name(left)


def called(source: Source) -> dict[str, list[str]]:
    """Return the last names of what a module calls or uses, each with the whole ones."""
    found: dict[str, list[str]] = {}
    for written in source.once(used):
        found.setdefault(written.rpartition(".")[2], []).append(written)
    return found


def calls(source: Source, names: Iterable[str]) -> Iterator[Call]:
    """Yield the calls of functions and methods of some last names."""
    written = source.once(called)
    for name in names:
        yield from calls_as_written(source, written.get(name, ()))


def calls_as_written(source: Source, names: Iterable[str]) -> Iterator[Call]:
    """Yield the calls of functions by their whole names."""
    places = source.once(used)
    for written in names:
        receiver, _, name = written.rpartition(".")
        for function in places.get(written, ()):
            if (node := function.parent) is not None and node.type == "call":
                yield call_of(node, name, receiver)


def decorations(source: Source, names: Container[str]) -> Iterator[tuple[Call, Node]]:
    """Yield calls of some last names that decorate a function or class, each with that."""
    for around, inner in decorated(source):
        for decorator in around.children:
            if decorator.type != "decorator" or not decorator.named_children:
                continue
            node = decorator.named_children[0]
            function = node.child_by_field_name("function")
            if function is not None and source.written(function).rpartition(".")[2] in names:
                call = as_call(node)
                if call is not None:
                    yield call, inner


def call_of(node: Node, name: str, receiver: str) -> Call:
    """Return a call with its arguments sorted out."""
    positional: list[Node] = []
    named: dict[str, Node] = {}
    complete = True
    arguments = node.child_by_field_name("arguments")
    for argument in () if arguments is None else arguments.named_children:
        key, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
        if argument.type == "keyword_argument" and key is not None and value is not None:
            named[text_of(key)] = value
        elif argument.type == "list_splat":
            complete = False
        elif complete and argument.type not in {"comment", "dictionary_splat"}:
            positional.append(argument)
    return Call(name, receiver, node, tuple(positional), named)


def as_call(node: Node | None) -> Call | None:
    """Return a node as a call, None if it is none or calls no name."""
    function = None if node is None else node.child_by_field_name("function")
    if node is None or node.type != "call" or not (written := _name(function)):
        return None
    receiver, _, name = written.rpartition(".")
    return call_of(node, name, receiver)


def is_name(node: Node | None) -> bool:
    """Whether a node is a name, dotted or not, and no expression."""
    return bool(_name(node))


def _name(node: Node | None) -> str:
    """Return what a node spans if that is a name, else nothing."""
    if node is None or node.type not in {"identifier", "attribute"}:
        return ""
    written = text_of(node)
    return written if all(part.isidentifier() for part in written.split(".")) else ""
