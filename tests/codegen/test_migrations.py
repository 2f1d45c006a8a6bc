from __future__ import annotations

import ast

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit_django.codegen.scaffolding import source
from kit_django.codegen.scaffolding.columns import parse_column
from kit_django.codegen.scaffolding.names import class_name
from kit_django.codegen.source.rendering import Style
from kit_django.exceptions import UsageError
from kit_django.operations.builders.single import methods


def migration_source(name: str, *columns_and_options, **options) -> str:
    """What the command writes, in black's own style."""
    what = source.draft(name, *columns_and_options, **options)
    return Style(black.Mode()).format(source.migration_source(name, what))


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
        ("email:strng", "is of no known type. Did you mean string?"),
        ("email:longText", r'is of no known type. Write table.text\("name"\).'),
        ("email:bigInteger", "It is big_integer here."),
        ("user:references:users", "It is foreign here."),
        ("email:string:uniq", "did you mean unique?"),
        ("email:string:300:20", "What may stand here: null; unique"),
        ("email:string:300:max_length=20", "max_length is said twice"),
        ("price:decimal:10,x", "it has to be a whole number"),
        ("price:decimal:1,2,3", "there may be 2 here: max_digits, decimal_places"),
        ("price:decimal:2,4", "max_digits=2 has no room for 4 decimal places"),
        ("price:decimal:default=lots", "is nothing that the column can hold"),
        ("is_on:boolean:default=maybe", "is nothing that the column can hold"),
        ("is_on:boolean:null=maybe", "it has to be true or false"),
        ("kind:enum", "missing a required argument: 'values'"),
        ("kind:enum:book,cd:default=dvd", "is none of the enum's texts"),
        ("tags:json:default={", "is no JSON"),
        ("name:string:index=", "says nothing"),
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


SAID = {
    "title": 'string("title")',
    "title?": 'string("title", null=True)',
    "title:string:200": 'string("title", max_length=200)',
    "code:char:3:unique": 'char("code", length=3, unique=True)',
    "body:text?": 'text("body", null=True)',
    "price:decimal:10,2:default=0": (
        'decimal("price", max_digits=10, decimal_places=2, default=0)'
    ),
    "price:decimal:default=0.5": 'decimal("price", default="0.5")',
    "ratio:float:default=0.5": 'float("ratio", default=0.5)',
    "is_on:boolean:default=true": 'boolean("is_on", default=True)',
    "kind:enum:book,cd:default=cd": 'enum("kind", ["book", "cd"], default="cd")',
    "user:foreign:users:cascade": (
        'foreign_id("user_id", references="users", on_delete="cascade")'
    ),
    "boss_id:foreign?:hr.people:set_null:index=by_boss": (
        'foreign_id(\n    "boss_id",\n    null=True,\n    references="hr.people",\n'
        '    on_delete="set null",\n    index="by_boss",\n)'
    ),
    "owner_id:foreign_uuid:users:column=key": (
        'foreign_uuid("owner_id", references="users", column="key")'
    ),
    "tags:json": 'json("tags")',
    'tags:json:default={"a": [1, "b:c"]}': 'json("tags", default={"a": [1, "b:c"]})',
    "at:datetime?:index": 'datetime("at", null=True, index=True)',
    "at:datetime:default=now": 'datetime("at", use_current=True)',
    'at:time:default="12:30"': 'time("at", default="12:30")',
    """name:string:comment="it's: so\"""": """string("name", comment="it's: so")""",
    "data:binary:default=x": 'binary("data", default=b"x")',
    "id:uuid_id": 'uuid_id("id")',
    "größe:integer:check=größe > 0": 'integer("größe", check="größe > 0")',
}


@pytest.mark.parametrize("text", SAID)
def test_a_column_is_said_in_the_words_of_its_method(text: str) -> None:
    lines = body(migration_source("add_it_to_things", [text])).partition("\n\n")[0].splitlines()
    assert "\n".join(line.removeprefix(" " * 8) for line in lines[2:]) == f"table.{SAID[text]}"


def test_an_error_shows_the_place(capsys) -> None:
    with pytest.raises(UsageError) as raised:
        parse_column("price:decimal:10,x:index")
    assert str(raised.value).splitlines()[1:] == [
        "    price:decimal:10,x:index",
        "                  ^^^^",
    ]


def test_a_column_is_given_once() -> None:
    with pytest.raises(UsageError, match="The column 'a' is given twice"):
        migration_source("create_x_table", ["a:string", "a:text"])


def test_a_key_that_is_given_is_the_tables_own() -> None:
    made = migration_source("create_x_table", ["code:char:3:primary_key", "name"])
    assert "table.id()" not in made
    assert 'table.char("code", length=3, primary_key=True)' in made


def test_every_column_method_can_be_said_but_those_that_take_a_field() -> None:
    found = set(methods())
    assert found >= {"string", "decimal", "positive_integer", "foreign_id", "enum", "uuid_id"}
    assert found.isdisjoint({"generated", "column", "change", "timestamps"})


NAMES = {
    "create_flights": 'create_table("flights")',
    "create_flight_crews_table": 'create_table("flight_crews")',
    "update_users_table": 'alter_table("users")',
    "alter_users_table": 'alter_table("users")',
    "change_votes_in_users_table": 'alter_table("users")',
    "modify_votes_on_users": 'alter_table("users")',
    "create_index_on_users": "pass",
    "create_view_of_users": "pass",
    "create_function_slug": "pass",
    "update_everything": "pass",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_read_as_laravel_reads_them(name: str) -> None:
    first = body(migration_source(name)).splitlines()[1].strip()
    assert first.removeprefix("with schema.").removesuffix(" as table:") == NAMES[name]


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
        st.sampled_from(
            sorted(set(methods()) - {"enum", "foreign_id", "foreign_uuid", "soft_deletes"})
        ),
    )
    | st.tuples(words, st.just("foreign_id"), words.map("t_{}".format))
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
