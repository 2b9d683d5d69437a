"""Functions, methods, types, constants and variables of Go packages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Match, Source, end_line_of, line_of, on_one_line, text_of
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_PATTERN: Final = """
(function_declaration
  name: (identifier) @name type_parameters: (_)? @generic
  parameters: (_) @parameters result: (_)? @result) @function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @owner
    (generic_type type: (type_identifier) @owner)
    (pointer_type (type_identifier) @owner)
    (pointer_type (generic_type type: (type_identifier) @owner))]))
  name: (field_identifier) @name parameters: (_) @parameters result: (_)? @result) @method
(source_file (type_declaration (type_spec
  name: (type_identifier) @name type_parameters: (_)? @generic
  type: (struct_type)) @struct))
(source_file (type_declaration (type_spec
  name: (type_identifier) @name type_parameters: (_)? @generic
  type: (interface_type)) @interface))
(source_file (type_declaration (type_spec
  name: (type_identifier) @owner
  type: (interface_type (method_elem
    name: (field_identifier) @name parameters: (_) @parameters result: (_)? @result) @method))))
(source_file (type_declaration [
  (type_alias name: (type_identifier) @name type_parameters: (_)? @generic type: (_) @type)
  (type_spec name: (type_identifier) @name type_parameters: (_)? @generic type: [
    (array_type) (channel_type) (function_type) (generic_type) (map_type) (parenthesized_type)
    (pointer_type) (qualified_type) (slice_type) (type_identifier)] @type)] @named))
(source_file (const_declaration (const_spec) @variable))
(source_file (var_declaration [(var_spec) @variable (var_spec_list (var_spec) @variable)]))
"""
_KINDS: Final = {
    "function": DefinitionKind.FUNCTION,
    "method": DefinitionKind.METHOD,
    "struct": DefinitionKind.CLASS,
    "interface": DefinitionKind.TYPE,
    "named": DefinitionKind.TYPE,
}


class GoDefinitions:
    """Finds what a package defines; what is local to a function is nobody else's.

    The methods that an interface demands are its methods. The signature of a type that is neither
    struct nor interface is what it is made of.
    """

    name = "go-definitions-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is Go."""
        return language_of(path) == Language.GO

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; the blank name defines nothing."""
        for found in source.matches(self.pattern):
            if "variable" in found:
                yield from _variables(found)
                continue
            name = text_of(found["name"][0])
            if name != "_":
                yield _definition(found, name)


def _variables(found: Match) -> Iterator[Definition]:
    node = found["variable"][0]
    first, last = line_of(node), end_line_of(node)
    for name in map(text_of, node.children_by_field_name("name")):
        if name not in ("_", ","):
            kind = DefinitionKind.VARIABLE
            yield Definition(name, kind, first, last, public=_is_public(name))


def _definition(found: Match, name: str) -> Definition:
    place = next(each for each in _KINDS if each in found)
    node = found[place][0]
    public = _is_public(name)
    if "owner" in found:
        owner = text_of(found["owner"][0])
        name, public = f"{owner}.{name}", public and _is_public(owner)
    signature = _written(found, "generic") + _written(found, "parameters")
    if result := _written(found, "result") or _written(found, "type"):
        signature = f"{signature} {result}" if signature else result
    return Definition(name, _KINDS[place], line_of(node), end_line_of(node), signature, public)


def _written(found: Match, capture: str) -> str:
    nodes = found.get(capture)
    return on_one_line(nodes[0]) if nodes else ""


def _is_public(name: str) -> bool:
    return name[:1].isupper()
