"""Footprints in which no two tasks share an item."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints.setting_apart import without_item
from tests.support.workspaces import task, workspace

TAX = "src/billing/tax.py"


@pytest.fixture
def space():
    return workspace(
        task("a", f"Fix the rounding in {TAX} and README.md"),
        task("b", f"Add a rate to {TAX}"),
        task("c", "Answer `GET /orders` faster"),
    )


def set_apart(space, surface, item):
    return without_item(space.context.footprints, space.memory, surface=surface, item=item)


def test_nobody_touches_the_file_any_more_and_all_else_stays(space):
    before, after = space.context.footprints, set_apart(space, Surface.FILE, TAX)
    files, left = before.surfaces[Surface.FILE], after.surfaces[Surface.FILE]
    column = files.items.index(TAX)
    others = [place for place in range(len(files.items)) if place != column]
    for name in ("touch", "write", "reach"):
        was, now = getattr(files, name).toarray(), getattr(left, name).toarray()
        assert not now[:, column].any()
        assert np.array_equal(was[:, others], now[:, others])
    assert files.touch.toarray()[:, column].any()
    path = space.snapshot.paths.paths.index(TAX)
    assert before.places.files.toarray()[:, path].any()
    assert not after.places.files.toarray()[:, path].any()
    assert after.places.regions.sum() < before.places.regions.sum()
    assert all(row.item != TAX for row in after.evidence)
    assert [row for row in before.evidence if row.item != TAX] == list(after.evidence)


def test_what_was_known_of_a_task_is_known_still(space):
    before, after = space.context.footprints, set_apart(space, Surface.FILE, TAX)
    files, left = before.surfaces[Surface.FILE], after.surfaces[Surface.FILE]
    assert np.array_equal(files.known, left.known)
    assert np.array_equal(files.writes_known, left.writes_known)
    assert np.array_equal(before.places.known, after.places.known)


def test_an_endpoint_is_set_apart_and_no_file(space):
    before = space.context.footprints
    (name,) = before.surfaces[Surface.ENDPOINT].items
    after = set_apart(space, Surface.ENDPOINT, name)
    assert not after.surfaces[Surface.ENDPOINT].touch.nnz
    assert after.places is before.places
    assert after.surfaces[Surface.FILE] is before.surfaces[Surface.FILE]


def test_what_nobody_touches_changes_nothing(space):
    before, after = space.context.footprints, set_apart(space, Surface.FILE, "no/such/file.py")
    was, now = before.surfaces[Surface.FILE], after.surfaces[Surface.FILE]
    assert np.array_equal(was.touch.toarray(), now.touch.toarray())
    assert np.array_equal(before.places.regions.toarray(), after.places.regions.toarray())


def test_pairs_that_met_there_alone_risk_less(space):
    pairs = space.pairs()
    (was,) = space.predictor.score(pairs, space.context)
    context = replace(space.context, footprints=set_apart(space, Surface.FILE, TAX))
    (now,) = space.predictor.score(pairs, context)
    assert now.estimates.risk[0] < was.estimates.risk[0]
    assert now.features["file"][0] == 0 < was.features["file"][0]
