"""Rows that a database takes and Python has no plain value for: read, checked, saved as they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.codegen.test_field_values import SAVE
from tests.codegen.test_values import execute

if TYPE_CHECKING:
    from tests.projects import Project

ID = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1"
COLUMNS = {
    "postgresql": (
        "n numeric, ns numeric[], j jsonb NOT NULL, js jsonb[] NOT NULL, words text[] NOT NULL,"
        " c char(5) NOT NULL CHECK (c IN ('a', '', 'b')), kept varbit NOT NULL DEFAULT '1',"
        " span interval NOT NULL DEFAULT '1 mon', spans interval[], e mood NOT NULL"
    ),
    "mysql": (
        "t time, d time NOT NULL DEFAULT '00:00:00', b bit(64) NOT NULL, j json NOT NULL,"
        " e enum('a', '') NOT NULL, s set('a', 'b') NOT NULL DEFAULT 'a'"
    ),
    "sqlite": "other uuid UNIQUE, parent_id uuid REFERENCES odds (id), e text CHECK (e IN ('a', ''))",
}
NAMES = {
    "postgresql": "id n ns j js words c kept span spans e",
    "mysql": "id t d b j e s",
    "sqlite": "id other parent_id e",
}
KEYS = {"postgresql": "interval", "mysql": "time", "sqlite": "uuid"}
ROWS = {
    "postgresql": [
        "'1 mon', 'NaN', '{NaN,1.10}', '[]', '{\"[]\",NULL}', '{}', 'a', '', '-1 mon', '{1 year}', ''",
        "'25:00:00', '-Infinity', NULL, 'null', '{}', '{a}', '', '01', '-00:00:01.5', NULL, 'ok'",
    ],
    "mysql": [
        "'838:59:59', '-00:00:01', '24:00:00', 18446744073709551615, '[]', '', ''",
        "'-01:00:00', NULL, '-838:59:59', 5, 'null', 'a', 'a,b'",
        "'10:00:00', '23:59:59', '10:00:00', 0, '\"\"', 'a', 'b'",
    ],
    "sqlite": [
        f"'{ID}1', NULL, NULL, ''",
        f"'{ID.upper()}2', '{ID.upper()}1', '{ID.upper()}2', 'a'",
        f"'{ID.replace('-', '')}3', x'{ID.replace('-', '')}4', '{ID}1', NULL",
    ],
}
FOUND = """
from blog.models import Odd
for row in Odd.objects.all():
    assert Odd.objects.get(pk=row.pk) == Odd.objects.get(pk__in=[row.pk]) == row, row.pk
    for name, value in [(each.attname, getattr(row, each.attname)) for each in Odd._meta.concrete_fields]:
        wanted = {} if value is None or name in ("j", "js") else {name: value}
        assert Odd.objects.filter(pk=row.pk, **wanted).exists(), (row.pk, wanted)
"""


def test_odd_rows_are_read_found_and_saved_as_they_were(project: Project) -> None:
    vendor = project.connection.vendor
    if vendor == "postgresql":
        project.configure('INSTALLED_APPS += ["django.contrib.postgres"]')
        execute(project, "CREATE TYPE mood AS ENUM ('ok', '')")
    execute(
        project,
        f"CREATE TABLE odds (id {KEYS[vendor]} NOT NULL PRIMARY KEY, {COLUMNS[vendor]})",
        *(f"INSERT INTO odds VALUES ({row})".replace("%", "%%") for row in ROWS[vendor]),
    )
    names = NAMES[vendor].split()
    kind = {"postgresql": "text", "mysql": "char"}.get(vendor)
    texts = (f"CAST({name} AS {kind})" if kind else f"quote({name})" for name in names)
    read = f"SELECT {', '.join(texts)} FROM odds ORDER BY 1"
    before = execute(project, read)
    project.run("db_sync", "--skip-migrations", check=0)
    assert project.run("shell", "-v", "0", "-c", FOUND + SAVE, check=0).lines[: -len(names)] == []
    assert execute(project, read) == before
    project.run("db_sync", "--skip-migrations", "--check", check=0)
