"""The study of footprints on a made-up history: a sample of what its full form prints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.large import LargeRepository

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the study prints of two batches of a history of 300 landings."""
    place = tmp_path_factory.mktemp("study")
    made = LargeRepository(place / "made", 200, commits=300)
    ran = subprocess.run(
        [
            sys.executable,
            PROJECT / "pipelines" / "footprint_study.py",
            made.place,
            "--last",
            "0.5",
            "--cache",
            place / "facts.sqlite",
        ],
        capture_output=True,
        text=True,
        check=True,
        cwd=PROJECT,
    )
    return ran.stdout


def row(printed: str, start: str) -> list[str]:
    """Return the cells of the first row that begins so."""
    line = next(line for line in printed.splitlines() if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_words_that_files_hold_lead_to_them(printed):
    together = row(printed, "all evidence")
    named = row(printed, "mentions alone")
    recall_at_10 = 2
    assert float(together[recall_at_10]) > 0.8
    assert float(named[recall_at_10]) == 0.0
    assert float(row(printed, "without content")[recall_at_10]) < float(together[recall_at_10])


def test_evidence_of_what_texts_name_is_left_out_on_its_own(printed):
    for name in ("symbols", "files of symbols", "files of endpoints", "files behind names"):
        left_out = row(printed, f"without {name}")
        assert float(left_out[1]) <= float(row(printed, "all evidence")[1])


def test_every_table_is_printed(printed):
    for start in ("title", "title+body", "title+body without names", "made", "P(touch)"):
        assert row(printed, start)
    assert "Tasks of which retrieval knows too little" in printed
