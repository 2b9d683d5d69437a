"""What Go code calls, embeds and builds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.domain.code_facts import Use

_PATTERN: Final = """
(call_expression function: [
  (identifier) @used
  (selector_expression) @used
  (index_expression operand: [(identifier) (selector_expression)] @used)])
(type_conversion_expression type: (generic_type type: (_) @used))
(composite_literal type: [
  (type_identifier) @used
  (qualified_type) @used
  (generic_type type: (_) @used)
  (slice_type element: [(type_identifier) (qualified_type)] @used)
  (slice_type element: (pointer_type [(type_identifier) (qualified_type)] @used))
  (map_type value: [(type_identifier) (qualified_type)] @used)])
(field_declaration !name type: [
  (type_identifier) @used (qualified_type) @used (generic_type type: (_) @used)])
(interface_type (type_elem . [(type_identifier) (qualified_type)] @used .))
"""
_PREDECLARED: Final = frozenset(
    b"any append bool byte cap close comparable complex complex128 complex64 copy delete error"
    b" float32 float64 imag int int16 int32 int64 int8 len make new panic print println real"
    b" recover rune string uint uint16 uint32 uint64 uint8 uintptr".split()
)
"""Names of the language itself: Go specification, "Predeclared identifiers". Without ``clear``,
``max`` and ``min``, which packages defined themselves before they were there."""
_COMMENT: Final = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LAST: Final = re.compile(r"\w+$")
_LONGEST: Final = 200
"""Characters of a dotted name; a longer one is an expression."""


class GoUses:
    """Finds names that are called, embedded, or built by a literal.

    Of what is called on the result of a call or of an expression the last name is known, and is
    written ``.name``.
    """

    name = "go-uses-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is Go."""
        return language_of(path) == Language.GO

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        seen: set[bytes] = set(_PREDECLARED)
        first: dict[str, int] = {}
        for found in source.matches(self.pattern):
            for node in found["used"]:
                written = node.text or b""
                if written not in seen:
                    seen.add(written)
                    name, line = _name(written.decode("utf-8", "replace")), line_of(node)
                    first[name] = min(line, first.get(name, line))
        return (Use(name, line) for name, line in first.items())


def _name(written: str) -> str:
    """Return a dotted name, ``.last`` where its beginning is an expression."""
    if len(written) <= _LONGEST:
        parts = [part.strip() for part in _COMMENT.sub("", written).split(".")]
        if all(part.isidentifier() for part in parts):
            return ".".join(parts)
    last = _LAST.search(written, max(0, len(written) - _LONGEST))
    return f".{last[0]}" if last else ""
