"""Imports of JavaScript and TypeScript files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.javascript_syntax import bound_names, dotted, is_javascript, literal
from taskpar_ml.detectors.source import Source, line_of, on_one_line, text_of
from taskpar_ml.domain.code_facts import Import

_PATTERN: Final = """
(import_statement) @import
(export_statement source: (string)) @import
(call_expression
  function: [(identifier) (import)] @function arguments: (arguments . (string) @module))
(variable_declarator
  name: [(identifier) (object_pattern)] @local
  value: [
    (call_expression arguments: (arguments . (string) @module))
    (await_expression (call_expression arguments: (arguments . (string) @module)))
    (member_expression
      object: (call_expression arguments: (arguments . (string) @module))
      property: (property_identifier) @member)
  ])
(assignment_expression
  left: [(identifier) (member_expression)] @local
  right: (call_expression function: (identifier) arguments: (arguments . (string) @module)))
"""


class JavaScriptImports:
    """Finds ``import``, ``export … from`` and ``require`` wherever they are.

    A default import takes ``default``, a namespace ``*``; ``export * from`` puts all names here,
    ``("*", "*")``. What is only run, or used on the spot, has no names.
    """

    name = "javascript-imports-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is JavaScript or TypeScript."""
        return is_javascript(path)

    def find(self, source: Source) -> Iterator[Import]:
        """Yield imports whose module is a string."""
        calls: list[Node] = []
        names: dict[int, tuple[tuple[str, str], ...]] = {}
        for found in source.matches(self.pattern):
            if "import" in found:
                yield from _statement(found["import"][0])
            elif "local" in found:
                member = text_of(found["member"][0]) if "member" in found else ""
                names[found["module"][0].start_byte] = _bound(found["local"][0], member)
            elif text_of(found["function"][0]) in ("require", "import"):
                calls.append(found["module"][0])
        for node in calls:
            module = literal(node)
            if module:
                yield Import(module, names.get(node.start_byte, ()), line_of(node))


def _bound(local: Node, member: str) -> tuple[tuple[str, str], ...]:
    if local.type == "object_pattern":
        return () if member else tuple(bound_names(local))
    return ((member, dotted(local)),)


def _statement(node: Node) -> Iterator[Import]:
    module = literal(node.child_by_field_name("source"))
    names: list[tuple[str, str]] = []
    for part in node.named_children:
        if part.type == "import_require_clause":
            module = literal(part.child_by_field_name("source"))
            names.append(("", text_of(part.named_children[0])))
        elif part.type == "import_clause":
            for each in part.named_children:
                names += _taken(each)
        elif part.type in ("export_clause", "namespace_export"):
            names += _taken(part)
    if not names and node.type == "export_statement":
        names = [("*", "*")] if any(child.type == "*" for child in node.children) else []
    if module:
        yield Import(module, tuple(names), line_of(node))


def _taken(node: Node) -> Iterator[tuple[str, str]]:
    if node.type == "identifier":
        yield "default", text_of(node)
    elif node.type in ("namespace_import", "namespace_export"):
        yield "*", text_of(node.named_children[-1])
    elif node.type in ("named_imports", "export_clause"):
        for each in node.named_children:
            if each.type in ("import_specifier", "export_specifier"):
                # The grammar has no node for the name in `default as x`.
                name = on_one_line(each.child_by_field_name("name")) or "default"
                yield name, on_one_line(each.child_by_field_name("alias")) or name
