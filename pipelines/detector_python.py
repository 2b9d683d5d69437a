"""What Python's own ``ast`` says is in a module, in the terms of detectors."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase as fnmatch
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from taskpar_ml.domain.code_facts import FileFacts, ResourceKind

KINDS: Final = ("definitions", "variables", "imports", "uses", "tests", "environment")
"""What can be compared."""


class Stated(NamedTuple):
    """A fact in words that both sides can be held to; lines count where ``text`` has them."""

    kind: str
    path: str
    text: str


def ours(path: str, facts: FileFacts) -> Iterator[Stated]:
    """Yield what detectors found in a Python file."""
    for each in facts.definitions:
        kind = "variables" if each.kind == "variable" else "definitions"
        yield Stated(kind, path, f"{each.kind} {each.name} {each.line}-{each.end_line}")
    for statement in facts.imports:
        for name, here in statement.names:
            yield Stated("imports", path, f"{statement.module} {name} {here} {statement.line}")
    for use in facts.uses:
        yield Stated("uses", path, f"{use.name} {use.line}")
    for test in facts.tests:
        yield Stated("tests", path, test.name)
    for resource in facts.resources:
        if resource.kind == ResourceKind.VARIABLE:
            yield _variable(path, resource.name, resource.defines)


def by_python(
    path: str, tree: ast.Module, cases: CasesByName, names: Sequence[str] = ("Test",)
) -> Iterator[Stated]:
    """Yield what a module holds by its syntax tree, and by the rules of pytest and unittest.

    ``names`` are the beginnings of names of classes that pytest collects.
    """
    yield from _definitions(path, tree)
    yield from _variables(path, tree)
    yield from _imports(path, tree)
    yield from _uses(path, tree)
    yield from {Stated("tests", path, name) for name in _tests(path, tree, cases, names)}
    yield from set(_environment(path, tree))


_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _scoped(node: ast.AST, within: str = "") -> Iterator[tuple[str, _Function | ast.ClassDef]]:
    """Yield functions and classes with the classes around them; none that a function holds."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Function | ast.ClassDef):
            name = f"{within}{child.name}"
            yield name, child
            if isinstance(child, ast.ClassDef):
                yield from _scoped(child, f"{name}.")
        elif not isinstance(child, ast.expr):
            yield from _scoped(child, within)


def _definitions(path: str, tree: ast.Module) -> Iterator[Stated]:
    for name, node in _scoped(tree):
        first = min(node.lineno, *(each.lineno for each in node.decorator_list), node.lineno)
        kind = "method" if "." in name else "function"
        kind = "class" if isinstance(node, ast.ClassDef) else kind
        yield Stated("definitions", path, f"{kind} {name} {first}-{node.end_lineno}")


def _variables(path: str, tree: ast.Module) -> Iterator[Stated]:
    found: dict[str, ast.stmt] = {}
    for statement in _outside(tree):
        targets: Sequence[ast.expr] = ()
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign):
            targets = (statement.target,)
        for name in (each for target in targets for each in _names(target)):
            found.setdefault(name, statement)
    for name, node in found.items():
        yield Stated("variables", path, f"variable {name} {node.lineno}-{node.end_lineno}")


def _outside(node: ast.AST) -> Iterator[ast.stmt]:
    """Yield the statements that a module runs, below conditions too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        if not isinstance(child, _Function | ast.ClassDef | ast.expr):
            yield from _outside(child)


def _names(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for each in target.elts:
            yield from _names(each)


def _imports(path: str, tree: ast.Module) -> Iterator[Stated]:
    # From __future__ comes what the compiler does, and no module that another builds upon.
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                here = each.asname or each.name.partition(".")[0]
                yield Stated("imports", path, f"{each.name}  {here} {each.lineno}")
        elif isinstance(node, ast.ImportFrom) and node.module != "__future__":
            module = "." * node.level + (node.module or "")
            for each in node.names:
                here = each.asname or each.name
                yield Stated("imports", path, f"{module} {each.name} {here} {node.lineno}")


def _uses(path: str, tree: ast.Module) -> Iterator[Stated]:
    first: dict[str, int] = {}
    for node in ast.walk(tree):
        used: list[ast.expr] = []
        if isinstance(node, ast.Call):
            used = [node.func]
        elif isinstance(node, ast.ClassDef):
            used = [*node.bases, *node.decorator_list]
        elif isinstance(node, _Function):
            used = node.decorator_list
        for each in used:
            name = dotted(each)
            if name:
                first[name] = min(each.lineno, first.get(name, each.lineno))
    for name, line in first.items():
        yield Stated("uses", path, f"{name} {line}")


def dotted(node: ast.expr | None) -> str:
    """Return a name as detectors write it, ``.last`` of what is asked of an expression."""
    if isinstance(node, ast.Name):
        return node.id
    if not isinstance(node, ast.Attribute):
        return ""
    before = dotted(node.value)
    return f".{node.attr}" if not before or before.startswith(".") else f"{before}.{node.attr}"


CasesByName = Mapping[str, Sequence[tuple[str, ...]]]
"""Last name of a class to the last names of its bases, for each class of that name."""


def bases_by_name(trees: Mapping[str, ast.Module]) -> CasesByName:
    """Return the bases of all classes of a repository."""
    found: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for tree in trees.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(tuple(_last(each) for each in node.bases))
    return found


def _last(node: ast.expr) -> str:
    return dotted(node.value if isinstance(node, ast.Subscript) else node).rpartition(".")[2]


def _is_case(name: str, bases: CasesByName, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a class is one of unittest's, by its name followed through the repository."""
    if name in seen:
        return False
    if name not in bases:
        return name.endswith("TestCase")
    seen |= {name}
    return any(_is_case(each, bases, seen) for some in bases[name] for each in some)


def _tests(path: str, tree: ast.Module, cases: CasesByName, names: Sequence[str]) -> Iterator[str]:
    name = PurePosixPath(path).name
    by_pytest = name.startswith("test_") or name.endswith("_test.py")
    if not by_pytest and not (name.startswith("test") and name.endswith(".py")):
        return
    here = {node.name: node for _, node in _scoped(tree) if isinstance(node, ast.ClassDef)}
    collected: set[str] = set()
    for scoped, node in _scoped(tree):
        within = scoped.rpartition(".")[0]
        if within and within not in collected:
            continue
        if isinstance(node, ast.ClassDef):
            line = _line(node, here)
            is_case = any(_is_case(_last(base), cases) for each in line for base in each.bases)
            is_named = any(fnmatch(node.name, f"{each}*") for each in names)
            named = by_pytest and is_named and not any(map(_constructs, line))
            if (is_case or named) and not any(map(_switched_off, line[:1])):
                collected.add(scoped)
                for each in line:
                    for inner in _scoped(each):
                        if _is_test(inner[1]) and "." not in inner[0]:
                            yield f"{scoped}.{inner[0]}"
        elif not within and by_pytest and _is_test(node):
            yield scoped


def _line(node: ast.ClassDef, here: Mapping[str, ast.ClassDef]) -> list[ast.ClassDef]:
    """Return a class and those of its module that it inherits from."""
    found = [node]
    for each in found:
        bases = (here.get(_last(base)) for base in each.bases)
        found += [base for base in bases if base is not None and base not in found]
    return found


def _is_test(node: ast.AST) -> bool:
    return (
        isinstance(node, _Function)
        and node.name.startswith("test")
        and not any("fixture" in ast.unparse(each) for each in node.decorator_list)
    )


def _constructs(node: ast.ClassDef) -> bool:
    return any(isinstance(each, _Function) and each.name == "__init__" for each in node.body)


def _switched_off(node: ast.ClassDef) -> bool:
    return any(
        isinstance(each, ast.Assign) and ast.unparse(each) == "__test__ = False"
        for each in node.body
    )


def _variable(path: str, name: str, sets: bool) -> Stated:
    return Stated("environment", path, f"{'sets' if sets else 'reads'} {name}")


_METHODS: Final = {"get": False, "setdefault": True, "pop": True}
_FUNCTIONS: Final = {"getenv": False, "getenvb": False, "putenv": True, "unsetenv": True}


def _environment(path: str, tree: ast.Module) -> Iterator[Stated]:
    texts = _texts(tree)
    modules, mappings, functions = _from_os(tree)

    def is_mapping(node: ast.expr) -> bool:
        return dotted(node) in mappings | {
            f"{each}.{name}" for each in modules for name in ("environ", "environb")
        }

    def text(node: ast.expr | None) -> str:
        if isinstance(node, ast.Name):
            return texts.get(node.id, "")
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""

    def found() -> Iterator[tuple[str, bool]]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Subscript) and is_mapping(node.value):
                yield text(node.slice), not isinstance(node.ctx, ast.Load)
            elif isinstance(node, ast.Compare) and is_mapping(node.comparators[-1]):
                yield text(node.left), False
            elif isinstance(node, ast.Call):
                yield from called(node)

    def called(node: ast.Call) -> Iterator[tuple[str, bool]]:
        name = dotted(node.func)
        owner, _, method = name.rpartition(".")
        named = {each.arg: each.value for each in node.keywords if each.arg}
        first = node.args[0] if node.args else named.get("key") or named.get("name")
        if isinstance(node.func, ast.Attribute) and is_mapping(node.func.value):
            if method in _METHODS:
                yield text(first), _METHODS[method]
            elif method == "update":
                yield from ((key, True) for key in named)
                yield from keys(node.args[0] if node.args else None)
        elif name in functions or (owner in modules and method in _FUNCTIONS):
            yield text(first), _FUNCTIONS[functions.get(name, method)]
        elif method in {"setenv", "delenv"} and "patch" in owner:
            yield text(first), True
        elif method == "dict" and owner.endswith("patch") and node.args:
            if is_mapping(node.args[0]) or text(node.args[0]) == "os.environ":
                yield from ((key, True) for key in named if key not in {"clear", "values"})
                yield from keys(node.args[1] if len(node.args) > 1 else named.get("values"))
        elif "envvar" in named:
            value = named["envvar"]
            many = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
            yield from ((text(each), False) for each in many)

    def keys(node: ast.expr | None) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Dict):
            yield from ((text(key), True) for key in node.keys)

    yield from (_variable(path, name, sets) for name, sets in found() if name)


def _texts(tree: ast.Module) -> dict[str, str]:
    """Return the variables of a module that are set once, to a string."""
    found: defaultdict[str, list[ast.expr | None]] = defaultdict(list)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for each in targets:
                if isinstance(each, ast.Name):
                    found[each.id].append(node.value)
    return {
        name: values[0].value
        for name, values in found.items()
        if len(values) == 1
        and isinstance(values[0], ast.Constant)
        and isinstance(values[0].value, str)
    }


def _from_os(tree: ast.Module) -> tuple[set[str], set[str], dict[str, str]]:
    """Return by which names a module knows ``os``, its mappings and its functions."""
    modules: set[str] = set()
    mappings: set[str] = set()
    functions: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules |= {each.asname or each.name for each in node.names if each.name == "os"}
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            for each in node.names:
                if each.name in {"environ", "environb"}:
                    mappings.add(each.asname or each.name)
                elif each.name in _FUNCTIONS:
                    functions[each.asname or each.name] = each.name
    return modules, mappings, functions
