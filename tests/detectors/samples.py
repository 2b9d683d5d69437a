"""One small file of each kind that detectors read, for what must hold of all of them."""

from __future__ import annotations

from typing import Final

import pytest

SHARES = pytest.mark.parametrize(
    "share", [4, pytest.param(1, marks=pytest.mark.long)], ids=["a part", "whole"]
)
"""What large contents are divided by, and the time for them: of the whole, four times as much."""

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

SQL: Final = {
    "db/schema.sql": b"""\
CREATE TABLE users (id serial PRIMARY KEY, team_id int REFERENCES teams (id));
UPDATE users SET team_id = t.id FROM (SELECT id FROM teams) AS t;
""",
    "db/migrations/0002_names.sql": b"""\
ALTER TABLE users ADD COLUMN name text;
""",
    "app/queries.py": b"""\
def find(table, name):
    return run(f"SELECT id FROM users WHERE name = {name} ORDER BY " + table)
""",
    "app/queries.ts": b"""\
export const all = () => sql`SELECT id FROM users WHERE name = ${name}`;
""",
    "app/queries.go": b"""\
package app

const all = `DELETE FROM users
WHERE id = $1`
""",
    "app/Queries.java": b"""\
class Queries {
    static final String ALL = "SELECT id FROM users " + "WHERE name = ?";
}
""",
}

INTERFACES: Final = {
    "api/openapi.yaml": b"""\
openapi: 3.1.0
servers: [{url: https://example.org/v1}]
paths:
  /users/{id}:
    get:
      operationId: getUser
""",
    "api/schema.graphql": b"""\
type User implements Node { id: ID! }
type Query { user(id: ID!): User }
""",
    "api/users.proto": b"""\
syntax = "proto3";
package app.v1;
import "common.proto";
message User { string name = 1; }
service Users {
  rpc Get(User) returns (stream User) {
    option (google.api.http) = { get: "/v1/users" };
  }
}
""",
}

RUNNING: Final = {
    "compose.yaml": b"""\
services:
  web:
    image: example/web:1
    container_name: web-1
    ports: ["${PORT:-8080}:80"]
    environment:
      MODE: fast
    depends_on: [db]
""",
    "deploy/web.yaml": b"""\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      nodePort: 30080
""",
    "Dockerfile": b"""\
FROM scratch
ENV PORT=8080 MODE="very fast"
EXPOSE $PORT 53/udp
""",
    ".env.example": b"""\
# Comment
export MODE='fast'
TOKEN=
""",
    ".github/workflows/ci.yml": b"""\
on: push
jobs:
  test:
    runs-on: ubuntu-latest
""",
    ".gitlab-ci.yml": b"""\
test:
  stage: check
  script: [make test]
""",
}

PACKAGES: Final = {
    "package.json": b"""\
{"dependencies": {"left-pad": "^1.0"}}
""",
    "package-lock.json": b"""\
{"packages": {"node_modules/left-pad": {"version": "1.0.1"}}}
""",
    "yarn.lock": b"""\
left-pad@^1.0:
  version "1.0.1"
""",
    "pnpm-lock.yaml": b"""\
packages:

  left-pad@1.0.1:
    resolution: {integrity: sha512-x}
""",
    "requirements.txt": b"""\
Django >=5  # web
""",
    "pyproject.toml": b"""\
[project]
dependencies = ["django>=5"]
""",
    "poetry.lock": b"""\
[[package]]
name = "django"
version = "5.2"
""",
    "Cargo.toml": b"""\
[dependencies]
serde = { version = "1" }
""",
    "go.mod": b"""\
module example.org/app

require (
\tgithub.com/go-chi/chi/v5 v5.2.0
)
""",
}

GO: Final = {
    "store/users.go": b"""\
package store

import (
	"net/http"
	"os"

	"github.com/go-chi/chi/v5"
	_ "github.com/lib/pq"
)

const limit = 10

type User struct {
	gorm.Model
	Name string `gorm:"column:full_name;size:200"`
}

func (User) TableName() string { return "users" }

func (s *Server) Routes(r chi.Router) error {
	dsn := os.Getenv("DATABASE_URL")
	r.Route("/users", func(r chi.Router) {
		r.Get("/{id}", s.find(dsn))
	})
	return http.ListenAndServe(":8080", r)
}
""",
    "store/users_test.go": b"""\
package store

import "testing"

func TestUsers(t *testing.T) {
	t.Run("no name", func(t *testing.T) {})
}
""",
}

JAVASCRIPT: Final = {
    "routes/users.js": b"""\
const express = require('express');
const { list } = require('./store');

const router = express.Router();

function show(req, res) {
  res.json(list());
}

router.get('/users/:id', show);
router.route('/users').get(list).post((req, res) => res.send(process.env.LIMIT));
router.use('/admin', require('./admin'));

module.exports = router;
""",
    "src/users.controller.ts": b"""\
import { Controller, Get } from '@nestjs/common';
import type { User } from './user';

@Controller('users')
export class UsersController extends Base implements Lists<User> {
  @Get(':id')
  async find(@Param('id') id: string): Promise<User> {
    return this.users.find(id);
  }
}

export const LIMIT = Number(import.meta.env.VITE_LIMIT ?? 3);
""",
    "src/Users.test.tsx": b"""\
import { render } from '@testing-library/react';
import { Users } from './Users';

describe('Users', () => {
  it.each([1, 2])('shows %d', (count) => {
    render(<Users count={count} />);
  });
});
""",
    "src/user.entity.ts": b"""\
@Entity({ name: 'users' })
export class User {
  @PrimaryGeneratedColumn()
  id: number;

  @Column({ length: 80 })
  email: string;
}
""",
    "migrations/001_users.js": b"""\
exports.up = (knex) => knex.schema.createTable('users', (table) => {
  table.increments('id');
  table.string('email').notNullable();
});
exports.down = (knex) => knex.schema.dropTable('users');
""",
    "prisma/schema.prisma": b"""\
model User {
  id    Int    @id
  email String @unique
  posts Post[]

  @@map("users")
}

model Post {
  id Int @id
}
""",
}

JAVA: Final = {
    "src/main/java/app/users/UserController.java": b"""\
package app.users;

import app.store.User;
import static java.util.Map.of;

@RestController
@RequestMapping("/users")
public class UserController extends Base implements Lists<User> {
    public static final String ONE = "/{id}";

    @GetMapping(ONE)
    public User find(@PathVariable String id) throws NotFound {
        return new Users(System.getenv("LIMIT")).find(id);
    }
}
""",
    "src/main/java/app/store/User.java": b"""\
package app.store;

@Entity
@Table(name = "people")
class User {
    @Id Long id;
    @Column(name = "full_name") String name;
    @ManyToOne Team team;
}
""",
    "src/test/java/app/store/UserTest.java": b"""\
package app.store;

class UserTest {
    @Nested
    class Names {
        @ParameterizedTest
        void areShort(String name) {}
    }
}
""",
}

RUST: Final = {
    "src/users.rs": b"""\
use crate::{schema::users, Error as Failed};

mod names;

pub const LIMIT: usize = 10;

#[derive(Queryable)]
#[diesel(table_name = users)]
pub struct User<T> {
    pub id: i32,
    #[diesel(column_name = full_name)]
    name: T,
}

impl<T> fmt::Display for User<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name())
    }
}

#[get("/users/{id}")]
async fn find(id: Path<i32>) -> impl Responder {
    std::env::var("LIMIT").map(|limit| query!("SELECT id FROM users WHERE id < $1", limit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn finds() {
        assert!(find(1).await.is_ok());
    }
}
""",
    "src/main.rs": b"""\
use axum::{routing::get, Router};

fn app() -> Router {
    let api = Router::new().route("/teams", get(list).post(add));
    Router::new().nest("/api", api).merge(users::router())
}
""",
}

RUBY: Final = {
    "app/models/admin/user.rb": b"""\
module Admin
  class User < ApplicationRecord
    self.table_name = "people"
    LIMIT = ENV.fetch("LIMIT", 3)
    attr_reader :name

    def self.find_all(of:, **rest)
      Group.where(id: of).map { |group| group.users.to_a }
    end

    private

    def secret = 1
  end
end
""",
    "config/routes.rb": b"""\
Rails.application.routes.draw do
  namespace :admin do
    resources :users, only: %i[index show] do
      get :lock, on: :member
      resource :profile, path: "me"
    end
  end
  scope "/:locale", module: "site" do
    match "about" => "pages#about", via: [:get, :post]
  end
  mount Sidekiq::Web => "/jobs"
  root "home#index"
end
""",
    "db/migrate/20240101000000_more.rb": b"""\
class More < ActiveRecord::Migration[7.1]
  def change
    create_table :groups do |t|
      t.string :name, null: false
      t.references :user
    end
    add_column "people", :age, :integer
  end
end
""",
    "spec/models/user_spec.rb": b"""\
require "rails_helper"
require_relative "../support/x"

RSpec.describe Admin::User do
  describe "#name" do
    it("is \\"good\\"") { expect(described_class.new.name).to be }
  end
end
""",
    "Gemfile": b"""\
source "https://rubygems.org"
gem "rails", "~> 7.1", ">= 7.1.2"
""",
    "Gemfile.lock": b"""\
GEM
  remote: https://rubygems.org/
  specs:
    rails (7.1.2)
      actionpack (= 7.1.2)
""",
}

PHP: Final = {
    "app/Models/Order.php": b"""\
<?php

namespace App\\Models;

use App\\Support\\{Money, Tax as Vat};
use Illuminate\\Database\\Eloquent\\Model;

final class Order extends Model implements Countable
{
    use HasFactory;

    public const LIMIT = 3;
    protected $table = 'orders_all';
    protected $fillable = ['name', 'total'];

    public function total(?int $at = null): Money
    {
        return Vat::add(new Line($this->lines->sum()), env('RATE', 1), $_ENV['X']);
    }
}
""",
    "routes/web.php": b"""\
<?php

use Illuminate\\Support\\Facades\\Route;

Route::prefix('admin')->middleware('auth')->group(function () {
    Route::get('/orders/{order}', [OrderController::class, 'show'])->name('order');
    Route::resource('users', UserController::class)->only(['index', 'update']);
    require __DIR__.'/more.php';
});
Route::match(['get', 'post'], 'search', 'SearchController@run');
""",
    "database/migrations/2024_01_01_000000_more.php": b"""\
<?php

return new class extends Migration
{
    public function up(): void
    {
        Schema::create('orders', function (Blueprint $table) {
            $table->id();
            $table->string('name')->nullable();
            $table->timestamps();
        });
    }

    public function down(): void
    {
        Schema::dropIfExists('orders');
    }
};
""",
    "tests/Feature/OrderTest.php": b"""\
<?php

class OrderTest extends TestCase
{
    public function test_total(): void {}

    #[Test]
    public function it_adds(): void {}
}

it('has a total', function () {});
""",
}

SAMPLES: Final[dict[str, bytes]] = {
    **PYTHON,
    **JAVASCRIPT,
    **GO,
    **JAVA,
    **RUST,
    **RUBY,
    **PHP,
    **SQL,
    **INTERFACES,
    **RUNNING,
    **PACKAGES,
}
"""Path to content."""
