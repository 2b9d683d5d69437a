"""One task takes away or changes what the other one starts to build upon."""

from __future__ import annotations

import pytest

TAX = "def rate(country):\n    return 1\n\n\ndef other():\n    return 2\n"
WITHOUT = "def other():\n    return 2\n"
CALLS = "from shop.tax import rate\n\n\ndef total(cart):\n    return rate(cart.country)\n"
CART = "def total(cart):\n    return 0\n"
BASE = {"shop/__init__.py": "", "shop/tax.py": TAX, "shop/cart.py": CART}


def test_what_the_later_one_removes_the_earlier_one_must_not_have_started_to_use(tasks):
    later = {"shop/tax.py": WITHOUT, "shop/cart.py": CART}
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == [
        "logical: rate of shop/tax.py: removed, and used anew in shop/cart.py"
    ]


def test_a_file_that_goes_takes_its_definitions_along(tasks):
    later = {"shop/tax.py": None, "shop/cart.py": CART}
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == [
        "logical: rate of shop/tax.py: removed, and used anew in shop/cart.py"
    ]


def test_what_was_used_before_is_not_new(tasks):
    base = {**BASE, "shop/cart.py": CALLS}
    assert tasks.items(base, {"shop/cart.py": CALLS + "# more\n"}, {"shop/tax.py": WITHOUT}) == []


def test_a_module_that_still_hands_a_name_out_did_not_remove_it(tasks):
    later = {"shop/tax.py": "from shop.rates import rate\n" + WITHOUT, "shop/rates.py": TAX}
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == []


def test_a_moved_definition_is_missed_where_it_was(tasks):
    later = {"shop/tax.py": WITHOUT, "shop/rates.py": TAX, "shop/cart.py": CART}
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == [
        "logical: rate of shop/tax.py: removed, and used anew in shop/cart.py"
    ]
    by_package = {"shop/cart.py": CALLS.replace("shop.tax", "shop")}
    assert tasks.items(BASE, by_package, later) == []


@pytest.mark.parametrize(
    "statement",
    [
        "from shop.tax import rate\nrate(1)\n",
        "from .tax import rate as of\nof(1)\n",
        "from shop import tax\ntax.rate(1)\n",
        "import shop.tax\nshop.tax.rate(1)\n",
        "import shop.tax as t\nt.rate(1)\n",
        "from shop import rate\nrate(1)\n",
    ],
)
def test_every_way_to_import_a_name_leads_to_it(tasks, statement):
    found = tasks.items(BASE, {"shop/cart.py": statement}, {"shop/tax.py": WITHOUT})
    assert found == ["logical: rate of shop/tax.py: removed, and used anew in shop/cart.py"]


@pytest.mark.parametrize(
    "statement", ["from bank.tax import rate\nrate(1)\n", "from tax import rates\nrates(1)\n"]
)
def test_another_module_of_that_name_is_not_meant(tasks, statement):
    assert tasks.items(BASE, {"shop/cart.py": statement}, {"shop/tax.py": WITHOUT}) == []


def test_what_the_earlier_one_brought_itself_is_no_conflict(tasks):
    earlier = {"shop/fees.py": TAX, "shop/cart.py": CALLS.replace("tax", "fees")}
    assert tasks.items(BASE, earlier, {"shop/fees.py": WITHOUT}) == []


RESIGNED = TAX.replace("rate(country)", "rate(country, year)")
NEEDS_YEAR = "logical: rate of shop/tax.py: given another signature, and used anew in shop/cart.py"


def test_a_call_that_the_new_signature_refuses_conflicts(tasks):
    later = {"shop/tax.py": RESIGNED}
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == [NEEDS_YEAR]


def test_a_call_that_the_old_signature_would_have_refused_conflicts(tasks):
    calls = CALLS.replace("rate(cart.country)", "rate(cart.country, 2024)")
    found = tasks.items(BASE, {"shop/tax.py": RESIGNED}, {"shop/cart.py": calls})
    assert found == [NEEDS_YEAR]


@pytest.mark.parametrize(
    "signature", ["country, year=None", "country: str", "country, *rest", "country, *, year=2000"]
)
def test_a_call_that_both_signatures_accept_is_no_conflict(tasks, signature):
    resigned = TAX.replace("rate(country)", f"rate({signature})")
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, {"shop/tax.py": resigned}) == []
    assert tasks.items(BASE, {"shop/tax.py": resigned}, {"shop/cart.py": CALLS}) == []


def test_a_name_that_is_only_imported_does_not_mind_a_signature(tasks):
    earlier = {"shop/cart.py": "from shop.tax import rate\n"}
    assert tasks.items(BASE, earlier, {"shop/tax.py": RESIGNED}) == []


def test_making_an_object_calls_what_makes_it(tasks):
    was = "class Rate:\n    def __init__(self, country):\n        pass\n"
    now = was.replace("country)", "country, year)")
    earlier = {"shop/cart.py": "from shop.tax import Rate\nRate('de')\n"}
    found = tasks.items({**BASE, "shop/tax.py": was}, earlier, {"shop/tax.py": now})
    assert found == [
        "logical: Rate.__init__ of shop/tax.py: given another signature, "
        "and used anew in shop/cart.py"
    ]


def test_what_the_earlier_one_renamed_the_later_one_would_have_called_by_its_old_name(tasks):
    earlier = {"shop/tax.py": TAX.replace("def rate", "def share")}
    later = {"shop/cart.py": CALLS.replace("rate", "share")}
    assert tasks.items(BASE, earlier, later) == [
        "logical: rate of shop/tax.py: renamed, and used anew in shop/cart.py"
    ]


METHODS = "class Cart:\n    def {}(self):\n        pass\n\n    def go(self):\n        pass\n"


@pytest.mark.parametrize(
    ("method", "statement", "number"),
    [
        ("apply_discounts", "from shop.cart import Cart", 1),
        ("apply_discounts", "from shop import Cart", 1),
        ("apply_discounts", "import shop.other", 0),
        ("apply", "from shop.cart import Cart", 0),
    ],
)
def test_methods_of_telling_names_are_found_on_objects_of_what_is_imported(
    tasks, method, statement, number
):
    pay = f"{statement}\n\n\ndef pay(cart):\n    pass\n"
    base = {"shop/cart.py": METHODS.format(method), "shop/pay.py": pay}
    earlier = {"shop/pay.py": pay.replace("pass", f"cart.{method}()")}
    found = tasks.items(base, earlier, {"shop/cart.py": METHODS.format("other")})
    assert len(found) == number


def test_methods_of_the_same_object_are_found_by_any_name(tasks):
    base = {"shop/cart.py": METHODS.format("apply")}
    plain, calling = "def go(self):\n        pass", "def go(self):\n        self.apply()"
    uses = METHODS.format("apply").replace(plain, calling)
    later = uses.replace("def apply", "def use")
    assert len(tasks.items(base, {"shop/cart.py": uses}, {"shop/cart.py": later})) == 1


def test_a_method_that_another_class_got_may_be_inherited(tasks):
    base = {"shop/cart.py": METHODS.format("apply_discounts"), "shop/pay.py": ""}
    pay = "from shop.cart import Cart\n\n\ndef pay(cart):\n    cart.apply_discounts()\n"
    earlier = {"shop/pay.py": pay}
    above = METHODS.format("apply_discounts").replace("Cart", "Base")
    later = {"shop/cart.py": METHODS.format("other"), "shop/base.py": above}
    assert tasks.items(base, earlier, later) == []


GO_TAX = "package tax\n\nfunc Rate(country string) int {\n\treturn 1\n}\n"
GO_CALLS = 'package cart\n\nimport "example.org/shop/v2/tax"\n\nvar r = tax.Rate("de")\n'
GO_BASE = {"tax/tax.go": GO_TAX, "tax/b.go": "package tax\n", "cart/cart.go": "package cart\n"}


def test_packages_of_go_are_met_by_the_end_of_their_path(tasks):
    later = {"tax/tax.go": "package tax\n", "cart/cart.go": "package cart\n"}
    assert tasks.items(GO_BASE, {"cart/cart.go": GO_CALLS}, later) == [
        "logical: Rate of tax/tax.go: removed, and used anew in cart/cart.go"
    ]


def test_what_moves_within_a_package_of_go_stays_where_it_is(tasks):
    later = {"tax/tax.go": "package tax\n", "tax/b.go": GO_TAX}
    assert tasks.items(GO_BASE, {"cart/cart.go": GO_CALLS}, later) == []


@pytest.mark.parametrize(
    ("signature", "number"),
    [
        ("(land string) int", 0),
        ("(country string, more ...int) int", 0),
        ("(country string, year int) int", 1),
        ("(country string) (int, error)", 1),
        ("(country Land) int", 1),
    ],
)
def test_in_go_types_are_part_of_what_is_accepted(tasks, signature, number):
    later = {"tax/tax.go": GO_TAX.replace("(country string) int", signature)}
    assert len(tasks.items(GO_BASE, {"cart/cart.go": GO_CALLS}, later)) == number


@pytest.mark.parametrize("module", ["./tax", "./tax.js", "@/shop/tax"])
def test_modules_of_typescript_are_met_by_their_path(tasks, module):
    base = {"src/shop/tax.ts": "export function rate(country: string) {}\n", "src/shop/cart.ts": ""}
    earlier = {"src/shop/cart.ts": f"import {{ rate }} from '{module}'\nrate('de')\n"}
    later = {"src/shop/tax.ts": "export function other() {}\n", "src/shop/cart.ts": ""}
    assert tasks.items(base, earlier, later) == [
        "logical: rate of src/shop/tax.ts: removed, and used anew in src/shop/cart.ts"
    ]


def test_a_method_that_a_class_may_have_from_others_is_not_met(tasks):
    base = {"shop/cart.py": METHODS.format("apply_discounts").replace("Cart:", "Cart(Base):")}
    pay = "from shop.cart import Cart\n\n\ndef pay(cart):\n    cart.apply_discounts()\n"
    later = {"shop/cart.py": METHODS.format("other").replace("Cart:", "Cart(Base):")}
    assert tasks.items(base, {"shop/pay.py": pay}, later) == []


def test_a_package_that_takes_the_place_of_a_module_hands_its_names_out(tasks):
    later = {
        "shop/tax.py": None,
        "shop/tax/__init__.py": "from shop.tax.rates import rate\n",
        "shop/tax/rates.py": TAX,
    }
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == []


def test_packages_that_moved_below_another_root_keep_their_names(tasks):
    later = {"shop/tax.py": None, "src/shop/tax.py": TAX}
    assert tasks.items(BASE, {"shop/cart.py": CALLS}, later) == []


def test_a_file_that_gets_another_name_takes_its_own_uses_along(tasks):
    earlier = {"shop/tax.py": TAX + "\n\nrate(1)\n"}
    assert tasks.items(BASE, earlier, {"shop/tax.py": None, "shop/rates.py": TAX}) == []


def test_a_call_that_needs_what_the_earlier_one_added_builds_upon_it(tasks):
    earlier = {"shop/tax.py": TAX.replace("rate(country)", "rate(country, year=None)")}
    calls = CALLS.replace("rate(cart.country)", "rate(cart.country, 2024)")
    assert tasks.items(BASE, earlier, {"shop/cart.py": calls}) == []


def test_taking_a_signature_back_is_no_conflict(tasks):
    calls = CALLS.replace("rate(cart.country)", "rate(cart.country, 2024)")
    earlier = {"shop/tax.py": RESIGNED, "shop/cart.py": calls}
    assert tasks.items(BASE, earlier, {"shop/tax.py": TAX, "shop/cart.py": CART}) == []


def test_a_file_that_got_another_name_uses_nothing_new(tasks):
    base = {**BASE, "shop/cart.py": CALLS}
    later = {"shop/cart.py": None, "shop/pay.py": CALLS}
    assert tasks.items(base, {"shop/tax.py": RESIGNED}, later) == []
    stays = {"shop/cart.py": CART, "shop/pay.py": CALLS.replace("country)", "country, 1)")}
    assert tasks.items(base, {"shop/tax.py": RESIGNED}, stays) == [
        "logical: rate of shop/tax.py: given another signature, and used anew in shop/pay.py"
    ]


def test_what_came_to_a_file_with_its_uses_is_not_used_anew(tasks):
    both = GO_TAX + '\nvar r = Rate("de")\n'
    with_year = both.replace("country string", "country string, year int")
    earlier = {"tax/tax.go": with_year.replace('"de"', '"de", 1')}
    later = {"tax/tax.go": "package tax\n", "tax/b.go": earlier["tax/tax.go"]}
    assert tasks.items({**GO_BASE, "tax/tax.go": both}, earlier, later) == []


def test_a_call_that_a_removed_definition_would_refuse_means_another_one(tasks):
    earlier = {"shop/cart.py": CALLS.replace("rate(cart.country)", "rate(1, 2, 3)")}
    calls = tasks.items(BASE, earlier, {"shop/tax.py": WITHOUT})
    assert calls == ["logical: rate of shop/tax.py: removed, and used anew in shop/cart.py"]
    method = "from shop.cart import Cart\n\n\ndef pay(cart):\n    cart.apply_discounts({})\n"
    base = {"shop/cart.py": METHODS.format("apply_discounts"), "shop/pay.py": ""}
    for arguments, number in (("", 1), ("1", 0)):
        pay = {"shop/pay.py": method.format(arguments)}
        found = tasks.items(base, pay, {"shop/cart.py": METHODS.format("other")})
        assert len(found) == number


def test_a_name_that_became_public_could_not_have_been_used_before(tasks):
    earlier = {"tax/tax.go": GO_TAX}
    base = {**GO_BASE, "tax/tax.go": GO_TAX.replace("Rate", "rate")}
    assert tasks.items(base, earlier, {"cart/cart.go": GO_CALLS}) == []


@pytest.mark.parametrize(("calls", "number"), [(1, 0), (2, 1)])
def test_an_old_call_whose_receiver_got_another_name_is_not_new(tasks, calls, number):
    was = "from shop.cart import Cart\n\n\ndef pay(cart):\n    cart.apply_discounts()\n"
    base = {"shop/cart.py": METHODS.format("apply_discounts"), "shop/pay.py": was}
    more = ["    one.apply_discounts()\n", "    two.apply_discounts()\n"][:calls]
    earlier = {"shop/pay.py": was.replace("    cart.apply_discounts()\n", "".join(more))}
    found = tasks.items(base, earlier, {"shop/cart.py": METHODS.format("other")})
    assert len(found) == number


@pytest.mark.parametrize(
    ("line", "number"),
    [("one.apply_discounts()", 0), ("one.all.apply_discounts()", 0), ("a(b.apply_discounts())", 1)],
)
def test_an_old_call_is_known_by_its_line(tasks, line, number):
    was = "from shop.cart import Cart\n\n\ndef pay(cart):\n    cart.apply_discounts()\n"
    base = {"shop/cart.py": METHODS.format("apply_discounts"), "shop/pay.py": was}
    earlier = {"shop/pay.py": was.replace("cart.apply_discounts()", line)}
    found = tasks.items(base, earlier, {"shop/cart.py": METHODS.format("other")})
    assert len(found) == number


GO_CART = "package cart\n\ntype Cart interface {{\n\tApplyDiscounts({})\n}}\n"
GO_PAY = """package pay

import "example.org/shop/cart"

var _ = cart.New

func pay(c {}) {{
	c.ApplyDiscounts()
}}
"""


@pytest.mark.parametrize(
    ("type_name", "others", "number"),
    [("cart.Cart", 1, 1), ("bank.Cart", 1, 0), ("bank.Cart", 0, 1)],
)
def test_a_method_of_several_types_is_met_where_its_type_is_named(tasks, type_name, others, number):
    base = {"cart/cart.go": GO_CART.format(""), "pay/pay.go": "package pay\n"}
    later = {"cart/cart.go": GO_CART.format("year int"), "pay/pay.go": "package pay\n"}
    for at in range(others):
        base[f"cart/{at}.go"] = GO_CART.replace("type Cart", f"type Cart{at}").format("")
        later[f"cart/{at}.go"] = base[f"cart/{at}.go"].replace("()", "(year int)")
    assert len(tasks.items(base, {"pay/pay.go": GO_PAY.format(type_name)}, later)) == number


def test_a_definition_is_named_once_however_many_files_use_it(tasks):
    more = {f"shop/pay{at}.py": CALLS for at in range(3)}
    later = {"shop/tax.py": WITHOUT, **dict.fromkeys(more)}
    assert tasks.items(BASE, more, later) == [
        "logical: rate of shop/tax.py: removed, and used anew in shop/pay0.py"
    ]
