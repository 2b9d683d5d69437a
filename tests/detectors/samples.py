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

SAMPLES: Final[dict[str, bytes]] = {**PYTHON, **JAVASCRIPT}
"""Path to content."""
