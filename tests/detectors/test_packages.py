"""What manifests ask for and lock files settle on."""

from __future__ import annotations

import json

from taskpar_ml.detectors.cargo_manifest import CargoManifest
from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.go_modules import GoModules
from taskpar_ml.detectors.json_lock import JsonLock
from taskpar_ml.detectors.json_manifest import JsonManifest
from taskpar_ml.detectors.package_versions import MOST_PACKAGES
from taskpar_ml.detectors.pnpm_lock import PnpmLock
from taskpar_ml.detectors.python_project import PythonProject
from taskpar_ml.detectors.python_requirements import PythonRequirements
from taskpar_ml.detectors.source import Source
from taskpar_ml.detectors.toml_lock import TomlLock
from taskpar_ml.detectors.yarn_lock import YarnLock


def found(detector: Detector, text: str) -> list[tuple[str, str, bool, int]]:
    """Return names, versions, whether they are asked for, and lines."""
    facts = detector.find(Source(text.encode(), None))
    return [(each.name, each.value, each.defines, each.line) for each in facts]


def test_manifests_of_npm_and_composer():
    text = """\
{
  "name": "app", "scripts": {"dependencies": "x"},
  "dependencies": {
    "@scope/a": "^1.0",
    "b": "workspace:*"
  },
  "devDependencies": {"c": "~2"},
  "require": {"php": ">=8", "vendor/d": "^3"}
}
"""
    assert found(JsonManifest(), text) == [
        ("@scope/a", "^1.0", True, 4),
        ("b", "workspace:*", True, 5),
        ("c", "~2", True, 7),
        ("vendor/d", "^3", True, 8),
    ]


def test_lock_files_of_json_of_each_format():
    new = """\
{"packages": {"": {"version": "1"},
  "node_modules/@scope/a": {"version": "1.2.3"},
  "node_modules/b/node_modules/c": {"version": "2.0.0"},
  "packages/own": {"version": "1"}},
 "dependencies": {"a": {"version": "1.2.3"}}}
"""
    assert found(JsonLock(), new) == [("@scope/a", "1.2.3", False, 2), ("c", "2.0.0", False, 3)]
    old = '{"dependencies": {\n"a": {"version": "1.2.3"}}}'
    assert found(JsonLock(), old) == [("a", "1.2.3", False, 2)]
    pipenv = '{"default": {"a": {"version": "==1.2.3"}},\n "develop": {"b": {"path": "."}}}'
    assert found(JsonLock(), pipenv) == [("a", "1.2.3", False, 1)]
    composer = '{"packages": [\n{"name": "v/a", "version": "v1"}],\n"packages-dev": []}'
    assert found(JsonLock(), composer) == [("v/a", "v1", False, 2)]


def test_lock_files_of_yarn_of_each_format():
    old = """\
# yarn lockfile v1

"@scope/a@^1.0.0", "@scope/a@^1.2.0":
  version "1.2.3"
  resolved "https://example.org/a.tgz"
  dependencies:
    version "^1"

b@2:
  version "2.0.0"
"""
    assert found(YarnLock(), old) == [("@scope/a", "1.2.3", False, 3), ("b", "2.0.0", False, 9)]
    new = """\
__metadata:
  version: 8

"@scope/a@npm:^1.0.0":
  version: 1.2.3
"app@workspace:.":
  version: 0.0.0-use.local
"""
    assert found(YarnLock(), new) == [("@scope/a", "1.2.3", False, 4)]


def test_lock_files_of_pnpm_of_each_format():
    text = """\
importers:

  app@1.0.0:
    x: y

packages:

  '@scope/a@1.2.3':
    resolution: {integrity: x}
  /b@2.0.0(c@1.0.0):
    resolution: {integrity: x}
  /d/3.0.0_e@1.0.0:
    resolution: {integrity: x}

snapshots:

  f@1.0.0: {}
"""
    assert found(PnpmLock(), text) == [
        ("@scope/a", "1.2.3", False, 8),
        ("b", "2.0.0", False, 10),
        ("d", "3.0.0", False, 12),
    ]


def test_lock_files_are_cut_where_nobody_reads_on():
    packages = {f"node_modules/p{n}": {"version": "1"} for n in range(MOST_PACKAGES + 10)}
    assert len(found(JsonLock(), json.dumps({"packages": packages}))) == MOST_PACKAGES


def test_requirements_of_pip():
    text = """\
# comment
-r other.txt
--index-url https://example.org
Django[argon2]>=5.2,<6 ; python_version > "3.10"  # web
zope.interface==7.0 \\
    --hash=sha256:abc \\
    --hash=sha256:def
own @ https://example.org/own-1.0.tar.gz
-e ./local
./path/to/package
not a requirement
"""
    assert found(PythonRequirements(), text) == [
        ("django", "<6,>=5.2", True, 4),
        ("zope-interface", "==7.0", True, 5),
        ("own", "https://example.org/own-1.0.tar.gz", True, 8),
    ]


def test_projects_of_python_by_each_tool():
    text = """\
[build-system]
requires = ["hatchling"]

[project]
dependencies = [
  "Flask>=3",
  "x-y",
]

[project.optional-dependencies]
web = ["gunicorn"]

[dependency-groups]
dev = ["pytest>=9", {include-group = "web"}]

[tool.poetry.dependencies]
python = "^3.11"
requests = {version = "^2", optional = true}

[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""
    assert found(PythonProject(), text) == [
        ("hatchling", "", True, 2),
        ("flask", ">=3", True, 6),
        ("x-y", "", True, 7),
        ("gunicorn", "", True, 11),
        ("pytest", ">=9", True, 14),
        ("requests", "^2", True, 18),
        ("sphinx", "*", True, 21),
    ]


def test_lock_files_in_toml():
    text = """\
version = 4

[[package]]
name = "serde"
version = "1.0.200"
dependencies = ["own"]

[[package]]
name = "own"
"""
    assert found(TomlLock(), text) == [("serde", "1.0.200", False, 4), ("own", "", False, 9)]


def test_manifests_of_cargo():
    text = """\
[dependencies]
serde = { version = "1", features = ["derive"] }
tokio.workspace = true
renamed = { package = "real", version = "2" }

[dev-dependencies.mockall]
version = "0.13"

[target.'cfg(unix)'.dependencies]
nix = "0.29"

[workspace.dependencies]
tokio = "1.40"
"""
    assert found(CargoManifest(), text) == [
        ("serde", "1", True, 2),
        ("tokio", "", True, 3),
        ("real", "2", True, 4),
        ("mockall", "0.13", True, 6),
        ("tokio", "1.40", True, 13),
        ("nix", "0.29", True, 10),
    ]


def test_modules_of_go():
    text = """\
module example.org/app

go 1.25

require github.com/one/one v1.0.0

require (
	golang.org/x/net v0.30.0
	gopkg.in/yaml.v3 v3.0.1 // indirect
	// github.com/not/this v1.0.0
)

replace example.org/a => ../a

exclude (
	example.org/gone v1.0.0
)
"""
    assert found(GoModules(), text) == [
        ("github.com/one/one", "v1.0.0", True, 5),
        ("golang.org/x/net", "v0.30.0", True, 8),
        ("gopkg.in/yaml.v3", "v3.0.1", False, 9),
    ]


def test_broken_files_give_nothing():
    for detector, text in (
        (JsonManifest(), '{"dependencies": {"a": "1"'),
        (JsonLock(), "[" * 50_000),
        (PythonProject(), "[project\n"),
        (TomlLock(), "a = " + "[" * 50_000),
        (CargoManifest(), "dependencies = 1\n"),
    ):
        assert found(detector, text) == []
