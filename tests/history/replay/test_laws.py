"""Laws of replay, on random histories."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tests.support.clashes import FILE, Held
from tests.support.listing import state
from tests.support.random_lines import grow, grow_with_branches, random_states
from tests.support.replays import mined_tasks, pairs_of

SEEDS = range(12)
LANDINGS = 14


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_that_lands_later_matters(tmp_path: Path, seed: int) -> None:
    grow_with_branches(tmp_path, seed, landings=LANDINGS)
    whole = mined_tasks(tmp_path)
    for back in (1, 4, 9):
        part = mined_tasks(tmp_path, revision=f"HEAD~{back}")
        assert part == whole[: len(part)]
        assert len(part) >= len(whole) - back


@pytest.mark.parametrize("seed", SEEDS)
def test_where_stretches_are_cut_does_not_matter(tmp_path: Path, seed: int) -> None:
    grow_with_branches(tmp_path, seed, landings=LANDINGS)
    before = state(tmp_path)
    whole = mined_tasks(tmp_path)
    for cut_every in (1, 2, 5):
        assert mined_tasks(tmp_path, cut_every=cut_every) == whole
    assert state(tmp_path) == before


@pytest.mark.parametrize("seed", SEEDS)
def test_a_smaller_window_only_leaves_pairs_out(tmp_path: Path, seed: int) -> None:
    grow_with_branches(tmp_path, seed, landings=LANDINGS)
    for wide, small in zip(mined_tasks(tmp_path), mined_tasks(tmp_path, window=3), strict=True):
        assert small.pairs == wide.pairs[:3]


def test_the_number_of_workers_does_not_matter(tmp_path: Path) -> None:
    grow_with_branches(tmp_path, 0, landings=30)
    assert mined_tasks(tmp_path, workers=2, cut_every=10) == mined_tasks(tmp_path, cut_every=10)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_landed_before_both_matters_only_by_its_content(tmp_path: Path, seed: int) -> None:
    states = random_states(seed, landings=LANDINGS)
    _, long = grow(tmp_path / "long", states)
    _, short = grow(tmp_path / "short", states[6:])
    whole, late = pairs_of(tmp_path / "long"), pairs_of(tmp_path / "short")
    assert late
    for (a, b), pair in late.items():
        same = whole[long[6 + short.index(a)], long[6 + short.index(b)]]
        assert same.files == pair.files


@pytest.mark.parametrize("seed", SEEDS)
def test_landings_in_between_that_touch_other_files_do_not_matter(
    tmp_path: Path, seed: int
) -> None:
    """With one between every two, and with their order turned around."""
    apart = [
        {**files, "zz/apart": Held(FILE, ("apart", "from", "all", "0"))}
        for files in random_states(seed, landings=LANDINGS)
    ]
    mixed = []
    for number, files in enumerate(apart):
        mixed += [
            {**files, "zz/apart": Held(FILE, ("apart", "from", "all", f"{number}"))},
            {**files, "zz/apart": Held(FILE, ("apart", "from", "all", f"{number + 1}"))},
        ]
    _, plain = grow(tmp_path / "plain", apart)
    _, with_others = grow(tmp_path / "mixed", mixed)
    expected = pairs_of(tmp_path / "plain")
    found = pairs_of(tmp_path / "mixed", window=2 * LANDINGS)
    compared = 0
    for a, b in combinations(range(1, len(plain)), 2):
        if (plain[a], plain[b]) in expected:
            same = found[with_others[2 * a], with_others[2 * b]]
            assert same.files == expected[plain[a], plain[b]].files
            compared += 1
    assert compared > LANDINGS
