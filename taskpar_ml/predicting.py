"""Predictors by the name of who estimates; where the learned model is missing, fixed weights."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from taskpar_ml.domain.taskset import Notice
from taskpar_ml.errors import ModelFileError
from taskpar_ml.estimators.catalogue import estimator_named
from taskpar_ml.estimators.learned_model import LearnedModel
from taskpar_ml.estimators.model_folder import load_model
from taskpar_ml.estimators.shipped import shipped_model
from taskpar_ml.features.vectorizer import LEARNED_EXTRACTORS, PairVectorizer
from taskpar_ml.footprints.predictor import FootprintPredictor
from taskpar_ml.predictor import ConflictPredictor

LEARNED: Final = "learned"
"""Name of the estimator that a model folder holds."""
FALLBACK: Final = "fixed-weights"
"""Who speaks where no model can."""


class Chosen(NamedTuple):
    """A predictor, and what a person should know about the choice."""

    predictor: ConflictPredictor
    notices: Sequence[Notice] = ()


def predictor_of(model: LearnedModel) -> ConflictPredictor:
    """Return the predictor that a learned model speaks through."""
    return ConflictPredictor(
        model.pairs,
        footprints=FootprintPredictor(ranker=model.ranker),
        vectorizer=PairVectorizer(LEARNED_EXTRACTORS),
        sizer=model.effort,
    )


def chosen_predictor(name: str, *, model: Path | None = None) -> Chosen:
    """Return the predictor of an estimator.

    Parameters
    ----------
    name
        As the settings have it: ``learned`` or a name of the catalogue.
    model
        Folder of the model that ``learned`` means; the shipped one if None.

    Raises
    ------
    SettingsError
        If there is no estimator of that name.
    ModelFileError
        If a model was named, and cannot be read. The shipped one falls back to fixed weights.
    """
    if name != LEARNED:
        return Chosen(ConflictPredictor(estimator_named(name)))
    try:
        found = load_model(model or shipped_model())
    except ModelFileError as error:
        if model is not None:
            raise
        said = f"{error} Fixed weights speak in its place: risks are scores, not probabilities."
        notice = Notice("the shipped model", said)
        return Chosen(ConflictPredictor(estimator_named(FALLBACK)), (notice,))
    return Chosen(predictor_of(found))
