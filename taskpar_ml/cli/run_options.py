"""Options of ``taskpar run``, and what they say together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from taskpar_ml.domain.runs import LandMode

if TYPE_CHECKING:
    from taskpar_ml.execution.resolving import Resolvers

MERGIRAF: Final = "mergiraf merge --git %O %A %B -p %P"
"""A merge driver that knows the syntax of files, which is asked where it is installed."""

Agent = Annotated[
    str,
    typer.Option(
        "--agent",
        metavar="COMMAND",
        help="Who does a task: a program with its arguments, {prompt_file} among them.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="BRANCH",
        help="Where work lands; checked out nowhere.",
        show_default="a branch of the run's own",
    ),
]
Land = Annotated[
    LandMode,
    typer.Option("--land", help="As what: a merge commit, one commit, or its commits rebased."),
]
LandWith = Annotated[
    str,
    typer.Option(
        "--land-with",
        metavar="SHELL",
        help="Lands the work of a task, from its worktree, and ends when it has landed.",
    ),
]
Setup = Annotated[str, typer.Option("--setup", metavar="SHELL", help="Run in each worktree first.")]
Verify = Annotated[
    str,
    typer.Option("--verify", metavar="SHELL", help="Nothing lands that this does not exit 0 on."),
]
Union = Annotated[
    list[str] | None,
    typer.Option(
        "--union",
        metavar="GLOB",
        help="Files of which both sides' lines are kept, as of changelogs; repeatable.",
        show_default=False,
    ),
]
Regenerate = Annotated[
    list[str] | None,
    typer.Option(
        "--regenerate",
        metavar="GLOB=SHELL",
        help="Files that a command makes anew where they conflict; repeatable.",
        show_default=False,
    ),
]
MergeWith = Annotated[
    str | None,
    typer.Option(
        "--merge-with",
        metavar="DRIVER",
        help="Merges files that git cannot, as a merge driver of git; '' for none.",
        show_default="mergiraf, where it is installed",
    ),
]
Minutes = Annotated[
    float, typer.Option("--minutes", min=0.01, help="How long an agent may work at once.")
]
Retries = Annotated[
    int | None,
    typer.Option(
        "--retries", min=0, help="Times that an agent that failed goes on.", show_default="1"
    ),
]
Repairs = Annotated[
    int | None,
    typer.Option(
        "--repairs", min=0, help="Times that it mends what was found wrong.", show_default="1"
    ),
]
Resolves = Annotated[
    int | None,
    typer.Option("--resolves", min=0, help="Times that it resolves a conflict.", show_default="1"),
]
Redos = Annotated[
    int | None,
    typer.Option(
        "--redos", min=0, help="Times that a task that was hit starts anew.", show_default="1"
    ),
]
Together = Annotated[
    int | None,
    typer.Option(
        "--together",
        min=1,
        help="Finished tasks that are verified at once at most.",
        show_default="8",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would start, and start nothing.")]


def resolvers_of(
    union: list[str] | None, regenerate: list[str] | None, merge_with: str | None
) -> Resolvers:
    """Return what merges where git alone cannot.

    Raises
    ------
    SettingsError
        If an option cannot be understood.
    """
    from taskpar_ml.errors import SettingsError
    from taskpar_ml.execution.resolving import Regenerated, Resolvers
    from taskpar_ml.repo.globs import matches

    globs = union or []
    anew = []
    for text in regenerate or []:
        glob, is_there, command = text.partition("=")
        if not is_there or not command.strip():
            raise SettingsError(
                "--regenerate", f"{text!r} names no command.", "Write it as 'GLOB=SHELL'."
            )
        anew.append(Regenerated(partial(matches, glob), command))
    return Resolvers(
        lambda path: any(matches(glob, path) for glob in globs), anew, _driver(merge_with)
    )


def _driver(given: str | None) -> tuple[str, ...]:
    """Return the words of the merge driver that is asked; none for none."""
    import shlex
    import shutil

    from taskpar_ml.errors import SettingsError

    if given is None:
        return tuple(MERGIRAF.split()) if shutil.which(MERGIRAF.split()[0]) else ()
    try:
        words = shlex.split(given)
    except ValueError as error:
        raise SettingsError(
            "--merge-with", f"cannot be read: {error}.", "Quote it as a shell does."
        ) from None
    if words and not shutil.which(words[0]):
        raise SettingsError(
            "--merge-with", f"there is no program {words[0]!r}.", "Write its whole path."
        )
    if words and "%A" not in " ".join(words):
        raise SettingsError(
            "--merge-with",
            "%A stands nowhere in it, which is the file that it merges into.",
            f"Write it as git wants it: {MERGIRAF!r}.",
        )
    return tuple(words)
