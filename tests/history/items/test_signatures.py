"""Which calls a signature accepts, in three languages."""

from __future__ import annotations

import pytest

from taskpar_ml.history.items.arguments import Call, calls_of
from taskpar_ml.history.items.signatures import is_broken, parameters_of


@pytest.mark.parametrize(
    ("signature", "call", "accepted"),
    [
        ("(a, b=1)", "f(1)", True),
        ("(a, b=1)", "f(1, 2)", True),
        ("(a, b=1)", "f()", False),
        ("(a, b=1)", "f(1, 2, 3)", False),
        ("(a, b=1)", "f(b=2, a=1)", True),
        ("(a, b=1)", "f(1, a=2)", False),
        ("(a, b=1)", "f(1, c=2)", False),
        ("(a, *, b)", "f(1, b=2)", True),
        ("(a, *, b)", "f(1, 2)", False),
        ("(a, *rest, **more)", "f(1, 2, 3, c=4)", True),
        ("(self, a)", "f(1)", True),
        ("(a: dict[str, int] = {'x': 1}, b: int = 2) -> None", "f()", True),
        ("(a, /, b)", "f(1, b=2)", True),
        ("()", "f(x for x in y)", False),
        ("(a)", "f(x for x in y)", True),
        ("(a)", "f('(,', )", True),
        ("(a, b)", "f(a == 1, [1, 2])", True),
        ("(a)", "f(  # one, two\n    1,\n)", True),
    ],
)
def test_python(signature, call, accepted):
    parameters = parameters_of(signature, "python")
    (found,) = calls_of(call, "f", "python")
    assert parameters is not None
    assert parameters.accept(found) is accepted


@pytest.mark.parametrize(
    ("signature", "number", "accepted"),
    [
        ("(a: string, b?: number)", 1, True),
        ("(a: string, b?: number)", 3, False),
        ("<T extends object>(a: T, b = 1): void", 1, True),
        ("(a: (x: number) => void)", 0, False),
        ("({ a, b }, ...rest)", 4, True),
        ("(this: Window, a: string)", 1, True),
    ],
)
def test_typescript(signature, number, accepted):
    parameters = parameters_of(signature, "script")
    assert parameters is not None
    assert parameters.accept(Call(number), by_name=False) is accepted


@pytest.mark.parametrize(
    ("old", "new", "broken"),
    [
        ("(a, b int) error", "(x int, y int) error", False),
        ("(a, b int) error", "(a int, b string) error", True),
        ("(a int, b int)", "(a int, b int, more ...string)", False),
        ("[T any](a T, b int)", "[T any](a T, b int) error", True),
        ("(int, int) (n int, err error)", "(a, b int) (int, error)", False),
    ],
)
def test_go(old, new, broken):
    assert is_broken(old, new, "go", Call(2), by_later=False) is broken


def test_a_call_that_its_own_side_would_not_accept_means_another_definition():
    assert not is_broken("(a)", "(a, b, c)", "python", Call(2), by_later=False)
    assert not is_broken("(a)", "(a, b, c)", "python", Call(2), by_later=True)
    assert is_broken("(a)", "(a, b)", "python", Call(2), by_later=True)


@pytest.mark.parametrize("signature", ["", "(Base)\n(", "(a, (b", "Base"])
def test_what_is_no_signature_breaks_nothing(signature):
    assert not is_broken("(a)", signature, "python", Call(1), by_later=False)


def test_calls_are_found_by_their_whole_name():
    text = "g.f(1)\nf(1, 2)\nff(1, 2, 3)\ndef f(a, b, c, d): ...\nx().f(5, 6, 7, 8, 9)\n"
    assert calls_of(text, "f", "python") == (Call(2),)
    assert calls_of(text, "g.f", "python") == (Call(1),)
    assert calls_of("x().f(5)\ny().f(*z)\nq().f(", ".f", "python") == (Call(1),)
