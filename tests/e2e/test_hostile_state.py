"""State that is garbage, planted, shared or cut short: answers are those without any."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Git, Ran
from tests.support.grown_shop import everything
from tests.support.histories import History
from tests.support.processes import start_python

COMMAND = "import sys; from taskpar_ml.cli import main; sys.argv[0] = 'taskpar'; main()"
Ask = Callable[..., str]


@pytest.fixture
def ask(taskpar: Callable[..., Ran], grown: History, wishes: Path) -> Ask:
    """Return what footprint and plan answer with a directory of state."""

    def run(state: Path | None, *options: object, repo: Path = grown.place) -> str:
        told = ["--state", state] if state else []
        out = ""
        for command in ("footprint", "plan"):
            ran = taskpar(command, wishes, "--repo", repo, *told, "--json", *options)
            assert (ran.status, ran.err) == (0, "")
            out += ran.out
        return out

    return run


@pytest.fixture(scope="session")
def once() -> dict[str, str]:
    """Hold what is the same for all tests."""
    return {}


@pytest.fixture
def sound(ask: Ask, once: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the answer without anything remembered."""
    if "answer" not in once:
        place = tmp_path_factory.mktemp("state") / "warm"
        once |= {"answer": ask(place), "state": str(place)}
    return once["answer"]


@pytest.fixture
def warm(sound: str, once: dict[str, str], tmp_path: Path) -> Path:
    """Return a directory of state that knows the repository."""
    place = tmp_path / "warm"
    shutil.copytree(once["state"], place)
    assert (place / "facts.sqlite").stat().st_size > 0
    assert len(list((place / "arrays").glob("*/*/manifest.json"))) == 3
    return place


def test_warm_state_and_none_answer_alike(ask, sound, warm, tmp_path):
    assert ask(warm) == sound
    assert ask(tmp_path / "cold") == sound


def files_below(place: Path) -> Iterator[Path]:
    yield from sorted(path for path in place.rglob("*") if path.is_file() and not path.is_symlink())


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def noise(path: Path) -> None:
    path.write_bytes(random.Random(7).randbytes(path.stat().st_size or 100))


def text(path: Path) -> None:
    path.write_text('{"version": 1, "arrays": {}}')


def linked(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def piped(path: Path) -> None:
    path.unlink()
    os.mkfifo(path, 0o600)


def grown_long(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\xff" * 10_000)


@pytest.mark.parametrize("change", [cut, emptied, noise, text, linked, piped, grown_long])
@pytest.mark.parametrize("which", ["facts.sqlite", "arrays/*/*/*.npy", "arrays/*/*/manifest.json"])
def test_garbage_in_state_changes_no_answer(ask, sound, warm, which, change):
    damaged = list(warm.glob(which))
    assert damaged
    for path in damaged:
        change(path)
    assert ask(warm) == sound


def test_directories_in_the_place_of_files_change_no_answer(ask, sound, warm):
    for path in list(files_below(warm / "arrays")):
        path.unlink()
        path.mkdir()
    shutil.rmtree(warm / "arrays" / "unknown", ignore_errors=True)
    (warm / "arrays" / "unknown").write_bytes(b"\0")
    assert ask(warm) == sound


def test_the_arrays_of_another_commit_in_their_place_change_no_answer(ask, sound, warm, tmp_path):
    other = tmp_path / "other"
    assert ask(other, "--at", "HEAD~9") != sound
    for kind in (warm / "arrays").iterdir():
        (here,) = kind.iterdir()
        (there,) = (other / "arrays" / kind.name).iterdir()
        shutil.rmtree(here)
        there.rename(here)
    assert ask(warm) == sound


def test_state_that_is_a_repository_of_its_own_files_changes_no_answer(ask, sound, tmp_path):
    place = tmp_path / "full"
    (place / "arrays" / ".new-abc").mkdir(parents=True, mode=0o700)
    (place / "arrays" / ".new-abc" / "a.npy").write_bytes(b"\x93NUMPY")
    (place / "facts.sqlite-wal").write_bytes(b"7\x7f\x06\x82" * 1000)
    (place / "facts.sqlite-shm").write_bytes(b"\1" * 32768)
    place.chmod(0o700)
    assert ask(place) == sound


def test_state_committed_in_a_repository_is_never_believed(
    ask, sound, warm, grown, git: Git, tmp_path
):
    git(tmp_path, "clone", "-q", grown.place.as_uri(), "clone")
    clone = tmp_path / "clone"
    expected = ask(tmp_path / "fresh", "--at", "HEAD", repo=clone)
    # What a hostile author would like us to believe: the memory of the same paths at our commit.
    shutil.copytree(warm, clone / ".taskpar", ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    for path in (clone / ".taskpar" / "arrays").glob("*/*/*.npy"):
        noise(path)
    (clone / ".taskpar" / "facts.sqlite").write_bytes(b"planted")
    git(clone, "add", "--force", ".taskpar")
    git(clone, "commit", "-q", "-m", "State")
    before = everything(clone)
    told = ask(None, "--at", "HEAD~1", repo=clone)
    assert everything(clone) == before
    assert "git tracks it: it came with the repository" in told
    assert told.splitlines()[:-1] == expected.splitlines()[:-1]  # footprints: no notices in them


def test_two_processes_at_once_on_cold_state_answer_alike(ask, sound, grown, wishes, tmp_path):
    place = tmp_path / "cold"
    arguments = ["footprint", wishes, "--repo", grown.place, "--state", place, "--json"]
    before = everything(grown.place)
    running = [start_python(COMMAND, *arguments) for _ in range(2)]
    answers = {(*process.communicate(timeout=60), process.returncode) for process in running}
    ((out, err, status),) = answers
    assert (err, status) == ("", 0)
    assert sound.startswith(out)
    assert ask(place) == sound
    assert everything(grown.place) == before


def test_a_run_killed_in_the_middle_leaves_state_that_changes_no_answer(
    ask, sound, grown, wishes, tmp_path
):
    arguments = ["footprint", wishes, "--repo", grown.place, "--json", "--state"]
    place = tmp_path / "killed"
    begun = time.monotonic()
    start_python(COMMAND, *arguments, tmp_path / "whole").communicate(timeout=60)
    whole = time.monotonic() - begun
    before = everything(grown.place)
    for share in (0.7, 0.85, 0.95):
        process = start_python(COMMAND, *arguments, place)
        time.sleep(whole * share)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    assert ask(place) == sound
    assert everything(grown.place) == before


STOPPING = """
import os, signal, sys
from taskpar_ml import array_store, fact_cache
from taskpar_ml.cli import main
where, sys.argv[1:] = sys.argv[1], sys.argv[2:]

def stop(*arguments, **options):
    os.kill(os.getpid(), signal.SIGKILL)

owner, _, name = where.rpartition(".")
owner = {"array_store": array_store, "ArrayStore": array_store.ArrayStore,
         "DiskFactCache": fact_cache.DiskFactCache}[owner]
assert hasattr(owner, name)
setattr(owner, name, stop)
main()
"""


@pytest.mark.parametrize(
    "where",
    [
        "DiskFactCache.put",
        "ArrayStore.save",
        "ArrayStore._store",
        "array_store.write_arrays",
        "array_store._synced",
        "ArrayStore._drop_oldest",
    ],
)
def test_a_kill_at_any_step_of_remembering_changes_no_answer(
    ask, sound, grown, wishes, tmp_path, where
):
    place = tmp_path / "killed"
    arguments = ["footprint", wishes, "--repo", grown.place, "--json", "--state", place]
    process = start_python(STOPPING, where, *arguments)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == -signal.SIGKILL
    assert ask(place) == sound
    assert ask(place) == sound
