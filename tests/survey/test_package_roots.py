"""Packages and services below the root."""

from __future__ import annotations

import json

import pytest

from taskpar_ml.survey.package_roots import package_roots
from taskpar_ml.survey.services import service_directories
from taskpar_ml.survey.source_roots import SourceRoots


def files(**contents: str):
    return lambda path, most: contents[path].encode()[:most] if path in contents else None


@pytest.mark.parametrize(
    "manifest",
    [
        "pyproject.toml",
        "setup.py",
        "go.mod",
        "Cargo.toml",
        "pom.xml",
        "build.gradle",
        "build.gradle.kts",
        "composer.json",
        "package.json",
        "tool.gemspec",
    ],
)
def test_a_manifest_below_the_root_makes_a_package(manifest):
    found = package_roots([manifest, f"parts/one/{manifest}", "parts/two/a.py"], files())
    assert found == {"parts/one"}


@pytest.mark.parametrize(
    "contents",
    [
        {"package.json": json.dumps({"workspaces": ["packages/*", "./tools", "!packages/old"]})},
        {"package.json": json.dumps({"workspaces": {"packages": ["packages/[!o]*", "tools"]}})},
        {"pnpm-workspace.yaml": "packages:\n  - packages/*\n  - tools/\n  - '!packages/old'\n"},
    ],
)
def test_workspaces_say_which_manifests_of_node_count(contents):
    paths = [
        f"{place}/package.json"
        for place in ("packages/a", "packages/old", "packages/a/dist", "tools", "demo", "tools/x")
    ]
    found = package_roots([*paths, "native/Cargo.toml"], files(**contents))
    assert found == {"packages/a", "tools", "native"}


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"workspaces": 3}',
        b'{"workspaces": ["/../x", 4]}',
        b"[" * 99_999,
    ],
)
def test_a_manifest_that_cannot_be_read_is_passed_over(raw):
    found = package_roots(["package.json", "a/package.json"], lambda path, most: raw)
    assert found <= {"a"}


def test_services_are_what_is_built_or_deployed_on_its_own():
    paths = [
        "Dockerfile",
        "cart/Dockerfile",
        "mail/deploy/Dockerfile.dev",
        "post/Containerfile",
        "pay/k8s/base/deployment.yaml",
        "shop/Chart.yaml",
        "deploy/all/kustomization.yaml",
        "go/cmd/serve/main.go",
        "go/cmd/post/main.go",
        "tool/cmd/only/main.go",
        "k8s/root.yaml",
    ]
    assert service_directories(paths, files()) == {
        "cart",
        "mail",
        "pay",
        "post",
        "shop",
        "go/cmd/serve",
        "go/cmd/post",
    }


def test_compose_says_what_services_are_built_from():
    text = """
services:
  a: {build: ./a}
  b: {build: {context: ../b/, dockerfile: x}}
  c: {build: ../../outside}
  d: {build: "https://example.org/d.git"}
  e: {build: "${PLACE}"}
  f: {image: f, build: .}
"""
    assert service_directories(["dev/compose.yaml"], files(**{"dev/compose.yaml": text})) == {
        "dev/a",
        "b",
        "dev",
    }


@pytest.mark.parametrize(
    "text",
    [
        "services: [",
        "services: {a: &a {build: *a}}",
        "services: 3",
        "a: " * 50_000,
        "\0",
        "- " * 9999,
    ],
)
def test_a_file_of_compose_that_cannot_be_read_builds_nothing(text):
    assert service_directories(["compose.yml"], files(**{"compose.yml": text})) == set()


def test_the_innermost_root_is_meant_and_needs_no_longer_name_than_tells():
    paths = ["a/x.py", "a/plugins/b/x.py", "c/b/x.py", "client/v3/x.go", "d/README.md", "e/x.py"]
    roots = SourceRoots(["a", "a/plugins/b", "c/b", "client/v3", "d"], paths)
    assert roots.of("a/deep/new.py") == "a"
    assert roots.of("a/plugins/b/x.py") == "plugins/b"
    assert roots.of("c/b/x.py") == "c/b"
    assert roots.of("client/v3/x.go") == "client/v3"
    assert roots.of("d/README.md") is None
    assert roots.of("x.py") is None


def test_the_system_itself_and_what_is_aside_are_no_parts():
    paths = [*(f"big/{number}.py" for number in range(9)), "examples/a/x.py", "tests/a/x.py"]
    roots = SourceRoots(["big", "examples/a", "tests/a", ".devcontainer", ""], paths)
    assert {roots.of(path) for path in paths} == {None}
