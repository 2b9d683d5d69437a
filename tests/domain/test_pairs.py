"""Tables of pairs."""

from __future__ import annotations

import numpy as np
import pytest

from taskpar_ml.domain.pairs import PairTable, shortened
from taskpar_ml.errors import UnknownTaskError


def keys(table):
    return list(zip(table.task_a, table.task_b, strict=True))


def test_keys_are_ordered_by_code_point():
    assert keys(PairTable.of(["b", "a", "B", "10", "2", "é"]))[:3] == [
        ("10", "2"),
        ("10", "B"),
        ("10", "a"),
    ]


def test_chosen_pairs_come_in_key_order_once_whatever_their_sides():
    table = PairTable.chosen(["c", "a", "b"], [("c", "b"), ("a", "c"), ("b", "c")])
    assert keys(table) == [("a", "c"), ("b", "c")]
    assert table.ids == ("a", "b", "c")


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (("a", "z"), r"^pair 2: task 'z' is not among the open tasks\. Known: a, b\."),
        (("a", "a"), r"^pair 2: task 'a' is paired with itself\."),
    ],
)
def test_a_pair_names_two_known_tasks(pair, message):
    with pytest.raises(UnknownTaskError, match=message):
        PairTable.chosen(["a", "b"], [("a", "b"), pair])


@pytest.mark.parametrize("ids", [[], ["a"]])
def test_fewer_than_two_tasks_make_no_pair(ids):
    table = PairTable.of(ids)
    assert len(table) == 0
    assert [len(block) for block in table.blocks(10)] == [0]
    assert keys(PairTable.chosen(ids, [])) == []


def test_blocks_hold_whole_first_sides():
    blocks = list(PairTable.of("abcd").blocks(2))
    assert [np.unique(block.a).tolist() for block in blocks] == [[0], [1], [2]]
    assert [len(block) for block in PairTable.of("abcd").blocks(4)] == [5, 1]


def test_long_lists_are_shortened():
    assert shortened([]) == "none"
    assert shortened(["a", "b"]) == "a, b"
    assert shortened(map(str, range(14)), most=2) == "0, 1 and 12 more"
