"""Every detector there is: those of this package, and those that others register."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import Final

from taskpar_ml.detectors.cargo_manifest import CargoManifest
from taskpar_ml.detectors.compose import Compose
from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.dockerfiles import Dockerfiles
from taskpar_ml.detectors.embedded_sql import (
    GoSql,
    JavascriptSql,
    JavaSql,
    PythonSql,
    RustSql,
)
from taskpar_ml.detectors.env_files import EnvFiles
from taskpar_ml.detectors.github_jobs import GithubJobs
from taskpar_ml.detectors.gitlab_jobs import GitlabJobs
from taskpar_ml.detectors.go_definitions import GoDefinitions
from taskpar_ml.detectors.go_environment import GoEnvironment
from taskpar_ml.detectors.go_imports import GoImports
from taskpar_ml.detectors.go_models import GoModels
from taskpar_ml.detectors.go_modules import GoModules
from taskpar_ml.detectors.go_routes import GoRoutes
from taskpar_ml.detectors.go_tests import GoTests
from taskpar_ml.detectors.go_uses import GoUses
from taskpar_ml.detectors.graphql_schema import GraphqlSchema
from taskpar_ml.detectors.java_definitions import JavaDefinitions
from taskpar_ml.detectors.java_environment import JavaEnvironment
from taskpar_ml.detectors.java_imports import JavaImports
from taskpar_ml.detectors.java_models import JavaModels
from taskpar_ml.detectors.java_routes import JavaRoutes
from taskpar_ml.detectors.java_tests import JavaTests
from taskpar_ml.detectors.java_uses import JavaUses
from taskpar_ml.detectors.javascript_controllers import JavaScriptControllers
from taskpar_ml.detectors.javascript_definitions import JavaScriptDefinitions
from taskpar_ml.detectors.javascript_environment import JavaScriptEnvironment
from taskpar_ml.detectors.javascript_imports import JavaScriptImports
from taskpar_ml.detectors.javascript_migrations import JavaScriptMigrations
from taskpar_ml.detectors.javascript_models import JavaScriptModels
from taskpar_ml.detectors.javascript_routes import JavaScriptRoutes
from taskpar_ml.detectors.javascript_tests import JavaScriptTests
from taskpar_ml.detectors.javascript_uses import JavaScriptUses, TsxUses, TypeScriptUses
from taskpar_ml.detectors.json_lock import JsonLock
from taskpar_ml.detectors.json_manifest import JsonManifest
from taskpar_ml.detectors.kubernetes import Kubernetes
from taskpar_ml.detectors.laravel_routes import LaravelRoutes
from taskpar_ml.detectors.laravel_tables import LaravelMigrations, LaravelModels
from taskpar_ml.detectors.openapi import OpenApi
from taskpar_ml.detectors.php_definitions import PhpDefinitions
from taskpar_ml.detectors.php_environment import PhpEnvironment
from taskpar_ml.detectors.php_imports import PhpImports
from taskpar_ml.detectors.php_tests import PhpTests
from taskpar_ml.detectors.php_uses import PhpUses
from taskpar_ml.detectors.pnpm_lock import PnpmLock
from taskpar_ml.detectors.prisma_models import PrismaModels
from taskpar_ml.detectors.proto import Proto
from taskpar_ml.detectors.python_alembic import PythonAlembic
from taskpar_ml.detectors.python_definitions import PythonDefinitions
from taskpar_ml.detectors.python_django_migrations import PythonDjangoMigrations
from taskpar_ml.detectors.python_django_models import PythonDjangoModels
from taskpar_ml.detectors.python_django_urls import PythonDjangoUrls
from taskpar_ml.detectors.python_django_views import PythonDjangoViews
from taskpar_ml.detectors.python_environment import PythonEnvironment
from taskpar_ml.detectors.python_imports import PythonImports
from taskpar_ml.detectors.python_mounts import PythonMounts
from taskpar_ml.detectors.python_project import PythonProject
from taskpar_ml.detectors.python_requirements import PythonRequirements
from taskpar_ml.detectors.python_routes import PythonRoutes
from taskpar_ml.detectors.python_sqlalchemy_models import PythonSqlalchemyModels
from taskpar_ml.detectors.python_starlette_lists import PythonStarletteLists
from taskpar_ml.detectors.python_tests import PythonTests
from taskpar_ml.detectors.python_uses import PythonUses
from taskpar_ml.detectors.rails_routes import RailsRoutes
from taskpar_ml.detectors.rails_tables import RailsMigrations, RailsModels
from taskpar_ml.detectors.ruby_definitions import RubyDefinitions
from taskpar_ml.detectors.ruby_environment import RubyEnvironment
from taskpar_ml.detectors.ruby_gems import RubyGems, RubyGemsLock
from taskpar_ml.detectors.ruby_imports import RubyImports
from taskpar_ml.detectors.ruby_tests import RubyTests
from taskpar_ml.detectors.ruby_uses import RubyUses
from taskpar_ml.detectors.rust_attribute_routes import RustAttributeRoutes
from taskpar_ml.detectors.rust_definitions import RustDefinitions
from taskpar_ml.detectors.rust_environment import RustEnvironment
from taskpar_ml.detectors.rust_imports import RustImports
from taskpar_ml.detectors.rust_models import RustModels
from taskpar_ml.detectors.rust_routes import RustRoutes
from taskpar_ml.detectors.rust_tests import RustTests
from taskpar_ml.detectors.rust_uses import RustUses
from taskpar_ml.detectors.sql_migrations import SqlMigrations
from taskpar_ml.detectors.sql_tables import SqlTables
from taskpar_ml.detectors.toml_lock import TomlLock
from taskpar_ml.detectors.yarn_lock import YarnLock
from taskpar_ml.errors import DetectorError

GROUP: Final = "taskpar.detectors"
"""Entry points under which other packages register theirs."""

_PYTHON: Final[tuple[Detector, ...]] = (
    PythonDefinitions(),
    PythonImports(),
    PythonUses(),
    PythonRoutes(),
    PythonMounts(),
    PythonStarletteLists(),
    PythonDjangoUrls(),
    PythonDjangoViews(),
    PythonSqlalchemyModels(),
    PythonDjangoModels(),
    PythonAlembic(),
    PythonDjangoMigrations(),
    PythonTests(),
    PythonEnvironment(),
)

_SQL: Final[tuple[Detector, ...]] = (
    SqlTables(),
    SqlMigrations(),
    PythonSql(),
    JavascriptSql(),
    GoSql(),
    JavaSql(),
    RustSql(),
)

_INTERFACES: Final[tuple[Detector, ...]] = (OpenApi(), GraphqlSchema(), Proto())

_RUNNING: Final[tuple[Detector, ...]] = (
    Compose(),
    Kubernetes(),
    Dockerfiles(),
    EnvFiles(),
    GithubJobs(),
    GitlabJobs(),
)

_PACKAGES: Final[tuple[Detector, ...]] = (
    JsonManifest(),
    JsonLock(),
    YarnLock(),
    PnpmLock(),
    PythonRequirements(),
    PythonProject(),
    TomlLock(),
    CargoManifest(),
    GoModules(),
    RubyGems(),
    RubyGemsLock(),
)

_GO: Final[tuple[Detector, ...]] = (
    GoDefinitions(),
    GoImports(),
    GoUses(),
    GoRoutes(),
    GoTests(),
    GoEnvironment(),
    GoModels(),
)


_JAVA: Final[tuple[Detector, ...]] = (
    JavaDefinitions(),
    JavaImports(),
    JavaUses(),
    JavaRoutes(),
    JavaModels(),
    JavaTests(),
    JavaEnvironment(),
)

_RUST: Final[tuple[Detector, ...]] = (
    RustDefinitions(),
    RustImports(),
    RustUses(),
    RustAttributeRoutes(),
    RustRoutes(),
    RustModels(),
    RustTests(),
    RustEnvironment(),
)

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

_RUBY: Final[tuple[Detector, ...]] = (
    RubyDefinitions(),
    RubyImports(),
    RubyUses(),
    RubyTests(),
    RubyEnvironment(),
    RailsRoutes(),
    RailsModels(),
    RailsMigrations(),
)

_PHP: Final[tuple[Detector, ...]] = (
    PhpDefinitions(),
    PhpImports(),
    PhpUses(),
    PhpTests(),
    PhpEnvironment(),
    LaravelRoutes(),
    LaravelModels(),
    LaravelMigrations(),
)

BUILT_IN: Final = (
    *_PYTHON,
    *_JAVASCRIPT,
    *_GO,
    *_JAVA,
    *_RUST,
    *_RUBY,
    *_PHP,
    *_SQL,
    *_INTERFACES,
    *_RUNNING,
    *_PACKAGES,
)
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
