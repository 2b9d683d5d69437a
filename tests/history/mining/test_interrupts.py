"""What an interrupt of a terminal does to a run on several cores: every process gets it."""

from __future__ import annotations

import os

from tests.support.processes import start_python

SCRIPT = """
import os, signal, time
from taskpar_ml.history.replay import workers
from taskpar_ml.history.replay.stretches import Stretch

class SlowToLoad:
    def __reduce__(self):
        return time.sleep, (20,)

give = workers._Workers._give

def interrupt(team, number, stretch):
    give(team, number, stretch)
    time.sleep(2)
    os.killpg(0, signal.SIGINT)

workers._Workers._give = interrupt
workers._TO_CLEAN_UP = 0.1
signal.signal(signal.SIGINT, signal.default_int_handler)
nothing = Stretch((), frozenset(), 1)
try:
    list(workers.replay_stretches(SlowToLoad(), "here", [nothing, nothing], workers=2))
except KeyboardInterrupt:
    print("interrupted")
"""


def test_processes_that_are_only_starting_end_in_silence() -> None:
    process = start_python(SCRIPT, before=os.setsid)
    assert process.communicate(timeout=60) == ("interrupted\n", "")
