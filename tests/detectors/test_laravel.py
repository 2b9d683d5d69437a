"""Routes, models and migrations of Laravel."""

from __future__ import annotations

import pytest

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.laravel_routes import LaravelRoutes
from taskpar_ml.detectors.laravel_tables import LaravelMigrations, LaravelModels
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Migration, Model, Mount, Route, TableAction, TableUse


def source(text: str) -> Source:
    """Return a PHP file."""
    return Source(f"<?php\n{text}".encode(), Language.PHP)


def routes(text: str) -> list[str]:
    """Return methods, paths and handlers."""
    found = LaravelRoutes().find(source(text))
    return [f"{e.method} {e.path} {e.handler}" for e in found if isinstance(e, Route)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Route::get('/a/{id}', [A::class, 'b'])->name('x');", ["GET /a/{id} A@b"]),
        ("Route::post('a', 'A@b');", ["POST /a A@b"]),
        ("Route::get('a', A::class);", ["GET /a A"]),
        ("Route::get('/', fn () => view('a'));", ["GET / "]),
        ("Route::match(['get', 'post'], 'a', 'A@b');", ["GET /a A@b", "POST /a A@b"]),
        ("Route::any('a', 'A@b');", ["* /a A@b"]),
        ("Route::view('a', 'pages.a');", ["GET /a "]),
        ("Route::middleware('x')->prefix('p')->get('a', 'A@b');", ["GET /p/a A@b"]),
        ("Route::get($path, 'A@b');", []),
        ("Cache::get('a');", []),
        (
            "Route::prefix('p')->group(function () { Route::get('a', 'A@b'); });",
            ["GET /p/a A@b"],
        ),
        (
            "Route::group(['prefix' => 'p'], function () {"
            " Route::group(['middleware' => 'm'], fn () => Route::get('a', 'A@b')); });",
            ["GET /p/a A@b"],
        ),
        ("Route::prefix(config('p'))->group(function () { Route::get('a', 'A@b'); });", []),
        (
            "Route::controller(A::class)->group(function () { Route::get('a', 'b'); });",
            ["GET /a A@b"],
        ),
    ],
)
def test_routes_and_groups(written, expected):
    assert routes(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "Route::resource('photos', P::class);",
            [
                "GET /photos P@index",
                "GET /photos/create P@create",
                "POST /photos P@store",
                "GET /photos/{photo} P@show",
                "GET /photos/{photo}/edit P@edit",
                "PUT /photos/{photo} P@update",
                "PATCH /photos/{photo} P@update",
                "DELETE /photos/{photo} P@destroy",
            ],
        ),
        (
            "Route::apiResource('a-items', P::class)->except('index', 'store')->only(['show']);",
            ["GET /a-items/{a_item} P@show"],
        ),
        (
            "Route::resource('a.comments', P::class)->only('show')->parameters(['a' => 'b']);",
            ["GET /a/{b}/comments/{comment} P@show"],
        ),
        (
            "Route::resource('a.comments', P::class, ['only' => ['index', 'show']])->shallow();",
            ["GET /a/{a}/comments P@index", "GET /comments/{comment} P@show"],
        ),
        (
            "Route::apiResources(['a' => A::class, 'b' => B::class], ['only' => 'index']);",
            ["GET /a A@index", "GET /b B@index"],
        ),
        (
            "Route::apiSingleton('profile', P::class);",
            ["GET /profile P@show", "PUT /profile P@update", "PATCH /profile P@update"],
        ),
    ],
)
def test_resources(written, expected):
    assert routes(written) == expected


def test_files_of_routes_are_mounted_where_they_are_loaded():
    text = """\
return Application::configure(basePath: dirname(__DIR__))
    ->withRouting(
        web: __DIR__.'/../routes/web.php',
        api: __DIR__.'/../routes/api.php',
        then: function () {
            Route::prefix('admin')->group(base_path('routes/admin.php'));
        },
    )->create();
"""
    assert list(LaravelRoutes().find(source(text))) == [
        Mount("", "./../routes/web.php", "", 4),
        Mount("/api", "./../routes/api.php", "", 5),
        Mount("/admin", "routes/admin.php", "", 7),
    ]
    inner = "Route::prefix('a')->group(function () { require __DIR__.'/b.php'; });"
    assert list(LaravelRoutes().find(source(inner))) == [Mount("/a", "./b.php", "", 2)]


def test_a_model_with_a_base_of_its_own_is_known_by_what_it_may_fill():
    text = """\
use App\\Model;
class Order extends Model {
    const FEW = 1;
    const MANY = 2, TABLE = 'all_orders';
    protected $table = self::TABLE;
    protected $fillable = ['name'];
}
class Line extends Base {
    protected $table = Order::TABLE;
    protected $fillable = ['number'];
}
"""
    assert list(LaravelModels().find(source(text))) == [
        Model("Order", "all_orders", ("name",), 3),
        Model("Line", "", ("number",), 9),
    ]


def test_models_have_the_columns_that_they_name():
    text = """\
use Illuminate\\Database\\Eloquent\\Model;
class Order extends Model
{
    protected $table = 'all_orders';
    protected $fillable = ['name', 'total'];
    protected $casts = ['added_by_a_query' => 'boolean'];
    protected $hidden = ['a_relation'];
    protected $dates = ['paid_at'];
}
class OrderUser extends Pivot {}
class Plain extends Model {}
abstract class Base extends Model {}
class Other extends Controller {}
#[Table('orders_of_users', key: 'uuid')]
#[Fillable(['name']), Hidden('Token')]
class Said extends Model {}
#[Table(name: 'named')]
class Named extends Model {}
"""
    assert list(LaravelModels().find(source(text))) == [
        Model("Order", "all_orders", ("name", "paid_at", "total"), 3),
        Model("OrderUser", "order_user", (), 11),
        Model("Plain", "", (), 12),
        Model("Said", "orders_of_users", ("name",), 15),
        Model("Named", "named", (), 18),
    ]


def test_migrations_change_tables_but_not_by_what_takes_them_back():
    text = """\
return new class extends Migration
{
    public function up(): void
    {
        Schema::create('orders', function (Blueprint $table) {
            $table->id();
            $table->foreignId('user_id')->constrained();
            $table->string('Name', 100);
            $table->morphs('owner');
            $table->timestamps();
            $table->index(['name']);
        });
        Schema::connection('x')->table('users', function (Blueprint $table) {
            $table->dropColumn(['a', 'b']);
            $table->renameColumn('c', 'd');
        });
        Schema::rename('e', 'f');
        Schema::table($name, fn ($table) => $table->string('g'));
    }

    public function down(): void
    {
        Schema::dropIfExists('orders');
    }
};
"""
    columns = ("created_at", "id", "name", "owner_id", "owner_type", "updated_at", "user_id")
    assert list(LaravelMigrations().find(source(text))) == [
        Migration("", (), 2),
        TableUse("orders", TableAction.CREATE, columns, 6),
        TableUse("users", TableAction.ALTER, ("a", "b", "c", "d"), 14),
        TableUse("e", TableAction.ALTER, (), 18),
        TableUse("f", TableAction.ALTER, (), 18),
    ]
