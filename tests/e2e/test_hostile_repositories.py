"""Footprints of repositories that mean no good: an answer, or one clear error; never a trace."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Git, Ran
from tests.support.grown_shop import everything
from tests.support.processes import run_python

Rows = list[dict[str, Any]]
Ask = Callable[..., Rows]
SECRET = "zanzibar quixotic perimeter"
NAMED = "zanzibar_quixotic_perimeter.py"
MEMORY_SCRIPT = """
import sys
from pathlib import Path

import lightgbm, networkx, scipy.sparse
import taskpar_ml.cli.options, taskpar_ml.predictor, taskpar_ml.repo.snapshot
import taskpar_ml.reports.footprint_batches, taskpar_ml.workspace
from taskpar_ml.cli.app import run

def most():  # unlike ru_maxrss, this does not count what the parent process took
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))

sys.argv = ["taskpar", "footprint", sys.argv[1], "--repo", sys.argv[2], "--json"]
before = most()
try:
    run()
except SystemExit as stopped:
    assert not stopped.code
print(most() - before)
"""


@pytest.fixture
def root(tmp_path: Path, git: Git) -> Path:
    """Return a checkout of a short history, with one file that holds the secret words."""
    place = tmp_path / "project"
    git(tmp_path, "init", "-q", "project")
    write(place, "src/tax.py", "def round_taxes(invoice): ...\n")
    save(git, place, "Round taxes of an invoice")
    write(place, "notes.txt", "")
    save(git, place, "Begin")
    write(place, "real.py", f"{SECRET}\n")
    save(git, place, "Continue")
    return place


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    place = tmp_path / "tasks.yaml"
    place.write_text(
        "- {id: tax, title: Round the taxes of an invoice}\n"
        f"- {{id: secret, title: Find {SECRET} and write it into notes.txt}}\n",
        encoding="utf-8",
    )
    return place


@pytest.fixture
def ask(taskpar: Callable[..., Ran], root: Path, tasks: Path, tmp_path: Path) -> Ask:
    """Ask for footprints, cold and with state; the repository must stay as it is."""

    def run(*options: object) -> Rows:
        before = everything(root)
        arguments = ["--repo", root, "--state", tmp_path / "state", "--json", *options]
        found = []
        for command in ("footprint", "plan", "footprint"):
            ran = taskpar(command, tasks, *arguments)
            assert (ran.status, ran.err) == (0, "")
            found.append(json.loads(ran.out)["data"])
        assert everything(root) == before
        assert found[0] == found[2]  # with what was remembered
        assert likeliest(found[0]) == "src/tax.py"
        return found[0]

    return run


def write(place: Path, path: str, content: str | bytes) -> None:
    (place / path).parent.mkdir(parents=True, exist_ok=True)
    (place / path).write_bytes(content.encode() if isinstance(content, str) else content)


def save(git: Git, place: Path, message: str | bytes, *options: str, author: str = "") -> None:
    """Commit everything; each commit by another author, so that no two are one task."""
    who = author or f"{len(message)} <author-{len(message)}@example.org>"
    git(place, "add", "--all")
    git(place, *options, "commit", "-q", "--author", who, "-F", "-", stdin=message)


def likeliest(rows: Rows) -> str | None:
    """Return the file in which taxes are rounded."""
    files = (row for row in rows if row["kind"] == "file")
    return next((row["item"] for row in files if row["task"] == "tax"), None)


def secret_files(rows: Rows) -> set[str]:
    """Return where the secret words were found."""
    files = (row for row in rows if row["kind"] == "file" and "retrieval" in row["evidence"])
    return {row["item"] for row in files if row["task"] == "secret"} - {"notes.txt"}


def test_sources_that_are_binary_are_known_by_their_path(ask, git, root):
    write(root, NAMED, b"\0\1\2 zanzibar quixotic perimeter" * 50)
    save(git, root, "Data")
    write(root, "src/other.py", b"\0" + SECRET.encode() * 50)
    save(git, root, "More data")
    for also in ([], ["--working-tree"]):
        assert secret_files(ask(*also)) == {"real.py", NAMED}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("tax invoice round\n" * 600_000, id="lines"),
        pytest.param("tax invoice round " * 600_000, id="one-line"),
        pytest.param("".join(f"word{number} " for number in range(900_000)), id="words"),
        pytest.param("\n" * 3_900_000, id="empty-lines"),
        pytest.param("aA_" * 80_000, id="parts-of-one-word"),
    ],
)
def test_a_huge_file_is_answered_in_bounded_memory(git, root, tasks, content):
    write(root, "src/huge.py", content)
    save(git, root, "A huge file")
    git(root, "mv", "src/huge.py", "src/moved.py")
    with (root / "src/moved.py").open("ab") as file:
        file.write(b"more")
    save(git, root, "Move the huge file and change it")
    before = everything(root)
    answer, _, used = run_python(MEMORY_SCRIPT, tasks, root).rstrip().rpartition("\n")
    assert likeliest(json.loads(answer)["data"]) == "src/tax.py"
    assert int(used) < 100_000, used  # KiB
    assert everything(root) == before


def test_links_are_never_followed(ask, git, root, tmp_path):
    (tmp_path / "outside.py").write_text(f"{SECRET}\n" * 20)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "deep.py").write_text(f"{SECRET}\n" * 20)
    for name, target in {
        "a": "b",
        "b": "a",
        "self": "self",
        "up": "..",
        "here": ".",
        "passwd.py": "/etc/passwd",
        "file.py": "../outside.py",
        "folder": "../outside",
        "absolute": str(tmp_path / "outside"),
        "nowhere": "/nowhere/at/all",
        "device.py": "/dev/zero",
    }.items():
        (root / name).symlink_to(target)
    save(git, root, "Links")
    for also in ([], ["--working-tree"]):
        assert secret_files(ask(*also)) == {"real.py"}


def test_links_and_pipes_in_place_of_committed_files_are_never_followed(ask, git, root, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "other.py").write_text(f"{SECRET}\n" * 20)
    for name in ("lib/other.py", "other.py", "piped.py"):
        write(root, name, "nothing\n")
        save(git, root, f"Add {name}")
    (root / "lib" / "other.py").unlink()
    (root / "lib").rmdir()
    (root / "lib").symlink_to(tmp_path / "outside")
    (root / "other.py").unlink()
    (root / "other.py").symlink_to(tmp_path / "outside" / "other.py")
    (root / "piped.py").unlink()
    os.mkfifo(root / "piped.py")
    for also in ([], ["--working-tree"]):
        assert secret_files(ask(*also)) == {"real.py"}


def test_submodules_are_no_files(ask, git, root, tmp_path, new_repository):
    other = new_repository({"inner.py": f"{SECRET}\n"}, name="other")
    git(root, "submodule", "--quiet", "add", str(other), "lib/other")
    save(git, root, "A submodule")
    for also in ([], ["--working-tree"]):
        assert secret_files(ask(*also)) == {"real.py"}


def test_a_lost_content_is_known_by_its_path(ask, git, root):
    for name in (NAMED, "other.py"):
        write(root, name, f"{SECRET} {name}\n")
        save(git, root, f"Add {len(name)}")
    assert secret_files(ask()) == {"real.py", NAMED, "other.py"}
    for name in (NAMED, "other.py"):
        lost = git(root, "rev-parse", f"HEAD:{name}")
        (root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    assert secret_files(ask("--state", root.parent / "new-state")) == {"real.py", NAMED}


@pytest.mark.parametrize("what", ["HEAD^{tree}", "HEAD~1^{tree}", "HEAD~1", "HEAD:src"])
def test_a_lost_tree_or_commit_is_an_answer_or_one_clear_error(git, root, taskpar, tasks, what):
    write(root, "src/other.py", "other\n")
    save(git, root, "Other")
    lost = git(root, "rev-parse", what)
    (root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    before = everything(root)
    ran = taskpar("footprint", tasks, "--repo", root, "--json")
    assert everything(root) == before
    if ran.status:
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith("error: ")
        assert ran.err.count("\n") == 1
        assert lost[:7] in ran.err or "git fsck" in ran.err
    else:
        assert ran.err == ""
        json.loads(ran.out)


def test_nothing_is_fetched_for_a_partial_clone(ask, git, root, tmp_path, taskpar, tasks):
    git(root, "config", "uploadpack.allowFilter", "true")
    git(root, "config", "uploadpack.allowAnySHA1InWant", "true")
    for number in range(3):
        write(root, "src/other.py", f"{SECRET}\n" * (number + 2))
        save(git, root, f"Other {number}")
    options = ["--bare", "--filter=blob:none"]
    git(tmp_path, "clone", "-q", *options, root.as_uri(), "partial.git")
    partial = tmp_path / "partial.git"
    absent = git(partial, "rev-list", "--objects", "--all", "--missing=print").count("?")
    assert absent == 6
    before = everything(partial)
    for command in ("footprint", "plan", "ready", "score"):
        ran = taskpar(command, tasks, "--repo", partial, "--json")
        assert (ran.status in (0, 2), ran.err) == (True, "")
    assert everything(partial) == before
    ran = taskpar("footprint", tasks, "--repo", partial, "--json")
    assert secret_files(json.loads(ran.out)["data"]) == set()
    ran = taskpar("plan", tasks, "--repo", partial, "--json")
    assert "the clone is partial (blob:none)" in str(json.loads(ran.out)["data"]["notices"])


def test_encodings_of_any_kind_are_read(ask, git, root):
    write(root, "src/latin.py", "# Größe der Steuer: tax\n".encode("latin-1"))
    write(root, "src/wide.py", "tax invoice\n".encode("utf-16"))
    write(root, "src/bom.py", b"\xef\xbb\xbf# tax\n")
    (root / os.fsdecode(b"src/na\xffme.py")).write_bytes(b"tax \xff\xfe invoice\n")
    save(git, root, b"Round tax \xff\xfe invoice")
    write(root, "src/latin.py", "# Größe\n".encode("latin-1"))
    save(git, root, "Größe der Steuer".encode("latin-1"), "-c", "i18n.commitEncoding=latin1")
    write(root, "src/latin.py", b"\n")
    save(git, root, "By nobody", author=os.fsdecode(b"A\xff\x01 <\x02@>"))
    items = {row["item"] for row in ask()}
    assert "src/na\N{REPLACEMENT CHARACTER}me.py" in items
    assert "src/latin.py" in items


def test_names_of_any_kind_are_files_like_others(ask, git, root, taskpar, tasks):
    names = [
        "src/*/a.py",
        "[a-z]/{b,c}/a.py",
        "new\nline\ttab/a.py",
        "\x1b[31mred/a.py",
        "Ünïcödé/\N{SNOWMAN}/a.py",
        "quote'\"`$(touch x)/a.py",
        " leading and trailing /a.py",
        "-option/--help",
        "a\\b/a.py",
        "src/**",
    ]
    for number, name in enumerate(names):
        write(root, name, f"{SECRET} # {number}\n")
    save(git, root, "Names")
    assert secret_files(ask()) == {"real.py", *names}
    shown = taskpar("footprint", tasks, "--repo", root, "--top", "50").out
    assert "\x1b" not in shown
    assert not (root / "x").exists()


@pytest.mark.parametrize(("levels", "is_listed"), [(50, True), (150, False)])
def test_paths_are_listed_as_far_as_they_can_be_checked_out(
    taskpar, git, root, tasks, levels, is_listed
):
    blob = git(root, "rev-parse", "HEAD:real.py")
    tree = git(root, "mktree", stdin=f"100644 blob {blob}\t{NAMED}\n")
    level = "directory-of-a-long-name-" + "x" * 40
    for _ in range(levels):
        tree = git(root, "mktree", stdin=f"040000 tree {tree}\t{level}\n")
    others = git(root, "ls-tree", "HEAD")
    tree = git(root, "mktree", stdin=f"{others}\n040000 tree {tree}\tdeep\n")
    commit = git(root, "commit-tree", "-p", "HEAD", "-m", "Deep", tree)
    before = everything(root)
    answers = []
    for command in ("footprint", "plan"):
        ran = taskpar(command, tasks, "--repo", root, "--at", commit, "--json")
        assert (ran.status, ran.err) == (0, "")
        answers.append(json.loads(ran.out)["data"])
    deep = "/".join(["deep", *[level] * levels, NAMED])
    assert secret_files(answers[0]) == {"real.py"} | ({deep} if is_listed else set())
    assert ("1 entry cannot be checked out" in str(answers[1]["notices"])) != is_listed
    assert everything(root) == before


def test_a_directory_of_three_thousand_files_and_empty_ones_are_answered(ask, git, root):
    for number in range(3_000):
        write(root, f"many/tax_{number}.py", "")
    write(root, "blank.py", " \n\t\n \n" * 40)
    save(git, root, "Many")
    found = ask()
    assert secret_files(found) == {"real.py"}
    assert len([row for row in found if row["task"] == "tax"]) <= 50
