"""Tables that programs use through SQL in their string literals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tree_sitter import Node

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.places import nodes_at, places_of
from taskpar_ml.detectors.source import Match, Source, end_line_of, line_of, text_of
from taskpar_ml.detectors.sql_texts import HOLE, table_uses
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import TableAction, TableUse

_BEGINNING: Final = (
    r"(?:insert\s+(?:or\s+\w+\s+|ignore\s+)?into|replace\s+into|delete\s+from|merge\s+into"
    r"|update\s+\S+\s+(?:(?:as\s+)?(?:\w+\s+)?set|(?:\w+\s+){1,3}join)|truncate\s+table"
    r"|comment\s+on|do(?=\s+\$)|lock\s+table"
    r"|(?:create|drop|alter)\s+(?:or\s+replace\s+)?(?:temp\w*\s+|unlogged\s+|materialized\s+)?"
    r"(?:table|view)|(?:create|alter)\s+(?:unique\s+)?index"
    r"|(?:create|alter)\s+(?:sequence|extension|type|schema)"
    r"|with\s+(?:recursive\s+)?[^\s()]+\s*(?:\([^()]*\)\s*)?as)(?=[\s(])"
)
"""The words that a statement begins with, but for ``SELECT``."""
_STATEMENT: Final = re.compile(
    rf"(?>\s+|--[^\n]*\n|/\*.*?\*/)*+(?P<words>select\b.+?\bfrom\b|{_BEGINNING})", re.I | re.S
)
_ANY_STATEMENT: Final = re.compile(
    rf"[\"'`](?>\s+|\\n|--[^\n]*\n){{0,20}}+(?:(select)\s|{_BEGINNING})".encode(), re.S
)
"""The beginning of a literal that is a statement, in text of lower case."""
_ANY_BEGINNING: Final = re.compile(
    rb"[\"'`](?>\s+|\\(?:n|\r?\n)|--[^\n]*\n|/\*[^*]{0,1000}\*/){0,20}+"
    rb"(?:alter|comment|create|delete|do|drop|insert|lock|merge|replace|select|truncate|update|with)\b"
)
"""The same where literals that are put together may hold the other words."""
_BODY: Final = (
    r"\bas\s+(?:(?:not\s+)?materialized\s+)?"
    r"\((?:\\n|\s)*(?:select|with|values|insert|update|delete|\$?\{|[\"'`%])"
)
_COMMON: Final = re.compile(rf"\b(\w+)[\"`]?\s*(?:\([^()]*\)\s*)?{_BODY}", re.I)
"""A common table expression, wherever it is."""
_COMMON_BODY: Final = re.compile(_BODY, re.I)
"""What follows its name: quicker to look for."""
_FARTHEST_FROM: Final = 3_000
"""Bytes between the words of ``SELECT ... FROM``."""
_PLACEHOLDER: Final = re.compile(r"%\(\w+\)s|%[-+#\d.]*[a-zA-Z]\b|\{[^{}\n]*\}")
"""What formatting fills in: of Python and of Go."""
_ESCAPE: Final = re.compile(r"\\(.)", re.S)
_ESCAPED: Final = {"n": " ", "r": " ", "t": " ", "\n": "\n"}
_SIGN: Final = re.compile(r"[*=()?$;:<>]")
"""Occurs in SQL rather than in sentences."""
_SURE_WORDS: Final = re.compile(r"alter\s+table\s+\S+\s+(?:add|drop|rename)|if\s+exists")
_SENTENCE: Final = re.compile(r"select\s+(?!distinct\b|all\b)\w+\s+(?!as\b|from\b)\w")
_NO_TABLES: Final = frozenset(
    {
        "a", "all", "an", "any", "another", "each", "every", "it", "its", "my", "our", "that",
        "the", "their", "them", "these", "this", "those", "what", "which", "your",
    }
)  # fmt: skip
_WHITE_SPACE: Final = re.compile(r"(\s+)")
_OPERATORS: Final = "=<>(,+-*/|.%"
_INCOMPLETE: Final = frozenset(
    {
        "all", "and", "as", "between", "by", "distinct", "else", "exists", "from", "having",
        "in", "index", "interval", "into", "is", "join", "like", "limit", "not", "offset", "on",
        "only", "or", "returning", "select", "set", "table", "then", "union", "update", "using",
        "values", "view", "when", "where", "with",
    }
)  # fmt: skip
"""Words that something must follow."""
_ENDINGS: Final = (f" {HOLE}", " SELECT 1")
"""What may follow where a statement breaks off."""
_WORD: Final = re.compile(r"[A-Za-z]+")
_OF_ENTITIES: Final = (b"@Query(", b"@NamedQuery(", b"createQuery(")
"""Of Java: what is given a query over classes. Source: Jakarta Persistence, Spring Data JPA."""
_FEW_PLACES: Final = 200
"""Literals that are each looked for in the tree."""
_SHORTEST: Final = 14
_MOST_TEXT: Final = 60_000
"""Characters of literals that are parsed of one file."""
_FAILED: Final = 500
"""Characters that a literal counts for if it is parsed in vain, again and again."""

_TOGETHER: Final = frozenset(
    {
        "binary_expression",
        "binary_operator",
        "concatenated_string",
        "interpreted_string_literal",
        "parenthesized_expression",
        "raw_string_literal",
        "string",
        "string_literal",
        "template_string",
    }
)
_CONTENT: Final = frozenset(
    {
        "escape_sequence",
        "interpreted_string_literal_content",
        "multiline_string_fragment",
        "raw_string_literal_content",
        "string_content",
        "string_fragment",
    }
)
_SKIPPED: Final = frozenset({"comment", "string_end", "string_start"})


class _EmbeddedSql(OfLanguages):
    """Finds literals that are statements by their first words, and then by a parser.

    Text that is put together with ``+`` is one statement; what is filled in stands for a name or
    a value. A sentence that begins like a statement is none: statements have their keywords in
    one case, lower case only with signs that sentences lack, and no table is called "the".
    """

    name: str
    pattern = ""
    """Literals are everywhere, so they are asked for only where a text holds a statement."""
    languages: frozenset[Language]
    literals: str
    """Pattern for literals, and for what puts some together."""

    def find(self, source: Source) -> Iterator[TableUse]:
        """Yield uses of tables, at the lines where they are named."""
        content = source.content.lower()
        if not _has_statement(content):
            return
        places = [found.start() for found in _ANY_BEGINNING.finditer(content)]
        few = len(places) <= _FEW_PLACES
        found = source.matches_at(self.literals, places) if few else source.matches(self.literals)
        left = _MOST_TEXT
        for node in _outermost(found):
            if not _SHORTEST <= node.end_byte - node.start_byte <= _MOST_TEXT:
                continue
            text = _text(node)
            begun = _STATEMENT.match(text)
            if begun is None or not _is_meant(begun["words"], text):
                continue
            uses = _uses(text)
            left -= len(text) + (0 if uses else _FAILED)
            if left < 0:
                return
            first = node.start_point.row
            for use in uses:
                # What one literal names another one may ask.
                if use.action != TableAction.READ or use.table not in source.once(_common):
                    yield use._replace(line=use.line + first)


class PythonSql(_EmbeddedSql):
    """Finds SQL in literals of Python, those of format strings included."""

    name = "python-sql-2"
    languages = frozenset({Language.PYTHON})
    literals = """
    (string) @literal
    (concatenated_string) @literal
    (binary_operator left: [(string) (concatenated_string) (binary_operator)] operator: "+") @sum
    """


class JavascriptSql(_EmbeddedSql):
    """Finds SQL in literals of JavaScript and TypeScript, templates included."""

    name = "javascript-sql-2"
    languages = frozenset({Language.JAVASCRIPT, Language.TYPESCRIPT, Language.TSX})
    literals = """
    (string) @literal
    (template_string) @literal
    (binary_expression
      left: [(string) (template_string) (binary_expression)] operator: "+") @sum
    """


class GoSql(_EmbeddedSql):
    """Finds SQL in literals of Go."""

    name = "go-sql-2"
    languages = frozenset({Language.GO})
    literals = """
    (interpreted_string_literal) @literal
    (raw_string_literal) @literal
    (binary_expression
      left: [(interpreted_string_literal) (raw_string_literal) (binary_expression)]
      operator: "+") @sum
    """


class JavaSql(_EmbeddedSql):
    """Finds SQL in literals of Java, text blocks included.

    What is asked of entities, by the names of classes, is no SQL: ``@Query("FROM Owner o")``
    without ``nativeQuery``, and what ``createQuery`` is given.
    """

    name = "java-sql-2"
    languages = frozenset({Language.JAVA})
    literals = """
    (string_literal) @literal
    (binary_expression left: [(string_literal) (binary_expression)] operator: "+") @sum
    """

    def find(self, source: Source) -> Iterator[TableUse]:
        """Yield uses of tables, at the lines where they are named."""
        of_entities: list[range] = []
        for sign in _OF_ENTITIES:
            places = places_of(source.content, sign)
            if places and source.tree is not None:
                for node in nodes_at(source.tree, places, before=0, after=len(sign)):
                    if b"nativeQuery" not in (node.text or b""):
                        of_entities.append(range(line_of(node), end_line_of(node) + 1))
        for use in super().find(source):
            if not any(use.line in lines for lines in of_entities):
                yield use


class RustSql(_EmbeddedSql):
    """Finds SQL in literals of Rust, those in calls of macros included."""

    name = "rust-sql-2"
    languages = frozenset({Language.RUST})
    literals = """
    (string_literal) @literal
    (raw_string_literal) @literal
    """


def _common(source: Source) -> frozenset[str]:
    """Return the names of common table expressions of all literals together."""
    if not _COMMON_BODY.search(source.text):
        return frozenset()
    return frozenset(found[1].lower() for found in _COMMON.finditer(source.text))


def _has_statement(content: bytes) -> bool:
    """Whether a literal may be a statement; asking the tree for literals takes longer."""
    for found in _ANY_STATEMENT.finditer(content):
        end = found.end()
        if not found[1] or content.find(b"from", end, end + _FARTHEST_FROM) >= 0:
            return True
    return False


def _outermost(matches: Iterable[Match]) -> Iterator[Node]:
    """Yield literals, of those that are put together the first with all that follows."""
    literals: set[int] = set()
    longest: dict[int, Node] = {}
    for captures in matches:
        for kind, nodes in captures.items():
            for node in nodes:
                start = node.start_byte
                if kind == "literal":
                    literals.add(start)
                if start not in longest or longest[start].end_byte < node.end_byte:
                    longest[start] = node
    end = 0
    for start in sorted(literals):
        if start >= end:
            end = longest[start].end_byte
            yield longest[start]


def _text(node: Node) -> str:
    """Return the text of literals, with as many lines as they take in the file."""
    parts: list[str] = []
    row = node.start_point.row
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if not each.is_named or each.type in _SKIPPED:
            continue
        if each.type in _TOGETHER:
            waiting += reversed(each.children)
            continue
        parts.append("\n" * (each.start_point.row - row))
        if each.type in _CONTENT:
            parts.append(_ESCAPE.sub(_unescaped, text_of(each)))
        else:
            parts.append(HOLE + "\n" * (each.end_point.row - each.start_point.row))
        row = each.end_point.row
    return _PLACEHOLDER.sub(HOLE, "".join(parts))


def _unescaped(escape: re.Match[str]) -> str:
    return _ESCAPED.get(escape[1], escape[1])


def _is_meant(words: str, text: str) -> bool:
    """Whether a text that begins with the words of a statement is no sentence."""
    written = _WORD.findall(words)
    keywords = written[0] + written[-1]
    if keywords.isupper():
        return True
    return keywords.islower() and (
        bool(_SURE_WORDS.search(text)) or (bool(_SIGN.search(text)) and not _SENTENCE.match(words))
    )


def _uses(text: str) -> list[TableUse]:
    """Return uses of tables; where a statement breaks off, something is thought to follow."""
    complete = _without_clauses(text)
    uses = list(table_uses(complete, heads=False))
    for ending in _ENDINGS if not uses else ():
        uses = uses or list(table_uses(complete + ending, heads=False, most_dialects=2))
    uses = uses or list(table_uses(text))
    return [] if any(each.table in _NO_TABLES for each in uses) else uses


def _without_clauses(text: str) -> str:
    """Return a statement without what is filled in behind what is complete: further clauses."""
    parts: list[str] = []
    before = ""
    for part in _WHITE_SPACE.split(text):
        is_hole = part.rstrip(";),") == HOLE
        is_complete = before and before[-1] not in _OPERATORS and before.lower() not in _INCOMPLETE
        parts.append(part.removeprefix(HOLE) if is_hole and is_complete else part)
        before = part if part.strip() else before
    return "".join(parts)
