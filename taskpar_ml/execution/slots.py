"""What a running task has for itself: ports, a database, a compose project."""

from __future__ import annotations

import hashlib
import re
from typing import Final

FIRST_PORT: Final = 20_000
PORTS: Final = 10
"""Ports that a slot has for itself."""
_SLOTS: Final = 100
"""Slots of a run that have ports which no other one has."""
_RUNS: Final = 45
"""Runs that can have ports of their own, up to the last one that there is."""
VERIFYING: Final = _SLOTS - 1
"""The slot of whatever verifies."""
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")


def slot_environment(run: str, slot: int, *, place: str = "") -> dict[str, str]:
    """Return what tasks of a slot have for themselves.

    Names are those of no other run. Ports are those of no other slot of the run; two runs out of 45
    have the same ones now and then.

    Parameters
    ----------
    run
        What the run is called.
    slot
        A number from 0.
    place
        Tells runs of the same name apart.

    Examples
    --------
    >>> told = slot_environment("Run 7", 2)
    >>> told["TASKPAR_PORT"], told["TASKPAR_PORTS"]
    ('53020', '53020-53029')
    >>> told["TASKPAR_DATABASE"], told["COMPOSE_PROJECT_NAME"]
    ('taskpar_run_7_e3b0c4_2', 'taskpar-run-7-e3b0c4-2')
    """
    told_apart = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()
    block = int(told_apart[6:14], 16) % _RUNS * _SLOTS + slot % _SLOTS
    first = FIRST_PORT + PORTS * block
    name = _NO_NAME.sub("-", run.lower()).strip("-")
    project = f"taskpar-{name}-{told_apart[:6]}-{slot}"
    return {
        "TASKPAR_SLOT": str(slot),
        "TASKPAR_PORT": str(first),
        "TASKPAR_PORTS": f"{first}-{first + PORTS - 1}",
        "TASKPAR_DATABASE": project.replace("-", "_"),
        "COMPOSE_PROJECT_NAME": project,
    }
