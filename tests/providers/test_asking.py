"""Asking about tasks: in a checkout of its own, once each, and no longer than it makes sense."""

from __future__ import annotations

import json
import os
from ast import literal_eval

import pytest

from taskpar_ml.domain.provided import ToldTask
from taskpar_ml.errors import ProviderError, SettingsError
from taskpar_ml.history.store.history_store import HistoryStore
from taskpar_ml.providers.asking import PATIENCE, Asking, Provider, checked_name
from taskpar_ml.repo.snapshot import RepoSnapshot
from tests.support.grown_shop import everything, grow
from tests.support.provided import script
from tests.support.workspaces import task

NAMES_TITLE = "import json, sys; print(json.load(sys.stdin)['title'])"
COUNTS = "import os, sys; open(sys.argv[1], 'a').write(os.environ['TASKPAR_TASK_ID'] + '\\n')\n"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return grow(tmp_path_factory.mktemp("grown") / "shop", rounds=2)


@pytest.fixture
def snapshot(shop):
    return RepoSnapshot.at(shop.place)


@pytest.fixture
def history(tmp_path):
    with HistoryStore.open(str(tmp_path / "history.sqlite")) as store:
        yield store.history("shop", create=True)


def provider(tmp_path, body, *arguments, name="planner", timeout=20.0):
    command = (*script(tmp_path / "code", body), *map(str, arguments))
    return Provider(name, command, timeout)


def test_it_is_told_all_of_the_task_and_its_answer_is_sorted(tmp_path, snapshot):
    body = (
        "import json, os, sys\n"
        "told = json.load(sys.stdin)\n"
        f"json.dump([told, os.environ['TASKPAR_TASK_ID']], open({str(tmp_path / 'told')!r}, 'w'))\n"
        "print('src/search/index.py\\nsrc/new.py\\nREADME.md\\n/etc/passwd')"
    )
    asked = task(
        "task-7",
        "Weigh synonyms",
        description="d\n",
        acceptance_criteria=["one", "two"],
        context="above",
        modifies=["src/**"],
        reads=["docs/*"],
    )
    answer = provider(tmp_path, body).ask(asked, snapshot)
    told, name = json.loads((tmp_path / "told").read_text())
    assert name == "task-7"
    assert told == {
        "id": "task-7",
        "title": "Weigh synonyms",
        "description": "d\n",
        "acceptance_criteria": ["one", "two"],
        "context": "above",
        "writes": ["src/**"],
        "reads": ["docs/*"],
    }
    assert (answer.files, answer.new) == (("README.md", "src/search/index.py"), ("src/new.py",))
    assert answer.refused == 1
    assert answer.commit == snapshot.commit
    assert answer.text == ToldTask.of(asked).key
    assert ToldTask.of(answer.told.as_task()) == answer.told


def test_it_sees_the_files_of_the_commit_without_git_and_leaves_no_trace(tmp_path, shop):
    first = str(next(iter(shop.files)))
    body = (
        "import os, subprocess, sys\n"
        "git = subprocess.run(['git', 'rev-parse', '--git-dir'], capture_output=True).returncode\n"
        "found = [os.path.join(d, f) for d, _, fs in os.walk('.') for f in fs]\n"
        "names = sorted(map(os.path.relpath, found))\n"
        "open('README.md', 'w').write('mine'); os.makedirs('made/by/me'); os.chmod('made', 0)\n"
        "open(sys.argv[1], 'a').write(repr((os.getcwd(), git != 0, names)) + '\\n')\n"
    )
    seen = tmp_path / "seen"
    before = everything(shop.place)
    snapshot = RepoSnapshot.at(shop.place, first)
    asked = provider(tmp_path, body, seen)
    for _ in range(2):
        asked.ask(task("a"), snapshot)
    one, two = map(literal_eval, seen.read_text().splitlines())
    assert one[1:] == two[1:] == (True, sorted(shop.files[first]))
    assert one[0] != two[0]
    assert not os.path.exists(os.path.dirname(one[0]))
    assert everything(shop.place) == before


def test_every_answer_is_kept_at_once_and_asked_for_once(tmp_path, snapshot, history):
    body = COUNTS + "print('README.md')"
    asked = provider(tmp_path, body, tmp_path / "count")
    tasks = [task("a", "One"), task("b", "Two"), task("c", "Two")]
    first = Asking(asked, history)
    first.ask(tasks, snapshot)
    assert (first.asked, first.answered, first.known) == (2, 2, 1)
    assert len(list(history.answers())) == 2
    second = Asking(asked, history)
    second.ask([*tasks, task("d", "Three")], snapshot)
    assert (second.asked, second.known) == (1, 3)
    third = Asking(asked, history, again=True)
    third.ask(tasks, snapshot)
    assert (third.asked, third.known) == (2, 1)
    assert (tmp_path / "count").read_text().split() == ["a", "b", "d", "a", "b"]
    assert third.answer(tasks[2], snapshot.commit).told.id == "b"
    assert len(list(history.answers())) == 3


def test_another_provider_another_text_and_another_commit_are_asked_about(
    tmp_path, snapshot, shop, history
):
    body = COUNTS + "print('README.md')"
    older = RepoSnapshot.at(shop.place, f"{snapshot.commit}~1")
    Asking(provider(tmp_path, body, tmp_path / "n"), history).ask([task("a", "One")], snapshot)
    for name, about, where in (
        ("other", task("a", "One"), snapshot),
        ("planner", task("a", "One", context="more"), snapshot),
        ("planner", task("a", "One"), older),
    ):
        asking = Asking(provider(tmp_path, body, tmp_path / "n", name=name), history)
        asking.ask([about], where)
        assert asking.asked == 1


def test_a_failure_is_no_answer_and_is_asked_for_again(tmp_path, snapshot, history):
    body = (
        "import json, sys\n"
        "title = json.load(sys.stdin)['title']\n"
        "if title == 'Two': sys.exit('no key')\n"
        "print('README.md' if title == 'One' else '')"
    )
    asking = Asking(provider(tmp_path, body), history)
    asking.ask([task("a", "One"), task("b", "Two"), task("c", "Three")], snapshot)
    assert (asking.asked, asking.answered, asking.empty) == (3, 2, 1)
    ((failed, why),) = asking.failures
    assert failed == "b"
    assert "ended with 1; it said: no key" in why
    assert {each.told.title for each in history.answers()} == {"One", "Three"}
    again = Asking(provider(tmp_path, NAMES_TITLE), history)
    again.ask([task("a", "One"), task("b", "Two"), task("c", "Three")], snapshot)
    assert (again.asked, again.known) == (1, 2)


def test_nobody_is_asked_for_ever(tmp_path, snapshot, history):
    asking = Asking(provider(tmp_path, COUNTS + "sys.exit(1)", tmp_path / "count"), history)
    asking.ask([task(f"t{number}", f"Task {number}") for number in range(20)], snapshot)
    assert asking.has_given_up
    assert len((tmp_path / "count").read_text().split()) == PATIENCE
    body = (
        "import json, sys\n"
        "number = int(json.load(sys.stdin)['title'])\n"
        "sys.exit(1) if number % 3 else print('README.md')"
    )
    patient = Asking(provider(tmp_path, body, name="other"), history)
    patient.ask([task(f"t{number}", str(number)) for number in range(20)], snapshot)
    assert not patient.has_given_up
    assert (patient.asked, patient.answered) == (20, 7)


def test_garbage_is_no_answer(tmp_path, snapshot):
    for body in (
        "import os; os.write(1, os.urandom(1000))",
        "print('I would change the following files:')",
        "print('../../etc/passwd')",
    ):
        with pytest.raises(ProviderError):
            provider(tmp_path, body).ask(task("a"), snapshot)


def test_names_of_providers():
    for name in ("planner", "claude-4.5", "_x"):
        assert checked_name(name) == name
    for name in ("", "-x", "a b", "a" * 65, "a/b", "é\n"):
        with pytest.raises(SettingsError, match="--as"):
            checked_name(name)


def test_progress_tells_how_many_were_asked(tmp_path, snapshot, history):
    said = []
    asking = Asking(provider(tmp_path, "print('README.md')"), history, progress=said.append)
    asking.ask([task("a", "One"), task("b", "Two")], snapshot)
    assert said == [
        "Asking planner: 1 asked, 0 answered",
        "Asking planner: 2 asked, 1 answered",
    ]
