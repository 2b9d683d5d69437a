"""How precedents of two tasks got along."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse

from taskpar_ml.domain.pairs import PairTable
from taskpar_ml.features.past_pairs import PastPairs
from taskpar_ml.features.texts import text_vectors
from taskpar_ml.footprints import precedents
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.precedents import CLOSE, Precedents
from taskpar_ml.history.conflict_rates import ConflictRates
from taskpar_ml.history.replayed_pairs import ReplayedPairs
from tests.support.landings import landing
from tests.support.workspaces import snapshot_of, task

SPREAD = [f"lib/part{number}.py" for number in range(6)]
PAST = [
    *(landing("Sort the imports", path, number=n) for n, path in enumerate(SPREAD, start=1)),
    *(landing("Update the news", "README.md", number=n) for n in range(10, 16)),
    *(landing("Note the release", "CHANGELOG.md", number=n) for n in range(20, 26)),
]
PATHS = [*SPREAD, "README.md", "CHANGELOG.md"]
NEWS = [each.id for each in PAST if each.title == "Update the news"]


def made(votes, files=None, conflicts=None, compared=None, usual=np.nan):
    def matrix(rows):
        return None if rows is None else sparse.csr_array(np.array(rows, dtype=float))

    shares = votes if files is None else files
    return Precedents(matrix(votes), matrix(shares), matrix(conflicts), matrix(compared), usual)


def values(known, close=None):
    context = SimpleNamespace(
        precedents=known,
        close_precedents=close or known,
        texts=sparse.csr_array(np.ones((2, 1))),
    )
    found = PastPairs().extract(PairTable.of(["a", "b"]), context)[0]
    return dict(zip((column.name for column in PastPairs.columns), found, strict=True))


def test_what_precedents_of_either_share_is_averaged_without_those_of_both():
    # The first two precedents changed one file, the third another; both tasks resemble the second.
    votes = [[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]]
    files = [[1.5, 0.0], [0.5, 1.0]]
    found = values(made(votes, files))
    alike = 1.5 * 0.5 - 0.5 * 0.5
    weight = 1.5 * 1.5 - 0.5 * 0.5
    assert found["past_share"] == pytest.approx((alike + 0.1 * 0.02) / (weight + 0.1))
    assert np.isnan([found["past_clash"], found["past_clash_close"]]).all()


def test_conflicts_count_among_precedents_that_were_compared():
    votes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.5]]
    close = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    conflicts, compared = [[0, 1, 0], [1, 0, 0]], [[0, 1, 1], [1, 0, 0]]
    found = values(
        made(votes, conflicts=conflicts, compared=compared, usual=0.1),
        made(close, conflicts=conflicts, compared=compared, usual=0.1),
    )
    assert found["past_clash"] == pytest.approx((1 + 0.03) / (1.5 + 0.3))
    assert found["past_clash_close"] == pytest.approx((1 + 0.03) / (1 + 0.3))


def test_without_precedents_all_is_as_usual():
    found = values(made([[0.0], [0.0]], conflicts=[[0], [0]], compared=[[0], [0]], usual=0.3))
    assert found["past_share"] == pytest.approx(0.02)
    assert found["past_clash"] == pytest.approx(0.3)


def memory(replayed=None):
    rates = ConflictRates(Counter({"README.md": 9}), Counter(), replayed=replayed)
    return RepoMemory(snapshot_of(PATHS), given=PAST, rates=rates)


def replayed(*conflicts):
    pairs = ReplayedPairs.counted(PAST, (), mined=[each.id for each in PAST])
    place = {task: number for number, task in enumerate(pairs.tasks)}
    found = tuple((place[first], place[second]) for first, second in conflicts)
    return ReplayedPairs(pairs.tasks, pairs.replayed, found)


def features(known, *titles, order=None):
    tasks = [task(f"t{number}", title) for number, title in enumerate(titles)]
    context = SimpleNamespace(
        precedents=Precedents.of(tasks, known),
        close_precedents=Precedents.of(tasks, known, power=CLOSE),
        texts=text_vectors(tasks, known),
    )
    pairs = PairTable.of([each.id for each in tasks])
    found = PastPairs().extract(pairs, context)
    return {
        (titles[a], titles[b]): dict(
            zip((column.name for column in PastPairs.columns), row, strict=True)
        )
        for a, b, row in zip(pairs.a, pairs.b, found, strict=True)
    }


def test_a_series_that_spreads_is_told_from_a_spot_where_tasks_meet():
    clashes = [(NEWS[n], NEWS[n + 1]) for n in range(len(NEWS) - 1)]
    series = "Sort the imports again"
    spot = "Update the news once more"
    found = features(memory(replayed(*clashes)), series, f"{series}, please", spot, f"{spot}!")
    spread, meet = found[series, f"{series}, please"], found[spot, f"{spot}!"]
    assert spread["past_share"] < 0.05 < 0.8 < meet["past_share"]
    assert spread["past_clash"] < 0.02 < 0.25 < meet["past_clash"]
    mixed = found[series, spot]
    assert mixed["past_share"] < 0.05


def test_changelogs_are_no_precedent():
    found = features(memory(), "Note the release", "Note the other release")
    (row,) = found.values()
    assert row["past_share"] == pytest.approx(0.02)


def test_a_past_without_conflicts_or_replay_says_nothing_of_them():
    for known in (memory(), memory(replayed())):
        (row,) = features(known, "Update the news", "Sort the imports").values()
        assert np.isnan([row["past_clash"], row["past_clash_close"]]).all()
        assert not np.isnan(row["past_share"])


def test_a_pair_depends_on_its_two_tasks_whichever_comes_first():
    known = memory(replayed((NEWS[0], NEWS[1]), (NEWS[2], NEWS[5])))
    first, second, third = "Update the news of imports", "Sort news, update imports", "the release"
    alone = features(known, first, second)[first, second]
    assert alone == features(known, second, first)[second, first]
    assert alone == features(known, third, first, second)[first, second]


def test_a_text_without_words_has_no_precedents():
    for titles in (("the", "Update the news"), ("Update the news", "of"), ("the", "of")):
        (row,) = features(memory(replayed((NEWS[0], NEWS[1]))), *titles).values()
        assert np.isnan(list(row.values())).all()


def test_tasks_that_are_asked_about_in_turn_have_the_same_precedents(monkeypatch):
    tasks = [task(f"t{n}", title) for n, title in enumerate(("Update news", "the", "Sort imports"))]
    together = Precedents.of(tasks, memory())
    monkeypatch.setattr(precedents, "_TASKS_AT_ONCE", 1)
    apart = Precedents.of(tasks, memory())
    assert np.array_equal(apart.votes.toarray(), together.votes.toarray())
    assert np.array_equal(apart.files.toarray(), together.files.toarray())
    assert Precedents.of([], memory()).votes.shape == (0, len(PAST))


def test_close_precedents_are_those_that_resemble_the_task_most():
    asked = [task("t", "Update the news about imports")]
    known = memory()
    usual, close = (Precedents.of(asked, known, power=power) for power in (1, CLOSE))
    assert close.votes.toarray() == pytest.approx(usual.votes.toarray() ** CLOSE, abs=2e-3)
    assert 0 < close.votes.sum() < usual.votes.sum()


def test_who_changed_many_files_is_one_precedent_for_all_of_them():
    past = [landing("Move everything", *SPREAD[:4], number=1)]
    known = RepoMemory(snapshot_of(PATHS), given=past)
    found = Precedents.of([task("t", "Move everything")], known)
    assert found.files.data == pytest.approx([found.votes.sum() / 2] * 4, abs=1e-3)
