"""Which models and migrations are found in JavaScript, TypeScript and Prisma files."""

from __future__ import annotations

from taskpar_ml.detectors.javascript_migrations import JavaScriptMigrations
from taskpar_ml.detectors.javascript_models import JavaScriptModels
from taskpar_ml.detectors.languages import Language
from taskpar_ml.detectors.prisma_models import PrismaModels
from taskpar_ml.detectors.source import Source
from taskpar_ml.domain.code_facts import Migration, Model, TableAction, TableUse


def models(text: str) -> list[Model]:
    """Return the models of a file."""
    return list(JavaScriptModels().find(Source(text.encode(), Language.TYPESCRIPT)))


def changes(text: str) -> list[Migration | TableUse]:
    """Return the migrations of a file and what they do to tables."""
    return list(JavaScriptMigrations().find(Source(text.encode(), Language.TYPESCRIPT)))


def test_entities_have_the_members_that_are_columns_or_relations():
    assert models(
        """\
@Entity("users") export class User extends Base {
  @PrimaryGeneratedColumn() id: number;
  @Column({ length: 80 }) email: string;
  @ManyToOne(() => Team, (team) => team.users)
  team: Team;
  cached: string;
  @BeforeInsert() hash() {}
}
@Entity({ schema: "s", name: "teams" })
class Team {}
@Entity()
export default class Plain {}
@Injectable() class None { @Column() x: string }
"""
    ) == [
        Model("User", "users", ("email", "id", "team"), 1),
        Model("Team", "teams", (), 9),
        Model("Plain", "", (), 11),
    ]


def test_models_of_sequelize_are_defined_or_initialized():
    assert models(
        """\
import { Sequelize, Model } from 'sequelize';
const User = sequelize.define('User', { name: STRING, age: { type: INTEGER } });
Post.init({ title: STRING }, { sequelize, tableName: 'posts' });
app.init({ a: 1 }, { b: 2 });
"""
    ) == [Model("User", "", ("age", "name"), 2), Model("Post", "posts", ("title",), 3)]


def test_models_of_mongoose_have_the_fields_of_their_schema():
    assert models(
        """\
const mongoose = require('mongoose');
const schema = new mongoose.Schema({ name: String, tags: [String] }, { timestamps: true });
module.exports = mongoose.model('User', schema);
const Known = mongoose.model('User');
"""
    ) == [Model("User", "", ("name", "tags"), 3)]


def test_migrations_of_knex_make_change_and_drop_tables():
    assert changes(
        """\
exports.up = (knex) => knex.schema
  .withSchema('s')
  .createTable('Users', (table) => {
    table.increments('id');
    table.string('email').notNullable();
    table.index('email');
  })
  .alterTable('teams', function (t) { t.dropColumn('Old') });
exports.down = async function (knex) { await knex.schema.dropTableIfExists('users') };
"""
    ) == [
        Migration("", (), 1),
        TableUse("users", TableAction.CREATE, ("email", "id"), 3),
        TableUse("teams", TableAction.ALTER, ("old",), 8),
        TableUse("users", TableAction.DROP, (), 9),
    ]


def test_migrations_of_sequelize_name_tables_and_columns():
    assert changes(
        """\
module.exports = {
  async up(queryInterface, Sequelize) {
    await queryInterface.createTable('Users', { id: { type: 1 }, email: 2 });
    await queryInterface.addColumn('teams', 'size', { type: 3 });
  },
  async down(queryInterface) {},
};
"""
    ) == [
        Migration("", (), 2),
        TableUse("users", TableAction.CREATE, ("email", "id"), 3),
        TableUse("teams", TableAction.ALTER, ("size",), 4),
    ]


def test_migrations_of_typeorm_are_called_like_their_class():
    assert changes(
        """\
export class AddUsers1700000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
    await queryRunner.createTable(new Table({ name: "users", columns: [{ name: "id" }] }));
    await queryRunner.addColumn("teams", new TableColumn({ name: "size", type: "int" }));
  }
}
"""
    ) == [
        Migration("AddUsers1700000000000", (), 1),
        TableUse("users", TableAction.CREATE, ("id",), 3),
        TableUse("teams", TableAction.ALTER, ("size",), 4),
    ]


def test_tables_of_other_things_are_none():
    assert changes("const schema = 1; view.createTable('x', f); console.table('y'); up();") == []


def test_models_of_prisma_have_their_columns_but_no_relations():
    text = """\
enum Role { ADMIN }
model User {
  id    Int    @id
  // note here
  email String @unique
  role  Role
  posts Post[]

  @@map("users")
}

model Post {
  id     Int  @id
  author User @relation(fields: [authorId], references: [id])
  authorId Int
}
"""
    assert list(PrismaModels().find(Source(text.encode(), None))) == [
        Model("User", "users", ("email", "id", "role"), 2),
        Model("Post", "", ("authorId", "id"), 12),
    ]
