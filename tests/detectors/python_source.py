"""Python modules for tests of detectors."""

from __future__ import annotations

from textwrap import dedent

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source


def python(text: str) -> Source:
    """Return a module from text that may be indented."""
    return Source(dedent(text).encode(), Language.PYTHON)
