"""Nodes of a syntax tree at places that were found in the bytes of its file.

Going through a whole tree for a pattern takes nearly half as long as parsing it did, and most
nodes lead to nothing. What detectors seek in every file has a sign that is quickly found in bytes,
a bracket or a word, and the tree says what stands there: a call, or a bracket in a string.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tree_sitter import Node, Tree

_FEW: Final = 1_000
"""Places that are each looked for from the root: quicker, unless the tree is as deep as no person
makes it. More than these are looked for one from the other, in linear time altogether."""

_ENDS_OF_NAMES: Final = frozenset(
    (*(string.ascii_letters + string.digits + "_$)]}").encode(), *range(128, 256))
)
_SPACES: Final = frozenset({b" ", b"\t", b"\n", b"\r", b"\f", b"\\"})


def places_of(content: bytes, sign: bytes) -> list[int]:
    """Return where some bytes begin, in the order of the file."""
    found = []
    at = content.find(sign)
    while at >= 0:
        found.append(at)
        at = content.find(sign, at + len(sign))
    return found


def nodes_before(tree: Tree, content: bytes, sign: bytes, *, tight: bool = False) -> list[Node]:
    """Return the smallest node around each place of a sign that spans what stands before it, too.

    Of ``(`` in ``f(x)`` that is the call. A place at the beginning of the file is left out.

    Parameters
    ----------
    tight
        Whether only places directly behind a name or a closing bracket matter.
    """
    places = places_of(content, sign)
    if tight:
        places = [at for at in places if at and content[at - 1] in _ENDS_OF_NAMES]
    elif places and places[0] == 0:
        del places[0]
    return nodes_at(tree, places, before=1, after=len(sign))


def statements_of(tree: Tree, content: bytes, word: bytes) -> list[Node]:
    """Return the smallest nodes that span a word and the white space behind it.

    Of ``import`` that is the statement, in a comment the comment.
    """
    size = len(word)
    places = [
        at for at in places_of(content, word) if content[at + size : at + size + 1] in _SPACES
    ]
    return nodes_at(tree, places, before=0, after=size + 1)


def nodes_at(tree: Tree, places: Sequence[int], *, before: int, after: int) -> list[Node]:
    """Return the smallest node that spans so many bytes before and after each place.

    Parameters
    ----------
    places
        In the order of the file; with the bytes before and after them they lie in it.
    """
    if len(places) > _FEW:
        return list(_one_after_another(tree, [(at - before, at + after) for at in places]))
    root = tree.root_node
    find = root.descendant_for_byte_range
    return [find(at - before, at + after) or root for at in places]


def _one_after_another(tree: Tree, ranges: Iterable[tuple[int, int]]) -> Iterator[Node]:
    """Go from place to place without ever going back, so that each node is passed once."""
    cursor = tree.walk()
    path = [tree.root_node]
    for start, end in ranges:
        while True:
            node = path[-1]
            if node.end_byte <= start and len(path) > 1:
                moved = cursor.goto_next_sibling()
                if not moved:
                    cursor.goto_parent()
                path.pop()
            else:
                moved = node.start_byte <= start and (
                    cursor.goto_first_child_for_byte(start) is not None
                )
                if not moved:
                    break
            if moved and cursor.node is not None:
                path.append(cursor.node)
        around = len(path) - 1
        while around and not (path[around].start_byte <= start and path[around].end_byte >= end):
            around -= 1
        yield path[around]
