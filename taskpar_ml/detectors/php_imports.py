"""Classes that PHP code builds upon, and files that it requires."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.php_syntax import literal, members
from taskpar_ml.detectors.php_uses import used_names
from taskpar_ml.detectors.places import nodes_at
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Import

_REQUIRE: Final = re.compile(rb"\b(?:require|include)(?:_once)?\b")
_NAMESPACE: Final = re.compile(rb"^(?:<\?php )?namespace\s", re.MULTILINE)
_CLASS: Final = re.compile(r"(\\?(?:\w+\\)*[A-Z]\w*)(?:::\w+)?")
_RELATIVE: Final = frozenset({"self", "static", "parent"})


class PhpImports(OfLanguages):
    r"""Finds imports, files that are required, and classes that need no import.

    Modules are ``App\Models\User``, without a slash at the beginning; ``namespace\User`` for a
    class of the same namespace; ``./users.php`` for a file below the directory of this one.
    """

    name = "php-imports-1"
    pattern = ""
    languages = frozenset({Language.PHP})

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports."""
        known: set[str] = set()
        has_namespace = _NAMESPACE.search(source.content) is not None
        for member in members(source):
            if member.node.type == "namespace_use_declaration":
                for found in _used(member.node):
                    known.update(here for _, here in found.names)
                    yield found
        for name, line in used_names(source):
            written = _CLASS.fullmatch(name)
            if written is None or written[1] in known or written[1] in _RELATIVE:
                continue
            name = written[1]
            known.add(name)
            if name.startswith("\\"):
                yield Import(name[1:], ((name.rpartition("\\")[2], name),), line)
            elif "\\" not in name and has_namespace:
                yield Import(f"namespace\\{name}", ((name, name),), line)
        yield from _required(source)


def _used(statement: Node) -> Iterator[Import]:
    prefix = ""
    clauses = []
    for each in statement.named_children:
        if each.type == "namespace_name":
            prefix = text_of(each) + "\\"
        elif each.type == "namespace_use_clause":
            clauses.append(each)
        elif each.type == "namespace_use_group":
            clauses += each.named_children
    for clause in clauses:
        names = [each for each in clause.named_children if "name" in each.type]
        alias = clause.child_by_field_name("alias")
        if names:
            module = prefix.lstrip("\\") + text_of(names[0]).lstrip("\\")
            last = module.rpartition("\\")[2]
            here = last if alias is None else text_of(alias)
            yield Import(module, ((last, here),), line_of(clause))


def _required(source: Source) -> Iterator[Import]:
    if source.tree is None:
        return
    places = [each.start() for each in _REQUIRE.finditer(source.content)]
    for word in nodes_at(source.tree, places, before=0, after=1):
        node = word.parent if not word.is_named else None
        if node is not None and node.type.startswith(("require", "include")):
            file = file_of(node.named_children[0]) if node.named_children else ""
            if file:
                yield Import(file, (), line_of(node))


def file_of(node: Node) -> str:
    """Return the file that an expression names: ``__DIR__.'/a.php'`` is ``./a.php``.

    Source: Laravel, ``base_path``, whose files are below the root.
    """
    while node.type == "parenthesized_expression" and node.named_children:
        node = node.named_children[0]
    if (whole := literal(node)) is not None:
        return whole if whole.endswith(".php") else ""
    if node.type == "binary_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        after = literal(right)
        if left is not None and after is not None and text_of(left) == "__DIR__":
            return f".{after}" if after.startswith("/") and after.endswith(".php") else ""
    if node.type == "function_call_expression":
        function, given = node.child_by_field_name("function"), node.named_children[-1]
        if function is not None and text_of(function) == "base_path" and given.named_children:
            inner = literal(given.named_children[0].named_children[0])
            return inner.lstrip("/") if inner and inner.endswith(".php") else ""
    return ""
