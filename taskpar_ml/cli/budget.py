"""``taskpar budget``: what may be lost, how many may run, and what comes next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from taskpar_ml.cli.options import AsJson, Bank, Estimator, Model, Name, Repo, StateDir, Store

if TYPE_CHECKING:
    from taskpar_ml.admitting.book import AdmissionBook
    from taskpar_ml.domain.mined import PairFinding
    from taskpar_ml.history.batches import TaskBatch

_OVERSPENT = 2


def budget(
    repo: Repo = Path(),
    b0: Annotated[
        float | None,
        typer.Option("--b0", help="Promise so many hits before anything has landed."),
    ] = None,
    alpha: Annotated[
        float | None, typer.Option("--alpha", help="Promise so many hits per task that lands.")
    ] = None,
    learn: Annotated[
        int | None,
        typer.Option(
            "--learn",
            metavar="N",
            min=1,
            help="Let the newest N mined tasks say which levels are safe.",
        ),
    ] = None,
    estimator: Estimator = None,
    model: Model = None,
    bank: Bank = None,
    store: Store = None,
    name: Name = None,
    state: StateDir = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", metavar="FILE", help="Draw how it grew: .svg or .png."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what the bank holds: hits allowed and spent, width, levels, and what comes next.

    --b0, --alpha and --learn make the bank where there is none.

    Exit status 2: hits that came to light too late have used up more than is allowed.
    """
    from taskpar_ml.admitting.reporting import budget_of
    from taskpar_ml.cli.banks import open_book
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.domain.growth import MAIN
    from taskpar_ml.errors import AdmissionError
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.reports.budget_text import draw_budget
    from taskpar_ml.reports.growth_plots import growth_file
    from taskpar_ml.reports.plots import check_plot_ending
    from taskpar_ml.reports.written_files import check_writable, write_bytes

    if plot is not None:
        check_writable(plot)
        check_plot_ending(plot)
    named = MAIN if bank is None else bank
    changes = b0 is not None or alpha is not None or learn is not None
    with open_book(bank, repo=repo, store=store, name=name, state=state, makes=changes) as book:
        if book is not None and changes:
            # The past first: if it cannot be read, nothing has changed.
            past = None if learn is None else _past(book, learn)
            book.promise(b0=b0, alpha=alpha)
            if past is not None:
                with working("Looking at the past"):
                    _learn(book, past, repo=repo, state=state, estimator=estimator, model=model)
        entries = [] if book is None else list(book.entries())
    if not entries:
        raise AdmissionError(
            f"bank {named}",
            "there is none yet.",
            "`taskpar ready --start` makes one, and so does `taskpar budget --b0 2 --alpha 0.1`.",
        )
    workers = load_settings(repo).plan.workers
    found = budget_of(entries, name=named, workers=workers)
    if plot is not None:
        write_bytes(plot, growth_file(found, plot.suffix))
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        show(draw_budget(found))
    if found.is_overspent:
        raise typer.Exit(_OVERSPENT)


def _past(book: AdmissionBook, tasks: int) -> tuple[list[TaskBatch], list[PairFinding]]:
    from taskpar_ml.backtest.mined import mined_findings

    return mined_findings(book.history, tasks=tasks)


def _learn(
    book: AdmissionBook,
    past: tuple[list[TaskBatch], list[PairFinding]],
    *,
    repo: Path,
    state: Path | None,
    estimator: str | None,
    model: Path | None,
) -> None:
    """Write down what the mined past says of levels."""
    from taskpar_ml.admitting.learning import found_outcomes
    from taskpar_ml.backtest.repository import Past
    from taskpar_ml.history.past_rates import PastRates
    from taskpar_ml.history.wordings import Wording
    from taskpar_ml.policy.labels import LabelPolicy
    from taskpar_ml.policy.settings import load_settings
    from taskpar_ml.predicting import chosen_predictor
    from taskpar_ml.repo.git import open_repository
    from taskpar_ml.repo.state_place import find_state

    settings = load_settings(repo).with_limits(estimator=estimator)
    predictor = chosen_predictor(settings.plan.estimator, model=model).predictor
    batches, findings = past
    rates = PastRates.read(book.history) if predictor.asks_for_rates else None
    known = book.read()
    book.find(
        found_outcomes(
            Past(repo, batches, findings, LabelPolicy(settings.labels), rates),
            predictor,
            wording=Wording.FULL,
            threshold=float(known.admission.bank.promise.alpha),
            known=known.found,
            cache=find_state(open_repository(repo), chosen=state).cache,
        )
    )
