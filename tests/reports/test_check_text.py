"""A check as a person reads it."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from taskpar_ml.domain.overlap import CheckedSide, OverlapReport, PairOverlap, Relation, Verdict
from taskpar_ml.reports.check_text import draw_check
from tests.support.merging import LONG, changed, report_of


def lines(report: OverlapReport) -> list[str]:
    stream = io.StringIO()
    Console(file=stream, width=200, highlight=False).print(draw_check(report))
    return [" ".join(line.split()) for line in stream.getvalue().splitlines()]


def made(pairs: list[PairOverlap], **fields: object) -> OverlapReport:
    fixed = {"repository": ".", "onto": "main", "onto_commit": "0" * 40, "landings": []}
    return OverlapReport.model_validate({**fixed, "sides": [], "pairs": pairs, **fields})


def test_the_worst_pairs_come_first_with_their_files(tmp_path: Path) -> None:
    base = {"f": LONG, "old": LONG.replace("line", "row"), "x": "x\n"}
    a = {"f": changed(LONG, 1), "old": None, "new": base["old"]}
    b = {"f": changed(LONG, 1, "b"), "old": changed(base["old"], 5), "x": None}
    c = {"x": "changed\n"}
    report = report_of(tmp_path, base, a, b, c)
    one, two, three = (side.name for side in report.sides)
    drawn = "\n".join(lines(report))
    assert drawn.index(f"{one} + {two} conflict") < drawn.index(f"{one} + {three} apart")
    # Narrow columns wrap ids, so look for the files alone.
    assert "f: content" in drawn
    assert "old: renamed to new, modified" in drawn
    assert "x: delete-modify" in drawn
    assert drawn.endswith("conflict: of 6 pairs 2 conflict, 0 overlap, 4 apart")


def test_a_rename_that_ends_at_a_shared_path_says_where_from(tmp_path: Path) -> None:
    report = report_of(tmp_path, {"f": LONG}, {"f": None, "g": LONG}, {"g": LONG})
    assert "g: renamed from f, added" in "\n".join(lines(report))


def test_many_pairs_and_many_files_are_counted() -> None:
    shared = [
        {"path": f"f{at}", "a": {"how": "modified", "path": ""}, "b": {"how": "added", "path": ""}}
        for at in range(20)
    ]
    pair = {"a": "a", "b": "b", "verdict": "overlap", "relation": "diverged", "shared": shared}
    drawn = "\n".join(lines(made([pair] * 50)))
    assert drawn.count("and 12 more") == 40
    assert "and 10 more pairs; --json has them all" in drawn


def test_how_histories_lie_is_said_where_it_is_unusual() -> None:
    pairs = [
        {"a": "a", "b": "b", "verdict": Verdict.APART, "relation": relation}
        for relation in Relation
    ]
    drawn = "\n".join(lines(made(pairs)))
    for said in ("(a has all of b)", "(b has all of a)", "(both at one", "(no commit in"):
        assert drawn.count(said) == 1
    usual = made([], landings=[pairs[1]])
    assert pairs[1]["relation"] == Relation.A_CONTAINS_B
    assert "has all of" not in "\n".join(lines(usual))


def test_checkouts_say_where_they_are() -> None:
    side = CheckedSide.model_validate(
        {
            **{"name": "w/", "kind": "worktree", "commit": "1" * 40, "branch": "topic"},
            **{"directory": "/there", "changed": 3, "uncommitted": 2},
        }
    )
    detached = side.model_copy(update={"branch": None})
    unborn = side.model_copy(update={"branch": None, "commit": None})
    drawn = lines(made([], sides=[side, detached, unborn], notices=["here: something"]))
    assert "w/: on topic, 2 uncommitted in /there" in drawn
    assert "w/: at 111111111111, 2 uncommitted in /there" in drawn
    assert "w/: at no commit, 2 uncommitted in /there" in drawn
    assert "- here: something" in drawn
    assert drawn[-1] == "apart: of 0 pairs 0 conflict, 0 overlap, 0 apart"


def test_nothing_in_a_name_steers_the_terminal() -> None:
    conflict = {"path": "\x1b[31m\udcff[bold]", "kind": "content", "path_a": "x", "path_b": None}
    pair = {"a": "[red]a", "b": "b\n", "verdict": "conflict", "relation": "diverged"}
    drawn = "\n".join(lines(made([{**pair, "conflicts": [conflict]}])))
    assert r"\x1b[31m\udcff[bold]" in drawn
    assert "[red]a + b" in drawn
    assert "\x1b" not in drawn
