"""Shallow, grafted, partial and damaged clones: what can be told is told, nothing is made up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.history import landings_until
from taskpar_ml.history.facts import KIND
from taskpar_ml.history.view import HistoryView
from tests.support.histories import History, Memory

Git = Callable[..., str]
Clone = Callable[..., Path]


@pytest.fixture
def ids(history: History) -> list[str]:
    """Grow five pushes and two merges; the first branch is as old as the oldest push."""
    made = [history.commit("Push 0", {"0": "1"})]
    old = history.branch(("Old side", {"old": "1"}))
    made += [history.commit(f"Push {number}", {f"{number}": "1"}) for number in range(1, 5)]
    old = history.branch(("Old side again", {"old": "2"}), start=old)
    young = history.branch(("Young side", {"young": "1"}))
    made.append(history.merge("Merge pull request #1 from b/old\n\nOld", old))
    made.append(history.merge("Merge pull request #2 from b/young\n\nYoung", young))
    return made


@pytest.fixture
def clone(history: History, tmp_path: Path, git: Git) -> Clone:
    git(history.place, "config", "uploadpack.allowFilter", "true")

    def make(*options: str) -> Path:
        git(tmp_path, "clone", "-q", "--bare", *options, history.place.as_uri(), "clone.git")
        return tmp_path / "clone.git"

    return make


def test_a_shallow_clone_leaves_out_the_commit_at_the_cut(
    ids: list[str], clone: Clone, git: Git
) -> None:
    root = clone("--depth", "3")
    log = landings_until(root)
    # What the oldest commit changed cannot be told: its parent is not there.
    assert [landing.id for landing in log.landings] == ids[5:]
    assert log.landings[0].base == ids[4]
    assert log.landings[0].changes == (FileChange("old", ChangeStatus.ADDED),)
    assert log.is_cut
    assert "shallow" in str(log.lacks[0])
    git(root, "fetch", "-q", "--unshallow")
    healed = landings_until(root)
    assert not healed.is_cut
    assert [landing.id for landing in healed.landings] == ids


def test_a_branch_that_leads_around_a_cut_brings_only_its_own(
    ids: list[str], history: History, clone: Clone
) -> None:
    """The first branch leads to push 0, which is older than the cut at push 2."""
    root = clone("--depth", "5")
    assert HistoryView.at(root, "main").reader.commit(pygit2.Oid(hex=ids[0])) is not None
    log = landings_until(root)
    full = landings_until(history.place)
    assert [landing.id for landing in log.landings] == ids[3:]
    assert log.landings[-1] == full.landings[-1]
    assert full.landings[-2].body == "Old side\n\nOld side again"
    # What is older than the cut may be anybody's.
    assert log.landings[-2].body == "Old side again"


def test_a_cut_clone_has_facts_of_its_own(
    ids: list[str], history: History, clone: Clone, git: Git
) -> None:
    memory = Memory()
    full = landings_until(history.place, cache=memory)
    root = clone("--depth", "5")
    cut = landings_until(root, cache=memory)
    assert memory.learned == [7, 4]
    assert cut.landings != full.landings[-4:]
    assert landings_until(root, cache=memory) == cut
    # A part of the line is read like the whole.
    assert landings_until(root, limit=1, cache=Memory()).landings == cut.landings[-1:]
    git(root, "fetch", "-q", "--unshallow")
    assert landings_until(root, cache=memory).landings == full.landings
    assert memory.learned == [7, 4]  # the ids vouch for the whole history again


def test_a_graft_is_followed_and_never_mixed_up(ids: list[str], history: History, git: Git) -> None:
    memory = Memory()
    plain = landings_until(history.place, cache=memory)
    git(history.place, "replace", "--graft", ids[2], ids[0])
    grafted = landings_until(history.place, cache=memory)
    assert [landing.id for landing in grafted.landings] == [ids[0], *ids[2:]]
    assert grafted.landings[1].base == ids[0]
    assert grafted.landings[1].changes == (
        FileChange("1", ChangeStatus.ADDED),
        FileChange("2", ChangeStatus.ADDED),
    )
    assert memory.learned == [7, 6]
    assert "grafted" in str(grafted.lacks[0])
    git(history.place, "replace", "-d", ids[2])
    assert landings_until(history.place, cache=memory) == plain


def test_a_graft_file_is_followed(ids: list[str], history: History) -> None:
    (history.place / "info").mkdir(exist_ok=True)
    (history.place / "info" / "grafts").write_text(f"{ids[2]} {ids[0]}\n", encoding="ascii")
    log = landings_until(history.place)
    assert [landing.id for landing in log.landings] == [ids[0], *ids[2:]]


def test_grafts_in_a_circle_come_to_an_end(ids: list[str], history: History) -> None:
    (history.place / "info").mkdir(exist_ok=True)
    (history.place / "info" / "grafts").write_text(f"{ids[1]} {ids[3]}\n", encoding="ascii")
    log = landings_until(history.place)
    assert [landing.id for landing in log.landings] == ids[2:]
    assert log.is_cut


def test_a_replaced_message_is_the_one_that_counts(
    ids: list[str], history: History, git: Git
) -> None:
    raw = git(history.place, "cat-file", "commit", ids[1]).replace("Push 1", "Pushed again")
    other = git(history.place, "hash-object", "-w", "-t", "commit", "--stdin", stdin=raw)
    git(history.place, "replace", ids[1], other)
    landing = landings_until(history.place).landings[1]
    assert (landing.title, landing.id) == ("Pushed again", ids[1])


def test_replaced_files_are_compared_as_replaced(
    ids: list[str], history: History, git: Git
) -> None:
    tree = git(history.place, "rev-parse", f"{ids[1]}^{{tree}}")
    git(history.place, "replace", tree, git(history.place, "rev-parse", f"{ids[0]}^{{tree}}"))
    changes = [landing.changes for landing in landings_until(history.place).landings[1:3]]
    # Push 1 changed nothing then, and push 2 added both files.
    assert changes == [
        (),
        (FileChange("1", ChangeStatus.ADDED), FileChange("2", ChangeStatus.ADDED)),
    ]


def loose(root: Path, name: str) -> Path:
    return root / "objects" / name[:2] / name[2:]


def test_history_ends_before_a_missing_commit(ids: list[str], history: History) -> None:
    memory = Memory()
    content = loose(history.place, ids[1]).read_bytes()
    loose(history.place, ids[1]).unlink()
    log = landings_until(history.place, cache=memory)
    assert [landing.id for landing in log.landings] == ids[3:]
    assert log.is_cut
    # The side of the first merge is older than the cut: not known to be its own, nor remembered.
    assert log.landings[-2].body == "Old side again"
    loose(history.place, ids[1]).write_bytes(content)
    assert landings_until(history.place, cache=memory) == landings_until(history.place)


def test_a_commit_without_its_files_is_left_out_and_counted(
    ids: list[str], history: History, git: Git
) -> None:
    memory = Memory()
    tree = git(history.place, "rev-parse", f"{ids[1]}^{{tree}}")
    content = loose(history.place, tree).read_bytes()
    loose(history.place, tree).unlink()
    log = landings_until(history.place, cache=memory)
    # Neither what it changed nor what the next one changed can be told.
    assert [landing.id for landing in log.landings] == [ids[0], *ids[3:]]
    assert log.unread == 2
    assert not log.is_cut
    loose(history.place, tree).write_bytes(content)
    assert len(landings_until(history.place, cache=memory).landings) == 7


def test_facts_that_lack_something_are_not_remembered(
    ids: list[str], history: History, git: Git
) -> None:
    memory = Memory()
    side = git(history.place, "rev-parse", f"{ids[6]}^2")
    content = loose(history.place, side).read_bytes()
    loose(history.place, side).unlink()
    log = landings_until(history.place, cache=memory)
    assert (log.landings[-1].title, log.landings[-1].body) == ("Young", "")
    assert (KIND, bytes.fromhex(ids[6])) not in memory.known
    loose(history.place, side).write_bytes(content)
    assert landings_until(history.place, cache=memory).landings[-1].body == "Young side"


def test_a_clone_without_contents_knows_what_changed(
    ids: list[str], history: History, clone: Clone
) -> None:
    log = landings_until(clone("--filter=blob:none"))
    assert log.landings == landings_until(history.place).landings


def test_a_clone_without_trees_has_no_landings_and_says_so(ids: list[str], clone: Clone) -> None:
    log = landings_until(clone("--filter=tree:0"))
    assert log.landings == ()
    assert log.unread == 7


def test_a_linked_worktree_of_a_shallow_clone(
    ids: list[str], clone: Clone, tmp_path: Path, git: Git
) -> None:
    root = clone("--depth", "3")
    git(root, "worktree", "add", "-q", "--detach", str(tmp_path / "side"), "main")
    memory = Memory()
    log = landings_until(tmp_path / "side", cache=memory)
    assert [landing.id for landing in log.landings] == ids[5:]
    assert (KIND, bytes.fromhex(ids[6])) not in memory.known
