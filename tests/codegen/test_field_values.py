"""Each field that inference can choose: a row of SQL's own is read, found right, and saved as it was."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from django.db import models

from kit_django import fields, naive, postgres
from kit_django.schema.dialects.types import SqlType
from kit_django.schema.field_reader import AUTO_FIELDS
from kit_django.schema.field_types import mysql, postgresql, sqlite
from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.projects import Project


@dataclass(frozen=True)
class Sample:
    """A column by its type, a value as SQL writes it, and the field that is to be made of it."""

    field: str
    type: str
    value: str


def samples(text: str) -> list[Sample]:
    return [Sample(*line.strip().split(" | ", 2)) for line in text.strip().splitlines()]


COLUMNS = {
    "sqlite": """
        BigIntegerField | bigint | 9007199254740993
        BinaryField | blob | x'00ff'
        BooleanField | bool | 1
        CharField | varchar(9) | 'it''s'
        DateField | date | '2024-02-29'
        DateTimeField | datetime | '2024-02-29 12:30:45.123456'
        DecimalField | decimal(8, 2) | 1.25
        FloatField | real | 0.1
        GenericIPAddressField | char(39) | '10.0.0.1'
        IntegerField | integer | -5
        JSONField | text CHECK (JSON_VALID({column}) OR {column} IS NULL) | '{{"a": [1, null]}}'
        PositiveBigIntegerField | bigint unsigned CHECK ({column} >= 0) | 7
        PositiveIntegerField | integer unsigned CHECK ({column} >= 0) | 7
        PositiveSmallIntegerField | smallint unsigned CHECK ({column} >= 0) | 7
        SmallIntegerField | smallint | 3
        TextField | text | 'two' || char(10) || 'lines'
        TimeField | time | '12:30:45'
        TypedUUIDField | uuid | 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
        TypedUUIDField | uuid | 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'
        TypedUUIDField | uuid | 'a0eebc999c0b4ef8bb6d6bb9bd380a11'
        TypedUUIDField | uuid | x'a0eebc999c0b4ef8bb6d6bb9bd380a11'
        UUIDField | char(32) | 'a0eebc999c0b4ef8bb6d6bb9bd380a11'
    """,
    "postgresql": r"""
        ArrayField | text[] | '{{a,"b c","",NULL}}'
        BigIntegerField | bigint | 9007199254740993
        BigIntegerRangeField | int8range | '[1,9)'
        BinaryField | bytea | '\x00ff'
        BooleanField | boolean | true
        CharField | varchar(9) | 'it''s'
        DatabaseTypeField | point | '(1,2)'
        DatabaseTypeField | varbit | ''
        DateField | date | '2024-02-29'
        DateRangeField | daterange | '[2024-01-01,2024-02-01)'
        DateTimeField | timestamptz | '2024-02-29 12:30:45.123456+00'
        DateTimeRangeField | tstzrange | '["2024-01-01 00:00:00+00",)'
        DecimalField | numeric(8,2) | 1.25
        DecimalRangeField | numrange | '[1.5,2.5]'
        DurationField | interval | '1 day 02:03:04.5'
        DurationField | interval | '1 mon'
        DurationField | interval DEFAULT '-1 year -00:00:01' | '25:00:00'
        FloatField | double precision | 0.1
        HStoreField | hstore | 'a=>1, b=>NULL'
        IntegerField | integer | -5
        IntegerRangeField | int4range | '[1,9)'
        JSONField | jsonb | '{{"a": [1, null]}}'
        NaiveDateTimeField | timestamp | '2024-03-31 02:30:00.123456'
        PositiveBigIntegerField | bigint CHECK ({column} >= 0) | 7
        PositiveIntegerField | integer CHECK ({column} >= 0) | 7
        PositiveSmallIntegerField | smallint CHECK ({column} >= 0) | 7
        SearchVectorField | tsvector | '''a'':1 ''b'':2'
        SmallIntegerField | smallint | 3
        TextField | text | E'two\nlines'
        TimeField | time | '12:30:45.123456'
        TypedArrayField | mood[] | '{{ok,sad}}'
        TypedArrayField | integer[][] | '{{{{1,NULL}},{{3,4}}}}'
        TypedArrayField | place[] | '{{"(1,a)",NULL}}'
        TypedArrayField | int4range[] | '{{"[1,9)"}}'
        TypedArrayField | hstore[] | '{{"a=>1"}}'
        TypedArrayField | jsonb[] | '{{"{{\"a\": [1, 2]}}"}}'
        TypedArrayField | bytea[] | '{{"\\x00ff"}}'
        TypedArrayField | moment[] | '{{"2024-03-31 02:30:00"}}'
        TypedBigIntegerField | oid | 4294967295
        TypedBigIntegerRangeField | int8range DEFAULT '[1,2)' | '[1,9)'
        TypedBooleanField | flag | false
        TypedCharField | char(3) | 'abc'
        TypedCharField | char(5) CHECK ({column} IN ('a', 'b')) | 'a'
        TypedDateField | day | '2024-02-29'
        TypedDateRangeField | daterange DEFAULT 'empty' | '[2024-01-01,2024-02-01)'
        TypedDateTimeField | timestamptz(3) | '2024-02-29 12:30:45.123+00'
        TypedDateTimeRangeField | tstzrange DEFAULT 'empty' | '["2024-01-01 00:00:00+00",)'
        TypedDecimalRangeField | numrange DEFAULT 'empty' | '[1.5,2.5]'
        TypedDurationField | interval(3) | '1 day 02:03:04.5'
        TypedFloatField | real | 0.5
        TypedGenericIPAddressField | inet | '10.0.0.1/8'
        TypedGenericIPAddressField | address | '10.0.0.1/8'
        TypedHStoreField | pairs | 'a=>1'
        TypedIntegerField | few | 7
        TypedIntegerRangeField | int4range DEFAULT '[1,2)' | '[1,9)'
        TypedJSONField | json | '{{"a": [1, null]}}'
        TypedSmallIntegerField | fewer | 7
        TypedTextField | citext | 'Aa'
        TypedTimeField | time(3) | '12:30:45.123'
        TypedUUIDField | token | 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
        UUIDField | uuid | 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
    """,
    "mysql": """
        BigIntegerField | bigint | 9007199254740993
        BinaryField | longblob | x'00ff'
        BooleanField | tinyint(1) | 1
        CharField | varchar(9) | 'it''s'
        DatabaseTypeField | bit(8) | b'101'
        DateField | date | '2024-02-29'
        DateTimeField | datetime(6) | '2024-02-29 12:30:45.123456'
        DecimalField | decimal(8,2) | 1.25
        FloatField | double | 0.1
        IntegerField | int | -5
        JSONField | json | '{{"a": [1, null]}}'
        PositiveBigIntegerField | bigint unsigned | 7
        PositiveIntegerField | int unsigned | 7
        PositiveSmallIntegerField | smallint unsigned | 7
        SmallIntegerField | smallint | 3
        TextField | longtext | 'two\\nlines'
        TimeField | time(6) | '12:30:45.123456'
        TypedBinaryField | varbinary(9) | x'00ff'
        TypedCharField | enum('a', 'it''s') | 'it''s'
        TypedDateTimeField | timestamp NULL | '2024-02-29 12:30:45'
        TypedDecimalField | decimal(8,2) unsigned | 1.25
        TypedFloatField | float | 0.5
        TypedGenericIPAddressField | inet6 | '::1'
        TypedIntegerField | mediumint | -5
        TypedPositiveBigIntegerField | bigint(9) unsigned zerofill | 7
        TypedPositiveIntegerField | mediumint unsigned | 7
        TypedPositiveSmallIntegerField | tinyint unsigned | 7
        TypedSmallIntegerField | tinyint | 3
        TypedTextField | text | 'two\\nlines'
        TypedTimeField | time | '12:30:45'
        UUIDField | uuid | 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
    """,
}
SURROUNDINGS = {
    "sqlite": [],
    "mysql": [],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS citext",
        "CREATE EXTENSION IF NOT EXISTS hstore",
        "CREATE TYPE mood AS ENUM ('ok', 'sad')",
        "CREATE TYPE place AS (x integer, y text)",
        *(
            f"CREATE DOMAIN {name} AS {type_}"
            for name, type_ in {
                "flag": "boolean",
                "day": "date",
                "few": "integer",
                "fewer": "smallint",
                "token": "uuid",
                "pairs": "hstore",
                "moment": "timestamp",
                "address": "inet",
            }.items()
        ),
    ],
}
# Tables of their own: keys, and what refers to them. The field is that of the last column.
TABLES = {
    "sqlite": {
        "BigAutoField": "id integer PRIMARY KEY",
        "ForeignKey": "id integer PRIMARY KEY, t integer REFERENCES bigautofield (id)",
        "OneToOneField": "id integer PRIMARY KEY, t integer UNIQUE REFERENCES bigautofield (id)",
        "GeneratedField": "id integer PRIMARY KEY, t integer AS (id + 1) STORED",
    },
    "postgresql": {
        "AutoField": "id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "BigAutoField": "id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "SmallAutoField": "id smallint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
        "ForeignKey": "id bigint PRIMARY KEY, t bigint REFERENCES bigautofield (id)",
        "OneToOneField": "id bigint PRIMARY KEY, t bigint UNIQUE REFERENCES bigautofield (id)",
        "TypedForeignKey": "id bigint PRIMARY KEY, t integer REFERENCES bigautofield (id)",
        "TypedOneToOneField": "id bigint PRIMARY KEY, t integer UNIQUE REFERENCES bigautofield",
        "GeneratedField": "id bigint PRIMARY KEY, t bigint GENERATED ALWAYS AS (id + 1) STORED",
        "IdentityField": "id int PRIMARY KEY, t integer GENERATED BY DEFAULT AS IDENTITY",
        "BigIdentityField": "id int PRIMARY KEY, t bigint GENERATED BY DEFAULT AS IDENTITY",
        "SmallIdentityField": "id int PRIMARY KEY, t smallint GENERATED BY DEFAULT AS IDENTITY",
    },
    "mysql": {
        "AutoField": "id int AUTO_INCREMENT PRIMARY KEY",
        "BigAutoField": "id bigint AUTO_INCREMENT PRIMARY KEY",
        "SmallAutoField": "id smallint AUTO_INCREMENT PRIMARY KEY",
        "TypedAutoField": "id int unsigned AUTO_INCREMENT PRIMARY KEY",
        "TypedBigAutoField": "id bigint unsigned AUTO_INCREMENT PRIMARY KEY",
        "TypedSmallAutoField": "id smallint unsigned AUTO_INCREMENT PRIMARY KEY",
        "ForeignKey": "id bigint PRIMARY KEY, t bigint, FOREIGN KEY (t) REFERENCES bigautofield (id)",
        "GeneratedField": "id bigint PRIMARY KEY, t bigint AS (id + 1) STORED",
    },
}
SAVE = """
from html.parser import HTMLParser

from django.apps import apps
from django.forms import modelform_factory
from django.http import QueryDict


class Inputs(HTMLParser):
    '''What a browser sends for a form that nobody touched.'''

    def __init__(self):
        super().__init__()
        self.sent, self.text, self.select = QueryDict(mutable=True), None, None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            unsaid = "on" if found.get("type") == "checkbox" else ""
            self.sent.appendlist(found["name"], found.get("value", unsaid))
        elif tag == "textarea":
            self.text, self.sent[found["name"]] = found["name"], ""
        elif tag == "select":
            self.select = found["name"]
        elif tag == "option" and "selected" in found:
            self.sent.appendlist(self.select, found["value"])

    def handle_data(self, data):
        if self.text:
            self.sent[self.text] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.sent[self.text] = self.sent[self.text].removeprefix(chr(10))
            self.text = None


for model in apps.get_app_config("blog").get_models():
    for row in model.objects.all():
        row.full_clean()
        row.save()
        page = Inputs()
        page.feed(str(modelform_factory(model, fields="__all__")(instance=row)))
        form = modelform_factory(model, fields="__all__")(page.sent, instance=row)
        if not form.is_valid():
            print(model.__name__, form.errors.as_json())
        kits = [each for each in model._meta.local_concrete_fields if not each.primary_key
                and each.name in form.cleaned_data and type(each).__module__.startswith("kit_django")]
        form.save(commit=False).save(update_fields=[each.name for each in kits] or None)
    for field in model._meta.local_concrete_fields:
        print(f"{model._meta.db_table} {field.column} {type(field).__name__}")
"""


def named(vendor: str) -> Iterator[tuple[str, Sample]]:
    for number, sample in enumerate(samples(COLUMNS[vendor])):
        yield f"c{number}", sample


def test_each_field_gives_back_what_it_was_given(project: Project) -> None:
    vendor = project.connection.vendor
    if vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    columns = dict(named(vendor))
    defined = ", ".join(f"{name} {each.type.format(column=name)}" for name, each in columns.items())
    values = ", ".join(each.value.format() for each in columns.values())
    keys = {name.lower(): tail for name, tail in TABLES[vendor].items()}
    execute(
        project,
        *SURROUNDINGS[vendor],
        f"CREATE TABLE samples (id integer PRIMARY KEY, {defined})",
        f"INSERT INTO samples VALUES (1, {values})",
        f"INSERT INTO samples (id, {', '.join(columns)}) VALUES (2{', NULL' * len(columns)})",
        *(f"CREATE TABLE {name} ({tail})" for name, tail in keys.items()),
        *(f"INSERT INTO {name} (id) VALUES (5)" for name in keys),
        *(f"UPDATE {name} SET t = 5" for name in keys if name.endswith(("key", "onefield"))),
    )
    read = [f"SELECT * FROM {name} ORDER BY id" for name in ("samples", *keys)]
    before = [execute(project, each) for each in read]
    project.run("db_sync", "--skip-migrations", check=0)
    lines = project.run("shell", "-v", "0", "-c", SAVE, check=0).lines
    assert [line for line in lines if "{" in line] == []
    after = [execute(project, each) for each in read]
    pairs = zip(chain(*chain(*before)), chain(*chain(*after)), strict=True)
    assert [(old, new) for old, new in pairs if old != new] == []
    made = {(table, column): field for table, column, field in map(str.split, lines)}
    wanted = {("samples", name): each.field for name, each in columns.items()}
    for name, tail in TABLES[vendor].items():
        wanted[name.lower(), "t" if " t " in tail else "id"] = name
    assert {place: made[place] for place in wanted} == wanted


RELATIONS = {"ForeignKey", "OneToOneField"}


def test_the_table_has_every_field_that_there_is() -> None:
    """But for those that other fields are made of."""
    kits = {
        name
        for module in (fields, naive, postgres)
        for name, each in inspect.getmembers(module, inspect.isclass)
        if issubclass(each, models.Field) and each.__module__ == module.__name__
    }
    parts = {
        "TypedField",
        "TypedAutoMixin",
        "IdentityMixin",
        "CastField",
        "_Naive",
        "_Column",
        "_UUID",
    }
    djangos = {*AUTO_FIELDS, *AUTO_FIELDS.values(), *RELATIONS, "ArrayField", "GeneratedField"}
    for module in (mysql, postgresql, sqlite):
        makers: dict[str, Any] = {**module.FIELDS, **getattr(module, "CONTRIB_FIELDS", {})}
        made = [maker(SqlType("any", ("9",))) for maker in makers.values()]
        djangos |= {call.name for call in made}
    tested = {sample.field for text in COLUMNS.values() for sample in samples(text)}
    tested |= {name for tables in TABLES.values() for name in tables}
    assert (kits - parts) | djangos == tested
