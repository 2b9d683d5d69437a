"""Files that texts are about, from all evidence together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.neighbours import NEIGHBOUR_GAIN
from taskpar_ml.footprints.pooling import probability_of
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.footprints.relevance import GAIN
from taskpar_ml.footprints.retrieval import retrieve
from tests.support.landings import landing
from tests.support.strategies import LAW, task_lists
from tests.support.workspaces import SHOP, snapshot_of, task

FILES = {path: f"about {path.rpartition('/')[2].partition('.')[0]}" for path in SHOP} | {
    "CHANGES.md": "tax tax tax",
    "src/billing/tax.py": "def round_tax(): tax",
}
PAST = [
    landing("Round the taxes", "src/billing/tax.py", "src/billing/invoice.py", "CHANGES.md"),
    landing("Show taxes on the invoice", "src/billing/invoice.py", "src/billing/tax.py"),
    landing("Log in with a token", "src/auth/login.py", "tests/test_login.py"),
]
MEMORY = RepoMemory(snapshot_of(FILES), given=PAST)
EVERYTHING = (*GAIN, *NEIGHBOUR_GAIN)


def found(*tasks, **options):
    """Return the files of each task, likeliest first, with the gains of each evidence."""
    touches = retrieve(tasks, MEMORY, **options)
    paths = MEMORY.snapshot.paths.paths
    rows = [[] for _ in tasks]
    for row, file, gains in zip(touches.task, touches.file, touches.gains, strict=True):
        rows[row].append((paths[file], dict(zip(touches.sources, gains.tolist(), strict=True))))
    return rows


def test_all_evidence_for_a_file_adds_up():
    ((best, gains), *others) = found(task("a", "Taxes are rounded wrong by round_tax"))[0]
    assert best == "src/billing/tax.py"
    assert all(gains[name] > 0 for name in GAIN)
    assert dict(others)["src/billing/invoice.py"]["co-change"] > 0
    worth = MEMORY.experience
    assert 0 < worth < 0.2
    assert gains["similar tasks"] == pytest.approx(GAIN["similar tasks"] * worth, abs=1e-6)
    assert gains["path"] == pytest.approx(GAIN["path"] * (1.7 - 0.7 * worth), abs=1e-6)


def test_changelogs_are_left_out():
    assert "CHANGES.md" not in dict(found(task("a", "Taxes in the changes"))[0])


@pytest.mark.parametrize("name", EVERYTHING)
def test_each_evidence_can_be_left_out(name):
    told = found(task("a", "Fix the login and the taxes"), without=[name])[0]
    assert told
    assert all(name not in gains for _, gains in told)


def test_without_any_evidence_nothing_is_found():
    assert found(task("a", "Fix the taxes"), without=EVERYTHING) == [[]]


@pytest.mark.parametrize("text", ["Do it", "…", "Zzyzx qux"])
def test_words_that_the_repository_has_never_seen_find_nothing(text):
    assert found(task("a", text)) == [[]]


def test_quotes_say_why_for_each_evidence():
    touches = retrieve([task("a", "Round the taxes")], MEMORY, quoted=True)
    assert len(touches.quotes) == len(touches.task) > 0
    for quotes, gains in zip(touches.quotes, touches.gains, strict=True):
        assert [bool(quote) for quote in quotes] == (gains > 0).tolist()
    assert touches.quotes[0][touches.sources.index("similar tasks")] == (
        "similar task: Round the taxes"
    )


@LAW
@given(tasks=task_lists(at_least=1))
def test_a_task_is_predicted_by_itself_alone(tasks):
    among = retrieve(tasks, MEMORY)
    for row, each in enumerate(tasks):
        alone = retrieve([each], MEMORY)
        mine = among.task == row
        assert np.array_equal(among.file[mine], alone.file)
        assert np.array_equal(among.gains[mine], alone.gains)


def test_blocks_of_tasks_change_nothing(monkeypatch):
    tasks = [task(f"t{n}", title) for n, title in enumerate(["tax", "login", "it", "orders api"])]
    whole = found(*tasks)
    monkeypatch.setattr("taskpar_ml.footprints.retrieval._CELLS_AT_ONCE", 2 * len(FILES))
    assert found(*tasks) == whole
    monkeypatch.setattr("taskpar_ml.footprints.retrieval._CELLS_AT_ONCE", 1)
    assert found(*tasks) == whole


def test_an_empty_repository_has_no_files_to_find():
    memory = RepoMemory(snapshot_of([]))
    assert len(retrieve([task("a", "tax")], memory).task) == 0
    assert len(retrieve([], MEMORY).task) == 0


def test_the_likeliest_files_come_first_and_no_more_than_fifty():
    many = {f"src/tax_{number}.py": "tax" for number in range(80)}
    memory = RepoMemory(snapshot_of(many))
    touches = retrieve([task("a", "tax")], memory)
    probability = probability_of(touches.gains.sum(axis=1))
    assert len(probability) == 50
    assert np.all(np.diff(probability) <= 0)


def test_the_shorter_the_past_the_more_is_told_by_the_files_themselves():
    long = RepoMemory(MEMORY.snapshot, given=PAST * 700)
    assert long.experience == 1.0
    assert RepoMemory(MEMORY.snapshot, given=()).experience == 0.0
    asked = [task("a", "Round the taxes")]
    by_length = [
        retrieve(asked, memory).gains.max(axis=0)
        for memory in (RepoMemory(MEMORY.snapshot, given=()), MEMORY, long)
    ]
    sources = retrieve(asked, MEMORY).sources
    path = [gains[sources.index("path")] for gains in by_length]
    similar = [gains[sources.index("similar tasks")] for gains in by_length]
    assert path[0] > path[1] > path[2] > 0
    assert 0 == similar[0] < similar[1] < similar[2]


def test_a_repository_without_a_past_says_so_and_still_knows_a_task_by_its_contents():
    fresh = RepoMemory(MEMORY.snapshot, given=())
    assert "0 earlier tasks are known" in str(fresh.lacks[0])
    footprints = FootprintPredictor().predict([task("a", "Round the tax")], fresh)
    assert len(footprints.retrieved.task) > 0
    assert RepoMemory(MEMORY.snapshot, given=PAST * 7).lacks == ()


def test_a_text_of_which_every_file_has_a_word_says_little_of_any():
    few = RepoMemory(snapshot_of({"a.py": "tax", **{f"f{n}.py": "x y" for n in range(60)}}))
    many = RepoMemory(snapshot_of({f"f{n}.py": "tax" for n in range(60)}))
    asked = [task("a", "tax")]
    content = retrieve(asked, few).sources.index("content")
    assert retrieve(asked, many).gains[:, content].max() == pytest.approx(
        retrieve(asked, few).gains[:, content].max() - np.log(6), abs=1e-5
    )
