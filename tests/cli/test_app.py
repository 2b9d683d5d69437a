"""The command line as a whole: start-up, help, exit statuses, broken pipes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TASKPAR = [sys.executable, "-c", "from taskpar_ml.cli import main; main()"]
HEAVY = (
    "sklearn",
    "pandas",
    "scipy",
    "lightgbm",
    "matplotlib",
    "mlflow",
    "networkx",
    "pygit2",
    "pyarrow",
    "sqlalchemy",
    "alembic",
)


COMMANDS = (
    "plan",
    "score",
    "explain",
    "footprint",
    "ready",
    "check",
    "landings",
    "evaluate",
    "provide",
    "init",
    "schema",
    "store",
    "store list",
    "store export",
    "store import",
    "store upgrade",
)


@pytest.mark.parametrize("arguments", [[], *(command.split() for command in COMMANDS)])
def test_help_is_there_and_loads_nothing_heavy(arguments):
    script = (
        "import sys\n"
        "from taskpar_ml.cli import main\n"
        f"sys.argv = ['taskpar', *{arguments!r}, '--help']\n"
        "try:\n    main()\nfinally:\n"
        f"    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "--help" in ran.stdout
    assert ran.stderr.strip() == "[]"


@pytest.mark.parametrize(
    ("estimator", "spared"), [("learned", set()), ("fixed-weights", {"lightgbm", "sklearn"})]
)
def test_planning_loads_no_tracking_and_no_training(examples, tmp_path, estimator, spared):
    script = (
        "import sys\n"
        "from taskpar_ml.cli import main\n"
        f"sys.argv = ['taskpar', 'plan', {str(examples)!r}, '--repo', {str(examples)!r},\n"
        f"            '--estimator', {estimator!r}, '--state', {str(tmp_path)!r}]\n"
        "try:\n    main()\nfinally:\n"
        f"    unwanted = {sorted({'mlflow', 'dask', 'sqlalchemy', 'alembic', *spared})}\n"
        "    print(sorted(set(unwanted) & set(sys.modules)), file=sys.stderr)\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr.strip().endswith("[]")


def test_the_version_is_printed(taskpar):
    ran = taskpar("--version")
    assert ran.out.startswith("taskpar 0.")


def test_a_reader_that_goes_away_is_no_traceback(examples: Path):
    writer = subprocess.Popen(
        [*TASKPAR, "plan", str(examples), "--repo", str(examples)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    writer.stdout.close()
    _, err = writer.communicate(timeout=60)
    assert "Traceback" not in err


def test_colours_appear_only_where_they_are_wanted(taskpar, examples):
    assert "\x1b" not in taskpar("plan", examples, "--repo", examples).out


@pytest.mark.parametrize("arguments", [["--version"], ["schema"], ["plan", "--help"]])
def test_an_output_that_cannot_be_written_is_an_error_and_no_traceback(arguments):
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [*TASKPAR, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "error: " in ran.stderr


def test_a_narrow_encoding_is_no_error(examples, state_home):
    ran = subprocess.run(
        [*TASKPAR, "plan", str(examples), "--repo", str(examples)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONIOENCODING": "ascii",
            "XDG_STATE_HOME": str(state_home),
        },
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_whoever_is_interrupted_or_asked_to_terminate_says_so(name):
    script = (
        "import os, signal, threading, sys\n"
        "from taskpar_ml.cli import main\n"
        "import taskpar_ml.cli.plan as plan\n"
        f"plan.open_workspace = lambda *a, **k: os.kill(os.getpid(), signal.{name})\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # not so in the background
        "sys.argv = ['taskpar', 'plan']\nmain()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr.strip()) == (1, "error: interrupted")
