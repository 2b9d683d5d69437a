"""One small file of each kind that detectors read, for what must hold of all of them."""

from __future__ import annotations

from typing import Final

PYTHON: Final = {
    "app/users.py": b"""\
from __future__ import annotations

import os.path
from .models import User as Person

LIMIT = 10


@cached
class Users(Base):
    async def find(self, name: str) -> Person:
        return self.session.query(Person).get(name)
""",
    "app/web.py": b"""\
import os
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount, Route
from . import users

app = FastAPI(routes=[Mount("/static", static), Route("/health", health)])
router = APIRouter(prefix=os.environ["PREFIX"], tags=["x"])
items = APIRouter(prefix="/items")
app.include_router(users.router, prefix=f"{BASE}/users")


@router.api_route("/{name}", methods=["GET", "DELETE"])
def one(name: str): ...
""",
    "app/urls.py": b"""\
from django.urls import include, path
from rest_framework import routers, viewsets
from rest_framework.decorators import action

router = routers.DefaultRouter()
router.register("users", UserViewSet)
urlpatterns = [path("api/", include(router.urls)), path("", views.index)]


class UserViewSet(viewsets.ModelViewSet):
    @action(detail=True, methods=["post"])
    def lock(self, request, pk): ...
""",
    "app/models.py": b"""\
from django.db import models
from sqlalchemy import Column


class User(models.Model):
    name = models.CharField(max_length=20)

    class Meta:
        db_table = "people"


class Group(Base):
    __tablename__ = "groups"
    id = Column("group_id", primary_key=True)
    users: Mapped[list[User]] = relationship()
""",
    "app/migrations/0002_more.py": b"""\
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("app", "0001_initial")]
    operations = [migrations.AddField("user", "age", models.IntegerField())]
""",
    "versions/abc_more.py": b"""\
revision: str = "abc"
down_revision = ("aaa", "bbb")


def upgrade():
    op.create_table("users", sa.Column("id"), schema="app")
    with op.batch_alter_table("groups") as batch:
        batch.drop_column("name")


def downgrade():
    op.drop_table("users")
""",
    "tests/test_users.py": b"""\
class TestUsers:
    @pytest.mark.parametrize("x", [1])
    def test_find(self, x): ...


def test_all(monkeypatch):
    monkeypatch.setenv("DEBUG", "1")
""",
}

SAMPLES: Final[dict[str, bytes]] = {**PYTHON}
"""Path to content."""
