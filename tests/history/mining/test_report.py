"""A mined history in numbers, counted again by hand."""

from __future__ import annotations

from collections import Counter

import pytest

from taskpar_ml.domain.mined import DecidedBy, FileFinding, FileVerdict, PairFinding
from taskpar_ml.domain.position import PlacedLanding
from taskpar_ml.errors import SettingsError
from taskpar_ml.history.conflict_rates import ConflictRates, NewestNames
from taskpar_ml.history.labels import replay_labels
from taskpar_ml.history.replay.recipe import MiningRecipe
from taskpar_ml.history.report import report_of
from taskpar_ml.policy.label_settings import LabelSettings
from taskpar_ml.policy.labels import LabelPolicy
from tests.support.landings import landing
from tests.support.mined import grow_crowded

POLICY = LabelPolicy()


def test_every_number_is_that_of_the_pairs(whole):
    report = report_of(whole, POLICY)
    pairs = list(whole.pairs())
    author = {each.landing.id: each.landing.author for each in whole.landings()}
    positive = [pair for pair in pairs if POLICY.is_positive(POLICY.kinds(pair))]
    same = [pair for pair in pairs if author[pair.earlier] == author[pair.later]]
    assert report.all_pairs.pairs == len(pairs)
    assert report.all_pairs.positive == len(positive) > 0
    assert report.all_pairs.rate == pytest.approx(len(positive) / len(pairs))
    assert report.sharing.pairs == sum(1 for pair in pairs if pair.files)
    assert report.same_author.pairs == len(same)
    assert report.different_authors.pairs == len(pairs) - len(same)
    assert report.same_author.positive + report.different_authors.positive == len(positive)
    assert report.by_hunks.pairs == sum(
        any(each.decided_by == DecidedBy.HUNKS for each in pair.files) for pair in pairs
    )
    assert sum(period.pairs.pairs for period in report.growth) == len(pairs)
    assert sum(period.tasks for period in report.growth) == report.mined == len(whole.mined())


def test_hot_spots_are_counted_over_pairs_that_share_the_file(whole):
    together: Counter[str] = Counter()
    conflicts: Counter[str] = Counter()
    for pair in whole.pairs():
        for each in pair.files:
            together[each.path] += 1
            conflicts[each.path] += each.verdict == FileVerdict.CONFLICT
    spots = report_of(whole, POLICY, most=3).hot_spots
    assert len(spots) == 3
    overall = conflicts.total() / together.total()
    for spot in spots:
        assert (spot.together, spot.conflicts) == (together[spot.path], conflicts[spot.path])
        smoothed = (conflicts[spot.path] + 5 * overall) / (together[spot.path] + 5)
        assert spot.rate == pytest.approx(smoothed)
    assert spots[0].conflicts == max(conflicts.values())


def test_the_worst_pairs_conflict_in_the_most_files(whole):
    worst = report_of(whole, POLICY, most=4).worst
    counts = [len(pair.files) for pair in worst]
    every = sorted(
        (
            sum(each.verdict == FileVerdict.CONFLICT for each in pair.files)
            for pair in whole.pairs()
        ),
        reverse=True,
    )
    assert counts == every[:4]
    titles = {each.landing.id: each.landing.title for each in whole.landings()}
    assert all(pair.later_title == titles[pair.later] for pair in worst)


def test_nothing_may_be_asked_for(whole):
    report = report_of(whole, POLICY, most=0)
    assert (report.hot_spots, report.worst) == ((), ())
    assert report.all_pairs == report_of(whole, POLICY).all_pairs


def test_only_what_was_known_before_counts(whole):
    placed = list(whole.landings())
    middle = whole.position_of(placed[80].landing.id)
    report = report_of(whole, POLICY, before=middle)
    known = {each.landing.id for each in placed if each.number < middle.number}
    assert report.landings == len(known)
    assert report.all_pairs.pairs == sum(pair.later in known for pair in whole.pairs())


def test_clocks_of_commits_may_say_anything(tmp_path, mined):
    shop = grow_crowded(tmp_path / "shop.git", landings=12)
    for number, clock in enumerate((2**40, -(2**40), 0)):
        shop.commit(f"Late {number}", {"src/f0.py": f"{number}\n"}, at=clock)
    history = mined(shop.place, recipe=MiningRecipe(memory_only=5))
    years = {each.year for each in report_of(history, POLICY).growth}
    assert 9999 in years
    assert max(label.known_at for label in replay_labels(history, POLICY)).year == 9999


def test_a_policy_that_counts_nothing_finds_no_conflict(whole):
    report = report_of(whole, LabelPolicy(LabelSettings(counted=())))
    assert report.all_pairs.positive == 0
    assert report.kinds == report_of(whole, POLICY).kinds


def test_trivial_files_make_no_conflict_that_counts():
    conflict = FileVerdict.CONFLICT
    pair = PairFinding("a", "b", (FileFinding("CHANGELOG.md", conflict),))
    assert POLICY.kinds(pair) == {"trivial"}
    assert POLICY.is_positive(POLICY.kinds(pair)) is False
    strict = LabelPolicy(LabelSettings(trivial={"changelogs": False}))
    assert strict.kinds(pair) == {"textual"}
    own = LabelPolicy(LabelSettings(trivial_paths=["src/**"]))
    both = PairFinding("a", "b", (FileFinding("src/a.py", conflict), FileFinding("b", conflict)))
    assert own.kinds(both) == {"trivial", "textual"}


@pytest.mark.parametrize(
    ("files", "kinds", "positive"),
    [
        ([FileFinding("a", FileVerdict.CLEAN)], set(), False),
        ([FileFinding("a", FileVerdict.UNKNOWN)], {"unknown"}, None),
        (
            [FileFinding("a", FileVerdict.UNKNOWN), FileFinding("b", FileVerdict.CONFLICT)],
            {"textual"},
            True,
        ),
        ([FileFinding("go.sum", FileVerdict.UNKNOWN)], set(), False),
        ([FileFinding("go.mod", FileVerdict.CONFLICT)], {"textual"}, True),
        (
            [FileFinding("a", FileVerdict.CONFLICT, created=True)],
            {"textual", "dependency"},
            True,
        ),
        ([FileFinding("a", FileVerdict.CLEAN, created=True)], {"dependency"}, False),
        ([FileFinding("CHANGES.md", FileVerdict.CLEAN, created=True)], set(), False),
    ],
)
def test_findings_are_judged(files, kinds, positive):
    found = POLICY.kinds(PairFinding("a", "b", tuple(files)))
    assert found == kinds
    assert POLICY.is_positive(found) is positive


def test_files_are_counted_under_their_newest_names():
    placed = [
        PlacedLanding(1, landing("one", number=1)),
        PlacedLanding(2, landing("move", renamed=[("a", "b")], number=2)),
        PlacedLanding(3, landing("again", renamed=[("b", "c")], number=3)),
        PlacedLanding(4, landing("new a", renamed=[("x", "a")], number=4)),
    ]
    names = NewestNames(placed)
    assert [names.of("a", number) for number in (1, 2, 3, 4, 5)] == ["c", "c", "a", "a", "a"]
    assert names.of("b", 3) == "c"
    assert names.of("x", 4) == "a"
    assert names.of("y", 1) == "y"


def test_names_that_go_in_circles_end():
    placed = [
        PlacedLanding(number, landing("swap", renamed=[pair], number=number))
        for number, pair in enumerate([("a", "b"), ("b", "a"), ("a", "b")], start=1)
    ]
    assert NewestNames(placed).of("a", 1) == "b"


def test_a_prior_of_nothing_is_refused():
    with pytest.raises(SettingsError, match=r"prior: must be above 0\. Got 0"):
        ConflictRates(prior=0)
