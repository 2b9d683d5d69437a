"""Paths, file names and modules that a text names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from taskpar_ml.errors import PatternError
from taskpar_ml.footprints.mentions import Mention
from taskpar_ml.footprints.names import names_of
from taskpar_ml.footprints.wording import wording_before
from taskpar_ml.repo.globs import is_literal
from taskpar_ml.repo.snapshot import RepoSnapshot

_URL: Final = re.compile(r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://\S+", re.IGNORECASE)
_EXTENSION: Final = (
    r"py|pyi|ipynb|js|jsx|mjs|cjs|ts|tsx|vue|svelte|astro|go|rs|java|kt|kts|scala|rb|erb|php|cs|c|"
    r"h|cc|cpp|hpp|swift|m|dart|ex|exs|clj|lua|pl|r|sh|bash|ps1|sql|proto|graphql|prisma|html|css|"
    r"scss|less|md|mdx|rst|adoc|txt|json|jsonl|toml|yaml|yml|ini|cfg|conf|xml|lock|tf|gradle|csv"
)
FILE_NAME: Final = re.compile(rf"\w\.(?:{_EXTENSION})$")
"""How the last part of a path ends that is a file."""
_RUN: Final = re.compile(r"(?:[\w.@~+$*/\\\[\]-]|\{[^{}\s]{0,100}\}|(?<=/)\([\w.-]{1,60}\)(?=/))+")
"""Signs that stand together in a path; ``(shop)`` is a directory of some web frameworks."""
_LONGEST: Final = 1024
_ESCAPED: Final = re.compile(r"\\([_*\[\]()])")
_WORD: Final = re.compile(r"[^\W_]")
"""What "*/" at the end of a comment has not."""
_MODULE: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_BARE_NAMES: Final = frozenset(
    [
        "Dockerfile",
        "Makefile",
        "Gemfile",
        "Rakefile",
        "Procfile",
        "Jenkinsfile",
        "Vagrantfile",
        "LICENSE",
    ]
)
"""Files that bear no extension and whose names are no words of the language."""
_PRODUCT_NAMES: Final = """
    alpine angular backbone bull chart commander d3 discord ember express fabric fastify handlebars
    hapi knex koa leaflet lodash moment nest next node nuxt p5 passport react redux require solid
    socket strapi three vue vuex
"""
_PRODUCTS: Final = frozenset(
    [*(f"{name}.js" for name in _PRODUCT_NAMES.split()), "discord.py", "web3.py", "a.m", "p.m"]
)
"""What is written like a file and is none, unless the repository has it."""

_AMBIGUITY: Final = 4
"""A bare name borne by more files than this names none of them (``index.ts``, ``__init__.py``)."""
_DIRECTORY_FILES: Final = 2.0
"""Files of a named directory that a task is expected to touch; each gets its share."""

_Meant = Iterator[tuple[str, float, bool]]
"""Patterns that a token stands for, each with a weight, and whether it names no file yet."""


def paths_in(text: str, snapshot: RepoSnapshot) -> Iterator[Mention]:
    """Read paths, bare file names, directories and dotted modules out of a text."""
    # The same length as before: positions in the text are looked back from.
    text = _URL.sub(lambda url: " " * len(url[0]), text).replace("](", "] ")
    for start, token in _tokens(text):
        wording = wording_before(text, start)
        try:
            for item, share, absent in _meant(token, snapshot, creates=wording.creates):
                yield Mention(item, wording.access, absent and wording.creates, token, share)
        except PatternError:
            continue  # too many wildcards for a pattern: no path


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """Yield everything that may be a path, with its position."""
    for found in _RUN.finditer(text):
        if len(found[0]) <= _LONGEST:
            token = _trimmed(_ESCAPED.sub(r"\1", found[0]).replace("\\", "/"))
            if "/" in token or "." in token or token in _BARE_NAMES:
                yield found.start(), token


def _trimmed(run: str) -> str:
    """Take away what surrounds a path: brackets, emphasis, the end of a sentence.

    Examples
    --------
    >>> [_trimmed(run) for run in ("[src/a.py].", "**src/a.py**", "app/[id]/*.tsx", "src/**")]
    ['src/a.py', 'src/a.py', 'app/[id]/*.tsx', 'src/**']
    """
    token = run.rstrip(".-+")
    if token.startswith("[") and token.find("]") in (-1, len(token) - 1):
        token = token.removeprefix("[").removesuffix("]")
    if token.endswith("]") and "[" not in token:
        token = token.rstrip("]")
    plain = token.lstrip("*")
    if plain[:1].isalnum():
        token = re.sub(r"(?<=\w)\*\*+$", "", plain) if plain == token else plain.rstrip("*")
    return token.rstrip(".").removeprefix("./")


def _meant(token: str, snapshot: RepoSnapshot, *, creates: bool) -> _Meant:
    """Yield what a token stands for."""
    paths = snapshot.paths
    if ".." in token or "//" in token or not _WORD.search(token):
        return
    bare = token.strip("/")
    if bare in paths:
        yield bare, 1.0, False
    elif token.startswith("/"):
        return  # from the root of the machine, or a route
    elif "/" not in token:
        yield from _named(bare, snapshot, creates=creates)
    elif paths.is_directory(bare):
        yield _directory(bare, snapshot, 1.0)
    elif not is_literal(token):
        count = len(paths.matching(token)) if set(token) & set("*,") else 0
        if count:
            yield token, min(1.0, _DIRECTORY_FILES / count), False
    else:
        yield from _path(bare, snapshot, creates=creates)


def _named(name: str, snapshot: RepoSnapshot, *, creates: bool) -> _Meant:
    """Yield what a name without directories stands for: files that bear it, or a module."""
    names = names_of(snapshot.paths.paths)
    found = names.files(name)
    if not found and _MODULE.fullmatch(name) and not FILE_NAME.search(name):
        found = names.modules(name)
    if found:
        yield from _some_of(found)
    elif creates and _is_new(name):
        yield name, 1.0, True


def _path(path: str, snapshot: RepoSnapshot, *, creates: bool) -> _Meant:
    """Yield what a path stands for that is none from the root: the end of one, or a new file."""
    names = names_of(snapshot.paths.paths)
    tail = path.removeprefix("@/").removeprefix("~/")
    if files := names.files(tail):
        yield from _some_of(files)
    elif directories := names.directories(tail):
        if len(directories) <= _AMBIGUITY:
            for each in directories:
                yield _directory(each, snapshot, 1.0 / len(directories))
    elif _is_new(path) and (creates or snapshot.paths.is_directory(path.split("/", 1)[0])):
        yield path, 1.0, True


def _some_of(files: list[str]) -> _Meant:
    """Yield files of which one is meant, unless they are too many to tell."""
    if len(files) <= _AMBIGUITY:
        for path in files:
            yield path, 1.0 / len(files), False


def _directory(path: str, snapshot: RepoSnapshot, weight: float) -> tuple[str, float, bool]:
    """Return a directory with the share of its files that a task may touch."""
    count = len(snapshot.paths.matching(f"{path}/"))
    return f"{path}/", weight * min(1.0, _DIRECTORY_FILES / max(count, 1)), False


def _is_new(path: str) -> bool:
    """Whether a path that no file bears may name a file to be made."""
    name = path.rpartition("/")[2]
    is_file = name in _BARE_NAMES or FILE_NAME.search(name) is not None
    is_product = name.lower() in _PRODUCTS or "@" in path  # a package or an address
    return is_file and not is_product and is_literal(path)
