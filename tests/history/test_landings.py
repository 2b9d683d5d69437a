"""Landings of whole repositories: what counts as one, and what it brings."""

from __future__ import annotations

import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange, LandingShape
from taskpar_ml.errors import EmptyRepositoryError, UnknownRevisionError
from taskpar_ml.history import landings_before, landings_until
from tests.support.histories import BOB, START, History

EVE = "Eve <EVE@Example.org>"


def added(*paths: str) -> tuple[FileChange, ...]:
    return tuple(FileChange(path, ChangeStatus.ADDED) for path in paths)


def modified(*paths: str) -> tuple[FileChange, ...]:
    return tuple(FileChange(path, ChangeStatus.MODIFIED) for path in paths)


def test_a_root_commit_is_a_landing_without_base(history: History) -> None:
    root = history.commit("Start\n\nAll over.\n", {"a": "1", "src/b": "2"}, at=START, author=EVE)
    (landing,) = landings_until(history.place).landings
    assert landing.commits == (root,)
    assert landing.id == root
    assert landing.base is None
    assert landing.author == "eve@example.org"
    assert landing.landed_at == START
    assert (landing.title, landing.body) == ("Start", "All over.")
    assert landing.changes == added("a", "src/b")
    assert landing.changed == 2
    assert landing.shape == LandingShape.DIRECT
    assert landing.reference is None
    assert landing.is_task


def test_a_merged_pull_request(history: History) -> None:
    base = history.commit("Start", {"a": "1\n2\n3\n4\n", "b": "1"})
    tip = history.branch(
        ("Try twice\n\nSigned-off-by: Bob <bob@example.org>", {"a": "1\n2\n3\n4\n5\n"}),
        ("Try thrice", {"retry/c": "1\n2\n3\n4\n5\n", "a": None}),
    )
    merge = history.merge("Merge pull request #7 from bob/retry\n\nRetry uploads (#6)", tip)
    landing = landings_until(history.place).landings[-1]
    assert landing.commits == (merge,)
    assert landing.base == base
    assert landing.author == "bob@example.org"
    assert (landing.title, landing.body) == ("Retry uploads", "Try twice\n\nTry thrice")
    assert landing.changes == (FileChange("retry/c", ChangeStatus.RENAMED, "a"),)
    assert landing.paths == ("retry/c",)
    assert list(landing.touched) == ["retry/c", "a"]
    assert (landing.shape, landing.reference) == (LandingShape.GITHUB_MERGE, "#7")


def test_the_author_of_a_merge_wrote_most_of_it(history: History) -> None:
    history.commit("Start", {"a": "1"})
    tip = history.branch(("one", {"b": "1"}), ("two", {"b": "2"}), author=BOB)
    tip = history.branch(("three", {"b": "3"}), start=tip, author=EVE)
    history.merge("Merge branch 'x'", tip)
    tip = history.branch(("four", {"c": "1"}), author=BOB)
    tip = history.branch(("five", {"c": "2"}), start=tip, author=EVE)
    history.merge("Merge branch 'y'", tip)
    first, second = landings_until(history.place).landings[-2:]
    assert (first.author, first.title) == ("bob@example.org", "three")
    assert (second.author, second.title) == ("eve@example.org", "five")  # of two, the newest


def test_what_a_branch_took_from_the_main_line_is_not_its_own(history: History) -> None:
    history.commit("Start", {"a": "1"})
    tip = history.branch(("Own work", {"b": "1"}))
    taken = history.commit("On the main line", {"c": "1"})
    tip = history.commit(
        "Merge branch 'main' into retry", {"c": "1"}, parents=[tip, taken], author=BOB, onto=None
    )
    tip = history.branch(("More work", {"b": "2"}), start=tip)
    history.merge("Merge pull request #7 from bob/retry\n\nRetry", tip)
    landing = landings_until(history.place).landings[-1]
    assert landing.body == "Own work\n\nMore work"
    assert landing.changes == added("b")


def test_a_branch_built_on_another_brings_only_what_is_new(history: History) -> None:
    history.commit("Start", {"a": "1"})
    lower = history.branch(("Lower", {"b": "1"}))
    upper = history.branch(("Upper", {"c": "1"}), start=lower)
    history.merge("Merge pull request #7 from bob/lower\n\nOne", lower)
    history.merge("Merge pull request #8 from bob/upper\n\nTwo", upper)
    one, two = landings_until(history.place).landings[-2:]
    assert (one.body, two.body) == ("Lower", "Upper")
    assert two.changes == added("c")


def test_an_octopus_brings_all_its_arms(history: History) -> None:
    history.commit("Start", {"a": "1"})
    arms = [history.branch((f"Arm {number}", {f"{number}": "1"})) for number in (1, 2, 3)]
    history.merge("Merge branches 'one', 'two' and 'three'", *arms)
    landing = landings_until(history.place).landings[-1]
    assert landing.shape == LandingShape.PLAIN_MERGE
    assert landing.changes == added("1", "2", "3")
    assert (landing.title, landing.body) == ("Arm 1", "Arm 3\n\nArm 2")


def test_a_foxtrot_merge_is_automation_and_the_line_goes_on(history: History) -> None:
    """Whoever pulls before pushing makes what the others did the second parent."""
    start = history.commit("Start", {"a": "1"})
    theirs = history.branch(("Theirs", {"b": "1"}), start=start)
    mine = history.commit("Mine", {"c": "1"})
    pulled = history.merge("Merge branch 'main' of github.com:shop/shop", theirs)
    landings = landings_until(history.place).landings
    assert [landing.id for landing in landings] == [start, mine, pulled]
    assert [landing.automation for landing in landings] == [None, None, "branch-merge"]
    # The work of others is neither title nor body of it.
    assert landings[-1].title == "Merge branch 'main' of github.com:shop/shop"
    assert landings[-1].body == ""


def test_gerrit_takes_the_text_of_the_change(history: History) -> None:
    history.commit("Start", {"a": "1"})
    change = f"I{'0b' * 20}"
    tip = history.branch((f"Retry uploads\n\nTwice.\n\nChange-Id: {change}", {"a": "2"}))
    history.merge('Merge "Retry uploads"', tip)
    landing = landings_until(history.place).landings[-1]
    assert (landing.shape, landing.reference) == (LandingShape.GERRIT_MERGE, change)
    assert (landing.title, landing.body) == ("Retry uploads", "Twice.")
    assert landing.automation is None


def test_a_merge_that_brings_nothing_keeps_its_own_words(history: History) -> None:
    start = history.commit("Start", {"a": "1"})
    history.commit("Merge branch 'x'", {"a": "2"}, parents=[start, start])
    landing = landings_until(history.place).landings[-1]
    assert (landing.title, landing.body) == ("Merge branch 'x'", "")
    assert landing.author == "ada@example.org"


def test_an_empty_commit_is_no_task(history: History) -> None:
    history.commit("Start", {"a": "1"})
    history.commit("Run the checks again")
    landing = landings_until(history.place).landings[-1]
    assert (landing.changes, landing.automation) == ((), "no-change")


def test_a_large_change_is_no_task_and_keeps_its_renames(history: History) -> None:
    history.commit("Start", {f"old/{number}": f"{number}\n" for number in range(300)})
    moved: dict[str, str | None] = {f"old/{number}": None for number in range(300)}
    moved |= {f"new/{number}": f"{number}\n" for number in range(300)}
    moved |= {f"more/{number}": "x" for number in range(400)}
    history.commit("Move all", moved)
    landing = landings_until(history.place).landings[-1]
    assert landing.automation == "large-change"
    assert landing.changed == 700
    renamed = [each for each in landing.changes if each.status == ChangeStatus.RENAMED]
    assert len(renamed) == 300
    assert all(each.old_path == each.path.replace("new", "old") for each in renamed)
    assert len(landing.changes) == 500  # the rest within bounds


def test_before_excludes_and_until_includes(history: History) -> None:
    ids = [history.commit(f"Change {number}", {"a": str(number)}) for number in range(4)]
    before = landings_before(history.place, ids[2])
    assert [landing.id for landing in before.landings] == ids[:2]
    assert before.newest == ids[1]
    until = landings_until(history.place, ids[2])
    assert [landing.id for landing in until.landings] == ids[:3]
    assert until.newest == ids[2]
    assert until.commits == 3
    nothing = landings_before(history.place, ids[0])
    assert (nothing.landings, nothing.newest, nothing.commits) == ((), None, 0)


def test_the_line_of_the_commit_counts_not_that_of_the_branch(history: History) -> None:
    history.commit("Start", {"a": "1"})
    tip = history.branch(("One", {"b": "1"}), ("Two", {"b": "2"}))
    history.commit("Meanwhile", {"c": "1"})
    log = landings_until(history.place, tip)
    assert [landing.title for landing in log.landings] == ["Start", "One", "Two"]


@pytest.mark.parametrize("limit", [1, 3, 10])
def test_the_newest_landings_are_kept(history: History, limit: int) -> None:
    ids = [history.commit(f"Change {number}", {"a": str(number)}) for number in range(6)]
    log = landings_until(history.place, limit=limit)
    assert [landing.id for landing in log.landings] == ids[-limit:]
    assert log.commits == min(limit, 6)


def test_messages_in_any_encoding(history: History) -> None:
    history.commit("caf\xe9".encode("latin-1"), {"a": "1"}, encoding="iso-8859-1")
    history.commit("caf\xe9".encode("latin-1"), {"a": "2"})
    history.commit("café", {"a": "3"}, encoding="no-such-encoding")
    history.commit("xn--caf-dma", {"a": "4"}, encoding="punycode")
    history.commit(b"\xff\xfe caf", {"a": "5"}, author=b"\xe9 <\xe9@Example.org>")
    history.commit(b"", {"a": "6"}, author=b"Nameless <>")
    titles = [landing.title for landing in landings_until(history.place).landings]
    assert titles == ["café", "caf\ufffd", "café", "xn--caf-dma", "\ufffd\ufffd caf", ""]
    authors = [landing.author for landing in landings_until(history.place).landings[-2:]]
    assert authors == ["\ufffd@example.org", "nameless"]


def test_paths_that_are_no_text_and_times_that_cannot_be(history: History) -> None:
    history.commit("Start", {"a": "1"}, at=0)
    history.commit("Later", {"a": "2"}, at=2**40)
    history.commit("Earlier", {"b": "2"}, at=5)
    log = landings_until(history.place)
    assert [landing.landed_at for landing in log.landings] == [0, 2**40, 5]
    assert [landing.changes for landing in log.landings] == [
        added("a"),
        modified("a"),
        added("b"),
    ]


def test_a_repository_without_commits_or_such_a_commit(history: History) -> None:
    with pytest.raises(EmptyRepositoryError):
        landings_until(history.place)
    history.commit("Start", {"a": "1"})
    with pytest.raises(UnknownRevisionError):
        landings_before(history.place, "nowhere")


def test_a_very_long_message_is_read_in_part(history: History) -> None:
    history.commit("word " * 20_000 + "\n" + "more and more\n" * 100_000, {"a": "1"})
    (landing,) = landings_until(history.place).landings
    assert landing.title.startswith("word word")
    assert len(landing.title) <= 300
    assert len(landing.body) <= 4_000
