"""The languages that are parsed, their grammars, and which files are written in them."""

from __future__ import annotations

import importlib
import re
import sys
from bisect import bisect_right
from enum import StrEnum
from functools import cache, lru_cache
from itertools import accumulate
from typing import Final

from tree_sitter import Language as Grammar
from tree_sitter import Parser, Query, Tree


class Language(StrEnum):
    """A programming language with a grammar."""

    PYTHON = "python"
    JAVASCRIPT = "javascript"
    TYPESCRIPT = "typescript"
    TSX = "tsx"
    GO = "go"
    JAVA = "java"
    RUST = "rust"
    RUBY = "ruby"
    PHP = "php"


_GRAMMARS: Final = {
    Language.PYTHON: ("tree_sitter_python", "language"),
    Language.JAVASCRIPT: ("tree_sitter_javascript", "language"),
    Language.TYPESCRIPT: ("tree_sitter_typescript", "language_typescript"),
    Language.TSX: ("tree_sitter_typescript", "language_tsx"),
    Language.GO: ("tree_sitter_go", "language"),
    Language.JAVA: ("tree_sitter_java", "language"),
    Language.RUST: ("tree_sitter_rust", "language"),
    Language.RUBY: ("tree_sitter_ruby", "language"),
    Language.PHP: ("tree_sitter_php", "language_php"),
}

_ENDINGS: Final = {
    "py": Language.PYTHON,
    "pyi": Language.PYTHON,
    "js": Language.JAVASCRIPT,
    "jsx": Language.JAVASCRIPT,
    "mjs": Language.JAVASCRIPT,
    "cjs": Language.JAVASCRIPT,
    "ts": Language.TYPESCRIPT,
    "mts": Language.TYPESCRIPT,
    "cts": Language.TYPESCRIPT,
    "tsx": Language.TSX,
    "go": Language.GO,
    "java": Language.JAVA,
    "rs": Language.RUST,
    "rb": Language.RUBY,
    "rake": Language.RUBY,
    "php": Language.PHP,
}


_BLADE: Final = ".blade.php"
_MOST_STEPS: Final = 80
"""Steps of a parser for each thousand bytes, beyond which it is stopped. What people write takes 25
of them, broken or with conflicts 50; on other files some parsers take time without end."""
_MOST_OPEN: Final = 10_000
"""Expressions in strings of PHP. Its parser goes down the stack of the process for those that are
not closed, which ends the process after some eighty thousand."""
_ODD_LINE: Final = re.compile(rb"^[ \t]*/[ \t]*\*[ \t\r]*$", re.MULTILINE)
"""A line that the parser of Python recovers from with memory for each of those before it."""
_MOST_ODD: Final = 100
_PIECE: Final = 1_024
"""Bytes that a parser is handed at once, and who asks a node for its text."""


@lru_cache(maxsize=16)  # Every detector asks for the language of the same path.
def language_of(path: str) -> Language | None:
    """Return the language of a file by the ending of its name; templates of Blade have none.

    Examples
    --------
    >>> language_of("src/users.ts"), language_of("README.md"), language_of("page.blade.php")
    (<Language.TYPESCRIPT: 'typescript'>, None, None)
    """
    language = _ENDINGS.get(path.rpartition(".")[2])
    return None if language == Language.PHP and path.endswith(_BLADE) else language


@cache
def parser_of(language: Language) -> Parser:
    """Return the parser of a language."""
    return Parser(_grammar(language))


def parsed(language: Language, content: bytes) -> Tree | None:
    """Return the syntax tree of a content; None if its parser would take far longer than usual.

    What is too long is told by the steps of the parser and by what it asks for again and again, so
    that it is the same on every machine.
    """
    if language == Language.PHP and content.count(b"{$") > _MOST_OPEN:
        return None
    many = language == Language.PYTHON and content.count(b"*") > _MOST_ODD
    if many and len(_ODD_LINE.findall(content)) > _MOST_ODD:
        return None
    left = _MOST_STEPS * (1 + len(content) // 1_000)

    def step(at: int, broken: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0

    def read(at: int, point: object) -> bytes:
        return b"" if step(at, False) else content[at : at + _PIECE]

    parser = parser_of(language)
    try:
        tree = parser.parse(read, progress_callback=step)
    except ValueError:
        parser.reset()
        return None
    if left < 0:
        return None
    # Nodes read their text in the same way, and may do so without end.
    left = sys.maxsize
    return tree


@cache
def query_of(language: Language, patterns: tuple[str, ...]) -> tuple[Query, tuple[str, ...]]:
    """Return several patterns compiled into one, and to which of them each of its parts belongs.

    A pattern may have several parts; going through a tree once for all of them takes little longer
    than for one. Source: tree-sitter, "Query Syntax".
    """
    query = Query(_grammar(language), "\n".join(patterns))
    # Compiling is slow, so where a part begins tells whose it is: none is compiled on its own.
    ends = list(accumulate(len(pattern.encode()) + 1 for pattern in patterns))
    starts = map(query.start_byte_for_pattern, range(query.pattern_count))
    return query, tuple(patterns[bisect_right(ends, start)] for start in starts)


@cache
def _grammar(language: Language) -> Grammar:
    module, function = _GRAMMARS[language]
    return Grammar(getattr(importlib.import_module(module), function)())
