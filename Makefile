# Short names for the commands of the README and of docs/.
.PHONY: setup plan check coverage long format lock benchmarks

setup:
	sh .ci/setup

plan: setup
	.venv/bin/taskpar plan data/examples

check:
	sh .ci/check

# Half as long again.
coverage:
	sh .ci/check --cov --cov-report=term:skip-covered

long: setup
	.venv/bin/python -m pytest -m long

format: setup
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock: setup
	.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--all-extras --no-header --no-emit-index-url --no-emit-find-links \
		pyproject.toml -o requirements.lock

benchmarks: setup
	.venv/bin/python tests/benchmarks/run.py
