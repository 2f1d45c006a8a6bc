"""The field that a person would have written for a column, and the exact type that it makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import models

from kit_django.fields import TypedDecimalField, TypedJSONField, TypedUUIDField
from kit_django.schema.constructs import Call, build
from kit_django.schema.dialects import dialect_named, dialect_of
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.facts import Check, Column, Database, Domain, Enum
from kit_django.schema.field_reader import FieldReader

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from kit_django.schema.constructs import Value


def reader(
    connection: BaseDatabaseWrapper, facts: Database | None = None, *, contrib: bool = True
) -> FieldReader:
    return FieldReader(connection, facts or Database(connection.vendor), True, contrib)


def read(connection: BaseDatabaseWrapper, kind: str, name: str = "value") -> Call:
    return reader(connection).read(Column(name, kind)).call


def django(name: str, **kwargs: Value) -> Call:
    return Call(f"django.db.models.{name}", **kwargs)


def typed(vendor: str, name: str, kind: str, **kwargs: Value) -> Call:
    return Call(f"kit_django.fields.Typed{name}", **kwargs, db_types={vendor: kind})


def exact(kind: str) -> Call:
    return Call("kit_django.fields.DatabaseTypeField", kind)


EVERY_DJANGO_FIELD: list[Any] = [
    models.BigIntegerField(),
    models.BooleanField(),
    models.CharField(max_length=30),
    models.DateField(),
    models.DateTimeField(),
    models.FloatField(),
    models.IntegerField(),
    models.SmallIntegerField(),
    models.TextField(),
    models.TimeField(),
    models.BinaryField(),
    models.DecimalField(max_digits=8, decimal_places=2),
]


@pytest.mark.parametrize("field", EVERY_DJANGO_FIELD, ids=lambda field: type(field).__name__)
def test_what_django_makes_is_read_as_django_s(
    connection: BaseDatabaseWrapper, field: models.Field[object, object]
) -> None:
    found = read(connection, field.db_type(connection) or "")
    if connection.vendor == "sqlite" and isinstance(field, models.DecimalField):
        return  # SQLite is told no digits
    assert found.path == f"django.db.models.{type(field).__name__}"
    assert build(found).db_type(connection) == field.db_type(connection)


def test_a_type_without_a_field_keeps_itself(connection: BaseDatabaseWrapper) -> None:
    assert read(connection, "point") == exact("point")
    assert build(read(connection, "point")).db_type(connection) == "point"


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("character(3)", typed("postgresql", "CharField", "character(3)", max_length=3)),
        ("character varying", django("CharField")),
        ("timestamp without time zone", Call("kit_django.naive.NaiveDateTimeField")),
        ("real", typed("postgresql", "FloatField", "real")),
        ("inet", Call("kit_django.fields.TypedGenericIPAddressField")),
        ("interval", django("DurationField")),
        (
            "text[]",
            Call(
                "django.contrib.postgres.fields.ArrayField",
                django("TextField", null=True, blank=True),
            ),
        ),
        ("tsvector", Call("django.contrib.postgres.search.SearchVectorField")),
        ("citext", typed("postgresql", "TextField", "citext")),
        ("numeric(3,5)", typed("postgresql", "DecimalField", "numeric(3,5)")),
    ],
)
def test_postgresql(connection: BaseDatabaseWrapper, kind: str, wanted: Call) -> None:
    assert read(connection, kind) == wanted


@pytest.mark.databases("postgresql")
def test_contrib_fields_only_where_contrib_is_installed(connection: BaseDatabaseWrapper) -> None:
    without = reader(connection, contrib=False)
    assert without.read(Column("tags", "text[]")).call == exact("text[]")
    assert without.read(Column("span", "int4range")).call == exact("int4range")


@pytest.mark.databases("postgresql")
def test_enums_and_domains_by_the_names_that_columns_have_for_them(
    connection: BaseDatabaseWrapper,
) -> None:
    facts = Database(
        "postgresql",
        enums=(Enum("Mood", ("glad", "so-so"), sql_name='"Mood"'),),
        domains=(Domain("year", "integer", sql_name="year"),),
    )
    found = reader(connection, facts).read(Column("mood", '"Mood"'))
    assert found.labels == ("glad", "so-so")
    assert found.call == typed("postgresql", "CharField", '"Mood"', max_length=5)
    year = reader(connection, facts).read(Column("born", "year")).call
    assert year == typed("postgresql", "IntegerField", "year")


@pytest.mark.databases("postgresql")
def test_timestamps_without_a_zone_where_the_project_has_none(
    connection: BaseDatabaseWrapper,
) -> None:
    found = FieldReader(connection, Database("postgresql"), False, True).read(
        Column("seen_at", "timestamp without time zone")
    )
    assert found.call == typed("postgresql", "DateTimeField", "timestamp without time zone")


@pytest.mark.databases("mysql")
@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("tinyint(1)", django("BooleanField")),
        ("int(11)", django("IntegerField")),
        ("int(10) unsigned", django("PositiveIntegerField")),
        ("tinyint(4)", typed("mysql", "SmallIntegerField", "tinyint")),
        ("timestamp", typed("mysql", "DateTimeField", "timestamp")),
        ("datetime(6)", django("DateTimeField")),
        ("mediumtext", typed("mysql", "TextField", "mediumtext")),
        ("set('a','b')", exact("set('a','b')")),
        ("year(4)", typed("mysql", "PositiveSmallIntegerField", "year")),
    ],
)
def test_mysql(connection: BaseDatabaseWrapper, kind: str, wanted: Call) -> None:
    assert read(connection, kind) == wanted


@pytest.mark.databases("mysql")
def test_char_32_is_a_uuid_where_its_name_says_so(connection: BaseDatabaseWrapper) -> None:
    assert read(connection, "char(32)", "order_uuid").name.endswith("UUIDField")
    assert read(connection, "char(32)", "md5").name == "TypedCharField"


@pytest.mark.databases("mysql")
def test_labels_of_mysql_s_enums(connection: BaseDatabaseWrapper) -> None:
    found = reader(connection).read(Column("mood", "enum('a','it''s','x,y')"))
    assert found.labels == ("a", "it's", "x,y")


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("NVARCHAR(160)", django("CharField", max_length=160)),
        ("INT", django("IntegerField")),
        ("TIMESTAMP", django("DateTimeField")),
        ("DECIMAL(10,2)", django("DecimalField", max_digits=10, decimal_places=2)),
        ("char(32)", django("UUIDField")),
        ("CHAR(32)", django("CharField", max_length=32)),
        ("JSON", typed("sqlite", "JSONField", "JSON")),
        ("STRING", typed("sqlite", "TextField", "STRING")),
        ("", exact("")),
    ],
)
def test_sqlite(connection: BaseDatabaseWrapper, kind: str, wanted: Call) -> None:
    assert read(connection, kind) == wanted


@pytest.mark.databases("sqlite", "postgresql")
def test_a_check_makes_a_positive_field_and_is_used_up(connection: BaseDatabaseWrapper) -> None:
    check, other = Check('"stock" >= 0', "stock_check"), Check("stock < 10")
    found = reader(connection).read(Column("stock", "integer"), [check, other])
    assert found.call == django("PositiveIntegerField")
    assert found.checks == (check,)


@pytest.mark.databases("sqlite")
def test_json_is_text_with_a_check(connection: BaseDatabaseWrapper) -> None:
    check = Check('JSON_VALID("data") OR "data" IS NULL')
    found = reader(connection).read(Column("data", "text"), [check])
    assert (found.call, found.checks) == (django("JSONField"), (check,))
    assert read(connection, "text", "data") == django("TextField")


def test_types_are_taken_apart() -> None:
    assert SqlType.parse("numeric(8, 2)[]") == SqlType("numeric", ("8", "2"), 1)
    assert SqlType.parse("timestamp(0) without time zone").name == "timestamp without time zone"
    assert SqlType.parse("INT(10) UNSIGNED ZEROFILL").name == "int unsigned zerofill"
    assert SqlType.parse('"my schema"."My(Type"').name == '"my schema"."My(Type"'
    assert SqlType.parse("enum('a)','b,c','d''e')").arguments == ("a)", "b,c", "d'e")


@pytest.mark.parametrize(
    ("vendor", "one", "other", "alike"),
    [
        ("postgresql", "varchar(30)", "character varying(30)", True),
        ("postgresql", "varchar(30)", "character varying(31)", False),
        ("postgresql", "numeric(5)", "numeric(5,0)", True),
        ("mysql", "integer UNSIGNED", "int(10) unsigned", True),
        ("mysql", "bool", "tinyint(1)", True),
        ("mysql", "tinyint(4)", "tinyint(1)", False),
        ("mysql", "numeric(8, 2)", "decimal(8,2)", True),
        ("sqlite", "NVARCHAR(160)", "varchar(160)", True),
        ("sqlite", "varchar(16)", "varchar(160)", False),
        ("sqlite", "JSON", "text", False),
    ],
)
def test_two_spellings_of_a_type(vendor: str, one: str, other: str, alike: bool) -> None:
    assert dialect_named(vendor).types.same(one, other) is alike


def test_widths_that_mean_nothing_are_not_written() -> None:
    written = dialect_named("mysql").types.written
    assert written("int(10) unsigned") == "int unsigned"
    assert written("int(5) unsigned zerofill") == "int(5) unsigned zerofill"
    assert written("tinyint(1)") == "tinyint(1)"
    assert dialect_named("postgresql").types.written("character(3)") == "character(3)"


def test_a_typed_field_is_django_s_on_other_databases(connection: BaseDatabaseWrapper) -> None:
    field = build(typed("nowhere", "TextField", "mediumtext"))
    assert field.db_type(connection) == models.TextField().db_type(connection)
    own = build(typed(connection.vendor, "TextField", "mediumtext"))
    assert own.db_type(connection) == "mediumtext"
    assert own.clone().db_type(connection) == "mediumtext"


def test_a_decimal_without_digits_passes_the_checks_and_keeps_values(
    connection: BaseDatabaseWrapper,
) -> None:
    field = TypedDecimalField(db_types={connection.vendor: "decimal(65, 10)"})
    field.set_attributes_from_name("price")
    kept = field.from_db_value("1.5", None, connection)
    assert str(kept) == "1.5"
    assert dialect_of(connection).types.same(str(field.db_type(connection)), "decimal(65, 10)")


def test_json_that_the_driver_has_read_is_left_as_it_is(connection: BaseDatabaseWrapper) -> None:
    field = TypedJSONField(db_types={connection.vendor: "json"})
    assert field.from_db_value({"a": 1}, None, connection) == {"a": 1}
    assert field.from_db_value('{"a": 1}', None, connection) == {"a": 1}


def test_a_uuid_in_text_is_its_digits(connection: BaseDatabaseWrapper) -> None:
    field = TypedUUIDField(db_types={connection.vendor: "char(32)"})
    digits = "12345678123456781234567812345678"
    value = field.from_db_value(digits, None, connection)
    assert value is not None
    assert value.hex == digits
    assert field.get_db_prep_value(value, connection) == digits
