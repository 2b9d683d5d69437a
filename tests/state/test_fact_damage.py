"""The cache of facts on files that are damaged, foreign, or no files: never a wrong fact."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3

import pytest

from taskpar_ml import fact_cache, fact_database
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.fact_rows import number_of

FACTS = {number.to_bytes(20, "big"): bytes([number]) * 7 + os.urandom(2000) for number in range(60)}


@pytest.fixture
def path(tmp_path):
    """Return a file of facts that nobody has open."""
    place = tmp_path / "state" / "facts.sqlite"
    with DiskFactCache(place) as cache:
        cache.put("a", FACTS)
    assert {each.name for each in place.parent.iterdir()} == {place.name, f"{place.name}.lock"}
    return place


def check_usable(path):
    """Whatever is there: what is got was put, and soon what is put is got."""
    with DiskFactCache(path) as cache:
        first = cache.get("a", list(FACTS))
        assert first.items() <= FACTS.items()
        # Damage may lie where only writing or the next reading comes across it.
        for _ in range(3):
            cache.put("a", FACTS)
            got = cache.get("a", list(FACTS))
            assert got.items() <= FACTS.items()
        assert got == FACTS
        cache.put("b", {b"k": b"v"})
        assert cache.notice is None
    with DiskFactCache(path) as cache:
        assert cache.get("a", list(FACTS)) == FACTS
        return first


def test_a_sound_file_loses_nothing(path):
    assert check_usable(path) == FACTS


def test_a_file_truncated_anywhere_is_built_anew(path):
    whole = path.read_bytes()
    page = 4096
    ends = {0, 1, 15, 16, 99, 100, 101, 511, 512, len(whole) - 1}
    ends |= {at + step for at in range(page, len(whole), page * 5) for step in (-1, 0, 1)}
    for end in sorted(ends):
        path.write_bytes(whole[:end])
        check_usable(path)


def test_a_file_with_a_page_of_garbage_is_mended(path):
    whole = path.read_bytes()
    page = 4096
    chance = random.Random(5)
    for start in range(0, len(whole), 3 * page):
        for garbage in (chance.randbytes(page), bytes(page), whole[:page]):
            if start or garbage != whole[:page]:
                path.write_bytes(whole[:start] + garbage + whole[start + page :])
                check_usable(path)


def test_single_bytes_anywhere(path):
    whole = path.read_bytes()
    chance = random.Random(6)
    kept = 0
    for at in [*range(0, 100, 3), *(chance.randrange(len(whole)) for _ in range(50))]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ chance.randint(1, 255)]) + whole[at + 1 :])
        kept += len(check_usable(path)) == len(FACTS) - 1
    assert kept > 10  # one fact is lost, the others are not


def changed(path, *statements):
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


FIRST, SECOND, *OTHERS = FACTS


@pytest.mark.parametrize(
    "change",
    [
        "value = zeroblob(9)",
        "value = 'text'",
        "value = 7",
        "value = (SELECT value FROM facts WHERE id = {second})",
        "length = 1",
        "length = 'long'",
        "length = -1",
        "length = 1e300",
        "checksum = ''",
        "checksum = 7",
        "used = 'long ago'",
        "checksum = (SELECT checksum FROM facts WHERE id = {second})",
    ],
)
def test_a_row_that_is_not_as_written_is_absent_and_can_be_put_again(path, change):
    second = number_of("a", SECOND)
    changed(
        path,
        f"UPDATE facts SET {change.format(second=second)} WHERE id = {number_of('a', FIRST)}",
    )
    with DiskFactCache(path) as cache:
        assert cache.get("a", list(FACTS)) == {key: FACTS[key] for key in (SECOND, *OTHERS)}
        cache.put("a", {FIRST: FACTS[FIRST]})
        assert cache.get("a", list(FACTS)) == FACTS


def test_a_row_in_the_place_of_another_is_absent(path):
    numbers = number_of("a", FIRST), number_of("a", SECOND)
    changed(
        path,
        f"DELETE FROM facts WHERE id = {numbers[0]}",
        f"UPDATE facts SET id = {numbers[0]} WHERE id = {numbers[1]}",
    )
    with DiskFactCache(path) as cache:
        assert cache.get("a", [FIRST, SECOND]) == {}


@pytest.mark.parametrize(
    "statements",
    [
        ["PRAGMA user_version = 2"],
        ["PRAGMA application_id = 1"],
        ["DROP TABLE facts"],
        ["DROP INDEX facts_by_use"],
        ["ALTER TABLE facts ADD COLUMN more TEXT"],
        ["CREATE TRIGGER t AFTER INSERT ON facts BEGIN DELETE FROM facts; END"],
        ["CREATE VIEW v AS SELECT 1"],
    ],
)
def test_a_file_of_another_schema_is_built_anew(path, statements):
    changed(path, *statements)
    assert check_usable(path) == {}


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0", os.urandom(70_000)])
def test_what_is_no_database_is_replaced(path, content):
    path.write_bytes(content)
    assert check_usable(path) == {}


def test_a_log_of_another_file_does_no_harm(path, tmp_path):
    other = DiskFactCache(tmp_path / "other" / "facts.sqlite")
    other.put("a", dict.fromkeys(FACTS, b"wrong"))
    for ending in ("-wal", "-shm"):
        shutil.copy(f"{tmp_path}/other/facts.sqlite{ending}", f"{path}{ending}")
    other.close()
    with DiskFactCache(path) as cache:
        # The other facts are whole and were put, if elsewhere; what must not be is a mixture.
        assert set(cache.get("a", list(FACTS)).values()) <= {b"wrong", *FACTS.values()}
        cache.put("a", FACTS)
        assert cache.get("a", list(FACTS)) == FACTS


# What is no file.


@pytest.mark.parametrize("ending", ["", "-wal", "-shm", "-journal"])
def test_a_link_is_removed_and_not_followed(path, tmp_path, ending):
    target = tmp_path / "precious"
    target.write_bytes(path.read_bytes())
    place = path.with_name(path.name + ending)
    place.unlink(missing_ok=True)
    place.symlink_to(target)
    check_usable(path)
    assert target.read_bytes() != b""
    assert not place.is_symlink()
    assert target.stat().st_nlink == 1


def test_the_target_of_a_link_is_left_alone(path, tmp_path):
    target = tmp_path / "precious"
    target.write_text("mine")
    path.unlink()
    path.symlink_to(target)
    assert check_usable(path) == {}
    assert target.read_text() == "mine"


@pytest.mark.parametrize("ending", ["", "-wal", "-journal"])
def test_a_pipe_does_not_block(path, ending):
    place = path.with_name(path.name + ending)
    place.unlink(missing_ok=True)
    os.mkfifo(place)
    assert check_usable(path) == {}


@pytest.mark.parametrize("ending", ["", "-wal", ".lock"])
def test_a_directory_switches_the_cache_off_and_says_so(path, ending):
    place = path.with_name(path.name + ending)
    place.unlink(missing_ok=True)
    place.mkdir()
    with DiskFactCache(path) as cache:
        cache.put("a", FACTS)
        assert cache.get("a", list(FACTS)) == {}
        assert cache.notice is not None
        assert cache.notice.place == str(path)
        assert "Is a directory" in cache.notice.text
    assert place.is_dir()


def test_a_file_where_the_directory_should_be_switches_the_cache_off(tmp_path):
    (tmp_path / "state").write_text("mine")
    cache = DiskFactCache(tmp_path / "state" / "facts.sqlite")
    cache.put("a", FACTS)
    assert cache.get("a", list(FACTS)) == {}
    assert cache.notice is not None
    assert (tmp_path / "state").read_text() == "mine"


def test_permissions_that_are_too_wide_are_narrowed(path):
    path.chmod(0o666)
    assert check_usable(path) == FACTS
    assert path.stat().st_mode & 0o777 == 0o600


# Others at work.


def test_a_directory_that_is_removed_in_the_middle_is_made_again(path, monkeypatch):
    monkeypatch.setattr(fact_cache, "_REST_SECONDS", 0.0)
    with DiskFactCache(path) as cache:
        assert cache.get("a", list(FACTS)) == FACTS
        shutil.rmtree(path.parent)
        for _ in range(3):
            cache.put("a", FACTS)
            assert cache.get("a", list(FACTS)).items() <= FACTS.items()
        cache.close()
        check_usable(path)


def test_a_damaged_file_is_not_taken_from_under_another_process(path, monkeypatch):
    monkeypatch.setattr(fact_database, "_LOCK_SECONDS", 0.05)
    with DiskFactCache(path) as other:
        assert other.get("a", list(FACTS)) == FACTS
        changed(path, "PRAGMA user_version = 2")
        with DiskFactCache(path) as cache:
            assert cache.get("a", list(FACTS)) == {}
            assert cache.notice is not None
            assert "in use" in cache.notice.text
        assert other.get("a", list(FACTS)) == FACTS
    assert check_usable(path) == {}


def test_who_finds_the_damage_second_takes_the_new_file(path):
    with DiskFactCache(path) as one, DiskFactCache(path) as two:
        for cache in (one, two):
            assert cache.get("a", list(FACTS)[:1])
        two._database.close()
        assert one._database.discard()
        one.put("a", {b"new": b"1"})
        # Two still remembers the building that it saw.
        assert two._database.discard()
        assert two.get("a", [b"new"]) == {b"new": b"1"}
