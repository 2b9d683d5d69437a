"""What is found in Go files, web frameworks aside."""

from __future__ import annotations

from taskpar_ml.detectors.go_definitions import GoDefinitions
from taskpar_ml.detectors.go_environment import GoEnvironment
from taskpar_ml.detectors.go_imports import GoImports
from taskpar_ml.detectors.go_models import GoModels
from taskpar_ml.detectors.go_tests import GoTests
from taskpar_ml.detectors.go_uses import GoUses
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain import code_facts
from taskpar_ml.domain.code_facts import (
    Definition,
    DefinitionKind,
    Import,
    Model,
    Resource,
    ResourceKind,
    Use,
)


def source(text: str) -> Source:
    """Return a Go file."""
    return Source(f"package a\n{text}".encode(), Language.GO)


def test_functions_and_methods_have_signatures_and_belong_to_their_types():
    found = GoDefinitions().find(
        source(
            """\
func Open(
	path string,
) (*Store, error) {
	type local struct{}
	const inner = 1
	return nil, nil
}
func (s *Store) Get(id int) string { return "" }
func (Store) close()               {}
func (l *List[T]) Push(x T)        {}
func Map[T any](x []T) []T         { return x }
func _()                           {}
"""
        )
    )
    function, method = DefinitionKind.FUNCTION, DefinitionKind.METHOD
    assert list(found) == [
        Definition("Open", function, 2, 8, "( path string, ) (*Store, error)"),
        Definition("Store.Get", method, 9, 9, "(id int) string"),
        Definition("Store.close", method, 10, 10, "()", public=False),
        Definition("List.Push", method, 11, 11, "(x T)"),
        Definition("Map", function, 12, 12, "[T any](x []T) []T"),
    ]


def test_types_constants_and_variables_of_the_package_are_found_alone_and_in_groups():
    found = GoDefinitions().find(
        source(
            """\
type User struct {
	Name string
}
type (
	Reader interface {
		io.Closer
		Read(p []byte) (int, error)
	}
	Handler func(http.ResponseWriter)
	id      = int64
)
const Limit, low = 10, 1
const (
	A = iota
	B
)
var (
	_    Reader = (*file)(nil)
	db   *sql.DB
)
var Version = "1"
"""
        )
    )
    a_type, variable = DefinitionKind.TYPE, DefinitionKind.VARIABLE
    assert list(found) == [
        Definition("User", DefinitionKind.CLASS, 2, 4),
        Definition("Reader", a_type, 6, 9),
        Definition("Reader.Read", DefinitionKind.METHOD, 8, 8, "(p []byte) (int, error)"),
        Definition("Handler", a_type, 10, 10, "func(http.ResponseWriter)"),
        Definition("id", a_type, 11, 11, "int64", public=False),
        Definition("Limit", variable, 13, 13),
        Definition("low", variable, 13, 13, public=False),
        Definition("A", variable, 15, 15),
        Definition("B", variable, 16, 16),
        Definition("db", variable, 20, 20, public=False),
        Definition("Version", variable, 22, 22),
    ]


def test_types_within_functions_that_variables_hold_are_nobody_elses():
    found = GoDefinitions().find(source("var run = func() { type local struct{} }\n"))
    assert [each.name for each in found] == ["run"]


def test_imports_have_the_name_that_the_package_has_here():
    found = GoImports().find(
        source(
            """\
import "fmt"
import (
	"net/http"
	. "github.com/onsi/gomega"
	_ "github.com/lib/pq"
	log "github.com/sirupsen/logrus"
	"github.com/go-chi/chi/v5"
	"gopkg.in/yaml.v3"
	"github.com/mattn/go-sqlite3"
)
"""
        )
    )
    assert list(found) == [
        Import("fmt", (("", "fmt"),), 2),
        Import("net/http", (("", "http"),), 4),
        Import("github.com/onsi/gomega", (("*", "*"),), 5),
        Import("github.com/lib/pq", (), 6),
        Import("github.com/sirupsen/logrus", (("", "log"),), 7),
        Import("github.com/go-chi/chi/v5", (("", "chi"),), 8),
        Import("gopkg.in/yaml.v3", (("", "yaml"),), 9),
        Import("github.com/mattn/go-sqlite3", (("", "sqlite3"),), 10),
    ]


def test_names_that_are_called_embedded_or_built_are_used_once():
    found = GoUses().find(
        source(
            """\
type Server struct {
	http.Server
	*Base
	name string
}
type All interface {
	io.Reader
	~int | string
}
func run() {
	s := Server{}
	users := []model.User{}
	byName := map[string]*Person{}
	s.store.Get(len(users))
	s.store.Get(string(byName))
	open(1).Close()
	Map[int](users)
	names[0].Trim()
	db.
		Where(1).
		// the first two
		Find(2)
	btree.New[*item](1, less)
}
"""
        )
    )
    assert set(found) == {
        Use("http.Server", 3),
        Use("Base", 4),
        Use("io.Reader", 8),
        Use("Server", 12),
        Use("model.User", 13),
        Use("s.store.Get", 15),
        Use("open", 17),
        Use(".Close", 17),
        Use("Map", 18),
        Use(".Trim", 19),
        Use("db.Where", 20),
        Use(".Find", 20),
        Use("btree.New", 24),
    }


def test_tests_and_their_named_parts_are_found():
    found = GoTests().find(
        source(
            """\
func TestUsers(t *testing.T) {
	t.Run("no name", func(t *testing.T) {
		t.Run("deep", testDeep)
	})
	for _, each := range cases {
		t.Run(each.name, func(t *testing.T) {
			t.Run("below a computed name", func(t *testing.T) {})
		})
	}
	command.Run("build", arguments)
}
func BenchmarkUsers(b *testing.B) { b.Run("few", run) }
func FuzzUsers(f *testing.F)      {}
func TestMain(m *testing.M)       {}
func Testify(t *testing.T)        {}
func TestingHelper(name string)   {}
func testHelper(t *testing.T)     { t.Run("of a helper", run) }
func (s *UserSuite) TestName()    { s.Run("empty", func() {}) }
func (s *UserSuite) SetupTest()   {}
func (s *CheckSuite) TestOld(c *check.C) {}
"""
        )
    )
    assert list(found) == [
        code_facts.TestCase("TestUsers", 2),
        code_facts.TestCase("TestUsers/no_name", 3),
        code_facts.TestCase("TestUsers/no_name/deep", 4),
        code_facts.TestCase("BenchmarkUsers", 13),
        code_facts.TestCase("BenchmarkUsers/few", 13),
        code_facts.TestCase("FuzzUsers", 14),
        code_facts.TestCase("UserSuite.TestName", 19),
        code_facts.TestCase("UserSuite.TestName/empty", 19),
        code_facts.TestCase("CheckSuite.TestOld", 21),
    ]


def test_only_files_of_tests_hold_tests():
    assert GoTests().reads("store/users_test.go")
    assert not GoTests().reads("store/users.go")


def test_variables_of_the_environment_are_read_and_set():
    found = GoEnvironment().find(
        source(
            """\
import "os"
const (
	prefix  = "APP_"
	envPort = prefix + "PORT"
)
type config struct {
	Home string `env:"HOME_DIR,required"`
}
func run(key string) {
	os.Getenv("TOKEN")
	os.Getenv("TOKEN")
	value, ok := os.LookupEnv(envPort)
	os.Setenv("MODE", "test")
	os.Getenv(key)
	config.Getenv("NO")
}
"""
        )
    )
    kind = ResourceKind.VARIABLE
    assert sorted(found, key=lambda each: each.line) == [
        Resource(kind, "HOME_DIR", False, 8),
        Resource(kind, "TOKEN", False, 11),
        Resource(kind, "APP_PORT", False, 13),
        Resource(kind, "MODE", True, 14, "test"),
    ]


def test_models_of_gorm_and_xorm_have_columns_and_tables():
    found = GoModels().find(
        source(
            """\
type User struct {
	gorm.Model
	Name     string `gorm:"column:full_name;size:200"`
	HTTPPort int
	NodeIDs  []int64 `gorm:"serializer:json"`
	Roles    []Role  `gorm:"many2many:user_roles"`
	Posts    []Post
	Company  org.Company
	CompanyID int
	Boss     *Boss
	Status   auth.Status
	Address  Address `gorm:"embedded"`
	Skipped  string  `gorm:"-"`
	hidden   string
}
func (User) TableName() string { return "people" }
type Address struct {
	Street string `gorm:"size:10"`
}
type Repo struct {
	ID    int64  `xorm:"pk autoincr 'id'"`
	Owner string `xorm:"varchar(20) DEFAULT 'nobody'"`
}
type Answer struct {
	Text string `json:"text"`
}
"""
        )
    )
    user = (
        *("company_id", "created_at", "deleted_at", "full_name", "http_port", "id", "node_ids"),
        *("status", "updated_at"),
    )
    assert list(found) == [
        Model("User", "people", user, 2),
        Model("Repo", "", ("id", "owner"), 21),
    ]


def test_broken_files_give_what_can_be_read():
    text = source("func Good(a int) {}\n\nfunc (\n\ntype Fine struct{}\n")
    assert "Good" in {each.name for each in GoDefinitions().find(text)}
