"""Functions, classes and variables of Python modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.scopes import Scoped, places, scoped
from taskpar_ml.detectors.source import Source, end_line_of, line_of, on_one_line
from taskpar_ml.domain.code_facts import Definition, DefinitionKind

_PATTERN: Final = """
(function_definition
  name: (identifier) @name parameters: (_) @parameters return_type: (_)? @result) @function
(class_definition name: (identifier) @name superclasses: (_)? @bases) @class
(module (expression_statement (assignment left: (identifier) @name)) @variable)
(decorated_definition definition: (_) @inner) @decorated
"""


class PythonDefinitions:
    """Finds what modules and classes define; what is local to a function is nobody else's."""

    name = "python-definitions-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is Python."""
        return language_of(path) == Language.PYTHON

    def find(self, source: Source) -> Iterator[Definition]:
        """Yield definitions; of a variable that is set several times the first place."""
        matches = source.matches(self.pattern)
        decorated = {
            each["inner"][0].start_byte: line_of(each["decorated"][0])
            for each in matches
            if "decorated" in each
        }
        variables: set[str] = set()
        for each in source.once(scopes):
            if "function" in each.within or each.name in variables:
                continue
            if each.place.kind == "variable":
                variables.add(each.name)
            yield _definition(each, decorated)


def scopes(source: Source) -> tuple[Scoped, ...]:
    """Return the functions, classes and variables of a module, local ones too."""
    return tuple(scoped(places(source.matches(_PATTERN), ("function", "class", "variable"))))


def _definition(found: Scoped, decorated: dict[int, int]) -> Definition:
    place = found.place
    node = place.captures[place.kind][0]
    first, last = line_of(node), end_line_of(node)
    name, public = found.name, _is_public(found.name)
    if place.kind == "variable":
        return Definition(name, DefinitionKind.VARIABLE, first, last, public=public)
    first = decorated.get(place.start, first)
    if place.kind == "class":
        bases = _written(found, "bases")
        return Definition(name, DefinitionKind.CLASS, first, last, bases, public)
    kind = DefinitionKind.METHOD if found.within else DefinitionKind.FUNCTION
    result = _written(found, "result")
    signature = _written(found, "parameters") + (f" -> {result}" if result else "")
    return Definition(name, kind, first, last, signature, public)


def _written(found: Scoped, capture: str) -> str:
    nodes = found.place.captures.get(capture)
    return on_one_line(nodes[0]) if nodes else ""


def _is_public(name: str) -> bool:
    return not any(
        part.startswith("_") and not (part.startswith("__") and part.endswith("__"))
        for part in name.split(".")
    )
