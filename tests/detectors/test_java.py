"""What is found in Java files."""

from __future__ import annotations

from taskpar_ml.detectors.embedded_sql import JavaSql
from taskpar_ml.detectors.java_definitions import JavaDefinitions
from taskpar_ml.detectors.java_environment import JavaEnvironment
from taskpar_ml.detectors.java_imports import JavaImports
from taskpar_ml.detectors.java_models import JavaModels
from taskpar_ml.detectors.java_routes import JavaRoutes
from taskpar_ml.detectors.java_tests import JavaTests
from taskpar_ml.detectors.java_uses import JavaUses
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import (
    Definition,
    DefinitionKind,
    Import,
    Model,
    Mount,
    Resource,
    ResourceKind,
    Route,
    Use,
)


def source(text: str) -> Source:
    """Return a Java file."""
    return Source(text.encode(), Language.JAVA)


def names(text: str) -> list[str]:
    """Return the tests of a file."""
    return [each.name for each in JavaTests().find(source(text))]


def test_types_have_bases_and_methods_signatures_with_what_they_throw():
    found = JavaDefinitions().find(
        source(
            """\
/** Carts. */
@Service
public class Cart<T> extends Base<T>
    implements Holds, Counts {
  public static final int MOST = 3, LEAST = 1;
  private int count;

  public Cart(Store store) { class Local { void no() {} } }

  @Override
  public <S> List<S> take(
      String id) throws Missing, Late { return null; }

  void inside() {}
}
"""
        )
    )
    method, variable = DefinitionKind.METHOD, DefinitionKind.VARIABLE
    assert list(found) == [
        Definition(
            "Cart", DefinitionKind.CLASS, 2, 15, "<T> extends Base<T> implements Holds, Counts"
        ),
        Definition("Cart.MOST", variable, 5, 5),
        Definition("Cart.LEAST", variable, 5, 5),
        Definition("Cart.Cart", method, 8, 8, "(Store store)"),
        Definition("Cart.take", method, 10, 12, "<S>( String id) List<S> throws Missing, Late"),
        Definition("Cart.inside", method, 14, 14, "() void", public=False),
    ]


def test_records_enumerations_interfaces_and_annotations_hold_members_and_types():
    found = JavaDefinitions().find(
        source(
            """\
record Point(int x, int y) implements Shape { Point { } static int zero() { return 0; } }
public enum Color { RED { int f() { return 1; } }, BLUE; public int f() { return 0; } }
public interface Shape extends Base { int SIDES = 4; int area(); private void no() {}
  class Inner { public void hidden() {} } }
@interface Marked { String value() default ""; }
"""
        )
    )
    assert [(each.name, each.kind.value, each.signature, each.public) for each in found] == [
        ("Point", "class", "(int x, int y) implements Shape", False),
        ("Point.zero", "method", "() int", False),
        ("Color", "class", "", True),
        ("Color.f", "method", "() int", True),
        ("Shape", "type", "extends Base", True),
        ("Shape.SIDES", "variable", "", True),
        ("Shape.area", "method", "() int", True),
        ("Shape.no", "method", "() void", False),
        ("Shape.Inner", "class", "", True),
        ("Shape.Inner.hidden", "method", "() void", True),
        ("Marked", "type", "", False),
        ("Marked.value", "method", "String", False),
    ]


def test_imports_take_classes_out_of_packages_and_members_out_of_classes():
    found = JavaImports().find(
        source(
            """\
package a.b;
import a.b.Cart;
import java.util.*;
import static a.b.Cart.MOST;
import static org.junit.jupiter.api.Assertions.*;
import a . /* of tests */ c . Tool ;
// import a.No;
"""
        )
    )
    assert list(found) == [
        Import("a.b", (("Cart", "Cart"),), 2),
        Import("java.util", (("*", "*"),), 3),
        Import("a.b.Cart", (("MOST", "MOST"),), 4),
        Import("org.junit.jupiter.api.Assertions", (("*", "*"),), 5),
        Import("a.c", (("Tool", "Tool"),), 6),
    ]


def test_uses_are_calls_new_objects_bases_and_annotations():
    found = JavaUses().find(
        source(
            """\
@Service("x")
class Cart extends shop.Base<String> implements Holds {
  @Override void f() {
    this.add(new Item<>(1), other.price());
    store.find(id).ifPresent(x -> {});
    Price.of("a(b)"); // ignored()
    new java.util.ArrayList<String>();
    super.f();
  }
}
"""
        )
    )
    assert list(found) == [
        Use("Service", 1),
        Use("shop.Base", 2),
        Use("Holds", 2),
        Use("this.add", 4),
        Use("Item", 4),
        Use("other.price", 4),
        Use("store.find", 5),
        Use(".ifPresent", 5),
        Use("Price.of", 6),
        Use("java.util.ArrayList", 7),
        Use("super.f", 8),
    ]


def test_controllers_of_spring_answer_below_their_prefix():
    found = JavaRoutes().find(
        source(
            """\
@RestController
@RequestMapping(value = Users.BASE, produces = "application/json")
class Users {
  static final String BASE = "/users";
  private static final String ONE = "/{id}";

  @GetMapping List<User> all() { return null; }
  @GetMapping(ONE + "/notes") void notes() {}
  @RequestMapping(path = {"/a", "/b"}, method = {RequestMethod.PUT, POST}) void both() {}
  @RequestMapping("/any") void any() {}
  @DeleteMapping(Paths.ELSEWHERE) void unknown() {}
  @EventListener("/no") void no() {}
}
"""
        )
    )
    assert list(found) == [
        Mount("/users", "Users", "", 2),
        Route("GET", "", "Users.all", "Users", 7),
        Route("GET", "/{id}/notes", "Users.notes", "Users", 8),
        Route("PUT", "/a", "Users.both", "Users", 9),
        Route("POST", "/a", "Users.both", "Users", 9),
        Route("PUT", "/b", "Users.both", "Users", 9),
        Route("POST", "/b", "Users.both", "Users", 9),
        Route("*", "/any", "Users.any", "Users", 10),
    ]


def test_a_class_with_several_prefixes_answers_below_each():
    found = JavaRoutes().find(
        source('@RequestMapping({"/a", "/b/"}) class A { @PatchMapping("/x") void f() {} }')
    )
    assert list(found) == [
        Route("PATCH", "/a/x", "A.f", "", 1),
        Route("PATCH", "/b/x", "A.f", "", 1),
    ]


def test_what_lies_below_a_prefix_of_another_file_and_clients_are_no_routes():
    text = '@RequestMapping(Api.V1) class A { @GetMapping("/x") void f() {} }'
    client = '@FeignClient("users") interface B { @GetMapping("/users") void f(); }'
    assert not list(JavaRoutes().find(source(text + client)))


def test_resources_of_jax_rs_answer_below_their_path():
    found = JavaRoutes().find(
        source(
            """\
import jakarta.ws.rs.*;
@Path("/v1/users")
public class Users {
  @GET @Path("{id}") public User one() { return null; }
  @POST public void add() {}
  @Path("{id}/notes") public Notes notes() { return null; }
}
"""
        )
    )
    assert list(found) == [
        Mount("/v1/users", "Users", "", 2),
        Route("GET", "{id}", "Users.one", "Users", 4),
        Route("POST", "", "Users.add", "Users", 5),
    ]


def test_entities_have_columns_as_their_database_calls_them():
    found = JavaModels().find(
        source(
            """\
@Entity
@Table(name = "people", schema = "app")
class User extends Base {
  static final int MOST = 1;
  @Id private Long id;
  @Column(name = "`full_name`") String name;
  LocalDate birthDate;
  transient int cached;
  @Transient int computed;
  @ManyToOne @JoinColumn(name = "team") Team team;
  @ManyToOne Office homeOffice;
  @OneToMany(mappedBy = "owner") List<Note> notes;
  @OneToOne(mappedBy = "user") Card card;
}
@Entity class Plain { @Id Long id; @Column(name = Names.AGE) int age; }
@Entity @Table(name = Names.ELSEWHERE) class Unknown { @Id Long id; }
class Other { Long id; }
"""
        )
    )
    columns = ("birth_date", "full_name", "home_office_id", "id", "team")
    assert list(found) == [Model("User", "people", columns, 1), Model("Plain", "", ("id",), 15)]


def test_tables_and_documents_of_spring_data_are_models():
    text = """\
import org.springframework.data.{package};
@{said}("notes") record Note(@Id Long id, String homeTown) {{}}
"""
    expected = [Model("Note", "notes", ("home_town", "id"), 2)]
    for package, said in (("relational.core.mapping.Table", "Table"), ("mongodb.D", "Document")):
        assert list(JavaModels().find(source(text.format(package=package, said=said)))) == expected
    assert not list(JavaModels().find(source(text.format(package="x", said="Table"))))


def test_tests_of_junit_are_found_by_annotation_and_by_name():
    assert names(
        """\
class CartTest {
  @BeforeEach void set() {}
  @Test void adds() {}
  @ParameterizedTest(name = "{0}") @ValueSource(ints = 1) void counts(int n) {}
  @Nested class Empty { @Test public void isEmpty() {} }
  void helps() {}
}
class OldTest extends TestCase { public void testIt() {} void testNot() {} public void other() {} }
"""
    ) == ["CartTest.adds", "CartTest.counts", "CartTest.Empty.isEmpty", "OldTest.testIt"]


def test_a_class_of_testng_has_all_its_public_methods_as_tests():
    text = "@Test public class A { public void f() {} void g() {} @BeforeClass public void h() {} }"
    assert names(f"import org.testng.annotations.Test;\n{text}") == ["A.f"]
    assert names(text) == []


def test_variables_of_the_environment_are_read_by_name():
    found = JavaEnvironment().find(
        source(
            """\
class A {
  static final String NAME = "TOKEN";
  String a = System.getenv("HOME_PAGE") + System.getenv(NAME) + System.getenv(other);
  String b = System.getenv().getOrDefault("LIMIT", "3"); // System.getenv("NO")
  String c = System.getenv("HOME_PAGE");
}
"""
        )
    )
    variable = ResourceKind.VARIABLE
    assert set(found) == {
        Resource(variable, "HOME_PAGE", False, 3),
        Resource(variable, "TOKEN", False, 3),
        Resource(variable, "LIMIT", False, 4),
    }


def test_sql_in_sums_and_text_blocks_uses_tables():
    found = JavaSql().find(
        source(
            """\
class A {
  String a = "SELECT id FROM users " +
      "WHERE name = ?";
  String b = \"\"\"
      DELETE FROM notes
      WHERE id = ?
      \"\"\";
  String c = "select a row from the table";
}
"""
        )
    )
    assert [(each.table, each.action.value, each.line) for each in found] == [
        ("users", "read", 2),
        ("notes", "write", 5),
    ]


def test_queries_over_entities_are_no_sql():
    found = JavaSql().find(
        source(
            """\
interface Users {
  @Query("SELECT u FROM UserEntity u WHERE u.name = :name") User a();
  @Query(value = "SELECT * FROM users WHERE name = :name",
      nativeQuery = true) User b();
  default void c() { em.createQuery("DELETE FROM UserEntity u WHERE u.id = 1"); }
}
"""
        )
    )
    assert [(each.table, each.line) for each in found] == [("users", 3)]
