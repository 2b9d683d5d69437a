"""Ports and variables of images that Dockerfiles describe."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.published_ports import numbers_of
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource, ResourceKind

_FILE: Final = re.compile(
    r"(?:.*/)?(?:(?:docker|container)file(?:[.-][\w.-]+)?|[\w.-]+\.(?:docker|container)file)"
)
_INSTRUCTION: Final = re.compile(r"\s*(ENV|EXPOSE|ARG)\s+(.*)", re.I | re.S)
_HEREDOC: Final = re.compile(r"<<-?\s*([\"']?)(\w+)\1")
_SET: Final = re.compile(r"([A-Za-z_]\w*)=(.*)", re.S)
_FILLED_IN: Final = re.compile(r"\$(?:\{(\w+)(?::-([^{}]*))?\}|(\w+))")
_MOST: Final = 20_000
"""Characters of one instruction."""


class Dockerfiles:
    """Finds the variables that an image sets, and the ports that it listens to.

    Those are needed rather than decided: who runs the image decides where they are published.
    """

    name = "dockerfiles-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file bears a name like ``Dockerfile.dev`` or ``dev.dockerfile``."""
        return _FILE.fullmatch(path.lower()) is not None

    def find(self, source: Source) -> Iterator[Resource]:
        """Yield variables and ports; those that are filled in get their defaults of this file."""
        known: dict[str, str] = {}
        for instruction, line in _instructions(source.text.removeprefix("\ufeff")):
            found = _INSTRUCTION.fullmatch(instruction[:_MOST])
            if found is None:
                continue
            word, rest = found[1].upper(), found[2]
            if word == "EXPOSE":
                for written in _filled_in(rest, known).split():
                    number, _, protocol = written.partition("/")
                    for name in numbers_of(number, protocol):
                        yield Resource(ResourceKind.PORT, name, False, line)
                continue
            for name, value in _set(rest):
                known[name] = _filled_in(value, known)
                if word == "ENV":
                    yield Resource(ResourceKind.VARIABLE, name, True, line)


def _instructions(text: str) -> Iterator[tuple[str, int]]:
    """Yield instructions, each on one line with the line that it begins in.

    Source: Docker, "Dockerfile reference", on comments, continued lines and here-documents.
    """
    escape = "`" if re.match(r"#\s*escape\s*=\s*`", text, re.I) else "\\"
    parts: list[str] = []
    begun, until = 1, ""
    for at, line in enumerate(text.splitlines(), 1):
        if until:
            until = "" if line.strip() == until else until
            continue
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not parts:
            begun = at
        stripped = line.rstrip()
        if stripped.endswith(escape):
            parts.append(stripped[:-1])
            continue
        parts.append(stripped)
        instruction, parts = " ".join(parts), []
        yield instruction, begun
        heredoc = _HEREDOC.search(instruction)
        if heredoc and re.match(r"\s*(?:RUN|COPY|ADD)\b", instruction, re.I):
            until = heredoc[2]


def _set(rest: str) -> Iterator[tuple[str, str]]:
    """Yield names and values of ``ENV`` and ``ARG``, in the old form with a space as well."""
    try:
        words = shlex.split(rest)
    except ValueError:
        return
    if words and "=" not in words[0]:
        if words[0].isidentifier():
            yield words[0], " ".join(words[1:])
        return
    for word in words:
        found = _SET.fullmatch(word)
        if found:
            yield found[1], found[2]


def _filled_in(text: str, known: dict[str, str]) -> str:
    return _FILLED_IN.sub(lambda found: known.get(found[1] or found[3]) or found[2] or "", text)
