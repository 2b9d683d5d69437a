"""What is found in PHP files, Laravel aside."""

from __future__ import annotations

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.php_definitions import PhpDefinitions
from taskpar_ml.detectors.php_environment import PhpEnvironment
from taskpar_ml.detectors.php_imports import PhpImports
from taskpar_ml.detectors.php_tests import PhpTests
from taskpar_ml.detectors.php_uses import PhpUses
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind, Import, Resource, ResourceKind


def source(text: str) -> Source:
    """Return a PHP file."""
    return Source(f"<?php\n{text}".encode(), Language.PHP)


def test_classes_functions_methods_and_constants_are_found():
    found = PhpDefinitions().find(
        source(
            """\
namespace App;
#[Attribute]
abstract class Cart extends Base implements Countable
{
    public const LIMIT = 3;
    private const KEY = 1;
    public function add(Line $line, int $count = 1): static {}
    protected function hidden() {}
}
interface Priced { public function price(): Money; }
trait Taxed {}
enum Kind: string { case Small = 's'; }
function helper(): void {}
const TOP = 1;
define('MADE', 2);
if (! function_exists('late')) {
    function late() {}
}
"""
        )
    )
    kind, method, kept = DefinitionKind.CLASS, DefinitionKind.METHOD, DefinitionKind.VARIABLE
    assert list(found) == [
        Definition("Cart", kind, 3, 10, "extends Base implements Countable"),
        Definition("Cart.LIMIT", kept, 6, 6),
        Definition("Cart.KEY", kept, 7, 7, public=False),
        Definition("Cart.add", method, 8, 8, "(Line $line, int $count = 1): static"),
        Definition("Cart.hidden", method, 9, 9, "()", public=False),
        Definition("Priced", DefinitionKind.TYPE, 11, 11),
        Definition("Priced.price", method, 11, 11, "(): Money"),
        Definition("Taxed", DefinitionKind.TYPE, 12, 12),
        Definition("Kind", kind, 13, 13),
        Definition("Kind.Small", kept, 13, 13),
        Definition("helper", DefinitionKind.FUNCTION, 14, 14, "(): void"),
        Definition("TOP", kept, 15, 15),
        Definition("MADE", kept, 16, 16),
        Definition("late", DefinitionKind.FUNCTION, 18, 18, "()"),
    ]


def test_classes_are_imported_by_statements_by_their_whole_name_and_from_their_namespace():
    found = PhpImports().find(
        source(
            """\
namespace App\\Cart;
use App\\Models\\User;
use App\\Support\\{Money, Tax as Vat};
require __DIR__.'/helpers.php';
require_once base_path('routes/more.php');
require $computed;
class Cart extends Base
{
    public function a() { return new User(Vat::of(1), \\App\\Models\\Line::find(2), self::b()); }
}
"""
        )
    )
    assert sorted(found, key=lambda each: each.line) == [
        Import("App\\Models\\User", (("User", "User"),), 3),
        Import("App\\Support\\Money", (("Money", "Money"),), 4),
        Import("App\\Support\\Tax", (("Tax", "Vat"),), 4),
        Import("./helpers.php", (), 5),
        Import("routes/more.php", (), 6),
        Import("namespace\\Base", (("Base", "Base"),), 8),
        Import("App\\Models\\Line", (("Line", "\\App\\Models\\Line"),), 10),
    ]


def test_calls_new_objects_bases_and_traits_are_uses():
    found = PhpUses().find(
        source(
            """\
class Cart extends Base implements Countable
{
    use Taxed;
    public function a()
    {
        User::where('a', 1)->first();
        $this->lines->add(new Line(2));
        $cart?->close();
        helper();
        $call();
        "not(this)";
    }
}
"""
        )
    )
    assert {(each.name, each.line) for each in found} == {
        ("Base", 2),
        ("Countable", 2),
        ("Taxed", 4),
        ("User::where", 7),
        (".first", 7),
        ("$this->lines->add", 8),
        ("Line", 8),
        ("$cart->close", 9),
        ("helper", 10),
    }


def test_methods_of_test_classes_and_functions_of_pest_are_tests():
    found = PhpTests().find(
        source(
            """\
class CartTest extends TestCase
{
    public function test_adds() {}
    #[Test]
    public function it_is_free() {}
    /** @test */
    public function old() {}
    public function helper() {}
    private function test_hidden() {}
}
it('adds', function () {})->group('x');
describe('cart', function () {
    test('is free', fn () => true);
});
"""
        )
    )
    assert [(each.name, each.line) for each in found] == [
        ("CartTest.test_adds", 4),
        ("CartTest.it_is_free", 5),
        ("CartTest.old", 8),
        ("adds", 12),
        ("cart.is free", 14),
    ]


def test_variables_of_the_environment_are_read_and_set():
    found = PhpEnvironment().find(
        source(
            "env('A', 1);\ngetenv(\"B\");\n$_ENV['C'];\n$_ENV['D'] = 1;\nputenv('E=1');\nenv($x);\n"
            "unset($_ENV['F']);\n"
        )
    )
    kind = ResourceKind.VARIABLE
    assert list(found) == [
        Resource(kind, "A", False, 2),
        Resource(kind, "B", False, 3),
        Resource(kind, "C", False, 4),
        Resource(kind, "D", True, 5),
        Resource(kind, "E", True, 6),
        Resource(kind, "F", True, 8),
    ]
