"""What the work of a task consisted of."""

from __future__ import annotations

import pygit2
import pytest

from taskpar_ml.errors import UnknownRevisionError
from taskpar_ml.evaluation.own_work import OwnCommit, own_works
from taskpar_ml.history.landings import landings_until
from taskpar_ml.history.view import HistoryView
from tests.support.histories import ADA, BOB, HOUR, History


@pytest.fixture
def history(tmp_path) -> History:
    return History(tmp_path / "history.git")


def works_of(history: History):
    """Return the landings of a history and their work, in their order."""
    landings = landings_until(history.place).landings
    found = own_works(HistoryView.at(history.place, "HEAD"), landings)
    assert list(found) == [each.id for each in landings]
    return landings, list(found.values())


def messages(work) -> set[str]:
    return {commit.message.strip() for commit in work.commits}


def test_a_merge_brings_its_own_commits_and_a_squash_is_one(history):
    history.commit("Start (#1)", {"a.py": "1\n"})
    tip = history.branch(("One", {"b.py": "1\n"}), ("Two", {"b.py": "1\n2\n"}), author=BOB)
    written = history.clock
    history.commit("Other (#2)", {"a.py": "2\n"})
    history.merge("Merge pull request #3 from bob/b\n\nAdd b", tip, author=ADA)
    _, works = works_of(history)
    assert [messages(work) for work in works] == [{"Start (#1)"}, {"Other (#2)"}, {"One", "Two"}]
    assert [work.lines for work in works] == [(1, 0), (1, 1), (2, 0)]
    assert {commit.author for commit in works[2].commits} == {"bob@example.org"}
    assert max(commit.written_at for commit in works[2].commits) == written


def test_merges_within_a_branch_are_no_work(history):
    history.commit("Start (#1)", {"a.py": "1\n"})
    tip = history.branch(("Work", {"b.py": "1\n"}))
    history.commit("Other (#2)", {"a.py": "2\n"})
    update = history.commit("Merge branch main", parents=[tip, history.head], onto=None)
    history.merge("Merge pull request #3 from bob/b\n\nAdd b", update)
    _, works = works_of(history)
    assert messages(works[2]) == {"Work"}


def test_a_branch_of_nothing_but_a_merge_is_that_merge(history):
    start = history.commit("Start (#1)", {"a.py": "1\n"})
    history.commit("Other (#2)", {"a.py": "2\n"})
    update = history.commit("Update", {"b.py": "1\n"}, parents=[start, history.head], onto=None)
    history.merge("Merge pull request #3 from bob/b\n\nAdd b", update)
    _, works = works_of(history)
    assert messages(works[2]) == {"Update"}


def test_work_is_dated_by_when_it_was_written(history):
    start = history.commit("Start (#1)", {"a.py": "1\n"})
    tree = history.repository[start].tree_id
    ada, bob = (pygit2.Signature(name, name, time, 0) for name, time in (("ada", 100), ("bob", 5)))
    history.repository.create_commit("refs/heads/main", ada, bob, "Rebased (#2)", tree, [start])
    _, works = works_of(history)
    assert works[1].commits == (OwnCommit("ada", 100, "Rebased (#2)"),)


def test_joined_pushes_are_one_commit_each(history):
    history.commit("Start", {"a.py": "1\n"})
    history.commit("Try", {"a.py": "2\n"})
    history.commit("Again", {"a.py": "3\n"}, after=HOUR)
    landings, works = works_of(history)
    assert len(landings[1].commits) == 2
    assert messages(works[1]) == {"Try", "Again"}
    assert works[1].lines == (1, 1)


def test_a_merge_that_brought_nothing_stands_for_itself(history):
    start = history.commit("Start (#1)", {"a.py": "1\n"})
    history.commit("Other (#2)", {"a.py": "2\n"})
    history.merge("Merge pull request #3 from bob/b\n\nNothing", start)
    _, works = works_of(history)
    assert messages(works[2]) == {"Merge pull request #3 from bob/b\n\nNothing"}


def test_the_work_of_a_task_depends_on_no_other_task(history):
    history.commit("Start (#1)", {"a.py": "1\n"})
    tips = [history.branch((f"Work {number}", {f"{number}.py": "1\n"})) for number in range(4)]
    for number, tip in enumerate(tips):
        history.merge(f"Merge pull request #{number + 2} from bob/b\n\nAdd {number}", tip)
    landings, works = works_of(history)
    view = HistoryView.at(history.place, "HEAD")
    for task, work in zip(landings, works, strict=True):
        assert own_works(view, [task]) == {task.id: work}
    assert own_works(view, landings[::-1]) == own_works(view, landings)
    assert own_works(view, []) == {}


def test_a_task_that_has_not_landed_is_named(history):
    first = history.commit("Start (#1)", {"a.py": "1\n"})
    history.commit("Other (#2)", {"a.py": "2\n"})
    landings = landings_until(history.place).landings
    with pytest.raises(UnknownRevisionError, match=f"{landings[1].id} is not on the first-parent"):
        own_works(HistoryView.at(history.place, first), landings)
