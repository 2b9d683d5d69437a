"""Lines are merged to what git's own three-way merge of lines makes of them."""

from __future__ import annotations

import random

import pygit2
import pytest
from pygit2.enums import FileMode, MergeFileFlag

from taskpar_ml.repo.contents import ContentMerger
from taskpar_ml.repo.line_merges import Rewriting, merged_lines
from taskpar_ml.repo.line_spans import changed_spans
from taskpar_ml.repo.objects import ObjectReader
from taskpar_ml.repo.scratch import scratch_repository
from taskpar_ml.repo.stages import Stage
from taskpar_ml.repo.trees import Entry

LINES = ("", "a", "b", "    a", "}", "x = 1")


def varied(chance: random.Random, lines: list[str]) -> list[str]:
    """Return the lines with some of them changed, added or taken out."""
    changed = list(lines)
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(changed))
        changed[at : at + chance.randint(0, 2)] = chance.choices(LINES, k=chance.randint(0, 2))
    return changed


def written(chance: random.Random, lines: list[str]) -> bytes:
    """Return the lines as a file, the last one at times without its end."""
    text = "\n".join(lines) + ("\n" if lines and chance.random() < 0.8 else "")
    return text.replace("\n", "\r\n").encode() if chance.random() < 0.1 else text.encode()


@pytest.fixture
def stages(tmp_path) -> tuple[pygit2.Repository, dict[str, Stage]]:
    """Thousands of small texts that two sides changed."""
    repository = pygit2.init_repository(str(tmp_path / "r"), bare=True)
    chance = random.Random(7)
    found = {}
    for number in range(3_000):
        base = chance.choices(LINES, k=chance.randint(0, 12))
        versions = (base, varied(chance, base), varied(chance, base))
        ids = [repository.create_blob(written(chance, each)).raw for each in versions]
        if ids[0] not in ids[1:] and ids[1] != ids[2]:
            name = f"f{number}"
            found[name] = Stage(*(Entry(int(FileMode.BLOB), each) for each in ids), name, name)
    return repository, found


def merged_by_libgit2(repository: pygit2.Repository, stages: dict[str, Stage]) -> dict[str, bytes]:
    """Return the ids of the contents of those files that libgit2 merges."""
    builders = [repository.TreeBuilder() for _ in range(3)]
    for path, stage in stages.items():
        for builder, entry in zip(builders, (stage.base, stage.a, stage.b), strict=True):
            assert entry is not None
            builder.insert(path, pygit2.Oid(raw=entry.id), FileMode.BLOB)
    base, a, b = (builder.write() for builder in builders)
    index = repository.merge_trees(base, a, b, file_flags=MergeFileFlag.DIFF_PATIENCE)
    refused = {each.path for versions in index.conflicts or () for each in versions if each}
    return {each.path: each.id.raw for each in index if each.path not in refused}


def test_the_same_texts_merge_as_in_libgit2_to_the_same_content(stages):
    repository, files = stages
    expected = merged_by_libgit2(repository, files)
    with scratch_repository(repository, place=".") as scratch:
        reader = ObjectReader(scratch, place=".")
        merger = ContentMerger(scratch, reader, place=".")
        assert merger.mergeable(files) == expected.keys()
        assert merger.merge(files) == expected
    assert 400 < len(expected) < len(files) - 400


def rewriting(base: bytes, text: bytes) -> Rewriting:
    """Return what a text became."""
    return Rewriting(text, changed_spans(base, text))


@pytest.mark.parametrize(
    ("base", "a", "b", "expected"),
    [
        (b"1\n2\n3", b"1\n2\n3", b"1\n2\n3", b"1\n2\n3"),
        (b"1\n2\n3", b"1\n2\n3\n", b"one\n2\n3", b"one\n2\n3\n"),
        (b"1\n2\n3\n", b"1\n2\n3", b"one\n2\n3\n", b"one\n2\n3"),
        (b"1\n2\n3", b"1\n2\n3\n", b"1\n2\nthree", None),
        (b"1\n2\n3\n", b"1\n3\n", b"1\n3\n", b"1\n3\n"),
        (b"1\n2\n3\n", b"", b"", b""),
        (b"1\n2\n3\n", b"", b"1\n2\n", None),
        (b"", b"1\n", b"2\n", None),
        (b"", b"1\n", b"1\n", b"1\n"),
        (b"1\r2\n3\n4\n", b"1\r2\n3\nfour\n", b"one\r2\n3\n4\n", b"one\r2\n3\nfour\n"),
    ],
)
def test_what_is_merged_of_ends_and_of_equal_changes(base, a, b, expected):
    assert merged_lines(base, rewriting(base, a), rewriting(base, b)) == expected
