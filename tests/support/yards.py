"""Repositories on which runs are tried, with the git that people use."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path


class Yard:
    """A repository with a checkout, as a user has it."""

    def __init__(self, place: Path, files: Mapping[str, str]) -> None:
        self.place = place
        place.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Test")
        self.git("config", "user.email", "test@example.org")
        self.base = self.commit(files)

    @property
    def common(self) -> Path:
        """The git directory."""
        return self.place / ".git"

    def git(self, *arguments: str, at: Path | None = None) -> str:
        """Run git in the checkout, or elsewhere."""
        ran = subprocess.run(
            ["git", *arguments],
            cwd=self.place if at is None else at,
            capture_output=True,
            check=False,
            env={name: value for name, value in os.environ.items() if name[:4] != "GIT_"},
        )
        assert ran.returncode == 0, (arguments, ran.stderr)
        return os.fsdecode(ran.stdout).strip()

    def commit(self, files: Mapping[str, str], *, at: Path | None = None) -> str:
        """Write files, commit them, and return the commit."""
        where = self.place if at is None else at
        for name, text in files.items():
            (where / name).parent.mkdir(parents=True, exist_ok=True)
            (where / name).write_text(text, encoding="utf-8")
        self.git("add", "--all", at=where)
        self.git("commit", "--quiet", "--message", "Change", at=where)
        return self.git("rev-parse", "HEAD", at=where)

    def files(self, revision: str) -> dict[str, str]:
        """Return the files of a commit with their contents."""
        names = self.git("ls-tree", "-r", "--name-only", revision).splitlines()
        return {name: self.git("show", f"{revision}:{name}") for name in names}

    def untouched(self) -> tuple[str, ...]:
        """Return what a user would see changed: HEAD, branches but the run's, index, settings."""
        branches = [
            line
            for line in self.git("for-each-ref", "refs/heads", "refs/tags").splitlines()
            if "/taskpar/" not in line
        ]
        hooks = sorted(path.name for path in (self.common / "hooks").iterdir())
        return (
            self.git("rev-parse", "HEAD"),
            self.git("symbolic-ref", "HEAD"),
            self.git("status", "--porcelain"),
            self.git("stash", "list"),
            (self.common / "config").read_text(),
            *branches,
            *hooks,
        )
