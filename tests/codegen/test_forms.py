"""What a form makes of a row: untouched it is the same, and what is left empty is the database's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.codegen.test_field_values import SURROUNDINGS
from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from tests.projects import Project

# Columns that are never null and have a default that is not empty.
DEFAULTS = {
    "sqlite": [
        "integer DEFAULT 3",
        "bigint DEFAULT (1 + 2)",
        "varchar(9) DEFAULT 'x' CHECK ({column} IN ('x', 'y'))",
        "date DEFAULT '2024-01-01'",
        "datetime DEFAULT '2024-01-01 10:00:00'",
        "time DEFAULT '10:00:00'",
        "decimal(8, 2) DEFAULT 1.5",
        "real DEFAULT 0.5",
        "uuid DEFAULT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
        "text DEFAULT '[1]' CHECK (JSON_VALID({column}))",
        "smallint unsigned DEFAULT 7 CHECK ({column} >= 0)",
        "guid DEFAULT 'abc'",
        "integer DEFAULT 5 REFERENCES parents (id)",
    ],
    "postgresql": [
        "integer DEFAULT 3",
        "bigint DEFAULT (1 + 2)",
        "varchar(9) DEFAULT 'x' CHECK ({column} IN ('x', 'y'))",
        "date DEFAULT '2024-01-01'",
        "timestamp DEFAULT '2024-01-01 10:00'",
        "timestamptz DEFAULT '2024-01-01 10:00+00'",
        "time DEFAULT '10:00'",
        "numeric(8,2) DEFAULT 1.5",
        "numeric DEFAULT 1.5",
        "real DEFAULT 0.5",
        "uuid DEFAULT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
        "jsonb DEFAULT '[1]'",
        "json DEFAULT '{{\"a\": 1}}'",
        "text[] DEFAULT '{{a}}'",
        "mood[] DEFAULT '{{ok}}'",
        "mood DEFAULT 'sad'",
        "int4range DEFAULT '[1,3)'",
        "interval DEFAULT '1 day'",
        "inet DEFAULT '10.0.0.1/8'",
        "point DEFAULT '(1,2)'",
        "few DEFAULT 2",
        "smallint DEFAULT 7 CHECK ({column} >= 0)",
        "integer DEFAULT 5 REFERENCES parents (id)",
    ],
    "mysql": [
        "int DEFAULT 3",
        "bigint DEFAULT (1 + 2)",
        "enum('x', 'y') DEFAULT 'x'",
        "set('x', 'y') DEFAULT 'x'",
        "date DEFAULT '2024-01-01'",
        "datetime(6) DEFAULT '2024-01-01 10:00:00'",
        "timestamp DEFAULT '2024-01-01 10:00:00'",
        "time DEFAULT '10:00:00'",
        "decimal(8,2) DEFAULT 1.5",
        "double DEFAULT 0.5",
        "json DEFAULT '[1]'",
        "int unsigned DEFAULT 7",
        "year DEFAULT 2024",
        "bit(8) DEFAULT b'101'",
        "inet6 DEFAULT '::1'",
        "bigint DEFAULT 5",
    ],
}
EMPTY = """
from django.forms import modelform_factory
from blog.models import Row
Form = modelform_factory(Row, fields="__all__")
for data in ({"id": 2}, {"id": 3, **{name: "" for name in Form.base_fields if name != "id"}}):
    form = Form(data)
    assert form.is_valid(), form.errors.as_json()
    form.save()
row = Row.objects.get(pk=3)
Row.objects.filter(pk=3).update(**{each.attname: getattr(row, each.attname) for each in Row._meta.concrete_fields})
form = Form({"id": 3}, instance=row)
assert form.is_valid(), form.errors.as_json()
form.save()
"""


def test_what_is_left_empty_gets_the_databases_default(project: Project) -> None:
    vendor = project.connection.vendor
    if vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
    columns = ", ".join(
        f"c{number} {' NOT NULL DEFAULT'.join(each.format(column=f'c{number}').split(' DEFAULT'))}"
        for number, each in enumerate(DEFAULTS[vendor])
    )
    foreign = ", FOREIGN KEY (c15) REFERENCES parents (id)" if vendor == "mysql" else ""
    execute(
        project,
        *SURROUNDINGS[vendor],
        "CREATE TABLE parents (id bigint PRIMARY KEY)",
        "INSERT INTO parents VALUES (5)",
        f"CREATE TABLE rows_ (id integer PRIMARY KEY, {columns}{foreign})",
        "INSERT INTO rows_ (id) VALUES (1)",
    )
    project.configure('KIT = {"MODELS": {"blog": ["*"]}, "CLASS_NAMES": {"rows_": "Row"}}')
    project.run("db_sync", "--skip-migrations", check=0)
    project.run("check", "--fail-level", "WARNING", check=0)
    project.run("db_sync", "--skip-migrations", "--check", check=0)
    project.run("shell", "-v", "0", "-c", EMPTY, check=0)
    first, *others = execute(project, "SELECT * FROM rows_ ORDER BY id")
    assert [row[1:] for row in others] == [first[1:], first[1:]]
