"""What is said of a pair is a matter of its two tasks and the repository, of nothing else."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml import predictor
from taskpar_ml.domain.pairs import PairTable
from tests.support.landings import landing
from tests.support.strategies import IDS, LAW, task_lists, tasks
from tests.support.workspaces import workspace

PAST = [
    landing("Round the taxes", "src/billing/tax.py", "src/billing/invoice.py"),
    landing("Answer orders with the total", "src/orders/api.py", "src/billing/tax.py"),
]
RULES_THAT_LOOK_AT_PAIRS_ALONE = {"rules": {"suggested": False}}
"""A third task may make a suggested order ambiguous; everything else must not notice it."""


def said_of_pairs(*chosen):
    """Return features and estimates of every pair, as bytes: NaN equals NaN, -0.0 is not 0.0."""
    found = {}
    for block in workspace(*chosen, retrieval=True, past=PAST).score():
        columns = (block.features.values, block.estimates.p_conflict[:, None])
        columns += (block.estimates.score[:, None], block.estimates.kind[:, None])
        rows = np.concatenate(columns, axis=1)
        keys = zip(block.pairs.task_a, block.pairs.task_b, strict=True)
        found |= {key: row.tobytes() for key, row in zip(keys, rows, strict=True)}
    return found


def decisions(*chosen):
    """Return for every pair whether it may run together and who says so."""
    asked = workspace(*chosen, settings=RULES_THAT_LOOK_AT_PAIRS_ALONE, retrieval=True, past=PAST)
    open_ids = sorted(each.id for each in asked.task_set.work)
    return {
        (first, second): (decision.together, decision.rule)
        for first, second in combinations(open_ids, 2)
        for decision in [asked.explain(first, second).decision]
    }


@LAW
@given(task_lists(at_least=2), st.randoms())
def test_the_order_of_the_file_changes_no_pair(chosen, chance):
    shuffled = list(chosen)
    chance.shuffle(shuffled)
    assert said_of_pairs(*chosen) == said_of_pairs(*shuffled)


@LAW
@given(task_lists(at_least=2), st.data())
def test_one_more_task_changes_no_other_pair(chosen, data):
    used = {each.id for each in chosen}
    name = data.draw(st.sampled_from([each for each in IDS if each not in used]))
    extra = data.draw(tasks(name, earlier=tuple(used)))
    before = said_of_pairs(*chosen)
    after = said_of_pairs(*chosen, extra)
    assert {key: after[key] for key in before} == before


@LAW
@given(task_lists(at_least=2, at_most=5), st.data())
def test_one_more_task_changes_no_other_decision(chosen, data):
    used = {each.id for each in chosen}
    name = data.draw(st.sampled_from([each for each in IDS if each not in used]))
    extra = data.draw(tasks(name))
    before = decisions(*chosen)
    after = decisions(*chosen, extra)
    assert {key: after[key] for key in before} == before


def test_many_neighbours_in_a_broad_zone_do_not_hide_a_meeting():
    files = [f"src/f{number}.py" for number in range(100)]
    zone = {"id": "zone", "modifies": ["src/**"]}
    last = {"id": "last", "description": "Fix src/f99.py."}
    others = [{"id": f"n{n}", "description": f"Fix src/f{n}.py."} for n in range(80)]
    alone = workspace(zone, last, files=files).explain("zone", "last")
    crowded = workspace(zone, last, *others, files=files).explain("zone", "last")
    assert alone.decision == crowded.decision
    assert alone.decision.rule == "likely meeting"


@LAW
@given(task_lists(at_least=2), st.integers(1, 12))
def test_the_size_of_blocks_changes_nothing(chosen, rows):
    whole = said_of_pairs(*chosen)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(predictor, "PAIRS_AT_ONCE", rows)
        assert said_of_pairs(*chosen) == whole


@LAW
@given(task_lists(at_least=3), st.data())
def test_a_chosen_pair_is_scored_as_among_all(chosen, data):
    asked = workspace(*chosen, retrieval=True, past=PAST)
    ids = list(asked.context.footprints.tasks)
    if len(ids) < 2:
        return
    first, second = data.draw(st.permutations(ids))[:2]
    (one,) = asked.score([(first, second)])
    whole = said_of_pairs(*chosen)[min(first, second), max(first, second)]
    kind = float(one.estimates.kind[0])
    values = [*one.features.values[0], one.estimates.p_conflict[0], one.estimates.score[0], kind]
    assert np.array(values).tobytes() == whole


@LAW
@given(st.lists(st.text(min_size=1, max_size=3), unique=True, max_size=9), st.integers(1, 20))
def test_keys_are_in_code_point_order_and_blocks_cover_each_pair_once(ids, rows):
    table = PairTable.of(ids)
    keys = list(zip(table.task_a, table.task_b, strict=True))
    assert keys == list(combinations(sorted(ids), 2))
    blocks = [list(zip(part.a, part.b, strict=True)) for part in table.blocks(rows)]
    assert [key for block in blocks for key in block] == list(zip(table.a, table.b, strict=True))
    firsts = [{a for a, _ in block} for block in blocks]
    assert all(not one & other for one, other in combinations(firsts, 2))


def test_a_law_would_notice_a_difference():
    one, other = {"id": "1", "modifies": ["src/**"]}, {"id": "2", "modifies": ["README.md"]}
    moved = {"id": "2", "modifies": ["src/auth/login.py"]}
    assert said_of_pairs(one, other) != said_of_pairs(one, moved)
