"""Variables of the environment that Go code reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from taskpar_ml.detectors.go_literals import before_functions, string_constants, string_value
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Match, Source, line_of, text_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_PATTERN: Final = """
(call_expression
  function: (selector_expression operand: (identifier) @package field: (field_identifier) @function)
  arguments: (argument_list . (_) @name . (_)? @value)
  (#any-of? @package "os" "syscall")
  (#any-of? @function "Getenv" "LookupEnv" "Setenv" "Unsetenv")) @call
(const_spec name: (identifier) @const value: (expression_list (_) @value))
(field_declaration tag: (_) @tag)
"""
_TAG: Final = re.compile(r'\benv:"([A-Za-z_][A-Za-z0-9_]*)[",]')
"""Tags of fields that hold a variable. Source: caarlos0/env, sethvargo/go-envconfig."""
_CALL: Final = re.compile(rb"\b(?:os|syscall)\.(?:[GS]etenv|LookupEnv|Unsetenv)\(")
_WORDS: Final = (b"etenv(", b"LookupEnv(")
_SETTING: Final = ("Setenv", "Unsetenv")


class GoEnvironment(OfLanguages):
    """Finds variables whose name is written down, as a string or as a constant of the file."""

    name = "go-environment-1"
    pattern = ""
    languages = frozenset({Language.GO})

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield variables, once for reading and once for setting, each at its first line."""
        imports = before_functions(source.content)
        calls = b'"os"' in imports or b'"syscall"' in imports
        calls = calls and any(word in source.content for word in _WORDS)
        if b'env:"' not in source.content and not (calls and _CALL.search(source.content)):
            return
        matches = source.matches(_PATTERN)
        constants = string_constants(matches)
        seen: set[tuple[str, bool]] = set()
        for found in matches:
            variable = _variable(found, constants)
            if variable is not None and (variable.name, variable.defines) not in seen:
                seen.add((variable.name, variable.defines))
                yield variable


def _variable(found: Match, constants: Mapping[str, str]) -> Resource | None:
    kind = ResourceKind.VARIABLE
    if "tag" in found:
        tag = _TAG.search(text_of(found["tag"][0]))
        return Resource(kind, tag[1], False, line_of(found["tag"][0])) if tag else None
    if "call" not in found:
        return None
    name = string_value(found["name"][0], constants)
    if not name:
        return None
    defines = text_of(found["function"][0]) in _SETTING
    value = string_value(found["value"][0], constants) if "value" in found else None
    return Resource(kind, name, defines, line_of(found["call"][0]), value or "")
