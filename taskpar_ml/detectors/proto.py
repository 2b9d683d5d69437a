"""Messages and services of Protocol Buffers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind, Fact, Import, Route

_TOKEN: Final = re.compile(
    r"""//[^\n]*|/\*.*?(?:\*/|\Z)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\.?[A-Za-z_][\w.]*"""
    r"""|[^\s\w]|\w+|\n""",
    re.S,
)
_KINDS: Final = {
    "message": DefinitionKind.CLASS,
    "enum": DefinitionKind.CLASS,
    "service": DefinitionKind.TYPE,
}
_METHODS: Final = frozenset({"delete", "get", "patch", "post", "put"})
_HTTP: Final = "google.api.http"
_DEEPEST: Final = 60


class Proto:
    """Finds messages, services with their methods, and imports.

    A method is a route of the method ``RPC``, with the path that gRPC sends,
    ``/package.Service/Method``; one that is annotated with ``google.api.http`` also answers that.
    """

    name = "proto-1"
    pattern = ""

    def reads(self, path: str) -> bool:
        """Whether a file describes messages."""
        return path.endswith(".proto")

    def find(self, source: Source) -> Iterator[Fact]:
        """Yield what is described, as far as braces can be told apart."""
        return _Reader().facts(source.text.removeprefix("\ufeff"))


@dataclass(slots=True)
class _Block:
    """A block that is open; of anything but a definition the word is all that is known."""

    word: str
    name: str
    line: int
    signature: str = ""


class _Reader:
    """Goes through statements, each ended by a semicolon or a brace."""

    def __init__(self) -> None:
        self._package = ""
        self._open: list[_Block] = []
        self._annotations = 0

    def facts(self, text: str) -> Iterator[Fact]:
        words: list[str] = []
        begun = 1
        for word, line in _words(text):
            if not words:
                begun = line
            if word == "{":
                yield from self._statement(words, begun)
                yield from self._block(words, begun)
                words = []
            elif word == "}":
                yield from self._statement(words, begun)
                yield from self._close(line)
                words = []
            elif word == ";":
                yield from self._statement(words, begun)
                if words[:1] == ["rpc"]:
                    yield from self._method(words, begun, line)
                words = []
            else:
                words.append(word)

    def _statement(self, words: Sequence[str], line: int) -> Iterator[Fact]:
        match words:
            case ["package", name] if not self._open:
                self._package = name
            case ["import", *_, module] if not self._open and _is_text(module):
                yield Import(module[1:-1], (("*", "*"),), line)
            case ["option", "(", option, ")", method, "=", path] if option == _HTTP:
                # The short form: option (google.api.http).get = "/path";
                yield from self._http(method.removeprefix("."), path, line)
            case _ if self._annotations:
                for at in range(len(words) - 2):
                    if words[at + 1] == ":":
                        yield from self._http(words[at], words[at + 2], line)

    def _http(self, method: str, path: str, line: int) -> Iterator[Route]:
        if method in _METHODS and _is_text(path):
            handler = self._name()
            yield Route(method.upper(), path[1:-1], handler, "", line)

    def _block(self, words: Sequence[str], line: int) -> Iterator[Fact]:
        if len(self._open) < _DEEPEST:
            words = words[1:] if words[:1] in (["export"], ["local"]) else words
        block = _Block("", "", line)
        match words:
            case ["message" | "enum" | "service" as word, name]:
                block = _Block(word, name, line)
            case ["rpc", name, *signature]:
                block = _Block("rpc", name, line, _signature(signature))
                yield from self._route(name, line)
            case ["option", "(", option, ")", "="] if option == _HTTP:
                block = _Block(_HTTP, "", line)
                self._annotations += 1
        self._open.append(block)

    def _close(self, line: int) -> Iterator[Definition]:
        if not self._open:
            return
        block = self._open[-1]
        kind = DefinitionKind.METHOD if block.word == "rpc" else _KINDS.get(block.word)
        if kind is not None:
            yield Definition(self._name(), kind, block.line, line, block.signature)
        self._annotations -= block.word == _HTTP
        self._open.pop()

    def _method(self, words: Sequence[str], line: int, end_line: int) -> Iterator[Fact]:
        """Yield a method without a block of its own."""
        if len(words) > 2:
            yield from self._route(words[1], line)
            name, signature = f"{self._name()}.{words[1]}", _signature(words[2:])
            yield Definition(name, DefinitionKind.METHOD, line, end_line, signature)

    def _route(self, method: str, line: int) -> Iterator[Route]:
        service = self._name()
        if service:
            package = f"{self._package}." if self._package else ""
            yield Route("RPC", f"/{package}{service}/{method}", f"{service}.{method}", "", line)

    def _name(self) -> str:
        return ".".join(block.name for block in self._open if block.name)


def _words(text: str) -> Iterator[tuple[str, int]]:
    """Yield words and signs with their lines, comments left out."""
    line = 1
    for found in _TOKEN.finditer(text):
        word = found[0]
        if word != "\n" and not word.startswith(("//", "/*")):
            yield word, line
        line += word.count("\n")


def _is_text(word: str) -> bool:
    return word[:1] in {'"', "'"}


def _signature(words: Sequence[str]) -> str:
    """Return parameters and result: ``(stream Asked) returns (Told)``."""
    return re.sub(r"\( | (?=\))", lambda found: found[0].strip(), " ".join(words))
