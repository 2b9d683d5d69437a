"""What is run for an attempt: the agent's command, what it is told, and what it has for itself."""

from __future__ import annotations

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
from taskpar_ml.execution.slots import slot_environment
from taskpar_ml.execution.workshop import Workshop

PROMPT_FILE: Final = "{prompt_file}"
_SHELL: Final = re.compile(r"&&|\|\|?|&|\S*;|\d?>>?(&\d)?|<")
"""Words that mean something to a shell alone."""
PRESETS: Final = {
    # What each is allowed by itself is little: files of its worktree. What it changes is committed
    # for it. All read the prompt where it is no argument, which may not be as long.
    "claude": 'claude --print --permission-mode acceptEdits --output-format json <"$1"',
    "codex": 'codex exec --sandbox workspace-write --json - <"$1"',
    "gemini": 'gemini --approval-mode auto_edit --output-format json <"$1"',
    "aider": 'aider --yes-always --message-file "$1"',
}
"""Coding agents that are known by name, and how a shell runs them without anybody watching."""

_SET_UP: Final = """\
if [ ! -e "$1" ]; then
    ( {setup}
    ) || exit
    git ls-files --others --exclude-standard -z >"$1.new" && mv "$1.new" "$1" || exit
fi
shift && exec "$@"
"""


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
    shells = next((word for word in words if _SHELL.fullmatch(word)), None)
    if shells is not None:
        raise SettingsError(
            option,
            f"{shells!r} would be a word to {words[0]!r}: no shell runs the command.",
            "Write one: --agent \"sh -c '… {prompt_file}'\".",
        )
    return (str(Path(program).absolute()), *map(_from_worktree, words[1:]))


def _from_worktree(word: str) -> str:
    """Return a word so that it names the same file where an agent works, if it names one above."""
    is_above = word.startswith("../") and Path(word).exists()
    return str(Path(word).resolve()) if is_above else word


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
    landing
        What a shell runs in a worktree to land its work; empty where the run does that itself.
    takes_over
        Whether agents are told to take over what lands while they work.
    """

    place: Path
    words: Sequence[str]
    book: RunBook
    gate: Gate
    workshop: Workshop
    setup: str = ""
    landing: str = ""
    takes_over: bool = False

    def order(self, known: RunAttempt, number: int, role: Role, why: str) -> Order:
        """Return what is run for a round, its prompt written.

        Parameters
        ----------
        number
            The how-manieth round it is.
        """
        tree = self.workshop.tree_of(known.attempt)
        file = self._prompt_file(known, number)
        environment = self._environment(known, file, role)
        if role is Role.LAND:
            return Order(("/bin/sh", "-c", self.landing), tree, environment)
        task = self.gate.task(known.attempt.task) or Task(
            id=known.attempt.task, title=known.attempt.task
        )
        beside = [each.attempt.task for each in self.book.state.in_flight()]
        told = prompt(
            *(task, role, why),
            neighbours=self.gate.neighbours(task.id, beside),
            line=self.workshop.line if self.takes_over else "",
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(told, encoding="utf-8", errors="replace")
        words = [word.replace(PROMPT_FILE, str(file)) for word in self.words]
        if self.setup:
            mark = str(self.workshop.setup_mark(known.attempt))
            words = ["/bin/sh", "-c", _SET_UP.format(setup=self.setup), "setup", mark, *words]
        return Order(words, tree, environment)

    def _environment(self, known: RunAttempt, file: Path, role: Role) -> Mapping[str, str]:
        landing = {
            "TASKPAR_TITLE": getattr(self.gate.task(known.attempt.task), "title", ""),
            "TASKPAR_TARGET": self.book.state.plan.target,
            "TASKPAR_COMMIT": known.head,
            "TASKPAR_REPOSITORY": str(self.workshop.source),
        }
        return {
            **(landing if role is Role.LAND else {}),
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
