"""Where in its files a repository holds what has a name."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskpar_ml.domain.code_facts import (
    Definition,
    DefinitionKind,
    FileFacts,
    Resource,
    ResourceKind,
    TableAction,
)
from taskpar_ml.domain.footprint import Surface
from taskpar_ml.footprints.spots import SPOT_SURFACES, Spots
from taskpar_ml.footprints.terms import term_counts
from taskpar_ml.survey.endpoints import Endpoint
from taskpar_ml.survey.repo_survey import RepoSurvey
from taskpar_ml.survey.tables import TableTouch
from tests.support.code_shop import CODE
from tests.support.strategies import LAW
from tests.support.workspaces import snapshot_of


def spots_of(files):
    snapshot = snapshot_of(files)
    return Spots.all_of(RepoSurvey.of(snapshot), snapshot.paths.paths), snapshot.paths.paths


def listed(files, surface):
    """Return item, path, first and last line, and whether it defines, of every spot in order."""
    found, paths = spots_of(files)
    spots = found[surface]
    return [
        (spots.items[item], paths[file], first, last, defines)
        for item, file, first, last, defines in zip(
            spots.item, spots.file, spots.first, spots.last, spots.defines, strict=True
        )
    ]


def seen(*, definitions=(), resources=(), endpoints=(), tables=(), path="a.py"):
    """Return the spots of one file of which somebody saw so much."""
    facts = {path: FileFacts(definitions=tuple(definitions), resources=tuple(resources))}
    survey = SimpleNamespace(facts=facts, endpoints=tuple(endpoints), tables=tuple(tables))
    return Spots.all_of(survey, [path])


def function(name, line, end_line):
    return Definition(name, DefinitionKind.FUNCTION, line, end_line)


def test_a_class_counts_with_its_head_and_its_methods_on_their_own():
    assert listed(CODE, Surface.SYMBOL)[:3] == [
        ("src/models.py::User", "src/models.py", 1, 4, True),
        ("src/models.py::User.save", "src/models.py", 5, 6, True),
        ("src/models.py::User.load", "src/models.py", 8, 9, True),
    ]


def test_what_follows_a_definition_does_not_cut_it():
    files = {"a.py": "def one():\n    return 1\n\n\ndef two():\n    return 2\n"}
    assert [row[2:4] for row in listed(files, Surface.SYMBOL)] == [(1, 2), (5, 6)]


def test_a_route_lies_where_its_handler_is_defined_else_where_it_is_written():
    assert listed(CODE, Surface.ENDPOINT) == [
        ("/users/{}", "web/app.js", 1, 3, True),
        ("/users", "web/app.js", 6, 6, True),
    ]


def test_a_handler_of_a_name_that_is_there_twice_is_not_guessed():
    twice = [function("show", 1, 3), function("show", 5, 7), function("main", 10, 20)]
    spots = seen(definitions=twice, endpoints=[Endpoint("GET", "/a", "show", "a.py", 12)])
    found = spots[Surface.ENDPOINT]
    assert (found.first.tolist(), found.last.tolist()) == ([10], [20])


def test_requests_without_a_path_are_named_with_their_method():
    spots = seen(endpoints=[Endpoint("QUERY", "users", "", "a.py", 1)])
    assert spots[Surface.ENDPOINT].items == ("QUERY users",)


def test_tables_lie_in_the_definition_around_and_only_their_makers_define_them():
    assert listed(CODE, Surface.TABLE) == [
        ("users", "migrations/0001_start.sql", 1, 1, True),
        ("users", "migrations/0002_more.sql", 1, 1, True),
        ("users", "src/store.py", 4, 5, False),
        ("users", "src/store.py", 8, 9, False),
    ]


def test_resources_are_named_by_kind_and_define_or_not():
    resources = [
        Resource(ResourceKind.PORT, "80", defines=True, line=3),
        Resource(ResourceKind.VARIABLE, "TOKEN", defines=False, line=5),
    ]
    found = seen(resources=resources)[Surface.RESOURCE]
    assert [found.items[item] for item in found.item] == ["port 80", "variable TOKEN"]
    assert found.first.tolist() == found.last.tolist() == [3, 5]
    assert found.defines.tolist() == [True, False]


def test_spots_are_found_by_the_words_of_their_names():
    found = spots_of(CODE)[0][Surface.SYMBOL]
    term = np.array(sorted(term_counts("load")), dtype=np.uint32)
    (spot,) = found.words.postings(term).indices
    assert found.items[found.item[spot]] == "src/models.py::User.load"


def test_files_are_ascending_and_spots_are_in_one_order_whatever_the_order_of_facts():
    touches = [
        TableTouch("users", action, "a.py", 1) for action in (TableAction.READ, TableAction.CREATE)
    ]
    both = [seen(tables=some)[Surface.TABLE] for some in (touches, touches[::-1])]
    assert [each.defines.tolist() for each in both] == [[False, True]] * 2
    for spots in spots_of(CODE)[0].values():
        assert np.all(np.diff(spots.file) >= 0)


@pytest.mark.parametrize("files", [{}, {"a.txt": "nothing"}])
def test_repositories_without_facts_have_no_spots(files):
    found, _ = spots_of(files)
    assert set(found) == set(SPOT_SURFACES)
    assert all(len(spots) == 0 and spots.items == () for spots in found.values())


def test_names_are_one_line_each_whatever_files_are_called():
    path = "a\nb\u2028\udcff.py"
    spots = seen(
        path=path,
        definitions=[function("f\r\ng", 1, 1)],
        tables=[TableTouch("", TableAction.READ, path, 1)],
    )
    assert spots[Surface.SYMBOL].items == ("a b \udcff.py::f g",)
    for each in spots.values():
        again = Spots.from_arrays(each.arrays())
        assert again.items == each.items


def same(one, other):
    assert one.items == other.items
    for name, array in one.arrays().items():
        assert np.array_equal(array, other.arrays()[name]), name


NAMES = st.text(st.characters(exclude_categories=[]), max_size=5)
LINES = st.tuples(st.integers(1, 40), st.integers(0, 20))


@LAW
@given(defined=st.lists(st.tuples(NAMES, LINES), max_size=8))
def test_spots_come_back_from_their_arrays(defined):
    spots = seen(definitions=[function(name, line, line + more) for name, (line, more) in defined])[
        Surface.SYMBOL
    ]
    same(Spots.from_arrays(spots.arrays()), spots)


@LAW
@given(
    st.lists(LINES, max_size=8),
    st.integers(1, 70),
)
def test_the_innermost_definition_around_a_line_is_found(lines, line):
    definitions = [
        function(f"f{at}", first, first + more) for at, (first, more) in enumerate(lines)
    ]
    spots = seen(definitions=definitions, tables=[TableTouch("t", TableAction.READ, "a.py", line)])
    around = [each for each in definitions if each.line <= line <= each.end_line]
    # Of those around, the one that begins last, and of these the shortest.
    best = max(around, key=lambda each: (each.line, -each.end_line), default=None)
    found = spots[Surface.TABLE]
    expected = (line, line) if best is None else (best.line, best.end_line)
    assert (found.first[0], found.last[0]) == expected


def test_ten_thousand_definitions_on_a_line_and_as_many_tables_below_take_no_time():
    definitions = [function(f"f{at}", 1, 1) for at in range(10_000)]
    tables = [TableTouch(f"t{at}", TableAction.READ, "a.py", 2 + at) for at in range(10_000)]
    begin = time.process_time()
    spots = seen(definitions=definitions, tables=tables)
    assert time.process_time() - begin < 5
    assert spots[Surface.TABLE].first.tolist() == list(range(2, 10_002))
    assert len(spots[Surface.SYMBOL]) == 10_000
