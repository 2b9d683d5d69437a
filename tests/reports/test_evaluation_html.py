"""An evaluation as one page: whole, safe, readable without sight, the same every time."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from taskpar_ml.reports.evaluation_html import evaluation_page
from taskpar_ml.reports.evaluation_plots import (
    Curve,
    Point,
    advantage_points,
    auc_of,
    evaluation_plots,
    reliability_curves,
)
from taskpar_ml.reports.evaluation_tables import evaluation_sections
from tests.support.evaluations import OWN, RULE, UNSEEN, made_up
from tests.support.pages import HOSTILE, Page

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text() -> str:
    return evaluation_page(made_up())


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


@pytest.fixture(scope="module")
def hostile() -> Page:
    names = (f"_{HOSTILE}", "文字/\udcff")
    facts = {HOSTILE: [HOSTILE]}
    found = made_up(repositories=names, model=HOSTILE, tellings=("title",), facts=facts)
    return Page(evaluation_page(found))


def test_every_table_is_there_with_all_its_cells(page):
    tables = [table for section in evaluation_sections(made_up()) for table in section.tables]
    assert len(page.all("table")) == len(page.within("caption")) == len(tables) > 10
    assert len(page.all("tr")) == sum(1 + len(table.rows) for table in tables)
    cells = len(page.all("td")) + len(page.all("th"))
    assert cells == sum(len(table.columns) * (1 + len(table.rows)) for table in tables)
    assert "0.790-0.810" in page.within("small")
    assert "+0.050 *" in page.within("span")


def test_every_plot_says_what_it_shows(page):
    plots = [plot for known in ("title", "all seen") for plot in evaluation_plots(made_up(), known)]
    titles = [
        *("AUC of every model", f"Advantages of {UNSEEN}", f"Advantages of {OWN}"),
        f"Reliability of {OWN}",
    ]
    expected = [f"{title}, known: {known}" for known in ("title", "all seen") for title in titles]
    assert page.within("figcaption") == [plot.title for plot in plots] == expected
    drawn = page.all("svg")
    assert [each["aria-label"] for each in drawn] == [plot.description for plot in plots]
    assert {each["role"] for each in drawn} == {"img"}
    assert f"{UNSEEN} 0.800, {OWN} 0.850, {RULE} 0.600." in plots[0].description
    assert f"Over {RULE}: +0.062 (+0.042 to +0.083)." in plots[2].description
    last = "acme/shop: of the riskiest tenth 20.0% expected, 11.0% observed"
    assert last in plots[3].description


def test_a_plot_names_its_repositories_and_models(page):
    shown = page.within("text")
    for name in ("acme/shop", "acme/till", "mean", UNSEEN, RULE):
        assert any(name in each for each in shown), name


def test_the_page_stands_alone(page, text):
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"}
    addresses = [
        value
        for _, attributes in page.tags
        for name, value in attributes.items()
        if name in ("href", "src", "xlink:href") or name.startswith("on")
    ]
    assert all(each.startswith("#") for each in addresses)
    assert "@import" not in text
    assert "http" not in re.sub(r'http-equiv="Content', "", text)
    (policy,) = (each["content"] for each in page.all("meta") if "http-equiv" in each)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_the_page_fits_phones_printers_and_the_dark(page, text):
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all(
        "meta"
    )
    for wish in ("prefers-color-scheme: dark", "@media print", "overflow-x: auto"):
        assert wish in text
    boxes = [each for each in page.all("div") if each.get("class") == "box"]
    assert len(boxes) == len(page.all("table")) + len(page.all("svg"))
    assert all(each["aria-label"] and each["tabindex"] == "0" for each in boxes)
    assert "currentColor" in text
    assert "#123456" not in text


def test_no_two_parts_of_a_page_have_one_name_and_all_that_are_named_exist(page, text):
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    named = re.findall(r'(?:href="#|url\(#)([^")]+)', text)
    assert named
    assert set(named) <= set(ids)


def test_what_comes_from_outside_is_text_and_nothing_else(hostile, page):
    assert not hostile.all("script")
    shown = "$x^2$ </text></svg><script>alert(1)</script> \"q\" 'a' & \\x1b[31m"
    assert (
        hostile.within("title") == hostile.within("h1") == [f"How well {shown} predicts conflicts"]
    )
    assert hostile.within("th").count(f"_{shown}") == 2
    facts = "".join(hostile.within("pre"))
    assert '{"' not in facts
    assert shown.replace('"', '\\"').replace("\\x1b", "\\u001b") in facts
    legends = [each for each in hostile.within("text") if "_$x^2$ </text></svg>" in each]
    assert legends
    assert any("文字/\\udcff" in each for each in hostile.within("text"))
    assert {tag for tag, _ in hostile.tags} <= {tag for tag, _ in page.tags}


def test_the_same_evaluation_gives_the_same_page_wherever_it_is_drawn(text, tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: path\n")
    script = (
        "import hashlib\n"
        "from taskpar_ml.reports.evaluation_html import evaluation_page\n"
        "from tests.support.evaluations import made_up\n"
        "print(hashlib.sha256(evaluation_page(made_up()).encode()).hexdigest())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()
    assert not re.search(r"\b20\d\d-\d\d-\d\d", text)


def test_drawing_leaves_the_settings_of_plots_alone():
    import matplotlib

    with matplotlib.rc_context({"lines.linewidth": 9, "svg.hashsalt": "mine"}):
        list(evaluation_plots(made_up(), "title"))
        assert matplotlib.rcParams["lines.linewidth"] == 9
        assert matplotlib.rcParams["svg.hashsalt"] == "mine"


def test_plots_are_loaded_only_when_they_are_drawn():
    script = (
        "import sys\n"
        "import taskpar_ml.reports.evaluation_html, taskpar_ml.cli.evaluate\n"
        "print('matplotlib' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert ran.stdout.strip() == "False"


def test_numbers_of_the_plots():
    found = made_up()
    assert auc_of(found, "title", OWN) == {None: 0.85, "acme/shop": 0.85, "acme/till": 0.86}
    points = advantage_points(found, "title", OWN, "auc")
    assert [each.row for each in points] == [UNSEEN, RULE]
    assert points[1] == Point(RULE, *(pytest.approx(each) for each in (0.25, 0.24, 0.26)))
    assert reliability_curves(found, "title", OWN) == [
        Curve("acme/shop", (0.08, 0.09, 0.2), (0.11, 0.11, 0.11)),
        Curve("acme/till", (0.08, 0.09), (0.11, 0.11)),
    ]
    assert reliability_curves(found, "title", UNSEEN) == []


def test_nothing_is_drawn_of_what_was_not_measured():
    nothing = made_up().model_copy(update={"judged": (), "advantages": (), "deciles": ()})
    assert list(evaluation_plots(nothing, "title")) == []
    page = Page(evaluation_page(nothing.model_copy(update={"facts": {}})))
    assert not page.all("svg")
    assert not page.all("pre")
