"""Every detector there is: those of this package, and those that others register."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Final

from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.javascript_controllers import JavaScriptControllers
from taskpar_ml.detectors.javascript_definitions import JavaScriptDefinitions
from taskpar_ml.detectors.javascript_environment import JavaScriptEnvironment
from taskpar_ml.detectors.javascript_imports import JavaScriptImports
from taskpar_ml.detectors.javascript_migrations import JavaScriptMigrations
from taskpar_ml.detectors.javascript_models import JavaScriptModels
from taskpar_ml.detectors.javascript_routes import JavaScriptRoutes
from taskpar_ml.detectors.javascript_tests import JavaScriptTests
from taskpar_ml.detectors.javascript_uses import JavaScriptUses, TsxUses, TypeScriptUses
from taskpar_ml.detectors.prisma_models import PrismaModels
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.detectors.python_uses import PythonUses
from taskpar_ml.errors import DetectorError

GROUP: Final = "taskpar.detectors"
"""Entry points under which other packages register theirs."""

_PYTHON: Final[tuple[Detector, ...]] = (PythonDefinitions(), PythonImports(), PythonUses())
_JAVASCRIPT: Final[tuple[Detector, ...]] = (
    JavaScriptDefinitions(),
    JavaScriptImports(),
    JavaScriptUses(),
    TypeScriptUses(),
    TsxUses(),
    JavaScriptRoutes(),
    JavaScriptControllers(),
    JavaScriptTests(),
    JavaScriptEnvironment(),
    JavaScriptModels(),
    JavaScriptMigrations(),
    PrismaModels(),
)

BUILT_IN: Final = (*_PYTHON, *_JAVASCRIPT)
"""The detectors of this package."""


@cache
def all_detectors() -> tuple[Detector, ...]:
    """Return the detectors of this package and of those that are installed beside it.

    Raises
    ------
    DetectorError
        If one that is registered cannot be loaded, is no detector, or bears the name of another.
    """
    found = list(BUILT_IN)
    for entry in entry_points(group=GROUP):
        cure = f"Update or remove the package that registers it under {GROUP}."
        try:
            detector = entry.load()
        except Exception as error:
            raise DetectorError(entry.value, f"it cannot be loaded ({error}).", cure) from error
        detector = detector() if isinstance(detector, type) else detector
        if not all(hasattr(detector, each) for each in ("name", "pattern", "reads", "find")):
            raise DetectorError(entry.value, "it is no detector.", cure)
        if detector.name in {each.name for each in found}:
            problem = f"there are two detectors of the name {detector.name}."
            raise DetectorError(entry.value, problem, cure)
        found.append(detector)
    return tuple(found)
