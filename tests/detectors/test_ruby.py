"""What is found in Ruby files, Rails aside."""

from __future__ import annotations

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.ruby_definitions import RubyDefinitions
from taskpar_ml.detectors.ruby_environment import RubyEnvironment
from taskpar_ml.detectors.ruby_gems import RubyGems, RubyGemsLock
from taskpar_ml.detectors.ruby_imports import RubyImports
from taskpar_ml.detectors.ruby_tests import RubyTests
from taskpar_ml.detectors.ruby_uses import RubyUses
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Definition, DefinitionKind, Import, Resource, ResourceKind


def source(text: str) -> Source:
    """Return a Ruby file."""
    return Source(text.encode(), Language.RUBY)


def test_classes_modules_methods_and_constants_belong_to_what_encloses_them():
    found = RubyDefinitions().find(
        source(
            """\
module Shop
  class Cart < Base
    LIMIT = 3
    def add(item, count: 1)
      @items << item
    end
    def self.find(id) = new
    class << self
      def all; end
    end
  end
  Line = Struct.new(:name) do
    def to_s; end
  end
end
class Shop::Tax; end
def helper; end
"""
        )
    )
    method, kind = DefinitionKind.METHOD, DefinitionKind.CLASS
    assert list(found) == [
        Definition("Shop", DefinitionKind.TYPE, 1, 15),
        Definition("Shop.Cart", kind, 2, 11, "< Base"),
        Definition("Shop.Cart.LIMIT", DefinitionKind.VARIABLE, 3, 3),
        Definition("Shop.Cart.add", method, 4, 6, "(item, count: 1)"),
        Definition("Shop.Cart.find", method, 7, 7, "(id)"),
        Definition("Shop.Cart.all", method, 9, 9),
        Definition("Shop.Line", kind, 12, 14, "(:name)"),
        Definition("Shop.Line.to_s", method, 13, 13),
        Definition("Shop.Tax", kind, 16, 16),
        Definition("helper", DefinitionKind.FUNCTION, 17, 17),
    ]


def test_what_follows_private_or_is_named_by_it_is_not_public():
    found = RubyDefinitions().find(
        source(
            """\
class A
  def open; end
  private def inline; end
  def named; end
  private :named
  KEY = 1
  private_constant :KEY
  attr_reader :shown
  private
  def hidden; end
  def self.still_public; end
  attr_reader :kept
  public
  def again; end
end
"""
        )
    )
    assert {each.name for each in found if each.public} == {
        "A",
        "A.open",
        "A.shown",
        "A.still_public",
        "A.again",
    }


def test_files_and_constants_are_imported_but_not_those_of_comments_and_of_the_language():
    found = list(
        RubyImports().find(
            source(
                """\
require "json"
require_relative "support/x"
# Comment::Only
class Cart < Shop::Base
  TEXT = "Text::Only"
  def add = Tax.new(String, ::Top::Level, Encoding::UTF_8, key: Tax)
end
"""
            )
        )
    )
    assert found == [
        Import("json", (), 1),
        Import("./support/x", (), 2),
        Import("Shop::Base", (("Base", "Shop::Base"),), 4),
        Import("Tax", (("Tax", "Tax"),), 6),
        Import("::Top::Level", (("Level", "::Top::Level"),), 6),
    ]


def test_calls_on_something_or_with_brackets_bases_and_mixins_are_uses():
    found = RubyUses().find(
        source(
            """\
class Cart < Shop::Base
  include Countable
  def add(item)
    Admin::User.where(id: 1).first&.save
    notify(item)
    @tax.add item
    self.total
    price = 1.5
    range = 1..2
    "a.b(c)"
  end
end
"""
        )
    )
    assert [(each.name, each.line) for each in found] == [
        ("Shop::Base", 1),
        ("Countable", 2),
        ("Admin::User.where", 4),
        (".first", 4),
        (".save", 4),
        ("notify", 5),
        ("@tax.add", 6),
        ("self.total", 7),
    ]


def test_examples_methods_and_blocks_are_tests():
    found = RubyTests().find(
        source(
            """\
RSpec.describe Cart do
  context "when empty" do
    it "is free" do
      expect(1).to eq(1)
    end
    it { is_expected.to be_valid }
    it "is pending"
  end
  [1, 2].each do |n|
    specify("holds some") { n }
    it "takes a long " \\
       'description' do
    end
  end
end
class CartTest < ActiveSupport::TestCase
  test "adds" do
  end
  def test_total; end
  def helper; end
end
"""
        )
    )
    assert [(each.name, each.line) for each in found] == [
        ("Cart.when empty.is free", 3),
        ("Cart.holds some", 10),
        ("Cart.takes a long description", 11),
        ("CartTest.adds", 17),
        ("CartTest.test_total", 19),
    ]


def test_variables_of_the_environment_are_read_and_set():
    found = RubyEnvironment().find(
        source(
            'ENV["A"]\nENV.fetch("B", 1)\nENV["C"] = "x"\nENV["D"] ||= "y"\nENV.key?("A")\nENV[e]\n'
        )
    )
    kind = ResourceKind.VARIABLE
    assert list(found) == [
        Resource(kind, "A", False, 1),
        Resource(kind, "B", False, 2),
        Resource(kind, "C", True, 3),
        Resource(kind, "D", True, 4),
    ]


def test_gems_are_asked_for_by_manifests_and_settled_on_by_lock_files():
    manifest = (
        b'gem "rails", "~> 7.1", ">= 7.1.2"\ngroup :test do\n  gem \'rspec\'\nend\n# gem "no"\n'
    )
    kind = ResourceKind.DEPENDENCY
    assert list(RubyGems().find(Source(manifest, None))) == [
        Resource(kind, "rails", True, 1, "~> 7.1, >= 7.1.2"),
        Resource(kind, "rspec", True, 3),
    ]
    gemspec = b'spec.add_dependency("rack", ">= 2")\n  s.add_development_dependency "rake"\n'
    assert [each.name for each in RubyGems().find(Source(gemspec, None))] == ["rack", "rake"]
    lock = b"GEM\n  specs:\n    rails (7.1.2)\n      rack (>= 2)\n\nDEPENDENCIES\n  rails (~> 7)\n"
    assert list(RubyGemsLock().find(Source(lock, None))) == [
        Resource(kind, "rails", False, 3, "7.1.2")
    ]


def test_a_file_that_its_parser_would_take_too_long_for_holds_nothing():
    hostile = source("<A\n" * 3_000)
    assert hostile.tree is None
    assert list(RubyDefinitions().find(hostile)) == []
    # The parser is fit for the next file.
    assert [each.name for each in RubyDefinitions().find(source("class A; end"))] == ["A"]
