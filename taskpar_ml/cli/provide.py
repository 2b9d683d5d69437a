"""``taskpar provide``: ask a command which files tasks will touch, and learn how right it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand

from taskpar_ml.cli.options import (
    AsJson,
    At,
    Estimator,
    Files,
    Model,
    Name,
    Repo,
    StateDir,
    Store,
    Tag,
)

if TYPE_CHECKING:
    from taskpar_ml.footprints.predictor import FootprintPredictor
    from taskpar_ml.providers.asking import Asking, Provider

_FOLLOWING: Final = "following"


class WithCommand(TyperCommand):
    """A command of ours after whose ``--`` another command follows, word by word."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take what follows away before our own words are looked at."""
        end = args.index("--") if "--" in args else len(args)
        ctx.meta[_FOLLOWING] = tuple(args[end + 1 :])
        return super().parse_args(ctx, args[:end])

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Say where the other command stands."""
        return [*super().collect_usage_pieces(ctx), "-- COMMAND [ARGUMENT]..."]


def provide(
    context: typer.Context,
    tasks: Files = None,
    repo: Repo = Path(),
    at: At = "HEAD",
    tag: Tag = None,
    provider: Annotated[
        str | None, typer.Option("--as", metavar="NAME", help="Name to keep its answers under.")
    ] = None,
    past: Annotated[
        int | None,
        typer.Option(
            "--past",
            metavar="N",
            min=1,
            max=2_000,
            help="Ask about the newest N past tasks instead, and learn how right it is.",
        ),
    ] = None,
    text: Annotated[
        str,
        typer.Option(
            "--text",
            help="What it is told of past tasks: 'title', 'title+body' or "
            "'title+body without names'.",
        ),
    ] = "title+body",
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, help="Seconds that it may take for one task.")
    ] = 600.0,
    again: Annotated[
        bool, typer.Option("--again", help="Ask about what is answered already, too.")
    ] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="Ask nobody; show what is known of every provider.")
    ] = False,
    estimator: Estimator = None,
    model: Model = None,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    as_json: AsJson = False,
) -> None:
    """Ask a command which files each task will touch, and count its answers as far as it was right.

    The command follows after --. It gets a task as JSON on standard input, runs in a checkout that
    is thrown away, and prints one path a line, or a JSON array of paths. Only what stands here is
    ever run, nothing that a repository or a task file says.
    """
    from taskpar_ml.cli.output import print_json, show
    from taskpar_ml.cli.stores import open_history
    from taskpar_ml.errors import ProviderError, SettingsError
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.predicting import chosen_predictor
    from taskpar_ml.providers.asking import PATIENCE, Asking
    from taskpar_ml.providers.records import asking_report, provider_records
    from taskpar_ml.repo.git import open_repository, resolve_commit
    from taskpar_ml.reports.provider_text import draw_asking, draw_records

    words = context.meta[_FOLLOWING]
    if listed and (words or provider or past):
        raise SettingsError("--list", "asks nobody.", "Drop --as, --past and the command, or it.")
    git = open_repository(repo)
    commit = str(resolve_commit(git, at, place=str(repo)).id)
    settings = load_settings(repo).with_limits(estimator=estimator)
    ranks = chosen_predictor(settings.plan.estimator, model=model).predictor.footprints
    if listed:
        with open_history(repo, store=store, name=name, state=state) as history:
            records = provider_records(history, git, commit, model=ranks.ranked_by)
        if as_json:
            print_json([each.model_dump() for each in records])
        else:
            show(draw_records(records))
        return
    asked = _provider(provider, words, timeout)
    with open_history(repo, store=store, name=name, state=state, create=True) as history:
        asking = Asking(asked, history, again=again)
        if past is None:
            n_tasks = _ask_open(asking, tasks, repo=repo, at=at, tag=tag, state=state)
        else:
            n_tasks = _ask_past(asking, ranks, most=past, text=text, repo=repo, at=at, state=state)
        _learn(asking, ranks, repo=repo, state=state)
        records = provider_records(history, git, commit, model=ranks.ranked_by)
    report = asking_report(
        asking, records, tasks=n_tasks, past=past is not None, model=ranks.ranked_by
    )
    if as_json:
        print_json(report.model_dump())
    else:
        show(draw_asking(report))
    if report.has_given_up or (report.asked and not report.answered):
        raise ProviderError(
            report.provider,
            f"gave no answer {PATIENCE} times in a row, and was not asked any more."
            if report.has_given_up
            else "gave no answer.",
            "Run the same command again: what is answered is kept.",
        )


def _provider(name: str | None, words: tuple[str, ...], timeout: float) -> Provider:
    """Return whom to ask."""
    from taskpar_ml.errors import SettingsError
    from taskpar_ml.providers.asking import Provider, checked_name
    from taskpar_ml.providers.command import resolved_command

    if name is None:
        raise SettingsError("--as", "is missing.", "Name whose answers they are.")
    return Provider(checked_name(name), resolved_command(words, here=Path.cwd()), timeout)


def _ask_open(
    asking: Asking,
    tasks: list[Path] | None,
    *,
    repo: Path,
    at: str,
    tag: str | None,
    state: Path | None,
) -> int:
    """Ask about every open task; return how many there are."""
    from taskpar_ml.cli.output import working
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.snapshot import RepoSnapshot
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.tasks import read_tasks

    git = open_repository(repo)
    task_set = read_tasks(*(tasks or [Path(git.workdir or repo)]), tag=tag)
    snapshot = RepoSnapshot.at(repo, at, cache=find_state(git, chosen=state).cache)
    with working("Asking") as progress:
        asking.progress = progress
        asking.ask(task_set.work, snapshot)
    return len(task_set.work)


def _ask_past(
    asking: Asking,
    ranks: FootprintPredictor,
    *,
    most: int,
    text: str,
    repo: Path,
    at: str,
    state: Path | None,
) -> int:
    """Ask about past tasks; return how many there are."""
    from taskpar_ml.cli.output import working
    from taskpar_ml.errors import ReplayError
    from taskpar_ml.history.landings import landings_until
    from taskpar_ml.history.wordings import wording_named
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.providers.trying import try_on_past
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.state_place import find_state

    wording = wording_named(text)
    cache = find_state(open_repository(repo), chosen=state).cache
    rules = AutomationRules(load_settings(repo).automation)
    with working("Reading history") as progress:
        log = landings_until(repo, at, cache=cache, rules=rules)
        asking.progress = progress
        found = try_on_past(
            asking,
            log.landings,
            repo=repo,
            predictor=ranks,
            most=most,
            wording=wording,
            cache=cache,
        )
    if not found:
        raise ReplayError(
            str(repo),
            f"{len(log.tasks)} past tasks are too few to try anybody on.",
            "Record outcomes of tasks instead (taskpar record), or wait for more to land.",
        )
    return found


def _learn(asking: Asking, ranks: FootprintPredictor, *, repo: Path, state: Path | None) -> None:
    """Take in what was recorded of tasks that were asked about while they were open."""
    from taskpar_ml.policy.automation import AutomationRules
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.providers.landed import learn_from_outcomes
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.state_place import find_state

    learn_from_outcomes(
        asking.history,
        repo=repo,
        predictor=ranks,
        cache=find_state(open_repository(repo), chosen=state).cache,
        rules=AutomationRules(load_settings(repo).automation),
    )
