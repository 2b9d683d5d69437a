"""Facts of commits: read once, remembered, and believed only if they are what they must be."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from taskpar_ml.domain.caches import NoCache
from taskpar_ml.domain.landing import ChangeStatus, FileChange
from taskpar_ml.history import landings_until
from taskpar_ml.history.facts import KIND, MAX_FACT_BYTES, CommitFacts, unpacked
from taskpar_ml.history.people import Person
from tests.support.histories import History, Memory

COMMIT, PARENT = "a" * 40, "b" * 40
FACTS = CommitFacts(
    commit=COMMIT,
    parents=(PARENT,),
    author=Person("Ada", "ada@example.org"),
    committed_at=1_700_000_000,
    message="Retry\n\nTwice \ud800 \x00.",
    own=("Try", "Try again"),
    changes=(
        FileChange("a\udcff", ChangeStatus.ADDED),
        FileChange("b", ChangeStatus.DELETED),
        FileChange("c", ChangeStatus.MODIFIED),
        FileChange("d", ChangeStatus.RENAMED, "e"),
    ),
    changed=7,
)


def packed(*fields: object) -> bytes:
    return zlib.compress(json.dumps(fields).encode())


def again(raw: bytes) -> CommitFacts | None:
    return unpacked(raw, commit=COMMIT, parents=(PARENT,))


def test_what_is_packed_is_unpacked() -> None:
    assert again(FACTS.packed()) == FACTS


GOOD = [COMMIT, [PARENT], ["Ada", "a@b"], 1, "Retry", ["Try"], [["R", "d", "e"]], 1]


def test_the_form_is_what_the_following_tests_spoil() -> None:
    assert again(packed(*GOOD)) is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (0, PARENT),
        (0, None),
        (1, []),
        (1, [PARENT, PARENT]),
        (1, PARENT),
        (2, ["Ada"]),
        (2, ["Ada", 1]),
        (2, None),
        (3, "1"),
        (3, 1.5),
        (3, True),
        (4, None),
        (5, "Try"),
        (5, [1]),
        (5, None),
        (6, None),
        (6, [["X", "d"]]),
        (6, [["A"]]),
        (6, [["A", "d", "e"]]),
        (6, [["R", "d"]]),
        (6, [["A", 1]]),
        (6, [[["A"], "d"]]),
        (6, ["A"]),
        (7, None),
    ],
)
def test_a_field_of_another_kind_is_not_believed(field: int, value: object) -> None:
    assert again(packed(*GOOD[:field], value, *GOOD[field + 1 :])) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"no zlib",
        FACTS.packed()[:-9],
        zlib.compress(b""),
        zlib.compress(b"{}"),
        zlib.compress(b"\xff"),
        zlib.compress(b"[" * 100_000),
        zlib.compress(b'"' + b"x" * (MAX_FACT_BYTES + 1) + b'"'),
        packed(*GOOD, 1),
        packed(*GOOD[:-1]),
    ],
    ids=range(10),
)
def test_damaged_facts_are_not_believed(raw: bytes) -> None:
    assert again(raw) is None


def small_history(history: History) -> list[str]:
    ids = [history.commit("Start", {"a": "1"})]
    for number in range(3):
        tip = history.branch((f"Side {number}", {f"b{number}": "1"}))
        ids.append(history.merge(f"Merge pull request #{number} from b/c\n\nMore {number}", tip))
    return ids


def test_only_what_is_new_is_read(history: History) -> None:
    ids = small_history(history)
    memory = Memory()
    first = landings_until(history.place, cache=memory)
    assert memory.learned == [4]
    assert landings_until(history.place, cache=memory) == first
    assert memory.learned == [4]
    for number in range(10):
        history.commit(f"Push {number}", {"a": f"{number}"})
    grown = landings_until(history.place, cache=memory)
    assert memory.learned == [4, 10]
    assert grown == landings_until(history.place, cache=NoCache())
    assert grown.landings[:4] == first.landings
    assert {key.hex() for _, key in memory.known} >= set(ids)
    assert {kind for kind, _ in memory.known} == {KIND}


def test_a_hole_in_the_cache_is_filled_rightly(history: History) -> None:
    ids = small_history(history)
    memory = Memory()
    expected = landings_until(history.place, cache=memory)
    for commit in (ids[1], ids[3]):
        del memory.known[KIND, bytes.fromhex(commit)]
    assert landings_until(history.place, cache=memory) == expected
    assert memory.learned == [4, 2]


@pytest.mark.parametrize("spoiled", [b"", b"damaged", packed(*GOOD)])
def test_what_a_cache_spoiled_is_read_again(history: History, spoiled: bytes) -> None:
    ids = small_history(history)
    memory = Memory()
    expected = landings_until(history.place, cache=memory)
    memory.known[KIND, bytes.fromhex(ids[2])] = spoiled
    assert landings_until(history.place, cache=memory) == expected
    assert memory.learned == [4, 1]


def test_facts_of_one_commit_are_not_those_of_another(history: History) -> None:
    ids = small_history(history)
    memory = Memory()
    expected = landings_until(history.place, cache=memory)
    first, second = (KIND, bytes.fromhex(ids[1])), (KIND, bytes.fromhex(ids[2]))
    memory.known[first], memory.known[second] = memory.known[second], memory.known[first]
    assert landings_until(history.place, cache=memory) == expected
    assert memory.learned == [4, 2]


def test_no_fact_is_large(history: History) -> None:
    history.commit("Start", {"a": "1"})
    steps = [(f"{number} " + "word " * 9_000, {"a": f"{number}"}) for number in range(300)]
    tip = history.branch(*steps)
    files = {f"{'long' * 20}/{number}": f"{number}" for number in range(3_000)}
    history.commit("word " * 100_000, files)
    history.merge("Merge branch 'x'", tip)
    memory = Memory()
    landings_until(history.place, cache=memory)
    sizes = sorted(len(zlib.decompress(fact)) for fact in memory.known.values())
    assert len(sizes) == 3
    assert 8_000 < sizes[1] < sizes[2] < 50_000


def test_a_history_is_never_written_to(history: History, tmp_path: Path) -> None:
    small_history(history)

    def state() -> list[tuple[str, int]]:
        return sorted((str(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*"))

    before = state()
    landings_until(history.place)
    assert state() == before
