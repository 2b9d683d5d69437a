"""``taskpar check``: what branches and checkouts really have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from taskpar_ml.cli.options import AsJson


def check(
    branches: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[BRANCH]...",
            help="Branches, tags or commits; after -- also those that begin with a dash.",
            show_default=False,
        ),
    ] = None,
    repo: Annotated[Path, typer.Option("--repo", help="Git repository they belong to.")] = Path(),
    onto: Annotated[
        str, typer.Option("--onto", metavar="REV", help="The line that all are meant to land on.")
    ] = "HEAD",
    worktrees: Annotated[
        bool,
        typer.Option(
            "--worktrees", help="Let every checkout take part, with what is not committed in it."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Merge branches and worktrees on trial, each with each: what overlaps, what conflicts.

    Exit status: 0 where nothing conflicts, 2 where something does.
    """
    from taskpar_ml.checking import check_overlap
    from taskpar_ml.cli.output import print_json, show, working
    from taskpar_ml.domain.overlap import Verdict
    from taskpar_ml.reports.check_text import draw_check

    with working("Merging on trial"):
        report = check_overlap(repo, branches or [], onto=onto, worktrees=worktrees)
    if as_json:
        print_json(report.model_dump())
    else:
        show(draw_check(report))
    if report.verdict == Verdict.CONFLICT:
        raise typer.Exit(2)
