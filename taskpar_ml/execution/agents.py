"""What is run for an attempt: the agent's command, what it is told, and what it has for itself."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from taskpar_ml.domain.runs import Role
from taskpar_ml.domain.task import Task
from taskpar_ml.errors import SettingsError
from taskpar_ml.execution.attempts import RunAttempt
from taskpar_ml.execution.crew import Order
from taskpar_ml.execution.gate import Gate
from taskpar_ml.execution.prompts import prompt
from taskpar_ml.execution.run_book import RunBook
from taskpar_ml.execution.workshop import Workshop

PROMPT_FILE: Final = "{prompt_file}"
PRESETS: Final = {
    # What each is allowed by itself is little: files of its worktree. What it changes is committed
    # for it. All read the prompt where it is no argument, which may not be as long.
    "claude": 'claude --print --permission-mode acceptEdits --output-format json <"$1"',
    "codex": 'codex exec --sandbox workspace-write --json - <"$1"',
    "gemini": 'gemini --approval-mode auto_edit --output-format json <"$1"',
    "aider": 'aider --yes-always --message-file "$1"',
}
"""Coding agents that are known by name, and how a shell runs them without anybody watching."""

FIRST_PORT: Final = 20_000
_SET_UP: Final = """\
if [ ! -e "$1" ]; then
    {{ {setup}
    }} || exit
    : >"$1"
fi
shift && exec "$@"
"""
PORTS: Final = 10
"""Ports that a slot has for itself."""
_LAST_PORT: Final = 65_535
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


def agent_words(command: str, *, option: str = "--agent") -> tuple[str, ...]:
    """Return the words of an agent's command, or of one that is known by name.

    Its program is looked up here, once.

    Raises
    ------
    SettingsError
        If they cannot be read, there is no such program, or nothing says where the prompt goes.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise SettingsError(
            option, f"cannot be read: {error}.", "Quote it as a shell does."
        ) from None
    if not words:
        raise SettingsError(option, "names no command.", "Write one: --agent 'my-agent FILE'.")
    if len(words) == 1 and words[0] in PRESETS and shutil.which(words[0]):
        return ("/bin/sh", "-c", f"exec {PRESETS[words[0]]}", words[0], PROMPT_FILE)
    program = shutil.which(words[0])
    if program is None:
        raise SettingsError(option, f"there is no program {words[0]!r}.", "Write its whole path.")
    if not any(PROMPT_FILE in word for word in words):
        raise SettingsError(
            option,
            f"{PROMPT_FILE} stands nowhere in it: the agent would not know its task.",
            f"Write it where the file's name belongs: --agent 'my-agent {PROMPT_FILE}'.",
        )
    return (str(Path(program).absolute()), *words[1:])


def slot_environment(run: str, slot: int, *, place: str = "") -> dict[str, str]:
    """Return what tasks of a slot have for themselves: ports, a database, a compose project.

    Names are those of no other run, told apart by their place; ports are those of no other slot.

    Examples
    --------
    >>> told = slot_environment("Run 7", 2)
    >>> told["TASKPAR_PORT"], told["TASKPAR_PORTS"]
    ('20020', '20020-20029')
    >>> told["TASKPAR_DATABASE"], told["COMPOSE_PROJECT_NAME"]
    ('taskpar_run_7_e3b0c4_2', 'taskpar-run-7-e3b0c4-2')
    """
    first = FIRST_PORT + PORTS * slot % (_LAST_PORT - FIRST_PORT - PORTS)
    name = _NO_NAME.sub("-", run.lower()).strip("-")
    told_apart = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:6]
    project = f"taskpar-{name}-{told_apart}-{slot}"
    return {
        "TASKPAR_SLOT": str(slot),
        "TASKPAR_PORT": str(first),
        "TASKPAR_PORTS": f"{first}-{first + PORTS - 1}",
        "TASKPAR_DATABASE": project.replace("-", "_"),
        "COMPOSE_PROJECT_NAME": project,
    }


@dataclass(frozen=True)
class Agents:
    """Says what is run for an attempt.

    Attributes
    ----------
    place
        Directory of the run; prompts lie in it.
    words
        From :func:`agent_words`.
    book, gate, workshop
        Know what else runs, what it is expected to change, and where the worktrees are.
    setup
        What a shell runs in a worktree before the agent does, the first time; empty for nothing.
    """

    place: Path
    words: Sequence[str]
    book: RunBook
    gate: Gate
    workshop: Workshop
    setup: str = ""

    def order(self, known: RunAttempt, number: int, role: Role, why: str) -> Order:
        """Return what is run for a round, its prompt written.

        Parameters
        ----------
        number
            The how-manieth round it is.
        """
        file = self._prompt_file(known, number)
        task = self.gate.task(known.attempt.task) or Task(
            id=known.attempt.task, title=known.attempt.task
        )
        beside = [each.attempt.task for each in self.book.state.in_flight()]
        told = prompt(task, role, why, neighbours=self.gate.neighbours(task.id, beside))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told, encoding="utf-8", errors="replace")
        words = [word.replace(PROMPT_FILE, str(file)) for word in self.words]
        if self.setup:
            mark = str(self.workshop.setup_mark(known.attempt))
            words = ["/bin/sh", "-c", _SET_UP.format(setup=self.setup), "setup", mark, *words]
        return Order(
            words, self.workshop.tree_of(known.attempt), self._environment(known, file, role)
        )

    def _environment(self, known: RunAttempt, file: Path, role: Role) -> Mapping[str, str]:
        return {
            **slot_environment(self.book.name, known.slot, place=str(self.place)),
            # A worktree that is none any more belongs to no repository above it.
            "GIT_CEILING_DIRECTORIES": str(self.workshop.tree_of(known.attempt).parent),
            "TASKPAR_TASK_ID": known.attempt.task,
            "TASKPAR_ATTEMPT": str(known.attempt.number),
            "TASKPAR_ROLE": role.value,
            "TASKPAR_BASE": known.base,
            "TASKPAR_PROMPT_FILE": str(file),
        }

    def _prompt_file(self, known: RunAttempt, number: int) -> Path:
        task, attempt = known.attempt
        return self.place / "prompts" / f"{task}.{attempt}.{number}.md"
