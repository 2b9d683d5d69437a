"""Variables of the environment that JavaScript and TypeScript code reads and sets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.javascript_syntax import JAVASCRIPTS, is_code
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_ENVIRONMENT: Final = rb"(?:process\.env|import\.meta\.env)"
_READ: Final = re.compile(
    _ENVIRONMENT + rb"(?:\??\.([A-Za-z_]\w*)|(?:\?\.)?\[\s*[\"']([A-Za-z_]\w*)[\"']\s*\])"
    rb"(\s*(?:\|\||&&|\?\?)?=(?![=>]))?(?:\s*[\"']([^\"'\n]*)[\"'])?"
)
_TAKEN: Final = re.compile(rb"\{([^{}]*)\}\s*=\s*" + _ENVIRONMENT + rb"\b(?!\s*[.?\[])")
_KEY: Final = re.compile(rb"(?:^|,)\s*([A-Za-z_]\w*)")
_BUNDLER: Final = frozenset({"MODE", "DEV", "PROD", "SSR", "BASE_URL"})
"""Set by Vite itself. Source: Vite, "Env Variables and Modes"."""


class JavaScriptEnvironment(OfLanguages):
    """Finds ``process.env`` and ``import.meta.env`` with a name, and names taken out of them.

    They are rare and look the same everywhere, so they are found in the text; the syntax tree tells
    which of them stand in comments and strings.
    """

    name = "javascript-environment-1"
    pattern = ""
    languages = JAVASCRIPTS

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield every variable at its first line, once as read and once as set."""
        content = source.content
        if b"process.env" not in content and b"import.meta.env" not in content:
            return
        seen: set[tuple[str, bool]] = set()
        for name, start, sets, value in sorted(_mentions(content), key=lambda each: each[1]):
            if (name, sets) in seen or name in _BUNDLER or not is_code(source, start):
                continue
            seen.add((name, sets))
            line = content.count(b"\n", 0, start) + 1
            yield Resource(ResourceKind.VARIABLE, name, sets, line, value if sets else "")


def _mentions(content: bytes) -> Iterator[tuple[str, int, bool, str]]:
    """Yield names, where they stand, whether they are set, and to which string."""
    for found in _READ.finditer(content):
        name = (found[1] or found[2]).decode()
        yield (
            name,
            found.start(),
            found[3] is not None,
            (found[4] or b"").decode("utf-8", "replace"),
        )
    for found in _TAKEN.finditer(content):
        for key in _KEY.finditer(found[1]):
            yield key[1].decode(), found.start(1) + key.start(1), False, ""
