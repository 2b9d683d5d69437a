"""A file as detectors see it: parsed once, whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeAlias, TypeVar

from tree_sitter import Node, QueryCursor, Tree

from taskpar_ml.detectors.languages import Language, parsed, query_of

MOST_BYTES: Final = 1 << 19
"""Bytes of a file that is read at all. What people write ends before."""

_LONGEST_LINE: Final = 5_000
"""Bytes of a line in files that people write; a longer one is generated or minified."""
_MOST_BEGUN: Final = 1_000
"""Matches of a pattern that are under way at once: people write code that nests less deeply. Each
node is held against all of them, so without a bound the time would grow with the square of a file;
beyond it the oldest are dropped. Source: tree-sitter, ``ts_query_cursor_set_match_limit``."""
_BINARY_PREFIX: Final = 8_000
"""Bytes in which a NUL tells a binary file, as git has it."""


T = TypeVar("T")

Match: TypeAlias = Mapping[str, Sequence[Node]]
"""One place that a pattern fits: names of captures to nodes."""


class Source:
    """The content of one file.

    Parameters
    ----------
    content
        As it is stored.
    language
        None for files without a grammar.
    patterns
        What detectors will look for: they are matched together when the first one asks.
    """

    def __init__(
        self, content: bytes, language: Language | None, patterns: tuple[str, ...] = ()
    ) -> None:
        self.content = content
        self.language = language
        self._patterns = patterns
        self._matches: dict[str, list[Match]] | None = None
        # Any: each function has a result of its own type.
        self._derived: dict[Callable[[Source], Any], Any] = {}

    @property
    def is_readable(self) -> bool:
        """Whether people may have written the file: text, not too large, not minified."""
        if len(self.content) > MOST_BYTES or b"\0" in self.content[:_BINARY_PREFIX]:
            return False
        start = 0
        while len(self.content) - start > _LONGEST_LINE:
            end = self.content.rfind(b"\n", start, start + _LONGEST_LINE + 1)
            if end < 0:
                return False
            start = end + 1
        return True

    @cached_property
    def text(self) -> str:
        """The content as text; what is not UTF-8 becomes U+FFFD."""
        return self.content.decode("utf-8", "replace")

    @cached_property
    def tree(self) -> Tree | None:
        """The syntax tree, with its errors; None without a grammar, or if it takes too long."""
        if self.language is None:
            return None
        return parsed(self.language, self.content)

    def matches(self, pattern: str) -> Sequence[Match]:
        """Return every place that a pattern fits; none without a grammar.

        In files that nest more deeply than people write some places are left out.
        """
        if self.tree is None or self.language is None:
            return ()
        if self._matches is None:
            self._matches = self._matched(self.language, self.tree, self._patterns)
        if pattern not in self._matches:
            self._matches |= self._matched(self.language, self.tree, (pattern,))
        return self._matches[pattern]

    def matches_at(self, pattern: str, places: Sequence[int]) -> list[Match]:
        """Return what fits a pattern around each of some bytes; none without a grammar.

        Of few places that is quicker than looking through the whole tree.
        """
        if self.tree is None or self.language is None:
            return []
        query, _ = query_of(self.language, (pattern,))
        cursor = QueryCursor(query, match_limit=_MOST_BEGUN)
        found: list[Match] = []
        for at in places:
            cursor.set_byte_range(at, at + 1)
            found += (captures for _, captures in cursor.matches(self.tree.root_node))
        return found

    def written(self, node: Node) -> str:
        """Return what a node of this file spans; quicker than asking the node."""
        return self.content[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def on_one_line(self, node: Node | None) -> str:
        """Return what a node spans with single spaces for white space; of no node, nothing."""
        return "" if node is None else " ".join(self.written(node).split())

    def once(self, derive: Callable[[Source], T]) -> T:
        """Return what a function makes of this file; it is called for the first who asks."""
        if derive not in self._derived:
            self._derived[derive] = derive(self)
        result: T = self._derived[derive]
        return result

    def _matched(
        self, language: Language, tree: Tree, patterns: tuple[str, ...]
    ) -> dict[str, list[Match]]:
        found: dict[str, list[Match]] = {pattern: [] for pattern in patterns}
        if patterns:
            query, owners = query_of(language, patterns)
            for at, captures in QueryCursor(query, match_limit=_MOST_BEGUN).matches(tree.root_node):
                found[owners[at]].append(captures)
        return found


def text_of(node: Node) -> str:
    """Return what a node spans, as text."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    """Return the first line of a node, counted from 1."""
    return node.start_point.row + 1


def end_line_of(node: Node) -> int:
    """Return the last line of a node, counted from 1."""
    return node.end_point.row + 1


def on_one_line(node: Node | None) -> str:
    """Return what a node spans with single spaces for white space; of no node, nothing."""
    return "" if node is None else " ".join(text_of(node).split())
