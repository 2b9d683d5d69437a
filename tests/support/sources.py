"""Repositories of any size with sources in several languages, as programs of the web have them."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

_SYLLABLES: Final = ("ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti")
_FILES_PER_DIRECTORY: Final = 25
_MEDIAN_PARTS: Final = 6
"""Functions or classes of a file; half of the files have more, one in twenty above four times."""


class Words:
    """Names for what a program has, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def one(self) -> str:
        """Return a name in lower case."""
        return "".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(2, 4)))

    def title(self) -> str:
        """Return a name that begins with a capital."""
        return self.one().capitalize() + self.one().capitalize()

    def sentence(self) -> str:
        """Return words as comments have them."""
        return " ".join(self.one() for _ in range(self.chance.randint(6, 12)))

    def parts(self) -> range:
        """Return as many steps as a file has parts."""
        return range(max(1, round(self.chance.lognormvariate(0, 0.9) * _MEDIAN_PARTS)))


def python_module(words: Words) -> str:
    """Return a module of classes and functions, some with routes, some with models."""
    kind = words.chance.random()
    lines = [
        f'"""{words.sentence().capitalize()}."""\n',
        "from __future__ import annotations\n\nimport logging\nimport os",
        f"from collections.abc import Mapping\nfrom ..{words.one()} import {words.title()}",
        f"from {words.one()}.{words.one()} import {words.one()}, {words.one()} as {words.one()}",
        "from fastapi import APIRouter, Depends" if kind < 0.1 else "",
        "from sqlalchemy.orm import Mapped, mapped_column" if 0.1 < kind < 0.2 else "",
        "\nlogger = logging.getLogger(__name__)",
        f"{words.one().upper()} = {words.chance.random()}\n",
        f'router = APIRouter(prefix="/{words.one()}")\n' if kind < 0.1 else "",
    ]
    for _ in words.parts():
        name, value, other = words.one(), words.one(), words.one()
        if kind < 0.1:
            lines.append(f'\n@router.get("/{name}/{{{value}_id}}", response_model={words.title()})')
        if 0.1 < kind < 0.2:
            lines += [
                f"\nclass {words.title()}(Base):",
                f'    """{words.sentence().capitalize()}."""\n',
                f'    __tablename__ = "{name}s"\n    id: Mapped[int] = mapped_column()',
                f"    {value}: Mapped[str] = mapped_column(String(80), nullable=False)\n",
            ]
        elif words.chance.random() < 0.3:
            lines.append(f"\nclass {words.title()}({words.title()}):")
            lines.append(f'    """{words.sentence().capitalize()}."""\n')
            lines += [_python_function(words, "    ") for _ in range(words.chance.randint(1, 6))]
        else:
            lines.append(_python_function(words, "", name))
        if words.chance.random() < 0.02:
            lines.append(
                f'\ndef {other}(session):\n    return session.execute("""SELECT {name}, {value}\n'
                f'        FROM {other}s WHERE {name} = %s""", [{value}])\n'
            )
    return "\n".join(lines)


def _python_function(words: Words, indent: str, name: str = "") -> str:
    name = name or words.one()
    taken, made, other = words.one(), words.one(), words.one()
    first = "self, " if indent else ""
    lines = [
        f"def {name}({first}{taken}: {words.title()}, *, {other}: int = 3) -> str | None:",
        f'    """{words.sentence().capitalize()}."""',
    ]
    for _ in range(words.chance.randint(2, 9)):
        shape = words.chance.randrange(5)
        value = words.one()
        if shape == 0:
            lines.append(f"    if {taken}.{value} is None or {other} > {len(value)}:")
            lines.append(f'        raise ValueError(f"{words.sentence()} {{{other}!r}}")')
        elif shape == 1:
            lines.append(f"    for {value} in sorted({taken}.{words.one()}, key=str):")
            lines.append(f"        {made} = {value}.{words.one()}({other}, {taken}[{value}] + 1)")
        elif shape == 2:
            lines.append(f'    {made} = {{"{value}": {other}, "{words.one()}": [1, 2.5, None]}}')
        elif shape == 3:
            lines.append(f"    # {words.sentence()}")
            lines.append(f"    logger.info('%s %s', {taken}.{value}, {words.one()}({other}))")
        else:
            lines.append(f"    {made} = [each.{value} for each in {taken} if each.{value}.ok]")
    lines.append(f"    return {words.one()}({made}).{words.one()}\n")
    return "\n".join(indent + line for line in lines)


def python_tests(words: Words) -> str:
    """Return a module of tests."""
    lines = [f"import pytest\n\nfrom {words.one()}.{words.one()} import {words.one()}\n"]
    for _ in words.parts():
        value = words.one()
        lines.append(f"\ndef test_{words.one()}_{words.one()}({value}, tmp_path):")
        for _ in range(words.chance.randint(2, 8)):
            lines.append(f'    {words.one()} = {words.one()}({value}, "{words.sentence()}")')
            lines.append(f"    assert {words.one()}.{words.one()}({value}) == {len(value)}")
    return "\n".join(lines) + "\n"


def typescript_module(words: Words) -> str:
    """Return a module of classes and functions, some with routes."""
    has_routes = words.chance.random() < 0.15
    lines = [f'import {{ {words.one()}, {words.one()} }} from "./{words.one()}";' for _ in "1234"]
    if has_routes:
        lines.append('import express from "express";\n\nconst router = express.Router();\n')
    for _ in words.parts():
        name, taken, made = words.one(), words.one(), words.one()
        if has_routes:
            lines.append(f'router.get("/{name}/:id", async (req, res) => {{')
            lines.append(f"  const {made} = await {words.one()}.{words.one()}(req.params.id);")
            lines.append(f"  res.json({{ {made}, ok: true }});\n}});\n")
        lines.append(f"/** {words.sentence().capitalize()}. */")
        lines.append(f"export function {name}({taken}: {words.title()}, n = 3): string | null {{")
        for _ in range(words.chance.randint(2, 9)):
            value = words.one()
            lines.append(f"  const {value} = {taken}.{words.one()}(n).map((x) => x.{made} + 1);")
            lines.append(f"  if (!{value}.length) {{\n    throw new Error(`{made} ${{n}}`);\n  }}")
        lines.append(f"  return {words.one()}({taken}, {{ {made}: [1, 2.5, null] }});\n}}\n")
        lines.append(
            f"export interface {words.title()} {{\n  {name}: string;\n  id?: number;\n}}\n"
        )
    return "\n".join(lines)


def javascript_tests(words: Words) -> str:
    """Return a module of tests."""
    lines = [f'const {{ {words.one()} }} = require("../{words.one()}");\n']
    lines.append(f'describe("{words.one()}", () => {{')
    for _ in words.parts():
        lines.append(f'  it("{words.sentence()}", async () => {{')
        for _ in range(words.chance.randint(2, 8)):
            lines.append(
                f"    const {words.one()} = await {words.one()}.{words.one()}({{ a: 1 }});"
            )
            lines.append(f'    expect({words.one()}.{words.one()}).toEqual(["{words.one()}"]);')
        lines.append("  });\n")
    return "\n".join([*lines, "});\n"])


def go_file(words: Words) -> str:
    """Return a file of types and functions, some with routes."""
    has_routes = words.chance.random() < 0.1
    lines = [f"package {words.one()}\n\nimport (", '\t"context"\n\t"fmt"']
    lines.append('\t"github.com/go-chi/chi/v5"' if has_routes else '\t"strings"')
    lines.append(f'\t"example.org/shop/{words.one()}/{words.one()}"\n)\n')
    for _ in words.parts():
        kind, name, taken = words.title(), words.title(), words.one()
        lines.append(f"// {kind} {words.sentence()}.\ntype {kind} struct {{")
        lines.append(f'\t{words.title()} string `json:"{taken}"`\n\t{words.one()} int\n}}\n')
        lines.append(f"// {name} {words.sentence()}.")
        lines.append(f"func (s *{kind}) {name}(ctx context.Context, {taken} string) error {{")
        if has_routes:
            lines.append(f'\tr := chi.NewRouter()\n\tr.Get("/{taken}/{{id}}", s.{words.one()})')
        for _ in range(words.chance.randint(2, 7)):
            value = words.one()
            lines.append(f"\t{value}, err := s.{words.one()}.{words.title()}(ctx, {taken}, 3)")
            lines.append("\tif err != nil {")
            lines.append(f'\t\treturn fmt.Errorf("{words.sentence()}: %w", err)\n\t}}')
            lines.append(f"\tfor i := range {value} {{\n\t\t{value}[i].{words.one()} = i + 1\n\t}}")
        lines.append("\treturn nil\n}\n")
    return "\n".join(lines)


def sql_migration(words: Words) -> str:
    """Return a step from one schema to the next."""
    table = words.one()
    lines = [f"CREATE TABLE {table} (\n    id serial PRIMARY KEY"]
    lines += [f"    {words.one()} varchar(80) NOT NULL" for _ in range(6)]
    text = ",\n".join(lines) + "\n);\n"
    return text + f"CREATE INDEX {table}_at ON {table} (id);\nUPDATE {table} SET id = 1;\n"


def workflow(words: Words) -> str:
    """Return jobs of continuous integration."""
    lines = ["on: [push]\njobs:"]
    for _ in range(words.chance.randint(1, 4)):
        lines.append(f"  {words.one()}:\n    runs-on: ubuntu-latest\n    steps:")
        lines += [f"      - name: {words.sentence()}\n        run: make {words.one()}"] * 4
    return "\n".join(lines) + "\n"


def manifest(words: Words) -> str:
    """Return a manifest of npm."""
    packages = ",\n".join(f'    "{words.one()}": "^{number}.0.1"' for number in range(12))
    return f'{{\n  "name": "{words.one()}",\n  "dependencies": {{\n{packages}\n  }}\n}}\n'


def page(words: Words) -> str:
    """Return a page that no detector looks at."""
    return f"# {words.title()}\n\n" + "\n".join(words.sentence() for _ in range(40)) + "\n"


_KINDS: Final[tuple[tuple[float, str, Callable[[Words], str]], ...]] = (
    (0.34, "src/{directory}/{name}.py", python_module),
    (0.12, "tests/{directory}/test_{name}.py", python_tests),
    (0.20, "web/{directory}/{name}.ts", typescript_module),
    (0.06, "web/{directory}/{name}.test.js", javascript_tests),
    (0.18, "services/{directory}/{name}.go", go_file),
    (0.03, "migrations/{number:06}_{name}.up.sql", sql_migration),
    (0.01, ".github/workflows/{name}.yml", workflow),
    (0.02, "packages/{name}/package.json", manifest),
    (0.04, "docs/{directory}/{name}.md", page),
)
"""Share of the files, where they lie, and what they hold."""


class SourceRepository:
    """A repository with two commits, the second of which changes a few files.

    Parameters
    ----------
    place
        Where it is made.
    files
        How many files it has.
    """

    def __init__(self, place: Path, files: int, *, seed: int = 5) -> None:
        self._words = Words(seed)
        self.place = place
        kinds = self._words.chance.choices(
            _KINDS, weights=[share for share, _, _ in _KINDS], k=files
        )
        self._files = [
            (self._path(pattern, number), made) for number, (_, pattern, made) in enumerate(kinds)
        ]
        subprocess.run(["git", "init", "-q", "-b", "main", str(place)], check=True)
        git = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=place, stdin=subprocess.PIPE)
        assert git.stdin is not None
        for piece in self._stream():
            git.stdin.write(piece)
        git.stdin.close()
        if git.wait() != 0:
            raise SystemExit("git fast-import failed")

    def _path(self, pattern: str, number: int) -> str:
        directory = f"part_{number // (4 * _FILES_PER_DIRECTORY)}/{'abcd'[number % 4]}"
        name = f"{self._words.one()}_{number}"
        return pattern.format(directory=directory, name=name, number=number)

    def _stream(self) -> Iterator[bytes]:
        yield from self._commit(1, self._files)
        yield from self._commit(2, self._files[:: max(1, len(self._files) // 5)])

    def _commit(
        self, number: int, files: list[tuple[str, Callable[[Words], str]]]
    ) -> Iterator[bytes]:
        who = f"A Person <person@example.org> {1_600_000_000 + number} +0000"
        yield f"commit refs/heads/main\ncommitter {who}\ndata 4\nStep".encode()
        for path, made in files:
            content = made(self._words).encode()
            yield f"\nM 100644 inline {path}\ndata {len(content)}\n".encode() + content
        yield b"\n"
