"""What is found in files that say what runs: containers, clusters, jobs, variables."""

from __future__ import annotations

import time

import pytest

from taskpar_ml.detectors.compose import Compose
from taskpar_ml.detectors.contract import Detector
from taskpar_ml.detectors.dockerfiles import Dockerfiles
from taskpar_ml.detectors.env_files import EnvFiles
from taskpar_ml.detectors.github_jobs import GithubJobs
from taskpar_ml.detectors.gitlab_jobs import GitlabJobs
from taskpar_ml.detectors.kubernetes import Kubernetes
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Resource, ResourceKind

PORT, SERVICE, CONTAINER, VARIABLE, JOB, _ = ResourceKind


def found(detector: Detector, text: str) -> set[object]:
    """Return what a detector finds in a text."""
    return set(detector.find(Source(text.encode(), None)))


def test_compose_services_containers_and_published_ports():
    text = """\
x-common: &common
  image: example/app:1
services:
  web:
    <<: *common
    container_name: shop-web
    ports:
      - "127.0.0.1:8080:80"
      - "${DNS_PORT:-53}:53/udp"
      - 9000-9001:9000-9001
      - "3000"
      - target: 443
        published: "8443"
    depends_on:
      db: {condition: service_healthy}
  db:
    container_name: ${NAME}-db
"""
    assert found(Compose(), text) == {
        Resource(SERVICE, "web", True, 4, "example/app:1"),
        Resource(CONTAINER, "shop-web", True, 6, "web"),
        Resource(PORT, "8080", True, 8, "web:80"),
        Resource(PORT, "53/udp", True, 9, "web:53"),
        Resource(PORT, "9000", True, 10, "web:9000-9001"),
        Resource(PORT, "9001", True, 10, "web:9000-9001"),
        Resource(PORT, "8443", True, 12, "web:443"),
        Resource(SERVICE, "db", False, 15),
        Resource(SERVICE, "db", True, 16),
        Resource(VARIABLE, "DNS_PORT", False, 9),
        Resource(VARIABLE, "NAME", False, 17),
    }


def test_compose_variables_are_set_or_passed_on_and_their_values_stay_where_they_are():
    text = """\
services:
  a:
    environment:
      MODE: fast
      TOKEN:
      URL: http://${HOST}/$$literal
  b:
    environment:
      - LEVEL=3
      - HOME
"""
    resources = found(Compose(), text)
    assert {each for each in resources if each.kind == VARIABLE} == {
        Resource(VARIABLE, "MODE", True, 4),
        Resource(VARIABLE, "TOKEN", False, 5),
        Resource(VARIABLE, "URL", True, 6),
        Resource(VARIABLE, "HOST", False, 6),
        Resource(VARIABLE, "LEVEL", True, 9),
        Resource(VARIABLE, "HOME", False, 10),
    }


def test_what_is_never_filled_in_takes_bounded_time():
    begun = time.process_time()
    found(Compose(), "services: {a: {image: '" + "${a:-" + "x" * 400_000 + "'}}")
    assert time.process_time() - begun < 20


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        ("compose.yaml", True),
        ("docker-compose.yml", True),
        ("deploy/docker-compose.override.yml", True),
        ("deploy/compose.prod.yaml", True),
        ("dev-compose.yaml", True),
        ("src/composer.yaml", False),
        ("compose/values.yaml", False),
    ],
)
def test_compose_files_are_told_by_their_names(path, is_read):
    assert Compose().reads(path) == is_read


def test_objects_of_kubernetes_with_their_ports_and_variables():
    text = """\
# Helm would fill in the next one.
apiVersion: apps/v1
kind: Deployment
metadata: {name: {{ .Release.Name }}}
---
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  ports:
    - port: 80
      targetPort: http
      nodePort: 30080
    - {port: 53, protocol: UDP}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: "web"
spec:
  template:
    spec:
      containers:
        - name: main
          ports: [{containerPort: 8080}, {containerPort: 9000, hostPort: 9100}]
          env:
            - name: MODE
              value: fast
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
"""
    assert found(Kubernetes(), text) == {
        Resource(SERVICE, "service/web", True, 9, "shop"),
        Resource(PORT, "web:80", True, 13, "http"),
        Resource(PORT, "30080", True, 15, "web:80"),
        Resource(PORT, "web:53/udp", True, 16),
        Resource(SERVICE, "deployment/web", True, 21),
        Resource(PORT, "8080", False, 27, "deployment/web"),
        Resource(PORT, "9000", False, 27, "deployment/web"),
        Resource(PORT, "9100", True, 27, "deployment/web"),
        Resource(VARIABLE, "MODE", True, 29),
    }


def test_lists_and_scheduled_jobs_of_kubernetes():
    text = """\
apiVersion: v1
kind: List
items:
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: nightly}
  spec:
    jobTemplate:
      spec:
        template:
          spec:
            hostNetwork: true
            containers: [{name: a, ports: [{containerPort: 7000}]}]
"""
    assert found(Kubernetes(), text) == {
        Resource(SERVICE, "cronjob/nightly", True, 6),
        Resource(PORT, "7000", True, 13, "cronjob/nightly"),
    }


def test_jobs_of_workflows_and_pipelines():
    workflow = "on: push\njobs:\n  test:\n    steps: []\n  'deploy':\n    uses: ./a.yml\n"
    assert found(GithubJobs(), workflow) == {
        Resource(JOB, "test", True, 3),
        Resource(JOB, "deploy", True, 5, "./a.yml"),
    }
    pipeline = """\
stages: [a]
variables: {script: x}
default: {before_script: [x]}
.hidden: {script: [x]}
settings: {level: 1}
check:
  stage: a
  script: [x]
other: {extends: .hidden}
"""
    assert found(GitlabJobs(), pipeline) == {
        Resource(JOB, "check", True, 6, "a"),
        Resource(JOB, "other", True, 9),
    }


def test_ports_and_variables_of_dockerfiles():
    text = """\
# ENV COMMENT=1
ARG PORT=8080
FROM base AS build
ENV A=1 B="two words" \\
    # between
    C=3
env OLD old value
RUN <<EOF
ENV INSIDE=1
EOF
EXPOSE $PORT ${OTHER:-9000}/udp 7000-7001
EXPOSE $UNKNOWN
"""
    assert found(Dockerfiles(), text) == {
        Resource(VARIABLE, "A", True, 4),
        Resource(VARIABLE, "B", True, 4),
        Resource(VARIABLE, "C", True, 4),
        Resource(VARIABLE, "OLD", True, 7),
        Resource(PORT, "8080", False, 11),
        Resource(PORT, "9000/udp", False, 11),
        Resource(PORT, "7000", False, 11),
        Resource(PORT, "7001", False, 11),
    }


def test_variables_of_env_files_without_their_values():
    text = "# A=1\n\nexport B='two\nlines'\nC=\nno value\nD=x # comment\n"
    assert found(EnvFiles(), text) == {
        Resource(VARIABLE, "B", True, 3),
        Resource(VARIABLE, "C", True, 5),
        Resource(VARIABLE, "D", True, 7),
    }


@pytest.mark.parametrize(
    ("path", "is_read"),
    [
        (".env", True),
        ("app/.env.example", True),
        ("production.env", True),
        ("env.sample", True),
        (".env.ts", False),
        ("src/environment.py", False),
        (".envrc", False),
    ],
)
def test_env_files_are_told_by_their_names(path, is_read):
    assert EnvFiles().reads(path) == is_read
