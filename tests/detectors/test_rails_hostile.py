"""Ruby and PHP that no person writes, which detectors take in bounded time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pytest

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.registry import BUILT_IN
from taskpar_ml.detectors.source import Source
from tests.detectors.samples import SHARES

_MIGRATION = "class A < ActiveRecord::Migration[7.1]\n"
_SCHEMA = "<?php\nSchema::create('a');\n"


_TEXTS: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "draws": (
        "config/routes.rb",
        lambda share: "a.routes.draw do\n" * (20_000 // share) + "end\n" * (20_000 // share),
    ),
    "scopes": (
        "config/routes.rb",
        lambda share: "routes.draw do\n" + "namespace :a do\n" * (15_000 // share) + "get :x\n",
    ),
    "downs": (
        "db/migrate/1_a.rb",
        lambda share: _MIGRATION + "def down\nadd_column :a, :b\nend\n" * (15_000 // share) + "end",
    ),
    "groups": (
        "spec/a_spec.rb",
        lambda share: (
            "describe 'a' do\n" * (12_000 // share) + "it('x') {}\n" + "end\n" * (12_000 // share)
        ),
    ),
    "chain": ("app/a.rb", lambda share: "x" + ".a(1)\n" * (80_000 // share)),
    "classes": (
        "database/migrations/a.php",
        lambda share: _SCHEMA + "class A \n" * (50_000 // share),
    ),
    "bases": (
        "database/migrations/a.php",
        lambda share: _SCHEMA + "class extends \n" * (30_000 // share),
    ),
    "prefixes": (
        "routes/a.php",
        lambda share: "<?php\nRoute::prefix('a')" + "->prefix('a')\n" * (30_000 // share) + ";",
    ),
}


@pytest.mark.parametrize("name", _TEXTS)
@SHARES
def test_time_does_not_square(name, share):
    path, text = _TEXTS[name]
    reading = Reading.of(path, BUILT_IN)
    assert reading is not None
    content = text(share).encode()
    begun = time.process_time()
    reading.facts(content)
    # The whole of each takes some seconds at most; squared, it takes minutes.
    assert time.process_time() - begun < 20 / share


@pytest.mark.parametrize("line", ['"{$', "/*"])
def test_what_the_parser_of_php_cannot_take_has_no_tree(line):
    assert (
        Source(f"<?php\n{line}\n".encode() + f"{line}\n".encode() * 120_000, Language.PHP).tree
        is None
    )
    # The parser is fit for the next file.
    assert Source(b"<?php\nf();\n", Language.PHP).tree is not None
