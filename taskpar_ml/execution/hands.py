"""Who does what the executor decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from taskpar_ml.domain.runs import Role
from taskpar_ml.execution.attempts import RunAttempt
from taskpar_ml.execution.crew import Crew, Order
from taskpar_ml.execution.gate import Gate
from taskpar_ml.execution.resolving import Resolvers
from taskpar_ml.execution.verifying import Verifier
from taskpar_ml.execution.watcher import Watcher
from taskpar_ml.execution.workshop import Workshop


@dataclass(frozen=True)
class Hands:
    """Who does what the executor decides.

    Attributes
    ----------
    gate
        Says who may start, and is told what became of them.
    workshop
        Holds worktrees, and moves the target.
    crew
        Runs agents.
    order
        Returns what is run for an attempt: its role, and what it is told besides.
    resolvers
        Merge what git alone cannot.
    landers
        Run the command that lands work, where there is one.
    verifier
        Says whether the line passes; None where nobody verifies.
    watcher
        Sees collisions while tasks run; None where nobody watches.
    """

    gate: Gate
    workshop: Workshop
    crew: Crew
    landers: Crew
    order: Callable[[RunAttempt, int, Role, str], Order]
    resolvers: Resolvers
    verifier: Verifier | None = None
    watcher: Watcher | None = None
