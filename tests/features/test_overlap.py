"""The expected share against a slow and obvious computation, and on examples done by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.footprint import Access, Evidence, EvidenceSource, Surface
from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.overlap import expected_share
from taskpar_ml.footprints.matrices import file_matrix, named_matrix
from taskpar_ml.footprints.pooling import CHANCE
from taskpar_ml.repo.globs import common_path, matches
from taskpar_ml.repo.path_index import PathIndex
from tests.support.strategies import LAW, ZONES
from tests.support.workspaces import SHOP

TASKS = ("a", "b", "c")
READ, WRITE = Access.READ, Access.WRITE
DECLARED, MENTION = EvidenceSource.DECLARED, EvidenceSource.MENTION


def row(task, item, *, access=WRITE, probability=1.0, source=DECLARED):
    return Evidence(task, Surface.FILE, item, access, probability, source)


def share(rows, *, paths=SHOP):
    """Return the share of tasks a and b."""
    matrix = file_matrix(rows, {task: n for n, task in enumerate(TASKS)}, PathIndex(paths))
    return float(expected_share(PairTable.of(TASKS), matrix)[0])


@pytest.mark.parametrize(
    ("of_a", "of_b", "expected"),
    [
        # Certain writes: the Jaccard index of the two sets.
        (["README.md"], ["README.md"], 1),
        (["README.md"], ["docs/api.md"], 0),
        (["docs/*"], ["docs/api.md"], 1 / 2),
        (["src/billing/*"], ["src/*/models.py"], 1 / 4),
        (["src/**"], ["**"], 7 / 13),
        (["README.md", "docs/*"], ["docs/api.md", "frontend/"], 1 / 4),
        # Paths that no file bears yet.
        (["src/new.py"], ["src/new.py"], 1),
        (["src/new.py"], ["src/other.py"], 0),
        (["src/new/*"], ["src/new/a.py"], 1),
        (["src/new"], ["src/new/a.py"], 1),
        (["src/new/"], ["./src/new"], 1),
        (["src/new"], ["src/newer.py"], 0),
        (["src/**"], ["src/new.py"], 1 / 8),
        (["docs/**"], ["src/new.py"], 0),
    ],
)
def test_certain_writes_give_the_jaccard_index(of_a, of_b, expected):
    rows = [row("a", item) for item in of_a] + [row("b", item) for item in of_b]
    assert share(rows) == pytest.approx(expected, abs=0)
    swapped = [row("b", item) for item in of_a] + [row("a", item) for item in of_b]
    assert share(swapped) == share(rows)


@pytest.mark.parametrize(
    ("access_a", "access_b", "expected"),
    [(WRITE, WRITE, 1 / 3), (WRITE, READ, 1 / 3), (READ, READ, 0)],
)
def test_two_reads_do_not_collide(access_a, access_b, expected):
    rows = [row("a", "README.md", access=access_a), row("b", "README.md", access=access_b)]
    rows += [row("a", "src/auth/login.py"), row("b", "src/billing/tax.py")]
    assert share(rows) == expected


def test_tasks_that_are_only_known_to_read_share_nothing_that_is_known():
    assert math.isnan(
        share([row("a", "README.md", access=READ), row("b", "README.md", access=READ)])
    )
    assert math.isnan(share([row("a", "README.md", access=READ), row("b", "docs/guide.md")]))
    assert share([row("a", "README.md", access=READ), row("b", "README.md")]) == 1


@pytest.mark.parametrize(
    ("access_a", "p_a", "access_b", "p_b", "expected"),
    [
        # w_a t_b + t_a w_b - w_a w_b over t_a + t_b - t_a t_b
        (WRITE, 0.5, WRITE, 0.5, 0.25 / 0.75),
        (WRITE, 0.75, WRITE, 0.75, 0.5625 / 0.9375),
        (WRITE, 0.75, READ, 0.5, 0.375 / 0.875),
        (WRITE, 1.0, WRITE, 0.25, 0.25 / 1.0),
    ],
)
def test_uncertain_touches_count_by_their_probability(access_a, p_a, access_b, p_b, expected):
    rows = [
        row("a", "README.md", access=access_a, probability=p_a),
        row("b", "README.md", access=access_b, probability=p_b),
    ]
    assert share(rows) == pytest.approx(expected)


def test_log_odds_of_evidence_for_one_item_add_up():
    twice = [row("a", "README.md", probability=0.1), row("a", "*.md", probability=0.1)]
    # (1/9)**2 / (0.0035 / 0.9965) = 3.515 to 1.
    assert share([*twice, row("b", "README.md")]) == round(3.515 / 4.515 * 256) / 256


def test_reading_and_writing_one_item_counts_once():
    rows = [row("a", "README.md", probability=0.5, access=READ), row("a", "README.md"),
            row("b", "README.md")]  # fmt: skip
    assert share(rows) == 1.0


def test_a_side_of_which_nothing_is_known_is_nan():
    assert math.isnan(share([row("a", "README.md")]))
    assert math.isnan(share([row("c", "README.md")]))


def test_a_named_surface_is_compared_by_name():
    rows = [row("a", "users"), row("a", "orders"), row("b", "users")]
    matrix = named_matrix(rows, {task: n for n, task in enumerate(TASKS)})
    found = expected_share(PairTable.of(TASKS), matrix)
    assert found[0] == 0.5
    assert np.isnan(found[1:]).all()


def exactly(probability):
    """Return a probability in steps of 1/256, never 0 unless it is 0."""
    steps = round(float(probability) * 256)
    return Fraction(max(steps, 1 if probability > 0 else 0), 256)


def pooled(probabilities):
    """Return what pieces of evidence say together: their odds against the chance multiply."""
    if 1.0 in probabilities:
        return Fraction(1)
    chance = CHANCE / (1 - CHANCE)
    odds = math.prod(max(p / (1 - p) / chance, 1.0) for p in probabilities) * chance
    return exactly(odds / (1 + odds))


def slow_share(rows, first, second, paths):
    """Compute the share of two tasks file by file, in exact arithmetic."""
    absent = {each.item for each in rows if not any(matches(each.item, path) for path in paths)}
    chances = {}
    for each in rows:
        touched = (
            [each.item] if each.item in absent else [p for p in paths if matches(each.item, p)]
        )
        for item in touched:
            for access in {READ, each.access}:  # a write is a touch as well
                key = each.task, item, access
                chances.setdefault(key, []).append(each.probability)
    touch = {(t, i): pooled(p) for (t, i, access), p in chances.items() if access == READ}
    write = {(t, i): pooled(p) for (t, i, access), p in chances.items() if access == WRITE}

    def reaches(task, item):
        return (task, item) not in touch and any(
            each.task == task and each.source == DECLARED and each.access == WRITE
            and each.item != item
            and common_path(each.item, item)
            for each in rows
        )  # fmt: skip

    if not {first, second} <= {each.task for each in rows}:
        return math.nan
    colliding = either = Fraction(0)
    for item in {item for _, item in touch}:
        t_a, t_b = touch.get((first, item), 0), touch.get((second, item), 0)
        w_a, w_b = write.get((first, item), 0), write.get((second, item), 0)
        colliding += w_a * t_b + t_a * w_b - w_a * w_b
        if item in absent:
            colliding += t_a * reaches(second, item) + t_b * reaches(first, item)
        either += t_a + t_b - t_a * t_b
    writers = {task for task, _ in write}
    if not colliding and not {first, second} <= writers:
        return math.nan  # one of them is only known to read: nothing is known of what it writes
    return float(min(colliding / either, 1))


EVIDENCE = st.lists(
    st.builds(
        row,
        st.sampled_from(TASKS),
        st.sampled_from(ZONES),
        access=st.sampled_from(list(Access)),
        probability=st.sampled_from([1.0, 0.75, 0.375, 0.5, 0.01, 0.001]),
        source=st.sampled_from([DECLARED, MENTION]),
    ),
    min_size=1,
    max_size=8,
)


@LAW
@given(EVIDENCE)
def test_grouped_columns_give_what_every_file_by_itself_gives(rows):
    matrix = file_matrix(rows, {task: n for n, task in enumerate(TASKS)}, PathIndex(SHOP))
    pairs = PairTable.of(TASKS)
    found = expected_share(pairs, matrix)
    for value, first, second in zip(found, pairs.task_a, pairs.task_b, strict=True):
        assert value == pytest.approx(slow_share(rows, first, second, SHOP), nan_ok=True)


@LAW
@given(EVIDENCE)
def test_a_share_is_a_share(rows):
    found = expected_share(
        PairTable.of(TASKS),
        file_matrix(rows, {task: n for n, task in enumerate(TASKS)}, PathIndex(SHOP)),
    )
    assert np.all(np.isnan(found) | ((found >= 0) & (found <= 1)))
