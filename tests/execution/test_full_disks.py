"""A disk gets full while a run goes on: it stops and says so, and goes on when there is room."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from taskpar_ml.errors import TaskparError
from tests.support.faults import Scene, endings

TASKS = {
    "bad": "echo 1 >x; git add x; git commit -qm 1; mkdir {once} && cat /dev/zero >{ball};"
    " echo 2 >y; head -c 9000 /dev/urandom >z; sleep 0.3",
    "good": "echo g >g.txt; git add g.txt; git commit -qm g; sleep 0.8; echo good >good.txt",
}
"""One commits, fills the disk and goes on; the other ends when nothing can be written any more."""


@pytest.fixture
def small(tmp_path) -> Iterator[Path]:
    """Return a directory that has a small disk of its own."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mounted, check=False).returncode:
        pytest.skip("nobody may mount a file system here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("full", ["what runs keep", "the user's repository", "both, and the store"])
def test_a_full_disk_stops_a_run_that_goes_on_when_there_is_room(
    tmp_path, small, monkeypatch, record_property, full
):
    place = small if full == "both, and the store" else tmp_path / "large"
    place.mkdir(exist_ok=True)
    if full == "what runs keep":
        (place / "runs").symlink_to(small)
    elif full == "the user's repository":
        Scene(place, monkeypatch)
        shutil.copytree(place / "shop", small, dirs_exist_ok=True)
        shutil.rmtree(place / "shop")
        (place / "shop").symlink_to(small)
    scene = Scene(place, monkeypatch)
    ball = small / "ball"
    tasks = {
        name: script.format(ball=ball, once=tmp_path / "once") for name, script in TASKS.items()
    }
    # What is told of others' files is written by whoever begins them, and fails as files do.
    limits = {"retries": 3}  # how a round ended cannot be written down
    with pytest.raises(TaskparError) as raised:
        scene.bench.run(tasks, limits=limits)
    assert "disk is full" in str(raised.value) or "No space left" in str(raised.value)
    archived = refs(scene)
    with pytest.raises(TaskparError):
        scene.bench.run(tasks, limits=limits)
    assert refs(scene) == archived, "nothing that was archived is lost"
    ball.unlink()
    assert endings(scene.bench.run(tasks, limits=limits)) == {"bad": "merged", "good": "merged"}
    assert scene.landed("x") == "1"
    assert scene.landed("good.txt") == "good"
    found = scene.check()
    record_property("commits", found.commits)
    record_property("blobs", found.blobs)


def refs(scene):
    """Return what is archived."""
    return scene.bench.yard.git("for-each-ref", "refs/taskpar")
