"""Other processes: scripts in interpreters of their own, with less power than this one."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).parents[2]
_PR_CAPBSET_DROP = 24
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2


def start_python(
    script: str, *arguments: object, before: Callable[[], None] | None = None
) -> subprocess.Popen[str]:
    """Start a script of Python that can import the package."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"},
        text=True,
        preexec_fn=before,
    )


def run_python(
    script: str,
    *arguments: object,
    before: Callable[[], None] | None = None,
    seconds: float = 120,
) -> str:
    """Run a script and return what it printed; it must succeed in silence and in time."""
    with start_python(script, *arguments, before=before) as process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    assert (process.returncode, err) == (0, "")
    return out


def bound_by_permissions() -> None:
    """Make permissions hold for the administrator too, from the next program on."""
    if os.geteuid() == 0:
        system = ctypes.CDLL(None, use_errno=True)
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            if system.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")
