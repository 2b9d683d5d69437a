"""What agents are started with, and what is read off what they print."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from itertools import pairwise

import pytest

from taskpar_ml.domain.outcome import Cost
from taskpar_ml.domain.runs import Role
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import SettingsError
from taskpar_ml.execution.agents import PRESETS, agent_words
from taskpar_ml.execution.costs import TAIL, cost_in
from taskpar_ml.execution.prompts import Neighbour, prompt
from taskpar_ml.execution.slots import PORTS, VERIFYING, slot_environment


def test_a_program_is_looked_up_and_words_stay_words():
    words = agent_words("sh 'a b' \"$HOME\" {prompt_file}.md")
    assert words[0].endswith("/sh")
    assert words[1:] == ("a b", "$HOME", "{prompt_file}.md")


def test_what_lies_above_is_named_so_that_agents_find_it(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "agent.sh").touch()
    monkeypatch.chdir(tmp_path / "here")
    words = agent_words("sh ../agent.sh ../none tools/x {prompt_file}")
    assert words[1:] == (str(tmp_path / "agent.sh"), "../none", "tools/x", "{prompt_file}")


@pytest.mark.parametrize("word", ["&&", "|", "||", "&", ";", "1;", ">", ">>", "2>", "2>&1", "<"])
def test_who_writes_as_for_a_shell_is_told_that_there_is_none(word):
    with pytest.raises(SettingsError, match=r"no shell runs the command\. Write one: --agent"):
        agent_words(f"sh {word!r} {{prompt_file}}")


def test_what_a_shell_is_told_is_its_own_affair():
    words = agent_words("sh -c 'sleep 1; cat {prompt_file} | tee x > y;' a;b x>y")
    assert words[2:] == ("sleep 1; cat {prompt_file} | tee x > y;", "a;b", "x>y")


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_known_agents_are_given_the_prompt(name, tmp_path, monkeypatch):
    """Whoever is called reads the whole prompt, from its file or from its input."""
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / name).write_text(
        '#!/bin/sh\necho "$@" >"$SAW"\nfor last; do :; done\n'
        'if [ -f "$last" ]; then cat "$last"; else cat; fi >>"$SAW"\n'
    )
    (bin_ / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{bin_}:/usr/bin:/bin")
    monkeypatch.setenv("SAW", str(tmp_path / "saw"))
    file = tmp_path / "a prompt.md"
    file.write_text("# one: Do one\n")
    words = [word.replace("{prompt_file}", str(file)) for word in agent_words(name)]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    assert (tmp_path / "saw").read_text().endswith("# one: Do one\n")


def test_a_known_agent_that_is_not_there_is_missed(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SettingsError, match="there is no program 'claude'"):
        agent_words("claude")


def test_slots_share_nothing():
    told = [slot_environment("run-1", slot) for slot in range(VERIFYING + 1)]
    for name in ("TASKPAR_PORTS", "TASKPAR_DATABASE", "COMPOSE_PROJECT_NAME"):
        assert len({each[name] for each in told}) == len(told)
    first = [int(each["TASKPAR_PORT"]) for each in told]
    assert all(later - earlier >= PORTS for earlier, later in pairwise(first))


def test_runs_at_different_places_hardly_ever_share_ports():
    told = [slot_environment("run-1", 0, place=str(place)) for place in range(100)]
    assert len({each["COMPOSE_PROJECT_NAME"] for each in told}) == 100
    assert 30 < len({each["TASKPAR_PORT"] for each in told}) <= 45


@pytest.mark.parametrize("slot", [0, 99, 100, 10_000])
def test_ports_are_ports(slot):
    for place in range(200):
        low, high = slot_environment("r", slot, place=str(place))["TASKPAR_PORTS"].split("-")
        assert 1_024 < int(low) < int(high) < 65_536


@pytest.mark.parametrize(
    ("printed", "cost"),
    [
        (b"", None),
        (b"done\n", None),
        (b"{not json}\n{\n[1]\n{}", None),
        (
            b'so\n{"total_cost_usd": 0.25, "usage": {"input_tokens": 7, "output_tokens": 5}}\n',
            Cost(tokens=12, money=Decimal("0.25"), currency="USD"),
        ),
        (b'{"type": "turn.completed", "usage": {"input_tokens": 3}}\nbye', Cost(tokens=3)),
        (b'{"usage": {"input_tokens": 1}}\n{"usage": {"input_tokens": 9}}', Cost(tokens=9)),
        (b'{"total_cost_usd": NaN}', None),
        (b'{"total_cost_usd": -1, "usage": {"input_tokens": true, "output_tokens": -4}}', None),
        (b'{"total_cost_usd": "1e400"}', None),
        (b'{"usage": {"input_tokens": 1}}\n' + b"x" * TAIL, None),
        (b'{"a":' * 100_000, None),
    ],
)
def test_costs_are_what_the_last_object_says(printed, cost):
    assert cost_in(printed) == cost


def test_prompts_hold_the_task_and_who_is_beside_it():
    task = Task(id="a", title="Do it", description="Well.", acceptance_criteria=["Works", "Tested"])
    told = prompt(task, Role.WORK, neighbours=[Neighbour("b", "Do that", ["x.py", "y.py"])])
    assert told.startswith("# a: Do it\n")
    for part in ("Well.", "- Works\n- Tested", "- b: Do that (`x.py`, `y.py`)"):
        assert part in told
    assert "conflicts" not in told
    assert "In conflict: `x`" in prompt(task, Role.RESOLVE, "In conflict: `x`.")
    assert "mend it" in prompt(task, Role.REPAIR, "It is broken.")
