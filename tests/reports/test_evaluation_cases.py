"""The pairs about which a model was most wrong, on a terminal, as Markdown and on a page."""

from __future__ import annotations

from taskpar_ml.domain.evaluation import CaseKind
from taskpar_ml.reports.evaluation_cases import case_section
from taskpar_ml.reports.evaluation_html import evaluation_page
from taskpar_ml.reports.evaluation_text import markdown
from tests.reports.test_evaluation_html import HOSTILE, Page
from tests.reports.test_evaluation_text import drawn
from tests.support.evaluations import case, made_up, with_cases

ALARM = CaseKind.FALSE_ALARM
FOUND = with_cases(*(case(number) for number in range(1, 6)), case(7, ALARM))
MISSED_TITLE = "acme/shop, title: conflicts that were ranked lowest"
ALARM_TITLE = "acme/shop, title: pairs without conflict that were ranked highest"


def rows(found, *, is_short=False):
    section = case_section(found, is_short=is_short)
    return {
        table.title: [[str(cell) for cell in row] for row in table.rows] for table in section.tables
    }


def test_every_case_is_told_in_whole():
    found = rows(FOUND)
    assert list(found) == [MISSED_TITLE, ALARM_TITLE]
    assert len(found[MISSED_TITLE]) == 5
    assert found[MISSED_TITLE][1] == [
        *("a00000000002 Pay by card", "src/cart.py 0.25", "b00000000002 Refund", "-"),
        *("src/pay.py, src/till.py", "docs/guide.md", "same", "0.002", "98.0%"),
    ]
    (alarm,) = found[ALARM_TITLE]
    assert alarm[4:] == ["-", "docs/guide.md", "different", "0.007", "93.0%"]


def test_in_short_the_first_three_are_told():
    found = rows(FOUND, is_short=True)
    assert [row[0][:12] for row in found[MISSED_TITLE]] == [
        *("a00000000001", "a00000000002", "a00000000003"),
    ]
    first = ["a00000000001 Pay by card", "b00000000001 Refund", "src/pay.py, src/till.py"]
    assert found[MISSED_TITLE][0] == [*first, "0.001", "99.0%"]
    (alarm,) = found[ALARM_TITLE]
    assert alarm[2] == "docs/guide.md"
    heads = [table.columns[2] for table in case_section(FOUND, is_short=True).tables]
    assert heads == ["conflict in", "changed by both"]
    many = with_cases(case(1, conflicted=tuple("abcde")))
    assert rows(many, is_short=True)[MISSED_TITLE][0][2] == "a, b, c, 2 more"
    assert rows(many)[MISSED_TITLE][0][4] == "a, b, c, d, e"


def test_repositories_and_tellings_stand_apart():
    found = with_cases(case(1), case(2, repository="acme/till"), case(3, known="all seen"))
    assert list(rows(found)) == [
        MISSED_TITLE,
        "acme/till, title: conflicts that were ranked lowest",
        "acme/shop, all seen: conflicts that were ranked lowest",
    ]


def test_a_pair_of_which_nothing_was_said_has_no_probability():
    (row,) = rows(with_cases(case(1, ALARM, p_conflict=None)))[ALARM_TITLE]
    assert row[-2:] == ["?", "99.0%"]


def test_a_terminal_shows_them_in_short():
    shown = drawn(FOUND)
    assert "Cases behind the figures" in shown
    assert "a00000000003" in shown
    assert "a00000000004" not in shown
    assert "The first 3 of each" in shown
    assert "Cases" not in drawn(made_up())


def test_markdown_shows_them_only_if_asked():
    assert list(markdown(FOUND)) == list(markdown(made_up()))
    lines = list(markdown(FOUND, with_cases=True))
    assert "## Cases behind the figures" in lines
    assert sum(line.startswith("| a0000") for line in lines) == 6
    assert list(markdown(made_up(), with_cases=True)) == list(markdown(made_up()))


def test_a_page_folds_them():
    page = Page(evaluation_page(FOUND))
    assert len(page.all("details")) == 2
    assert page.within("summary") == [MISSED_TITLE, ALARM_TITLE]
    assert "a00000000005 Pay by card" in page.within("th")
    assert not Page(evaluation_page(made_up())).all("details")
    assert len([each for each in page.all("div") if each.get("class") == "box"]) == len(
        page.all("table")
    ) + len(page.all("svg"))


def test_titles_from_outside_are_text_and_nothing_else():
    found = with_cases(case(1, said=HOSTILE, repository=HOSTILE))
    page = Page(evaluation_page(found))
    assert not page.all("script")
    assert any("<script>alert(1)</script>" in each for each in page.within("summary"))
    assert any("<script>alert(1)</script>" in each for each in page.within("th"))
    assert "\x1b" not in drawn(found)
    assert all(line.isprintable() for line in markdown(found, with_cases=True))
