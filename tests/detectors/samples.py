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

SAMPLES: Final[dict[str, bytes]] = {**PYTHON, **GO}
"""Path to content."""
