"""Which files build upon which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from taskpar_ml.detectors.languages import Language, language_of
from taskpar_ml.domain.code_facts import Import
from taskpar_ml.survey.go_packages import GoPackages
from taskpar_ml.survey.java_packages import JavaPackages
from taskpar_ml.survey.javascript_modules import JavaScriptModules
from taskpar_ml.survey.php_files import PhpFiles
from taskpar_ml.survey.python_modules import PythonModules
from taskpar_ml.survey.ruby_files import RubyFiles
from taskpar_ml.survey.rust_modules import RustModules


class _Modules(Protocol):
    def targets(self, path: str, statement: Import) -> tuple[str, ...]: ...


class ImportResolver:
    """Follows imports to the files of one repository.

    Parameters
    ----------
    paths
        Every file of the repository.
    read
        Returns the first bytes of a file, so many at most; None if there is none.
    """

    def __init__(self, paths: Iterable[str], read: Callable[[str, int], bytes | None]) -> None:
        known = tuple(paths)
        javascript = JavaScriptModules(known, read)
        self._modules: dict[Language, _Modules] = {
            Language.PYTHON: PythonModules(known),
            Language.JAVASCRIPT: javascript,
            Language.TYPESCRIPT: javascript,
            Language.TSX: javascript,
            Language.GO: GoPackages(known, read),
            Language.JAVA: JavaPackages(known),
            Language.RUST: RustModules(known, read),
            Language.RUBY: RubyFiles(known),
            Language.PHP: PhpFiles(known, read),
        }

    def targets(self, path: str, statement: Import) -> tuple[str, ...]:
        """Return the files that an import in a file leads to, none outside the repository."""
        language = language_of(path)
        modules = None if language is None else self._modules.get(language)
        return () if modules is None else modules.targets(path, statement)
