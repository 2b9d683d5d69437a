"""Python files that nobody writes, and that must not take long."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.registry import BUILT_IN
from taskpar_ml.detectors.source import Source
from tests.detectors.samples import SHARES

_TEXTS: Mapping[str, Callable[[int], str]] = {
    "nested paths": lambda share: (
        "from django.urls import path\nurlpatterns = [\n" + 'path("a",\n' * (40_000 // share)
    ),
    "nested mounts": lambda share: (
        "import starlette\nroutes = [\n" + 'Mount("/a", routes=[\n' * (20_000 // share)
    ),
    "line of bases": lambda share: (
        "from django.db import models\n"
        + "".join(
            f"class A{n}(A{n + 1}, db.Model):\n  x = Column()\n" for n in range(9_000 // share)
        )
    ),
    "downgrades": lambda share: (
        "down_revision = 'a'\nrevision = 'b'\n"
        + "def downgrade():\n op.drop_table('a')\n" * (12_000 // share)
    ),
    "constants": lambda share: (
        "import os\nA = ''\n" + "".join(f'A{n} = f"{{A}}{{A}}"\n' for n in range(20_000 // share))
    ),
}


@pytest.mark.parametrize("name", _TEXTS)
@SHARES
def test_time_does_not_square(name, share):
    reading = Reading.of("tests/test_a.py", BUILT_IN)
    assert reading is not None
    content = _TEXTS[name](share).encode()
    begun = time.process_time()
    reading.facts(content)
    # The whole of each takes some seconds at most; squared, it takes minutes.
    assert time.process_time() - begun < 20 / share


@pytest.mark.parametrize("line", ["/*", "  / *\r"])
def test_lines_that_the_parser_would_fill_the_memory_with_have_no_tree(line):
    few, many = (f"{line}\n".encode() * count for count in (50, 2_000))
    assert Source(few, Language.PYTHON).tree is not None
    assert Source(many, Language.PYTHON).tree is None
