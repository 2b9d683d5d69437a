"""Which routes are found in Go files, framework by framework."""

from __future__ import annotations

from taskpar_ml.detectors.go_routes import GoRoutes
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Mount, Route


def found(module: str, text: str) -> list[Route | Mount]:
    """Return what is in a file that imports a framework; the text begins at line 3."""
    content = f'package a\nimport "{module}"\n{text}'
    facts = GoRoutes().find(Source(content.encode(), Language.GO))
    return sorted(facts, key=lambda each: each.line)


def test_net_http_routes_may_name_a_method_and_a_constant():
    assert found(
        "net/http",
        """\
const users = "/users"
func run(mux *http.ServeMux) {
	http.HandleFunc("/", index)
	mux.HandleFunc("GET /items/{id}", s.item)
	mux.Handle(users+"/all", http.HandlerFunc(all))
	mux.Handle("example.com/x", &handler{})
	mux.Handle("/static/", http.StripPrefix("/static", files))
	http.Get("/no", x)
	mux.Handle(computed(), all)
	bus.Handle("topic", all)
}
""",
    ) == [
        Route("*", "/", "index", "http", 5),
        Route("GET", "/items/{id}", "s.item", "mux", 6),
        Route("*", "/users/all", "all", "mux", 7),
        Route("*", "example.com/x", "handler", "mux", 8),
        Route("*", "/static/", "files", "mux", 9),
        Mount("/static", "files", "mux", 9),
    ]


def test_gin_groups_are_joined_within_a_function():
    assert found(
        "github.com/gin-gonic/gin",
        """\
func run() {
	r := gin.Default()
	r.GET("/ping", auth, ping)
	v1 := r.Group("/v1")
	{
		users := v1.Group("users").Use(auth)
		users.POST("/:id", func(c *gin.Context) {})
	}
	r.Any("/any", s.any)
	r.Handle("PUT", "/put", put)
	r.Match([]string{"GET", http.MethodPost}, "/both", both)
	r.Static("/assets", "./dist")
	orders.Register(v1.Group("/orders"))
	register(v1)
	s.api = r.Group("/api")
}
func register(rg *gin.RouterGroup) {
	rg.DELETE("", remove)
	install(rg)
	check(rg)
}
""",
    ) == [
        Route("GET", "/ping", "ping", "r", 5),
        Route("POST", "/v1/users/:id", "", "r", 9),
        Route("*", "/any", "s.any", "r", 11),
        Route("PUT", "/put", "put", "r", 12),
        Route("GET", "/both", "both", "r", 13),
        Route("POST", "/both", "both", "r", 13),
        Route("GET", "/assets", "", "r", 14),
        Mount("/v1/orders", "orders.Register", "r", 15),
        Mount("/v1", "register", "r", 16),
        Mount("/api", "s.api", "r", 17),
        Route("DELETE", "", "remove", "rg", 20),
        Mount("", "install", "rg", 21),
    ]


def test_routers_of_functions_and_fields_of_the_file_are_known():
    assert found(
        "github.com/gin-gonic/gin",
        """\
type server struct { router *gin.Engine }
func engine() *gin.Engine { return gin.New() }
func run() {
	r := engine()
	r.GET("ping", ping)
}
func (s *server) routes() {
	s.router.GET("/users", s.users)
}
""",
    ) == [
        Route("GET", "/ping", "ping", "r", 7),
        Route("GET", "/users", "s.users", "s.router", 10),
    ]


def test_chi_routes_are_joined_through_closures():
    assert found(
        "github.com/go-chi/chi/v5",
        """\
func routes(r chi.Router) {
	r.Route("/articles", func(r chi.Router) {
		r.With(paginate).Get("/", list)
		r.Group(func(r chi.Router) {
			r.Delete("/{id}", s.guard(s.handleDelete))
		})
		r.Route("/{id}", func(inner chi.Router) { inner.Put("/", handleUpdate(store)) })
		r.Mount("/comments", comments{}.Routes())
		r.Get("/raw", func(w http.ResponseWriter, r *http.Request) { register(r) })
	})
	r.Method("PATCH", "/m", Handler(patch))
	r.Route("/tags", s.tags)
	r.Route(fmt.Sprintf("/{%s}", id), func(r chi.Router) { r.Get("/x", x) })
	r.Route(computed, func(r chi.Router) { r.Get("/y", y) })
	r.Mount("/admin", admin)
	header.Get("/key", fallback)
	client.Post("/users", body)
}
""",
    ) == [
        Route("GET", "/articles/", "list", "r", 5),
        Route("DELETE", "/articles/{id}", "s.handleDelete", "r", 7),
        Route("PUT", "/articles/{id}/", "handleUpdate", "r", 9),
        Mount("/articles/comments", "comments.Routes", "r", 10),
        Route("GET", "/articles/raw", "", "r", 11),
        Route("PATCH", "/m", "patch", "r", 13),
        Mount("/tags", "s.tags", "r", 14),
        Route("GET", "/{%s}/x", "x", "r", 15),
        Route("GET", "/y", "y", "r.Route(computed)", 16),
        Mount("/admin", "admin", "r", 17),
    ]


def test_gorilla_routes_are_restricted_and_built_up():
    assert found(
        "github.com/gorilla/mux",
        """\
func routes() {
	r := mux.NewRouter()
	r.HandleFunc("/x", s.x).Methods("GET", http.MethodPost).Name("x")
	api := r.PathPrefix("/api").Subrouter()
	api.Handle("/y", y).Methods(http.MethodPut)
	reads := api.Methods("GET").Subrouter()
	reads.HandleFunc("/z", z)
	r.Methods("POST").
		Path("/w").
		HandlerFunc(w)
	r.PathPrefix("/files/").Handler(files)
	http.HandlerFunc(w)
}
""",
    ) == [
        Route("GET", "/x", "s.x", "r", 5),
        Route("POST", "/x", "s.x", "r", 5),
        Route("PUT", "/api/y", "y", "r", 7),
        Route("GET", "/api/z", "z", "r", 9),
        Route("POST", "/w", "w", "r", 12),
        Route("*", "/files/", "files", "r", 13),
    ]


def test_handlers_of_echo_come_before_middleware():
    assert found(
        "github.com/labstack/echo/v4",
        """\
func routes(e *echo.Echo) {
	g := e.Group("/v1", auth)
	g.GET("/users/:id", getUser, log)
	e.Add("POST", "/users", create)
	e.File("/favicon.ico", "icon.ico")
}
""",
    ) == [
        Route("GET", "/v1/users/:id", "getUser", "e", 5),
        Route("POST", "/users", "create", "e", 6),
        Route("GET", "/favicon.ico", "", "e", 7),
    ]


def test_macaron_closures_go_on_with_the_router():
    assert found(
        "gopkg.in/macaron.v1",
        """\
func routes() {
	m := setUp()
	m.Group("/user", func() {
		m.Get("", signIn, profile)
		m.Combo("/email").Get(emails).
			Post(bind(form.Email{}), addEmail)
	}, signIn)
	m.Get("/about", about)
}
""",
    ) == [
        Route("GET", "/user", "profile", "m", 6),
        Route("GET", "/user/email", "emails", "m", 7),
        Route("POST", "/user/email", "addEmail", "m", 8),
        Route("GET", "/about", "about", "m", 10),
    ]


def test_where_a_program_lies_is_no_part_of_its_paths():
    assert found(
        "github.com/go-chi/chi/v5",
        """\
func routes(r chi.Router, options Options) {
	r.Get(options.BaseURL+"/users", users)
	r.Route(path.Join(conf.BasePath, "/auth"), func(r chi.Router) { r.Post("/login", login) })
}
""",
    ) == [
        Route("GET", "/users", "users", "r", 4),
        Route("POST", "/auth/login", "login", "r", 5),
    ]


def test_requests_and_lookups_are_no_routes():
    text = """\
func run(c *gin.Context, client *resty.Client) {
	c.Get("user")
	c.Query("/x")
	http.Post("/x", "text/plain", body)
	client.R().Get("/users")
	cache.Get("/key", value)
	resp, err := api.Post("/users", strings.NewReader(text))
}
"""
    assert found("github.com/gin-gonic/gin", text) == []
    assert found("github.com/go-chi/chi/v5", text) == []
    assert found("net/http", text) == []


def test_files_without_a_framework_have_no_routes():
    assert found("example.com/own", 'func run() { r.GET("/x", y) }') == []


def test_what_tests_serve_is_no_route():
    assert GoRoutes().reads("api/users.go")
    assert not GoRoutes().reads("api/users_test.go")


def test_routers_that_are_made_of_each_other_come_to_an_end():
    chain = "".join(f'r{n} := r{n - 1}.Group("/a")\n' for n in range(1, 300))
    routes = found(
        "github.com/gin-gonic/gin",
        f'func run() {{\nr0 := gin.New()\n{chain}r5.GET("/x", y)\nr299.GET("/x", y)\n}}\n',
    )
    assert Route("GET", "/a/a/a/a/a/x", "y", "r0", 304) in routes
