"""Bad input: one clear sentence with place and cure, exit status 1, nothing written."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pygit2
import pytest

from tests.support.synthetic import commit

GOOD = "tasks:\n  - {id: a, title: A}\n  - {id: b, title: B}\n"

BAD_FILES = {
    "broken YAML": (b"tasks:\n  - id: a\n   title: [", "tasks.yaml:3"),
    "duplicate ids": (b"- {id: a, title: A}\n- {id: a, title: B}\n", "a"),
    "unknown dependency": (
        b"- {id: a, title: A, depends_on: [b]}\n",
        "depends_on b does not exist",
    ),
    "self dependency": (b"- {id: a, title: A, depends_on: [a]}\n", "itself"),
    "cycle": (
        b"- {id: a, title: A, depends_on: [b]}\n- {id: b, title: B, depends_on: [a]}\n",
        "->",
    ),
    "glob outside": (b"- {id: a, title: A, modifies: ['../x/*']}\n", "leaves the repository"),
    "absolute glob": (b"- {id: a, title: A, modifies: [/etc/passwd]}\n", "absolute"),
    "empty": (b"", "empty"),
    "blank": (b"\n \n", "only white space"),
    "not UTF-8": (b"- {id: a, title: \xff\xfe}\n", "UTF-8"),
    "shell id": (b"- {id: 'a; rm -rf /', title: A}\n", "a task id is"),
    "path id": (b"- {id: '../../etc', title: A}\n", "a task id is"),
    "alias bomb": (
        b"a: &a [x, x, x, x, x, x, x, x, x]\n"
        + b"".join(
            b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 9))
            for name in range(ord("b"), ord("k"))
        )
        + b"tasks: [{id: t, title: *j}]\n",
        "alias",
    ),
    "unknown format": (b"just a sentence\n", "format"),
    "zero estimate": (b"- {id: a, title: A, estimate: 0}\n", "estimate"),
    "endless estimate": (b"- {id: a, title: A, estimate: 1.0e308}\n", "estimate"),
    "control characters": (b'- {id: a, title: "\\e[31m", modifies: ["../\\e[31m"]}\n', "leaves"),
}


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a repository with one file."""
    place = tmp_path / "repo"
    commit(pygit2.init_repository(str(place), initial_head="main"), {"a.py": b"x\n"})
    return place


def refused(ran, *expected):
    """Check that a run ended in one clear error."""
    assert ran.status == 1
    assert ran.out == ""
    assert ran.err.startswith("error: ")
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err
    assert "\x1b" not in ran.err
    for part in expected:
        assert part in ran.err


def listing(place):
    return sorted(
        (str(path.relative_to(place)), path.stat().st_mtime_ns) for path in place.rglob("*")
    )


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_task_files_are_refused(taskpar, bare, tmp_path, case):
    content, expected = BAD_FILES[case]
    (tmp_path / "tasks.yaml").write_bytes(content)
    before = listing(tmp_path)
    refused(taskpar("plan", tmp_path / "tasks.yaml", "--repo", bare), "tasks.yaml", expected)
    assert listing(tmp_path) == before


def test_broken_json_names_line_and_column(taskpar, bare, tmp_path):
    place = tmp_path / "tasks.json"
    place.write_text('{"tasks": [\n  {"id": "a", }\n]}', encoding="utf-8")
    refused(taskpar("plan", place, "--repo", bare), "tasks.json:2:15")


def test_a_file_of_50_mb_is_refused_at_once(taskpar, bare, tmp_path):
    place = tmp_path / "tasks.json"
    with place.open("wb") as file:
        file.truncate(50 << 20)
    refused(taskpar("plan", place, "--repo", bare), "tasks.json", "MiB")


def test_a_missing_file_is_named(taskpar, bare, tmp_path):
    refused(taskpar("plan", tmp_path / "no.yaml", "--repo", bare), "no.yaml")


@pytest.mark.parametrize("revision", ["nowhere", "-x", "--output=/tmp/x", "HEAD~99", "a\x00b", ""])
def test_a_missing_revision_is_named(taskpar, bare, tmp_path, revision):
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text(GOOD, encoding="utf-8")
    refused(taskpar("plan", tasks, "--repo", bare, f"--at={revision}"))


def test_a_repository_without_commits_is_refused(taskpar, tmp_path):
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text(GOOD, encoding="utf-8")
    pygit2.init_repository(str(tmp_path / "new"))
    refused(taskpar("plan", tasks, "--repo", tmp_path / "new"), "commit")
    refused(taskpar("plan", tasks, "--repo", tmp_path / "nowhere"), "nowhere")


def test_a_zone_inside_a_submodule_is_refused_and_the_submodule_itself_is_fine(taskpar, tmp_path):
    place = tmp_path / "repo"
    repository = pygit2.init_repository(str(place), initial_head="main")
    head = commit(repository, {"a.py": b"x\n"})
    index = pygit2.Index()
    index.add(pygit2.IndexEntry("a.py", repository.create_blob(b"x"), 0o100644))
    index.add(pygit2.IndexEntry("vendor/lib", pygit2.Oid(hex=head), 0o160000))
    tree = index.write_tree(repository)
    who = pygit2.Signature("Test", "test@example.org", 1_700_000_000, 0)
    repository.create_commit("HEAD", who, who, "add a submodule", tree, [pygit2.Oid(hex=head)])
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text("- {id: a, title: A, modifies: [vendor/lib/src/*]}\n", encoding="utf-8")
    refused(
        taskpar("plan", tasks, "--repo", place),
        "tasks.yaml",
        "vendor/lib/src/*",
        "Name 'vendor/lib' itself",
    )
    tasks.write_text("- {id: a, title: A, modifies: [vendor/lib, '**']}\n", encoding="utf-8")
    assert taskpar("plan", tasks, "--repo", place).status == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--workers", "0"],
        ["plan", "--workers", "many"],
        ["plan", "--threshold", "nan"],
        ["plan", "--threshold", "-1"],
        ["plan", "--estimator", "oracle"],
        ["plan", "--no-such-option"],
        ["no-such-command"],
        ["explain", "a"],
    ],
)
def test_usage_errors_exit_with_1(taskpar, bare, tmp_path, arguments):
    (bare / "tasks.yaml").write_text(GOOD, encoding="utf-8")
    refused(taskpar(*arguments, *(["--repo", bare] if arguments[0] == "plan" else [])))


def test_contradictions_are_spelled_out(taskpar, bare, tmp_path):
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text(
        "- {id: a, title: A, modifies: [a.py]}\n"
        "- {id: b, title: B, depends_on: [a], can_run_with: [a]}\n"
        "- {id: c, title: Add a migration, parallel_safe: true}\n"
        "- {id: d, title: D, modifies: [a.py], can_run_with: [b, a]}\n",
        encoding="utf-8",
    )
    shown = " ".join(taskpar("plan", tasks, "--repo", bare).out.split())
    assert "can_run_with a contradicts the order a -> b. The order wins." in shown
    assert "parallel_safe: true lifts the default rule 'never schema'" in shown
    assert "can_run_with a though their declared paths overlap" in shown


def test_shallow_clones_are_planned_and_say_what_they_lack(taskpar, shop, backlog, tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{shop}", str(clone)], check=True)
    ran = taskpar("plan", backlog, "--repo", clone)
    assert ran.status == 0
    assert "shallow" in ran.out
