"""Whole tables: create, drop, rename, comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kit_django.exceptions import NotSupported, OperationError, UnknownTable
from kit_django.schema.facts import ForeignKey
from tests.dumps import columns_in_any_order
from tests.schemas import facts_of, run

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema


def users(schema: Schema) -> None:
    with schema.create_table("users") as table:
        table.id()
        table.string("name", max_length=30)


def users_with_posts(schema: Schema) -> None:
    users(schema)
    with schema.create_table("posts") as table:
        table.id()
        table.foreign_id("user_id", references="users")
        table.foreign_id("editor_id", references="users", null=True)
        table.foreign_id("parent_id", references="posts", null=True)
    schema.run_sql("INSERT INTO users (name) VALUES ('a')")
    schema.run_sql("INSERT INTO posts (user_id) VALUES (1)")


def test_create(conform, connection):
    outcome = conform(users)
    assert [table.name for table in outcome.after] == ["users"]
    (table,) = outcome.after
    assert table.primary_key.columns == ("id",)
    kinds = {"sqlite": "autoincrement", "postgresql": "by default", "mysql": "auto_increment"}
    assert table.column("id").identity.kind == kinds[connection.vendor]
    assert not table.column("name").null


def test_create_if_not_exists_makes_what_is_not_there(conform):
    def change(schema):
        with schema.create_table("users", if_not_exists=True) as table:
            table.id()

    outcome = conform(change, irreversible="if_not_exists may not have made the table")
    assert outcome.after.find("users")


def test_create_if_not_exists_leaves_what_is_there(conform):
    def change(schema):
        with schema.create_table("users", if_not_exists=True) as table:
            table.uuid_id()

    outcome = conform(change, given=users, irreversible="if_not_exists")
    assert outcome.sql == []
    assert outcome.after == outcome.before


def test_create_refuses_what_is_there(refuse):
    refuse(users, OperationError, "There is a table 'users' already", given=users)


def test_create_refuses_a_table_without_columns(refuse):
    def change(schema):
        with schema.create_table("users"):
            pass

    refuse(change, OperationError, "says nothing")


@pytest.mark.databases("postgresql", "mysql")
def test_create_with_two_uniques_that_are_alike(conform):
    """Of two in one CREATE TABLE, PostgreSQL makes one."""

    def change(schema):
        with schema.create_table("t") as table:
            table.big_integer("id", primary_key=True, unique="beside_key")
            table.integer("a", unique="one")
            table.unique(["a"], name="other")

    (table,) = conform(change).after
    assert {unique.name for unique in table.uniques} == {"beside_key", "one", "other"}


@pytest.mark.databases("postgresql", "mysql")
def test_create_with_a_comment(conform):
    def change(schema):
        with schema.create_table("users", comment='it\'s 100% \\ "us"') as table:
            table.string("name", comment="50% `of` it's\nname")

    (table,) = conform(change).after
    assert table.comment == 'it\'s 100% \\ "us"'
    assert table.column("name").comment == "50% `of` it's\nname"


@pytest.mark.databases("postgresql", "mysql")
def test_comment(conform):
    def given(schema):
        with schema.create_table("users", comment="before") as table:
            table.string("name", comment="kept")

    outcome = conform(
        lambda schema: schema.comment_table("users", "after %s", was="before"), given=given
    )
    assert outcome.after.find("users").comment == "after %s"
    assert outcome.after.find("users").column("name").comment == "kept"


@pytest.mark.databases("postgresql", "mysql")
def test_comment_without_was(conform):
    conform(
        lambda schema: schema.comment_table("users", ""),
        given=users,
        irreversible="does not say what the comment was",
    )


@pytest.mark.databases("sqlite")
def test_comments_are_refused(refuse):
    def create(schema):
        with schema.create_table("t", comment="x") as table:
            table.id()

    refuse(create, NotSupported, r"SQLite has no comments on tables \(comment=\)")
    refuse(
        lambda schema: schema.comment_table("users", "x"),
        NotSupported,
        r"SQLite has no comments on tables \(comment=\)",
        given=users,
    )


def test_drop_with_what_it_was(conform):
    def change(schema):
        with schema.drop_table("users") as table:
            table.id()
            table.string("name", max_length=30)

    assert conform(change, given=users).after.tables == ()


def test_drop_without_what_it_was(conform):
    conform(
        lambda schema: schema.drop_table("users"),
        given=users,
        irreversible=r"with schema.drop_table\('users'\) as table",
    )


def test_drop_if_exists(conform, connection):
    outcome = conform(
        lambda schema: schema.drop_table("users", if_exists=True),
        given=users,
        irreversible="if_exists",
    )
    assert outcome.after.tables == ()
    run(connection, lambda schema: schema.drop_table("users", if_exists=True))


def test_drop_refuses_what_is_not_there(refuse):
    refuse(lambda schema: schema.drop_table("users"), UnknownTable, "no table 'users' to drop")


def test_drop_refuses_what_others_point_to(refuse):
    refuse(
        lambda schema: schema.drop_table("users"),
        OperationError,
        "'users' is what the foreign key 'posts_.*_id_foreign' of 'posts' points to",
        given=users_with_posts,
    )


def test_drop_a_table_that_points_to_itself(conform):
    def given(schema):
        with schema.create_table("nodes") as table:
            table.id()
            table.foreign_id("parent_id", references="nodes", null=True)

    outcome = conform(lambda schema: schema.drop_table("nodes"), given=given, irreversible="was")
    assert outcome.after.tables == ()


def test_drop_cascade_takes_foreign_keys_along(conform, connection):
    outcome = conform(
        lambda schema: schema.drop_table("users", cascade=True),
        given=users_with_posts,
        irreversible="cascade",
    )
    (posts,) = outcome.after
    before = outcome.before.find("posts")
    assert posts.columns == before.columns
    assert [key.to_table for key in posts.foreign_keys] == ["posts"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id FROM posts")
        assert cursor.fetchall() in ([(1,)], ((1,),))


def users_with_views(schema: Schema) -> None:
    users(schema)
    schema.run_sql("CREATE VIEW names AS SELECT name FROM users")
    schema.run_sql("CREATE VIEW short_names AS SELECT name FROM names")


@pytest.mark.databases("postgresql", "sqlite")
def test_drop_refuses_what_a_view_reads(refuse):
    refuse(lambda schema: schema.drop_table("users"), Exception, "names", given=users_with_views)


@pytest.mark.databases("postgresql", "sqlite")
def test_drop_cascade_takes_views_along(conform):
    outcome = conform(
        lambda schema: schema.drop_table("users", cascade=True),
        given=users_with_views,
        irreversible="cascade",
    )
    assert outcome.after.tables == ()


@pytest.mark.databases("sqlite")
def test_drop_refuses_what_a_trigger_uses(refuse):
    def given(schema):
        users_with_posts(schema)
        schema.run_sql("CREATE TABLE log (text)")
        schema.run_sql(
            "CREATE TRIGGER logged AFTER INSERT ON users BEGIN INSERT INTO log VALUES ('x'); END"
        )

    match = "the trigger 'logged' uses it"
    refuse(lambda schema: schema.drop_table("log"), OperationError, match, given=given)
    refuse(lambda schema: schema.drop_table("log", cascade=True), OperationError, match)


def test_rename(conform):
    outcome = conform(lambda schema: schema.rename_table("users", "people"), given=users_with_posts)
    assert {table.name for table in outcome.after} == {"people", "posts"}
    posts = outcome.after.find("posts")
    assert {key.to_table for key in posts.foreign_keys} == {"people", "posts"}
    assert posts.columns == outcome.before.find("posts").columns


def test_rename_a_table_that_points_to_itself(conform):
    outcome = conform(lambda schema: schema.rename_table("posts", "texts"), given=users_with_posts)
    assert {key.to_table for key in outcome.after.find("texts").foreign_keys} == {"users", "texts"}


def test_rename_and_change_in_one_migration(conform):
    """What is pretended sees the new names, of tables and of columns."""

    def change(schema):
        schema.rename_table("users", "people")
        with schema.alter_table("people") as table:
            table.rename("id", "number")
            table.change("number").integer().was.big_integer()
        with schema.create_table("pets") as table:
            table.id()
            table.foreign_id("owner_id", references="people")
        with schema.alter_table("posts") as table:
            table.foreign_id("reviewer_id", references="people", null=True)

    outcome = conform(change, given=users_with_posts)
    whole = outcome.after.find("people").column("number").type
    assert outcome.after.find("posts").column("user_id").type == whole
    keys: tuple[ForeignKey, ...] = outcome.after.find("posts").foreign_keys
    assert {key.to_columns for key in keys if key.to_table == "people"} == {("number",)}


def test_rename_refuses(refuse):
    refuse(
        lambda schema: schema.rename_table("users", "posts"),
        OperationError,
        "There is a table 'posts' already",
        given=users_with_posts,
    )
    refuse(lambda schema: schema.rename_table("nobody", "x"), UnknownTable, "no table 'nobody'")


@pytest.mark.databases("postgresql")
def test_tables_of_another_schema(conform, connection):
    def given(schema):
        schema.create_schema("audit")
        users(schema)

    def change(schema):
        with schema.create_table("audit.events", comment="who") as table:
            table.id()
            table.foreign_id("user_id", references="users")
            table.enum("kind", ["in", "out"])
        with schema.create_table("notes") as table:
            table.id()
            table.foreign_id("event_id", references="audit.events", on_delete="cascade")
        schema.rename_table("audit.events", "audit.actions")
        schema.comment_table("audit.actions", "what", was="who")

    outcome = conform(change, given=given)
    assert outcome.after.find("actions", "audit").comment == "what"
    (key,) = outcome.after.find("notes").foreign_keys
    assert (key.to_schema, key.to_table) == ("audit", "actions")
    with pytest.raises(OperationError, match="different schemas"):
        run(connection, lambda schema: schema.rename_table("audit.actions", "actions"))


@pytest.mark.databases("postgresql")
def test_drop_a_table_of_another_schema(conform):
    def given(schema):
        schema.create_schema("the other")
        with schema.create_table("the other.things") as table:
            table.id()

    def change(schema):
        with schema.drop_table("the other.things") as table:
            table.id()

    assert conform(change, given=given).after.tables == ()


def test_names_in_other_spellings(connection):
    """SQLite takes a name in any case, and the catalog must not keep an old picture of it."""
    run(connection, users)
    if connection.vendor != "sqlite":
        with pytest.raises(UnknownTable):
            run(connection, lambda schema: schema.rename_table("USERS", "people"))
        return

    def change(schema):
        assert schema.has_table("USERS")
        with schema.alter_table("USERS") as table:
            table.integer("age", null=True)
        assert schema.has_column("Users", "age")

    run(connection, change)
    (table,) = facts_of(connection)
    assert table.has_column("age")


def tags(schema):
    with schema.create_table("tags") as table:
        table.id()
        table.string("name", max_length=30, unique=True)
        table.unsigned_integer("stars", default=0)
        table.string("kind", max_length=9, index=True)
        table.foreign_id("parent_id", references="tags", null=True)
        table.check("stars < 6")
        table.index(["kind", "stars"], name="by_hand")


def test_a_table_can_be_made_under_the_name_that_another_had(conform, vendor):
    """What was named after it is named after its new name, and back."""

    def change(schema):
        schema.rename_table("tags", "labels")
        tags(schema)
        schema.drop_index("tags", "by_hand").was.index(["kind", "stars"])
        with schema.alter_table("labels") as table:
            table.drop_index(["kind"])
            table.drop_unique(["name"])
            if vendor != "mysql":  # where checks keep their names
                table.change("stars").integer().was.unsigned_integer()

    def given(schema):
        tags(schema)
        schema.rename_index("tags", "by_hand", "by_hand_1")

    after = conform(change, given=given, allowed=columns_in_any_order).after
    names = {index.name for index in after.find("labels").indexes}
    assert "by_hand_1" in names
    assert not any(name.startswith("tags") for name in names)
