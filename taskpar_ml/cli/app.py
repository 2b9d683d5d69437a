"""The ``taskpar`` command: its commands, its errors, its exit codes."""

from __future__ import annotations

import io
import os
import signal
import sys
from typing import Annotated, Final

import typer

from taskpar_ml import __version__
from taskpar_ml.cli import (
    backtest,
    budget,
    check,
    evaluate,
    explain,
    footprint,
    history,
    init,
    inspect,
    landings,
    mine,
    plan,
    provide,
    ready,
    record,
    runs,
    schema,
    score,
    shadow,
    store,
    train,
)
from taskpar_ml.cli import (
    run as run_tasks,
)
from taskpar_ml.errors import TaskparError

_INTERRUPTED: Final = 130
"""What the command library answers after an interrupt."""

app = typer.Typer(
    name="taskpar",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"taskpar {__version__}")
        raise typer.Exit


@app.callback()
def taskpar(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print version."),
    ] = False,
) -> None:
    """Predict which coding tasks will collide, and plan the rest in parallel.

    Exit status: 0 fine, 1 error, 2 only where a conflict is the answer.
    """


app.command("init")(init.init)
app.command("schema")(schema.schema)
app.command("plan")(plan.plan)
app.command("score")(score.score)
app.command("explain")(explain.explain)
app.command("footprint")(footprint.footprint)
app.command("ready")(ready.ready)
app.command("check")(check.check)
app.command("inspect")(inspect.inspect)
app.command("landings")(landings.landings)
app.command("mine")(mine.mine)
app.command("history")(history.history)
app.command("train")(train.train)
app.command("backtest")(backtest.backtest)
app.command("shadow")(shadow.shadow)
app.command("evaluate")(evaluate.evaluate)
app.command("provide", cls=provide.WithCommand)(provide.provide)
app.command("record")(record.record)
app.command("budget")(budget.budget)
app.command("run")(run_tasks.run)
app.command("status")(runs.status)
app.add_typer(runs.app, name="runs")
app.add_typer(store.app, name="store")


def run() -> None:
    """Run a command; errors become one clear sentence on standard error and exit status 1.

    Who is asked to terminate ends as after an interrupt, so that nothing temporary stays behind.
    """
    if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        command = typer.main.get_command(app)
        status = command.main(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except TaskparError as error:
        _fail(str(error))
    except (typer.Abort, KeyboardInterrupt):
        _fail("interrupted")
    except BrokenPipeError:
        _drop_output()  # the reader has all it wanted
        sys.exit(1)
    except OSError as error:
        _drop_output()
        _fail(f"{error.filename or 'output'}: {error.strerror or error}.")
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is None:
            raise
        message = usage().rstrip(".") or "no command given"
        _fail(f"{message}. Try 'taskpar --help'.")
    if status == _INTERRUPTED:
        _fail("interrupted")
    sys.exit(status if isinstance(status, int) else 0)


def _drop_output() -> None:
    """Point standard output at nothing: what is buffered for it can no longer be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _fail(message: str) -> None:
    from taskpar_ml.reports.text import printable

    print(f"error: {printable(message)}", file=sys.stderr)
    sys.exit(1)
