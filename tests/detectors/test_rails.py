"""Routes, models and migrations of Rails."""

from __future__ import annotations

import pytest

from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.rails_routes import RailsRoutes
from taskpar_ml.detectors.rails_tables import RailsMigrations, RailsModels
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Migration, Model, Mount, Route, TableAction, TableUse


def source(text: str) -> Source:
    """Return a Ruby file."""
    return Source(text.encode(), Language.RUBY)


def routes(text: str, *, drawn: bool = True) -> list[str]:
    """Return routes as Rails lists them."""
    text = f"Rails.application.routes.draw do\n{text}\nend" if drawn else text
    found = RailsRoutes().find(source(text))
    return [f"{e.method} {e.path} {e.handler}" for e in found if isinstance(e, Route)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('get "about", to: "pages#about"', ["GET /about pages#about"]),
        ('get "/a" => "b#c", as: :x', ["GET /a b#c"]),
        ('get "admin/lock-all"', ["GET /admin/lock-all admin#lock_all"]),
        ('get "a", to: redirect("/b")', ["GET /a "]),
        ('match "a", to: "b#c", via: %i[get post]', ["GET /a b#c", "POST /a b#c"]),
        ('match "a", to: "b#c", via: :all', ["* /a b#c"]),
        ('root "home#index"', ["GET / home#index"]),
        ('get "/s/:id/(:title)" => "s#show"', ["GET /s/:id(/:title) s#show"]),
        ('get "#{x}/a", to: "b#c"', []),
        ('get "a", to: "b#c" if Rails.env.development?', ["GET /a b#c"]),
    ],
)
def test_verbs(written, expected):
    assert routes(written) == expected


def test_resources_have_their_seven_actions():
    assert routes("resources :photos") == [
        "GET /photos photos#index",
        "POST /photos photos#create",
        "GET /photos/new photos#new",
        "GET /photos/:id/edit photos#edit",
        "GET /photos/:id photos#show",
        "PATCH /photos/:id photos#update",
        "PUT /photos/:id photos#update",
        "DELETE /photos/:id photos#destroy",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("resource :profile, only: :show", ["GET /profile profiles#show"]),
        (
            "resources :a, only: [:index], path: 'b', controller: 'c'",
            ["GET /b c#index"],
        ),
        ("resources :a, only: :show, param: :slug", ["GET /a/:slug a#show"]),
        (
            "resources :users, only: [] do get :lock, on: :member end",
            ["GET /users/:id/lock users#lock"],
        ),
        (
            "resources :users, only: [] do member { get :lock } end",
            ["GET /users/:id/lock users#lock"],
        ),
        ("resources :users, only: [] do collection { get :all } end", ["GET /users/all users#all"]),
        ("resources :users, only: [] do get :lock end", ["GET /users/:user_id/lock users#lock"]),
        (
            "resources :categories, only: [] do resources :lines, only: :show end",
            ["GET /categories/:category_id/lines/:id lines#show"],
        ),
        (
            "resources :a_items, shallow: true, only: [] do\n"
            "resources :lines, only: %i[index show]\nend",
            ["GET /a_items/:a_item_id/lines lines#index", "GET /lines/:id lines#show"],
        ),
        ("namespace :admin do resources :a, only: :index end", ["GET /admin/a admin/a#index"]),
        ("namespace :admin, path: nil do get 'a', to: 'b#c' end", ["GET /a admin/b#c"]),
        ("scope '/:locale', module: 'm' do get 'a', to: 'b#c' end", ["GET /:locale/a m/b#c"]),
        ("scope path do get 'a', to: 'b#c' end", []),
        ("controller :home do get :about end", ["GET /about home#about"]),
        ("namespace :settings do get :account end", ["GET /settings/account settings#account"]),
        ("authenticate :user do get 'a', to: 'b#c' end", ["GET /a b#c"]),
        (
            "concern :lockable do get :lock, on: :member end\n"
            "resources :users, only: [], concerns: :lockable",
            ["GET /users/:id/lock users#lock"],
        ),
        ("with_options only: :index do resources :a end", ["GET /a a#index"]),
    ],
)
def test_scopes(written, expected):
    assert routes(written) == expected


def test_files_that_another_one_draws_and_engines_are_mounted():
    text = """\
Rails.application.routes.draw do
  scope "api" do
    draw(:admin)
  end
  mount Sidekiq::Web => "/jobs"
  mount Blog::Engine, at: "blog"
end
"""
    assert list(RailsRoutes().find(source(text))) == [
        Mount("/api", "./routes/admin", "", 3),
        Mount("/jobs", "Sidekiq::Web", "", 5),
        Mount("/blog", "Blog::Engine", "", 6),
    ]
    assert routes("namespace :admin do root 'home#index' end", drawn=False) == [
        "GET /admin admin/home#index"
    ]


def test_models_have_the_table_that_they_name():
    text = """\
class ApplicationRecord < ActiveRecord::Base
  self.abstract_class = true
end
module Admin
  class User < ApplicationRecord
    self.table_name = "people"
  end
end
class Cart < ActiveRecord::Base; end
class Line < Struct; end
class MainRecord < ActiveRecord::Base
  primary_abstract_class
end
"""
    assert list(RailsModels().find(source(text))) == [
        Model("Admin.User", "people", (), 5),
        Model("Cart", "", (), 9),
    ]


def test_migrations_change_tables_but_not_by_what_takes_them_back():
    text = """\
class More < ActiveRecord::Migration[7.1]
  def up
    create_table :groups do |t|
      t.string :name, :nick, null: false
      t.references :owner, polymorphic: true
      t.timestamps
      t.index :name
    end
    add_column "people", :age, :integer
    rename_table :a, :b
    add_index :people, %i[age name]
    create_join_table :users, :groups
    add_column TABLE, :x
  end
  def down
    drop_table :groups
  end
end
"""
    columns = ("created_at", "name", "nick", "owner_id", "owner_type", "updated_at")
    assert list(RailsMigrations().find(source(text))) == [
        Migration("", (), 1),
        TableUse("groups", TableAction.CREATE, columns, 3),
        TableUse("people", TableAction.ALTER, ("age",), 9),
        TableUse("a", TableAction.ALTER, (), 10),
        TableUse("b", TableAction.ALTER, (), 10),
        TableUse("people", TableAction.ALTER, ("age", "name"), 11),
        TableUse("groups_users", TableAction.CREATE, (), 12),
    ]


def test_a_schema_makes_tables_and_is_no_step():
    text = """\
ActiveRecord::Schema[7.1].define(version: 1) do
  create_table "a" do |t|
    t.text "b"
  end
end
"""
    assert list(RailsMigrations().find(source(text))) == [
        TableUse("a", TableAction.CREATE, ("b",), 2)
    ]
