"""What every detector must keep, whatever is in the file."""

from __future__ import annotations

import pickle
import random
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import pytest
from tree_sitter import Tree

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.detection import Reading
from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.detectors.packing import packed, unpacked
from taskpar_ml.detectors.registry import BUILT_IN
from taskpar_ml.detectors.source import Source, text_of
from taskpar_ml.domain.code_facts import FACT_KINDS, FileFacts, Use
from tests.detectors.samples import SAMPLES, SHARES


@cache
def hostile(share: int) -> tuple[tuple[str, bytes], ...]:
    """Return contents that no person writes; the largest is a part of 300,000 bytes."""
    return tuple(_hostile(share))


@cache
def tree_of(content: bytes, language: Language) -> Tree | None:
    """Return a tree that all detectors look at, each as if it were the first."""
    return Source(content, language).tree


def _hostile(share: int) -> Iterator[tuple[str, bytes]]:
    everything = b"\n".join(SAMPLES.values())
    yield "empty", b""
    yield "bytes", bytes(range(1, 256)) * 500
    yield "utf-16", everything.decode().encode("utf-16")
    yield "latin-1", "def größe(): pass\nroute('/é')".encode("latin-1")
    yield "byte order mark", b"\xef\xbb\xbf" + everything
    yield "carriage returns", everything.replace(b"\n", b"\r")
    for sign in (b"(", b"[[", b"{", b"'", b'"""', b"`${", b"/*", b"@", b"<", b"\\", b"#", b"- "):
        yield f"nested {sign.decode()}", sign * (4_000 // len(sign)) + b"\n" + everything
    yield "deep", b"\n".join(b" " * depth + b"if x:" for depth in range(600))
    yield "long name", b"class " + b"a" * 4_000 + b"(b." + b"c." * 400 + b"d): pass\n"
    yield "many", everything * (300_000 // share // len(everything) + 1)
    cut = random.Random(1)
    for _ in range(8 // share):
        yield "cut", everything[cut.randrange(len(everything)) :]
        yield "broken", bytes(each for each in everything if cut.random() < 0.97)


@pytest.mark.parametrize("detector", BUILT_IN, ids=lambda each: each.name)
class TestEveryDetector:
    @SHARES
    def test_it_takes_any_content_in_bounded_time(self, detector: Detector, share: int) -> None:
        languages = {language_of(path) for path in SAMPLES if detector.reads(path)}
        for name, content in hostile(share):
            for language in languages:
                source = Source(content, language, (detector.pattern,) if detector.pattern else ())
                if language is not None:
                    source.__dict__["tree"] = tree_of(content, language)
                begun = time.process_time()
                facts = FileFacts.of(detector.find(source))
                # Some seconds on the slowest machine; what hangs or squares takes minutes.
                assert time.process_time() - begun < 20 / share, (name, language)
                assert unpacked(packed(facts)) == facts, (name, language)

    def test_it_says_the_same_again_and_after_a_journey(self, detector: Detector) -> None:
        again = pickle.loads(pickle.dumps(detector))
        assert again.name == detector.name
        for path, content in SAMPLES.items():
            if detector.reads(path):
                reading, other = Reading.of(path, [detector]), Reading.of(path, [again])
                assert reading is not None
                assert other is not None
                assert reading.facts(content) == other.facts(content)

    def test_it_finds_something_in_a_sample(self, detector: Detector) -> None:
        found = [
            fact
            for path, content in SAMPLES.items()
            if (reading := Reading.of(path, [detector])) is not None
            for kind in FACT_KINDS
            for fact in getattr(reading.facts(content), kind)
        ]
        assert found

    def test_its_lines_lie_in_the_file(self, detector: Detector) -> None:
        for path, content in SAMPLES.items():
            reading = Reading.of(path, [detector])
            if reading is not None:
                facts = reading.facts(content)
                lines = [fact.line for kind in FACT_KINDS for fact in getattr(facts, kind)]
                assert all(1 <= line <= content.count(b"\n") + 1 for line in lines)


LARGE: Mapping[str, Callable[[int], bytes]] = {
    "chain": lambda share: b"x = a" + b".b\\\n(c)" * (20_000 // share),
    "opened": lambda share: b"(\n" * (100_000 // share),
    "calls": lambda share: b"f(\n" * (50_000 // share) + b")" * (4_000 // share),
    "lists": lambda share: b"[\n" * (30_000 // share) + b"f()\n" * (20_000 // share),
    "signs": lambda share: b"@\n" * (100_000 // share),
    "called": lambda share: b"f(x)\n" * (40_000 // share),
    "blocks": lambda share: b"T{\n" * (50_000 // share),
    "tags": lambda share: b"<A\n" * (50_000 // share),
    "assigned": lambda share: b"a = b =\n" * (20_000 // share),
    "defined": lambda share: b"def f(): pass\n" * (15_000 // share),
    "quotes": lambda share: b"`${\n" * (50_000 // share),
    "imports": lambda share: b"import a\n" * (20_000 // share),
}
"""Contents that are large in one way each, by what they are divided by."""


@pytest.mark.parametrize(
    "path", ["a.py", "a.go", "a.js", "a.ts", "a.tsx", "a.java", "a.rs", "a.rb", "a.php"]
)
@pytest.mark.parametrize("name", LARGE)
@SHARES
def test_all_detectors_together_take_large_hostile_files_in_bounded_time(path, name, share):
    reading = Reading.of(path, BUILT_IN)
    assert reading is not None
    content = LARGE[name](share)
    begun = time.process_time()
    reading.facts(content)
    # What squares takes minutes for the whole.
    assert time.process_time() - begun < 40 / share


def test_nodes_have_their_whole_text_whatever_pieces_a_file_is_parsed_in():
    source = Source(b"x = '" + "\u00e9".encode() * 3_000 + b"'\n", Language.PYTHON)
    assert source.tree is not None
    assert source.tree.root_node.text == source.content
    assert text_of(source.tree.root_node) == source.text


class _Sharing:
    """A detector that looks for what another one looks for."""

    pattern = "(class_definition) @class"

    def __init__(self, name: str) -> None:
        self.name = name

    def reads(self, path: str) -> bool:
        return path.endswith(".py")

    def find(self, source: Source) -> Iterator[Use]:
        for found in source.matches(self.pattern):
            yield Use(self.name, found["class"][0].start_point.row + 1)


def test_detectors_that_share_a_pattern_find_each_place_once():
    reading = Reading.of("a.py", [_Sharing("one-1"), _Sharing("two-1")])
    assert reading is not None
    facts = reading.facts(b"class A: ...\nclass B: ...\n")
    assert facts.uses == (Use("one-1", 1), Use("two-1", 1), Use("one-1", 2), Use("two-1", 2))


def test_names_are_unique_and_end_in_a_version():
    names = [each.name for each in BUILT_IN]
    assert len(set(names)) == len(names)
    assert all(name.rpartition("-")[2].isdigit() for name in names)


@pytest.mark.parametrize(
    "content",
    [b"x = 1\n" * 200_000, b"x = '" + b"a" * 6_000 + b"'\n", b"\0def f(): pass\n"],
    ids=["large", "minified", "binary"],
)
def test_what_no_person_wrote_is_not_read(content):
    reading = Reading.of("a.py", BUILT_IN)
    assert reading is not None
    assert reading.facts(content) == FileFacts()


def test_together_detectors_find_what_each_finds_alone():
    for path, content in SAMPLES.items():
        reading = Reading.of(path, BUILT_IN)
        if reading is None:
            continue
        together = reading.facts(content)
        for detector in reading.detectors:
            alone = Reading((detector,), reading.language).facts(content)
            for kind in FACT_KINDS:
                assert set(getattr(alone, kind)) <= set(getattr(together, kind))


@pytest.mark.parametrize("raw", [b"", b"x", packed(FileFacts())[:-3], b"x\x9c" + b"\0" * 50])
def test_damaged_facts_are_none(raw):
    assert unpacked(raw) is None
