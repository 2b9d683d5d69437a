"""Files appear complete or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from taskpar_ml.whole_files import whole_file


def test_content_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "out.csv"
    with whole_file(target, replace=False) as beside:
        beside.write_text("all of it")
        assert not target.exists()
    assert target.read_text() == "all of it"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failing_block_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def write_half():
        with whole_file(target, replace=True) as beside:
            beside.write_text("new")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_whoever_reads_the_old_file_keeps_it_whole(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    with target.open() as reader:
        with whole_file(target, replace=True) as beside:
            beside.write_text("new and longer")
        assert reader.read() == "old"
    assert target.read_text() == "new and longer"


def test_a_name_that_is_taken_is_not_replaced_unasked(tmp_path):
    target = tmp_path / "out.csv"
    target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileExistsError), whole_file(target, replace=False) as beside:
        beside.write_text("new")
    assert target.is_symlink()
    assert not (tmp_path / "nowhere").exists()


def test_permissions_are_those_of_a_new_file(tmp_path):
    old = os.umask(0o027)
    try:
        with whole_file(tmp_path / "out", replace=False) as beside:
            beside.write_text("x")
    finally:
        os.umask(old)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o640


def test_a_killed_writer_leaves_the_old_file_whole(tmp_path):
    target = tmp_path / "out.csv"
    target.write_text("old")
    script = (
        "import sys, time\nfrom pathlib import Path\n"
        "from taskpar_ml.whole_files import whole_file\n"
        f"with whole_file(Path({str(target)!r}), replace=True) as beside:\n"
        "    beside.write_text('half')\n    print('writing', flush=True)\n    time.sleep(60)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "writing\n"
    time.sleep(0.05)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert target.read_text() == "old"
