"""Options that several commands share, and what they open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from taskpar_ml.domain.watching import Watching

if TYPE_CHECKING:
    from taskpar_ml.domain.taskset import Notice
    from taskpar_ml.footprints.provided import ProvidedFootprints
    from taskpar_ml.history.conflict_rates import ConflictRates
    from taskpar_ml.workspace import Workspace

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[TASKS]...",
        help="Task files or folders that hold them; without any, those in the repository's root.",
        show_default=False,
    ),
]
Repo = Annotated[Path, typer.Option("--repo", help="Git repository the tasks are for.")]
At = Annotated[str, typer.Option("--at", metavar="REV", help="Commit to plan for.")]
WorkingTree = Annotated[
    bool, typer.Option("--working-tree", help="Plan for the files as they lie in the checkout.")
]
Tag = Annotated[
    str | None, typer.Option("--tag", help="Tag of a Task Master file; default: the current one.")
]


def as_directory(text: str) -> Path:
    """Refuse the empty text that a shell makes of an unset variable: it would mean here."""
    if not text:
        raise typer.BadParameter("is empty. Name a directory, or leave the option out.")
    return Path(text)


StateDir = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="DIR",
        envvar="TASKPAR_STATE",
        parser=as_directory,
        help="Directory of what is remembered between commands, made if need be.",
        show_default="beside .git after taskpar init, else the user's own",
    ),
]


def _named(text: str) -> str:
    """Refuse the empty text that a shell makes of an unset variable."""
    if not text:
        raise typer.BadParameter("is empty. Name a store, or leave the option out.")
    return text


Store = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="TASKPAR_STORE",
        parser=_named,
        help="Store of histories: a file, or postgresql://USER@HOST/DATABASE.",
        show_default="history.sqlite in the directory of state",
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="What the history is called in the store.",
        show_default="the repository's directory",
    ),
]
Bank = Annotated[
    str | None,
    typer.Option(
        "--bank",
        metavar="NAME",
        help="Bank that admits tasks; several lines of one repository have one each.",
        show_default="main",
    ),
]
Observed = Annotated[
    Path | None,
    typer.Option(
        "--observed",
        metavar="FILE",
        help="JSON file with what running tasks have changed so far: "
        '{"task-1": ["src/a.py"], "task-2": {"paths": ["src/b.py"], "final": true}}.',
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Estimator = Annotated[
    str | None,
    typer.Option("--estimator", help="Who estimates: learned, fixed-weights, always or never."),
]
Model = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="FOLDER",
        envvar="TASKPAR_MODEL",
        parser=as_directory,
        help="Folder of a learned model.",
        show_default="the one that is shipped",
    ),
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Most tasks at the same time.")
]
Threshold = Annotated[
    float | None,
    typer.Option("--threshold", help="Risk from which tasks stay apart, and do not start."),
]
Budget = Annotated[
    float | None, typer.Option("--budget", help="Hits that are expected of the plan at most.")
]
Watched = Annotated[Watching | None, typer.Option("--watch", help="How running tasks are watched.")]


def open_workspace(
    tasks: list[Path] | None,
    *,
    repo: Path,
    at: str,
    working_tree: bool,
    tag: str | None,
    state: Path | None,
    observed: Path | None = None,
    model: Path | None = None,
    store: str | None = None,
    name: str | None = None,
    **limits: Any,
) -> Workspace:
    """Read the settings, the tasks and the repository that a question is about.

    Parameters
    ----------
    state
        Directory of state in place of the usual one.
    observed
        File with what running tasks have changed so far.
    model
        Folder of a learned model in place of the shipped one.
    store, name
        Store with the mined history of the repository, and what it is called there.
    limits
        Options that override the ``[plan]`` settings, None where not given.

    Raises
    ------
    TaskparError
        Whatever cannot be read, with place and cure.
    """
    import os
    from functools import partial

    from taskpar_ml.classifying import contexts_of
    from taskpar_ml.cli.stores import provided_for, rates_for, recorded_for
    from taskpar_ml.domain.pairs import shortened
    from taskpar_ml.errors import SettingsError, UnknownTaskError
    from taskpar_ml.footprints.memory import RepoMemory
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.predicting import chosen_predictor
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.snapshot import RepoSnapshot
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.sizing import sized_tasks
    from taskpar_ml.tasks import read_tasks
    from taskpar_ml.tasks.observed_work import read_observed
    from taskpar_ml.workspace import Workspace

    if working_tree and at != "HEAD":
        raise SettingsError("--at", f"{at} and --working-tree exclude each other.", "Drop one.")
    settings = load_settings(repo).with_limits(**limits)
    git = open_repository(repo)
    chosen = chosen_predictor(settings.plan.estimator, model=model)
    found = find_state(git, chosen=state)
    if working_tree:
        snapshot = RepoSnapshot.of_working_tree(repo, cache=found.cache, arrays=found.arrays)
    else:
        snapshot = RepoSnapshot.at(repo, at, cache=found.cache, arrays=found.arrays)
    root = Path(git.workdir or repo)
    task_set = read_tasks(*(tasks or [root]), tag=tag)
    seen = read_observed(observed) if observed else {}
    known = {task.id for task in task_set.tasks}
    for name in seen:
        if name not in known:
            raise UnknownTaskError(
                f"{observed}: {name}", "there is no such task.", f"Known: {shortened(known)}."
            )
    rates: ConflictRates | None = None
    unread: Sequence[Notice] = ()
    if chosen.predictor.asks_for_rates and snapshot.newest is not None:
        rates, unread = rates_for(repo, snapshot.newest, store=store, name=name, state=state)
    provided: ProvidedFootprints | None = None
    if snapshot.newest is not None:
        provided, unheard = provided_for(
            repo,
            snapshot.newest,
            model=chosen.predictor.footprints.ranked_by,
            store=store,
            name=name,
            state=state,
        )
        unread = (*unread, *unheard)
    recorded = recorded_for(repo, store=store, name=name, state=state)
    return Workspace(
        task_set=task_set,
        memory=RepoMemory(
            snapshot,
            AutomationRules(settings.automation),
            drawn=contexts_of(snapshot, settings),
            workers=os.cpu_count() or 1,
            rates=rates,
            provided=provided,
        ),
        predictor=chosen.predictor,
        settings=settings,
        observed=seen,
        state=found,
        notices=(*chosen.notices, *unread),
        sizer=partial(sized_tasks, past=recorded),
    )
