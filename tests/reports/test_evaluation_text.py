"""An evaluation as tables: on a terminal and as Markdown."""

from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from taskpar_ml.domain.evaluation import Measure
from taskpar_ml.reports.evaluation_tables import (
    above_zero,
    evaluation_sections,
    is_honest,
    solid_deciles,
)
from taskpar_ml.reports.evaluation_text import draw_evaluation, markdown
from tests.support.evaluations import OWN, RULE, UNSEEN, decile, judged, made_up, measure

HOSTILE = "a|b [red]x[/] \x1b]0;owned\x07 <b>*_`c`_*</b>\nd"


def drawn(found, *, width=120):
    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(draw_evaluation(found))
    return console.file.getvalue()


def tables(found):
    return {
        (section.title, table.title): table
        for section in evaluation_sections(found)
        for table in section.tables
    }


def row(table, *first):
    (found,) = (
        each for each in table.rows if tuple(cell.text for cell in each[: len(first)]) == first
    )
    return [str(cell) for cell in found[len(first) :]]


def test_every_kind_of_knowledge_has_its_tables():
    titles = list(tables(made_up()))
    expected = [("What was looked at", "")]
    for known in ("Known: title", "Known: all seen"):
        expected += [
            (known, "All pairs, 1,234 conflicts: mean over repositories"),
            (known, "Pairs: different authors, 1,234 conflicts: mean over repositories"),
            (known, "Pairs: concurrent, 1,234 conflicts: mean over repositories"),
            (known, "Advantages, mean over repositories"),
            (known, "All pairs, each repository"),
        ]
    deviating = "Deciles whose interval of observed over expected does not contain 1"
    assert titles == [*expected, ("Files", ""), ("Reliability", deviating)]


def test_all_models_are_measured_on_all_pairs():
    title = "All pairs, 1,234 conflicts: mean over repositories"
    table = tables(made_up())["Known: title", title]
    assert table.columns == (
        *("model", "AUC", "AP", "lift", "caught at 5%", "caught at 10%", "caught at 20%"),
        *("Brier", "ECE"),
    )
    assert row(table, UNSEEN) == [
        *("0.800 (0.790-0.810)", "0.200 (0.190-0.210)", "8.00x (7.50-8.50)"),
        *("16.0% (15.0-17.0)", "26.7% (25.7-27.7)", "-", "0.0123", "0.0045"),
    ]
    assert row(table, RULE)[-2:] == ["-", "-"]


def test_chosen_pairs_have_shorter_rows():
    title = "Pairs: different authors, 1,234 conflicts: mean over repositories"
    table = tables(made_up())["Known: all seen", title]
    assert table.columns == ("model", "AUC", "AP", "lift", "caught at 10%")
    assert len(table.rows) == 3


def test_advantages_are_marked_where_the_whole_interval_lies_above_zero():
    table = tables(made_up())["Known: title", "Advantages, mean over repositories"]
    assert row(table, OWN, UNSEEN, "all") == [
        "+0.050 (+0.040 to +0.060) *",
        "+0.012 (-0.008 to +0.032)",
        "1.06x (1.01-1.11)",
    ]
    assert row(table, OWN, UNSEEN, "different authors")
    others = [cells for cells in table.rows if cells[2].text != "all"]
    assert [cells[1].text for cells in others] == [UNSEEN]
    assert len(table.rows) == 4


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.01, 0.2, True), (0, 0.2, False), (-0.1, 0.2, False), (0.1, 0.1, False), (None, 1, False)],
)
def test_what_is_above_zero(low, high, expected):
    assert above_zero(Measure(value=0.1, low=low, high=high)) == expected


def test_learned_models_are_shown_repository_by_repository():
    table = tables(made_up())["Known: title", "All pairs, each repository"]
    assert table.columns == (
        *("repository", "conflicts"),
        *(f"{name}: {model}" for model in (UNSEEN, OWN) for name in ("AUC", "AP")),
    )
    assert row(table, "acme/till")[0] == "1,234"
    assert [each[:5] for each in row(table, "acme/till")[1:]] == [
        "0.810",
        "0.203",
        "0.860",
        "0.215",
    ]


def test_only_deciles_that_expect_enough_are_counted():
    found = made_up().model_copy(
        update={
            "deciles": (
                decile(1, expected=29.9, low=2.0, high=3.0),
                decile(2, expected=30.0, low=1.0, high=3.0),
                decile(3, expected=40.0, low=0.5, high=1.0),
                decile(4, expected=40.0, low=1.01, high=1.5),
                decile(5, expected=40.0, low=0.5, high=0.99),
                decile(6, expected=40.0, low=1.1, high=1.1),
                decile(7, expected=40.0, low=None, high=None),
            )
        }
    )
    solid = solid_deciles(found)
    assert [each.decile for each in solid] == [2, 3, 4, 5]
    assert [is_honest(each) for each in solid] == [True, True, False, False]
    *_, last = evaluation_sections(found)
    assert last.said[0].startswith("Of 7 deciles")
    assert "4 with an interval expect 30 conflicts or more" in last.said[0]
    assert last.said[1:] == (f"{OWN}, title: in 2 of 4 the interval contains 1.",)
    (table,) = last.tables
    assert row(table, "title", OWN, "acme/shop", "5") == [
        *("400", "40.0", "44", "1.10 (0.50-0.99)"),
    ]
    assert len(table.rows) == 2


def test_what_a_tracker_told_is_counted_where_it_told_anything():
    found = made_up()
    shop, till = found.repositories
    told = shop.model_copy(update={"texts": 1_250, "text_pairs": 190, "text_conflicts": 7})
    shown = tables(found.model_copy(update={"repositories": (told, till)}))
    table = shown["What was looked at", "Tested tasks of which a tracker told before"]
    assert [[str(cell) for cell in cells] for cells in table.rows] == [
        ["acme/shop", "1,250", "190", "7"],
    ]


def test_files_are_shown():
    assert row(tables(made_up())["Files", ""], "title", UNSEEN) == [
        *("0.432 (0.422-0.442)", "0.321 (0.311-0.331)", "98.7%"),
    ]


def test_who_was_learned_from_is_no_stranger():
    shown = drawn(made_up())
    assert "The model learned from these, they are not unseen: acme/shop." in shown
    assert "Judged: general-1 on 2 repositories; 95 % intervals of 500 resamples" in shown


def test_intervals_stand_below_their_numbers():
    lines = drawn(made_up(), width=200).splitlines()
    at = next(number for number, line in enumerate(lines) if " 8.00x " in line)
    assert lines[at + 1].split()[:3] == ["0.790-0.810", "0.190-0.210", "7.50-8.50"]


@pytest.mark.parametrize("width", [30, 60, 120])
def test_hostile_names_are_text_on_any_terminal(width):
    shown = drawn(made_up(repositories=(HOSTILE,), model=HOSTILE), width=width)
    assert "\x1b" not in shown
    if width == 120:
        assert "[red]x[/] \\x1b]0;owned\\x07" in shown


def test_markdown_holds_the_same_tables():
    found = made_up()
    lines = list(markdown(found, level=3))
    headings = [line for line in lines if line.startswith("#")]
    assert headings == [f"### {section.title}" for section in evaluation_sections(found)]
    assert sum(line.startswith("| ---") for line in lines) == len(tables(found))
    assert "| --- | ---: | ---: | ---: | ---: | ---: |" in lines
    assert rf"| {UNSEEN} | 0.800 (0.790-0.810) |" in "\n".join(lines)
    assert r"+0.050 (+0.040 to +0.060) \*" in "\n".join(lines)


def test_hostile_names_break_no_markdown():
    found = made_up(repositories=(HOSTILE, "x"), model=HOSTILE)
    lines = list(markdown(found))
    assert all("\n" not in line and line.isprintable() for line in lines)
    table = next(n for n, line in enumerate(lines) if line.startswith("| repository"))
    columns = [len(re.findall(r"(?<!\\)\|", line)) for line in lines[table : table + 4]]
    assert columns == [7, 7, 7, 7]
    assert r"a\|b \[red\]x\[/\]" in lines[table + 2]
    assert r"\<b\>\*\_\`c\`\_\*\</b\> d" in lines[table + 2]


def test_what_was_not_measured_leaves_no_table():
    nothing = made_up().model_copy(update={"files": (), "deciles": (), "advantages": ()})
    assert {title for title, _ in tables(nothing)} == {
        *("What was looked at", "Known: title", "Known: all seen"),
    }
    assert "0 deciles" in drawn(nothing)


def test_the_interval_of_a_single_batch_says_nothing():
    once = judged("title", RULE).model_copy(update={"measures": {"AUC": measure(0.5, 0.0)}})
    found = made_up().model_copy(update={"judged": (once,), "advantages": ()})
    (table,) = (each for (title, _), each in tables(found).items() if title == "Known: title")
    assert row(table, RULE) == ["0.500"]
