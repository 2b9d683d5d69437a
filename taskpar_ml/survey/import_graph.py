"""Who imports whom, without the rest of a survey."""

from __future__ import annotations

from collections.abc import Mapping

from taskpar_ml.detectors.go_imports import GoImports
from taskpar_ml.detectors.java_imports import JavaImports
from taskpar_ml.detectors.javascript_imports import JavaScriptImports
from taskpar_ml.detectors.php_imports import PhpImports
from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.detectors.ruby_imports import RubyImports
from taskpar_ml.detectors.rust_imports import RustImports
from taskpar_ml.repo.snapshot import RepoSnapshot
from taskpar_ml.survey.repo_survey import RepoSurvey


def import_graph(snapshot: RepoSnapshot) -> Mapping[str, tuple[str, ...]]:
    """Return the files that each file imports, sorted, itself left out.

    Only imports are looked for; what was read once is remembered in the cache of the snapshot.
    """
    detectors = (
        PythonImports(),
        JavaScriptImports(),
        GoImports(),
        JavaImports(),
        RustImports(),
        RubyImports(),
        PhpImports(),
    )
    return RepoSurvey.of(snapshot, detectors=detectors).imports
