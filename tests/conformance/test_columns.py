"""Columns of all types and with all modifiers, in new tables and in those that are there."""

from __future__ import annotations

import datetime
import decimal
from typing import TYPE_CHECKING

import pytest
from django.contrib.postgres.fields import ArrayField, HStoreField, IntegerRangeField
from django.db import DatabaseError, IntegrityError, models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Now, Upper

from kit_django.exceptions import NotSupported, OperationError
from kit_django.fields import DatabaseTypeField
from tests.schemas import facts_of, run

if TYPE_CHECKING:
    from kit_django.operations.schema import Schema


def plain(schema: Schema) -> None:
    with schema.create_table("plain") as table:
        table.integer("one", default=1)
        table.string("two", max_length=20, null=True)
    schema.run_sql("INSERT INTO plain (two) VALUES ('x')")


def of_all_types(table) -> None:
    table.string("string", max_length=30, null=True)
    table.char("char", length=3, null=True)
    table.text("text", null=True)
    table.email("email", max_length=100, null=True)
    table.url("url", max_length=100, null=True)
    table.slug("slug", max_length=40, null=True)
    table.small_integer("small_integer", null=True)
    table.integer("integer", null=True)
    table.big_integer("big_integer", null=True)
    table.unsigned_small_integer("unsigned_small_integer", null=True)
    table.unsigned_integer("unsigned_integer", null=True)
    table.unsigned_big_integer("unsigned_big_integer", null=True)
    table.positive_small_integer("positive_small_integer", null=True)
    table.positive_integer("positive_integer", null=True)
    table.positive_big_integer("positive_big_integer", null=True)
    table.boolean("boolean", null=True)
    table.decimal("decimal", max_digits=10, decimal_places=3, null=True)
    table.float("float", null=True)
    table.date("date", null=True)
    table.datetime("datetime", null=True)
    table.time("time", null=True)
    table.duration("duration", null=True)
    table.timestamp("timestamp", null=True)
    table.json("json", null=True)
    table.uuid("uuid", null=True)
    table.binary("binary", null=True)
    table.ip_address("ip_address", null=True)
    table.enum("enum", ["one", "it's", 'a "b"', "50%", "back\\slash"], null=True)
    table.enum("named_enum", ["a"], type_name="letters", null=True)
    table.foreign_id("foreign_id", null=True)
    table.foreign_uuid("foreign_uuid", null=True)
    table.column("column", DatabaseTypeField("smallint"), null=True)
    table.soft_deletes("soft_deletes")
    table.remember_token("remember_token")
    table.morphs("morphs", null=True)


TYPES = {
    "string": ("varchar(30)", "character varying(30)", "varchar(30)"),
    "char": ("char(3)", "character(3)", "char(3)"),
    "text": ("text", "text", "longtext"),
    "email": ("varchar(100)", "character varying(100)", "varchar(100)"),
    "url": ("varchar(100)", "character varying(100)", "varchar(100)"),
    "slug": ("varchar(40)", "character varying(40)", "varchar(40)"),
    "small_integer": ("smallint", "smallint", "smallint(6)"),
    "integer": ("integer", "integer", "int(11)"),
    "big_integer": ("bigint", "bigint", "bigint(20)"),
    "unsigned_small_integer": ("smallint unsigned", "smallint", "smallint(5) unsigned"),
    "unsigned_integer": ("integer unsigned", "integer", "int(10) unsigned"),
    "unsigned_big_integer": ("bigint unsigned", "bigint", "bigint(20) unsigned"),
    "positive_small_integer": ("smallint unsigned", "smallint", "smallint(5) unsigned"),
    "positive_integer": ("integer unsigned", "integer", "int(10) unsigned"),
    "positive_big_integer": ("bigint unsigned", "bigint", "bigint(20) unsigned"),
    "boolean": ("bool", "boolean", "tinyint(1)"),
    "decimal": ("decimal", "numeric(10,3)", "decimal(10,3)"),
    "float": ("real", "double precision", "double"),
    "date": ("date", "date", "date"),
    "datetime": ("datetime", "timestamp with time zone", "datetime(6)"),
    "time": ("time", "time without time zone", "time(6)"),
    "duration": ("bigint", "interval", "bigint(20)"),
    "timestamp": ("datetime", "timestamp with time zone", "datetime(6)"),
    "json": ("text", "jsonb", "longtext"),
    "uuid": ("char(32)", "uuid", "uuid"),
    "binary": ("BLOB", "bytea", "longblob"),
    "ip_address": ("char(39)", "inet", "char(39)"),
    "enum": (
        "varchar(10)",
        "plain_enum",
        "enum('one','it''s','a \"b\"','50%','back\\\\slash')",
    ),
    "named_enum": ("varchar(1)", "letters", "enum('a')"),
    "foreign_id": ("bigint", "bigint", "bigint(20)"),
    "foreign_uuid": ("char(32)", "uuid", "uuid"),
    "column": ("smallint", "smallint", "smallint(6)"),
    "soft_deletes": ("datetime", "timestamp with time zone", "datetime(6)"),
    "remember_token": ("varchar(100)", "character varying(100)", "varchar(100)"),
    "morphs_type": ("varchar(255)", "character varying(255)", "varchar(255)"),
    "morphs_id": ("bigint", "bigint", "bigint(20)"),
}
VENDORS = ("sqlite", "postgresql", "mysql")


def types_of(vendor: str) -> dict[str, str]:
    return {name: types[VENDORS.index(vendor)] for name, types in TYPES.items()}


def make_types(schema: Schema) -> None:
    schema.create_enum("letters", ["a"])
    with schema.create_table("plain") as table:
        of_all_types(table)


def add_types(schema: Schema) -> None:
    schema.create_enum("letters", ["a"])
    with schema.alter_table("plain") as table:
        of_all_types(table)


def test_all_types_in_a_new_table(conform, vendor):
    (table,) = conform(make_types).after
    assert {column.name: column.type for column in table.columns} == types_of(vendor)
    assert all(column.null for column in table.columns)
    assert {index.columns for index in table.indexes} == {
        ("foreign_id",),
        ("foreign_uuid",),
        ("morphs_type", "morphs_id"),
    }


def test_all_types_in_a_table_that_is_there(conform, vendor, connection):
    outcome = conform(add_types, given=plain)
    (table,) = outcome.after
    added = {column.name: column.type for column in table.columns[2:]}
    assert added == types_of(vendor)
    if vendor == "sqlite":
        assert not [statement for statement in outcome.sql if "CREATE TABLE" in statement]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE plain SET named_enum = 'a', unsigned_integer = 1, json = '{}'")
        for bad in ("named_enum = 'b'", "unsigned_integer = -1", "json = '{'"):
            with pytest.raises(DatabaseError):
                cursor.execute(f"UPDATE plain SET {bad}")


def test_keys(conform, vendor):
    def change(schema):
        with schema.create_table("id") as table:
            table.id()
        with schema.create_table("big_id") as table:
            table.big_id(name="id")
        with schema.create_table("uuid_id") as table:
            table.uuid_id(name="id")
        with schema.create_table("named") as table:
            table.id("number")
        with schema.create_table("own") as table:
            table.string("code", max_length=5, primary_key=True)
            table.integer("n")
        with schema.create_table("referring") as table:
            table.foreign_id("id_id", references="id", primary_key=True)
            table.foreign_id("own_code", references="own")
            table.foreign_uuid("uuid_id", references="uuid_id", null=True)
            table.foreign_uuid(
                "other_id",
                references="uuid_id",
                column="id",
                on_delete="set null",
                on_update="cascade",
                deferrable="default",
                null=True,
            )

    after = conform(change).after
    whole = {"sqlite": "integer", "postgresql": "bigint", "mysql": "bigint(20)"}[vendor]
    assert after.find("id").column("id").type == whole
    assert after.find("big_id").column("id").type == whole
    assert after.find("named").primary_key.columns == ("number",)
    assert after.find("own").column("code").null is False
    referring = after.find("referring")
    assert referring.column("id_id").type == whole
    assert referring.column("id_id").identity is None
    assert referring.column("own_code").type == after.find("own").column("code").type
    assert referring.column("uuid_id").type == after.find("uuid_id").column("id").type


def test_timestamps(conform, vendor):
    def change(schema):
        with schema.alter_table("plain") as table:
            table.timestamps()

    def given(schema):
        with schema.create_table("plain") as table:
            table.integer("n")

    table = conform(change, given=given).after.find("plain")
    assert table.column_names == ("n", "created_at", "updated_at")
    created = table.column("created_at")
    assert not created.null
    now = {
        "sqlite": "STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW')",
        "postgresql": "statement_timestamp()",
        "mysql": "current_timestamp(6)",
    }
    assert created.default == now[vendor]


DEFAULTS = {
    "string": ("string", 'it\'s 100% \\ "x" ;\n--', None),
    "empty": ("string", "", None),
    "text": ("text", "50%", None),
    "integer": ("integer", -3, None),
    "zero": ("integer", 0, None),
    "big": ("big_integer", 2**60, None),
    "decimal": ("decimal", decimal.Decimal("1.50"), None),
    "float": ("float", 0.25, None),
    "true": ("boolean", True, None),
    "false": ("boolean", False, None),
    "date": ("date", datetime.date(2020, 1, 31), None),
    "datetime": ("datetime", datetime.datetime(2020, 1, 31, 1, 2, tzinfo=datetime.UTC), None),
    "time": ("time", datetime.time(1, 2, 3), None),
    "duration": ("duration", datetime.timedelta(hours=1), None),
    "json": ("json", {"a": ["it's", 1, None, "100%"]}, None),
    "uuid": ("uuid", "12345678123456781234567812345678", None),
    "binary": ("binary", b"\x00'%\\", None),
    "now": ("datetime", Now(), None),
    "raw": ("integer", RawSQL("1 + 2", ()), None),
    "raw_percent": ("string", RawSQL("concat('a', '%%')", ()), None),
    "upper": ("string", Upper(models.Value("it's 5%")), None),
}


def with_defaults(table, vendor: str) -> None:
    for name, (method, default, _) in DEFAULTS.items():
        if name == "raw_percent" and vendor == "sqlite":  # which has no concat() before 3.44
            default = RawSQL("'a' || '%%'", ())
        getattr(table, method)(name, default=default)


def test_defaults_in_a_new_table(conform, connection):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n", null=True)
            with_defaults(table, schema.vendor)

    outcome = conform(change)
    assert all(column.default for column in outcome.after.find("t").columns[1:])
    assert_defaults(connection)


def test_defaults_in_a_table_that_is_there(conform, connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("n", null=True)
        schema.run_sql("INSERT INTO t (n) VALUES (1)")

    def change(schema):
        with schema.alter_table("t") as table:
            with_defaults(table, schema.vendor)

    conform(change, given=given)
    assert_defaults(connection)


def assert_defaults(connection) -> None:
    """The database gives each default back as what was said in Python."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t (n) VALUES (2)")
    seen = []

    def look(schema):
        seen.extend(schema.model("t").objects.all())

    run(connection, look)
    expected = {name: value for name, (_, value, _) in DEFAULTS.items()}
    expected |= {"raw": 3, "raw_percent": "a%", "upper": "IT'S 5%"}
    expected["uuid"] = "12345678-1234-5678-1234-567812345678"
    if connection.vendor != "postgresql":
        expected["duration"] = 3600 * 10**6
    del expected["now"]
    for row in seen:
        found = {name: getattr(row, name) for name in expected}
        found["binary"] = bytes(found["binary"])
        found["uuid"] = str(found["uuid"])
        assert found == expected
        assert row.now is not None


def test_drop_timestamps_and_soft_deletes(conform):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            table.soft_deletes("gone_at")
            table.timestamps()
            table.soft_deletes()

    def change(schema):
        with schema.alter_table("t") as table:
            table.drop_soft_deletes()
            table.drop_timestamps()
            table.drop_soft_deletes("gone_at")

    assert conform(change, given=given).after.find("t").column_names == ("n",)


def test_null_as_a_default_is_none(conform):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n", null=True, default=None)

    assert conform(change).after.find("t").column("n").default is None


def modified(table) -> None:
    table.string("unique", max_length=20, unique=True, null=True)
    table.string("unique_named", max_length=20, unique="only_once", null=True)
    table.string("index", max_length=20, index=True, null=True)
    table.string("index_named", max_length=20, index="idx_it", null=True)
    table.integer("checked", check="checked > 0 OR checked < -5", null=True)
    table.integer("check_q", check=Q(check_q__gt=0) & ~Q(check_q=13), default=1)
    table.string("check_like", max_length=9, check=Q(check_like__startswith="50%"), null=True)


def test_modifiers(conform, vendor):
    def new(schema):
        with schema.create_table("plain") as table:
            table.integer("one", default=1)
            modified(table)

    made = conform(new).after
    table = made.find("plain")
    assert {(each.columns, each.name) for each in table.uniques} == {
        (("unique",), "plain_unique_unique"),
        (("unique_named",), "only_once"),
    }
    assert {(each.columns, each.name) for each in table.indexes} == {
        (("index",), "plain_index_index"),
        (("index_named",), "idx_it"),
    }
    assert {each.name for each in table.checks} == {
        "plain_checked_check",
        "plain_check_q_check",
        "plain_check_like_check",
    }
    like = next(each for each in table.checks if each.name == "plain_check_like_check")
    assert like.sql.count("%") == 2


def test_modifiers_of_added_columns(conform, connection):
    def given(schema):
        with schema.create_table("plain") as table:
            table.integer("one", default=1)
        schema.run_sql("INSERT INTO plain (one) VALUES (7)")

    def change(schema):
        with schema.alter_table("plain") as table:
            modified(table)

    conform(change, given=given)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("UPDATE plain SET check_q = 13")


@pytest.mark.databases("postgresql", "mysql")
def test_comments(conform):
    def change(schema):
        with schema.alter_table("plain") as table:
            table.integer("n", null=True, comment="it's\n100% \\")
            table.column("field", models.IntegerField(null=True, db_comment="of the field"))

    table = conform(change, given=plain).after.find("plain")
    assert table.column("n").comment == "it's\n100% \\"
    assert table.column("field").comment == "of the field"


COLLATIONS = {"sqlite": "NOCASE", "postgresql": "C", "mysql": "utf8mb4_bin"}


def test_collations(conform, vendor):
    collation = COLLATIONS[vendor]

    def change(schema):
        with schema.create_table("t") as table:
            table.string("name", collation=collation)
            table.column("field", models.TextField(db_collation=collation, null=True))
        with schema.alter_table("t") as table:
            table.string("added", max_length=20, null=True, collation=collation)

    table = conform(change).after.find("t")
    assert [column.collation for column in table.columns] == [collation] * 3


def generated(table, stored: bool, prefix: str) -> None:
    number: models.IntegerField[int, int] = models.IntegerField()
    table.generated(f"{prefix}sql", "n * 2", number, stored=stored)
    table.generated(f"{prefix}django", F("n") + 5, number, stored=stored)
    table.generated(f"{prefix}mod", F("n") % 5, number, stored=stored)
    table.integer(f"{prefix}modifier", generated_as="n - 1", stored=stored, null=True)


def test_stored_generated_columns(conform, connection):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            generated(table, True, "")

    table = conform(change).after.find("t")
    assert [column.generated.stored for column in table.columns[1:]] == [True] * 4
    assert_generated(connection, "")


def test_stored_generated_columns_added(conform, connection):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("n")
        schema.run_sql("INSERT INTO t (n) VALUES (3)")

    def change(schema):
        with schema.alter_table("t") as table:
            generated(table, True, "")

    conform(change, given=given)
    assert_generated(connection, "")


@pytest.mark.databases("sqlite", "mysql")
def test_virtual_generated_columns(conform, connection):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            generated(table, False, "a_")
        with schema.alter_table("t") as table:
            generated(table, False, "b_")

    table = conform(change).after.find("t")
    assert [column.generated.stored for column in table.columns[1:]] == [False] * 8
    assert_generated(connection, "a_")
    assert_generated(connection, "b_")


def assert_generated(connection, prefix: str) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(f"{prefix}{name}") for name in ("sql", "django", "mod", "modifier"))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO t (n) VALUES (7)")
        cursor.execute(f"SELECT {names} FROM t WHERE n = 7")
        assert tuple(cursor.fetchone()) == (14, 12, 2, 6)


def test_generated_field(conform):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            table.column(
                "twice",
                models.GeneratedField(
                    expression=F("n") * 2, output_field=models.IntegerField(), db_persist=True
                ),
            )

    assert conform(change).after.find("t").column("twice").generated.stored


@pytest.mark.databases("postgresql")
def test_virtual_generated_columns_are_refused(refuse, connection):
    if connection.features.supports_virtual_generated_columns:
        pytest.skip("this PostgreSQL has them")

    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            table.generated("m", "n * 2", models.IntegerField(), stored=False)

    refuse(change, NotSupported, r"PostgreSQL has no virtual generated columns. Say stored=True")


@pytest.mark.databases("mysql")
def test_generated_columns_that_cannot_be_null_are_refused(refuse, connection):
    def change(schema):
        with schema.create_table("t") as table:
            table.integer("n")
            table.generated("m", "n * 2", models.IntegerField(), null=False)

    refuse(change, NotSupported, "MariaDB has no generated columns that cannot be null")


def test_use_current(conform, vendor):
    def change(schema):
        with schema.create_table("t") as table:
            table.datetime("at", use_current=True)
            table.date("day", null=True, use_current=False)
        with schema.alter_table("t") as table:
            table.timestamp("later", null=True, use_current=True)

    table = conform(change).after.find("t")
    now = {"mysql": "current_timestamp(6)"}.get(vendor, "CURRENT_TIMESTAMP")
    assert [column.default for column in table.columns] == [now, None, now]


@pytest.mark.databases("mysql")
def test_use_current_on_update(conform):
    def change(schema):
        with schema.create_table("t") as table:
            table.datetime("at", use_current=True, use_current_on_update=True)
            table.column("stamp", DatabaseTypeField("timestamp"), use_current=True)
        with schema.alter_table("t") as table:
            table.timestamp("later", null=True, use_current_on_update=True)

    table = conform(change).after.find("t")
    found = [column.on_update for column in table.columns]
    assert found == ["current_timestamp(6)", None, "current_timestamp(6)"]


@pytest.mark.databases("sqlite", "postgresql")
def test_use_current_on_update_is_refused(refuse, connection):
    def change(schema):
        with schema.alter_table("plain") as table:
            table.datetime("at", use_current_on_update=True)

    name = connection.display_name
    refuse(change, NotSupported, rf"{name} has no .* \(use_current_on_update=\)", given=plain)


@pytest.mark.databases("sqlite")
def test_comments_are_refused(refuse):
    def by_modifier(schema):
        with schema.alter_table("plain") as table:
            table.integer("before", null=True)
            table.integer("n", null=True, comment="x")

    def by_field(schema):
        with schema.alter_table("plain") as table:
            table.column("n", models.IntegerField(null=True, db_comment="x"))

    match = r"SQLite has no comments on columns \(comment=\)"
    refuse(by_modifier, NotSupported, match, given=plain)
    refuse(by_field, NotSupported, match)


def test_a_column_that_old_rows_cannot_have_is_refused(refuse):
    def change(schema):
        with schema.alter_table("plain") as table:
            table.integer("before", null=True)
            table.integer("n")

    refuse(change, OperationError, "'plain' has rows, and 'n' can neither be null", given=plain)


def test_a_column_without_a_default_in_an_empty_table(conform):
    def given(schema):
        with schema.create_table("t") as table:
            table.integer("n", null=True)

    def change(schema):
        with schema.alter_table("t") as table:
            table.integer("m")

    assert not conform(change, given=given).after.find("t").column("m").null


def test_what_is_wrong_with_a_column_is_said(refuse, connection):
    def twice(schema):
        with schema.alter_table("plain") as table:
            table.integer("one")

    def relation(schema):
        with schema.alter_table("plain") as table:
            table.column("x", models.ManyToManyField("auth.User"))

    def no_field(schema):
        with schema.alter_table("plain") as table:
            table.column("x", "varchar")

    def no_labels(schema):
        with schema.alter_table("plain") as table:
            table.enum("x", [])

    def unknown(schema):
        with schema.alter_table("plain") as table:
            table.foreign_id("x", references="nobody")

    refuse(twice, OperationError, "has a column 'one' already", given=plain)
    refuse(relation, OperationError, "link table")
    refuse(no_field, OperationError, "has to be a Django field")
    refuse(no_labels, OperationError, "values=.., which says nothing")
    refuse(unknown, OperationError, "no table 'nobody'")


@pytest.mark.databases("postgresql")
def test_types_of_postgresql_through_column(conform):
    def change(schema):
        for name in ("citext", "hstore"):
            schema.create_extension(name)
        with schema.create_table("t") as table:
            table.column("tags", ArrayField(models.CharField(max_length=5), default=list))
            table.column("matrix", ArrayField(ArrayField(models.IntegerField()), null=True))
            table.column("empty", ArrayField(models.TextField()), default=[])
            table.column("during", IntegerRangeField(null=True))
            table.column("pairs", HStoreField(null=True))
            table.column("ci", DatabaseTypeField("citext"), unique=True, null=True)
            table.column("words", DatabaseTypeField("tsvector"), null=True)
            table.column("spot", DatabaseTypeField("point"), null=True)
            table.index("words", method="gin")

    table = conform(change).after.find("t")
    assert {column.name: column.type for column in table.columns} == {
        "tags": "character varying(5)[]",
        "matrix": "integer[][]",
        "empty": "text[]",
        "during": "int4range",
        "pairs": "hstore",
        "ci": "citext",
        "words": "tsvector",
        "spot": "point",
    }
    assert table.column("empty").default == "'{}'::text[]"


@pytest.mark.databases("mysql")
def test_types_of_mariadb_through_column(conform):
    def change(schema):
        with schema.create_table("t") as table:
            table.column("spot", DatabaseTypeField("point"))
            table.column("year", DatabaseTypeField("year(4)"), default=2020)
            table.column("some", DatabaseTypeField("set('a','b')"), null=True)
            table.column("bits", DatabaseTypeField("bit(3)"), null=True)
            table.index("spot", method="spatial")

    table = conform(change).after.find("t")
    found = [column.type for column in table.columns]
    assert found == ["point", "year(4)", "set('a','b')", "bit(3)"]


def test_facts_of_a_table_name_every_column_once(connection):
    run(connection, make_types)
    (table,) = facts_of(connection)
    assert len(set(table.column_names)) == len(TYPES)
