"""Statements of SQL out of a text, parsed one by one, whatever the dialect and within bounds."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, NamedTuple

from sqlglot import Token, TokenType, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel, SqlglotError

_MOST_TOKENS: Final = 4_000
"""Tokens of one statement; the cost of some grows with their square."""
_MOST_PARSED: Final = 60_000
"""Tokens that are parsed of one text, those of failed attempts too: about a second."""
_EACH: Final = 10
"""Tokens that a statement counts for however short it is."""
_STEPS_PER_TOKEN: Final = 8
"""Tokens that a parser may go through for each that there is, going back included. What people
write takes two; some joins without a condition would take time that doubles with each of them."""
_LONG_INSERT: Final = 300
"""Tokens from which on only the first row that a statement inserts is looked at."""

DIALECTS: Final = ("postgres", "mysql", "sqlite", "tsql")
"""What statements are read as where nothing tells."""

_SIGNS: Final = (
    ("clickhouse", re.compile(r"\bENGINE\s*=\s*\w*MergeTree\b", re.I)),
    ("mysql", re.compile(r"`\w+`|\bENGINE\s*=\s*\w+|\bAUTO_INCREMENT\b", re.I)),
    (
        "tsql",
        re.compile(r"\[dbo\]|\[\w+\]\.\[|^\s*GO\s*$|\bNVARCHAR\b|\bIDENTITY\s*\(", re.I | re.M),
    ),
    (
        "sqlite",
        re.compile(
            r"\b(?:table|from|into|join)\s+\[|\bAUTOINCREMENT\b|\bPRAGMA\b|\bWITHOUT\s+ROWID\b",
            re.I,
        ),
    ),
)
_FIRST: Final = frozenset(
    {
        "alter", "copy", "create", "delete", "drop", "insert", "merge", "replace", "select",
        "truncate", "update", "with",
    }
)  # fmt: skip


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep sqlglot from logging what it cannot parse: nothing that a user could act upon."""
    logger = logging.getLogger("sqlglot")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


class _TooHardError(Exception):
    """A statement that takes out of proportion long to parse."""


class Tokens(NamedTuple):
    """Tokens of a text by a dialect, and where in the whole text that text begins."""

    tokens: Sequence[Token]
    text: str
    dialect: str
    start: int


class Statement(NamedTuple):
    """Text between semicolons, where in the whole text it begins, and its tokens."""

    text: str
    start: int
    read: Tokens

    @property
    def tokens(self) -> Sequence[Token]:
        """The tokens of the statement alone."""
        return self.read.tokens


class Parsed(NamedTuple):
    """The tree of a statement, and where in the whole text its places count from."""

    tree: exp.Expr
    start: int


def dialect_of(text: str) -> str:
    """Return the dialect that a text is most likely written in, by words that others lack."""
    return next((name for name, sign in _SIGNS if sign.search(text)), DIALECTS[0])


class StatementReader:
    """Cuts a text into statements and parses them, as long as its means last."""

    def __init__(self, dialect: str, most_dialects: int) -> None:
        others = (each for each in DIALECTS if each != dialect)
        self._dialects = (dialect, *others)[:most_dialects]
        self._left = _MOST_PARSED

    def statements(self, text: str) -> Iterator[Statement]:
        """Yield statements; those that end with their line one by one if the text is broken."""
        for dialect in self._dialects[:2]:
            tokens = _tokens(dialect, text)
            if tokens is not None:
                yield from _statements(Tokens(tokens, text, dialect, 0))
                return
        start = 0
        for end in re.finditer(r";[ \t]*(?:--.*)?$", text, re.M):
            piece = text[start : end.start()]
            tokens = _tokens(self._dialects[0], piece)
            if tokens is not None:
                yield from _statements(Tokens(tokens, piece, self._dialects[0], start))
            start = end.end()

    def parsed(self, statement: Statement) -> Parsed | None:
        """Return a statement by the first dialect that knows all of it."""
        for dialect in self._dialects:
            self._left -= len(statement.tokens) + _EACH
            if len(statement.tokens) > _MOST_TOKENS or self._left < 0:
                return None
            read = statement.read
            if dialect != read.dialect:
                tokens = _tokens(dialect, statement.text) or ()
                read = Tokens(tokens, statement.text, dialect, statement.start)
            tree = _parsed(read)
            if tree is not None:
                return Parsed(tree, read.start)
        return None


def _tokens(dialect: str, text: str) -> list[Token] | None:
    try:
        return _dialect(dialect).tokenize(text)
    except (SqlglotError, ArithmeticError, LookupError, RecursionError, ValueError):
        return None


def _statements(read: Tokens) -> Iterator[Statement]:
    """Yield those of the statements that begin with a word that matters."""
    begun, tokens = 0, read.tokens
    for at in range(len(tokens) + 1):
        if at < len(tokens) and tokens[at].token_type != TokenType.SEMICOLON:
            continue
        inside, begun = tokens[begun:at], at + 1
        if inside and inside[0].text.lower() in _FIRST:
            start, end = inside[0].start, inside[-1].end + 1
            yield Statement(read.text[start:end], read.start + start, read._replace(tokens=inside))


def first_row(statement: Statement) -> Statement:
    """Return a long ``INSERT ... VALUES`` with its first row only."""
    tokens = statement.tokens
    if len(tokens) < _LONG_INSERT or tokens[0].text.lower() not in {"insert", "replace"}:
        return statement
    depth, in_rows = 0, False
    for at, token in enumerate(tokens):
        depth += token.token_type == TokenType.L_PAREN
        depth -= token.token_type == TokenType.R_PAREN
        if depth == 0 and in_rows and token.token_type == TokenType.R_PAREN:
            length = token.end + 1 - tokens[0].start
            row = statement.read._replace(tokens=tokens[: at + 1])
            return Statement(statement.text[:length], statement.start, row)
        in_rows = in_rows or token.token_type == TokenType.VALUES
    return statement


def _parsed(read: Tokens) -> exp.Expr | None:
    """Return the tree of a statement, None if its dialect does not know all of it."""
    if not read.tokens:
        return None
    parser = _parser_class(read.dialect)(
        dialect=_dialect(read.dialect), error_level=ErrorLevel.IMMEDIATE
    )
    parser.steps_left = _STEPS_PER_TOKEN * (len(read.tokens) + 10)
    try:
        trees = parser.parse(list(read.tokens), read.text)
    except (SqlglotError, _TooHardError, RecursionError):
        return None
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # The parser is not made for what is no SQL at all, and then fails like this.
        return None
    tree = trees[0] if len(trees) == 1 else None
    return None if isinstance(tree, exp.Command) else tree


@cache
def _dialect(name: str) -> Dialect:
    return Dialect.get_or_raise(name)


@cache
def _parser_class(dialect: str) -> Any:
    """Return the parser of a dialect, counting its steps.

    What it is derived from is known at run time only, hence Any.
    """
    base: Any = _dialect(dialect).parser_class

    def advance(self: Any, times: int = 1) -> None:
        self.steps_left -= 1
        if self.steps_left < 0:
            raise _TooHardError
        base._advance(self, times)

    return type("CountingParser", (base,), {"_advance": advance, "steps_left": 0})
