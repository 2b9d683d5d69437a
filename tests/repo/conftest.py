"""Repositories of every kind, made on the spot."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Git = Callable[..., str]


@pytest.fixture(scope="session")
def git() -> Git:
    """The git executable, deaf to the configuration of whoever runs the tests."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A Person",
        "GIT_AUTHOR_EMAIL": "person@example.org",
        "GIT_COMMITTER_NAME": "A Person",
        "GIT_COMMITTER_EMAIL": "person@example.org",
        "GIT_ALLOW_PROTOCOL": "file",
    }

    def run(
        where: Path, *arguments: str, stdin: str | bytes = b"", codes: tuple[int, ...] = (0,)
    ) -> str:
        options = ["-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always"]
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=where,
            env=environment,
            input=os.fsencode(stdin),
            capture_output=True,
            check=False,
        )
        assert done.returncode in codes, done.stderr.decode("utf-8", "replace")
        return os.fsdecode(done.stdout).removesuffix("\n")

    return run


@pytest.fixture
def new_repository(tmp_path: Path, git: Git) -> Callable[..., Path]:
    """Make a repository with one commit per mapping of paths to contents."""

    def make(*commits: Mapping[str, str], name: str = "project") -> Path:
        root = tmp_path / name
        git(tmp_path, "init", "-q", name)
        for number, files in enumerate(commits, start=1):
            for path, content in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
            git(root, "add", "--all")
            git(root, "commit", "-q", "--allow-empty", "-m", f"commit {number}")
        return root

    return make


@pytest.fixture
def project(new_repository: Callable[..., Path]) -> Path:
    """Three commits; the last holds README.md, src/a.py, src/api/b.py and src/api/v1/c.py."""
    return new_repository(
        {"README.md": "one", "old.txt": "old"},
        {"src/a.py": "a = 1\n", "src/api/b.py": "b = 1\n"},
        {"src/api/v1/c.py": "c = 1\n", "README.md": "three"},
    )
