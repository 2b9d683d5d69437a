"""Texts that were written to keep a reader busy."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.footprints.memory import RepoMemory
from taskpar_ml.footprints.predictor import DEFAULT_FINDERS
from taskpar_ml.policy.categories import categories_of
from tests.support.workspaces import snapshot_of, task

LENGTH = 40_000
SECONDS = 1.0
PIECES = (
    "a/", "-", "-/", "*/", "/*", "(", "[", "{", "((/", "[a](", "a.", "a_", "_a", "s", "as ",
    "A_", "$", "${", "\\", "..", "a@", "://", "a://", "a+", "a-b.", "{a,", "{}", "/{}", "<>",
    "SELECT ", "select from ", "`select ", "SELECT a FROM ", "JOIN ", "table ", "tables for ",
    "table\t", "users and ", "aaas tables ", "CREATE TABLE ", "UPDATE a ", "GET /", "GET ",
    "/api", "/api/", "endpoint ", "/a handler", "port ", "port: ", "migration 1_", "service `",
    "'a' ", "`a", "localhost:1", "create ", "use ", "see in ", ". ", "\n", "é", "document ", " ",
)  # fmt: skip


@pytest.mark.parametrize("finder", DEFAULT_FINDERS[1:], ids=lambda each: each.surface.value)
@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_reader_is_done_in_a_moment(finder, piece):
    text = (piece * (LENGTH // len(piece) + 1))[:LENGTH]
    hostile = task("a", "Do it", description=f"{text} end")
    start = time.process_time()
    list(finder.find(hostile, RepoMemory(snapshot_of())))
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "piece", ["a", "document ", " ", "and ", "create table", "(", ", "], ids=repr
)
def test_categories_are_found_in_a_moment(piece):
    text = (piece * LENGTH)[:LENGTH]
    start = time.process_time()
    categories_of(task("a", text.strip() or "a", description=text), [])
    assert time.process_time() - start < SECONDS
