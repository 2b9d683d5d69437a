"""Variables of the environment that Java code reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.java_strings import string_of
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, places_of
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_CALLS: Final = (b"getenv(", b"getenv().get(", b"getenv().getOrDefault(", b"getenv().containsKey(")


class JavaEnvironment(OfLanguages):
    """Finds variables whose name is written down, as a string or as a constant of the file."""

    name = "java-environment-1"
    pattern = ""
    languages = frozenset({Language.JAVA})

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield variables, each at its first line."""
        content = source.content
        if source.tree is None or b"getenv(" not in content:
            return
        first: dict[str, int] = {}
        for call in _CALLS:
            places = places_of(content, call)
            for node in nodes_at(source.tree, places, before=0, after=len(call)):
                given = node.child_by_field_name("arguments")
                if node.type != "method_invocation" or given is None:
                    continue
                name = string_of(source, next(iter(given.named_children), None))
                if name:
                    first[name] = min(line_of(node), first.get(name, line_of(node)))
        for name, line in first.items():
            yield Resource(ResourceKind.VARIABLE, name, False, line)
