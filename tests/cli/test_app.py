"""The command line as a whole: start-up, help, exit statuses, broken pipes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TASKPAR = [sys.executable, "-c", "from taskpar_ml.cli import main; main()"]
HEAVY = ("sklearn", "pandas", "scipy", "lightgbm", "mlflow", "networkx", "pygit2")


@pytest.mark.parametrize("arguments", [[], ["plan"], ["score"], ["explain"], ["init"], ["schema"]])
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


def test_planning_loads_no_tracking_and_no_training(examples):
    script = (
        "import sys\n"
        "from taskpar_ml.cli import main\n"
        f"sys.argv = ['taskpar', 'plan', {str(examples)!r}, '--repo', {str(examples)!r}]\n"
        "try:\n    main()\nfinally:\n"
        "    unwanted = {'mlflow', 'lightgbm', 'dask'} & set(sys.modules)\n"
        "    print(sorted(unwanted), file=sys.stderr)\n"
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
