"""A run on this machine: opened, taken up again, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from taskpar_ml.admitting.book import AdmissionBook
from taskpar_ml.admitting.recording import recorded
from taskpar_ml.domain.growth import MAIN
from taskpar_ml.domain.outcome import Ending, RecordedOutcome
from taskpar_ml.domain.runs import LandMode, Opened, RolledBack, RunLimits
from taskpar_ml.domain.watching import Watching
from taskpar_ml.errors import RunError, SettingsError, TargetError
from taskpar_ml.execution.agents import Agents
from taskpar_ml.execution.crew import LocalCrew
from taskpar_ml.execution.deciding import is_settled
from taskpar_ml.execution.executor import Executor
from taskpar_ml.execution.gate import BankGate
from taskpar_ml.execution.git_runner import Git, check_git
from taskpar_ml.execution.hands import Hands
from taskpar_ml.execution.outcomes import outcome_of
from taskpar_ml.execution.resolving import Resolvers
from taskpar_ml.execution.run_place import RunPlace, check_name
from taskpar_ml.execution.run_state import RunState
from taskpar_ml.execution.scratch import throw_away
from taskpar_ml.execution.slots import VERIFYING, slot_environment
from taskpar_ml.execution.target_branch import TargetBranch
from taskpar_ml.execution.verifying import Verifier
from taskpar_ml.execution.watcher import EVERY, Watcher
from taskpar_ml.execution.workshop import Workshop
from taskpar_ml.workspace import Workspace

TIMEOUT: Final = 3_600.0
"""Seconds that an agent has for one round, unless somebody says otherwise."""
LANDING_TIMEOUT: Final = 14 * 24 * 3_600.0
"""Seconds that a command has to land some work: people look at it meanwhile."""


@dataclass(frozen=True)
class RunOptions:
    """What whoever starts or resumes a run says.

    Attributes
    ----------
    words
        The agent's command, from :func:`~taskpar_ml.execution.agents.agent_words`.
    setup, verify
        What a shell runs in a worktree before the first round, and on a candidate; empty for
        nothing.
    target
        The branch that work lands on; None for one of the run's own.
    bank
        The bank that admits attempts.
    mode
        As what work lands.
    landing
        What a shell runs in a worktree to land its work; empty where the run moves the target.
    timeout
        Seconds that an agent has for one round.
    every
        Seconds between two looks at running tasks, where they are watched.
    limits
        How often something is tried: those of :class:`RunLimits` that somebody names.
    resolvers
        Merge what git alone cannot.
    """

    words: tuple[str, ...]
    setup: str = ""
    verify: str = ""
    target: str | None = None
    bank: str = MAIN
    mode: LandMode = LandMode.MERGE
    landing: str = ""
    timeout: float = TIMEOUT
    every: float = EVERY
    limits: Mapping[str, int] = field(default_factory=dict)
    resolvers: Resolvers = field(default_factory=Resolvers)


def executor_of(
    run: RunPlace, options: RunOptions, workspace: Callable[[], Workspace], *, base: str
) -> Executor:
    """Return what runs a run: a new one, begun at ``base``, or one that was interrupted.

    Raises
    ------
    RunError
        If git is too old, or the target is checked out.
    """
    check_git()
    book, workshop = run.book(), run.workshop()
    state = book.read()
    if state.opened is None:
        check_can_run(run.common, run.name, options)
        target = f"taskpar/{run.name}" if options.target is None else options.target
        state = book.write(
            Opened(
                base=base,
                target=target,
                made=options.target is None,
                bank=options.bank,
                mode=options.mode,
                verifies=bool(options.verify),
                by_command=bool(options.landing),
                place=run.where,
                limits=RunLimits(**options.limits),
            )
        )
    plan = state.plan
    _check_same(run, state, options)
    workshop.prepare(plan.base)
    throw_away(workshop.own)
    if not plan.by_command:
        branch = workshop.target(plan.target)
        if not state.attempts:
            branch.make(plan.base)
        branch.check_free()
    gate = BankGate(AdmissionBook(run.history, plan.bank), run.name, workspace)
    crew, landers = crews_of(run, timeout=options.timeout)
    watching = workspace().settings.plan.watch
    agents = Agents(
        *(run.place, options.words, book, gate, workshop),
        setup=options.setup,
        landing=options.landing,
        takes_over=watching is Watching.CHECKPOINTS,
    )
    return Executor(
        book,
        Hands(
            gate=gate,
            workshop=workshop,
            crew=crew,
            landers=landers,
            order=agents.order,
            resolvers=options.resolvers,
            watcher=_watcher(workshop, watching, options),
            verifier=_verifier(run, options, workshop) if options.verify else None,
        ),
    )


def _watcher(workshop: Workshop, watching: Watching, options: RunOptions) -> Watcher | None:
    """Return who watches running tasks.

    Raises
    ------
    SettingsError
        If they were to be watched as nobody can.
    """
    if watching is Watching.AT_ONCE:
        raise SettingsError(
            "watch",
            f"{watching.value} is a bound: no agent can be interrupted at any moment.",
            f"Say {Watching.CHECKPOINTS.value}.",
        )
    if watching is Watching.NEVER:
        return None
    return Watcher(workshop, is_mended=options.resolvers.knows, every=options.every)


def check_can_run(common: Path, name: str, options: RunOptions) -> None:
    """Refuse what cannot be run, before anything is changed.

    Raises
    ------
    RunError
        If git is too old, or the run cannot be called so.
    TargetError
        If no branch can be called like the target, it is checked out, or there is none that
        somebody else could land on.
    """
    check_git()
    check_name(name)
    target = f"taskpar/{name}" if options.target is None else options.target
    branch = TargetBranch(Git(common), target)
    branch.check_name()
    if not options.landing:
        branch.check_is_local()
        branch.check_free()
    elif branch.tip() is None:
        cure = "Name a branch, or one of a remote: --target origin/main."
        raise TargetError(f"branch {target}", "there is none.", cure)


def crews_of(run: RunPlace, *, timeout: float = TIMEOUT) -> tuple[LocalCrew, LocalCrew]:
    """Return who runs agents, and who runs the command that lands their work.

    Parameters
    ----------
    timeout
        Seconds that an agent has for one round.
    """
    return (
        LocalCrew(run.place / "rounds", timeout=timeout),
        LocalCrew(run.place / "landings", timeout=LANDING_TIMEOUT),
    )


def _verifier(run: RunPlace, options: RunOptions, workshop: Workshop) -> Verifier:
    return Verifier(
        workshop,
        LocalCrew(run.place / "verifications", timeout=options.timeout),
        options.verify,
        setup=options.setup,
        environment=slot_environment(run.name, VERIFYING, place=str(run.place)),
    )


def _check_same(run: RunPlace, state: RunState, options: RunOptions) -> None:
    """Refuse to go on elsewhere, or otherwise, than a run was begun.

    Raises
    ------
    RunError
        If that is wanted.
    """
    place, plan = f"run {run.name}", state.plan
    if plan.place != run.where:
        raise RunError(place, f"it is at {plan.place}.", "Go on there, or begin another: --run.")
    for option, said, before in (
        ("--verify", options.verify, plan.verifies),
        ("--land-with", options.landing, plan.by_command),
    ):
        if before != bool(said):
            began = "with" if before else "without"
            raise RunError(place, f"it began {began} {option}.", "Say the same again.")
    if state.rolled_back:
        raise RunError(place, "it was rolled back.", "Begin another one: --run.")
    wanted: dict[str, object] = {"--target": options.target, "--land": options.mode}
    known: dict[str, object] = {"--target": plan.target, "--land": plan.mode}
    wanted["--bank"], known["--bank"] = options.bank, plan.bank
    known |= {f"--{name}": limit for name, limit in plan.limits}
    wanted |= {f"--{name}": limit for name, limit in options.limits.items()}
    for option, value in wanted.items():
        if value is not None and value != known[option]:
            raise RunError(place, f"it began with {option} {known[option]}.", "Say the same again.")


def roll_back(run: RunPlace) -> str:
    """Take the target back to where the run began, and return what it was.

    Whatever landed stays under ``refs/taskpar/``; that it is taken back is recorded, so that the
    tasks are done anew by whoever asks next.

    Raises
    ------
    RunError
        If something still runs, others have pushed to the target since, or it is checked out.
    """
    book, workshop = run.book(), run.workshop()
    state = book.read()
    plan = state.plan
    if plan.by_command:
        cure = f"Take back there what has landed; the run began at {plan.base}."
        raise RunError(f"run {run.name}", "its work was landed by a command.", cure)
    if not is_settled(state):
        cure = "Let it go on, or cancel its tasks and let it end."
        raise RunError(f"run {run.name}", "something of it is still under way.", cure)
    tip = workshop.target_tip(plan.target)
    if tip == plan.base and state.landed:
        tip = state.tip  # taken back by somebody who was interrupted, or by hand
    if tip != state.tip:
        raise RunError(
            f"branch {plan.target}",
            "it is not where the run left it: somebody else has pushed, or moved it.",
            f"`git revert -m 1` takes single merges back; the run began at {plan.base}.",
        )
    workshop.take_back(plan.target, tip, plan.base)
    now = book.now()
    for attempt, _ in state.landed:
        told = outcome_of(state.attempts[attempt], state, run=run.name)
        reverted = told.model_copy(update={"ending": Ending.REVERTED})
        recorded(run.history, [RecordedOutcome(outcome=reverted, recorded_at=now, correction=1)])
    if state.rolled_back is None:
        book.write(RolledBack(tip=tip))
    return tip
