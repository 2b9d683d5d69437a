"""What the commands of a run have printed."""

from __future__ import annotations

from collections.abc import Iterator

from taskpar_ml.domain.run_report import RoundLog
from taskpar_ml.domain.runs import Role
from taskpar_ml.errors import UnknownTaskError
from taskpar_ml.execution.attempts import RunAttempt
from taskpar_ml.execution.crew import RoundKey
from taskpar_ml.execution.local_run import crews_of
from taskpar_ml.execution.run_place import RunPlace


def logs_of(run: RunPlace, task: str) -> list[RoundLog]:
    """Return what was printed for a task, round by round.

    Raises
    ------
    UnknownTaskError
        If the run has not begun it.
    """
    state = run.book().read()
    attempts = state.of_task(task)
    if not attempts:
        known = sorted({each.task for each in state.attempts})
        there = f"It has begun {', '.join(known)}." if known else "It has begun none."
        raise UnknownTaskError(f"run {run.name}", f"it has not begun task {task}.", there)
    return [log for each in attempts for log in _logs(run, each)]


def _logs(run: RunPlace, known: RunAttempt) -> Iterator[RoundLog]:
    agents, landers = crews_of(run)
    for number, each in enumerate(known.rounds, start=1):
        crew = landers if each.role is Role.LAND else agents
        key = RoundKey(known.attempt, number)
        yield RoundLog(
            attempt=known.attempt.number,
            round=number,
            role=each.role.value,
            how=each.ended.how.value if each.ended else None,
            path=str(crew.directory(key) / "log"),
            printed=crew.printed(key),
        )
