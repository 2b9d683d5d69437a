"""Tests of Rust crates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.rust_items import attribute_name, items
from taskpar_ml.detectors.source import Source, line_of
from taskpar_ml.detectors.whole_languages import OfLanguages
from taskpar_ml.domain.code_facts import TestCase

_TESTS: Final = frozenset(
    ("bench", "proptest", "quickcheck", "rstest", "test", "test_case", "wasm_bindgen_test")
)
"""Last names of attributes that make a test of a function, as in ``#[tokio::test]``."""


class RustTests(OfLanguages):
    """Finds functions with the attribute of a test, whoever runs it."""

    name = "rust-tests-1"
    pattern = ""
    languages = frozenset({Language.RUST})

    def find(self, source: Source) -> Iterator[TestCase]:
        """Yield tests in the order of the file, dotted through their modules."""
        if not any(word in source.content for word in (b"test", b"check", b"bench")):
            return
        for item in items(source):
            if item.node.type == "function_item" and any(
                attribute_name(source, each).rpartition(".")[2] in _TESTS
                for each in item.attributes
            ):
                yield TestCase(item.name, line_of(item.node))
