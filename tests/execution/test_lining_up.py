"""Who fails is found by halving, what passes lands, and nothing lands that was not verified."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.landing_steps import Candidate, VerifyEnded
from taskpar_ml.execution.lining_up import Blame, Land, Verify, next_of


def line_of(many):
    commits = [f"c{number}" for number in range(many + 1)]
    return [
        Candidate(task=f"t{number}", number=1, commit=commits[number + 1], onto=commits[number])
        for number in range(many)
    ]


def settled(many, passes):
    """Return what lands, who is blamed, and how many commits were verified until then."""
    line, verdicts, landed = line_of(many), {}, []
    while line:
        match next_of(line, verdicts):
            case Verify(commit):
                assert commit not in verdicts, "nothing is verified twice"
                verdicts[commit] = VerifyEnded(passed=passes(int(commit[1:])))
            case Land(number):
                assert verdicts[line[number - 1].commit].passed
                landed += line[:number]
                line = line[number:]
            case Blame(candidate):
                assert candidate == line[0]
                assert verdicts[candidate.commit].passed is False
                return len(landed), candidate.task, len(verdicts)
    return len(landed), None, len(verdicts)


@pytest.mark.parametrize("many", range(1, 20))
def test_what_passes_together_is_verified_once(many):
    assert settled(many, lambda _: True) == (many, None, 1)


@given(st.integers(1, 64).flatmap(lambda many: st.tuples(st.just(many), st.integers(1, many))))
def test_one_that_fails_is_found_by_halving(drawn):
    many, bad = drawn
    landed, blamed, verified = settled(many, lambda number: number < bad)
    assert (landed, blamed) == (bad - 1, f"t{bad - 1}")
    assert verified <= 1 + math.ceil(math.log2(many))


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_however_they_pass_who_is_blamed_fails_on_what_passed(passing):
    landed, blamed, _ = settled(len(passing), lambda number: passing[number - 1])
    if blamed is None:
        assert landed == len(passing)
    else:
        assert blamed == f"t{landed}"
        assert not passing[landed]
        assert landed == 0 or passing[landed - 1]
