"""Commands on a repository that lost the end of an object: they answer or say so, and end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Git
from tests.support.damage import loose_file
from tests.support.processes import run_python

RUN = """
import contextlib, io, json, sys
from taskpar_ml.cli.app import run

root, tasks, store = sys.argv[1:]
answers = []
for command in (
    ["plan", tasks, "--repo", root],
    ["plan", tasks, "--repo", root, "--working-tree"],
    ["landings", "--repo", root],
    ["mine", "--repo", root, "--store", store, "--workers", "1"],
    ["check", "side", "main", "--repo", root],
):
    sys.argv = ["taskpar", *command, "--json"]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run()
        except SystemExit as stopped:
            answers.append((stopped.code or 0, out.getvalue(), err.getvalue()))
print(json.dumps(answers))
"""


@pytest.fixture
def root(tmp_path: Path, git: Git) -> Path:
    """Return a checkout with a branch beside the main one, all objects loose."""
    place = tmp_path / "project"
    git(tmp_path, "init", "-q", "project")
    (place / "src").mkdir()
    for number in range(1, 5):
        (place / "src" / "tax.py").write_text("".join(f"{n * number}\n" for n in range(300)))
        git(place, "add", "--all")
        git(place, "commit", "-q", "-m", f"Round taxes {number} (#{number})")
    git(place, "checkout", "-q", "-b", "side", "HEAD~1")
    (place / "src" / "tax.py").write_text("another\n")
    git(place, "commit", "-q", "-a", "-m", "Another tax")
    git(place, "checkout", "-q", "main")
    return place


@pytest.mark.parametrize("what", ["HEAD", "HEAD^{tree}", "HEAD:src/tax.py", "HEAD~1"])
def test_every_command_ends(root: Path, tmp_path: Path, git: Git, what: str) -> None:
    tasks = tmp_path / "tasks.yaml"
    tasks.write_text("tasks:\n- {id: a, title: Change src/tax.py}\n- {id: b, title: Read taxes}\n")
    file = loose_file(root / ".git", git(root, "rev-parse", what))
    file.chmod(0o644)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    answers = json.loads(run_python(RUN, root, tasks, tmp_path / "store.sqlite", seconds=60))
    assert len(answers) == 5
    for status, out, err in answers:
        if status == 1:
            assert (err[:7], err.count("\n"), out) == ("error: ", 1, "")
            assert "git fsck" in err or "does not exist" in err
        else:
            assert err == ""
            json.loads(out)
    # The trial merge needs every one of them.
    assert [status == 1 for status, *_ in answers] == [what == "HEAD"] * 4 + [True]
