"""Who reads files for what two tasks may collide over."""

from __future__ import annotations

from typing import Final

from taskpar_ml.detectors.cargo_manifest import CargoManifest
from taskpar_ml.detectors.compose import Compose
from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.github_jobs import GithubJobs
from taskpar_ml.detectors.gitlab_jobs import GitlabJobs
from taskpar_ml.detectors.go_definitions import GoDefinitions
from taskpar_ml.detectors.go_imports import GoImports
from taskpar_ml.detectors.go_modules import GoModules
from taskpar_ml.detectors.go_routes import GoRoutes
from taskpar_ml.detectors.go_uses import GoUses
from taskpar_ml.detectors.javascript_definitions import JavaScriptDefinitions
from taskpar_ml.detectors.javascript_imports import JavaScriptImports
from taskpar_ml.detectors.javascript_migrations import JavaScriptMigrations
from taskpar_ml.detectors.javascript_routes import JavaScriptRoutes
from taskpar_ml.detectors.javascript_uses import JavaScriptUses, TsxUses, TypeScriptUses
from taskpar_ml.detectors.json_manifest import JsonManifest
from taskpar_ml.detectors.kubernetes import Kubernetes
from taskpar_ml.detectors.python_alembic import PythonAlembic
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.detectors.python_django_migrations import PythonDjangoMigrations
from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.detectors.python_mounts import PythonMounts
from taskpar_ml.detectors.python_project import PythonProject
from taskpar_ml.detectors.python_requirements import PythonRequirements
from taskpar_ml.detectors.python_routes import PythonRoutes
from taskpar_ml.detectors.python_uses import PythonUses
from taskpar_ml.detectors.sql_migrations import SqlMigrations
from taskpar_ml.history.replay.read_task import digest_of_detectors

FACT_DETECTORS: Final[tuple[Detector, ...]] = (
    PythonDefinitions(),
    PythonImports(),
    PythonUses(),
    PythonRoutes(),
    PythonMounts(),
    PythonAlembic(),
    PythonDjangoMigrations(),
    JavaScriptDefinitions(),
    JavaScriptImports(),
    JavaScriptUses(),
    TypeScriptUses(),
    TsxUses(),
    JavaScriptRoutes(),
    JavaScriptMigrations(),
    GoDefinitions(),
    GoImports(),
    GoUses(),
    GoRoutes(),
    SqlMigrations(),
    Compose(),
    Kubernetes(),
    GithubJobs(),
    GitlabJobs(),
    JsonManifest(),
    PythonRequirements(),
    PythonProject(),
    CargoManifest(),
    GoModules(),
)
"""Those of this package that find what is compared. Others that are installed are not asked, for
labels of one history made on two machines must be the same."""

FACTS_DIGEST: Final = digest_of_detectors(FACT_DETECTORS)
"""Part of what findings are signed with: facts of another version are not mixed in."""
