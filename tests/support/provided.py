"""Made-up providers: answers and trials out of a few words, and scripts that answer."""

from __future__ import annotations

import stat
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from taskpar_ml.domain.provided import ProviderAnswer, ToldTask, Trial
from taskpar_ml.domain.task import Task
from taskpar_ml.footprints.predictor import FIXED_RULE

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
N_FILES = 60
FIRST = 20
"""Files of a made-up task that were predicted, of all that there are."""


def answer(
    title: str = "Round taxes",
    *files: str,
    new: Sequence[str] = (),
    after: float = 0.0,
    provider: str = "planner",
    commit: str = "0" * 40,
    **told: object,
) -> ProviderAnswer:
    """Return an answer, given so many seconds after noon."""
    return ProviderAnswer(
        provider=provider,
        told=ToldTask.of(Task.model_validate({"id": "task-1", "title": title, **told})),
        commit=commit,
        asked_at=NOW + timedelta(seconds=after),
        files=files,
        new=tuple(new),
    )


def trial(number: int = 0, **fields: object) -> Trial:
    """Return a trial on the landing of that number."""
    told = {
        "provider": "planner",
        "model": FIXED_RULE,
        "landing": f"{number:040x}",
        "text": "0" * 32,
        "commit": "0" * 40,
        "asked_at": NOW,
        "gained": (3.0, 1.0, 0.0),
        "predicted": 2,
        "named": (2,),
        "touched": (0, 2),
        "changed": 2,
    }
    return Trial.model_validate({**told, **fields})


def past(kind: str, *, tasks: int, seed: int = 0, provider: str = "planner") -> list[Trial]:
    """Return trials of a provider on tasks that change three of sixty files each.

    A ranker proposes twenty files, the touched ones a little higher than others. Kinds are
    ``honest`` (names four in five of the changed files), ``half`` (half of them and as many wrong
    ones), ``random`` (any three) and ``liar`` (likely files that are not changed).
    """
    made = []
    for number in range(tasks):
        chance = np.random.default_rng((seed, number))
        odds = chance.normal(1.5, 1.0, N_FILES)
        touched = chance.choice(N_FILES, 3, replace=False)
        odds[touched] += 1.5
        order = np.argsort(-odds, kind="stable")
        gained = np.where(np.arange(N_FILES) < FIRST, np.maximum(odds[order], 0.0), 0.0)
        hits = np.flatnonzero(np.isin(order, touched))
        others = np.setdiff1d(np.arange(N_FILES), hits)
        named = {
            "honest": hits[chance.random(3) < 0.8],
            "half": np.r_[hits[chance.random(3) < 0.5], chance.choice(others, 2, replace=False)],
            "random": chance.choice(N_FILES, 3, replace=False),
            "liar": others[:3],
        }[kind]
        rows = sorted({*range(FIRST), *named.tolist()})
        place = {file: row for row, file in enumerate(rows)}
        made.append(
            trial(
                # Ids as different from each other as those of commits.
                int(chance.integers(1 << 62)),
                provider=provider,
                gained=tuple(gained[rows].tolist()),
                predicted=FIRST,
                named=tuple(sorted(place[file] for file in named.tolist())),
                touched=tuple(sorted(place[file] for file in hits.tolist() if file in place)),
                changed=3,
            )
        )
    return made


def script(place: Path, body: str, *, name: str = "provider.py") -> list[str]:
    """Write a Python script and return the command that runs it."""
    place.mkdir(parents=True, exist_ok=True)
    path = place / name
    path.write_text(body, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return [sys.executable, str(path)]
