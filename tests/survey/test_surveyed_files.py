"""Facts of a snapshot are read once for each content."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.detectors.source import MOST_BYTES, Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.surveyed_files import SurveyedFiles
from tests.support.histories import History


class Counting(PythonDefinitions):
    """Counts the files that it reads."""

    def __init__(self) -> None:
        self.read: list[bytes] = []

    def find(self, source: Source) -> Iterable[Definition]:
        self.read.append(source.content)
        return super().find(source)


class Renamed(Counting):
    name = "python-definitions-0"


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "r.git")
    history.commit(
        "Begin",
        {
            "a.py": "def a(): ...\n",
            "copies/a.py": "def a(): ...\n",
            "b.py": "def b(): ...\n",
            "README.md": "def none(): ...\n",
            "empty.py": "",
        },
    )
    return history


def surveyed(
    history: History, cache: DiskFactCache, detector: PythonDefinitions, commit: str | None = None
) -> SurveyedFiles:
    snapshot = RepoSnapshot.at(history.place, commit or history.head, cache=cache)
    return SurveyedFiles(snapshot, [detector])


def names(files: SurveyedFiles) -> dict[str, list[str]]:
    return {path: [each.name for each in facts.definitions] for path, facts in files.facts()}


def test_each_content_is_read_once_and_only_what_changed_again(history, tmp_path):
    cache, detector = DiskFactCache(tmp_path / "facts.sqlite"), Counting()
    assert surveyed(history, cache, detector).read() == 3
    assert sorted(detector.read) == [b"", b"def a(): ...\n", b"def b(): ...\n"]
    first = history.head
    history.commit("Change", {"b.py": "def b2(): ...\n"})
    again = surveyed(history, cache, detector)
    assert again.read() == 1
    assert names(again) == {"a.py": ["a"], "b.py": ["b2"], "copies/a.py": ["a"]}
    assert surveyed(history, cache, detector, first).read() == 0
    assert len(detector.read) == 4


def test_facts_are_the_same_without_reading_before_and_without_a_cache(history, tmp_path):
    expected = {"a.py": ["a"], "b.py": ["b"], "copies/a.py": ["a"]}
    assert names(surveyed(history, DiskFactCache(tmp_path / "f"), Counting())) == expected
    plain = SurveyedFiles(RepoSnapshot.at(history.place), [Counting()])
    assert names(plain) == expected
    assert plain.read() == 3


def test_facts_of_some_files_are_asked_for_by_their_paths(history, tmp_path):
    cache, detector = DiskFactCache(tmp_path / "facts.sqlite"), Counting()
    files = surveyed(history, cache, detector)
    found = dict(files.facts(["b.py", "README.md", "none.py", "empty.py"]))
    assert list(found) == ["b.py"]
    assert found["b.py"].definitions == (Definition("b", DefinitionKind.FUNCTION, 1, 1, "()"),)
    assert sorted(detector.read) == [b"", b"def b(): ...\n"]


def test_another_version_of_a_detector_reads_everything_again(history, tmp_path):
    cache = DiskFactCache(tmp_path / "facts.sqlite")
    assert surveyed(history, cache, Counting()).read() == 3
    assert surveyed(history, cache, Renamed()).read() == 3


def test_what_the_clone_lacks_is_read_once_it_is_there(history, tmp_path):
    cache, detector = DiskFactCache(tmp_path / "facts.sqlite"), Counting()
    objects = history.place / "objects"
    name = str(history.repository.create_blob(b"def b(): ...\n"))
    held = (objects / name[:2] / name[2:]).read_bytes()
    (objects / name[:2] / name[2:]).unlink()
    files = surveyed(history, cache, detector)
    assert files.read() == 2
    assert names(files) == {"a.py": ["a"], "copies/a.py": ["a"]}
    (objects / name[:2] / name[2:]).write_bytes(held)
    again = surveyed(history, cache, detector)
    assert again.read() == 1
    assert names(again)["b.py"] == ["b"]


def test_a_file_that_no_person_wrote_has_no_facts(tmp_path):
    history = History(tmp_path / "r.git")
    history.commit("Begin", {"a.py": "def a(): ...\n" + "\n" * MOST_BYTES})
    assert names(surveyed(history, DiskFactCache(tmp_path / "facts.sqlite"), Counting())) == {}


class Readers(PythonDefinitions):
    """Says in which process a file was read."""

    name = "readers-1"

    def find(self, source: Source) -> Iterable[Definition]:
        yield Definition(str(os.getpid()), DefinitionKind.FUNCTION, 1, 1)


KILLED = """
import os, sys, time
from pathlib import Path
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.surveyed_files import SurveyedFiles

class Slow(PythonDefinitions):
    def find(self, source):
        os.write(1, f"{os.getpid()}\\n".encode())
        time.sleep(60)
        return ()

SurveyedFiles(RepoSnapshot.at(sys.argv[1], "HEAD"), [Slow()]).read(workers=3)
"""


def test_readers_end_when_the_survey_is_killed(tmp_path):
    history = History(tmp_path / "r.git")
    history.commit("Begin", {f"m{at}.py": f"def f{at}(): ...\n" for at in range(230)})
    command = [sys.executable, "-c", KILLED, str(history.place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as survey:
        assert survey.stdout is not None
        readers = {int(survey.stdout.readline()) for _ in range(3)} - {survey.pid}
        survey.kill()
    assert len(readers) == 2
    until = time.monotonic() + 20
    while (left := [pid for pid in readers if is_alive(pid)]) and time.monotonic() < until:
        time.sleep(0.1)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


SHARED_OUT = """
import json, multiprocessing, os, sys, threading
from pathlib import Path
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.fact_cache import DiskFactCache
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.surveyed_files import SurveyedFiles
from tests.survey.test_surveyed_files import Readers, names

place, state, beside = sys.argv[1:]
ways, known = [], multiprocessing.get_context
multiprocessing.get_context = lambda way: ways.append(way) or known(way)
ended = threading.Event()
if int(beside):
    threading.Thread(target=ended.wait).start()
snapshot = RepoSnapshot.at(place, "HEAD", cache=DiskFactCache(Path(state)))
files, readers = (SurveyedFiles(snapshot, [each]) for each in (PythonDefinitions(), Readers()))
count = [files.read(workers=2), readers.read(workers=2)]
ended.set()
others = {pid for (pid,) in names(readers).values()} - {str(os.getpid())}
print(json.dumps([count, names(files), ways, len(others)]))
"""


@pytest.mark.parametrize(
    ("number", "beside", "way"),
    [(90, 0, ""), (150, 0, "fork"), (150, 1, ""), (1_100, 1, "spawn")],
    ids=["very few", "forked", "few beside a thread", "started anew beside a thread"],
)
def test_several_processes_find_the_same(tmp_path, number, beside, way):
    # In a process of its own: that of all tests may have threads.
    history = History(tmp_path / "r.git")
    history.commit("Begin", {f"m{at}.py": f"def f{at}(): ...\n" for at in range(number)})
    command = [sys.executable, "-c", SHARED_OUT, history.place, tmp_path / "facts", str(beside)]
    survey = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        check=True,
        stdout=subprocess.PIPE,
        timeout=100,
        text=True,
    )
    count, found, ways, others = json.loads(survey.stdout)
    assert count == [number, number]
    assert found == {f"m{at}.py": [f"f{at}"] for at in range(number)}
    assert ways == [way, way] * bool(way)
    assert others == bool(way)
