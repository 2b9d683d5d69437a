"""Python files that nobody writes, and that must not take long."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.registry import BUILT_IN
from taskpar_ml.detectors.source import Source

_BASES = "".join(f"class A{n}(A{n + 1}, db.Model):\n  x = Column()\n" for n in range(9_000))


@pytest.mark.parametrize(
    "text",
    [
        "from django.urls import path\nurlpatterns = [\n" + 'path("a",\n' * 40_000,
        "import starlette\nroutes = [\n" + 'Mount("/a", routes=[\n' * 20_000,
        "from django.db import models\n" + _BASES,
        "down_revision = 'a'\nrevision = 'b'\n"
        + "def downgrade():\n op.drop_table('a')\n" * 12_000,
        "import os\nA = ''\n" + "".join(f'A{n} = f"{{A}}{{A}}"\n' for n in range(20_000)),
    ],
    ids=["nested paths", "nested mounts", "line of bases", "downgrades", "constants"],
)
def test_time_does_not_square(text):
    reading = Reading.of("tests/test_a.py", BUILT_IN)
    assert reading is not None
    begun = time.process_time()
    reading.facts(text.encode())
    # Each takes some seconds at most; squared, it takes minutes.
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("line", ["/*", "  / *\r"])
def test_lines_that_the_parser_would_fill_the_memory_with_have_no_tree(line):
    few, many = (f"{line}\n".encode() * count for count in (50, 2_000))
    assert Source(few, Language.PYTHON).tree is not None
    assert Source(many, Language.PYTHON).tree is None
