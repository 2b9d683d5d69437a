"""``taskpar evaluate``: how well a model predicts what past tasks did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson, Model, StateDir, Store


def evaluate(
    repos: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[REPO]...",
            help="Git repositories, PATH or NAME=PATH; NAME is what the history is called in the "
            "store, by default as the directory is.",
            show_default="the one here",
        ),
    ] = None,
    store: Store = None,
    state: StateDir = None,
    model: Model = None,
    tasks: Annotated[
        int,
        typer.Option(
            "--tasks", min=1, max=100_000, help="Newest tasks of each that are looked at."
        ),
    ] = 2_000,
    resamples: Annotated[
        int,
        typer.Option(
            "--resamples", min=1, max=100_000, help="How often batches are drawn for intervals."
        ),
    ] = 500,
    worst: Annotated[
        int,
        typer.Option(
            "--worst",
            min=0,
            max=10_000,
            help="Pairs of each repository that are shown, of those that the model missed and of "
            "those of which it was wrongly sure.",
        ),
    ] = 20,
    worst_of: Annotated[
        list[str] | None,
        typer.Option(
            "--worst-of",
            metavar="TELLING",
            help="How the tasks of these pairs are told; may be given several times.",
            show_default="title",
        ),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep",
            metavar="DIR",
            help="Keep in DIR what was gathered, and take it from there; made if absent. Another "
            "model needs another DIR.",
        ),
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a page with plots.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write tables as Markdown.")
    ] = None,
    worst_in_markdown: Annotated[
        bool, typer.Option("--worst-in-markdown", help="Write these pairs as Markdown, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Judge a learned model, and rules that it is held against, by what past tasks did.

    The histories must have been mined. The newest 30 % of each are tested; a copy of the model
    that has learned from the rest of the history is judged beside it.
    """
    from contextlib import ExitStack

    from taskpar_ml.cli.model_files import model_files
    from taskpar_ml.cli.output import print_json, say, show, working
    from taskpar_ml.cli.stores import open_history, store_url
    from taskpar_ml.estimators.model_folder import load_model
    from taskpar_ml.estimators.shipped import shipped_model
    from taskpar_ml.evaluation.history_scores import Gathering
    from taskpar_ml.evaluation.repositories import evaluated
    from taskpar_ml.history.store.location import StoreLocation
    from taskpar_ml.history.wordings import Wording
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.state_place import find_state
    from taskpar_ml.reports.evaluation_html import evaluation_page
    from taskpar_ml.reports.evaluation_text import draw_evaluation
    from taskpar_ml.reports.evaluation_text import markdown as as_markdown
    from taskpar_ml.reports.written_files import check_outputs, write_text

    tellings = known_tellings(worst_of or [Wording.TITLE.value])
    named = [named_place(each) for each in repos or ["."]]
    folder = model or shipped_model()
    stores = {store_url(store, repo=place, state=state) for _, place in named}
    read = [StoreLocation.parse(each).file for each in stores]
    read += model_files([folder, keep])
    check_outputs({"page": html, "tables": markdown}, read)
    judged = load_model(folder)
    states = [find_state(open_repository(place), chosen=state) for _, place in named]
    with working("Reading histories") as progress, ExitStack() as opened:
        gatherings = [
            Gathering(
                place,
                opened.enter_context(open_history(place, store=store, name=name, state=state)),
                judged,
                LabelPolicy(load_settings(place).labels),
                tasks,
                found.cache,
                keep,
                progress,
            )
            for (name, place), found in zip(named, states, strict=True)
        ]
        answer = evaluated(gatherings, judged, resamples=resamples, worst=worst, worst_of=tellings)
    with working("Writing"):
        if html is not None:
            write_text(html, evaluation_page(answer))
        if markdown is not None:
            write_text(markdown, "\n".join(as_markdown(answer, with_cases=worst_in_markdown)))
    for notice in dict.fromkeys(str(notice) for found in states for notice in found.notices):
        say(notice)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    else:
        show(draw_evaluation(answer))


def known_tellings(names: Sequence[str]) -> Sequence[str]:
    """Return the names, if tasks can be told in all of these ways.

    Raises
    ------
    SettingsError
        If one is unknown.
    """
    from taskpar_ml.errors import SettingsError
    from taskpar_ml.evaluation.task_texts import TEXT_TELLINGS
    from taskpar_ml.training.tellings import TELLINGS

    for name in names:
        if name not in (*TELLINGS, *TEXT_TELLINGS):
            known = ", ".join(map(repr, (*TELLINGS, *TEXT_TELLINGS)))
            raise SettingsError("--worst-of", f"{name!r} is unknown.", f"Known: {known}.")
    return names


def named_place(text: str) -> tuple[str | None, Path]:
    """Return the name of a history, if one is given, and where its repository is.

    What is a path as a whole is one, whatever signs are in it.

    Examples
    --------
    >>> named_place("acme/shop=/src/shop")
    ('acme/shop', PosixPath('/src/shop'))
    >>> named_place("/src/shop")
    (None, PosixPath('/src/shop'))
    """
    name, sign, place = text.partition("=")
    if not sign or Path(text).exists():
        return None, Path(text)
    if not name or not place:
        raise typer.BadParameter(f"{text!r} must be PATH or NAME=PATH. Give both sides.")
    return name, Path(place)
