"""The law of time: what came after a commit changes no answer at it, not even through state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from taskpar_ml.array_store import ArrayStore
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.repo.snapshot import RepoSnapshot
from tests.conftest import Git, Ran
from tests.support.grown_shop import TOPICS, body, grow
from tests.support.histories import HOUR, History

COMMANDS = (
    ("footprint",),
    ("plan",),
    ("score",),
    ("ready", "--running", "login"),
    ("explain", "tax", "rank"),
)
TELLING = (
    "Round the taxes of an invoice to whole cents",
    "Lock accounts after five failed logins",
    "Rank search results by their freshness",
    "Start the export of spreadsheets",
    "Make things nicer",
)
"""The very titles of the wishes: whoever sees them knows the answer, which is wrong."""


@pytest.fixture
def past(tmp_path: Path) -> History:
    """Return a history of 34 commits with renames of a file and of a directory."""
    history = grow(tmp_path / "shop.git", rounds=6)
    rename(history, "src/billing/tax.py", "src/billing/taxes.py")
    for number in range(7, 9):
        for topic in ("auth", "search"):
            changed = {path: body(topic, path, number) for path in TOPICS[topic][:2]}
            history.commit(f"Improve {topic} once more ({number})", changed)
    tip = history.branch(
        ("Rate of a country", {"src/billing/taxes.py": "# tax country\n"}),
        ("And its invoice", {"src/billing/invoice.py": "# invoice country\n"}),
    )
    history.merge("Merge pull request #9 from bob/rates\n\nRate of a country", tip)
    for path in TOPICS["export"][:2]:
        rename(history, path, path.replace("src/export/", "src/sheets/"))
    return history


def rename(history: History, old: str, new: str) -> None:
    content = history.files[history.head][old]
    history.commit(f"Move {old}", {old: None, new: content})


def go_on(history: History) -> None:
    """Let everything happen after the present that could give an answer away."""
    middle = history.head
    wrong = "src/auth/session.py"
    # Hours after the last commit, by the same author: as one task they would be joined with it.
    for title in TELLING:
        content = f"# {title}\n" * 40
        history.commit(title, {wrong: content, "README.md": content}, after=HOUR)
        history.commit(title, {"src/search/index.py": content})
    rename(history, wrong, "src/billing/invoices.py")
    rename(history, "src/search/ranking.py", "src/freshness.py")
    history.commit("Restore", {"src/search/ranking.py": "# search results\n"})
    rename(history, "src/sheets/writer.py", "src/export/writer.py")
    tip = history.branch(*((title, {"README.md": title}) for title in TELLING), start=middle)
    history.merge("Merge pull request #10 from bob/all\n\nRound the taxes", tip)
    git = history.repository
    git.references.create("refs/heads/later", tip)
    git.references.create("refs/heads/round-the-taxes", history.head)
    git.references.create("refs/tags/v2", history.head)
    git.references.create("refs/tags/at-the-middle", middle)
    git.references.create("refs/heads/at-the-middle", middle)
    git.references.create("refs/remotes/origin/main", history.head)


@pytest.fixture
def answers(taskpar: Callable[..., Ran], past: History, wishes: Path) -> Callable[..., list[Ran]]:
    """Return what every command answers at a commit."""

    def run(at: str, state: Path) -> list[Ran]:
        options = ["--repo", past.place, "--at", at, "--state", state, "--json"]
        found = [taskpar(*command, wishes, *options) for command in COMMANDS]
        assert [(ran.status, ran.err) for ran in found] == [(0, "")] * len(COMMANDS)
        return found

    return run


def test_what_comes_later_changes_no_answer_to_the_byte(answers, past, tmp_path):
    middle = past.head
    before = answers(middle, tmp_path / "before")
    go_on(past)
    assert answers(middle, tmp_path / "after") == before
    assert answers(past.head, tmp_path / "late") != before  # and there was something to be seen
    assert answers("refs/tags/at-the-middle", tmp_path / "by-name") == before


def test_state_that_saw_the_later_history_gives_nothing_away(answers, past, tmp_path):
    middle = past.head
    before = answers(middle, tmp_path / "before")
    go_on(past)
    late = answers(past.head, tmp_path / "warm")
    for _ in range(2):
        assert answers(middle, tmp_path / "warm") == before
        assert answers(past.head, tmp_path / "warm") == late


def test_state_that_saw_the_earlier_history_keeps_nothing_back(answers, past, tmp_path):
    middle = past.head
    before = answers(middle, tmp_path / "shared")
    go_on(past)
    late = answers(past.head, tmp_path / "shared")
    assert late == answers(past.head, tmp_path / "cold")
    assert late != before
    assert answers(middle, tmp_path / "shared") == before


def test_a_commit_of_a_side_branch_knows_nothing_of_the_main_line(answers, past, tmp_path):
    middle = past.head
    tip = past.branch(("Change the guide", {"docs/guide.md": "Pay.\n"}))
    before = answers(tip, tmp_path / "before")
    go_on(past)
    assert past.head != middle
    assert answers(tip, tmp_path / "after") == before


def memory_at(place: Path, commit: str, state: Path | None = None) -> RepoMemory:
    if state is None:
        return RepoMemory(RepoSnapshot.at(place, commit))
    cache, arrays = DiskFactCache(state / "facts.sqlite"), ArrayStore(state / "arrays")
    return RepoMemory(RepoSnapshot.at(place, commit, cache=cache, arrays=arrays))


def fields_of(memory: RepoMemory) -> dict[str, np.ndarray]:
    """Return everything that a memory holds, by name."""
    weights = sparse.csr_array(memory.neighbours._co_change)
    content = memory.content
    return {
        "paths": np.array(memory.snapshot.paths.paths),
        "files": content.files,
        "first": content.first,
        "co-change": weights.toarray(),
        **{f"content {name}": array for name, array in content.index.arrays().items()},
        **{f"past {name}": array for name, array in memory.past.arrays().items()},
    }


def assert_same(one: RepoMemory, other: RepoMemory) -> None:
    left, right = fields_of(one), fields_of(other)
    assert left.keys() == right.keys()
    for name, array in left.items():
        assert array.dtype == right[name].dtype, name
        np.testing.assert_array_equal(array, right[name], err_msg=name)


@pytest.mark.parametrize("behind", [0, 3, 4, 9, 17, 21, 30, 41])
def test_a_memory_is_that_of_a_repository_which_ends_there(past, git: Git, tmp_path, behind):
    go_on(past)
    commit = str(past.repository.revparse_single(f"HEAD~{behind}").id)
    past.repository.references.create("refs/heads/here", commit)
    options = ["--bare", "--single-branch", "--branch", "here", "--no-tags"]
    git(tmp_path, "clone", "-q", *options, past.place.as_uri(), "ends.git")
    ends = tmp_path / "ends.git"
    if behind:
        assert past.head not in git(ends, "rev-list", "--all")
    memory = memory_at(past.place, commit)
    assert memory.past.n_past == 0 or memory.past.touched.nnz > 0
    assert_same(memory, memory_at(ends, "HEAD"))


def test_a_memory_kept_on_disk_is_the_one_that_was_made(past, tmp_path):
    middle = past.head
    go_on(past)
    for commit in (past.head, middle, past.head, middle):
        assert_same(
            memory_at(past.place, commit, tmp_path / "state"), memory_at(past.place, commit)
        )


def test_commits_with_the_same_files_keep_memories_of_their_own(tmp_path):
    history = grow(tmp_path / "shop.git")
    state = tmp_path / "state"
    for behind in (0, 1, 8, 0, 8, 1):
        commit = str(history.repository.revparse_single(f"HEAD~{behind}").id)
        memory = memory_at(history.place, commit, state)
        assert_same(memory, memory_at(history.place, commit))
        assert len(memory.snapshot.paths) == 14
        assert memory.past.n_past == 26 - behind
