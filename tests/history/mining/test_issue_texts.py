"""Texts of a tracker go to the tasks that name them, if they are older than the work."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.issue_text import IssueText
from taskpar_ml.history.issue_texts import join_texts
from taskpar_ml.history.replay.miner import mine
from tests.history.mining.conftest import SMALL
from tests.support.histories import DAY, HOUR, START, History

EARLY = START - DAY


def issue(number: int, written_at: int = EARLY, title: str = "Slow login") -> IssueText:
    """Return an entry of a tracker."""
    return IssueText(f"#{number}", title, "It takes a minute.", written_at, f"t/{number}")


@pytest.fixture
def joined(tmp_path, store):
    """Grow a history, mine it, join issues, and return title of landing to titles of texts."""

    def run(grow, *issues):
        grown = History(tmp_path / "shop.git")
        grown.commit("Start (#1000)", {"a": "0\n"})
        grow(grown)
        grown.commit("End (#1001)", {"z": "0\n"})
        history = store.history("shop", create=True)
        mine(grown.place, history, recipe=SMALL)
        count = join_texts(grown.place, history, issues)
        titles = {each.landing.id: each.landing.title for each in history.landings()}
        found: dict[str, list[str]] = {}
        for text in history.texts():
            found.setdefault(titles[text.task], []).append(text.source)
        assert count == sum(map(len, found.values()))
        assert join_texts(grown.place, history, issues) == count
        assert len(list(history.texts())) == count
        return found

    return run


@pytest.mark.parametrize(
    "message",
    [
        "Speed up\n\nFixes #12",
        "Speed up (see #12)",
        "Speed up, closes gh-12",
        "Speed up: #12 #13",
    ],
)
def test_a_message_that_names_an_issue_gets_its_text(joined, message):
    found = joined(lambda grown: grown.commit(message, {"a": "1\n"}), issue(12))
    assert list(found.values()) == [["t/12"]]


@pytest.mark.parametrize(
    "message", ["Speed up", "Speed up #123", "x#12", "a/b#12", "&#12;", "Speed up #0012"]
)
def test_what_names_another_or_none_gets_none(joined, message):
    assert joined(lambda grown: grown.commit(message, {"a": "1\n"}), issue(12)) == {}


def test_the_review_itself_is_no_issue(joined):
    assert joined(lambda grown: grown.commit("Speed up (#12)", {"a": "1\n"}), issue(12)) == {}


def test_commits_of_a_branch_name_issues_too(joined):
    def grow(grown):
        tip = grown.branch(("work for #12", {"a": "1\n"}))
        grown.merge("Merge pull request #20 from x/y\n\nSpeed up\n", tip)

    assert joined(grow, issue(12)) == {"Speed up": ["t/12"]}


def test_the_moment_work_began_divides(tmp_path, store):
    grown = History(tmp_path / "shop.git")
    grown.commit("Start (#1000)", {"a": "0\n"})
    tip = grown.branch(("work for #12", {"a": "1\n"}), ("more", {"a": "2\n"}))
    began = grown.repository[grown.repository[tip].parent_ids[0]].author.time
    grown.merge("Merge pull request #20 from x/y\n\nSpeed up\n", tip)
    history = store.history("shop", create=True)
    mine(grown.place, history, recipe=SMALL)
    assert join_texts(grown.place, history, [issue(12, began)]) == 0
    assert join_texts(grown.place, history, [issue(12, began - 1)]) == 1


def test_an_entry_that_was_edited_at_an_unknown_time_keeps_its_first_wording(tmp_path, store):
    grown = History(tmp_path / "shop.git")
    grown.commit("Start (#1000)", {"a": "0\n"})
    grown.commit("Speed up (#1001)\n\nFixes #12", {"a": "1\n"})
    history = store.history("shop", create=True)
    mine(grown.place, history, recipe=SMALL)
    assert join_texts(grown.place, history, [issue(12)]) == 1
    assert join_texts(grown.place, history, [issue(12, title="Done: slow login")]) == 1
    later = issue(12, EARLY + HOUR, title="Very slow login")
    assert join_texts(grown.place, history, [later]) == 1
    assert [text.title for text in history.texts()] == ["Slow login", "Very slow login"]


def test_joined_pushes_have_the_texts_of_all(joined):
    def grow(grown):
        grown.commit("One for #12", {"a": "1\n"})
        grown.commit("Two for #13", {"a": "2\n"}, after=HOUR)

    assert joined(grow, issue(12), issue(13)) == {"One for #12": ["t/12", "t/13"]}


def test_a_list_of_changes_is_no_task(joined):
    def grow(grown):
        named = " ".join(f"#{number}" for number in range(1, 30))
        grown.commit(f"Catch up\n\n{named}", {"a": "1\n"})

    assert joined(grow, issue(12)) == {}
