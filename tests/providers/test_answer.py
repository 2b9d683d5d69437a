"""Reading answers: one path a line, JSON, and whatever else a command may print."""

from __future__ import annotations

import json
import random

import pytest

from taskpar_ml.errors import ProviderError
from taskpar_ml.providers.answer import MOST_PATHS, read_answer
from tests.support.workspaces import snapshot_of

FILES = (
    "README.md",
    "src/a.py",
    "src/b.py",
    "app/[id].tsx",
    "caf\udce9.txt",
    " lead",
    "docs/x y.md",
)
AT = "/tmp/taskpar-1/checkout"


def read(printed):
    if isinstance(printed, str):
        printed = printed.encode("utf-8", "surrogateescape")
    return read_answer(printed, snapshot_of(FILES), directory=AT)


def refused(printed):
    with pytest.raises(ProviderError) as raised:
        read(printed)
    return str(raised.value)


@pytest.mark.parametrize(
    "printed",
    [
        "src/a.py\nREADME.md\n",
        "README.md\r\nsrc/a.py\r\n\r\n",
        '["src/a.py", "README.md"]',
        '\n  [\n"README.md",\n"src/a.py"]\n',
        "./src/a.py\n  README.md  \nsrc/a.py",
        f"{AT}/src/a.py\n{AT}/README.md",
        "src//a.py\nREADME.md/",
    ],
)
def test_forms_of_an_answer(printed):
    assert read(printed) == (("README.md", "src/a.py"), (), 0)


def test_names_of_any_kind_are_found_as_they_are():
    assert read("app/[id].tsx\n lead\ndocs/x y.md\n").files == (
        " lead",
        "app/[id].tsx",
        "docs/x y.md",
    )
    assert read(b"caf\xe9.txt\n").files == ("caf\udce9.txt",)
    assert read(json.dumps(["app/[id].tsx", "caf\udce9.txt"])).files == (
        "app/[id].tsx",
        "caf\udce9.txt",
    )


def test_new_files_are_told_apart():
    assert read("src/new.py\nsrc/a.py\ntests/deep/er.py") == (
        ("src/a.py",),
        ("src/new.py", "tests/deep/er.py"),
        0,
    )


@pytest.mark.parametrize(
    "word",
    [
        "/etc/passwd",
        "../src/a.py",
        "src/../../x",
        "~/x",
        "src/*.py",
        "src/{a,b}.py",
        "src",
        "src/",
        ".",
        "./",
        "src/a.py/inner.py",
        "These are the files:",
        "- src/a.py",
        "caf\udce9.new",
        "\x1b[31mred.py",
        ".git/config",
        "x/" * 3_000 + "y",
        "n" * 300,
        f"{AT}/../x",
    ],
)
def test_what_is_no_path_of_the_repository_is_counted(word):
    assert read(f"src/a.py\n{word}\n") == (("src/a.py",), (), 1)
    assert "names no file of the repository" in refused(word)


def test_submodules_are_another_repository():
    from dataclasses import replace

    snapshot = replace(snapshot_of(["lib", "a"]), submodules=frozenset({"lib"}))
    assert read_answer(b"lib\nlib/x.c\na", snapshot, directory=AT) == (("a",), (), 2)


def test_json_that_holds_other_things():
    assert read('["src/a.py", 7, null, {"path": "src/b.py"}]') == (("src/a.py",), (), 3)
    assert "names no file" in refused("[" * 100_000)
    assert "names no file" in refused('{"files": ["src/a.py"]}')
    assert "names no file" in refused("[1, 2]")


def test_nothing_printed_names_nothing():
    for printed in ("", "\n \n", "[]"):
        assert read(printed) == ((), (), 0)


def test_binary_output_is_no_answer():
    assert "is no text" in refused(b"src/a.py\0src/b.py")
    chance = random.Random(1)
    for _ in range(200):
        noise = chance.randbytes(chance.randrange(300))
        try:
            found = read(noise)
        except ProviderError:
            continue
        assert not found.files


def test_an_answer_of_too_many_files_says_too_little():
    names = [f"src/{number}.py" for number in range(MOST_PATHS)]
    assert len(read("\n".join(names)).new) == MOST_PATHS
    assert "names 201 files; more than 200" in refused("\n".join([*names, "src/a.py"]))
