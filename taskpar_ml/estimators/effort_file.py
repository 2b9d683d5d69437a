"""An effort model as it is kept: JSON of rounded numbers. No word is in it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.effort_model import EffortModel
from taskpar_ml.estimators.effort_terms import COLUMNS, EFFORT_TERMS_VERSION

EFFORT_FORMAT: Final = 2
"""Version of the form; raise it when what is read changes."""

_STEPS: Final = 1_000
"""Numbers are kept in thousandths."""
_LARGEST_WEIGHT: Final = 100 * _STEPS
_AGAIN: Final = "Take the file again from where it was made."
_TRAIN: Final = "Train the model again with this version of taskpar."


_Weight = Annotated[int, Field(ge=-_LARGEST_WEIGHT, le=_LARGEST_WEIGHT)]


class _Body(BaseModel):
    """What is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)

    format: int
    terms: int
    name: str
    intercept: _Weight
    spread: int = Field(gt=0, le=_LARGEST_WEIGHT)
    facts: dict[str, JsonValue]
    weights: list[_Weight] = Field(min_length=COLUMNS, max_length=COLUMNS)


def rounded(model: EffortModel) -> EffortModel:
    """Return a model as it will be when it was packed and unpacked."""
    return replace(
        model,
        weights=np.rint(model.weights * _STEPS) / _STEPS + 0.0,  # no -0.0
        intercept=round(model.intercept * _STEPS) / _STEPS,
        spread=max(round(model.spread * _STEPS), 1) / _STEPS,
    )


def packed_effort(model: EffortModel) -> bytes:
    """Return a model as it is kept."""
    body = {
        "format": EFFORT_FORMAT,
        "terms": EFFORT_TERMS_VERSION,
        "name": model.name,
        "intercept": round(model.intercept * _STEPS),
        "spread": max(round(model.spread * _STEPS), 1),
        "facts": dict(model.facts),
    }
    weights = np.rint(model.weights * _STEPS).astype(int).tolist()
    packed = json.dumps(weights, separators=(",", ":"))
    return f'{json.dumps(body, indent=1)[:-2]},\n "weights": {packed}\n}}\n'.encode()


def unpacked_effort(content: bytes, place: str) -> EffortModel:
    """Return the model that was packed.

    Parameters
    ----------
    content
        What :func:`packed_effort` returned.
    place
        Where it is from, for the message.

    Raises
    ------
    ModelFileError
        If it is nothing of that kind, or belongs to another version.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(place, f"is no JSON: {error}.", _AGAIN) from error
    if not isinstance(told, dict):
        raise ModelFileError(place, "does not describe an effort model.", _AGAIN)
    for key, own in (("format", EFFORT_FORMAT), ("terms", EFFORT_TERMS_VERSION)):
        if told.get(key) != own:
            said = f"{key} must be {own}. Got {told.get(key)!r}."
            raise ModelFileError(place, said, _TRAIN)
    try:
        body = _Body.model_validate(told)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        said = f"does not describe an effort model: {where}: {first['msg']}."
        raise ModelFileError(place, said, _AGAIN) from error
    return EffortModel(
        body.name,
        np.array(body.weights, dtype=float) / _STEPS,
        body.intercept / _STEPS,
        body.spread / _STEPS,
        body.facts,
    )
