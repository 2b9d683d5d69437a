"""Models of SQLAlchemy and SQLModel, and migrations of Alembic."""

from __future__ import annotations

from taskpar_ml.detectors.python_alembic import PythonAlembic
from taskpar_ml.detectors.python_sqlalchemy_models import PythonSqlalchemyModels
from taskpar_ml.domain.code_facts import Migration, Model, TableAction, TableUse
from tests.detectors.python_source import python


def models(text: str) -> list[Model]:
    """Return the models of a module, by their lines."""
    return sorted(PythonSqlalchemyModels().find(python(text)), key=lambda each: each.line)


def test_models_have_columns_by_their_names_in_the_database():
    assert models(
        """\
        class Base(DeclarativeBase):
            id: Mapped[int] = mapped_column(primary_key=True)

        class Stamps:
            created = Column(DateTime)

        class User(Stamps, Base):
            __tablename__ = "Users"
            name = db.Column("full_name", String)
            age: Mapped[int]
            items: Mapped[list["Item"]] = relationship(back_populates="user")
            posts: WriteOnlyMapped["Post"] = relationship()
            secret = deferred(Column(Text))
            limit = 3
        """
    ) == [Model("User", "users", ("age", "created", "full_name", "id", "secret"), 7)]


def test_a_table_may_be_named_by_custom():
    assert models(
        """\
        class Post(db.Model):
            id = db.Column(db.Integer)

        class Network(standard.HasAttributes, model_base.BASEV2):
            name = sa.Column(sa.String)

        class HasOwner(object):
            owner = sa.Column(sa.String)

        class OwnerMixin(Other):
            owner = sa.Column(sa.String)

        class Abstract(Base):
            __abstract__ = True
            id = sa.Column(sa.Integer)
        """
    ) == [Model("Post", "", ("id",), 1), Model("Network", "", ("name",), 4)]


def test_tables_without_classes_and_columns_under_other_names():
    assert models(
        """\
        from sqlalchemy.orm import mapped_column as _Column
        links = Table("app.links", metadata, Column("a_id", Integer), sa.Column("B_id"))
        reflected = Table("other", metadata, autoload_with=engine)

        class Study(Base):
            __tablename__ = "studies"
            study_id = _Column(Integer)
        """
    ) == [
        Model("links", "links", ("a_id", "b_id"), 2),
        Model("Study", "studies", ("study_id",), 5),
    ]


def test_of_sqlmodel_only_tables_are_models():
    assert models(
        """\
        class HeroBase(SQLModel):
            name: str = Field(index=True)

        class Hero(HeroBase, table=True):
            id: int | None = Field(default=None, primary_key=True)
            team: Team | None = Relationship(back_populates="heroes")

        class HeroPublic(HeroBase):
            id: int
        """
    ) == [Model("Hero", "", ("id", "name"), 4)]


def test_a_revision_follows_others_and_upgrading_changes_tables():
    found = PythonAlembic().find(
        python(
            """\
            revision: str = "c3"
            down_revision: Union[str, None] = ("a1", "b2")
            depends_on = "z9"
            USERS = "Users"

            def upgrade():
                op.create_table("app.items", sa.Column("ID"), sa.PrimaryKeyConstraint("ID"))
                op.add_column(USERS, sa.Column("age", sa.Integer))
                op.alter_column("users", "age", new_column_name="years")
                with op.batch_alter_table("groups", schema=None) as batch_op:
                    batch_op.drop_column("name")
                    batch_op.create_index(batch_op.f("ix"), ["id"], unique=True)
                op.create_foreign_key(None, "items", "users", ["user_id"], ["id"])
                op.drop_index("ix_a", table_name="users")
                op.rename_table("old", "new")
                op.drop_table("gone")
                for table in tables:
                    op.drop_column(table, "x")
                op.execute("UPDATE users SET age = 1")

            def downgrade():
                op.drop_table("items")
            """
        )
    )
    alter = TableAction.ALTER
    assert sorted(found, key=lambda each: each.line) == [
        Migration("c3", ("a1", "b2", "z9"), 1),
        TableUse("items", TableAction.CREATE, ("id",), 7),
        TableUse("users", alter, ("age",), 8),
        TableUse("users", alter, ("age", "years"), 9),
        TableUse("groups", alter, ("name",), 11),
        TableUse("groups", alter, ("id",), 12),
        TableUse("items", alter, ("user_id",), 13),
        TableUse("users", alter, (), 14),
        TableUse("old", alter, (), 15),
        TableUse("new", alter, (), 15),
        TableUse("gone", TableAction.DROP, (), 16),
    ]


def test_tables_that_a_migration_describes_are_no_models_and_other_files_no_migrations():
    text = 'revision = "a"\ndown_revision = None\nt = sa.Table("t", m, sa.Column("a"))\n'
    assert models(text) == []
    assert list(PythonAlembic().find(python('revision = "a"\nop.drop_table("t")\n'))) == []
