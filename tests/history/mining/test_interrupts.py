"""What an interrupt of a terminal does to a run on several cores: every process gets it."""

from __future__ import annotations

import os
from pathlib import Path

from tests.support.processes import start_python

SCRIPT = """
import os, signal, sys
from taskpar_ml.history.replay import workers
from taskpar_ml.history.replay.stretches import Stretch

def interrupt(team, number, stretch):
    os.killpg(0, signal.SIGINT)

workers._Workers._give = interrupt
signal.signal(signal.SIGINT, signal.default_int_handler)
nothing = Stretch((), frozenset(), 1)
try:
    list(workers.replay_stretches(sys.argv[1], "here", [nothing, nothing], workers=2))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_processes_that_are_only_starting_end_in_silence(tmp_path: Path) -> None:
    process = start_python(SCRIPT, tmp_path, before=os.setsid)
    assert process.communicate(timeout=60) == ("interrupted\n", "")
