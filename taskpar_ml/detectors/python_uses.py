"""What Python code calls, extends and decorates with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.source import Source, line_of, text_of
from taskpar_ml.domain.code_facts import Use

_PATTERN: Final = """
(call function: [(identifier) (attribute)] @used)
(class_definition superclasses: (argument_list [(identifier) (attribute)] @used))
(decorator [(identifier) (attribute)] @used)
"""
_LONGEST: Final = 200
"""Characters of a dotted name; a longer one is an expression."""


class PythonUses:
    """Finds names that are called, extended or decorated with.

    Of what is called on the result of a call or of an expression the last name is known, and is
    written ``.name``.
    """

    name = "python-uses-1"
    pattern = _PATTERN

    def reads(self, path: str) -> bool:
        """Whether a file is Python."""
        return language_of(path) == Language.PYTHON

    def find(self, source: Source) -> Iterator[Use]:
        """Yield every name once, at its first line."""
        first: dict[str, int] = {}
        for found in source.matches(self.pattern):
            for node in found["used"]:
                name = _name(text_of(node))
                first[name] = min(line_of(node), first.get(name, line_of(node)))
        return (Use(name, line) for name, line in first.items())


def _name(written: str) -> str:
    """Return a dotted name, ``.last`` where its beginning is an expression."""
    last = written.rpartition(".")[2].strip()
    if len(written) > _LONGEST:
        return f".{last}"
    parts = [part.strip() for part in written.split(".")]
    return ".".join(parts) if all(part.isidentifier() for part in parts) else f".{last}"
