"""Who decides a pair when several could."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.domain.plan import Because
from taskpar_ml.planner.decisions import PairGrounds
from taskpar_ml.policy.rules import RuleVerdict
from tests.support.strategies import LAW

PAIRS = PairTable.of("abcd")
MASKS = arrays(np.bool_, len(PAIRS))
RISKS = arrays(np.float64, len(PAIRS), elements=st.sampled_from([np.nan, 0.0, 0.25, 0.5, 1.2]))


def verdict(name):
    return st.builds(RuleVerdict, st.just(name), st.just(f"meaning of {name}"), MASKS)


GROUNDS = st.builds(
    PairGrounds,
    pairs=st.just(PAIRS),
    ordered=MASKS,
    forbidding=st.tuples(verdict("alone"), verdict("never schema")),
    can_run_with=MASKS,
    conflicts=st.tuples(
        st.tuples(st.just(Because.DECLARED_OVERLAP), verdict("declared paths")),
        st.tuples(st.just(Because.LIKELY_MEETING), verdict("likely meeting")),
    ),
    permitting=st.tuples(verdict("safe tests"), verdict("safe documentation")),
    risk=RISKS,
    threshold=st.sampled_from([0.25, 0.3, 1.0]),
)


def expected(grounds, row):
    """Return who decides a pair, by the table of the documentation read from top to bottom."""
    if grounds.ordered[row]:
        return Because.ORDER, "order"
    for rule in grounds.forbidding:
        if rule.pairs[row]:
            return Because.RULE, rule.name
    if grounds.can_run_with[row]:
        return Because.CAN_RUN_WITH, "can_run_with"
    for because, rule in grounds.conflicts:
        if rule.pairs[row]:
            return because, rule.name
    if np.isnan(grounds.risk[row]):
        for rule in grounds.permitting:
            if rule.pairs[row]:
                return Because.SAFE_RULE, rule.name
        return Because.UNSCORED, "unscored"
    if grounds.risk[row] >= grounds.threshold:
        return Because.RISK, "risk"
    return Because.LOW_RISK, "low risk"


@LAW
@given(GROUNDS)
def test_the_strongest_ground_decides_each_pair(grounds):
    decisions = grounds.decide()
    for row in range(len(PAIRS)):
        decider = decisions.deciders[decisions.decider[row]]
        assert (decider.because, decider.name) == expected(grounds, row)
        assert decisions.together[row] == (
            decider.because in (Because.CAN_RUN_WITH, Because.SAFE_RULE, Because.LOW_RISK)
        )
    assert sum(decisions.counts().values()) == len(PAIRS)


@LAW
@given(GROUNDS)
def test_what_forbids_beats_everything_and_what_permits_beats_no_conflict(grounds):
    together = grounds.decide().together
    forbidden = np.any([grounds.ordered, *(rule.pairs for rule in grounds.forbidding)], axis=0)
    conflict = np.any([rule.pairs for _, rule in grounds.conflicts], axis=0)
    risky = grounds.risk >= grounds.threshold
    assert not together[forbidden].any()
    assert not together[(conflict | risky) & ~grounds.can_run_with].any()
    silent = ~np.any([grounds.can_run_with, *(rule.pairs for rule in grounds.permitting)], axis=0)
    assert not together[np.isnan(grounds.risk) & silent].any()


@LAW
@given(GROUNDS, st.floats(0.01, 2), st.floats(0.01, 2))
def test_a_lower_threshold_lets_no_more_pairs_run_together(grounds, one, other):
    low, high = (
        PairGrounds(**{**vars(grounds), "threshold": threshold}).decide().together
        for threshold in sorted((one, other))
    )
    assert not (low & ~high).any()


@LAW
@given(GROUNDS)
def test_without_a_rule_the_next_ground_decides(grounds):
    for rule in grounds.liftable():
        lifted = grounds.decide(lifted={rule.name})
        assert rule.name not in lifted.counts()
        before = grounds.decide()
        named = np.array([before.deciders[each].name == rule.name for each in before.decider])
        assert (lifted.together == before.together)[~named].all()


@LAW
@given(GROUNDS)
def test_the_matrix_says_the_same_as_the_pairs(grounds):
    decisions = grounds.decide()
    apart = decisions.apart_matrix()
    assert (apart == apart.T).all()
    assert not apart.diagonal().any()
    assert (apart[PAIRS.a, PAIRS.b] == ~decisions.together).all()


def test_a_risk_that_reaches_the_threshold_keeps_apart():
    none = np.zeros(3, dtype=bool)
    risk = np.array([0.29, 0.3, 0.31])
    grounds = PairGrounds(PairTable.of("abc"), none, (), none, (), (), risk, 0.3)
    assert grounds.decide().together.tolist() == [True, False, False]


@pytest.mark.parametrize("ids", ["", "a"])
def test_no_pairs_are_decided_by_nobody(ids):
    pairs = PairTable.of(ids)
    none = np.zeros(0, dtype=bool)
    grounds = PairGrounds(pairs, none, (), none, (), (), np.zeros(0), 0.3)
    assert grounds.decide().counts() == {}
    assert grounds.decide().apart_matrix().shape == (len(ids), len(ids))
