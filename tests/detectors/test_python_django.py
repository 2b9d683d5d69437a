"""URLs, views, models and migrations of Django."""

from __future__ import annotations

from taskpar_ml.detectors.python_django_migrations import PythonDjangoMigrations
from taskpar_ml.detectors.python_django_models import PythonDjangoModels
from taskpar_ml.detectors.python_django_urls import PythonDjangoUrls
from taskpar_ml.detectors.python_django_views import PythonDjangoViews
from taskpar_ml.domain.code_facts import Migration, Model, Mount, Route, TableAction, TableUse
from tests.detectors.python_source import python


def test_patterns_lead_to_views_and_to_other_lists():
    found = PythonDjangoUrls().find(
        python(
            """\
            from django.urls import include, path, re_path
            router = routers.DefaultRouter()
            router.register(r"users", views.UserViewSet, basename="user")
            urlpatterns = [
                path("", views.index, name="index"),
                re_path(r"^old/(?P<pk>\\d+)/$", login_required(Old.as_view(x=1))),
                path(_("about/"), cache_page(60)(about)),
                path("blog/", include("blog.urls")),
                path("v1/", include((router.urls, "v1"), namespace="v1")),
                path("admin/", admin.site.urls),
                path("shop/", include([
                    path("cart/", views.cart),
                    path("items/", ItemViewSet.as_view({"get": "list", "post": "create"})),
                    *more_patterns,
                ])),
                path("legacy/", "shop.views.legacy"),
                path("lambda/", lambda request: None),
                path(f"{settings.BASE}x/", view=views.x),
            ]
            urlpatterns += router.urls + static_patterns
            """
        )
    )
    assert sorted(found, key=lambda each: (each.line, each)) == [
        Mount("users", "views.UserViewSet", "router", 3),
        Route("*", "", "views.index", "urlpatterns", 5),
        Route("*", "^old/(?P<pk>\\d+)/$", "Old", "urlpatterns", 6),
        Route("*", "about/", "about", "urlpatterns", 7),
        Mount("blog/", "blog.urls", "urlpatterns", 8),
        Mount("v1/", "router", "urlpatterns", 9),
        Mount("admin/", "admin.site.urls", "urlpatterns", 10),
        Route("*", "shop/cart/", "views.cart", "urlpatterns", 12),
        Route("GET", "shop/items/", "ItemViewSet.list", "urlpatterns", 13),
        Route("POST", "shop/items/", "ItemViewSet.create", "urlpatterns", 13),
        Mount("shop/", "more_patterns", "urlpatterns", 14),
        Route("*", "legacy/", "shop.views.legacy", "urlpatterns", 16),
        Route("*", "lambda/", "", "urlpatterns", 17),
        Route("*", "{settings.BASE}x/", "views.x", "urlpatterns", 18),
        Mount("", "router", "urlpatterns", 20),
        Mount("", "static_patterns", "urlpatterns", 20),
    ]


def test_calls_of_the_same_names_are_no_routes_elsewhere():
    text = """
        from django.urls import reverse
        path(one)
        os.path("a", "b")
        admin.site.register("x", Y)
        urls = page.urls
        """
    assert list(PythonDjangoUrls().find(python(text))) == []
    assert list(PythonDjangoUrls().find(python('path("a", b)\nurl("x", y)\n'))) == []


def test_a_view_set_answers_what_it_inherits_and_what_it_defines():
    found = PythonDjangoViews().find(
        python(
            """\
            class Base(mixins.CreateModelMixin, viewsets.GenericViewSet):
                lookup_field = "slug"

            class Users(Base):
                def retrieve(self, request, slug): ...

                @action(detail=True, methods=["post", "delete"], url_path="lock")
                def set_lock(self, request, slug): ...

                @action(detail=False)
                def recent(self, request): ...

            class Log(viewsets.ReadOnlyModelViewSet):
                http_method_names = ["get"]
            """
        )
    )
    assert sorted((r.router, r.method, r.path, r.handler, r.line) for r in found) == [
        ("Base", "POST", "/", "Base.create", 1),
        ("Log", "GET", "/", "Log.list", 13),
        ("Log", "GET", "/{pk}/", "Log.retrieve", 13),
        ("Users", "DELETE", "/{slug}/lock/", "Users.set_lock", 7),
        ("Users", "GET", "/recent/", "Users.recent", 10),
        ("Users", "GET", "/{slug}/", "Users.retrieve", 5),
        ("Users", "POST", "/", "Users.create", 4),
        ("Users", "POST", "/{slug}/lock/", "Users.set_lock", 7),
    ]


def test_views_answer_the_verbs_that_their_methods_are_called_after():
    found = PythonDjangoViews().find(
        python(
            """\
            @api_view(["GET", "PUT"])
            def one(request, pk): ...

            @api_view()
            def status(request): ...

            class Items(generics.ListCreateAPIView):
                def post(self, request): ...

            class Page(View):
                def get(self, request, *args): ...
                def put(self): ...
            """
        )
    )
    assert sorted(found, key=lambda each: (each.line, each.method)) == [
        Route("GET", "", "one", "one", 1),
        Route("PUT", "", "one", "one", 1),
        Route("GET", "", "status", "status", 4),
        Route("GET", "", "Items.get", "Items", 7),
        Route("POST", "", "Items.post", "Items", 8),
        Route("GET", "", "Page.get", "Page", 11),
    ]


def test_models_have_fields_and_the_table_that_meta_names():
    found = PythonDjangoModels().find(
        python(
            """\
            from django.db import models
            from shop.base import Stamped

            class Base(models.Model):
                created = models.DateTimeField(auto_now_add=True)
                class Meta:
                    abstract = True

            class User(Base):
                Name = models.CharField(max_length=3)
                group = ForeignKey("Group", on_delete=models.CASCADE)
                objects = UserManager()
                class Meta(Base.Meta):
                    db_table = '"app"."people"'

            class Admin(User):
                class Meta:
                    proxy = True

            class Event(Stamped):
                at = models.DateTimeField()

            class UserForm(forms.ModelForm):
                name = forms.CharField()

            class UserSerializer(serializers.ModelSerializer):
                name = serializers.CharField()
            """
        )
    )
    assert list(found) == [
        Model("User", "people", ("created", "group", "name"), 9),
        Model("Event", "", ("at",), 20),
    ]


def test_migrations_depend_on_others_and_change_models():
    found = PythonDjangoMigrations().find(
        python(
            """\
            class Migration(migrations.Migration):
                dependencies = [
                    ("auth", "0001_initial"),
                    migrations.swappable_dependency(settings.AUTH_USER_MODEL),
                    ("shop", "0002_more"),
                ]
                operations = [
                    migrations.CreateModel(
                        name="Order",
                        fields=[("id", models.AutoField()), ("total", models.IntegerField())],
                    ),
                    migrations.AddField(model_name="order", name="Paid", field=F()),
                    migrations.RenameField("order", "paid", "done"),
                    migrations.RenameModel("Cart", "Basket"),
                    migrations.DeleteModel(name="Old"),
                    AddIndexConcurrently("order", models.Index(fields=["paid"])),
                    migrations.AlterModelOptions(name="order", options={}),
                    migrations.RunPython(forwards),
                ]
            """
        )
    )
    alter = TableAction.ALTER
    assert sorted(found, key=lambda each: each.line) == [
        Migration("", ("auth.0001_initial", "shop.0002_more"), 1),
        TableUse("order", TableAction.CREATE, ("id", "total"), 8),
        TableUse("order", alter, ("paid",), 12),
        TableUse("order", alter, ("done", "paid"), 13),
        TableUse("cart", alter, (), 14),
        TableUse("basket", alter, (), 14),
        TableUse("old", TableAction.DROP, (), 15),
        TableUse("order", alter, (), 16),
    ]
