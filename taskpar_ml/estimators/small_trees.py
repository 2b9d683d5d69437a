"""Trees of few leaves, asked about very many rows: the answers of LightGBM, in a part of its time.

LightGBM leads every row through every tree. A tree of six leaves asks five questions, and what all
rows answer to one of them is one comparison of a column. Together the answers are a number below
32, which tells the leaf. Nothing is rounded on the way, and leaves are added tree by tree as
LightGBM adds them, so that sums are equal to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

MOST_QUESTIONS: Final = 8
"""Questions of a tree at most: their answers are the bits of one byte."""
_ROWS_AT_ONCE: Final = 16_384
"""Rows whose ranks and sums stay in cache."""
_NOTHING: Final = float(np.float32(1e-35))
"""Values as near to 0 as this are 0 to LightGBM."""
_CATEGORY, _LEFT, _MISSING = 1, 2, 12
"""Bits of LightGBM's ``decision_type``: of a category, NaN goes left, what counts as missing."""
_PLAIN_VALUE, _NAN_IS_MISSING = 0, 8
"""Values of the last: NaN is read as 0, NaN goes where the question says."""
_BITS: Final = np.uint8(1) << np.arange(MOST_QUESTIONS, dtype=np.uint8)
_RANK_OF_NAN: Final = "right", "left", "zero"
"""How a question takes NaN: as more than everything, as less, or as 0."""


@dataclass(frozen=True)
class Question:
    """Whether the value of a column is at most a threshold.

    Attributes
    ----------
    column
        Position of the column.
    threshold
        Values up to it go left.
    nan
        Place in ``right``, ``left`` and ``zero``: where NaN goes, or that it counts as 0.
    """

    column: int
    threshold: float
    nan: int


@dataclass(frozen=True)
class SmallTree:
    """A tree of few leaves.

    Attributes
    ----------
    questions
        At most :data:`MOST_QUESTIONS`.
    leaves
        What the tree says by the answers, shape ``(2 ** n_questions,)``: the answer to question
        ``k`` is bit ``k``, 1 for left.
    """

    questions: tuple[Question, ...]
    leaves: NDArray[np.float64]

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Self | None:
        """Return the tree of a part of LightGBM's text; None if it is not one of few leaves.

        Raises
        ------
        KeyError, ValueError
            If it is not written as LightGBM writes it.
        """
        size = int(fields["num_leaves"])
        if not 1 <= size <= MOST_QUESTIONS + 1 or fields["num_cat"] != "0":
            return None
        if fields.get("is_linear", "0") != "0":
            return None
        said = _numbers(fields["leaf_value"], float, size)
        if size == 1:
            return cls((), np.array(said))
        questions = [
            _question(*each)
            for each in zip(
                _numbers(fields["split_feature"], int, size - 1),
                _numbers(fields["threshold"], float, size - 1),
                _numbers(fields["decision_type"], int, size - 1),
                strict=True,
            )
        ]
        if None in questions:
            return None
        left = _numbers(fields["left_child"], int, size - 1)
        right = _numbers(fields["right_child"], int, size - 1)
        leaves = [said[_leaf(answers, left, right)] for answers in range(1 << (size - 1))]
        return cls(tuple(each for each in questions if each is not None), np.array(leaves))


@dataclass(frozen=True)
class SmallTrees:
    """Trees of few leaves over the same columns, whose leaves add up.

    Attributes
    ----------
    trees
        In the order in which they are added.
    """

    trees: tuple[SmallTree, ...]

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return the trees of LightGBM's text; None if it holds others, or cannot be understood.

        Parameters
        ----------
        text
            A model in LightGBM's text format.
        """
        head, *parts = text.partition("\nend of trees")[0].split("\nTree=")
        lines = head.splitlines()
        if "num_tree_per_iteration=1" not in lines or "average_output" in lines:
            return None
        try:
            trees = [SmallTree.read(_fields(part)) for part in parts]
        except (KeyError, ValueError):
            return None
        found = tuple(each for each in trees if each is not None)
        return cls(found) if len(found) == len(trees) else None

    def margin(self, values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Return the sum of what the trees say of every row, shape ``(n_rows,)``.

        Parameters
        ----------
        values
            Shape ``(n_rows, n_columns)``.
        """
        total = np.zeros(len(values))
        for begin in range(0, len(values), _ROWS_AT_ONCE):
            ranks = self._ranks.of(values[begin : begin + _ROWS_AT_ONCE])
            _add(self._asked, ranks, total[begin : begin + _ROWS_AT_ONCE])
        return total

    @cached_property
    def _ranks(self) -> _Ranks:
        return _Ranks([question for tree in self.trees for question in tree.questions])

    @cached_property
    def _asked(self) -> list[_Asked]:
        return [
            _Asked([self._ranks.place(each) for each in tree.questions], tree.leaves)
            for tree in self.trees
        ]


class _Asked(NamedTuple):
    """A tree as it is asked: where each question looks and up to which rank, and the leaves."""

    places: Sequence[tuple[int, np.unsignedinteger[Any]]]
    leaves: NDArray[np.float64]


class _Ranks:
    """Which place the values of a row have among the thresholds of their columns.

    A value is at most the threshold at place ``k`` if and only if its rank is at most ``k``: small
    whole numbers are compared in place of numbers.
    """

    def __init__(self, questions: Sequence[Question]) -> None:
        self._kinds = sorted({(each.column, each.nan) for each in questions})
        self._row = {kind: row for row, kind in enumerate(self._kinds)}
        self._thresholds = {
            column: np.unique([each.threshold for each in questions if each.column == column])
            for column, _ in self._kinds
        }
        most = max((len(each) for each in self._thresholds.values()), default=0)
        self._type = np.min_scalar_type(most)

    def place(self, question: Question) -> tuple[int, np.unsignedinteger[Any]]:
        """Return in which row of :meth:`of` a question looks, and up to which rank it says left."""
        known = self._thresholds[question.column]
        rank = self._type.type(np.searchsorted(known, question.threshold))
        return self._row[question.column, question.nan], rank

    def of(self, values: NDArray[np.floating[Any]]) -> NDArray[np.unsignedinteger[Any]]:
        """Return the ranks of some rows, shape ``(n_kinds, n_rows)``."""
        found = np.empty((len(self._kinds), len(values)), dtype=self._type)
        ranked: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        for row, (column, nan) in enumerate(self._kinds):
            thresholds = self._thresholds[column]
            if column not in ranked:
                own = values[:, column].astype(np.float64)
                own[np.abs(own) <= _NOTHING] = 0.0
                ranked[column] = np.searchsorted(thresholds, own), np.flatnonzero(np.isnan(own))
            found[row], unknown = ranked[column]
            found[row, unknown] = (len(thresholds), 0, np.searchsorted(thresholds, 0.0))[nan]
        return found


def _add(
    asked: Sequence[_Asked], ranks: NDArray[np.unsignedinteger[Any]], total: NDArray[np.float64]
) -> None:
    """Add what every tree says of some rows to their totals."""
    answers = np.empty(len(total), dtype=np.uint8)
    bit = np.empty(len(total), dtype=np.uint8)
    first, further = answers.view(bool), bit.view(bool)
    said = np.empty(len(total))
    for places, leaves in asked:
        for number, (row, rank) in enumerate(places):
            if not number:
                np.less_equal(ranks[row], rank, out=first)
                continue
            np.less_equal(ranks[row], rank, out=further)
            np.multiply(bit, _BITS[number], out=bit)
            np.bitwise_or(answers, bit, out=answers)
        # "clip" spares the search for answers beyond the leaves. There are none, but for trees that
        # ask nothing, whose only leaf it leads to.
        total += leaves.take(answers, out=said, mode="clip")


def _fields(part: str) -> dict[str, str]:
    """Return the lines ``name=value`` of a tree, but the first, which is its number."""
    lines = part.splitlines()[1:]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def _numbers(text: str, kind: type, count: int) -> list[Any]:
    found = [kind(each) for each in text.split()]
    if len(found) != count:
        raise ValueError(f"{count} numbers are expected. Got {len(found)}.")
    return found


def _question(column: int, threshold: float, decision: int) -> Question | None:
    """Return the question of a node; None if it is of another kind."""
    missing = decision & _MISSING
    if decision & _CATEGORY or missing not in (_PLAIN_VALUE, _NAN_IS_MISSING):
        return None
    nan = "zero" if missing == _PLAIN_VALUE else "left" if decision & _LEFT else "right"
    return Question(column, threshold, _RANK_OF_NAN.index(nan))


def _leaf(answers: int, left: Sequence[int], right: Sequence[int]) -> int:
    """Return the number of the leaf that answers lead to.

    Raises
    ------
    ValueError
        If a node does not lie below the one that leads to it.
    """
    node = 0
    while node >= 0:
        child = (left if answers >> node & 1 else right)[node]
        if 0 <= child <= node or child >= len(left) or ~child > len(left):
            raise ValueError("a node lies below itself.")
        node = child
    return ~node
