"""A row that was read can be saved, and is the same row afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.projects import Project

ONE = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"
OTHER = "b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a22"
QUERY = """
from blog.models import Kid, Parent
row = Parent.objects.get(other="b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a22")
row.full_clean()
row.save()
kid = row.kid_set.get()
kid.save()
print(Parent.objects.filter(pk=row.pk).count(), Parent.objects.count(), Kid.objects.count())
"""


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("declared", ["uuid", "UUID"])
def test_a_uuid_with_dashes_stays_as_it_is(project: Project, declared: str) -> None:
    with project.connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE parents (id {declared} PRIMARY KEY NOT NULL, other {declared})"
        )
        cursor.execute(
            f"CREATE TABLE kids (id integer PRIMARY KEY, parent_id {declared} REFERENCES parents (id))"
        )
        cursor.execute("INSERT INTO parents VALUES (%s, %s)", [ONE, OTHER])
        cursor.execute("INSERT INTO kids VALUES (1, %s)", [ONE])
    project.run("db_sync", "--skip-migrations", check=0)
    assert project.run("shell", "-v", "0", "-c", QUERY, check=0).lines == ["1 1 1"]
    with project.connection.cursor() as cursor:
        cursor.execute("SELECT p.id, p.other, k.parent_id FROM parents p JOIN kids k ON 1 = 1")
        assert cursor.fetchall() == [(ONE, OTHER, ONE)]
