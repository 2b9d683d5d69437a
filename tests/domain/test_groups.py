"""Execution groups."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from taskpar_ml.domain.groups import ExecutionGroup, groups_of_waves
from tests.support.strategies import LAW


@pytest.mark.parametrize("lists", [{}, {"sequential": ["a"], "parallel": ["b"]}])
def test_a_group_is_either_sequential_or_parallel(lists):
    with pytest.raises(ValidationError, match="a group holds either"):
        ExecutionGroup(**lists)


@LAW
@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), max_size=6))
def test_groups_hold_the_waves_in_order(waves):
    groups = groups_of_waves(waves)
    assert [task for group in groups for task in group.tasks] == [t for wave in waves for t in wave]
    assert [list(group.parallel) for group in groups if group.parallel] == [
        wave for wave in waves if len(wave) > 1
    ]
    assert not any(one.sequential and other.sequential for one, other in pairwise(groups))
