"""The documentation is true: commands run, links lead somewhere, every command is covered."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from taskpar_ml.cli.app import app
from taskpar_ml.domain.mining import MiningReport
from taskpar_ml.policy.settings import Settings
from taskpar_ml.tasks import read_tasks

PROJECT = Path(__file__).parents[1]
PAGES = [PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))]
COMMANDS = typer.main.get_command(app).commands


def blocks(language: str) -> list[str]:
    pattern = re.compile(rf"^```{language}\n(.*?)^```", re.MULTILINE | re.DOTALL)
    return [block for page in PAGES for block in pattern.findall(page.read_text(encoding="utf-8"))]


def shown_commands() -> list[str]:
    lines = [line for block in blocks("console") for line in block.splitlines()]
    assert all(line.startswith("$ ") for line in lines)
    return [line.removeprefix("$ ") for line in lines]


def test_the_readme_needs_two_commands_and_ci_calls_its_test_command():
    readme = blocks("console")[:2]
    assert readme == [
        "$ sh .ci/setup && .venv/bin/taskpar plan data/examples\n",
        "$ sh .ci/check\n",
    ]
    assert "\nsh .ci/check\n" in (PROJECT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "command",
    [
        line
        for line in shown_commands()
        if line != "sh .ci/check" and not line.endswith("# not run here")
    ],
)
def test_documented_commands_run(taskpar, tmp_path, command, monkeypatch):
    monkeypatch.chdir(PROJECT)
    before = set(PROJECT.iterdir())
    if command.startswith("taskpar "):
        words = shlex.split(command)[1:]
        words = [
            str(tmp_path / word) if before_word == "--out" else word
            for before_word, word in zip(["", *words], words, strict=False)
        ]
        ran = taskpar(*words)
        assert ran.status == 0, ran.err
    else:
        subprocess.run(["sh", "-c", command], check=True, cwd=PROJECT, capture_output=True)
    assert set(PROJECT.iterdir()) == before


def test_links_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_command_and_option_is_explained():
    reference = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name, command in COMMANDS.items():
        assert f"## {name}" in reference
        inner = getattr(command, "commands", {})
        for part in inner:
            assert f"`{name} {part}" in reference
        for each in (command, *inner.values()):
            assert each.help
            for parameter in each.params:
                assert getattr(parameter, "help", None), f"{name} {parameter.name}"


def test_every_field_of_what_mining_reports_is_explained():
    reference = (PROJECT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = reference.partition("\n## mine\n")[2].partition("\n## ")[0]
    assert [name for name in MiningReport.model_fields if f"`{name}`" not in section] == []


def test_every_setting_of_the_documentation_is_accepted():
    import tomllib

    for block in blocks("toml"):
        Settings(**tomllib.loads(block))


def test_every_yaml_of_the_documentation_is_read(tmp_path):
    for number, block in enumerate(blocks("yaml")):
        place = tmp_path / f"{number}.yaml"
        place.write_text(block, encoding="utf-8")
        assert read_tasks(place).work


def test_the_plan_in_the_readme_is_of_the_examples(examples):
    titles = {task.title for task in read_tasks(examples).work}
    (shown,) = (block for block in blocks("text") if "why not earlier" in block)
    rows = shown.splitlines()[1:]
    assert rows
    for row in rows:
        assert any(title in row for title in titles), row


def test_every_decision_is_listed_and_has_its_three_parts():
    folder = PROJECT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(folder.glob("0*.md"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert page.name in index
        assert all(part in text for part in ("**Context.**", "**Choice.**", "**Consequences.**"))
