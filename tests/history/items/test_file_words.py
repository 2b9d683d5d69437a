"""What is told from changed lines is never less than what parsing both versions finds."""

from __future__ import annotations

import random

import pytest

from taskpar_ml.detectors.detection import Reading
from taskpar_ml.domain.code_facts import FileFacts
from taskpar_ml.history.items.changed_definitions import FileChanges
from taskpar_ml.history.items.fact_detectors import DEFINITION_DETECTORS
from taskpar_ml.history.items.file_words import words_of
from taskpar_ml.history.items.module_names import family_of
from taskpar_ml.history.items.new_uses import new_uses
from taskpar_ml.history.items.use_keys import last_word
from taskpar_ml.history.replay.read_task import ChangedFile

PIECES = {
    "shop/cart.py": [
        "from shop.tax import (\n    rate,\n    share as part,\n)\n",
        "import shop.fees as fees\n",
        "LIMIT = 3\n",
        "def total(\n    cart,\n    year=2024,\n):\n    return rate(cart) + part(year)\n",
        "class Cart(Base):\n    def __init__(self, a):\n        self.a = a\n\n"
        "    def apply(self):\n        return fees.of(self.a)\n",
        "class Other:\n    @cached(1)\n    def total(self, x):\n        def inner(y):\n"
        '            """Call total(y)."""\n            return part(y)\n        return inner(x)\n',
        "class Row(\n    Base,\n):\n    def name(self):\n        return 1\n",
        'TEXT = """\ndef no(a):\n    rate(a)\n"""\n',
        "if LIMIT:\n    def either(a):\n        return Cart(a).apply()\n",
    ],
    "cart/cart.go": [
        "const (\n\tfirst = iota\n\tSecond\n)\n",
        "var Rate, share = 1, func() {}\n",
        "func Total(\n\tcart Cart,\n\tyear int,\n) (int, error) {\n\treturn tax.Of(cart), nil\n}\n",
        "type Cart interface {\n\tApply(a int) error\n\tGo(\n\t\tb int,\n\t) error\n}\n",
        "type row struct {\n\ttax.Base\n\tother\n\tname string\n}\n",
        "func (r *row) Apply(a int) error {\n\tx := &tax.Row{A: a}\n\treturn x.Go(share())\n}\n",
        "func main() {\n\t// Total(1)\n\tTotal(new(row), 2)\n}\n",
    ],
    "src/cart.ts": [
        "import {\n  rate,\n  share as part,\n} from './tax'\n",
        "import whole from './whole'\n",
        "export function total(\n  cart: Cart,\n  year = 2024,\n) {\n"
        "  return rate(cart) + whole(year)\n}\n",
        "export class Cart extends Base {\n  apply(a: number) {\n    return part(a)\n  }\n}\n",
        "export const limit = (a: number) => part(a)\n",
        "const held = {\n  go(a: number) {\n    return new Cart(a)\n  },\n}\n",
        "export interface Row {\n  name(a: number): string\n}\n",
    ],
}
HEADS = {
    "shop/cart.py": "",
    "cart/cart.go": 'package cart\n\nimport "x.org/tax"\n\n',
    "src/cart.ts": "",
}
WORDS = ("total", "Total", "apply", "Apply", "rate", "share", "year", "Cart", "Row", "part")


def edited(pieces: list[str], chance: random.Random) -> list[str]:
    """Return a file with some of its pieces removed, moved, doubled or reworded."""
    found = [each for each in pieces if chance.random() < 0.9]
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(found))
        what = chance.randrange(5)
        if what == 0:
            found.insert(chance.randrange(len(found)), found.pop(at))
        elif what == 1:
            found[at] = found[at].replace("year", "month", 1)
        elif what == 2:
            found[at] = found[at].replace(chance.choice(WORDS), chance.choice(WORDS), 1)
        elif what == 3:
            found[at] = found[at].replace(chance.choice(WORDS), "another")
        elif "class Cart(Base):" in found[at] or "class Cart extends" in found[at]:
            found[at] = found[at].replace("class Cart", "class Basket")
        else:
            found[at] = found[at].replace("class Row(\n    Base", "class Line(\n    Base")
    return found


def facts_of(path: str, text: str) -> FileFacts:
    reading = Reading.of(path, DEFINITION_DETECTORS)
    assert reading is not None
    return reading.facts(text.encode())


@pytest.mark.parametrize("path", PIECES)
def test_changed_lines_tell_every_definition_and_use_that_parsing_finds(path):
    family = family_of(path)
    assert family is not None
    some_changes = some_uses = told = 0
    for seed in range(250):
        chance = random.Random(f"{path} {seed}")
        first = [each for each in PIECES[path] if chance.random() < 0.9]
        before, after = (
            HEADS[path] + "\n".join(each) for each in (first, edited(first or PIECES[path], chance))
        )
        file = ChangedFile(path, facts_of(path, before), facts_of(path, after), False, False)
        words = words_of(family, before.encode(), after.encode())
        changes = FileChanges(file, family, lambda names: ()).possible
        uses = new_uses(file, family, (before.encode(), after.encode()), lambda: ())
        assert {last_word(key) for key in changes} <= words.changed, (before, after)
        assert {last_word(key) for key in uses} <= words.used, (before, after)
        some_changes += bool(changes)
        some_uses += bool(uses)
        told += len(words.changed) < 8
    assert some_changes > 50
    assert some_uses
    assert told > 10


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(a):\n    return 1\n", "def f(a):\n    return 2\n"),
        ("def f(\n    a,\n):\n    x = 1\n", "def f(\n    a,\n):\n    x = 2\n"),
        ("class A:\n    def f(self):\n        pass\n", "class A:\n    def f(self):\n        x()\n"),
    ],
)
def test_a_changed_body_changes_no_definition(before, after):
    assert words_of("python", before.encode(), after.encode()).changed == frozenset()


def test_one_more_call_of_what_was_called_before_is_no_new_use():
    before = "rate(1)\n"
    assert words_of("python", before.encode(), b"rate(1)\nrate(2)\n").used == frozenset()
    assert words_of("python", b'"""rate(1)"""\n', b'"""rate(1)"""\nrate(2)\n').used == {b"rate"}
    assert words_of("python", b"# rate(1)\n", b"# rate(1)\nrate(2)\n").used == {b"rate"}


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("if FAST:\n    tool = fast()\nelse:\n    tool = slow()\n", "tool = slow()\n"),
        ("if FAST: tool = fast()\n", "pass\n"),
        ("first, tool = both()\n", "first = both()\n"),
        ("first = tool = both()\n", "first = both()\n"),
        ("(\n    first,\n    tool,  # sharp\n) = both()\n", "(\n    first,\n) = both()\n"),
        ("(\n    first,\n    tool\n) = both()\n", "(\n    first,\n) = both()\n"),
        ("(first,\n tool) = both()\n", "(first,\n) = both()\n"),
        ("[first, [\n    tool\n]] = both()\n", "[first] = both()\n"),
        ("try:\n    import a\nexcept ImportError:\n    tool = None\n", "import a\n"),
    ],
)
def test_a_variable_is_told_however_a_module_sets_it(line, instead):
    assert b"tool" in words_of("python", line.encode(), instead.encode()).changed


def test_what_functions_and_classes_keep_to_themselves_changes_no_definition():
    before = "class A:\n    size = 1\n\n    def f(self):\n        def g(a):\n            tool = a\n"
    after = before.replace("size", "length").replace("g(a)", "h(b)").replace("tool = a", "x = b")
    words = words_of("python", before.encode(), after.encode())
    assert words.changed.isdisjoint({b"size", b"g", b"tool"})
