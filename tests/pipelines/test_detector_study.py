"""The study of detectors: what it finds to agree, and how it counts what was read."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "pipelines"))

import detector_python  # noqa: E402
import detector_tables  # noqa: E402
import detector_verdicts  # noqa: E402


def stated(text: str, kind: str, path: str = "a.py") -> set[str]:
    tree = ast.parse(text)
    bases = detector_python.bases_by_name({path: tree})
    found = detector_python.by_python(path, tree, bases)
    return {each.text for each in found if each.kind == kind}


def test_the_small_study_agrees_but_for_another_name_of_os():
    command = [sys.executable, PROJECT / "pipelines" / "detector_study.py", "--small"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PROJECT)
    assert "| small.git | 3 / 0 / 0 | 2 / 0 / 0 | 3 / 0 / 0 | 4 / 0 / 0 | 1 / 0 / 0 |" in ran.stdout
    assert "- missed environment: small.git/shop/money.py: reads RATE" in ran.stdout
    assert "| small.git | 1 | 0 | 0 | 1 |" in ran.stdout


def test_names_that_a_module_sets_under_conditions_are_its_variables():
    text = "if x:\n    a = 1\ntry:\n    b, c = 1, 2\nexcept E:\n    pass\ndef f():\n    d = 1\n"
    names = {each.split()[1] for each in stated(text, "variables")}
    assert names == {"a", "b", "c"}


def test_tests_are_what_pytest_and_unittest_collect():
    text = (
        "import unittest\nclass Testing:\n    def test_a(self): ...\n"
        "class Other:\n    def test_b(self): ...\n"
        "class Case(unittest.TestCase):\n    def test_c(self): ...\n"
        "class TestMade:\n    def __init__(self): ...\n    def test_d(self): ...\n"
    )
    assert stated(text, "tests", "test_a.py") == {"Testing.test_a", "Case.test_c"}


def test_a_statement_that_sqlite_refuses_is_told_apart_from_those_it_runs():
    run = detector_tables.executed("-- a\nCREATE TABLE T (A int);\nCREATE TABLE u (a int[] NOT);")
    assert run.tables == [detector_tables.Table("t", ("a",))]
    assert len(run.refused) == 1


def test_a_kind_below_nine_tenths_is_marked(tmp_path):
    rows = ["repository,revision,path,line,kind,verdict,note"]
    rows += [f"shop,abc,a.py,{n},routes,{'right' if n else 'wrong'},x" for n in range(5)]
    (tmp_path / "v.csv").write_text("\n".join([*rows, "shop,abc,b.py,1,routes,missed,x"]))
    table = detector_verdicts.precision_table(tmp_path / "v.csv")
    assert "| routes (below .9) | 1 | 5 | 4 | 80.0% (37.6% to 96.4%) | 1 | 1 |" in table


def test_a_sample_takes_repositories_by_turns_and_few_facts_of_one_file():
    rows = [detector_verdicts.Row("a", "r", "x", n, "routes", "") for n in range(9)]
    rows += [detector_verdicts.Row("b", "r", "y", n, "routes", "") for n in range(2)]
    chosen = detector_verdicts.sample(rows, 10)
    assert [each.repository for each in chosen] == ["a"] * 3 + ["b"] * 2
    assert chosen == detector_verdicts.sample(list(reversed(rows)), 10)
    assert len(detector_verdicts.sample(rows, 10, per_file=7)) == 9


def test_a_kind_that_is_not_known_is_said(tmp_path):
    with pytest.raises(SystemExit, match="roads: no such kind"):
        detector_verdicts.draw("roads", [], 1)
