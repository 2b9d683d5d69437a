"""An effort model on disk: one JSON file of rounded numbers, with a checksum. No word is in it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS, EFFORT_TERMS_VERSION
from taskpar_ml.whole_files import whole_file

EFFORT_FILE: Final = "effort.json"
"""What the file is called in its folder."""
EFFORT_FORMAT: Final = 1
"""Version of the file's form; raise it when what is read changes."""

_STEPS: Final = 1_000
"""Numbers are kept in thousandths."""
_LARGEST: Final = 1 << 20
"""Bytes of the file; a larger one is none of ours."""
_LARGEST_WEIGHT: Final = 100 * _STEPS
_AGAIN: Final = "Take the file again from where it was made."
_TRAIN: Final = "Train the model again with this version of taskpar."


class _Body(BaseModel):
    """What the file says."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    format: int
    terms: int
    name: str
    intercept: int = Field(ge=-_LARGEST_WEIGHT, le=_LARGEST_WEIGHT)
    spread: int = Field(gt=0, le=_LARGEST_WEIGHT)
    facts: dict[str, JsonValue]
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    weights: list[int] = Field(min_length=COLUMNS, max_length=COLUMNS)


def rounded(model: EffortModel) -> EffortModel:
    """Return a model as it will be read from its file."""
    return replace(
        model,
        weights=np.rint(model.weights * _STEPS) / _STEPS + 0.0,  # no -0.0
        intercept=round(model.intercept * _STEPS) / _STEPS,
        spread=max(round(model.spread * _STEPS), 1) / _STEPS,
    )


def save_effort(model: EffortModel, folder: Path) -> None:
    """Write a model into a folder, which is made if it is not there.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    body = {
        "format": EFFORT_FORMAT,
        "terms": EFFORT_TERMS_VERSION,
        "name": model.name,
        "intercept": round(model.intercept * _STEPS),
        "spread": max(round(model.spread * _STEPS), 1),
        "facts": dict(model.facts),
        "weights": np.rint(model.weights * _STEPS).astype(int).tolist(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    weights = json.dumps(body.pop("weights"), separators=(",", ":"))
    head = json.dumps({**body, "sha256": _checksum(body, weights)}, indent=1)
    with whole_file(folder / EFFORT_FILE, replace=True) as beside:
        beside.write_text(f'{head[:-2]},\n "weights": {weights}\n}}\n', encoding="utf-8")


def load_effort(folder: Path) -> EffortModel:
    """Read a model.

    Raises
    ------
    ModelFileError
        If the file is missing, is not what was written, or belongs to another version.
    """
    path = folder / EFFORT_FILE
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise ModelFileError(str(path), f"cannot be read: {error.strerror}.", _AGAIN) from error
    if len(content) > _LARGEST:
        raise ModelFileError(str(path), "is larger than any effort model.", _AGAIN)
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(str(path), f"is no JSON: {error}.", _AGAIN) from error
    if not isinstance(told, dict):
        raise ModelFileError(str(path), "does not describe an effort model.", _AGAIN)
    for key, own in (("format", EFFORT_FORMAT), ("terms", EFFORT_TERMS_VERSION)):
        if told.get(key) != own:
            said = f"{key} must be {own}. Got {told.get(key)!r}."
            raise ModelFileError(str(path), said, _TRAIN)
    try:
        body = _Body.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        said = f"does not describe an effort model: {where}: {first['msg']}."
        raise ModelFileError(str(path), said, _AGAIN) from error
    weights = json.dumps(body.weights, separators=(",", ":"))
    rest = body.model_dump(exclude={"sha256", "weights"})
    if _checksum(rest, weights) != body.sha256:
        raise ModelFileError(str(path), "is not the file that the model was saved as.", _AGAIN)
    return EffortModel(
        body.name,
        np.array(body.weights, dtype=float) / _STEPS,
        body.intercept / _STEPS,
        body.spread / _STEPS,
        body.facts,
    )


def _checksum(rest: dict[str, JsonValue], weights: str) -> str:
    said = json.dumps(rest, sort_keys=True) + weights
    return hashlib.sha256(said.encode()).hexdigest()
