"""A backtest as one page, and its plots alone: whole, safe, the same every time."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from taskpar_ml.domain.watching import Watching
from taskpar_ml.errors import OutputError
from taskpar_ml.reports.backtest_frontier import Traded, frontier_of
from taskpar_ml.reports.backtest_html import backtest_page
from taskpar_ml.reports.backtest_plots import frontier_file, frontier_plot
from taskpar_ml.reports.backtest_tables import policy_tables
from taskpar_ml.reports.backtest_text import recommendation_words
from taskpar_ml.reports.plots import check_plot_ending
from tests.support.backtests import made_up, replayed, result
from tests.support.pages import HOSTILE, Page

PROJECT = Path(__file__).parents[2]
SHOWN = "$x^2$ </text></svg><script>alert(1)</script> \"q\" 'a' & \\x1b[31m"


@pytest.fixture(scope="module")
def text() -> str:
    return backtest_page(made_up())


@pytest.fixture(scope="module")
def page(text) -> Page:
    return Page(text)


def test_everything_is_on_the_page(page):
    assert page.within("h1") == ["The past of shop, replayed side by side"]
    assert page.within("h2") == [
        *("What was replayed", "Recommended", "4 workers", "8 workers", "Batches")
    ]
    for words in map(recommendation_words, made_up().recommended):
        assert words in page.within("p")
    assert page.within("figcaption") == [
        f"Speed-up and work lost with {workers} workers" for workers in (4, 8)
    ]
    assert page.within("caption") == [
        "How running tasks were watched",
        *("Nobody watching, 4 workers", "With checkpoints, 4 workers"),
        *("Nobody watching, 8 workers", "With checkpoints, 8 workers"),
        "2 batches",
    ]
    doubts = [each for each in page.within("p") if "not proved to be the shortest" in each]
    assert len(doubts) == 2
    assert page.all("details") == [{}], "closed"
    assert page.within("summary") == ["2 batches"]


def test_every_number_has_its_interval_and_gains_are_marked():
    first, second = policy_tables(made_up(), 4)
    rows = {row[0].text: [str(cell) for cell in row[1:]] for row in first.rows}
    assert rows["m at 0.1"] == [
        *("2.40 (2.30-2.50)", "2.40 (2.30-2.50)", "2.40 (2.30-2.50)"),
        *("5.0% (4.0-6.5)", "0.050 (0.040-0.065)", "20.0%", "25.0%"),
        *("+0.20 (+0.10 to +0.30) *", "-20.0% (-30.0 to -10.0) *"),
    ]
    assert rows["all-parallel"][-2] == "+0.00 (-0.10 to +0.10)"
    assert rows["sequential"][-2:] != ["-", "-"]
    others = {row[0].text: [str(cell) for cell in row[1:]] for row in second.rows}
    assert others["sequential"][-2:] == ["-", "-"], "its difference is to another way to watch"
    assert others["m at 0.1"][0] == "2.50 (2.40-2.60)"


def test_one_batch_has_no_intervals():
    shown = Page(backtest_page(made_up(is_one_batch=True)))
    assert not shown.within("small")
    assert not shown.within("span")
    assert "2.40" in shown.within("td")
    assert shown.within("summary") == ["1 batch"]


def test_one_way_to_watch_has_one_panel_and_three_have_three():
    for ways in (tuple(Watching)[:1], tuple(Watching)[:3]):
        found = made_up(ways=ways, workers=(4,))
        shown = Page(backtest_page(found))
        panels = [each for each in shown.within("text") if each.endswith(", 4 workers")]
        assert len(panels) == len(ways)
        assert len(shown.within("caption")) == len(ways) + 2


def test_a_plot_says_what_it_shows(page):
    plots = [frontier_plot(made_up(), workers) for workers in (4, 8)]
    drawn = page.all("svg")
    assert [each["aria-label"] for each in drawn] == [each.description for each in plots]
    assert {each["role"] for each in drawn} == {"img"}
    for words in (
        "Nobody watching, 4 workers: m at 0.05 2.30 times as fast as one by one, 10.0% lost; ",
        "all-parallel 2.30 times as fast as one by one, 40.0% lost",
        "Nothing lost: sequential 1.00, perfect forecast 2.80, oracle 3.30.",
    ):
        assert words in plots[0].description
    shown = page.within("text")
    for name in (
        *("m, by threshold", "all-parallel", "mentioned paths", "recommended"),
        *("sequential", "perfect forecast", "oracle", "0.05", "0.1"),
    ):
        assert name in shown, name


def test_thresholds_rise_along_the_planner_and_nothing_hits_bounds():
    found = frontier_of(made_up(), 4, Watching.CHECKPOINTS)
    assert [each.threshold for each in found.planner] == [0.05, 0.1]
    assert found.planner[0] == Traded("m at 0.05", 0.1, pytest.approx(2.4), 0.05)
    assert [each.policy for each in found.others] == ["all-parallel", "mentioned paths"]
    assert [each.policy for each in found.bounds] == ["sequential", "perfect forecast", "oracle"]
    assert found.recommended == "m at 0.1"
    assert frontier_of(made_up(), 8, Watching.NEVER).recommended is None


def test_marks_upon_each_other_have_one_label():
    same = [result(f"m at {each}", 4, 2.0, threshold=each) for each in (0.1, 0.2)]
    svg = frontier_plot(replayed(*same, result("far", 4, 3.0, lost=0.5), proved=2), 4).svg
    assert ">0.1, 0.2<" in svg


def test_a_replay_without_a_loss_is_drawn_nevertheless():
    alone = result("m at 0.1", 4, 1.0, lost=0.0, threshold=0.1)
    assert ">0.1<" in frontier_plot(replayed(alone, proved=2), 4).svg


def test_the_page_stands_alone(page, text):
    assert not {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object"}
    for _, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in ("href", "src") or value.startswith("#")
    assert "http" not in re.sub(r'http-equiv="Content', "", text)
    assert "@import" not in text
    (policy,) = (each["content"] for each in page.all("meta") if "http-equiv" in each)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'"
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) <= set(ids)
    assert "#123456" not in text


def test_what_comes_from_outside_is_text_and_nothing_else(page):
    found = made_up(repository=f"_{HOSTILE.replace('/', '')}", model=HOSTILE, other="文字\udcff")
    shown = Page(backtest_page(found))
    assert not shown.all("script")
    assert shown.within("title") == shown.within("h1")
    assert "<script>alert(1)<script>" in shown.within("h1")[0]
    assert f"{SHOWN} at 0.1" in shown.within("th")
    assert "文字\\udcff" in shown.within("text")
    assert {tag for tag, _ in shown.tags} <= {tag for tag, _ in page.tags}


@pytest.mark.parametrize("place", [".", "/"])
def test_a_place_without_a_name_is_no_title(place):
    shown = Page(backtest_page(made_up(repository=place, workers=(4,))))
    assert shown.within("h1") == ["The past of this repository, replayed side by side"]


def test_the_plots_alone_are_whole_documents():
    found = made_up(model=HOSTILE)
    root = ElementTree.fromstring(frontier_file(found, ".svg"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    assert [each.tag for each in root][:2] == [f"{space}title", f"{space}desc"]
    assert f"{SHOWN} at 0.1 2.40 times as fast" in root[1].text
    titles = [each.text for each in root.iter(f"{space}text") if "workers" in (each.text or "")]
    assert titles == [
        f"{way}, {workers} workers"
        for workers in (4, 8)
        for way in ("Nobody watching", "With checkpoints")
    ]
    assert not list(root.iter(f"{space}script"))
    assert not list(root.iter(f"{space}metadata"))
    assert frontier_file(found, ".PNG").startswith(b"\x89PNG")


def test_an_ending_that_says_nothing_is_refused():
    check_plot_ending(Path("plot.SVG"))
    with pytest.raises(OutputError, match=r"Let its name end in \.svg or \.png\."):
        check_plot_ending(Path("plot.pdf"))


def test_the_same_backtest_gives_the_same_bytes_wherever_it_is_drawn(text, tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 9\nsvg.fonttype: path\n")
    script = (
        "import hashlib\n"
        "from taskpar_ml.reports.backtest_html import backtest_page\n"
        "from taskpar_ml.reports.backtest_plots import frontier_file\n"
        "from tests.support.backtests import made_up\n"
        "found = made_up()\n"
        "whole = backtest_page(found).encode()\n"
        "for each in (whole, frontier_file(found, '.svg'), frontier_file(found, '.png')):\n"
        "    print(hashlib.sha256(each).hexdigest())\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    files = (text.encode(), *(frontier_file(made_up(), each) for each in (".svg", ".png")))
    assert ran.stdout.split() == [hashlib.sha256(each).hexdigest() for each in files]


def test_plots_are_loaded_only_when_they_are_drawn():
    script = (
        "import sys\n"
        "import taskpar_ml.reports.backtest_html, taskpar_ml.cli.backtest\n"
        "print('matplotlib' in sys.modules)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    assert ran.stdout.strip() == "False"
