"""Ruby and PHP that no person writes, which detectors take in bounded time."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.registry import BUILT_IN
from taskpar_ml.detectors.source import Source

_MIGRATION = "class A < ActiveRecord::Migration[7.1]\n"
_SCHEMA = "<?php\nSchema::create('a');\n"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("config/routes.rb", "a.routes.draw do\n" * 20_000 + "end\n" * 20_000),
        ("config/routes.rb", "routes.draw do\n" + "namespace :a do\n" * 15_000 + "get :x\n"),
        ("db/migrate/1_a.rb", _MIGRATION + "def down\nadd_column :a, :b\nend\n" * 15_000 + "end"),
        ("spec/a_spec.rb", "describe 'a' do\n" * 12_000 + "it('x') {}\n" + "end\n" * 12_000),
        ("app/a.rb", "x" + ".a(1)\n" * 80_000),
        ("database/migrations/a.php", _SCHEMA + "class A \n" * 50_000),
        ("database/migrations/a.php", _SCHEMA + "class extends \n" * 30_000),
        ("routes/a.php", "<?php\nRoute::prefix('a')" + "->prefix('a')\n" * 30_000 + ";"),
    ],
    ids=["draws", "scopes", "downs", "groups", "chain", "classes", "bases", "prefixes"],
)
def test_time_does_not_square(path, text):
    reading = Reading.of(path, BUILT_IN)
    assert reading is not None
    begun = time.process_time()
    reading.facts(text.encode())
    # Each takes some seconds at most; squared, it takes minutes.
    assert time.process_time() - begun < 20


@pytest.mark.parametrize("line", ['"{$', "/*"])
def test_what_the_parser_of_php_cannot_take_has_no_tree(line):
    assert (
        Source(f"<?php\n{line}\n".encode() + f"{line}\n".encode() * 120_000, Language.PHP).tree
        is None
    )
    # The parser is fit for the next file.
    assert Source(b"<?php\nf();\n", Language.PHP).tree is not None
