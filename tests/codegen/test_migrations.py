from __future__ import annotations

import ast

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.codegen.scaffold import (
    MODIFIERS,
    class_name,
    migration_source,
    parse_column,
)
from kit_django.exceptions import UsageError
from kit_django.operations.definitions.column_types import methods_without_arguments


def body(source: str) -> str:
    """What stands below the class line, less its indentation."""
    import textwrap

    return textwrap.dedent(source.partition("(Migration):\n")[2])


GUESSES = {
    "create_users_table": """\
def up(self, schema: Schema) -> None:
    with schema.create_table("users") as table:
        table.id()
        table.timestamps()

def down(self, schema: Schema) -> None:
    schema.drop_table("users")
""",
    "add_email_to_users": """\
def up(self, schema: Schema) -> None:
    with schema.alter_table("users") as table:
        table.string("email", null=True)

def down(self, schema: Schema) -> None:
    with schema.alter_table("users") as table:
        table.drop("email")
""",
    "add_reply_to_id_and_nick_to_blog_comments_table": """\
def up(self, schema: Schema) -> None:
    with schema.alter_table("blog_comments") as table:
        table.string("reply_to_id", null=True)
        table.string("nick", null=True)

def down(self, schema: Schema) -> None:
    with schema.alter_table("blog_comments") as table:
        table.drop("nick")
        table.drop("reply_to_id")
""",
    "remove_nick_from_users_table": """\
def up(self, schema: Schema) -> None:
    with schema.alter_table("users") as table:
        table.drop("nick")

def down(self, schema: Schema) -> None:
    raise NotImplementedError("Say what the column was, then delete this.")
    with schema.alter_table("users") as table:
        table.string("nick", null=True)
""",
    "rename_nick_to_handle_in_users": """\
def up(self, schema: Schema) -> None:
    with schema.alter_table("users") as table:
        table.rename("nick", "handle")

def down(self, schema: Schema) -> None:
    with schema.alter_table("users") as table:
        table.rename("handle", "nick")
""",
    "rename_users_to_people_table": """\
def up(self, schema: Schema) -> None:
    schema.rename_table("users", "people")

def down(self, schema: Schema) -> None:
    schema.rename_table("people", "users")
""",
    "drop_users_table": """\
def up(self, schema: Schema) -> None:
    schema.drop_table("users")

def down(self, schema: Schema) -> None:
    raise NotImplementedError("Say what the table was, then delete this.")
    with schema.create_table("users") as table:
        table.id()
        table.timestamps()
""",
    "tidy_up": """\
def up(self, schema: Schema) -> None:
    pass
""",
}


@pytest.mark.parametrize("name", GUESSES)
def test_the_name_says_what_it_does(name: str) -> None:
    assert body(migration_source(name)) == GUESSES[name]


@pytest.mark.parametrize(
    ("name", "same_as"),
    [
        ("add_email_to_users_table", "add_email_to_users"),
        ("drop_nick_from_users", "remove_nick_from_users_table"),
        ("rename_nick_to_handle_in_users_table", "rename_nick_to_handle_in_users"),
        ("rename_nick_to_handle_on_users", "rename_nick_to_handle_in_users"),
        ("rename_users_to_people", "rename_users_to_people_table"),
        ("rename_users_table_to_people", "rename_users_to_people_table"),
    ],
)
def test_there_are_several_ways_to_say_it(name: str, same_as: str) -> None:
    assert body(migration_source(name)) == GUESSES[same_as]


def test_columns_that_are_given_are_taken_as_they_are() -> None:
    columns = ["email:string:unique", "age:integer:null:index", "user_id:foreign_id:users"]
    up = body(migration_source("add_things_to_posts", columns)).partition("\n\n")[0]
    assert up.splitlines()[2:] == [
        '        table.string("email", unique=True)',
        '        table.integer("age", null=True, index=True)',
        '        table.foreign_id("user_id", references="users")',
    ]


def test_a_dropped_column_that_is_given_comes_back() -> None:
    source = body(migration_source("drop_email_from_users", ["email:email:unique"]))
    assert "NotImplementedError" not in source
    assert source.endswith('        table.email("email", unique=True)\n')


def test_a_table_can_be_said_apart_from_the_name() -> None:
    assert 'schema.create_table("people")' in migration_source("tidy_up", create="people")
    assert 'schema.alter_table("people")' in migration_source("tidy_up", table="people")
    added = migration_source("tidy_up", ["nick"], table="people")
    assert 'table.string("nick")' in added
    assert 'table.drop("nick")' in added
    overridden = migration_source("add_email_to_users", table="audit.people")
    assert 'schema.alter_table("audit.people")' in overridden
    assert 'table.string("email", null=True)' in overridden


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("create_posts_table", "CreatePostsTable"),
        ("add__x2_to_y_", "AddX2ToY"),
        ("none", "NoneMigration"),
        ("schema", "SchemaMigration"),
        ("migration", "MigrationMigration"),
    ],
)
def test_classes_have_camel_case_names_that_are_free(name: str, expected: str) -> None:
    assert class_name(name) == expected


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "cannot be a migration's name"),
        ("a/b", "cannot be a migration's name"),
        ("../x", "cannot be a migration's name"),
        ("a'b", "cannot be a migration's name"),
        ('a"b', "cannot be a migration's name"),
        ("a\nb", "cannot be a migration's name"),
        ("a\n", "cannot be a migration's name"),
        ("größe", "cannot be a migration's name"),
        ("CreateUsers", "cannot be a migration's name"),
        ("create users", "cannot be a migration's name"),
        ("2fa", "cannot be a migration's name"),
        ("-x", "cannot be a migration's name"),
        ("class", "is a word of Python's"),
        ("x" * 101, "has 101 characters. Use at most 100"),
    ],
)
def test_a_name_that_no_file_can_have_is_refused(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as raised:
        migration_source(name)
    assert raised.value.exit_code == 2
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (":string", "is no column"),
        ("a b:string", "is no column"),
        ('a"b', "is no column"),
        ("email:strng", "is of no known type"),
        ("email:string:uniq", "which is none of index, null, nullable, unique"),
        ("user_id:foreign_id", "must say which table it refers to"),
        ("user_id:foreign_id:unique", "must say which table it refers to"),
        ("user_id:foreign_id:a'b", "must say which table it refers to"),
    ],
)
def test_a_column_that_cannot_be_understood_is_refused(column: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_column(column)


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(UsageError, match="do not go together"):
        migration_source("tidy_up", create="a", table="b")
    with pytest.raises(UsageError, match="does not say which table"):
        migration_source("tidy_up", ["nick"])
    with pytest.raises(UsageError, match="cannot be a table's name"):
        migration_source("tidy_up", table='x"; import os')


def test_a_column_method_that_takes_a_name_alone_is_a_type() -> None:
    found = set(methods_without_arguments())
    assert found >= {"string", "decimal", "positive_integer", "foreign_id", "foreign_uuid"}
    assert found.isdisjoint({"enum", "generated", "column", "id", "uuid_id", "soft_deletes"})


words = st.from_regex(r"[a-z][a-z0-9_]{0,59}", fullmatch=True)
long_names = st.one_of(
    st.builds("create_{}_table".format, words),
    st.builds("drop_{}_table".format, words),
    st.builds("add_{}_to_{}".format, words, words),
    st.builds("remove_{}_from_{}".format, words, words),
    st.builds("rename_{}_to_{}_in_{}".format, words, words, words),
    st.builds("rename_{}_to_{}".format, words, words),
    words,
).filter(lambda name: len(name) <= 100)
columns = st.builds(
    ":".join,
    st.tuples(
        words,
        st.sampled_from(sorted(set(methods_without_arguments()) - {"foreign_id", "foreign_uuid"})),
    )
    | st.tuples(words, st.just("foreign_id"), words.filter(lambda each: each not in MODIFIERS))
    | st.tuples(words, st.just("string"), st.just("unique"), st.just("null")),
)


@given(long_names, st.lists(columns, max_size=3), st.none() | words)
def test_whatever_is_made_compiles_and_is_as_black_has_it(
    name: str, given_columns: list[str], table: str | None
) -> None:
    try:
        source = migration_source(name, given_columns, table=table)
    except UsageError:
        return
    ast.parse(source)
    assert black.format_str(source, mode=black.Mode()) == source
