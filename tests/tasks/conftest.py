"""Files to read: written for one test, the examples of the project, real ones where present."""

from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write files below an empty working directory, so that messages show short paths."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, content: str | bytes) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


@pytest.fixture
def examples(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the directory of the example files, as a short path."""
    monkeypatch.chdir(PROJECT)
    return Path("data/examples")


@pytest.fixture
def real_files() -> Path:
    """Return a directory of files that other people's tools wrote."""
    path = PROJECT.parent / "shared" / "task-files"
    if not path.is_dir():
        pytest.skip(f"no real task files at {path}")
    return path
