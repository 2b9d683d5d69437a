"""What every test may ask for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from taskpar_ml.cli import main
from tests.support.postgres import Server, find_programs, is_needed, running_server

Git = Callable[..., str]
PROJECT = Path(__file__).parents[1]
Git = Callable[..., str]


@dataclass(frozen=True)
class Ran:
    """What a command answered."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session")
def state_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the state of a user would be, instead of where that of the tester is."""
    return tmp_path_factory.mktemp("state-home")


@pytest.fixture(autouse=True)
def _own_state(state_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(state_home))
    monkeypatch.delenv("TASKPAR_STATE", raising=False)
    monkeypatch.delenv("TASKPAR_STORE", raising=False)
    monkeypatch.delenv("TASKPAR_SEMANTIC", raising=False)


@pytest.fixture
def taskpar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Run the command line in this process, as a person would from the shell."""
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["taskpar", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return Ran(int(stopped.value.code or 0), printed.out, printed.err)

    return run


@pytest.fixture
def examples() -> Path:
    """Return the folder of example task files, one per format."""
    return PROJECT / "data" / "examples"


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a PostgreSQL."""
    programs = find_programs()
    if programs is None:
        if is_needed():
            pytest.fail("PostgreSQL is not installed, and must be")
        pytest.skip("PostgreSQL is not installed")
    with running_server(programs) as socket:
        yield Server(socket)
